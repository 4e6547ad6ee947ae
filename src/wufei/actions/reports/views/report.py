"""One document: its text with the source of every figure, what was done, what may be done now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from wufei.actions.reports import queries, services
from wufei.actions.reports.core.document import Document, Head, Paragraph, Section, Tail
from wufei.actions.reports.core.fields import FigureField
from wufei.actions.reports.core.lineage import annex_rows
from wufei.actions.reports.core.preview import lines_of
from wufei.actions.reports.core.rows import Opened
from wufei.actions.reports.core.states import Act, State, acts_in, rule_of
from wufei.actions.reports.forms import KEY
from wufei.actions.reports.services.drafting import EXTRA
from wufei.kernel.errors import AccessError, ConflictError, InputError, WufeiError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime.access.core import allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.forms.exports import form_named
from wufei.runtime.forms.services import Place, enter
from wufei.runtime.identity.queries import names_of_users, regions_by_id

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
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


@require_GET
def report_file(request: ScopedRequest, report_id: UUID) -> HttpResponse:
    """Give the document as DOCX."""
    opened = queries.open_report(request.scope, report_id)
    content = queries.docx_of(opened.document, opened.row.region_id)
    response = HttpResponse(content, content_type=WORD)
    name = quote(opened.row.title, safe="")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}.docx"
    return response


def _do(request: ScopedRequest, opened: Opened) -> None:
    fields, scope, row = request.POST, request.scope, opened.row
    what = fields.get("do", "")
    if what == "answer":
        _answer(request, opened)
    elif what == "edit":
        services.edit(
            scope,
            report_id=row.id,
            version=_whole(fields.get("version", "")) or 0,
            head=_head(request, opened.document.head),
            tail=_tail(request),
            extra=_extra(request),
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
            version=_whole(fields.get("version", "")) or 0,
            act=Act(what),
            reason=fields.get("reason", ""),
            now=now(),
        )
    else:
        raise InputError("report.act", "do", what, _NOTHING)


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
    scope, row, document = request.scope, opened.row, opened.document
    region = regions_by_id([row.region_id])[row.region_id]
    people = {
        row.author_id,
        *(each.user_id for each in opened.moves),
        *(each.user_id for each in opened.answers),
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
        "acts": [(act, rule_of(act)) for act in acts_in(row.state) if allowed(scope, rule_of(act).action)],
        "may_edit": row.state is State.DRAFT and allowed(scope, "report.write"),
        "may_attach": row.state is State.FINAL and allowed(scope, "report.write"),
        "may_answer": row.state is not State.FINAL and allowed(scope, "report.confirm"),
        "typed": _edited(request, document),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "reports/report.html", context, status=status)


def _later(request: ScopedRequest, opened: Opened) -> tuple[Any, ...]:
    return queries.later_changes(request.scope, opened.document, opened.row.region_id)


def _typed(request: ScopedRequest, field: FigureField) -> dict[str, str]:
    """Give what was typed about a figure, so that nothing is lost when it cannot be taken."""
    mine = request.POST.get("do") == "answer" and request.POST.get("figure") == field.key
    return {"value": request.POST.get("value", ""), "why": request.POST.get("why", "")} if mine else {}


def _edited(request: ScopedRequest, document: Document) -> dict[str, Any]:
    """Give head, tail and own section as they stand, or as they were typed."""
    if request.POST.get("do") == "edit":
        return {name: request.POST.get(name, "") for name in _EDITED}
    head, tail = document.head, document.tail
    own = next((each for each in document.sections if each.title.startswith(EXTRA)), None)
    words = [block.pieces[0] for block in own.blocks if isinstance(block, Paragraph)] if own else []
    return {
        "title": head.title,
        "office": head.office,
        "issue": head.issue or "",
        "total_issue": head.total_issue or "",
        "issued_on": head.issued_on.isoformat() if head.issued_on else "",
        "addressee": head.addressee,
        "report_to": tail.report_to,
        "send_to": tail.send_to,
        "issue_to": tail.issue_to,
        "copies": tail.copies or "",
        "own": "\n".join(str(each) for each in words),
    }


_EDITED = (
    "title", "office", "issue", "total_issue", "issued_on", "addressee", "report_to", "send_to", "issue_to",
    "copies", "own",
)  # fmt: skip


def _head(request: ScopedRequest, head: Head) -> Head:
    fields = request.POST
    return replace(
        head,
        title=fields.get("title", "").strip(),
        office=fields.get("office", "").strip(),
        issue=_whole(fields.get("issue", "")),
        total_issue=_whole(fields.get("total_issue", "")),
        issued_on=_day(fields.get("issued_on", "")),
        addressee=fields.get("addressee", "").strip(),
    )


def _tail(request: ScopedRequest) -> Tail:
    fields = request.POST
    names = [fields.get(name, "").strip() for name in ("report_to", "send_to", "issue_to")]
    return Tail(names[0], names[1], names[2], _whole(fields.get("copies", "")))


def _extra(request: ScopedRequest) -> list[Section]:
    lines = [line.strip() for line in request.POST.get("own", "").splitlines() if line.strip()]
    return [Section(f"{EXTRA}情况", tuple(Paragraph((line,)) for line in lines))] if lines else []


def _whole(text: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    if not plain.isascii() or not plain.isdecimal() or not int(plain) or len(plain) > 6:
        raise InputError("report.number", "number", text, _number(text))
    return int(plain)


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError("report.day", "issued_on", text, _no_day(text)) from error


def _number(text: str) -> Text:
    return Text(
        f"“{text}”不是有效的数；期号、份数请填正整数，暂无则留空。",
        f"“{text}” is no number; issue and copies are whole numbers above zero, or empty.",
    )


def _no_day(text: str) -> Text:
    return Text(f"日期“{text}”不可识别；请写作 2025-10-15。", f"“{text}” is no day; write 2025-10-15.")


_NOTHING = Text(
    "没有可办理的操作。请使用页面上的按钮。", "Nothing to do was named. Use a button of the page."
)
