"""From loads sent and received to deliveries: what came from whom, by the day and weight of receipt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Moved:
    """One end of a leg, a transfer that stands: ``leg`` is the account on the way, ``holder_id`` the end."""

    leg: int
    holder_id: int
    on: date
    stream: str
    grams: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """Grams of one stream that came from one holder to another on one day, at received weight."""

    on: date
    stream: str
    sender_id: int
    receiver_id: int
    grams: int


def deliveries_of(sent: Iterable[Moved], received: Iterable[Moved]) -> list[Delivery]:
    """Join both ends of each leg; of what several gave to one, each counts by the share that it gave.

    Whoever answers for the load on its way does not matter, and what came back to its sender is no delivery.
    Grams are rounded once per day, stream and pair.
    """
    given: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for one in sent:
        given[one.leg][one.holder_id] += one.grams
    arrived: defaultdict[tuple[date, str, int, int], Fraction] = defaultdict(Fraction)
    for one in received:
        senders: Mapping[int, int] = given.get(one.leg, {})
        total = sum(senders.values())
        for sender_id, grams in senders.items():
            if sender_id != one.holder_id and total:
                key = (one.on, one.stream, sender_id, one.holder_id)
                arrived[key] += Fraction(one.grams * grams, total)
    return [Delivery(*key, round(grams)) for key, grams in sorted(arrived.items())]
