"""What an environmental impact assessment says of waste: wastes, stores, products, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.plans.core.reading.blocks import Place


class Kind(StrEnum):
    """What a document says that a waste is."""

    HAZARDOUS = "hazardous"
    GENERAL = "general"
    HOUSEHOLD = "household"
    OPEN = "open"
    UNSAID = "unsaid"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _KINDS[self]


_KINDS = {
    Kind.HAZARDOUS: Text("危险废物", "Hazardous"),
    Kind.GENERAL: Text("一般工业固废", "General industrial"),
    Kind.HOUSEHOLD: Text("生活垃圾", "Household"),
    Kind.OPEN: Text("待鉴别", "To be identified"),
    Kind.UNSAID: Text("未写明", "Not said"),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A yearly amount or a capacity as written.

    Attributes
    ----------
    text : str
        The words of the document, with the unit of the head where the cell has none.
    value : Decimal or None
        The number; None where it cannot be read.
    unit : str
        As written, without the year; empty where the document gives none.
    tonnes : Decimal or None
        The mass in tonnes; None for volumes, counts and other periods than a year.
    """

    text: str
    value: Decimal | None = None
    unit: str = ""
    tonnes: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Waste:
    """One waste; ``fields`` are the words of the document by the keys of `columns.TITLES`.

    ``shared`` says that its amount stands in a cell merged with the one above; ``in_text`` that no table
    has it.
    """

    name: str
    place: Place
    kind: Kind = Kind.UNSAID
    category: str = ""
    codes: tuple[str, ...] = ()
    amount: Amount | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    shared: bool = False
    in_text: bool = False


@dataclass(frozen=True, slots=True)
class Store:
    """A line of the table of stores: which waste lies where, and for how long."""

    name: str
    place: Place
    waste: str = ""
    codes: tuple[str, ...] = ()
    capacity: Amount | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Product:
    """What is made in a year: 年产汽车零部件50万件."""

    text: str
    name: str
    value: Decimal
    unit: str
    place: Place


@dataclass(frozen=True, slots=True)
class Total:
    """A sum that the document gives; ``kind`` None: of all waste."""

    kind: Kind | None
    amount: Amount
    place: Place
    of_table: int | None = None


@dataclass(frozen=True, slots=True)
class Eia:
    """What was read of a document; ``text`` is all its words without spaces, for what must be said at all."""

    title: str
    builder: str
    wastes: tuple[Waste, ...]
    stores: tuple[Store, ...]
    products: tuple[Product, ...]
    totals: tuple[Total, ...]
    text: str
    findings: tuple[Finding, ...] = ()

    def tonnes(self, *kinds: Kind) -> Decimal:
        """Give the mass of all wastes of these kinds, or of all, in tonnes a year."""
        return sum(
            (
                each.amount.tonnes
                for each in self.wastes
                if (not kinds or each.kind in kinds) and each.amount and each.amount.tonnes is not None
            ),
            Decimal(0),
        )
