"""The library of laws, rules and standards: what is in force, what it replaced, and what rests on it here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from wufei.records.catalogue.core.sources import Status

_FILE = "standards.yaml"


class StandardKind(StrEnum):
    """What sort of document it is."""

    LAW = "law"
    REGULATION = "regulation"
    LIST = "list"
    NATIONAL = "national"
    INDUSTRY = "industry"
    GUIDE = "guide"

    @property
    def label(self) -> Text:
        """The words shown on screen."""
        return _KINDS[self]


_KINDS = {
    StandardKind.LAW: Text("法律", "Law"),
    StandardKind.REGULATION: Text("法规与规章", "Regulation"),
    StandardKind.LIST: Text("名录与目录", "List"),
    StandardKind.NATIONAL: Text("国家标准", "National standard"),
    StandardKind.INDUSTRY: Text("行业标准", "Industry standard"),
    StandardKind.GUIDE: Text("指南与规范性文件", "Guide"),
}


@dataclass(frozen=True, slots=True)
class Standard:
    """A document.

    Attributes
    ----------
    number : str
        Its number as people write it, ``HJ 1259-2022``; for laws and lists a short name.
    title, issuer : Text
        Title and who issued it.
    kind : StandardKind
        What sort of document it is.
    in_force_from, in_force_to : date or None
        First day in force, and the day from which it no longer is; None where nobody could say.
    replaced_by : str
        Number of what took its place; empty if nothing did.
    rests : tuple of str
        Modules, data files and sources of this software that follow it.
    note : Text
        What it says that matters here.
    status : Status
        Whether title and dates are confirmed.
    """

    number: str
    title: Text
    issuer: Text
    kind: StandardKind
    in_force_from: date | None
    in_force_to: date | None
    replaced_by: str
    rests: tuple[str, ...]
    note: Text
    status: Status

    def in_force(self, on: date) -> bool | None:
        """Say whether it is in force on a day; None where its dates are not known."""
        if self.in_force_from is None:
            return None
        return self.in_force_from <= on and (self.in_force_to is None or on < self.in_force_to)

    def speaks_of(self, wanted: str) -> bool:
        """Say whether number, title, issuer, note or what rests on it hold every word asked for."""
        here = " ".join(
            [self.number, *_both(self.title), *_both(self.issuer), *_both(self.note), *self.rests]
        ).lower()
        packed = here.replace(" ", "")
        return all(word in here or word in packed for word in wanted.lower().split())


def find_standards(standards: Sequence[Standard], wanted: str, kind: str = "") -> tuple[Standard, ...]:
    """Give the documents that speak of all words asked for, in the order of the library."""
    return tuple(one for one in standards if kind in {"", one.kind} and one.speaks_of(wanted))


def parse_standards(directory: Path) -> tuple[list[Standard], list[Finding]]:
    """Read ``standards.yaml`` of a data folder."""
    rows, findings = read_rows(directory, _FILE, "number")
    kept = once_each(rows, "number")
    numbers = {row.text("number") for row in kept}
    standards = [found for row in kept if (found := _standard(row, numbers))]
    return standards, findings + gathered(rows)


@lru_cache(maxsize=1)
def load_standards() -> tuple[Standard, ...]:
    """Give the library in the order of its file.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    standards, findings = parse_standards(DATA_DIRECTORY)
    refuse_broken(findings)
    return tuple(standards)


def _both(text: Text) -> tuple[str, str]:
    return text.zh, text.en


def _standard(row: Row, numbers: set[str]) -> Standard | None:
    number, kind, status = (
        row.required("number"),
        row.choice("kind", StandardKind),
        row.choice("status", Status),
    )
    begin = row.date("in_force_from") if row.text("in_force_from") else None
    end = row.date("in_force_to") if row.text("in_force_to") else None
    replaced_by, rests = row.text("replaced_by"), row.cells.get("rests", [])
    title, issuer, note = _text(row, "title"), _text(row, "issuer"), _text(row, "note")
    if replaced_by and replaced_by not in numbers:
        row.refuse(
            "unknown-standard",
            replaced_by,
            Text(f"“{replaced_by}”不在标准库中。", f"“{replaced_by}” is not in the library."),
            Text("接替者须在 standards.yaml 中。", "What replaces a standard stands in standards.yaml."),
            Text("请改正编号，或先登记。", "Mend the number, or list it first."),
        )
    if begin and end and end <= begin:
        row.refuse(
            "bad-span",
            end,
            Text(f"停用日期 {end} 不晚于实施日期 {begin}。", f"It ends on {end}, not after {begin}."),
            Text("停用晚于实施。", "A standard ends after it begins."),
            Text("请核对两个日期。", "Check both dates."),
        )
    if not isinstance(rests, list):
        row.required("rests (list)")
        rests = []
    if row.findings or kind is None or status is None:
        return None
    named = tuple(str(one) for one in rests)
    return Standard(number, title, issuer, kind, begin, end, replaced_by, named, note, status)


def _text(row: Row, name: str) -> Text:
    value = row.cells.get(name)
    if isinstance(value, Mapping) and value.get("zh") and value.get("en"):
        return Text(str(value["zh"]), str(value["en"]))
    row.required(f"{name} (zh, en)")
    return Text("")
