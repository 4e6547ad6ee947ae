"""What can be done with waste, and the group under which indicators count it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from wufei.kernel.errors import NotFoundError
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
from wufei.records.catalogue.core.sources import Source, Status, load_sources, source_of


class MethodGroup(StrEnum):
    """The groups that indicators distinguish. Each is also the id of its own undivided method."""

    UTILISE = "utilise"
    ENERGY = "energy"
    BIOLOGICAL = "biological"
    INCINERATE = "incinerate"
    LANDFILL = "landfill"
    STORE = "store"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True)
class Method:
    """One way of using, treating or storing waste."""

    id: str
    group: MethodGroup
    name: Text
    effective_on: date
    source: Source
    status: Status


def parse_methods(directory: Path, sources: Mapping[str, Source]) -> tuple[dict[str, Method], list[Finding]]:
    """Read ``methods.csv`` of a data folder."""
    rows, findings = read_rows(directory, "methods.csv", "id")
    methods = {method.id: method for row in once_each(rows, "id") if (method := _method(row, sources))}
    return methods, findings + gathered(rows)


@lru_cache(maxsize=1)
def load_methods() -> Mapping[str, Method]:
    """Give all methods by id.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    methods, findings = parse_methods(DATA_DIRECTORY, load_sources())
    refuse_broken(findings)
    return MappingProxyType(methods)


@lru_cache(maxsize=32)
def methods_in(group: str) -> frozenset[str]:
    """Give the ids of all methods of a group.

    Raises
    ------
    NotFoundError
        If there is no such group.
    """
    if group not in set(MethodGroup):
        raise NotFoundError("method-group", group)
    return frozenset(method.id for method in load_methods().values() if method.group == group)


def _method(row: Row, sources: Mapping[str, Source]) -> Method | None:
    key, name, group = row.required("id"), row.name(), row.choice("group", MethodGroup)
    effective_on, status = row.date("effective_on"), row.choice("status", Status)
    source = source_of(row, sources)
    if row.findings or group is None or effective_on is None or status is None or source is None:
        return None
    return Method(key, group, name, effective_on, source, status)
