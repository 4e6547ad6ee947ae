"""Mass by stream group for the overview: what was generated, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from wufei.kernel.text import Text
from wufei.measures.cube.core.cells import Cells
from wufei.records.catalogue.core.groupings import load_groupings
from wufei.records.catalogue.core.methods import MethodGroup, methods_in
from wufei.records.ledger.core.transfers import Step

GENERATED = (Step.GENERATE, Step.NEW_WASTE)
HANDLED = (Step.TREAT_IN, Step.USE)

# The three destinations shown; every group of methods is in exactly one.
DESTINATIONS: Mapping[str, tuple[MethodGroup, ...]] = {
    "used": (MethodGroup.UTILISE, MethodGroup.ENERGY, MethodGroup.BIOLOGICAL),
    "disposed": (MethodGroup.INCINERATE, MethodGroup.LANDFILL),
    "other": (MethodGroup.STORE, MethodGroup.UNSPECIFIED),
}

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class GroupMass:
    """Mass of one stream group by origin, in grams.

    Attributes
    ----------
    other_g : int
        Stored, or published without saying how it was handled.
    """

    group: str
    name: Text
    generated_g: int
    used_g: int
    disposed_g: int
    other_g: int

    @property
    def cells(self) -> tuple[MassCell, ...]:
        """The four masses in the order of the table, each with the query that lists its transfers."""
        return (
            MassCell(self.generated_g, GENERATED, ()),
            MassCell(self.used_g, HANDLED, DESTINATIONS["used"]),
            MassCell(self.disposed_g, HANDLED, DESTINATIONS["disposed"]),
            MassCell(self.other_g, HANDLED, DESTINATIONS["other"]),
        )


@dataclass(frozen=True, slots=True)
class MassCell:
    """A mass with the steps and groups of methods that make it up."""

    grams: int
    steps: tuple[Step, ...]
    methods: tuple[str, ...]

    @property
    def query(self) -> str:
        """The end of an address that lists these transfers."""
        pairs = [("step", step.value) for step in self.steps] + [
            ("method", str(name)) for name in self.methods
        ]
        return "".join(f"&{key}={value}" for key, value in pairs)


def mass_by_group(cells: Cells, region_ids: Collection[int], on: date) -> tuple[GroupMass, ...]:
    """Add up the top-level groups of a region's own waste, the heaviest first; empty groups are left out."""
    ours = cells.origin.among(region_ids)
    found = []
    for group, grouping in load_groupings(on).items():
        if grouping.within or not group.startswith("stat."):
            continue
        rows = ours & cells.waste.among(grouping.members)
        generated = _sum(cells, rows & cells.step.among(GENERATED))
        parts = {name: _sum(cells, rows & _handled(cells, name)) for name in DESTINATIONS}
        if generated or any(parts.values()):
            found.append(
                GroupMass(group, grouping.name, generated, parts["used"], parts["disposed"], parts["other"])
            )
    return tuple(sorted(found, key=lambda part: -part.generated_g))


def mass_by_month(
    cells: Cells, region_ids: Collection[int], months: Collection[str]
) -> dict[str, tuple[int, int]]:
    """Give grams generated and used by month, for all streams together; a month without rows is zero."""
    ours = cells.origin.among(region_ids)
    made, used = ours & cells.step.among(GENERATED), ours & _handled(cells, "used")
    return {
        month: (
            _sum(cells, made & cells.month.among([month])),
            _sum(cells, used & cells.month.among([month])),
        )
        for month in months
    }


def evidence_of(cells: Cells, region_ids: Collection[int]) -> dict[str, int]:
    """Give the grams generated and handled by kind of evidence: on what the overview rests."""
    rows = cells.origin.among(region_ids) & cells.step.among([*GENERATED, *HANDLED])
    return {kind: _sum(cells, rows & cells.evidence.among([kind])) for kind in cells.evidence.words}


def _handled(cells: Cells, destination: str) -> Mask:
    methods = {method for group in DESTINATIONS[destination] for method in methods_in(group)}
    handled = cells.step.among(HANDLED) & cells.method.among(methods)
    if destination == "used":
        # Direct use needs no method: the step itself says what became of it.
        handled |= cells.step.among([Step.USE]) & cells.method.among([""])
    return handled


def _sum(cells: Cells, rows: Mask) -> int:
    return int(cells.grams[rows].sum())
