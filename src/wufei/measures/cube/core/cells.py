"""Cells of the cube: sums of transfers by what indicators distinguish, as parallel columns.

All sums are integers, so a result does not depend on the order in which rows came.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from wufei.records.ledger.core.as_of import AsOf

Word = TypeVar("Word", bound=Hashable)
Codes = npt.NDArray[np.int32]
Integers = npt.NDArray[np.int64]


class CellRow(NamedTuple):
    """One group of transfers as the database returns it."""

    book: str
    month: str
    place_region_id: int
    origin_region_id: int
    stream: str
    origin_sector: str
    step: str
    method: str
    evidence: str
    grams: int
    transfers: int
    variance_g2ppm2: int


@dataclass(frozen=True, slots=True)
class Column(Generic[Word]):
    """A column of words, each kept once.

    Attributes
    ----------
    codes : array, shape (cell,)
        Position of the cell's word in `words`.
    words : tuple
        The distinct words, in the order of first appearance.
    """

    codes: Codes
    words: tuple[Word, ...]

    @classmethod
    def of(cls, values: Sequence[Word]) -> Column[Word]:
        """Code a sequence of words."""
        words = tuple(dict.fromkeys(values))
        places = {word: place for place, word in enumerate(words)}
        codes = np.fromiter(map(places.__getitem__, values), dtype=np.int32, count=len(values))
        return cls(codes, words)

    def only(self, chosen: npt.NDArray[np.bool_]) -> Column[Word]:
        """Give the marked cells; the words stay, so codes keep their meaning."""
        return Column(self.codes[chosen], self.words)

    def among(self, wanted: Iterable[Word]) -> npt.NDArray[np.bool_]:
        """Mark the cells whose word is one of `wanted`."""
        chosen = set(wanted)
        table = np.fromiter((word in chosen for word in self.words), dtype=np.bool_, count=len(self.words))
        return table[self.codes] if len(self.words) else np.zeros(len(self.codes), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Cells:
    """Sums of transfers of a period.

    Attributes
    ----------
    book, month, place, origin, waste, step, method, evidence : Column
        Axes, all of one length. `waste` is a pair of stream and origin sector; `place` and `origin` are
        region ids; `month` is ``2025-03``, or empty where months were not asked for.
    grams : array, shape (cell,), grams
        Signed sum: a reversal counts negative.
    transfers : array, shape (cell,)
        Number of transfers, reversals included.
    variance_g2ppm2 : tuple of int, length cell, (gram x ppm) squared
        Sum over the transfers of (grams x relative uncertainty in ppm) squared, exact; Python integers,
        because squares outgrow 64 bits.
    as_of : AsOf, optional
        Until where the transfers were read; None where whoever asked has said it.
    """

    book: Column[str]
    month: Column[str]
    place: Column[int]
    origin: Column[int]
    waste: Column[tuple[str, str]]
    step: Column[str]
    method: Column[str]
    evidence: Column[str]
    grams: Integers
    transfers: Integers
    variance_g2ppm2: tuple[int, ...]
    as_of: AsOf | None = None

    def __len__(self) -> int:
        return len(self.grams)

    def only(self, chosen: npt.NDArray[np.bool_]) -> Cells:
        """Give the marked cells."""
        return Cells(
            book=self.book.only(chosen),
            month=self.month.only(chosen),
            place=self.place.only(chosen),
            origin=self.origin.only(chosen),
            waste=self.waste.only(chosen),
            step=self.step.only(chosen),
            method=self.method.only(chosen),
            evidence=self.evidence.only(chosen),
            grams=self.grams[chosen],
            transfers=self.transfers[chosen],
            variance_g2ppm2=tuple(compress(self.variance_g2ppm2, chosen)),
            as_of=self.as_of,
        )


def cells_of(rows: Sequence[CellRow]) -> Cells:
    """Build cells from rows, one per group; rows of the same group may repeat and then add up."""

    def column(place: int) -> list[Any]:
        return [row[place] for row in rows]

    return Cells(
        book=Column.of(column(0)),
        month=Column.of(column(1)),
        place=Column.of(column(2)),
        origin=Column.of(column(3)),
        waste=Column.of([(row[4], row[5]) for row in rows]),
        step=Column.of(column(6)),
        method=Column.of(column(7)),
        evidence=Column.of(column(8)),
        grams=np.array(column(9), dtype=np.int64),
        transfers=np.array(column(10), dtype=np.int64),
        variance_g2ppm2=tuple(column(11)),
    )
