"""Where a reference value comes from, and how sure we are of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.rows import (
    DATA_DIRECTORY,
    Row,
    gathered,
    once_each,
    read_rows,
    refuse_broken,
)


class Status(StrEnum):
    """How far a value is confirmed."""

    OFFICIAL = "official"
    DERIVED = "derived"
    TO_BE_CONFIRMED = "to-be-confirmed"

    @property
    def label(self) -> Text:
        """The word shown beside the value."""
        return _LABELS[self]


_LABELS = {
    Status.OFFICIAL: Text("官方", "Official"),
    Status.DERIVED: Text("推导", "Derived"),
    Status.TO_BE_CONFIRMED: Text("待核实", "To be confirmed"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A document and the place in it.

    Attributes
    ----------
    id : str
        Key used by the items that rest on it.
    title : Text
        Title of the document.
    clause : str
        Place in the document, in its own language.
    effective_on : date
        When the document took effect.
    status : Status
        Whether its wording was before us.
    """

    id: str
    title: Text
    clause: str
    effective_on: date
    status: Status


def parse_sources(directory: Path) -> tuple[dict[str, Source], list[Finding]]:
    """Read ``sources.yaml`` of a data folder."""
    rows, findings = read_rows(directory, "sources.yaml", "id")
    sources = {source.id: source for row in once_each(rows, "id") if (source := _source(row))}
    return sources, findings + gathered(rows)


@lru_cache(maxsize=1)
def load_sources() -> Mapping[str, Source]:
    """Give the documents that this catalogue rests on, by id.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    sources, findings = parse_sources(DATA_DIRECTORY)
    refuse_broken(findings)
    return sources


def source_of(row: Row, sources: Mapping[str, Source]) -> Source | None:
    """Give the document that a row names, or add a Finding."""
    key = row.required("source")
    if key and key not in sources:
        row.refuse(
            "unknown-source",
            key,
            Text(f"出处“{key}”未登记。", f"Source “{key}” is not listed."),
            Text("出处须是 sources.yaml 中的标识。", "A source is an id of sources.yaml."),
            Text("请改正标识，或先在 sources.yaml 登记该文件。", "Mend the id, or list the document first."),
        )
    return sources.get(key)


def _source(row: Row) -> Source | None:
    key, title, clause = row.required("id"), row.cells.get("title"), row.required("clause")
    effective_on, status = row.date("effective_on"), row.choice("status", Status)
    if not isinstance(title, Mapping) or not title.get("zh"):
        row.required("title.zh")
        return None
    if effective_on is None or status is None or row.findings:
        return None
    return Source(key, Text(str(title["zh"]), str(title.get("en") or "")), clause, effective_on, status)
