"""What is left on a stock, and since when: lots, first in first out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from wufei.records.ledger.core.accounts import Kind

LOTTED = frozenset({Kind.STOCK, Kind.DUMPED})
"""Where waste lies and grows old; a leg or a run is watched by the nightly checks instead."""

AGE_DAYS_MAX = (30, 90, 365)
"""The last day of each class of age but the last, which is open."""


@dataclass(frozen=True, slots=True)
class Movement:
    """What one transfer did to one account.

    Attributes
    ----------
    id : UUID
        The transfer.
    sequence : int
        Its place in the order of sealing.
    occurred_on : date
        The day, by Asia/Shanghai.
    grams : int
        Positive into the account, negative out of it, never zero.
    container : UUID, optional
        What carried it.
    reverses : UUID, optional
        The transfer that it takes back.
    """

    id: UUID
    sequence: int
    occurred_on: date
    grams: int
    container: UUID | None = None
    reverses: UUID | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """Mass on an account that came in one day in one container.

    Attributes
    ----------
    container : UUID or None
        None for what lies loose.
    in_on : date
        The day it came.
    grams : int
        What is left of it, never zero; negative for what went out before it came in, of which an account has
        either none or nothing else.
    sequence : int
        Of the first movement that made it.
    """

    container: UUID | None
    in_on: date
    grams: int
    sequence: int


def remaining_lots(movements: Iterable[Movement]) -> tuple[Lot, ...]:
    """Give what all movements of one account leave on it, the oldest first.

    Notes
    -----
    A movement that was taken back vanishes together with its reversal, as if neither had been. A reversal
    whose original is not among the movements counts as it stands. The order is that of `occurred_on`, then
    of sealing.
    """
    known = list(movements)
    present = {one.id for one in known}
    undone = {one.reverses for one in known if one.reverses in present}
    standing = [one for one in known if one.id not in undone and one.reverses not in undone]
    return continued_lots((), standing)


def continued_lots(lots: Sequence[Lot], movements: Iterable[Movement]) -> tuple[Lot, ...]:
    """Give the lots after more movements, none of which is earlier than those that made the lots.

    Notes
    -----
    What goes out in a container takes that container's lots first, then the oldest; what goes out loose takes
    the oldest. What comes in makes up first for what went out too early. What comes again on a day in the
    same container joins the lot that is there, and its place in the order.
    """
    left = list(lots)
    for one in sorted(movements, key=_order):
        left = _come(left, one) if one.grams > 0 else _gone(left, one)
    return tuple(sorted(left, key=lambda lot: (lot.in_on, lot.sequence)))


def grams_by_age(lots: Iterable[Lot], on: date) -> tuple[int, ...]:
    """Add lots up by class of age: up to 30, 90 and 365 days on a day, and beyond.

    Mass that went out before it came in has no age and lowers the youngest class.
    """
    sums = [0] * (len(AGE_DAYS_MAX) + 1)
    for lot in lots:
        sums[age_class((on - lot.in_on).days) if lot.grams > 0 else 0] += lot.grams
    return tuple(sums)


def age_class(days: int) -> int:
    """Give the class of an age in days: 0 up to 30, 1 up to 90, 2 up to 365, 3 beyond."""
    return sum(days > bound for bound in AGE_DAYS_MAX)


def _order(movement: Movement) -> tuple[date, int]:
    return movement.occurred_on, movement.sequence


def _come(lots: list[Lot], movement: Movement) -> list[Lot]:
    if lots and lots[0].grams < 0:
        owed, rest = _taken(lots, movement.grams, sign=-1)
        # Either the debt has eaten all of it, or there are no lots left and the rest makes the first one.
        return (
            [*owed, Lot(movement.container, movement.occurred_on, rest, movement.sequence)] if rest else owed
        )
    for place in reversed(range(len(lots))):
        lot = lots[place]
        # Lots are in order and nothing comes late, so those of the day are the last ones.
        if lot.in_on != movement.occurred_on:
            break
        if lot.container == movement.container:
            return [*lots[:place], replace(lot, grams=lot.grams + movement.grams), *lots[place + 1 :]]
    return [*lots, Lot(movement.container, movement.occurred_on, movement.grams, movement.sequence)]


def _gone(lots: list[Lot], movement: Movement) -> list[Lot]:
    wanted = -movement.grams
    if lots and lots[0].grams < 0:
        return _owing(lots, movement, wanted)
    if movement.container is not None:
        own = [lot for lot in lots if lot.container == movement.container]
        others = [lot for lot in lots if lot.container != movement.container]
        own, wanted = _taken(own, wanted)
        lots = sorted([*own, *others], key=lambda lot: (lot.in_on, lot.sequence))
    lots, wanted = _taken(lots, wanted)
    return _owing(lots, movement, wanted) if wanted else lots


def _owing(lots: list[Lot], movement: Movement, grams: int) -> list[Lot]:
    """Add what went out and was not there; lots are either all owed or none."""
    for place, lot in enumerate(lots):
        if lot.in_on == movement.occurred_on:
            return [*lots[:place], replace(lot, grams=lot.grams - grams), *lots[place + 1 :]]
    return [*lots, Lot(None, movement.occurred_on, -grams, movement.sequence)]


def _taken(lots: list[Lot], wanted: int, sign: int = 1) -> tuple[list[Lot], int]:
    """Take grams from lots, the first one first; give what is left of them, and what was not there."""
    for place, lot in enumerate(lots):
        there = sign * lot.grams
        if there > wanted:
            return [replace(lot, grams=lot.grams - sign * wanted), *lots[place + 1 :]], 0
        wanted -= there
        if not wanted:
            return lots[place + 1 :], 0
    return [], wanted
