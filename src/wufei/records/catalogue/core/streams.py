"""Waste streams: the leaves in which mass is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

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

_OFFICIAL_CODE = re.compile(r"(?:SW|HW)\d{2}", re.ASCII)
_CODE = re.compile(r"[A-Z][A-Z0-9-]{2,15}", re.ASCII)


class LegalClass(StrEnum):
    """What the Solid Waste Law makes of a stream."""

    GENERAL_INDUSTRIAL = "general-industrial"
    HAZARDOUS = "hazardous"
    HOUSEHOLD = "household"
    CONSTRUCTION = "construction"
    AGRICULTURAL = "agricultural"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of waste that an account can hold.

    Attributes
    ----------
    code : str
        ``SW01`` to ``SW99`` (catalogue of 2024), ``HW01`` to ``HW50`` (list of 2025), or a code of ours for
        totals without a breakdown (``GI-UNSORTED``) and for parts that indicators need (``AGRI-STRAW``).
    name : Text
        Its name.
    legal_class : LegalClass
        Its class in law.
    parent : str
        The official stream of which it is a part; empty for most. A parent may hold mass itself: then that
        mass was not broken down further.
    effective_on : date
        Date of the list; the codes are used for earlier years too.
    source : Source
        The list it stands in.
    status : Status
        Whether code and name are confirmed.
    """

    code: str
    name: Text
    legal_class: LegalClass
    parent: str
    effective_on: date
    source: Source
    status: Status

    @property
    def category(self) -> str:
        """The official category code, its own or its parent's; empty if it has none."""
        return self.code if _OFFICIAL_CODE.fullmatch(self.code) else self.parent


def listed_codes(directory: Path) -> list[str]:
    """Give the codes that ``streams.csv`` lists, also of lines that have a defect elsewhere."""
    rows, _ = read_rows(directory, "streams.csv", "code")
    return list(dict.fromkeys(row.text("code") for row in rows))


def parse_streams(directory: Path, sources: Mapping[str, Source]) -> tuple[dict[str, Stream], list[Finding]]:
    """Read ``streams.csv`` of a data folder."""
    rows, findings = read_rows(directory, "streams.csv", "code")
    kept = once_each(rows, "code")
    codes = set(listed_codes(directory))
    streams = {stream.code: stream for row in kept if (stream := _stream(row, sources, codes))}
    return streams, findings + gathered(rows)


@lru_cache(maxsize=1)
def load_streams() -> Mapping[str, Stream]:
    """Give all streams by code, in the order of the lists.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    streams, findings = parse_streams(DATA_DIRECTORY, load_sources())
    refuse_broken(findings)
    return MappingProxyType(streams)


def refuse_unknown_stream(row: Row, code: str) -> None:
    """Add the Finding about a stream code that no list has."""
    row.refuse(
        "unknown-stream",
        code,
        Text(f"废物代码“{code}”不存在。", f"Stream “{code}” does not exist."),
        Text("代码须在 streams.csv 中。", "A stream is a code of streams.csv."),
        Text("请改正代码，或先在 streams.csv 登记。", "Mend the code, or list it in streams.csv first."),
    )


def _stream(row: Row, sources: Mapping[str, Source], codes: set[str]) -> Stream | None:
    code, name, parent = row.required("code"), row.name(), row.text("parent")
    legal_class, status = row.choice("legal_class", LegalClass), row.choice("status", Status)
    effective_on, source = row.date("effective_on"), source_of(row, sources)
    if code and not _CODE.fullmatch(code):
        row.refuse(
            "bad-code",
            code,
            Text(f"废物代码“{code}”格式不符。", f"Stream code “{code}” has the wrong form."),
            Text("3 至 16 个大写字母、数字或连字符。", "3 to 16 capitals, digits or hyphens."),
            Text("请改正代码。", "Mend the code."),
        )
    if parent and parent not in codes:
        refuse_unknown_stream(row, parent)
    if row.findings or legal_class is None or status is None or effective_on is None or source is None:
        return None
    return Stream(code, name, legal_class, parent, effective_on, source, status)
