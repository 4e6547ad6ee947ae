"""One task's file: its steps, comments, indicators and all that happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wufei.actions.tasks.models import Comment, Event, Moved, Step
from wufei.actions.tasks.queries.steps import CommentRow, StepRow, comment_rows, step_rows
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import names_of_users


@dataclass(frozen=True, slots=True)
class EventRow:
    """What happened, by whom and when."""

    text: Text
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class TaskFile:
    """What belongs to a task beside its goals and reports; the latest first."""

    steps: tuple[StepRow, ...]
    comments: tuple[CommentRow, ...]
    indicators: tuple[str, ...]
    events: tuple[EventRow, ...]


def task_file(scope: Scope, task_id: int) -> TaskFile:
    """Give what belongs to a task; the database shows nothing of one that the scope does not see."""
    require(scope, "task.read")
    with session(scope):
        events = list(Event.objects.filter(task_id=task_id).order_by("-at", "-id"))
        people = names_of_users(event.user_id for event in events if event.user_id is not None)
        return TaskFile(
            tuple(step_rows(Step.objects.filter(task_id=task_id).order_by("-issued_on", "-id"))),
            tuple(comment_rows(Comment.objects.filter(task_id=task_id).order_by("-made_at"))),
            tuple(
                Moved.objects.filter(task_id=task_id)
                .order_by("indicator")
                .values_list("indicator", flat=True)
            ),
            tuple(
                EventRow(Text(event.text_zh, event.text_en), event.at, people.get(event.user_id or 0, ""))
                for event in events
            ),
        )


def tasks_moving(scope: Scope, indicator: str, region_id: int) -> list[tuple[int, str]]:
    """Give the tasks of a region that move an indicator: id and name."""
    require(scope, "task.read")
    with session(scope):
        moved = Moved.objects.filter(indicator=indicator, region_id=region_id, task__closed_on=None)
        found = moved.order_by("task__position").values_list("task_id", "task__title", "task__text")
        return [(task_id, title or text) for task_id, title, text in found]
