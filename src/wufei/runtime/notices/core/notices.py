"""Who is told what, by which channel; and what a daily digest is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from wufei.kernel.text import Text


class Channel(StrEnum):
    """How a person hears of a topic; an urgent notice always rings the bell."""

    DIGEST = "digest"
    BELL = "bell"
    OFF = "off"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _LABELS[self]


_LABELS = {
    Channel.DIGEST: Text("站内 + 每日邮件摘要", "Bell and daily digest"),
    Channel.BELL: Text("仅站内", "Bell only"),
    Channel.OFF: Text("不提醒（紧急除外）", "Nothing, unless urgent"),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """What notices may be about; rooms export theirs as ``TOPICS`` of their module ``jobs``."""

    key: str
    label: Text
    channel: Channel = Channel.DIGEST


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who is told: these people, those of these departments, of these roles in a region, and of a party.

    Attributes
    ----------
    user_ids, department_ids : tuple of int
    roles : tuple of str
        With ``region_id``: its people, or those of the nearest region above that has any. With ``party_id``:
        only these roles of the party; all of its people if empty.
    region_id, party_id : int, optional
        Their webhooks are called as well.
    """

    user_ids: tuple[int, ...] = ()
    department_ids: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    region_id: int | None = None
    party_id: int | None = None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as one person has it."""

    id: UUID
    topic: Text
    topic_key: str
    text: Text
    urgent: bool
    sent_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a digest and the page of the site it leads to."""

    text: Text
    link: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a digest."""

    heading: Text
    lines: tuple[Line, ...]


Provider = Callable[[Sequence[int], date], Mapping[int, Section]]
"""Gives a section for some of several people, on a day; rooms export theirs as ``DIGESTS`` of ``jobs``."""
