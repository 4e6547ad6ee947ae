"""Tasks as pages show them: with units, goal, nodes, reports and the judgement of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models import Q

from wufei.actions.tasks.core.judging import Judgement, judged
from wufei.actions.tasks.core.supervision import DueStep, Issued, StepKind, due_step
from wufei.actions.tasks.core.task import Duty, Node, Progress, Quarter
from wufei.actions.tasks.models import Goal, Report, Step, Task, Unit
from wufei.actions.tasks.models import Node as NodeRecord
from wufei.kernel.text import Text
from wufei.runtime.identity.queries import departments_by_id, names_of_users

OPEN = Q(closed_on=None)
"""Tasks that the plan still holds."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the plan writes it; ``department_id`` and its name once it is known."""

    name: str
    duty: Duty
    department_id: int | None
    department: Text


@dataclass(frozen=True, slots=True)
class GoalRow:
    """The goal of a year with its nodes."""

    year: int
    text: str
    confirmed: bool
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report of a department; it counts once ``passed``."""

    id: int
    entry_id: UUID
    department_id: int
    department: Text
    quarter: Quarter
    share: Decimal
    text: str
    problems: str
    next_step: str
    file_ids: tuple[UUID, ...]
    reported_on: date
    passed: bool
    author: str


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as it stands on a day."""

    id: int
    region_id: int
    plan_key: str
    code: str
    no: str
    section: str
    title: str
    text: str
    due: str
    due_on: date | None
    lasting: bool
    closed_on: date | None
    closed_note: str
    units: tuple[UnitRow, ...]
    goals: tuple[GoalRow, ...]
    reports: tuple[ReportRow, ...]
    judgement: Judgement
    proposal: DueStep | None
    open_steps: int

    @property
    def name(self) -> str:
        """The title, or the text where the plan gives none."""
        return self.title or self.text

    @property
    def leads(self) -> tuple[UnitRow, ...]:
        """牵头 units."""
        return tuple(unit for unit in self.units if unit.duty is Duty.LEAD)

    @property
    def supports(self) -> tuple[UnitRow, ...]:
        """责任 units."""
        return tuple(unit for unit in self.units if unit.duty is Duty.SUPPORT)

    @property
    def reference(self) -> str:
        """How a form names it."""
        return f"{self.plan_key}#{self.code}"

    def goal(self, year: int) -> GoalRow | None:
        """Give the goal of a year."""
        return next((goal for goal in self.goals if goal.year == year), None)

    def latest(self) -> ReportRow | None:
        """Give the report that tells most: the latest passed one of a lead, or of anybody."""
        leads = {unit.department_id for unit in self.leads}
        passed = [report for report in self.reports if report.passed]
        mine = [report for report in passed if report.department_id in leads] or passed
        return max(mine, key=lambda report: (report.quarter, report.id), default=None)

    def departments(self) -> frozenset[int]:
        """Give the departments that work on it."""
        return frozenset(unit.department_id for unit in self.units if unit.department_id is not None)


def progress_of(reports: Iterable[ReportRow]) -> list[Progress]:
    """Give the reports that count, as `judging` reads them."""
    return [
        Progress(
            row.id,
            row.department_id,
            row.quarter,
            row.share,
            row.reported_on,
            row.text,
            row.problems,
            row.next_step,
        )
        for row in reports
        if row.passed
    ]


def task_rows(which: Q, on: date) -> list[TaskRow]:
    """Give tasks as they stand on a day, by plan and place, in as many statements for one as for all.

    The session that is open decides what the database shows.
    """
    found = list(Task.objects.filter(which).order_by("plan_key", "position", "id"))
    ids = [task.id for task in found]
    units, goals, reports, steps = _units(ids), _goals(ids), _reports(ids), _steps(ids)
    return [
        _row(task, units[task.id], goals[task.id], reports[task.id], steps[task.id], on) for task in found
    ]


