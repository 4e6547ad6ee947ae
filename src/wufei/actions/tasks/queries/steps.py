"""Steps of 督办 and leaders' comments as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from wufei.actions.tasks.core.supervision import DueStep, StepKind
from wufei.actions.tasks.core.task import Quarter
from wufei.actions.tasks.models import Comment, Step
from wufei.actions.tasks.queries.rows import OPEN, TaskRow, task_rows
from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import day_of
from wufei.runtime.identity.queries import departments_by_id, names_of_users


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of 督办; ``number`` as it is printed, empty but for a 督办单."""

    id: int
    task_id: int
    region_id: int
    task: str
    department_id: int
    department: Text
    kind: StepKind
    number: Text
    node: Quarter
    text: str
    issued_on: date
    issued_by: str
    reply_by: date | None
    reply: str
    replied_on: date | None
    replied_by: str
    closed_on: date | None
    closed_note: str

    def late_on(self, on: date) -> bool:
        """Say whether its answer is late on a day."""
        return (
            self.reply_by is not None
            and self.replied_on is None
            and self.closed_on is None
            and on > self.reply_by
        )


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A 批示 with its answer."""

    id: int
    task_id: int
    task: str
    text: str
    made_on: date
    made_by: str
    reply_by: date
    reply: str
    replied_on: date | None
    replied_by: str

    def late_on(self, on: date) -> bool:
        """Say whether its answer is late on a day."""
        return self.replied_on is None and on > self.reply_by


@dataclass(frozen=True, slots=True)
class Proposed:
    """A task for which a step would come next, with its reason."""

    task: TaskRow
    step: DueStep


def steps_of_region(scope: Scope, region_id: int) -> list[StepRow]:
    """Give the steps of a region: open ones first, then the latest."""
    require(scope, "task.read")
    with session(scope):
        found = step_rows(Step.objects.filter(region_id=region_id))
    return sorted(found, key=lambda row: (row.closed_on is not None, -row.issued_on.toordinal(), -row.id))


def find_step(scope: Scope, step_id: int) -> StepRow:
    """Give one step.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    """
    require(scope, "task.read")
    with session(scope):
        found = step_rows(Step.objects.filter(id=step_id))
    if not found:
        raise NotFoundError("order", step_id)
    return found[0]


def proposals(scope: Scope, region_id: int, *, on: date) -> list[Proposed]:
    """Give the tasks of a region for which a step of 督办 would come next on a day."""
    require(scope, "task.supervise", region_id=region_id)
    with session(scope):
        rows = task_rows(OPEN & Q(region_id=region_id), on)
    return [Proposed(row, row.proposal) for row in rows if row.proposal is not None]


def step_rows(steps: QuerySet[Step]) -> list[StepRow]:
    """Give steps as rows, in the order given."""
    found = list(steps.select_related("task"))
    departments = departments_by_id(step.department_id for step in found)
    people = names_of_users(
        one for step in found for one in (step.issued_by_id, step.replied_by_id) if one is not None
    )
    return [
        StepRow(
            id=step.id,
            task_id=step.task_id,
            region_id=step.region_id,
            task=step.task.title or step.task.text,
            department_id=step.department_id,
            department=departments[step.department_id].name,
            kind=StepKind(step.kind),
            number=_number(step),
            node=Quarter(step.node_year, step.node_quarter),
            text=step.text,
            issued_on=step.issued_on,
            issued_by=people.get(step.issued_by_id or 0, ""),
            reply_by=step.reply_by,
            reply=step.reply,
            replied_on=step.replied_on,
            replied_by=people.get(step.replied_by_id or 0, ""),
            closed_on=step.closed_on,
            closed_note=step.closed_note,
        )
        for step in found
    ]


def comment_rows(comments: QuerySet[Comment]) -> list[CommentRow]:
    """Give comments as rows, in the order given."""
    found = list(comments.select_related("task"))
    people = names_of_users(
        one for row in found for one in (row.made_by_id, row.replied_by_id) if one is not None
    )
    return [
        CommentRow(
            row.id,
            row.task_id,
            row.task.title or row.task.text,
            row.text,
            day_of(row.made_at),
            people.get(row.made_by_id or 0, ""),
            row.reply_by,
            row.reply,
            row.replied_on,
            people.get(row.replied_by_id or 0, ""),
        )
        for row in found
    ]


def _number(step: Step) -> Text:
    if step.serial is None:
        return Text("")
    return Text(f"督办〔{step.year}〕{step.serial}号", f"Order {step.serial} of {step.year}")
