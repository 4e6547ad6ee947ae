"""What really happened, summed from the physical events before any bookkeeping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from wufei.records.ledger.core.accounts import Kind
from wufei.simulator.events import (
    Counted,
    Dumped,
    Event,
    Imported,
    Lost,
    Made,
    Moved,
    Reclassified,
    Run,
    Sent,
    Spread,
    Waste,
)


class What(StrEnum):
    """The quantities whose exact sums are known."""

    GENERATED = "generated"
    TREATED = "treated"
    USED_ON_THE_SPOT = "used-on-the-spot"
    USED = "used"
    ENERGY = "energy"
    DISCHARGED = "discharged"
    LANDFILLED = "landfilled"
    LOST = "lost"
    EXPORTED = "exported"
    IMPORTED = "imported"
    FOUND = "found"
    STOCKTAKE = "stocktake"
    WEIGHED_LESS = "weighed-less"
    RECLASSIFIED_AWAY = "reclassified-away"
    RECLASSIFIED_INTO = "reclassified-into"
    RESIDUE = "residue"


@dataclass(frozen=True, slots=True)
class Cell:
    """One addend: what happened to which waste, whose it is, where, and by which method."""

    what: What
    stream: str
    sector: str
    origin: str
    place: str
    method: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """Exact totals of the year.

    Attributes
    ----------
    cells : mapping of Cell to int
        Grams; only `What.WEIGHED_LESS` may be negative.
    stored_g : mapping of (party, Waste) to int
        What lies in each store at the end.
    """

    cells: Mapping[Cell, int]
    stored_g: Mapping[tuple[str, Waste], int]

    def mass_g(
        self,
        what: What,
        *,
        members: frozenset[tuple[str, str]] | None = None,
        methods: frozenset[str] | None = None,
        origin: str | None = None,
        place: str | None = None,
    ) -> int:
        """Sum the cells of one quantity.

        Parameters
        ----------
        what : What
            The quantity.
        members : frozenset of (stream, sector), optional
            Only these, as a grouping lists them.
        methods : frozenset of str, optional
            Only these methods.
        origin, place : str, optional
            Only waste of this region, only what happened in this region.
        """
        return sum(
            grams
            for cell, grams in self.cells.items()
            if cell.what is what
            and (members is None or (cell.stream, cell.sector) in members)
            and (methods is None or cell.method in methods)
            and (origin is None or cell.origin == origin)
            and (place is None or cell.place == place)
        )


_OUTS = {
    Kind.USED: What.USED,
    Kind.ENERGY: What.ENERGY,
    Kind.DISCHARGED: What.DISCHARGED,
    Kind.LANDFILLED: What.LANDFILLED,
    Kind.STOCK: What.RESIDUE,
    Kind.LOST: What.LOST,
}


def tell_truth(
    events: Iterable[Event], stored_g: Mapping[tuple[str, Waste], int], regions: Mapping[str, str]
) -> Truth:
    """Sum the events of a year.

    Parameters
    ----------
    events : iterable of Event
        In any order.
    stored_g : mapping
        What the stores held at the end.
    regions : mapping of str to str
        Region of each party.
    """
    cells: dict[Cell, int] = {}
    for event in events:
        for what, waste, place, method, grams in _addends(event, regions):
            cell = Cell(what, waste.stream, waste.sector, waste.origin, place, method)
            cells[cell] = cells.get(cell, 0) + grams
    return Truth(cells=cells, stored_g=dict(stored_g))


_Addend = tuple[What, Waste, str, str, int]


def _addends(event: Event, regions: Mapping[str, str]) -> list[_Addend]:
    match event:
        case Sent():
            return _load(event, regions)
        case Run():
            return _run(event, regions[event.plant])
        case Dumped():
            place = regions[event.plant]
            return [(What.FOUND, event.waste, place, "", event.grams)]
        case Imported():
            return [(What.IMPORTED, event.waste, regions[event.plant], "", event.grams)]
        case _:
            return _at_the_yard(event, regions[event.party])


def _at_the_yard(event: Made | Spread | Lost | Counted | Reclassified | Moved, place: str) -> list[_Addend]:
    match event:
        case Made():
            return [(What.GENERATED, event.waste, place, "", event.grams)]
        case Spread():
            return [(What.USED_ON_THE_SPOT, event.waste, place, event.method, event.grams)]
        case Lost():
            return [(_OUTS[event.into], event.waste, place, "", event.grams)]
        case Counted():
            return [(What.STOCKTAKE, event.waste, place, "", event.grams)]
        case Reclassified():
            return [
                (What.RECLASSIFIED_AWAY, event.waste, place, "", event.grams),
                (What.RECLASSIFIED_INTO, event.becomes, place, "", event.grams),
            ]
        case Moved():
            return []


def _load(event: Sent, regions: Mapping[str, str]) -> list[_Addend]:
    place = regions[event.party]
    if event.to is None:
        return [(What.EXPORTED, event.waste, place, "", event.sent_g)]
    return [(What.WEIGHED_LESS, event.waste, place, "", event.sent_g - event.received_g)]


def _run(event: Run, place: str) -> list[_Addend]:
    addends: list[_Addend] = [(What.TREATED, event.waste, place, event.method, event.grams)]
    for out in event.outs:
        if out.kind is Kind.STOCK:
            addends.append((What.RESIDUE, event.waste, place, event.method, out.grams))
            if out.new:
                addends.append((What.GENERATED, out.waste, place, event.method, out.grams))
        else:
            addends.append((_OUTS[out.kind], event.waste, place, event.method, out.grams))
    return addends
