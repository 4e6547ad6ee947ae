"""One document: its text with the source of every figure, what was done, what may be done now."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from wufei.actions.reports import queries, services
from wufei.actions.reports.core.content import as_json
from wufei.actions.reports.core.countersigning import turn
from wufei.actions.reports.core.document import Field, Kind
from wufei.actions.reports.core.editing import unnamed
from wufei.actions.reports.core.lineage import annex_rows
from wufei.actions.reports.core.preview import lines_of
from wufei.actions.reports.core.rows import Opened
from wufei.actions.reports.core.states import Act, State, acts_in, rule_of
from wufei.actions.reports.forms import KEY
from wufei.actions.reports.views.asked import day_typed, whole_typed
from wufei.kernel.errors import AccessError, ConflictError, InputError, WufeiError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime.access.core import allowed, reaches, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms.exports import form_named
from wufei.runtime.forms.services import Place, enter
from wufei.runtime.identity.queries import names_of_users, regions_by_id
from wufei.runtime.signing.core.signature import parse_offer
from wufei.runtime.signing.queries import Asked, asked_of, signatures_of

_DIGITS = 10
_STATUS = {InputError: 422, ConflictError: 409, AccessError: 403}


@require_http_methods(["GET", "POST"])
def report_page(request: ScopedRequest, report_id: UUID) -> HttpResponse:
    """Show a document, or do what a button of it says; what was typed stays when it cannot be done."""
    require(request.scope, "report.read")
    opened = queries.open_report(request.scope, report_id)
    if request.method == "GET":
        return _page(request, opened, None, 200)
    try:
        _do(request, opened)
    except (InputError, ConflictError, AccessError) as error:
        return _page(request, queries.open_report(request.scope, report_id), error, _STATUS[type(error)])
    return HttpResponseRedirect(request.path, status=303)


def _do(request: ScopedRequest, opened: Opened) -> None:
    fields, scope, row = request.POST, request.scope, opened.row
    what = fields.get("do", "")
    if what == "answer":
        _answer(request, opened)
    elif what == "ask":
        due_on = day_typed(fields.get("due_on", "")) or _due_on()
        services.ask_departments(scope, report_id=row.id, due_on=due_on, now=now())
    elif what == "redraft":
        services.redraft(
            scope,
            report_id=row.id,
            version=whole_typed(fields.get("version", "")) or 0,
            overwrite=fields.get("overwrite") == "yes",
            now=now(),
        )
    elif what in ("agree", "disagree"):
        services.countersign(
            scope,
            report_id=row.id,
            digest=fields.get("seen", ""),
            agrees=what == "agree",
            opinion=fields.get("opinion", ""),
            now=now(),
        )
    elif what == "attach":
        sent = request.FILES.get("scan")
        scan = sent.read() if sent is not None else None
        name = (sent.name or "") if sent is not None else ""
        services.attach(scope, report_id=row.id, number=fields.get("number", ""), scan=scan, name=name)
    elif what in set(Act):
        services.move(
            scope,
            report_id=row.id,
            version=whole_typed(fields.get("version", "")) or 0,
            act=Act(what),
            reason=fields.get("reason", ""),
            now=now(),
            signers=_signers(request),
            offer=parse_offer(fields),
        )
    else:
        raise InputError("report.act", "do", what, _NOTHING)


def _signers(request: ScopedRequest) -> services.Signers:
    chosen = request.POST.getlist("signers")
    numbers = [int(each) for each in chosen if each.isascii() and each.isdecimal() and len(each) < _DIGITS]
    return services.Signers(tuple(numbers), in_turn=request.POST.get("in_turn") == "yes")


def _due_on() -> date:
    return today_on() + timedelta(days=services.CONFIRM_DAYS)


def _answer(request: ScopedRequest, opened: Opened) -> None:
    """Enter the form of a figure; its first Finding is what is wrong."""
    fields = request.POST
    told = {
        "report": str(opened.row.id),
        "figure": fields.get("figure", ""),
        "answer": fields.get("answer", ""),
    }
    if told["answer"] == "correct":
        told |= {"value": fields.get("value", ""), "reason": fields.get("why", "")}
    at = now()
    outcome = enter(
        request.scope,
        form_named(KEY),
        entry_id=new_id(at),
        answers=told,
        place=Place(opened.row.region_id),
        now=at,
    )
    if outcome.outcome == "refused":
        first = outcome.findings[0]
        raise InputError(first.code, first.where, first.value, _told(first.message, first.fix))


def _told(message: Text, fix: Text) -> Text:
    return Text(f"{message.zh}{fix.zh}", f"{message.en} {fix.en}".strip())


def _page(request: ScopedRequest, opened: Opened, problem: WufeiError | None, status: int) -> HttpResponse:
    scope, row, document, fields = request.scope, opened.row, opened.document, request.POST
    region = regions_by_id([row.region_id])[row.region_id]
    people = {
        row.author_id,
        *(each.user_id for each in opened.moves),
        *(each.user_id for each in opened.answers),
        *(each.user_id for each in opened.countersigners),
    }
    rows = [
        (field, line, _typed(request, field))
        for field, line in zip(document.figures, annex_rows(document), strict=True)
    ]
    context: dict[str, Any] = {
        "region": region,
        "report": row,
        "document": document,
        "lines": lines_of(document),
        "annex": rows,
        "moves": opened.moves,
        "answers": opened.answers,
        "scan": opened.scan,
        "later": _later(request, opened),
        "names": names_of_users(each for each in people if each),
        "problem": problem.message if problem is not None else None,
        "acts": [(act, rule_of(act)) for act in acts_in(row.state) if _offered(request, opened, act)],
        "unsigned": row.state is State.COUNTERSIGN and not all(each.agrees for each in opened.countersigners),
        "may_edit": row.state is State.DRAFT and _may(request, opened, "report.write"),
        "may_redraft": row.kind in (Kind.BRIEFING, Kind.PROGRESS),
        "asks": opened.asks,
        "today": today_on(),
        "due_on": fields.get("due_on", "") or _due_on().isoformat(),
        "mine": _own_figures(request, opened),
        "unnamed": unnamed(document) if row.state is not State.FINAL else (),
        "signers": opened.countersigners,
        "turn": {each.department_id for each in turn(opened.countersigners)},
        "own_turn": _own_turn(request, opened),
        "my_turn": _own_turn(request, opened) and _may(request, opened, "report.countersign"),
        "opinion": fields.get("opinion", ""),
        "departments": queries.signing_departments(row.region_id) if row.state is State.CHECK else [],
        "may_pass": row.state is State.CHECK and _offered(request, opened, Act.PASS),
        "chosen": {int(each) for each in fields.getlist("signers") if each.isdecimal()},
        "in_turn": fields.get("in_turn") == "yes",
        "asked": _to_sign(request, opened),
        "signatures": signatures_of(scope, kind=services.SIGNED, subject_id=row.id) if row.locked_at else (),
        "may_attach": row.state is State.FINAL and _may(request, opened, "report.write"),
        "may_answer": row.state is not State.FINAL and _may(request, opened, "report.confirm"),
        "reason": fields.get("reason", ""),
    }
    return render(request, "reports/report.html", context, status=status)


def _may(request: ScopedRequest, opened: Opened, action: str) -> bool:
    return allowed(request.scope, action) and reaches(request.scope, opened.row.region_id, None)


def _offered(request: ScopedRequest, opened: Opened, act: Act) -> bool:
    """Say whether a button is of use: nobody passes an own draft, nor finishes what is not signed."""
    rule, scope = rule_of(act), request.scope
    own = opened.row.author_id is not None and opened.row.author_id == scope.user_id
    open_ = act is Act.FINISH and not all(each.agrees for each in opened.countersigners)
    return _may(request, opened, rule.action) and not (rule.by_another and own) and not open_


def _own_figures(request: ScopedRequest, opened: Opened) -> set[str]:
    """Give the keys of the figures that wait for the department of whoever reads."""
    own = request.scope.department_id
    return {key for ask in opened.asks if ask.department_id == own for key in ask.waiting}


def _own_turn(request: ScopedRequest, opened: Opened) -> bool:
    """Say whether the department of whoever reads is asked to countersign now."""
    own = request.scope.department_id
    waits = own is not None and own in {each.department_id for each in turn(opened.countersigners)}
    return waits and opened.row.state is State.COUNTERSIGN


def _to_sign(request: ScopedRequest, opened: Opened) -> Asked | None:
    """Give what is signed with 定稿, if whoever reads may finish the document now."""
    row = opened.row
    if row.state is not State.COUNTERSIGN or not _offered(request, opened, Act.FINISH):
        return None
    return asked_of(
        request.scope,
        subject=services.subject_of(row.id, row.region_id),
        values=as_json(opened.document),
        statement=services.statement_of(row.title),
        now=now(),
    )


def _later(request: ScopedRequest, opened: Opened) -> tuple[Any, ...]:
    return queries.later_changes(request.scope, opened.document, opened.row.region_id)


def _typed(request: ScopedRequest, field: Field) -> dict[str, str]:
    """Give what was typed about a figure, so that nothing is lost when it cannot be taken."""
    mine = request.POST.get("do") == "answer" and request.POST.get("figure") == field.key
    return {"value": request.POST.get("value", ""), "why": request.POST.get("why", "")} if mine else {}


_NOTHING = Text(
    "没有可办理的操作。请使用页面上的按钮。", "Nothing to do was named. Use a button of the page."
)
