"""What became of a paper: how much of a quota was taken, and how a contract of collection was kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol

from wufei.records.catalogue.core.codes import category_of
from wufei.records.registry.core.contracts import Collection, Cycle, collection
from wufei.records.registry.core.papers import Line

QUOTA_KINDS = ("hazardous-licence", "reuse-permit")
"""Kinds of papers whose lines grant grams a year: to the receiver, or to a pair of sender and receiver."""

LOOK_BACK_DAYS = 400
"""A missed turn is told for a little more than a year: older ones were settled by people."""


class Moved(Protocol):
    """A delivery as the ledger gives it: net grams of a stream from one party to another on a day."""

    @property
    def on(self) -> date:
        """The day of receipt."""

    @property
    def stream(self) -> str:
        """The code."""

    @property
    def sender_id(self) -> int:
        """The party that gave it."""

    @property
    def receiver_id(self) -> int:
        """The party that got it."""

    @property
    def grams(self) -> int:
        """At received weight, net."""


def covers(code: str, stream: str) -> bool:
    """Say whether a line of a paper, an item or a category, covers a stream."""
    return code in (stream, category_of(stream))


def taken_g(
    lines: Sequence[Line], *, party_id: int, other_party_id: int | None, year: int, moved: Iterable[Moved]
) -> tuple[int, ...]:
    """Give the grams of one year under each line of a paper.

    Without another side all that the holder received counts, as under a licence; with one only what went from
    the holder to that side, as under a permit of point-to-point reuse.
    """
    ours = [
        each
        for each in moved
        if each.on.year == year
        and (
            each.receiver_id == party_id
            if other_party_id is None
            else (each.sender_id, each.receiver_id) == (party_id, other_party_id)
        )
    ]
    return tuple(sum(each.grams for each in ours if covers(line.code, each.stream)) for line in lines)


def kept(
    lines: Sequence[Line],
    *,
    parties: tuple[int, int],
    span: tuple[date, date | None],
    cycle: Cycle,
    moved: Iterable[Moved],
    on: date,
) -> Collection:
    """Say how a contract of collection is kept on a day; a pick-up counts where it was received.

    Parameters
    ----------
    lines : sequence of Line
        What is collected; anything, if there are none.
    parties : (int, int)
        Who gives and who collects.
    span : (date, date or None)
        First and last day; without an end the turns up to ``on`` and the running one are looked at.
    """
    days = {
        each.on
        for each in moved
        if (each.sender_id, each.receiver_id) == parties
        and (not lines or any(covers(line.code, each.stream) for line in lines))
    }
    start, end = span
    found = collection(start, end or on + timedelta(days=366), cycle, days, on)
    since = on - timedelta(days=LOOK_BACK_DAYS)
    return Collection(
        tuple(turn for turn in found.missed if turn.start >= since), found.last_on, found.current
    )