def of_department(department_id: int, duty: Duty | None = None) -> models.Q:
    """Say which tasks a department works on."""
    units = Unit.objects.filter(department_id=department_id, dropped=False)
    units = units.filter(duty=duty.value) if duty else units
    return Q(id__in=units.values("task_id"))


def _row(
    task: Task,
    units: Sequence[UnitRow],
    goals: Sequence[GoalRow],
    reports: Sequence[ReportRow],
    steps: Sequence[Step],
    on: date,
) -> TaskRow:
    nodes = [node for goal in goals if goal.confirmed for node in goal.nodes]
    leads = [one.department_id for one in units if one.duty is Duty.LEAD and one.department_id is not None]
    judgement = judged(
        nodes, progress_of(reports), on, leads=tuple(dict.fromkeys(leads)), lasting=task.lasting
    )
    return TaskRow(
        id=task.id,
        region_id=task.region_id,
        plan_key=task.plan_key,
        code=task.code,
        no=task.no,
        section=task.section,
        title=task.title,
        text=task.text,
        due=task.due,
        due_on=task.due_on,
        lasting=task.lasting,
        closed_on=task.closed_on,
        closed_note=task.closed_note,
        units=tuple(units),
        goals=tuple(goals),
        reports=tuple(reports),
        judgement=judgement,
        proposal=due_step(judgement, [_issued(step) for step in steps], on)
        if task.closed_on is None
        else None,
        open_steps=sum(step.closed_on is None for step in steps),
    )


def _units(ids: Sequence[int]) -> dict[int, list[UnitRow]]:
    rows = list(Unit.objects.filter(task_id__in=ids, dropped=False).order_by("position"))
    names = departments_by_id(row.department_id for row in rows if row.department_id is not None)
    units: dict[int, list[UnitRow]] = defaultdict(list)
    for row in rows:
        department = names[row.department_id].name if row.department_id is not None else Text(row.name)
        units[row.task_id].append(UnitRow(row.name, Duty(row.duty), row.department_id, department))
    return units


def _goals(ids: Sequence[int]) -> dict[int, list[GoalRow]]:
    nodes: dict[tuple[int, int], list[Node]] = defaultdict(list)
    for row in NodeRecord.objects.filter(task_id__in=ids).order_by("year", "quarter"):
        nodes[row.task_id, row.year].append(Node(Quarter(row.year, row.quarter), row.text, row.share))
    goals: dict[int, list[GoalRow]] = defaultdict(list)
    for goal in Goal.objects.filter(task_id__in=ids).order_by("year"):
        goals[goal.task_id].append(
            GoalRow(
                goal.year, goal.text, goal.confirmed_at is not None, tuple(nodes[goal.task_id, goal.year])
            )
        )
    return goals


def _reports(ids: Sequence[int]) -> dict[int, list[ReportRow]]:
    rows = list(Report.objects.filter(task_id__in=ids).order_by("-year", "-quarter", "-id"))
    names = departments_by_id(row.department_id for row in rows)
    authors = names_of_users(row.author_id for row in rows)
    reports: dict[int, list[ReportRow]] = defaultdict(list)
    for row in rows:
        reports[row.task_id].append(
            ReportRow(
                row.id,
                row.entry_id,
                row.department_id,
                names[row.department_id].name,
                Quarter(row.year, row.quarter),
                row.share,
                row.text,
                row.problems,
                row.next_step,
                tuple(row.file_ids),
                row.reported_on,
                row.passed_at is not None,
                authors.get(row.author_id, ""),
            )
        )
    return reports


def _steps(ids: Sequence[int]) -> dict[int, list[Step]]:
    steps: dict[int, list[Step]] = defaultdict(list)
    for step in Step.objects.filter(task_id__in=ids):
        steps[step.task_id].append(step)
    return steps


def _issued(step: Step) -> Issued:
    return Issued(
        StepKind(step.kind),
        Quarter(step.node_year, step.node_quarter),
        step.issued_on,
        step.reply_by,
        step.replied_on,
        step.closed_on,
    )
