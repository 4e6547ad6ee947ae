"""The page of one case: its values, what is said of them, what was done, and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from wufei.kernel.errors import AccessError, ConflictError, InputError, WufeiError
from wufei.kernel.text import Text
from wufei.runtime.access.core import allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.queries import parties_by_id, regions_by_id
from wufei.runtime.review import queries, services
from wufei.runtime.review.core.history import Change
from wufei.runtime.review.core.machine import Position, may_act, step_of
from wufei.runtime.review.core.moves import WHOLE, Act, Reason, State
from wufei.runtime.review.core.statements import statement_of
from wufei.runtime.review.core.subject import Sheet, SubjectKind
from wufei.runtime.review.queries.moves import MoveRow, changes_of
from wufei.runtime.review.views import typed
from wufei.runtime.signing.core.canonical import as_json, digest_of
from wufei.runtime.signing.core.places import value_at
from wufei.runtime.signing.core.signature import Subject, parse_offer
from wufei.runtime.signing.queries import SignatureRow, Verdict, asked_of, signatures_of, verify

_STATUS = {InputError: 422, ConflictError: 409, AccessError: 403}


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as the page knows it."""

    case: queries.CaseRow
    kind: SubjectKind
    sheet: Sheet
    moves: list[MoveRow]
    position: Position


@require_http_methods(["GET", "POST"])
def case_page(request: ScopedRequest, case_id: UUID) -> HttpResponse:
    """Show a case, or do what a button of it says; what was typed stays when it cannot be done."""
    require(request.scope, "entry.read")
    seen = _look(request, case_id)
    if request.method == "GET":
        return _page(request, seen, None, 200)
    try:
        _act(request, seen)
    except (InputError, ConflictError, AccessError) as error:
        return _page(request, _look(request, case_id), error, _STATUS[type(error)])
    return HttpResponseRedirect(request.path, status=303)


def _look(request: ScopedRequest, case_id: UUID) -> Seen:
    case = queries.case_by_id(request.scope, case_id)
    kind = queries.subject_kind(case.subject_kind)
    moves = queries.moves(request.scope, case_id)
    sheet = kind.read(request.scope, case.subject_id)
    return Seen(case, kind, sheet, moves, queries.position_of(kind.procedure, moves))


def _act(request: ScopedRequest, seen: Seen) -> None:
    fields, scope = request.POST, request.scope
    act, _, cell = fields.get("act", "").partition(":")
    words, at = fields.get("words", "").strip(), now()
    of_case: dict[str, Any] = {"case_id": seen.case.id, "now": at}
    decided = {**of_case, "version": typed.number_typed(fields.get("version", ""))}
    if act == Act.COMMENT:
        only = typed.number_typed(cell) if cell else -1
        remarks = typed.remarks_typed(seen.kind, seen.sheet, fields, only)
        services.comment(scope, **of_case, remarks=remarks, words="" if cell else words)
    elif act == Act.RETURN:
        remarks = [*typed.remarks_typed(seen.kind, seen.sheet, fields), *typed.general(words)]
        to_step = typed.number_typed(fields.get("to_step", "0"))
        due_on = typed.day_typed(fields.get("due_on", ""))
        services.return_(scope, **decided, remarks=remarks, to_step=to_step, due_on=due_on)
    elif act == Act.PASS:
        offer = parse_offer(fields)
        services.pass_(scope, **decided, seen=fields.get("seen", ""), words=words, offer=offer)
    elif act in (Act.RESUBMIT, "adopt-all"):
        _resubmit(request, seen, decided, every=act == "adopt-all")
    elif act == Act.SUBMIT:
        of_thing: dict[str, Any] = {"kind": seen.case.subject_kind, "subject_id": seen.case.subject_id}
        services.submit(scope, **of_thing, words=words, offer=parse_offer(fields), now=at)
    elif act == Act.WITHDRAW:
        services.withdraw(scope, **decided, words=words)
    elif act == Act.LOCK:
        services.lock(scope, **decided, words=words)
    else:
        message = Text("请用页面上的按钮办理。", "Use a button of the page.")
        raise InputError("review.act", "act", act, message)


def _resubmit(request: ScopedRequest, seen: Seen, decided: dict[str, Any], *, every: bool) -> None:
    remarks = seen.position.open_remarks
    changes, adopt = typed.changes_typed(seen.kind, seen.sheet, remarks, request.POST)
    if every:
        changes, adopt = {}, [number for number, remark in enumerate(remarks) if remark.proposes]
    services.resubmit(
        request.scope,
        **decided,
        changes=changes,
        adopt=adopt,
        words=request.POST.get("words", "").strip(),
        offer=parse_offer(request.POST),
    )


