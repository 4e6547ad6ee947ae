"""Whose a task is, who may act for a department, and what is told and kept of every act."""

from __future__ import annotations

from collections.abc import Iterable

from wufei.actions.tasks import models
from wufei.actions.tasks.core.task import Duty
from wufei.actions.tasks.models import Event, Task, Unit
from wufei.kernel.errors import AccessError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope, require
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import departments_by_id
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify

ASSIGNED, ORDERS, COMMENTS, ANSWERS = "task.assigned", "task.order", "task.comment", "task.answer"
DUE = "task.due"
"""The topics."""


def find_task(scope: Scope, action: str, task_id: int) -> models.Task:
    """Give a task that the scope sees and in whose region it may do something.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    AccessError
        The scope may not do this in the task's region.
    """
    found = visible_task(scope, action, task_id)
    require(scope, action, region_id=found.region_id)
    return found


def visible_task(scope: Scope, action: str, task_id: int) -> models.Task:
    """Give a task that the scope sees, wherever it lies: a street acts for itself in the district's tasks."""
    require(scope, action)
    found = Task.objects.filter(id=task_id).first()
    if found is None:
        raise NotFoundError("task", task_id)
    return found


def require_department(scope: Scope, action: str, department_id: int) -> None:
    """Let act for a department who works in it; the office that runs the programme may for any of its region.

    Raises
    ------
    AccessError
        The department is another's, or lies elsewhere.
    """
    department = departments_by_id([department_id]).get(department_id)
    if department is None:
        raise AccessError(action, _OTHERS)
    require(scope, action, region_id=department.region_id)
    own = scope.department_id == department_id
    if not (own or scope.everything or scope.role is Role.OFFICE):
        raise AccessError(action, _OTHERS)


def require_lead(scope: Scope, task: Task) -> None:
    """Let pass who works in a department that leads the task, or in the office of its region.

    Raises
    ------
    AccessError
        Another department leads it.
    """
    leads = departments_of(task, Duty.LEAD)
    if scope.department_id in leads:
        require_department(scope, "task.lead", scope.department_id or 0)
        return
    require(scope, "task.lead", region_id=task.region_id)
    if not (scope.everything or scope.role is Role.OFFICE):
        raise AccessError("task.lead", _NOT_LEAD)


def departments_of(task: Task, duty: Duty | None = None) -> list[int]:
    """Give the departments of a task in the order of the plan, of one duty or of both."""
    units = Unit.objects.filter(task=task, dropped=False, department__isnull=False).order_by("position")
    if duty is not None:
        units = units.filter(duty=duty.value)
    return list(dict.fromkeys(units.values_list("department_id", flat=True)))


def keep_event(scope: Scope, task: Task, kind: str, text: Text) -> None:
    """Add to the history of a task."""
    Event.objects.create(
        task=task,
        region_id=task.region_id,
        kind=kind,
        text_zh=text.zh,
        text_en=text.en,
        at=now(),
        user_id=scope.user_id,
    )


def tell_departments(departments: Iterable[int], topic: str, text: Text, link: str, key: str) -> int:
    """Tell the people of departments, once per key, and give how many were told."""
    to = Recipients(department_ids=tuple(departments))
    return notify(to=to, topic=topic, text=text, link=link, key=key)


def tell_people(user_ids: Iterable[int | None], topic: str, text: Text, link: str, key: str) -> int:
    """Tell single people, once per key."""
    to = Recipients(user_ids=tuple(one for one in user_ids if one is not None))
    return notify(to=to, topic=topic, text=text, link=link, key=key)


def name_of(task: Task) -> str:
    """Give what a task is called in a line."""
    return (task.title or task.text)[:60]


_OTHERS = Text(
    "只能填报和确认本部门的任务。请切换到该部门的身份，或请该部门办理。",
    "You report and confirm for your own department only. Switch roles, or ask that department.",
)
_NOT_LEAD = Text(
    "只有牵头部门可以确认、汇总和回复。请联系牵头部门。",
    "Only the department that leads the task confirms, rolls up and answers. Ask it.",
)
