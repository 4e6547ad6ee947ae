"""The score sheet of a department: every point, appeals and decisions; its files are of `actions.reports`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wufei.actions.assessment import queries, services
from wufei.actions.assessment.core.facts import Objection, Verdict
from wufei.actions.assessment.core.sheet import Line, PartSum, ScoreSheet
from wufei.actions.assessment.core.states import State
from wufei.actions.assessment.queries import AppealRow, Opened
from wufei.runtime.access.core import Role, allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.files.queries import files_of
from wufei.runtime.files.services import keep_sent
from wufei.runtime.identity.queries import departments_by_id, regions_by_id
from wufei.runtime.pages.sent import act_of, attempted, number_of, whole_sent

_PAGE = "assessment/sheet.html"


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line with what may be done about it, and the appeals that were made."""

    line: Line
    may_appeal: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class AppealShown:
    """An appeal with its line and files, and what a decision may give."""

    row: AppealRow
    line: Line | None
    files: tuple[Any, ...]
    may_decide: bool
    takes_value: bool
    low: str
    high: str


@require_http_methods(["GET", "POST"])
def sheet_page(request: ScopedRequest, assessment_id: int, department_id: int) -> HttpResponse:
    """Show a department's sheet; take an appeal, or its decision."""
    opened = queries.open_assessment(request.scope, assessment_id)
    sheet = opened.sheet(department_id)
    if request.method == "GET":
        return render(request, _PAGE, _context(request, opened, sheet))
    acts = {
        "appeal": lambda: _appeal(request, opened, sheet),
        "decide": lambda: _decide(request, opened, sheet),
    }
    return attempted(request, act_of(request, acts), _PAGE, lambda: _context(request, opened, sheet))


def _context(request: ScopedRequest, opened: Opened, sheet: ScoreSheet) -> dict[str, Any]:
    scope, row, today = request.scope, opened.row, today_on()
    in_time = row.appeal_until is not None and today <= row.appeal_until
    mine = scope.department_id == sheet.department_id or scope.role is Role.OFFICE
    may_appeal = row.state is State.PUBLISHED and in_time and mine and allowed(scope, "assess.appeal")
    appeals = [each for each in opened.appeals if each.department_id == sheet.department_id]
    waiting = {each.line for each in appeals if each.accepted is None}
    return {
        "opened": opened,
        "row": row,
        "region": regions_by_id([row.region_id])[row.region_id],
        "sheet": sheet,
        "department": departments_by_id([sheet.department_id])[sheet.department_id],
        "rank": next((one for one in opened.ranking if one.sheet.department_id == sheet.department_id), None),
        "of": len(opened.ranking),
        "parts": [
            (part, [_line(line, waiting, may_appeal=may_appeal) for line in _lines(sheet, part)])
            for part in sheet.parts
        ],
        "appeals": [_appeal_shown(request, opened, sheet, each) for each in appeals],
        "may_appeal": may_appeal,
        "today": today,
    }


def _lines(sheet: ScoreSheet, part: PartSum) -> list[Line]:
    return [line for line in sheet.lines if line.part == part.id]


def _line(line: Line, waiting: set[str], *, may_appeal: bool) -> LineShown:
    waits = line.key in waiting
    return LineShown(line, may_appeal and not waits and services.may_appeal(line), waits)


def _appeal_shown(request: ScopedRequest, opened: Opened, sheet: ScoreSheet, row: AppealRow) -> AppealShown:
    scope, line = request.scope, sheet.line(row.line)
    may_decide = (
        row.accepted is None
        and opened.row.state is State.PUBLISHED
        and allowed(scope, "assess.run")
        and (row.made_by_id is None or row.made_by_id != scope.user_id)
    )
    low, high = services.bounds_of(line) if line is not None else (0, 0)
    return AppealShown(
        row,
        line,
        tuple(files_of(scope, list(row.file_ids)).values()),
        may_decide,
        line is not None and opened.facts is not None and services.takes_value(line, opened.facts),
        str(low),
        str(high),
    )


def _appeal(request: ScopedRequest, opened: Opened, sheet: ScoreSheet) -> str:
    objection = Objection(
        sheet.department_id,
        request.POST.get("line", ""),
        request.POST.get("text", ""),
        keep_sent(request.scope, request.FILES.getlist("files"), region_id=opened.row.region_id),
    )
    services.appeal(request.scope, assessment_id=opened.row.id, objection=objection, now=now())
    return f"{_address(opened, sheet)}#appeals"


def _decide(request: ScopedRequest, opened: Opened, sheet: ScoreSheet) -> str:
    texts = {key: request.POST.get(key, "").strip() for key in ("points", "value")}
    accept = request.POST.get("verdict", "") == "accept"
    numbers = {key: number_of(text, key) for key, text in texts.items() if text and accept}
    verdict = Verdict(accept, request.POST.get("reason", ""), numbers.get("points"), numbers.get("value"))
    services.decide(request.scope, appeal_id=whole_sent(request, "appeal"), verdict=verdict, now=now())
    return f"{_address(opened, sheet)}#appeals"


def _address(opened: Opened, sheet: ScoreSheet) -> str:
    return reverse("assessment:sheet", args=[opened.row.id, sheet.department_id])
