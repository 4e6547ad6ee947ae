"""Regular collection under a contract: when someone is due to come, and which times nobody came."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from wufei.kernel.text import Text


class Cycle(StrEnum):
    """How often a collector comes."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _LABELS[self]


_LABELS = {
    Cycle.WEEK: Text("每周", "Weekly"),
    Cycle.MONTH: Text("每月", "Monthly"),
    Cycle.QUARTER: Text("每季度", "Quarterly"),
    Cycle.YEAR: Text("每年", "Yearly"),
}
_MONTHS = {Cycle.MONTH: 1, Cycle.QUARTER: 3, Cycle.YEAR: 12}
# A week late is a pick-up of its own turn, not yet a missed one.
GRACE_DAYS = {Cycle.WEEK: 2, Cycle.MONTH: 7, Cycle.QUARTER: 14, Cycle.YEAR: 30}


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a contract: the days ``[start, end]`` within which a pick-up is due."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Collection:
    """How a contract is kept on a day: the turns nobody came in, the last pick-up, the turn that runs."""

    missed: tuple[Turn, ...]
    last_on: date | None
    current: Turn | None


def collection(start: date, end: date, cycle: Cycle, picked: Iterable[date], on: date) -> Collection:
    """Say how a contract is kept; of pick-ups only those up to ``on`` count.

    Parameters
    ----------
    start, end : date
        First and last day of the contract.
    """
    days = [day for day in picked if day <= on]
    current = next((turn for turn in turns(start, end, cycle) if turn.start <= on <= turn.end), None)
    return Collection(tuple(missed(start, end, cycle, days, on)), max(days, default=None), current)


def turns(start: date, end: date, cycle: Cycle) -> list[Turn]:
    """Give the turns of a contract, counted from its first day; the last may be shorter.

    Parameters
    ----------
    start, end : date
        First and last day of the contract.
    """
    found: list[Turn] = []
    begin = start
    while begin <= end:
        following = _start_of(start, cycle, len(found) + 1)
        found.append(Turn(begin, min(end, following - timedelta(days=1))))
        begin = following
    return found


def missed(start: date, end: date, cycle: Cycle, picked: Iterable[date], on: date) -> list[Turn]:
    """Give the turns that ended without a pick-up, a few days of grace included.

    Each pick-up serves one turn: the earliest open one whose days, grace included, it lies in. A turn whose
    grace runs out after ``on`` is not missed yet.
    """
    grace = timedelta(days=GRACE_DAYS[cycle])
    days = sorted(picked)
    lacking = []
    for turn in turns(start, end, cycle):
        served = next((day for day in days if turn.start <= day <= turn.end + grace), None)
        if served is not None:
            days.remove(served)
        elif on > turn.end + grace:
            lacking.append(turn)
    return lacking


def _start_of(first: date, cycle: Cycle, number: int) -> date:
    if cycle is Cycle.WEEK:
        return first + timedelta(weeks=number)
    months = first.month - 1 + number * _MONTHS[cycle]
    year, month = first.year + months // 12, months % 12 + 1
    # A contract of the 31st falls on the last day of a shorter month.
    return date(year, month, min(first.day, monthrange(year, month)[1]))
