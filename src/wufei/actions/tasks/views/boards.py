"""The board of a region and one's own tasks."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from wufei.actions.tasks import queries, services
from wufei.actions.tasks.core.task import Quarter, State
from wufei.actions.tasks.queries import BoardFilter, TaskRow
from wufei.actions.tasks.views.asked import attempted, unknown_act
from wufei.kernel.text import Text
from wufei.runtime.access.core import allowed, reaches
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import RegionRow, departments_by_id
from wufei.runtime.pages.core.tables import Cell, Column, table_workbook
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.responses import page_notes, workbook_response

_QUARTER = re.compile(r"(20\d\d)-Q([1-4])")
_GOAL = re.compile(r"([0-9]{1,15})-(20\d\d)", re.ASCII)

COLUMNS = (
    Column("no", Text("序号", "No.")),
    Column("task", Text("任务", "Task")),
    Column("goal", Text("年度目标", "Goal of the year")),
    Column("lead", Text("牵头", "Leads")),
    Column("support", Text("责任", "Responsible")),
    Column("progress", Text("进展", "Progress")),
    Column("problems", Text("存在问题", "Problems")),
    Column("next", Text("下一步", "Next step")),
    Column("due", Text("时限", "Due")),
    Column("state", Text("状态", "State")),
)
"""The columns of a 调度表."""


@require_GET
def board_page(request: ScopedRequest) -> HttpResponse:
    """Show all tasks of a region by state, or give them as a 调度表."""
    region, on = asked(request).region, today_on()
    asks = _filter(request)
    found = queries.board(request.scope, region.id, on=on, asks=asks)
    if request.GET.get("format") == "xlsx":
        return _dispatch_table(region, found.rows)
    context = {
        "region": region,
        "board": found,
        "asks": asks,
        "quarter": _key(asks.quarter) if asks.quarter else "",
        "quarters": [(_key(one), one.label) for one in found.quarters],
        "departments": queries.departments_at_work(request.scope, region.id),
        "filtered": asks != BoardFilter(),
        "year": on.year,
        "today": on,
        "undrafted": queries.count_undrafted(request.scope, region.id),
        "reached": reaches(request.scope, region.id, None),
        "may_run": allowed(request.scope, "task.run") and reaches(request.scope, region.id, None),
    }
    return render(request, "tasks/board.html", context)


@require_http_methods(["GET", "POST"])
def mine_page(request: ScopedRequest) -> HttpResponse:
    """Show the tasks of one's department, what is due first; confirm the goals that were shown."""
    if request.method == "GET":
        return render(request, "tasks/mine.html", _mine(request))
    return attempted(request, lambda: _confirm(request), "tasks/mine.html", lambda: _mine(request))


def _confirm(request: ScopedRequest) -> str:
    goals = [_GOAL.fullmatch(each) for each in request.POST.getlist("goal")]
    if request.POST.get("do") != "confirm" or not goals or None in goals:
        raise unknown_act(request.POST.get("do", ""))
    services.confirm_goals(request.scope, [(int(each[1]), int(each[2])) for each in goals if each])
    return reverse("tasks:mine")


def _mine(request: ScopedRequest) -> dict[str, Any]:
    scope, on = request.scope, today_on()
    own = departments_by_id([scope.department_id]) if scope.department_id else {}
    shown = queries.own_tasks(scope, on=on)
    return {
        "own": shown,
        "drafted": [
            (row, goal)
            for row in shown.goals
            for goal in row.goals
            if not goal.confirmed and goal.year <= on.year
        ],
        "undrafted": [row for row in shown.goals if not row.goals],
        "department": next(iter(own.values()), None),
        "today": on,
        "year": on.year,
        "may_report": allowed(scope, "task.report"),
        "region": request.membership.region if request.membership else None,
    }


def quarter_key(text: str) -> Quarter | None:
    """Read a quarter as addresses and forms write it: 2026-Q1."""
    match = _QUARTER.fullmatch(text.strip())
    return Quarter(int(match[1]), int(match[2])) if match else None


def _key(quarter: Quarter) -> str:
    return f"{quarter.year}-Q{quarter.number}"


def _filter(request: ScopedRequest) -> BoardFilter:
    words = {key: request.GET.get(key, "").strip() for key in ("state", "department", "quarter", "q")}
    digits = words["department"]
    return BoardFilter(
        State(words["state"]) if words["state"] in {state.value for state in State} else None,
        int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None,
        quarter_key(words["quarter"]),
        words["q"][:80],
    )


def _dispatch_table(region: RegionRow, rows: tuple[TaskRow, ...]) -> HttpResponse:
    language = get_language() or "zh-hans"
    year = today_on().year
    title = Text(f"任务调度表 {region.name.zh}", f"Dispatch table, {region.name.in_language('en')}")
    cells = [_cells(row, year, language) for row in rows]
    notes = [*page_notes(region, language), today_on().isoformat()]
    content = table_workbook(title.in_language(language), notes, COLUMNS, cells, language)
    return workbook_response(content, title.in_language(language))


def _cells(row: TaskRow, year: int, language: str) -> list[Cell]:
    goal, latest = row.goal(year), row.latest()
    return [
        row.no or row.code,
        row.name,
        goal.text if goal else "",
        "、".join(unit.department.in_language(language) for unit in row.leads),
        "、".join(unit.department.in_language(language) for unit in row.supports),
        latest.text if latest else "",
        latest.problems if latest else "",
        latest.next_step if latest else "",
        row.due or (row.due_on.isoformat() if row.due_on else ""),
        row.judgement.state.label.in_language(language),
    ]
