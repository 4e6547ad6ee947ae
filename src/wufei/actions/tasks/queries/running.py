"""Meetings with their packs, the coordination group on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from wufei.actions.tasks.core.task import State
from wufei.actions.tasks.models import Decision, Meeting, Member
from wufei.actions.tasks.queries.rows import OPEN, TaskRow, task_rows
from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import departments_by_id


@dataclass(frozen=True, slots=True)
class PackLine:
    """A task as it stood on the day of a meeting."""

    task_id: int
    no: str
    name: str
    leads: str
    state: State
    reason: Text
    progress: str


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What a meeting decided and what became of it."""

    id: int
    text: str
    department: Text
    due_on: date
    done_on: date | None
    done_note: str

    def late_on(self, on: date) -> bool:
        """Say whether it is late on a day."""
        return self.done_on is None and on > self.due_on


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting; its pack is as it was kept."""

    id: int
    region_id: int
    held_on: date
    title: str
    agenda: str
    minutes: str
    pack: tuple[PackLine, ...]
    decisions: tuple[DecisionRow, ...]

    @property
    def open_decisions(self) -> int:
        """How many decisions are not carried out yet."""
        return sum(one.done_on is None for one in self.decisions)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of the coordination group."""

    id: int
    name: str
    post: str
    duty: str
    department: Text
    from_on: date
    to_on: date | None


def meetings(scope: Scope, region_id: int) -> list[MeetingRow]:
    """Give the meetings of a region, the latest first."""
    require(scope, "task.read")
    with session(scope):
        rows = list(Meeting.objects.filter(region_id=region_id).order_by("-held_on", "-id"))
        return _meetings(rows)


def find_meeting(scope: Scope, meeting_id: int) -> MeetingRow:
    """Give one meeting.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    """
    require(scope, "task.read")
    with session(scope):
        found = _meetings(list(Meeting.objects.filter(id=meeting_id)))
    if not found:
        raise NotFoundError("meeting", meeting_id)
    return found[0]


def pack_of(scope: Scope, region_id: int, *, on: date) -> list[dict[str, Any]]:
    """Give the state of all open tasks of a region on a day, as a meeting keeps it; the worst first."""
    require(scope, "task.read")
    with session(scope):
        rows = task_rows(OPEN & Q(region_id=region_id), on)
    return [_pack_line(row) for row in sorted(rows, key=lambda row: -row.judgement.state.rank)]


def group_on(scope: Scope, region_id: int, *, on: date) -> list[MemberRow]:
    """Give who belongs to the coordination group of a region on a day."""
    require(scope, "task.read")
    with session(scope):
        found = Member.objects.filter(Q(to_on=None) | Q(to_on__gte=on), region_id=region_id, from_on__lte=on)
        rows = list(found.order_by("id"))
        names = departments_by_id(row.department_id for row in rows if row.department_id is not None)
    return [
        MemberRow(
            row.id,
            row.name,
            row.post,
            row.duty,
            names[row.department_id].name if row.department_id else Text(""),
            row.from_on,
            row.to_on,
        )
        for row in rows
    ]


def _meetings(rows: Sequence[Meeting]) -> list[MeetingRow]:
    decisions = list(Decision.objects.filter(meeting__in=rows).order_by("due_on", "id"))
    names = departments_by_id(row.department_id for row in decisions)
    return [
        MeetingRow(
            row.id,
            row.region_id,
            row.held_on,
            row.title,
            row.agenda,
            row.minutes,
            tuple(_line(item) for item in row.pack),
            tuple(
                DecisionRow(
                    one.id, one.text, names[one.department_id].name, one.due_on, one.done_on, one.done_note
                )
                for one in decisions
                if one.meeting_id == row.id
            ),
        )
        for row in rows
    ]


def _pack_line(row: TaskRow) -> dict[str, Any]:
    latest = row.latest()
    return {
        "task": row.id,
        "no": row.no,
        "name": row.name[:300],
        "leads": "、".join(unit.department.zh for unit in row.leads),
        "state": row.judgement.state.value,
        "reason": {"zh": row.judgement.reason.zh, "en": row.judgement.reason.en},
        "progress": latest.text if latest else "",
    }


def _line(item: dict[str, Any]) -> PackLine:
    return PackLine(
        item["task"],
        item["no"],
        item["name"],
        item["leads"],
        State(item["state"]),
        Text.parse(item["reason"]),
        item["progress"],
    )
