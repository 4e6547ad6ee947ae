"""Sums of the cube's cells for every flow quantity at once, per book and region."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isqrt

import numpy as np
import numpy.typing as npt

from wufei.measures.cube.core.cells import Cells, Integers
from wufei.measures.indicators.core.definitions import By
from wufei.records.catalogue.core.groupings import load_groupings, members_of
from wufei.records.ledger.core.transfers import Evidence, Step

# The classes of `Quality`, in the order of its fields.
EVIDENCE_CLASSES: tuple[frozenset[str], ...] = (
    frozenset({Evidence.SCALE, Evidence.WEIGHBRIDGE}),
    frozenset({Evidence.DECLARED}),
    frozenset({Evidence.ESTIMATED}),
    frozenset({Evidence.STATISTICAL}),
    frozenset({Evidence.DERIVED_BY_DIFFERENCE}),
)
_CLASSES = len(EVIDENCE_CLASSES)

GENERATED = frozenset({Step.GENERATE.value, Step.NEW_WASTE.value})

# Variances outgrow 64 bits, so they are added in limbs of 40 bits: exact for fewer than 2**23 cells and for
# variances below 2**160.
_LIMB_BITS = 40
_LIMBS = 4
_LIMB_MASK = (1 << _LIMB_BITS) - 1


@dataclass(frozen=True, slots=True)
class FlowRule:
    """Which cells a flow quantity adds up; the same rule is summed once for all indicators."""

    group: str
    steps: frozenset[str]
    methods: frozenset[str]
    by: By


@dataclass(frozen=True, slots=True)
class FlowTotal:
    """The sum of a rule over some regions of one book, in grams, by evidence class, with its variance."""

    grams: int
    transfers: int
    evidence_g: tuple[int, ...]
    variance_g2ppm2: int

    @property
    def relative_ppm(self) -> int:
        """Relative standard uncertainty in parts per million."""
        return isqrt(self.variance_g2ppm2) // abs(self.grams) if self.grams else 0


NO_FLOW = FlowTotal(0, 0, (0,) * _CLASSES, 0)


@dataclass(frozen=True, slots=True)
class _RuleSums:
    grams: list[list[int]]
    transfers: list[int]
    limbs: list[list[int]]


@dataclass(frozen=True, slots=True)
class FlowSums:
    """Sums of many rules, looked up by rule, book and regions."""

    books: Mapping[str, int]
    regions: Mapping[By, Mapping[int, int]]
    sums: Mapping[FlowRule, _RuleSums]

    def total(self, rule: FlowRule, book: str, region_ids: Iterable[int]) -> FlowTotal:
        """Add up a rule over regions; regions without transfers add nothing."""
        book_place, places = self.books.get(book), self.regions[rule.by]
        if book_place is None:
            return NO_FLOW
        sums, width = self.sums[rule], len(places)
        found = [book_place * width + places[region] for region in region_ids if region in places]
        if len(found) == 1:
            return _one(sums, found[0])
        evidence = tuple(sum(grams[place] for place in found) for grams in sums.grams)
        return FlowTotal(
            grams=sum(evidence),
            transfers=sum(sums.transfers[place] for place in found),
            evidence_g=evidence,
            variance_g2ppm2=sum(_variance(sums, place) for place in found),
        )


def sum_flows(cells: Cells, rules: Collection[FlowRule]) -> FlowSums:
    """Add up the cells for every rule in one sweep over the columns.

    Parameters
    ----------
    cells : Cells
        The period's cells, of one book or several.
    rules : collection of FlowRule
        Repeated rules are summed once.
    """
    limbs = [
        np.array([value >> _LIMB_BITS * limb & _LIMB_MASK for value in cells.variance_g2ppm2], dtype=np.int64)
        for limb in range(_LIMBS)
    ]
    columns = _Columns(cells, _evidence_codes(cells), limbs)
    wastes = {group: cells.waste.among(members_of(group)) for group in {rule.group for rule in rules}}
    return FlowSums(
        books={book: place for place, book in enumerate(cells.book.words)},
        regions={
            "origin": {region: place for place, region in enumerate(cells.origin.words)},
            "place": {region: place for place, region in enumerate(cells.place.words)},
        },
        sums={rule: _sum_rule(columns, rule, wastes[rule.group]) for rule in dict.fromkeys(rules)},
    )


def generated_by_group(cells: Cells, book: str, region_ids: Iterable[int]) -> dict[str, int]:
    """Give the grams generated in some regions by top-level statistical class, as far as any were."""
    groups = load_groupings(date.max).values()
    rules = [
        FlowRule(group.id, GENERATED, frozenset(), "origin")
        for group in groups
        if group.partition == "stat" and not group.within
    ]
    sums, regions = sum_flows(cells, rules), list(region_ids)
    totals = {rule.group: sums.total(rule, book, regions) for rule in rules}
    return {group: total.grams for group, total in totals.items() if total.transfers}


@dataclass(frozen=True, slots=True)
class _Columns:
    cells: Cells
    evidence: Integers
    limbs: list[Integers]


def _sum_rule(columns: _Columns, rule: FlowRule, among_group: npt.NDArray[np.bool_]) -> _RuleSums:
    cells = columns.cells
    chosen = among_group & cells.step.among(rule.steps)
    if rule.methods:
        chosen &= cells.method.among(rule.methods)
    picked = np.flatnonzero(chosen)
    region = cells.origin if rule.by == "origin" else cells.place
    size = len(cells.book.words) * len(region.words)
    place = cells.book.codes[picked].astype(np.int64) * len(region.words) + region.codes[picked]
    grams = _added(_CLASSES * size, columns.evidence[picked] * size + place, cells.grams[picked])
    return _RuleSums(
        grams=grams.reshape(_CLASSES, size).tolist(),
        transfers=_added(size, place, cells.transfers[picked]).tolist(),
        limbs=[_added(size, place, limb[picked]).tolist() for limb in columns.limbs],
    )


def _added(size: int, places: Integers, values: Integers) -> Integers:
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, places, values)
    return total


def _evidence_codes(cells: Cells) -> Integers:
    table: Integers = np.array(
        [
            next((place for place, words in enumerate(EVIDENCE_CLASSES) if word in words), _CLASSES - 1)
            for word in cells.evidence.words
        ],
        dtype=np.int64,
    )
    codes: Integers = table[cells.evidence.codes] if len(table) else np.zeros(0, dtype=np.int64)
    return codes


def _one(sums: _RuleSums, place: int) -> FlowTotal:
    if not sums.transfers[place]:
        return NO_FLOW
    evidence = tuple([grams[place] for grams in sums.grams])
    return FlowTotal(sum(evidence), sums.transfers[place], evidence, _variance(sums, place))


def _variance(sums: _RuleSums, place: int) -> int:
    total = 0
    for limb in reversed(sums.limbs):
        total = (total << _LIMB_BITS) + limb[place]
    return total
