"""What the audit log holds, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from wufei.kernel.text import Text


class Kind(StrEnum):
    """What happened."""

    SIGN_IN = "sign-in"
    REFUSED = "refused"
    WRITE = "write"
    EXPORT = "export"
    SHOWN = "personal.shown"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _LABELS[self]


_LABELS = {
    Kind.SIGN_IN: Text("登录", "Sign-in"),
    Kind.REFUSED: Text("被拒绝", "Refused"),
    Kind.WRITE: Text("写入", "Write"),
    Kind.EXPORT: Text("导出", "Export"),
    Kind.SHOWN: Text("查看个人信息", "Personal data shown"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log; it holds no password and nothing that a form contained.

    Attributes
    ----------
    action : str
        One of `Kind`, or an action of the house.
    object_kind, object_id : str
        The name of the address and its parts, or the thing that was shown.
    region_id, party_id : int or None
        Where the person acted; for an agent the party is the owner it acted for.
    outcome : str
        ``ok``, ``refused`` or ``failed``.
    """

    at: datetime
    action: str
    object_kind: str
    object_id: str = ""
    user_id: int | None = None
    membership_id: int | None = None
    role: str = ""
    region_id: int | None = None
    party_id: int | None = None
    address: str = ""
    outcome: str = "ok"
    detail: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """How long the log is kept at least, from a day on."""

    from_on: date
    days_min: int
    source: str
    status: str


RULES = (
    Rule(
        date(2017, 6, 1),
        184,
        "中华人民共和国网络安全法（2016）第二十一条第（三）项：留存相关的网络日志不少于六个月",
        # Cited from memory; the law was amended with effect from 2026, and the article may have moved.
        "to-be-confirmed",
    ),
)
"""Six months have at most 184 days."""

KEPT_DAYS = 400
"""The house keeps more than the rule asks: a year and the time to look back on it."""


def kept_since(now: datetime) -> datetime:
    """Give the instant before which rows may go: never less than the rule in force on that day asks."""
    in_force = [rule.days_min for rule in RULES if rule.from_on <= now.date()]
    return now - timedelta(days=max([KEPT_DAYS, *in_force]))


def outcome_of(status: int) -> str:
    """Say by the status of an answer what became of a request."""
    if status in {401, 403}:
        return "refused"
    return "failed" if status >= 400 else "ok"
