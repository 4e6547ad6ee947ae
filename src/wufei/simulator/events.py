"""What physically happens in the synthetic district, before anybody writes it into a ledger."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.records.ledger.core.accounts import Kind


@dataclass(frozen=True, slots=True)
class Waste:
    """Which stream, and which region and sector made it first."""

    stream: str
    sector: str
    origin: str


@dataclass(frozen=True, slots=True)
class Made:
    """Waste arose at a party.

    Attributes
    ----------
    day : int
        Day of the year, from 0, on which it was recorded; may lie after the year for a late record.
    month : int
        1..12 where only the month is known, else 0.
    mistyped_g : int
        The wrong mass that was entered first, else 0.
    """

    day: int
    party: str
    waste: Waste
    grams: int
    evidence: str
    unit: str = ""
    month: int = 0
    mistyped_g: int = 0
    dry_share_ppm: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A load went to a plant or, where `to` is None, beyond the platform; `refused` loads went twice."""

    day: int
    party: str
    waste: Waste
    leg: int
    to: str | None
    sent_g: int
    received_g: int
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """Waste was used on the spot."""

    day: int
    party: str
    waste: Waste
    grams: int
    method: str


@dataclass(frozen=True, slots=True)
class Out:
    """One thing that left a run: a boundary kind, or a stock of another stream."""

    kind: Kind
    waste: Waste
    grams: int
    new: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A plant treated what lay in its store; the outs sum to what went in."""

    day: int
    plant: str
    waste: Waste
    run: int
    method: str
    grams: int
    outs: tuple[Out, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """Part of a store leaked, blew away or dried."""

    day: int
    party: str
    waste: Waste
    grams: int
    into: Kind


@dataclass(frozen=True, slots=True)
class Counted:
    """A stocktake found less than the books say."""

    day: int
    party: str
    waste: Waste
    grams: int


@dataclass(frozen=True, slots=True)
class Reclassified:
    """Identification (鉴别) found that part of a store is another stream."""

    day: int
    party: str
    waste: Waste
    becomes: Waste
    grams: int
    run: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Part of a store was carried to the party's second store."""

    day: int
    party: str
    waste: Waste
    grams: int


@dataclass(frozen=True, slots=True)
class Imported:
    """A load of another synthetic region came in from beyond the platform."""

    day: int
    plant: str
    waste: Waste
    grams: int


@dataclass(frozen=True, slots=True)
class Dumped:
    """A dump was found, its culprit traced, and it was cleared to a plant."""

    day: int
    cleared_day: int
    waste: Waste
    plant: str
    leg: int
    grams: int


Event = Made | Sent | Spread | Run | Lost | Counted | Reclassified | Moved | Imported | Dumped

# Within a day waste first arises and is tidied, then drives, then is treated.
_RANKS: dict[type[Event], int] = {
    Made: 0,
    Reclassified: 1,
    Counted: 1,
    Lost: 1,
    Moved: 1,
    Imported: 2,
    Dumped: 2,
    Spread: 2,
    Sent: 2,
    Run: 3,
}


def in_order(events: list[Event]) -> list[Event]:
    """Sort events so that no store ever gives what it has not yet received."""
    return sorted(events, key=lambda event: (event.day, _RANKS[type(event)]))