def _page(request: ScopedRequest, seen: Seen, problem: WufeiError | None, status: int) -> HttpResponse:
    case, position = seen.case, seen.position
    steps = seen.kind.procedure.steps
    may = _may(request, seen)
    names = {row.pointer: row.label for row in seen.sheet.rows}
    region = regions_by_id([case.region_id])[case.region_id]
    parties = parties_by_id([case.party_id]) if case.party_id else {}
    context = {
        "case": case,
        "kind": seen.kind,
        "sheet": seen.sheet,
        "where": parties[case.party_id].name if case.party_id in parties else region.name,
        "synthetic": region.synthetic,
        "cells": _cells(request, seen),
        "returned": _returned(request, seen, names) if case.state is State.RETURNED else [],
        "one_tap": all(remark.proposes for remark in position.open_remarks),
        "reasons": list(Reason),
        "return_to": [
            (at, step.title)
            for at, step in enumerate(steps)
            if step.name in steps[position.step].may_return_to
        ],
        "step": steps[case.step].title,
        "due_default": today_on() + timedelta(days=steps[0].days),
        "today": today_on(),
        "seen_digest": digest_of(seen.sheet.values),
        "typed_words": request.POST.get("words", ""),
        "typed_due": request.POST.get("due_on", ""),
        "may": may,
        "asked": _asked(request, seen, may),
        "problem": problem,
        "problem_at": names.get(getattr(problem, "field", "")),
        "moves": list(reversed(seen.moves)),
        "steps": steps,
        "names": names,
        "changes": _in_order(changes_of(seen.moves), list(names)),
        "people": {move.user_id: move.who for move in seen.moves},
        "signatures": _signatures(request, seen),
    }
    return render(request, "review/case.html", context, status=status)


def _may(request: ScopedRequest, seen: Seen) -> dict[str, bool]:
    """Say which buttons the page shows: what the machine allows this account, and the matrix its role."""
    procedure, user_id = seen.kind.procedure, request.scope.user_id or 0
    found = {}
    for act in Act:
        step = step_of(procedure, seen.position, act)
        actions = (
            [each.action for each in procedure.steps]
            if act is Act.COMMENT
            else [procedure.steps[step].action]
        )
        found[act.value] = may_act(procedure, seen.position, act, user_id) and any(
            allowed(request.scope, action)
            and (act is Act.COMMENT or queries.reviews(request.scope, seen.sheet.department_id, action))
            for action in actions
        )
    found["review"] = found[Act.PASS] or found[Act.RETURN]
    return found


def _asked(request: ScopedRequest, seen: Seen, may: dict[str, bool]) -> Any:
    """Give what has to be signed now, if the step of whoever reads asks for it."""
    act = next((each for each in (Act.PASS, Act.RESUBMIT, Act.SUBMIT) if may[each]), None)
    if act is None:
        return None
    step = step_of(seen.kind.procedure, seen.position, act)
    if not seen.kind.procedure.signs(step):
        return None
    subject = Subject(seen.case.subject_kind, seen.case.subject_id, seen.case.region_id, seen.case.party_id)
    statement = statement_of(seen.sheet.title, seen.kind.procedure.steps[step])
    return asked_of(request.scope, subject=subject, values=seen.sheet.values, statement=statement, now=now())


def _cells(request: ScopedRequest, seen: Seen) -> list[typed.Cell]:
    """Give the values with what was said of each since the last submission."""
    said: dict[str, list[tuple[str, Any]]] = {}
    for move in seen.moves:
        if move.act in (Act.SUBMIT, Act.RESUBMIT):
            said = {}
        for remark in move.remarks:
            said.setdefault(remark.pointer, []).append((move.who, remark))
    return [
        replace(cell, said=tuple(said.get(cell.row.pointer, ())))
        for cell in typed.cells(seen.sheet, request.POST)
    ]


def _returned(request: ScopedRequest, seen: Seen, names: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the remarks of the last return with the present values and what was typed in answer."""
    values = as_json(seen.sheet.values)
    shown = {row.pointer: row.shown for row in seen.sheet.rows}
    found = []
    for number, remark in enumerate(seen.position.open_remarks):
        present = value_at(values, remark.pointer)
        answer = request.POST.get(f"answer-{number}", "adopt" if remark.proposes else "own")
        found.append(
            {
                "number": number,
                "remark": remark,
                "label": names.get(remark.pointer),
                "shown": shown.get(remark.pointer),
                "editable": remark.pointer != WHOLE and not isinstance(present, list | dict),
                "proposal": typed.value_text(remark.proposal) if remark.proposes else "",
                "answer": answer,
                "own": request.POST.get(f"own-{number}", typed.value_text(present)),
            }
        )
    return found


def _in_order(changes: list[Change], places: list[str]) -> list[Change]:
    """Give changes by round, and within it in the order of the page; what is shown no more comes last."""
    order = {pointer: at for at, pointer in enumerate(places)}
    return sorted(changes, key=lambda each: (each.round, order.get(each.pointer, len(order))))


def _signatures(request: ScopedRequest, seen: Seen) -> list[tuple[SignatureRow, Verdict]]:
    rows = signatures_of(request.scope, kind=seen.case.subject_kind, subject_id=seen.case.subject_id)
    return [(row, verify(row, seen.sheet.values)) for row in rows]
