"""The list of duties: its matrix, its lines, who is responsible for what, and its table as a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from wufei.actions.tasks import queries, services
from wufei.actions.tasks.core.responsibility import Stage, kind_named, kinds_of_waste
from wufei.actions.tasks.forms import DUTY
from wufei.actions.tasks.queries import DutyBoard, DutyLine
from wufei.runtime.access.core import allowed, reaches
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.forms.core.sheets import workbook_of
from wufei.runtime.identity.queries import RegionRow, regions_by_id
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.responses import workbook_response
from wufei.runtime.pages.sent import attempted, day_sent, unknown_act, whole_sent

_DIGITS_MAX = 15


@require_http_methods(["GET", "POST"])
def duties_page(request: ScopedRequest) -> HttpResponse:
    """Show the list of duties of a region on a day and answer who is responsible; let lines end."""
    region = asked(request).region
    if request.method == "GET":
        return render(request, "tasks/duties.html", _context(request, region))
    return attempted(
        request, lambda: _act(request, region), "tasks/duties.html", lambda: _context(request, region)
    )


@require_GET
def duties_file(request: ScopedRequest) -> HttpResponse:
    """Give the list in the layout in which it is loaded."""
    region, language = asked(request).region, get_language() or "zh-hans"
    # Without numbers: those of the people's own tables must not meet ours when the file is loaded again.
    values = [("", each) for each in queries.duty_values(request.scope, region.id)]
    title = f"{region.name.in_language(language)} {DUTY.definition.title.in_language(language)}"
    return workbook_response(workbook_of(DUTY.definition, values, language), title)


def _context(request: ScopedRequest, region: RegionRow) -> dict[str, Any]:
    on = _day(request.GET.get("on", ""))
    board = queries.duty_board(request.scope, region.id, on=on)
    stream, stage = kind_named(request.GET.get("kind", "")), _stage(request.GET.get("stage", ""))
    answer = None
    if stream and stage:
        answer = queries.who_is_responsible(request.scope, region.id, stream=stream, stage=stage, on=on)
    own = board.region_id == region.id
    may = allowed(request.scope, "task.run") and reaches(request.scope, region.id, None)
    return {
        "region": region,
        "home": None if own else regions_by_id([board.region_id])[board.region_id],
        "may_run": may and own,
        "board": board,
        "lines": _chosen(board, request.GET.get("department", ""), on, past="past" in request.GET),
        "past": "past" in request.GET,
        "department": request.GET.get("department", ""),
        "departments": sorted(board.departments.items(), key=lambda item: item[1].zh),
        "stages": tuple(Stage),
        "kinds": kinds_of_waste().items(),
        "kind": stream or "",
        "stage": stage,
        "answer": answer,
        "on": on,
        "today": today_on(),
    }


def _chosen(board: DutyBoard, department: str, on: date, *, past: bool) -> list[DutyLine]:
    """Give the lines that hold on the day, of one department or of all; or those of every day."""
    wanted = int(department) if department.isdecimal() and len(department) <= _DIGITS_MAX else None
    return [
        each
        for each in board.lines
        if (past or each.line.holds(on)) and wanted in (None, each.line.department_id)
    ]


def _act(request: ScopedRequest, region: RegionRow) -> str:
    wanted, note = request.POST.get("do", ""), request.POST.get("note", "")
    if wanted == "end":
        line_id, last_on = whole_sent(request, "line"), day_sent(request, "last_on")
        services.end_duty(request.scope, line_id=line_id, last_on=last_on, note=note)
    elif wanted == "withdraw":
        line_id = whole_sent(request, "line")
        services.end_duty(request.scope, line_id=line_id, last_on=None, note=note)
    elif wanted == "end-document":
        services.end_document(
            request.scope,
            region_id=region.id,
            document=request.POST.get("document", ""),
            last_on=day_sent(request, "last_on"),
            note=note,
        )
    else:
        raise unknown_act(wanted)
    return f"{reverse('tasks:duties')}?region={region.key}#lines"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today_on()


def _stage(text: str) -> Stage | None:
    return Stage(text) if text in {each.value for each in Stage} else None
