"""Codes of lists that are no longer in force, and what took their place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.items import load_items
from wufei.records.catalogue.core.rows import (
    DATA_DIRECTORY,
    Row,
    gathered,
    once_each,
    read_rows,
    refuse_broken,
)
from wufei.records.catalogue.core.sources import Source, Status, load_sources, source_of


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A code of an earlier list; ``successors`` are the codes under which that waste stands now."""

    code: str
    name: Text
    successors: tuple[str, ...]
    withdrawn_on: date
    source: Source
    status: Status


def parse_withdrawn(
    directory: Path, sources: Mapping[str, Source], codes: Collection[str]
) -> tuple[dict[str, Withdrawn], list[Finding]]:
    """Read ``items-withdrawn.csv`` of a data folder whose lists name the ``codes``."""
    rows, findings = read_rows(directory, "items-withdrawn.csv", "code")
    kept = once_each(rows, "code")
    withdrawn = {found.code: found for row in kept if (found := _withdrawn(row, sources, codes))}
    return withdrawn, findings + gathered(rows)


@lru_cache(maxsize=1)
def load_withdrawn() -> Mapping[str, Withdrawn]:
    """Give the codes of earlier lists, by code.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    withdrawn, findings = parse_withdrawn(DATA_DIRECTORY, load_sources(), load_items().keys())
    refuse_broken(findings)
    return MappingProxyType(withdrawn)


def _withdrawn(row: Row, sources: Mapping[str, Source], codes: Collection[str]) -> Withdrawn | None:
    code, name, status = row.required("code"), row.name(), row.choice("status", Status)
    withdrawn_on, source = row.date("withdrawn_on"), source_of(row, sources)
    successors = tuple(row.text("successors").split())
    for named in {code, *successors}:
        if (named in codes) != (named != code):
            row.refuse(
                "bad-successor",
                named,
                Text(f"“{named}”的新旧关系有误。", f"“{named}” is on the wrong side."),
                Text(
                    "停用代码不在现行表中，接替代码须在现行表中。",
                    "A withdrawn code is not listed now; its successors are.",
                ),
                Text("请改正代码。", "Mend the code."),
            )
    if row.findings or status is None or withdrawn_on is None or source is None:
        return None
    return Withdrawn(code, name, successors, withdrawn_on, source, status)


def successors_of(code: str) -> tuple[str, ...]:
    """Give the codes that took the place of a withdrawn one; empty if it is none, or nothing did."""
    found = load_withdrawn().get(code)
    return tuple(code for code in found.successors if code in load_items()) if found else ()
