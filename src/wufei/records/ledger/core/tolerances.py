"""How far two scales may disagree about one load before somebody has to look at the tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from wufei.kernel.findings import Finding
from wufei.records.catalogue.core.rows import Row, gathered, once_each, read_rows, refuse_broken
from wufei.records.catalogue.core.sources import Source, Status, load_sources, source_of
from wufei.records.ledger.core.checks import PPM

DATA_DIRECTORY = Path(__file__).parent.parent / "data"
_FILE = "weighing-tolerances.csv"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A bound for the difference between what was sent and what was received.

    Attributes
    ----------
    relative_ppm : int
        Parts per million of the mass in transit.
    absolute_g : int
        Grams that are always allowed.
    effective_on : date
        First day it is used.
    """

    id: str
    relative_ppm: int
    absolute_g: int
    effective_on: date
    source: Source
    status: Status

    def bound_g(self, total_g: int) -> int:
        """Give the grams allowed for a load: the greater of both bounds, the relative one rounded down."""
        return max(self.absolute_g, total_g * self.relative_ppm // PPM)


def parse_tolerances(directory: Path) -> tuple[list[Tolerance], list[Finding]]:
    """Read ``weighing-tolerances.csv`` of a data folder, the earliest first."""
    rows, findings = read_rows(directory, _FILE, "id", room="ledger")
    kept = once_each(once_each(rows, "id"), "effective_on")
    found = [one for row in kept if (one := _tolerance(row))]
    return sorted(found, key=lambda one: one.effective_on), findings + gathered(rows)


@lru_cache(maxsize=1)
def load_tolerances() -> tuple[Tolerance, ...]:
    """Give all tolerances, the earliest first.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    tolerances, findings = parse_tolerances(DATA_DIRECTORY)
    refuse_broken(findings)
    return tuple(tolerances)


def tolerance_on(on: date) -> Tolerance:
    """Give the tolerance in force on a day; before the first one, the first."""
    known = load_tolerances()
    return next((one for one in reversed(known) if one.effective_on <= on), known[0])


def _tolerance(row: Row) -> Tolerance | None:
    key, relative, absolute = row.required("id"), row.positive("relative_ppm"), row.positive("absolute_g")
    effective_on, status = row.date("effective_on"), row.choice("status", Status)
    source = source_of(row, load_sources())
    if row.findings or relative is None or absolute is None:
        return None
    if effective_on is None or status is None or source is None:
        return None
    return Tolerance(key, int(relative), int(absolute), effective_on, source, status)
