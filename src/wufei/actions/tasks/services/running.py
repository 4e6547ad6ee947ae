"""What the office keeps beside the tasks: meetings with their decisions, the coordination group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wufei.actions.tasks.models import Decision, Meeting, Member
from wufei.actions.tasks.services.taking import offices_of_region
from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.remarks import remark
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """Who joins the coordination group."""

    name: str
    post: str
    duty: str
    from_on: date
    department_id: int | None = None


def hold_meeting(
    scope: Scope,
    *,
    region_id: int,
    held_on: date,
    title: str,
    agenda: str,
    pack: Sequence[Mapping[str, Any]],
) -> int:
    """Keep a meeting with its pack, the state of all tasks on its day, and give its id.

    Raises
    ------
    ConflictError
        ``task.meeting-twice``: a meeting of this name and day is there.
    """
    plain = remark("title", title, 200)
    require(scope, "task.run", region_id=region_id)
    with session(scope):
        if Meeting.objects.filter(region_id=region_id, held_on=held_on, title=plain).exists():
            raise ConflictError("task.meeting-twice", _TWICE)
        made = Meeting.objects.create(
            region_id=region_id, held_on=held_on, title=plain, agenda=agenda.strip(), pack=list(pack)
        )
        return made.id


def write_minutes(scope: Scope, *, meeting_id: int, minutes: str) -> None:
    """Write what was said."""
    with session(scope):
        meeting = _meeting(scope, meeting_id)
        meeting.minutes = remark("minutes", minutes)
        meeting.save(update_fields=["minutes"])


def decide(scope: Scope, *, meeting_id: int, text: str, department_id: int, due_on: date) -> int:
    """Add what a meeting decided: who does it by when; it is followed until it is done.

    Raises
    ------
    InputError
        ``remark``, ``task.department``.
    """
    plain = remark("text", text, 500)
    with session(scope):
        meeting = _meeting(scope, meeting_id)
        _demand_department(meeting.region_id, department_id)
        made = Decision.objects.create(
            meeting=meeting,
            region_id=meeting.region_id,
            text=plain,
            department_id=department_id,
            due_on=due_on,
        )
        return made.id


def finish_decision(scope: Scope, *, decision_id: int, note: str) -> None:
    """Say that a decision was carried out, and how."""
    plain = remark("note", note, 300)
    require(scope, "task.run")
    with session(scope):
        decision = Decision.objects.select_for_update().filter(id=decision_id).first()
        if decision is None:
            raise NotFoundError("decision", decision_id)
        require(scope, "task.run", region_id=decision.region_id)
        decision.done_on, decision.done_note = today_on(), plain
        decision.save(update_fields=["done_on", "done_note"])


def join_group(scope: Scope, *, region_id: int, member: MemberDraft) -> int:
    """Add a member of the coordination group with a duty, from a day on."""
    require(scope, "task.run", region_id=region_id)
    name, post, duty = (
        remark(key, getattr(member, key), most) for key, most in (("name", 60), ("post", 120), ("duty", 300))
    )
    with session(scope):
        if member.department_id is not None:
            _demand_department(region_id, member.department_id)
        made = Member.objects.create(
            region_id=region_id,
            name=name,
            post=post,
            duty=duty,
            department_id=member.department_id,
            from_on=member.from_on,
        )
        return made.id


def leave_group(scope: Scope, *, member_id: int, to_on: date) -> None:
    """Let a member leave; who belonged to the group on an earlier day stays known."""
    require(scope, "task.run")
    with session(scope):
        member = Member.objects.select_for_update().filter(id=member_id).first()
        if member is None:
            raise NotFoundError("member", member_id)
        require(scope, "task.run", region_id=member.region_id)
        if to_on < member.from_on:
            message = Text("离任日不能早于任职日。", "Nobody leaves before the day of joining.")
            raise InputError("task.member", "to_on", to_on, message)
        member.to_on = to_on
        member.save(update_fields=["to_on"])


def _meeting(scope: Scope, meeting_id: int) -> Meeting:
    require(scope, "task.run")
    found = Meeting.objects.select_for_update().filter(id=meeting_id).first()
    if found is None:
        raise NotFoundError("meeting", meeting_id)
    require(scope, "task.run", region_id=found.region_id)
    return found


def _demand_department(region_id: int, department_id: int) -> None:
    if department_id not in {one.id for one in offices_of_region(region_id)}:
        message = Text("请从本区部门中选择。", "Choose one of the departments of this region.")
        raise InputError("task.department", "department", department_id, message)


_TWICE = Text("这一天已有同名会议。", "There is a meeting of this name on this day.")
