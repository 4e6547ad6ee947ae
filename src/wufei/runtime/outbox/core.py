"""Consumers of sealed events, what they do about a poisoned one, and what a round of theirs has done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from wufei.kernel.errors import WufeiError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text

NOTHING_YET = -1
"""The sequence of a cursor that has handled nothing: sequences begin with 0."""

_CHARACTERS_MAX = 300


class Policy(StrEnum):
    """What becomes of the cursor when an event cannot be handled."""

    PARK = "park"
    STOP = "stop"


class Event(Protocol):
    """What a consumer reads: anything with a place in the gapless order."""

    @property
    def sequence(self) -> int:
        """Its place, from 0."""


Read = TypeVar("Read", bound=Event)


@dataclass(frozen=True, slots=True)
class Consumer(Generic[Read]):
    """Who follows the sealed events, and how.

    Attributes
    ----------
    name : str
        Under which its cursor is kept.
    read : callable
        Given a sequence and a limit, the events after it, in order, without gap, at most so many.
    handle : callable
        Takes events in order. It writes on the connection ``system``, inside the transaction that moves the
        cursor, and gives the same result when events come again or, after being parked, late.
    policy : Policy
        ``park``: a poisoned event is set aside and the rest goes on. ``stop``: nothing behind it is handled.
    batch : int
        Events of one transaction, at most.
    """

    name: str
    read: Callable[[int, int], Sequence[Read]]
    handle: Callable[[Sequence[Read]], None]
    policy: Policy
    batch: int = 1000


@dataclass(frozen=True, slots=True)
class Advance:
    """What one round did.

    Attributes
    ----------
    handled : int
        Events handled, without those that were parked.
    parked : tuple of Finding
        One for each event that was set aside.
    sequence : int
        Where the cursor stands now.
    more : bool
        A full batch was read, so more may be waiting.
    busy : bool
        Another worker has this cursor; nothing was done.
    stopped : Finding or None
        Why the cursor cannot go on.
    """

    handled: int
    parked: tuple[Finding, ...]
    sequence: int
    more: bool = False
    busy: bool = False
    stopped: Finding | None = None


@dataclass(frozen=True, slots=True)
class CursorRow:
    """Where a consumer stands; `stopped` says what keeps it from going on, tried how often and since when."""

    consumer: str
    sequence: int
    moved_at: datetime
    stopped: Finding | None
    tries: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """An event that a consumer has set aside; `finding` says why."""

    consumer: str
    sequence: int
    finding: Finding
    tries: int
    first_at: datetime
    last_at: datetime


def failure_of(consumer: str, policy: Policy, sequence: int, error: Exception) -> Finding:
    """Say what went wrong with an event, in the error's own words where it has some for people."""
    said = error.message if isinstance(error, WufeiError) else _told(error)
    code = error.code if isinstance(error, WufeiError) else f"outbox.{type(error).__name__}"
    return stored(consumer, policy, sequence, code, Text(_short(said.zh), _short(said.en)))


def stored(consumer: str, policy: Policy, sequence: int, code: str, message: Text) -> Finding:
    """Build the Finding again from what the tables keep of it."""
    fix = (
        Text(
            f"排除原因后执行 wufei outbox retry {consumer} {sequence}。",
            f"Mend the cause, then run wufei outbox retry {consumer} {sequence}.",
        )
        if policy is Policy.PARK
        else Text(
            f"排除原因即可，{consumer} 会自动从 {sequence} 继续。",
            f"Mend the cause: {consumer} goes on from {sequence} by itself.",
        )
    )
    return Finding(
        code=code,
        severity=Severity.ERROR,
        where=f"{consumer}, sequence {sequence}",
        message=message,
        value=str(sequence),
        rule=Text("每个已封存的事件都要处理", "Every sealed event is handled"),
        fix=fix,
    )


def _told(error: Exception) -> Text:
    # The first line only: what a database adds below it quotes rows.
    line = (str(error).splitlines() or [""])[0]
    return Text(f"处理出错：{line}", f"Handling it failed: {line}")


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS_MAX else text[: _CHARACTERS_MAX - 1] + "…"
