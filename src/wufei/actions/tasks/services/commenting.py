"""批示: a leader says what is wanted and by when; the department that leads the task answers."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from wufei.actions.tasks.core.task import Duty
from wufei.actions.tasks.models import Comment, Moved
from wufei.actions.tasks.services.owning import (
    ANSWERS,
    COMMENTS,
    departments_of,
    find_task,
    keep_event,
    name_of,
    require_lead,
    tell_departments,
    tell_people,
)
from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.remarks import remark
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on


def make_comment(scope: Scope, *, task_id: int, text: str, reply_by: date) -> int:
    """Write a 批示 on a task, tell the departments that lead it, and give its id.

    Raises
    ------
    AccessError
        The scope is no leader of the task's region.
    InputError
        ``remark``; ``task.reply-by``: a day before today.
    """
    plain = remark("text", text)
    if reply_by < today_on():
        message = Text("回复期限不能早于今天。", "The day for the answer is not before today.")
        raise InputError("task.reply-by", "reply_by", reply_by, message)
    with session(scope):
        task = find_task(scope, "task.comment", task_id)
        comment = Comment.objects.create(
            task=task,
            region_id=task.region_id,
            text=plain,
            made_at=now(),
            made_by_id=scope.user_id,
            reply_by=reply_by,
        )
        keep_event(scope, task, "comment", Text(f"批示：{plain[:80]}", f"Comment: {plain[:80]}"))
        told = Text(
            f"领导批示“{plain[:60]}”，请于{reply_by.isoformat()}前回复：{name_of(task)}",
            f"A leader's comment: “{plain[:60]}”; please answer by {reply_by.isoformat()}: {name_of(task)}",
        )
        link = reverse("tasks:task", args=[task.id])
        tell_departments(departments_of(task, Duty.LEAD), COMMENTS, told, link, f"{COMMENTS}:{comment.id}")
        return comment.id


def answer_comment(scope: Scope, *, comment_id: int, reply: str) -> None:
    """Answer a 批示 for the department that leads the task.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    AccessError
        Another department leads the task.
    ConflictError
        ``task.answered``: it was answered already.
    """
    plain = remark("reply", reply)
    with session(scope):
        require(scope, "task.lead")
        comment = (
            Comment.objects.select_for_update(of=("self",))
            .select_related("task")
            .filter(id=comment_id)
            .first()
        )
        if comment is None:
            raise NotFoundError("comment", comment_id)
        require_lead(scope, comment.task)
        if comment.reply:
            raise ConflictError("task.answered", _ANSWERED)
        comment.reply, comment.replied_on, comment.replied_by_id = plain, today_on(), scope.user_id
        comment.save(update_fields=["reply", "replied_on", "replied_by"])
        keep_event(
            scope, comment.task, "replied", Text(f"回复批示：{plain[:80]}", f"Comment answered: {plain[:80]}")
        )
        text = Text(
            f"批示已回复：{name_of(comment.task)}", f"Your comment was answered: {name_of(comment.task)}"
        )
        link = reverse("tasks:task", args=[comment.task_id])
        tell_people([comment.made_by_id], ANSWERS, text, link, f"{ANSWERS}:comment:{comment.id}")


def set_indicators(scope: Scope, *, task_id: int, indicators: list[str]) -> None:
    """Say which indicators a task moves; those left out are taken off.

    Raises
    ------
    InputError
        ``task.indicator``: the catalogue has no such indicator.
    """
    unknown = next((one for one in indicators if one not in load_indicators()), None)
    if unknown is not None:
        message = Text(f"指标目录中没有“{unknown}”。", f"The catalogue has no indicator “{unknown}”.")
        raise InputError("task.indicator", "indicators", unknown, message)
    with session(scope):
        task = find_task(scope, "task.run", task_id)
        Moved.objects.filter(task=task).exclude(indicator__in=indicators).delete()
        for indicator in indicators:
            Moved.objects.get_or_create(
                task=task, indicator=indicator, defaults={"region_id": task.region_id}
            )
        names = "、".join(load_indicators()[one].name.zh for one in indicators) or "无"
        keep_event(
            scope,
            task,
            "indicators",
            Text(f"关联指标：{names}", f"Indicators: {', '.join(indicators) or '-'}"),
        )


_ANSWERED = Text("这条批示已经回复。", "This comment was answered already.")
