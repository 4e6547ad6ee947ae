"""The board of a region and one's own tasks."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from wufei.actions.tasks import queries, services
from wufei.actions.tasks.core.task import Quarter
from wufei.actions.tasks.queries import BoardFilter, board_filter, day_of_board
from wufei.runtime.access.core import allowed, reaches
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import departments_by_id
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.sent import attempted, unknown_act

_QUARTER = re.compile(r"(20\d\d)-Q([1-4])")
_GOAL = re.compile(r"([0-9]{1,15})-(20\d\d)", re.ASCII)


@require_GET
def board_page(request: ScopedRequest) -> HttpResponse:
    """Show all tasks of a region by state, or give them as a 调度表."""
    region, on = asked(request).region, day_of_board(request.GET, today_on())
    asks = board_filter(request.GET)
    found = queries.board(request.scope, region.id, on=on, asks=asks)
    shown = request.GET.copy()
    shown["region"] = region.key
    context = {
        "sheet": shown.urlencode(),
        "region": region,
        "board": found,
        "asks": asks,
        "quarter": _key(asks.quarter) if asks.quarter else "",
        "quarters": [(_key(one), one.label) for one in found.quarters],
        "departments": queries.departments_at_work(request.scope, region.id),
        "filtered": asks != BoardFilter(),
        "year": on.year,
        "today": on,
        "earlier": on != today_on(),
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
        "projects": queries.projects_of_department(scope, on=on),
        "department": next(iter(own.values()), None),
        "today": on,
        "year": on.year,
        "may_report": allowed(scope, "task.report"),
        "region": request.membership.region if request.membership else None,
    }


def _key(quarter: Quarter) -> str:
    return f"{quarter.year}-Q{quarter.number}"
