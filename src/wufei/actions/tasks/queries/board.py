"""The board: all tasks of a region as they stand on a day, counted and filtered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from wufei.actions.tasks.core.judging import Standing, node_standing
from wufei.actions.tasks.core.task import Duty, Quarter, State
from wufei.actions.tasks.core.units import unit_finding
from wufei.actions.tasks.models import Goal, Task, Unit
from wufei.actions.tasks.queries.rows import OPEN, TaskRow, of_department, progress_of, task_rows
from wufei.kernel.errors import NotFoundError
from wufei.kernel.findings import Finding
from wufei.records.plans.core.departments import Office, matches
from wufei.runtime.access.core import Scope, reaches, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import DepartmentRow, departments_in, regions_under


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What is asked of the board; a quarter shows the tasks that have a node in it.

    Attributes
    ----------
    lead : bool
        Only what the department leads.
    standing : Standing or None
        Only tasks whose node of the quarter stands so.
    """

    state: State | None = None
    department_id: int | None = None
    quarter: Quarter | None = None
    words: str = ""
    lead: bool = False
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The rows that were asked for, and how many of all tasks stand how."""

    rows: tuple[TaskRow, ...]
    counts: tuple[tuple[State, int], ...]
    total: int
    quarters: tuple[Quarter, ...]


_QUARTER = re.compile(r"(20\d\d)-Q([1-4])", re.ASCII)
_WORDS_MAX = 80
_DIGITS_MAX = 9


def board_filter(asked: Mapping[str, str]) -> BoardFilter:
    """Read what an address asks of the board; what it does not understand asks nothing."""
    words = {key: asked.get(key, "").strip() for key in ("state", "department", "quarter", "q", "node")}
    digits = words["department"]
    return BoardFilter(
        State(words["state"]) if words["state"] in {state.value for state in State} else None,
        int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS_MAX else None,
        quarter_key(words["quarter"]),
        words["q"][:_WORDS_MAX],
        asked.get("duty") == "lead",
        Standing(words["node"]) if words["node"] in {each.value for each in Standing} else None,
    )


def day_of_board(asked: Mapping[str, str], today: date) -> date:
    """Give the day as of which an address asks for the board: a document leads to the day of its draft."""
    try:
        return min(date.fromisoformat(asked.get("on", "")), today)
    except ValueError:
        return today


def quarter_key(text: str) -> Quarter | None:
    """Read a quarter as addresses and forms write it: 2026-Q1."""
    match = _QUARTER.fullmatch(text.strip())
    return Quarter(int(match[1]), int(match[2])) if match else None


def board(scope: Scope, region_id: int, *, on: date, asks: BoardFilter | None = None) -> Board:
    """Give the tasks of a region as they stand on a day; counts are of all that match but for the state."""
    require(scope, "task.read")
    asked = asks or BoardFilter()
    with session(scope):
        rows = task_rows(_asked(OPEN & Q(region_id=region_id), asked), on)
    matching = [
        row for row in rows if asked.quarter is None or _stands(row, asked.quarter, asked.standing, on)
    ]
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
        which &= of_department(asked.department_id, Duty.LEAD if asked.lead else None)
    if asked.words:
        which &= (
            Q(title__icontains=asked.words)
            | Q(text__icontains=asked.words)
            | Q(no=asked.words)
            | Q(section__icontains=asked.words)
        )
    return which


def standing_of(row: TaskRow, quarter: Quarter, on: date) -> Standing | None:
    """Say how a task's confirmed node of a quarter stands on a day; nothing without one."""
    nodes = [n for goal in row.goals if goal.confirmed for n in goal.nodes if n.quarter == quarter]
    leads = tuple(dict.fromkeys(unit.department_id for unit in row.leads if unit.department_id is not None))
    return node_standing(nodes, progress_of(row.reports), on, leads=leads)


def _stands(row: TaskRow, quarter: Quarter, standing: Standing | None, on: date) -> bool:
    if standing is not None:
        return standing_of(row, quarter, on) is standing
    return any(node.quarter == quarter for goal in row.goals for node in goal.nodes)
