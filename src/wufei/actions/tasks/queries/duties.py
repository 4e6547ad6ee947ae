"""The list of duties: its matrix and lines on a day, who is responsible, and proposals for units of tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from wufei.actions.tasks.core.dispatching import Proposal, proposals
from wufei.actions.tasks.core.responsibility import (
    MatrixRow,
    Responsibility,
    Stage,
    kinds_of_waste,
    matrix,
    responsible,
)
from wufei.actions.tasks.core.task import Duty
from wufei.actions.tasks.models import Responsibility as Line
from wufei.actions.tasks.models import Unit
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import departments_by_id, names_of_users, regions_by_id

READ = "task.read"


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A line of the list with its words."""

    line: Responsibility
    kind: Text
    department: Text
    entered_by: str
    ended_by: str
    ended_note: str

    @property
    def open(self) -> bool:
        """Say whether it may still be ended."""
        return not (self.line.withdrawn or self.ended_note)


@dataclass(frozen=True, slots=True)
class DutyDocument:
    """A document with the number of its lines that hold, and whether they may be ended together."""

    name: str
    lines: int
    open: int


@dataclass(frozen=True, slots=True)
class DutyBoard:
    """The list of a region on a day; ``region_id`` is that of the region whose list it is."""

    region_id: int
    rows: tuple[MatrixRow, ...]
    lines: tuple[DutyLine, ...]
    documents: tuple[DutyDocument, ...]
    departments: Mapping[int, Text]

    @property
    def gaps(self) -> int:
        """How many cells of the matrix nobody leads."""
        return sum(cell.is_gap for row in self.rows for cell in row.cells)

    @property
    def overlaps(self) -> int:
        """How many cells of the matrix two departments lead."""
        return sum(cell.overlaps for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class InCharge:
    """A department that is in charge, and the line that says so."""

    department_id: int
    department: Text
    duty: Duty
    line: Responsibility


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who is responsible for a stage of a kind of waste; ``level`` is the kind that the list speaks of."""

    stream: Text
    stage: Stage
    level: Text
    leads: tuple[InCharge, ...]
    supports: tuple[InCharge, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A department with the reason in words."""

    department_id: int
    department: Text
    why: Text


@dataclass(frozen=True, slots=True)
class UnitProposal:
    """A unit of a task without department, and what the list of duties proposes for it."""

    task_id: int
    where: str
    task: str
    unit: str
    duty: Duty
    proposed: tuple[Proposed, ...]


def duty_board(scope: Scope, region_id: int, *, on: date) -> DutyBoard:
    """Give the list of a region on a day, or of the nearest region above that has one."""
    require(scope, READ)
    with session(scope):
        home, rows = _list_of(region_id)
        duties = [_core(row) for row in rows]
        names = {each.id: each.name for each in departments_by_id(row.department_id for row in rows).values()}
        people = names_of_users(
            {one for row in rows for one in (row.entered_by_id, row.ended_by_id) if one is not None}
        )
    kinds = kinds_of_waste()
    lines = tuple(
        DutyLine(
            duty,
            kinds[row.stream],
            names[row.department_id],
            people.get(row.entered_by_id or 0, ""),
            people.get(row.ended_by_id or 0, ""),
            row.ended_note,
        )
        for duty, row in zip(duties, rows, strict=True)
    )
    return DutyBoard(home, matrix(duties, on), lines, tuple(_documents(lines, on)), names)


def who_is_responsible(
    scope: Scope, region_id: int, *, stream: str, stage: Stage, on: date
) -> Responsible | None:
    """Say who is responsible in a region on a day; for rooms that send something on to a department.

    Parameters
    ----------
    stream : str
        A key of `kinds_of_waste`: a stream, a legal class, or all waste.

    Returns
    -------
    Responsible or None
        None where neither the region nor one above it has a list, or `stream` is no kind of waste. Nobody in
        ``leads`` is a gap of the list.
    """
    require(scope, READ)
    kinds = kinds_of_waste()
    if stream not in kinds:
        return None
    with session(scope):
        _, rows = _list_of(region_id)
        answer = responsible([_core(row) for row in rows], stream, stage, on)
        named = (*answer.leads, *answer.supports)
        names = {
            each.id: each.name for each in departments_by_id(row.department_id for row in named).values()
        }
    if not rows:
        return None

    def charged(lines: Iterable[Responsibility]) -> tuple[InCharge, ...]:
        return tuple(
            InCharge(line.department_id, names[line.department_id], line.duty, line) for line in lines
        )

    level = kinds[answer.level] if answer.level else Text("")
    return Responsible(kinds[stream], stage, level, charged(answer.leads), charged(answer.supports))


def unit_proposals(scope: Scope, region_id: int, *, on: date) -> list[UnitProposal]:
    """Give what the list proposes for units of open tasks that matched no department; nothing is decided."""
    require(scope, "task.run", region_id=region_id)
    with session(scope):
        units = Unit.objects.filter(region_id=region_id, department=None, dropped=False, task__closed_on=None)
        open_units = list(
            units.select_related("task").order_by("task__plan_key", "task__position", "position")
        )
        duties = [_core(row) for row in _list_of(region_id)[1]] if open_units else []
        found = [(unit, _proposed(unit, duties, on)) for unit in open_units]
        named = {each.department_id for _, proposed in found for each in proposed}
        names = {each.id: each.name for each in departments_by_id(named).values()}
    return [
        UnitProposal(
            unit.task_id,
            f"{unit.task.plan_key}#{unit.task.code}",
            unit.task.title or unit.task.text[:60],
            unit.name,
            Duty(unit.duty),
            tuple(
                Proposed(each.department_id, names[each.department_id], _why(each.cells, each.lines[0]))
                for each in proposed
            ),
        )
        for unit, proposed in found
        if proposed
    ]


def duty_values(scope: Scope, region_id: int) -> list[dict[str, object]]:
    """Give the lines of a list as the form's table holds them; none withdrawn."""
    require(scope, READ)
    with session(scope):
        rows = [row for row in _list_of(region_id)[1] if not row.withdrawn]
        names = departments_by_id(row.department_id for row in rows)
    kinds = kinds_of_waste()
    return [
        {
            "stream": kinds[row.stream].zh,
            "stages": list(row.stages),
            "department": names[row.department_id].name.zh,
            "duty": row.duty,
            "content": row.content or None,
            "document": row.document,
            "article": row.article or None,
            "from_on": row.from_on.isoformat(),
            "to_on": row.to_on.isoformat() if row.to_on else None,
        }
        for row in rows
    ]


def _list_of(region_id: int) -> tuple[int, list[Line]]:
    """Give the lines of a region, or of the nearest one above that has any, and whose they are."""
    at: int | None = region_id
    while at is not None:
        rows = list(Line.objects.filter(region_id=at).order_by("document", "id"))
        if rows:
            return at, rows
        region = regions_by_id([at]).get(at)
        at = region.parent_id if region else None
    return region_id, []


def _core(row: Line) -> Responsibility:
    return Responsibility(
        id=row.id,
        stream=row.stream,
        stages=tuple(Stage(each) for each in row.stages),
        department_id=row.department_id,
        duty=Duty(row.duty),
        content=row.content,
        document=row.document,
        article=row.article,
        from_on=row.from_on,
        to_on=row.to_on,
        withdrawn=row.withdrawn,
    )


def _documents(lines: Iterable[DutyLine], on: date) -> list[DutyDocument]:
    holding, open_ = Counter[str](), Counter[str]()
    for each in lines:
        holding[each.line.document] += each.line.holds(on)
        open_[each.line.document] += each.open
    return [DutyDocument(name, count, open_[name]) for name, count in sorted(holding.items())]


def _proposed(unit: Unit, duties: list[Responsibility], on: date) -> tuple[Proposal, ...]:
    text = f"{unit.task.title}。{unit.task.text}"
    return proposals(duties, text, Duty(unit.duty), on)


def _why(cells: tuple[tuple[str, Stage], ...], line: Responsibility) -> Text:
    kinds = kinds_of_waste()
    zh = "、".join(f"{kinds[stream].zh}·{stage.label.zh}" for stream, stage in cells)
    en = ", ".join(f"{kinds[stream].in_language('en')} / {stage.label.en}" for stream, stage in cells)
    source = f"{line.document}{line.article}"
    return Text(f"{zh}（{source}）", f"{en} ({source})")
