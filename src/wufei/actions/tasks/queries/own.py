"""What waits for a department: goals to confirm, reports due, orders and comments to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from wufei.actions.tasks.core.judging import REPORT_DAYS
from wufei.actions.tasks.core.rolling import Proposal, rolled_up
from wufei.actions.tasks.core.task import Duty, Quarter, quarter_of
from wufei.actions.tasks.models import Comment, Step
from wufei.actions.tasks.queries.rows import OPEN, TaskRow, of_department, progress_of, task_rows
from wufei.actions.tasks.queries.steps import CommentRow, StepRow, comment_rows, step_rows
from wufei.runtime.access.core import Scope, allowed, require
from wufei.runtime.access.services import session

AHEAD_DAYS = 15
"""So many days before a quarter ends its report is asked for."""


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that a department owes for a quarter, and the share that its node asks for (percent)."""

    task: TaskRow
    quarter: Quarter
    due_on: date
    percent: int
    node: str
    leads: bool

    def late_on(self, on: date) -> bool:
        """Say whether it is late on a day."""
        return on > self.due_on


@dataclass(frozen=True, slots=True)
class OwnTasks:
    """The tasks of one's department and what they ask for."""

    tasks: tuple[TaskRow, ...]
    goals: tuple[TaskRow, ...]
    reports: tuple[DueReport, ...]
    steps: tuple[StepRow, ...]
    comments: tuple[CommentRow, ...]

    @property
    def waiting(self) -> int:
        """How much waits in all."""
        return len(self.goals) + len(self.reports) + len(self.steps) + len(self.comments)


NOTHING = OwnTasks((), (), (), (), ())


def own_tasks(scope: Scope, *, on: date) -> OwnTasks:
    """Give the tasks of the person's department as they stand on a day, and what waits; none without one."""
    require(scope, "task.read")
    own = scope.department_id
    if own is None:
        return NOTHING
    with session(scope):
        rows = task_rows(OPEN & of_department(own), on)
        steps = Step.objects.filter(department_id=own, closed_on=None, replied_on=None)
        asked = steps.filter(task__closed_on=None, reply_by__isnull=False).order_by("reply_by")
        led = [row.id for row in rows if _leads(row, own)]
        comments = Comment.objects.filter(task_id__in=led, replied_on=None).order_by("reply_by")
        may_report, may_lead = allowed(scope, "task.report"), allowed(scope, "task.lead")
        return OwnTasks(
            tasks=tuple(rows),
            goals=tuple(row for row in rows if row.id in led and _unconfirmed(row, on)) if may_lead else (),
            reports=tuple(due_reports(rows, own, on)) if may_report else (),
            steps=tuple(step_rows(asked)) if may_report else (),
            comments=tuple(comment_rows(comments)) if may_lead else (),
        )


def due_reports(rows: list[TaskRow], department_id: int, on: date) -> list[DueReport]:
    """Give the reports that a department owes on a day: quarters with a node that are ending or over.

    For one task only the latest such quarter is asked for: its report tells of the earlier ones too.
    """
    found = []
    for row in rows:
        nodes = [
            node
            for goal in row.goals
            if goal.confirmed
            for node in goal.nodes
            if node.quarter.ends_on <= on + timedelta(days=AHEAD_DAYS)
        ]
        last = max(nodes, key=lambda node: node.quarter, default=None)
        told = {report.quarter for report in row.reports if report.department_id == department_id}
        if last is None or last.quarter in told:
            continue
        due_on = last.quarter.ends_on + timedelta(days=REPORT_DAYS)
        percent = int(last.share * 100)
        found.append(DueReport(row, last.quarter, due_on, percent, last.text, _leads(row, department_id)))
    return sorted(found, key=lambda due: (due.due_on, due.task.id))


def roll_up_of(row: TaskRow, quarter: Quarter, language: str = "zh-hans") -> Proposal:
    """Propose the lead's report from those of the responsible departments that passed."""
    units = [unit for unit in row.supports if unit.department_id is not None]
    names = {
        unit.department_id: unit.department.in_language(language) for unit in units if unit.department_id
    }
    return rolled_up(progress_of(row.reports), quarter, list(names), names)


def _leads(row: TaskRow, department_id: int) -> bool:
    return any(unit.department_id == department_id and unit.duty is Duty.LEAD for unit in row.units)


def _unconfirmed(row: TaskRow, on: date) -> bool:
    """Say whether the goal of the present year waits for the lead; a later year's waits until its turn."""
    year = quarter_of(on).year
    if row.due_on is not None and row.due_on.year < year and row.goals:
        return not all(goal.confirmed for goal in row.goals)
    goal = row.goal(year)
    return goal is None or not goal.confirmed
