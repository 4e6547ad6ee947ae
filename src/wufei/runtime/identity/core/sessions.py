"""What a session remembers, and how many failed sign-ins lock an account or an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

MEMBERSHIP_KEY = "membership_id"

LOCK_WINDOW = timedelta(minutes=15)
FAILURES_PER_USERNAME_MAX = 5
FAILURES_PER_ADDRESS_MAX = 30
"""An address stands for a whole office behind one router, so it may fail more often than one account."""


USERNAME_LENGTH_MAX = 64


def failure_name(username: str) -> str:
    """Give the name under which a failure is counted: what was typed, cut to the length of a name."""
    return username[:USERNAME_LENGTH_MAX].casefold()[:USERNAME_LENGTH_MAX]


def locked_until(failures_at: Sequence[datetime], failures_max: int, at: datetime) -> datetime | None:
    """Give the instant when a lock ends, or None without one.

    Parameters
    ----------
    failures_at : sequence of datetime
        When sign-ins failed, in any order.
    failures_max : int
        How many failures within `LOCK_WINDOW` lock.
    at : datetime
        The present instant.

    Notes
    -----
    The lock ends when fewer than ``failures_max`` failures are younger than the window: when the
    ``failures_max``-th youngest leaves it.
    """
    recent = sorted((instant for instant in failures_at if instant > at - LOCK_WINDOW), reverse=True)
    if len(recent) < failures_max:
        return None
    return recent[failures_max - 1] + LOCK_WINDOW


STARTED_KEY = "started_at"
DEVICE_KEY = "device"
WAITING_KEY = "waits_for_code"
HAS_FACTOR_KEY = "has_second_factor"
TOUCH_EVERY = timedelta(minutes=1)
CODE_WAIT_MAX = timedelta(minutes=10)
"""How long a right password waits for its code."""


def session_ends_at(
    started_at: datetime, seen_at: datetime, *, idle: timedelta, lifetime: timedelta
) -> datetime:
    """Give the instant at which a session ends: idle for too long, or too old, whichever comes first."""
    return min(seen_at + idle, started_at + lifetime)
