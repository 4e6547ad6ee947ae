"""The industries that the first three digits of an item code name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.rows import (
    DATA_DIRECTORY,
    gathered,
    once_each,
    read_rows,
    refuse_broken,
)
from wufei.records.catalogue.core.sources import Source, Status, load_sources, source_of


def parse_industries(directory: Path, sources: Mapping[str, Source]) -> tuple[dict[str, Text], list[Finding]]:
    """Read ``industries.csv`` of a data folder: name by code of three digits."""
    rows, findings = read_rows(directory, "industries.csv", "code")
    names = {}
    for row in once_each(rows, "code"):
        code, name = row.required("code"), row.name()
        row.date("effective_on"), row.choice("status", Status), source_of(row, sources)
        if not row.findings:
            names[code] = name
    return names, findings + gathered(rows)


@lru_cache(maxsize=1)
def load_industries() -> Mapping[str, Text]:
    """Give the name of every industry that an item of the lists comes from, by its code.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    names, findings = parse_industries(DATA_DIRECTORY, load_sources())
    refuse_broken(findings)
    return MappingProxyType(names)
