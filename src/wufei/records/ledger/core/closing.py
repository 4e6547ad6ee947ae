"""Closed periods: after a closing, nothing falls inside unless it says that it amends.

A closing is of a region with all below it, or of one party; of all waste or of one grouping; of one book.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.period import Period, Precision
from wufei.records.ledger.core.accounts import AccountKey
from wufei.records.ledger.core.checks import local_date, original_sides
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.transfers import Posting, Step, Transfer

CLOSABLE = frozenset({Precision.MONTH, Precision.QUARTER, Precision.YEAR})
YEARS_SHOWN = 5
"""Older periods are closed by the command line."""


@dataclass(frozen=True, slots=True)
class Closing:
    """One closed period, as the database keeps it.

    Attributes
    ----------
    id : int
        Number of the record.
    book : str
        The book that is closed.
    period : Period
        A month, quarter or year by the calendar of Asia/Shanghai.
    region_id, party_id : int, optional
        For whom; exactly one is given.
    region_ids : frozenset of int
        The region and all below it on the day of closing; empty for a party.
    grouping : str
        Name of the grouping that is closed; empty for all waste.
    waste : frozenset of (str, str)
        Its pairs of stream and origin sector; empty for all waste.
    sequence : int
        Sealed transfers when it was closed: the figures as published are of these.
    closed_at : datetime
        When.
    closed_by : int, optional
        The account of the officer; None for the command line.
    """

    id: int
    book: str
    period: Period
    region_id: int | None
    party_id: int | None
    region_ids: frozenset[int]
    grouping: str
    waste: frozenset[tuple[str, str]]
    sequence: int
    closed_at: datetime
    closed_by: int | None

    def covers(self, transfer: Transfer) -> bool:
        """Say whether a transfer falls into what is closed; the database asks the same of its columns."""
        left, entered = original_sides(transfer)
        if left.book != self.book or not self.period.contains(local_date(transfer.occurred_at)):
            return False
        made = entered if transfer.step is Step.NEW_WASTE else left
        stream = left.stream or entered.stream
        if self.waste and (stream, made.origin_sector) not in self.waste:
            return False
        if self.party_id is not None:
            return self.party_id in (left.holder_id, entered.holder_id)
        return not self.region_ids.isdisjoint(_regions(left, entered, made))


def closed_findings(posting: Posting, closings: Sequence[Closing], *, may_amend: bool) -> Iterator[Finding]:
    """Give what keeps a posting out of closed periods, and a warning where it amends an open one.

    Parameters
    ----------
    posting : Posting
        Whose transfers are plain in themselves: an instant has a zone, an amended period is one.
    closings : sequence of Closing
        All that may cover it.
    may_amend : bool
        Whether the writer's role may change closed periods.
    """
    for number, transfer in enumerate(posting.transfers, 1):
        where = f"transfer {number}"
        covering = [closing for closing in closings if closing.covers(transfer)]
        if covering:
            yield from _amendment(transfer, posting.reason, covering, where, may_amend=may_amend)
        elif transfer.amends_period:
            yield finding("amends-open-period", f"{where}, amends_period", transfer.amends_period)


def _amendment(
    transfer: Transfer, reason: str, covering: Sequence[Closing], where: str, *, may_amend: bool
) -> Iterator[Finding]:
    on = local_date(transfer.occurred_at)
    finest = min(covering, key=lambda closing: closing.period.days).period
    amended = _period(transfer.amends_period)
    if amended is None:
        yield finding("period-closed", f"{where}, occurred_at", on, period=finest)
        return
    if not all(within(amended, closing.period) for closing in covering) or not amended.contains(on):
        yield finding("amends-other-period", f"{where}, amends_period", amended, on=on, period=finest)
    if not reason:
        yield finding("amendment-without-reason", f"{where}, reason", "", period=finest)
    if not may_amend:
        yield finding("amendment-not-allowed", f"{where}, amends_period", amended)


def closable_periods(first_on: date, today: date) -> dict[Precision, tuple[Period, ...]]:
    """Give the months, quarters and years that are over, back to those in which a day lies, the latest first.

    Parameters
    ----------
    first_on : date
        The first day on which anything is recorded; no more than `YEARS_SHOWN` years back are given.
    today : date
        The present day of Asia/Shanghai.
    """
    earliest = max(first_on, date(today.year - YEARS_SHOWN, 1, 1))
    found: dict[Precision, tuple[Period, ...]] = {}
    for precision in (Precision.MONTH, Precision.QUARTER, Precision.YEAR):
        over: list[Period] = []
        period = Period.containing(earliest, precision)
        while period.end <= today:
            over.insert(0, period)
            period = Period.containing(period.end, precision)
        if over:
            found[precision] = tuple(over)
    return found


def within(inner: Period, outer: Period) -> bool:
    """Say whether one period lies in another."""
    return outer.start <= inner.start and inner.end <= outer.end


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text) if text else None
    except InputError:
        return None


def _regions(*keys: AccountKey) -> frozenset[int]:
    left, entered, made = keys
    return frozenset({left.region_id, entered.region_id, made.origin_region_id})
