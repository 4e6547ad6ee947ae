"""The board: all tasks of a region as they stand on a day, counted and filtered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from wufei.actions.tasks.core.task import Quarter, State
from wufei.actions.tasks.core.units import unit_finding
from wufei.actions.tasks.models import Goal, Task, Unit
from wufei.actions.tasks.queries.rows import OPEN, TaskRow, of_department, task_rows
from wufei.kernel.errors import NotFoundError
from wufei.kernel.findings import Finding
from wufei.records.plans.core.departments import Office, matches
from wufei.runtime.access.core import Scope, reaches, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import DepartmentRow, departments_in, regions_under


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What is asked of the board; a quarter shows the tasks that have a node in it."""

    state: State | None = None
    department_id: int | None = None
    quarter: Quarter | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The rows that were asked for, and how many of all tasks stand how."""

    rows: tuple[TaskRow, ...]
    counts: tuple[tuple[State, int], ...]
    total: int
    quarters: tuple[Quarter, ...]


def board(scope: Scope, region_id: int, *, on: date, asks: BoardFilter | None = None) -> Board:
    """Give the tasks of a region as they stand on a day; counts are of all that match but for the state."""
    require(scope, "task.read")
    asked = asks or BoardFilter()
    with session(scope):
        rows = task_rows(_asked(OPEN & Q(region_id=region_id), asked), on)
    matching = [row for row in rows if asked.quarter is None or _has_node(row, asked.quarter)]
    counted = Counter(row.judgement.state for row in matching)
    shown = [row for row in matching if asked.state is None or row.judgement.state is asked.state]
    quarters = {node.quarter for row in rows for goal in row.goals for node in goal.nodes}
    return Board(
        tuple(shown),
        tuple((state, counted[state]) for state in State),
        len(matching),
        tuple(sorted(quarters)),
    )


def find_task_row(scope: Scope, task_id: int, *, on: date) -> TaskRow:
    """Give one task as it stands on a day.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    """
    require(scope, "task.read")
    with session(scope):
        rows = task_rows(Q(id=task_id), on)
    if not rows:
        raise NotFoundError("task", task_id)
    return rows[0]


def departments_at_work(scope: Scope, region_id: int) -> list[DepartmentRow]:
    """Give the departments of a region and of the places below it, if the scope reaches it."""
    require(scope, "task.read")
    if not reaches(scope, region_id, None):
        return []
    return departments_in(regions_under(region_id))


def count_undrafted(scope: Scope, region_id: int) -> int:
    """Count the open tasks of a region that have no goal for any year yet."""
    require(scope, "task.read")
    with session(scope):
        begun = Goal.objects.filter(region_id=region_id).values("task_id")
        return Task.objects.filter(OPEN, region_id=region_id).exclude(id__in=begun).count()


def unmatched_units(scope: Scope, region_id: int) -> list[Finding]:
    """Give the units of a region's tasks that no department was found for, each name once."""
    require(scope, "task.run", region_id=region_id)
    with session(scope):
        units = Unit.objects.filter(region_id=region_id, department=None, dropped=False, task__closed_on=None)
        named = list(units.order_by("name", "id").values_list("task__plan_key", "task__code", "name"))
    first = {name: f"{plan_key}#{code}" for plan_key, code, name in reversed(named)}
    departments = departments_in(regions_under(region_id))
    names = {row.id: row.name.zh for row in departments}
    found = matches(sorted(first), [Office(row.id, (row.name.zh, *row.aliases)) for row in departments])
    return [unit_finding(first[match.name], match, names) for match in found]


def _asked(which: Q, asked: BoardFilter) -> Q:
    if asked.department_id is not None:
        which &= of_department(asked.department_id)
    if asked.words:
        which &= (
            Q(title__icontains=asked.words)
            | Q(text__icontains=asked.words)
            | Q(no=asked.words)
            | Q(section__icontains=asked.words)
        )
    return which


def _has_node(row: TaskRow, quarter: Quarter) -> bool:
    return any(node.quarter == quarter for goal in row.goals for node in goal.nodes)
