"""One task: its time line, reports, supervision, comments and history; and its breakdown by year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wufei.actions.tasks import queries, services
from wufei.actions.tasks.core.breakdown import YearDraft
from wufei.actions.tasks.core.judging import late_nodes, reached_share
from wufei.actions.tasks.core.supervision import REPLY_DAYS, StepKind
from wufei.actions.tasks.core.task import QUARTERS, Node, Quarter
from wufei.actions.tasks.forms import REPORT
from wufei.actions.tasks.queries import AHEAD_DAYS, GoalRow, TaskRow, quarter_key
from wufei.kernel.errors import InputError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans.queries import plan_titles
from wufei.runtime.access.core import Role, Scope, allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms import services as forms
from wufei.runtime.identity.queries import departments_by_id, regions_by_id
from wufei.runtime.pages.sent import attempted, day_sent, number_sent, unknown_act, whole_sent


@dataclass(frozen=True, slots=True)
class YearShown:
    """A year of the breakdown page: what is written beside what the rule proposes."""

    year: int
    goal: GoalRow | None
    draft: YearDraft | None
    cells: tuple[tuple[int, str, str, str], ...]


@require_http_methods(["GET", "POST"])
def task_page(request: ScopedRequest, task_id: int) -> HttpResponse:
    """Show one task; take a comment, its answer, a step of 督办, indicators, or begin a report."""
    row = queries.find_task_row(request.scope, task_id, on=today_on())
    if request.method == "GET":
        return render(request, "tasks/task.html", _task_context(request, row))
    return attempted(
        request, lambda: _act(request, row), "tasks/task.html", lambda: _task_context(request, row)
    )


@require_http_methods(["GET", "POST"])
def goals_page(request: ScopedRequest, task_id: int) -> HttpResponse:
    """Show the breakdown by year with the draft by rule beside it; draft, save or confirm."""
    row = queries.find_task_row(request.scope, task_id, on=today_on())
    if request.method == "GET":
        return render(request, "tasks/goals.html", _goals_context(request, row))
    return attempted(
        request, lambda: _act_on_goals(request, row), "tasks/goals.html", lambda: _goals_context(request, row)
    )


def leads(scope: Scope, row: TaskRow) -> bool:
    """Say whether a person confirms and answers for a task: the departments that lead it, or the office."""
    if not allowed(scope, "task.lead"):
        return False
    return scope.role is Role.OFFICE or scope.department_id in {unit.department_id for unit in row.leads}


def _task_context(request: ScopedRequest, row: TaskRow) -> dict[str, Any]:
    scope, on = request.scope, today_on()
    file = queries.task_file(scope, row.id)
    known = load_indicators()
    here = scope.department_id in row.departments() or scope.role is Role.OFFICE
    return {
        "row": row,
        "plan": plan_titles(scope, row.region_id).get(row.plan_key, row.plan_key),
        "file": file,
        "region": regions_by_id([row.region_id])[row.region_id],
        "indicators": [(one, known[one].name) for one in file.indicators if one in known],
        "all_indicators": sorted((one.name.zh, key) for key, one in known.items()),
        **_standing(row, on),
        "today": on,
        "reply_days": REPLY_DAYS,
        "quarters": sorted({node.quarter for goal in row.goals if goal.confirmed for node in goal.nodes}),
        "reporting": sorted(departments_by_id(row.departments()).values(), key=lambda one: one.key),
        "may_report": allowed(scope, "task.report") and here and any(goal.confirmed for goal in row.goals),
        "may_lead": leads(scope, row),
        "may_supervise": allowed(scope, "task.supervise"),
        "may_comment": allowed(scope, "task.comment"),
        "may_run": allowed(scope, "task.run"),
        "office": scope.role is Role.OFFICE,
    }


def _standing(row: TaskRow, on: date) -> dict[str, Any]:
    """Give which nodes are met and which are late, and the quarter that a report is most likely about."""
    nodes = [node for goal in row.goals if goal.confirmed for node in goal.nodes]
    counted = queries.progress_of(row.reports)
    leading = [unit.department_id for unit in row.leads if unit.department_id is not None]
    late = {node.quarter for node in late_nodes(nodes, counted, on, leads=leading)}
    over = [node.quarter for node in nodes if (node.quarter.ends_on - on).days <= AHEAD_DAYS]
    met = {
        node.quarter
        for node in nodes
        if reached_share(counted, node.quarter.year, on, leading) >= node.share > 0
    }
    return {"met": met, "late": late, "asked_quarter": max(over, default=None)}


def _act(request: ScopedRequest, row: TaskRow) -> str:
    acts: dict[str, Callable[[ScopedRequest, TaskRow], str]] = {
        "comment": _comment,
        "answer": _answer,
        "issue": _issue,
        "indicators": _indicators,
        "report": _begin_report,
    }
    wanted = request.POST.get("do", "")
    if wanted not in acts:
        raise unknown_act(wanted)
    return acts[wanted](request, row)


def _comment(request: ScopedRequest, row: TaskRow) -> str:
    services.make_comment(
        request.scope,
        task_id=row.id,
        text=request.POST.get("text", ""),
        reply_by=day_sent(request, "reply_by"),
    )
    return f"{_address(row)}#comments"


def _answer(request: ScopedRequest, row: TaskRow) -> str:
    services.answer_comment(
        request.scope, comment_id=whole_sent(request, "comment"), reply=request.POST.get("reply", "")
    )
    return f"{_address(row)}#comments"


def _issue(request: ScopedRequest, row: TaskRow) -> str:
    kind, node = request.POST.get("kind", ""), quarter_key(request.POST.get("node", ""))
    if kind not in {one.value for one in StepKind} or node is None:
        raise unknown_act(kind)
    dated = bool(request.POST.get("reply_by", "").strip())
    made = services.issue_step(
        request.scope,
        task_id=row.id,
        kind=StepKind(kind),
        node=node,
        text=request.POST.get("text", ""),
        reply_by=day_sent(request, "reply_by") if dated else None,
    )
    return reverse("tasks:step", args=[made[0]])


def _indicators(request: ScopedRequest, row: TaskRow) -> str:
    chosen = [one for one in request.POST.getlist("indicator") if one]
    services.set_indicators(request.scope, task_id=row.id, indicators=chosen)
    return f"{_address(row)}#indicators"


def _begin_report(request: ScopedRequest, row: TaskRow) -> str:
    """Begin a report as a draft with what is known; the lead's tells what the others reported."""
    quarter = quarter_key(request.POST.get("quarter", ""))
    if quarter is None or request.membership is None:
        message = Text("请选择季度。", "Choose a quarter.")
        raise InputError("task.quarter", "quarter", request.POST.get("quarter", ""), message)
    department = departments_by_id([_reporting(request, row)])
    name = next(iter(department.values())).name.zh
    answers: dict[str, Any] = {
        "task": row.reference,
        "quarter": f"{quarter.year}-Q{quarter.number}",
        "department": name,
    }
    entry_id = new_id(now())
    forms.save_draft(
        request.scope,
        REPORT,
        entry_id=entry_id,
        answers=answers | _known(request, row, quarter, next(iter(department))),
        place=forms.place_of(request.scope, region_id=request.membership.region.id),
        now=now(),
    )
    return f"{reverse('form', args=[REPORT.definition.key])}?draft={entry_id}"


