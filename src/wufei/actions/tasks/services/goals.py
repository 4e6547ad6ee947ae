"""年度分解: drafted by rule, mended and confirmed by the department that leads."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from wufei.actions.tasks.core.breakdown import YearDraft, breakdown
from wufei.actions.tasks.core.task import Node, Quarter, quarter_of
from wufei.actions.tasks.core.task import Task as TaskTerms
from wufei.actions.tasks.models import Goal, Task
from wufei.actions.tasks.models import Node as NodeRow
from wufei.actions.tasks.services.owning import keep_event, require_lead, visible_task
from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.remarks import remark
from wufei.kernel.text import Text
from wufei.records.plans.core.plan import Plan
from wufei.records.plans.queries import get_plan
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on


def draft_of(scope: Scope, task_id: int) -> tuple[YearDraft, ...]:
    """Give the breakdown that the rule proposes from the present quarter on."""
    task = visible_task(scope, "task.read", task_id)
    return _drafted(task, get_plan(scope, task.plan_key))


def draft_goals(scope: Scope, *, task_id: int) -> int:
    """Write the proposal for the years of a task that have no goal yet, and give how many were written."""
    with session(scope):
        task = visible_task(scope, "task.lead", task_id)
        require_lead(scope, task)
        return _write_fresh(scope, task, get_plan(scope, task.plan_key))


def draft_all(scope: Scope, *, region_id: int) -> int:
    """Write the proposal for all open tasks of a region, and give for how many; leads confirm what they lead.

    Raises
    ------
    AccessError
        The scope does not run the programme there.
    """
    require(scope, "task.run", region_id=region_id)
    with session(scope):
        tasks = list(
            Task.objects.filter(region_id=region_id, closed_on=None).order_by("plan_key", "position")
        )
        plans = {key: get_plan(scope, key) for key in {task.plan_key for task in tasks}}
        return sum(_write_fresh(scope, task, plans[task.plan_key]) > 0 for task in tasks)


def save_goal(scope: Scope, *, task_id: int, year: int, goal: str, nodes: Sequence[Node]) -> None:
    """Write the goal of a year and its nodes as a draft; what was confirmed is confirmed anew.

    Raises
    ------
    AccessError
        Another department leads the task.
    InputError
        ``remark``; ``task.nodes``: a quarter twice or of another year, shares that do not grow, or do
        not end with the whole.
    """
    _demand_nodes(year, nodes)
    plain = remark("goal", goal)
    with session(scope):
        task = visible_task(scope, "task.lead", task_id)
        require_lead(scope, task)
        _write(task, YearDraft(year, plain, tuple(sorted(nodes, key=lambda node: node.quarter))))
        keep_event(scope, task, "goal", Text(f"修改{year}年目标和节点", f"Goal and nodes of {year} changed"))


def confirm_goal(scope: Scope, *, task_id: int, year: int) -> None:
    """Confirm the goal of a year: from now on its nodes judge the task.

    Raises
    ------
    AccessError
        Another department leads the task.
    ConflictError
        ``task.no-goal``: there is no draft to confirm.
    """
    with session(scope):
        task = visible_task(scope, "task.lead", task_id)
        require_lead(scope, task)
        goal = Goal.objects.select_for_update().filter(task=task, year=year).first()
        if goal is None or scope.user_id is None:
            raise ConflictError("task.no-goal", _NO_GOAL)
        if goal.confirmed_at is None:
            goal.confirmed_at, goal.confirmed_by_id = now(), scope.user_id
            goal.save(update_fields=["confirmed_at", "confirmed_by"])
            keep_event(scope, task, "confirmed", Text(f"确认{year}年目标", f"Goal of {year} confirmed"))


def confirm_goals(scope: Scope, goals: Sequence[tuple[int, int]]) -> int:
    """Confirm goals by task and year, all or none, as `confirm_goal` does; give how many."""
    with session(scope):
        for task_id, year in goals:
            confirm_goal(scope, task_id=task_id, year=year)
    return len(goals)


def _write_fresh(scope: Scope, task: Task, plan: Plan) -> int:
    there = set(Goal.objects.filter(task=task).values_list("year", flat=True))
    fresh = [draft for draft in _drafted(task, plan) if draft.year not in there]
    for draft in fresh:
        _write(task, draft)
    if fresh:
        years = "、".join(str(draft.year) for draft in fresh)
        keep_event(scope, task, "drafted", Text(f"起草年度分解：{years}", f"Breakdown drafted: {years}"))
    return len(fresh)


def _drafted(task: Task, plan: Plan) -> tuple[YearDraft, ...]:
    here = quarter_of(today_on())
    ends = max((*plan.target_years, here.year))
    terms = TaskTerms(task.id, task.title, task.text, task.due_on, task.lasting)
    return breakdown(terms, range(here.year, ends + 1), here)


def _write(task: Task, draft: YearDraft) -> None:
    values = {"region_id": task.region_id, "text": draft.goal, "confirmed_at": None, "confirmed_by": None}
    Goal.objects.update_or_create(task=task, year=draft.year, defaults=values)
    NodeRow.objects.filter(task=task, year=draft.year).delete()
    NodeRow.objects.bulk_create(
        NodeRow(
            task=task,
            region_id=task.region_id,
            year=draft.year,
            quarter=node.quarter.number,
            text=remark(f"node-{node.quarter.number}", node.text, 300),
            share=node.share,
        )
        for node in draft.nodes
    )


def _demand_nodes(year: int, nodes: Sequence[Node]) -> None:
    ordered = sorted(nodes, key=lambda node: node.quarter)
    quarters: list[Quarter] = [node.quarter for node in ordered]
    shares = [node.share for node in ordered]
    grows = all(0 < before < after for before, after in pairwise(shares))
    right = ordered and grows and shares[-1] == 1 and len(set(quarters)) == len(quarters)
    if not right or any(quarter.year != year for quarter in quarters):
        shown = "、".join(f"{share * 100:.0f}%" for share in shares)
        message = Text(
            f"节点须逐季增加，最后一个为100%（现为：{shown or '无'}）。",
            f"Nodes grow from quarter to quarter and end with 100 % (now: {shown or 'none'}).",
        )
        raise InputError("task.nodes", "nodes", shown, message)


_NO_GOAL = Text(
    "这一年还没有目标。请先起草年度分解。", "This year has no goal yet. Draft the breakdown first."
)
