"""What must happen by itself, and what a check-up looks at; both are exported by rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from wufei.kernel.text import Text

BACKOFF_MAX_S = 30.0


@dataclass(frozen=True, slots=True)
class Job:
    """Something that runs again and again in `wufei work`.

    Attributes
    ----------
    name : str
        Unique in the house; two processes never run the same job at once.
    every_s : float
        Pause between the end of one round and the next, in seconds, > 0.
    run : callable
        One round; True if more is waiting, so that the next round follows at once. A round may be cut off at
        any moment and repeated.
    """

    name: str
    every_s: float
    run: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Watched:
    """How something is that works by itself.

    Attributes
    ----------
    part : str
        Stable key, such as ``sealing``.
    alarm : bool
        Somebody has to look after it: `fix` says how.
    """

    part: str
    title: Text
    alarm: bool
    found: Text
    fix: Text


def pause_s(job: Job, failures: int) -> float:
    """Give the pause after a round, in seconds: doubled by each failure in a row, up to half a minute."""
    if not failures:
        return job.every_s
    return max(job.every_s, min(BACKOFF_MAX_S, 2.0 ** min(failures - 1, 10)))


def last_moment(now: datetime, at: time, zone: tzinfo) -> datetime:
    """Give the last instant, not after now, at which clocks of the zone showed this time of day."""
    local = now.astimezone(zone)
    today = local.replace(hour=at.hour, minute=at.minute, second=at.second, microsecond=0)
    return today if today <= local else today - timedelta(days=1)