def _reporting(request: ScopedRequest, row: TaskRow) -> int:
    """Give the department that reports: one's own, or the one that the office names."""
    wanted = (
        whole_sent(request, "department") if request.POST.get("department") else request.scope.department_id
    )
    if wanted is None or wanted not in row.departments():
        message = Text(
            "请选择这项任务的牵头或责任部门。",
            "Choose a department that leads the task or is responsible for it.",
        )
        raise InputError("task.department", "department", wanted, message)
    return wanted


def _known(request: ScopedRequest, row: TaskRow, quarter: Quarter, department_id: int) -> dict[str, Any]:
    """Give what a report may begin with: the node as met if the button says so, else what was said last."""
    goal = row.goal(quarter.year)
    node = next((one for one in goal.nodes if one.quarter == quarter), None) if goal else None
    if request.POST.get("met") == "yes" and node is not None:
        return {"percent": int(node.share * 100), "progress": f"已完成节点：{node.text}"}
    if any(unit.department_id == department_id for unit in row.leads) and row.supports:
        drafted = queries.roll_up_of(row, quarter)
        if drafted.text:
            percent = {} if drafted.missing else {"percent": int(drafted.share * 100)}
            said = {"progress": drafted.text, "problems": drafted.problems, "next_step": drafted.next_step}
            return percent | {key: words for key, words in said.items() if words}
    return {}


def _goals_context(request: ScopedRequest, row: TaskRow) -> dict[str, Any]:
    drafts = {draft.year: draft for draft in services.draft_of(request.scope, row.id)}
    goals = {goal.year: goal for goal in row.goals}
    return {
        "row": row,
        "region": regions_by_id([row.region_id])[row.region_id],
        "years": [_year(year, goals.get(year), drafts.get(year)) for year in sorted({*drafts, *goals})],
        "may_lead": leads(request.scope, row),
        "missing": sorted(set(drafts) - set(goals)),
    }


def _year(year: int, goal: GoalRow | None, draft: YearDraft | None) -> YearShown:
    written = {node.quarter.number: node for node in goal.nodes} if goal else {}
    proposed = {node.quarter.number: node for node in draft.nodes} if draft else {}
    cells = tuple(
        (
            number,
            written[number].text if number in written else "",
            f"{written[number].share * 100:.0f}" if number in written else "",
            f"{proposed[number].text}（{proposed[number].share * 100:.0f}%）" if number in proposed else "",
        )
        for number in QUARTERS
    )
    return YearShown(year, goal, draft, cells)


def _act_on_goals(request: ScopedRequest, row: TaskRow) -> str:
    wanted, address = request.POST.get("do", ""), reverse("tasks:goals", args=[row.id])
    if wanted == "draft":
        services.draft_goals(request.scope, task_id=row.id)
        return address
    year = whole_sent(request, "year")
    if wanted in {"save", "save-confirm"}:
        services.save_goal(
            request.scope,
            task_id=row.id,
            year=year,
            goal=request.POST.get("goal", ""),
            nodes=_nodes_sent(request, year),
        )
    if wanted in {"confirm", "save-confirm"}:
        services.confirm_goal(request.scope, task_id=row.id, year=year)
    if wanted not in {"save", "confirm", "save-confirm"}:
        raise unknown_act(wanted)
    return f"{address}#year-{year}"


def _nodes_sent(request: ScopedRequest, year: int) -> list[Node]:
    nodes = []
    for number in QUARTERS:
        text = request.POST.get(f"node-{number}", "").strip()
        if text or request.POST.get(f"share-{number}", "").strip():
            share = number_sent(request, f"share-{number}") / 100
            nodes.append(Node(Quarter(year, number), text, share.quantize(Decimal("0.0001"))))
    return nodes


def _address(row: TaskRow) -> str:
    return reverse("tasks:task", args=[row.id])
