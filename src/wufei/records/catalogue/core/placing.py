"""Where an item is counted: the groupings that its waste enters, by sector of origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from wufei.kernel.text import Text
from wufei.records.catalogue.core.groupings import Grouping, load_groupings
from wufei.records.catalogue.core.sectors import Sector

_PARTITIONS = {
    "stat": Text("统计口径", "Statistical classes"),
    "legal": Text("法定类别", "Legal classes"),
    "plan": Text("规划领域", "Fields of a plan"),
}


@dataclass(frozen=True, slots=True)
class Placing:
    """A grouping with the sectors from which waste of a stream enters it."""

    partition: Text
    grouping: Grouping
    sectors: tuple[Sector, ...]

    @property
    def from_everywhere(self) -> bool:
        """Whether it enters from every sector."""
        return len(self.sectors) == len(Sector)


def placings_of(stream: str, on: date) -> tuple[Placing, ...]:
    """Give the groupings that a stream enters on a day, those of statistics first."""
    found = [
        Placing(_PARTITIONS.get(grouping.partition, Text(grouping.partition)), grouping, sectors)
        for grouping in load_groupings(on).values()
        if (sectors := _sectors(grouping, stream))
    ]
    order: Mapping[str, int] = {name: number for number, name in enumerate(_PARTITIONS)}
    return tuple(sorted(found, key=lambda one: order.get(one.grouping.partition, len(order))))


def _sectors(grouping: Grouping, stream: str) -> tuple[Sector, ...]:
    return tuple(sector for sector in Sector if (stream, sector.value) in grouping.members)
