"""督办: a person issues each step; whom it concerns answers; whoever issued it closes it (销号)."""

from __future__ import annotations

from datetime import date

from django.db import connections
from django.db.models import Max
from django.urls import reverse

from wufei.actions.tasks.core.supervision import StepKind
from wufei.actions.tasks.core.task import Duty, Quarter
from wufei.actions.tasks.models import Step
from wufei.actions.tasks.services.owning import (
    ANSWERS,
    ORDERS,
    departments_of,
    find_task,
    keep_event,
    name_of,
    require_department,
    tell_departments,
    tell_people,
)
from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.remarks import remark
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on


def issue_step(
    scope: Scope,
    *,
    task_id: int,
    kind: StepKind,
    node: Quarter,
    text: str,
    reply_by: date | None = None,
) -> list[int]:
    """Issue a step of 督办 to the departments that lead a task and give the steps' ids, one for each of them.

    A 督办单 gets the next number of its region and year; each department answers its own.

    Raises
    ------
    AccessError
        The scope does not supervise in the task's region.
    InputError
        ``remark``; ``task.reply-by``: a 督办单 without a day, or with one before today.
    ConflictError
        ``task.step-twice``: this step was taken for this node; ``task.no-lead``: no lead is known.
    """
    plain, on = remark("text", text), today_on()
    if kind is StepKind.ORDER and (reply_by is None or reply_by < on):
        raise InputError("task.reply-by", "reply_by", reply_by, _REPLY_BY)
    with session(scope):
        task = find_task(scope, "task.supervise", task_id)
        leads = departments_of(task, Duty.LEAD)
        if not leads:
            raise ConflictError("task.no-lead", _NO_LEAD)
        _lock(task.region_id)
        there = Step.objects.filter(task=task, kind=kind.value, node_year=node.year, node_quarter=node.number)
        if there.exists():
            raise ConflictError("task.step-twice", _twice(kind, node))
        made = []
        for lead in leads:
            step = Step.objects.create(
                task=task,
                region_id=task.region_id,
                department_id=lead,
                kind=kind.value,
                node_year=node.year,
                node_quarter=node.number,
                serial=_next_serial(task.region_id, on.year) if kind is StepKind.ORDER else None,
                year=on.year,
                text=plain,
                issued_on=on,
                issued_by_id=scope.user_id,
                reply_by=reply_by,
            )
            made.append(step.id)
            _tell_issued(step, kind, name_of(task))
        label = kind.label
        keep_event(
            scope, task, "step", Text(f"发出{label.zh}：{plain[:80]}", f"{label.en} issued: {plain[:80]}")
        )
        return made


def answer_step(scope: Scope, *, step_id: int, reply: str) -> None:
    """Answer a step for one's department.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    AccessError
        It was sent to another department.
    ConflictError
        ``task.closed``: it is closed already.
    """
    plain = remark("reply", reply)
    with session(scope):
        step = _open_step(scope, "task.report", step_id)
        require_department(scope, "task.report", step.department_id)
        step.reply, step.replied_on, step.replied_by_id = plain, today_on(), scope.user_id
        step.save(update_fields=["reply", "replied_on", "replied_by"])
        label = StepKind(step.kind).label
        keep_event(
            scope,
            step.task,
            "answered",
            Text(f"回复{label.zh}：{plain[:80]}", f"{label.en} answered: {plain[:80]}"),
        )
        text = Text(
            f"{label.zh}“{name_of(step.task)}”已回复", f"{label.en} “{name_of(step.task)}” was answered"
        )
        link = reverse("tasks:step", args=[step.id])
        tell_people([step.issued_by_id], ANSWERS, text, link, f"{ANSWERS}:step:{step.id}:{plain[:40]}")


def close_step(scope: Scope, *, step_id: int, note: str) -> None:
    """销号: close a step with a word on why.

    Raises
    ------
    ConflictError
        ``task.closed``: it is closed already; ``task.unanswered``: a 督办单 that nobody answered.
    """
    plain = remark("note", note)
    with session(scope):
        step = _open_step(scope, "task.supervise", step_id)
        require(scope, "task.supervise", region_id=step.region_id)
        if step.kind == StepKind.ORDER and not step.reply:
            raise ConflictError("task.unanswered", _UNANSWERED)
        step.closed_on, step.closed_note = today_on(), plain[:300]
        step.save(update_fields=["closed_on", "closed_note"])
        label = StepKind(step.kind).label
        keep_event(
            scope,
            step.task,
            "closed-step",
            Text(f"{label.zh}销号：{plain[:80]}", f"{label.en} closed: {plain[:80]}"),
        )
        text = Text(f"{label.zh}“{name_of(step.task)}”已销号", f"{label.en} “{name_of(step.task)}” is closed")
        link = reverse("tasks:step", args=[step.id])
        tell_departments([step.department_id], ANSWERS, text, link, f"{ANSWERS}:closed:{step.id}")


def _open_step(scope: Scope, action: str, step_id: int) -> Step:
    require(scope, action)
    step = Step.objects.select_for_update(of=("self",)).select_related("task").filter(id=step_id).first()
    if step is None:
        raise NotFoundError("order", step_id)
    if step.closed_on is not None:
        raise ConflictError("task.closed", _CLOSED)
    return step


def _next_serial(region_id: int, year: int) -> int:
    last = Step.objects.filter(region_id=region_id, year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def _lock(region_id: int) -> None:
    """Let one person at a time issue in a region, so that numbers have no gap and none comes twice."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tasks_step'), %s)", [region_id])


def _tell_issued(step: Step, kind: StepKind, name: str) -> None:
    until = f"，请于{step.reply_by.isoformat()}前回复" if step.reply_by else ""
    until_en = f"; please answer by {step.reply_by.isoformat()}" if step.reply_by else ""
    text = Text(f"{kind.label.zh}：{name}{until}", f"{kind.label.en}: {name}{until_en}")
    tell_departments(
        [step.department_id], ORDERS, text, reverse("tasks:step", args=[step.id]), f"{ORDERS}:{step.id}"
    )


def _twice(kind: StepKind, node: Quarter) -> Text:
    return Text(
        f"{node.label.zh}节点已发过{kind.label.zh}。请看督办记录。",
        f"A {kind.label.en.lower()} was issued for {node.label.en} already. See the records.",
    )


_REPLY_BY = Text(
    "督办单须写明回复期限，且不早于今天。", "An order names the day for its answer, not before today."
)
_NO_LEAD = Text(
    "这项任务还没有对应的牵头部门。请先匹配部门。",
    "No department is known to lead this task. Match its units first.",
)
_CLOSED = Text("已销号，不能再改。", "It is closed and stays as it is.")
_UNANSWERED = Text("督办单还没有回复，不能销号。", "The order was not answered yet and cannot be closed.")
