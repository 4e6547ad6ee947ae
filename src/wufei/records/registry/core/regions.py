"""Regions as the data file lists them: codes in force, withdrawn ones with their end, functional areas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.region_code import RegionCode
from wufei.kernel.text import Text
from wufei.records.catalogue.core.rows import Row, gathered, once_each, read_rows, refuse_broken
from wufei.records.catalogue.core.sources import Status
from wufei.runtime.identity.core.kinds import RegionKind

DATA_DIRECTORY = Path(__file__).parent.parent / "data"

_FILE = "regions.csv"


@dataclass(frozen=True, slots=True)
class RegionRecord:
    """One region of the data file.

    Attributes
    ----------
    key : str
        The code, or a short name where there is none.
    code : str or None
        Code after GB/T 2260.
    name : Text
        Its name.
    kind : RegionKind
        What sort of region it is.
    parent : str
        Key of the administrative parent; empty for the city and for functional areas.
    aliases : tuple of str
        Other names it is called by.
    valid_from, valid_to : date or None
        First day, and first day after the last; a withdrawn code has an end.
    successor : str
        Key of the region that a withdrawn one became; empty where it is in force.
    source : str
        Where it stands.
    status : Status
        Whether it is confirmed.
    """

    key: str
    code: str | None
    name: Text
    kind: RegionKind
    parent: str
    aliases: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    successor: str
    source: str
    status: Status


def parse_regions(directory: Path) -> tuple[list[RegionRecord], list[Finding]]:
    """Read ``regions.csv`` of a data folder; parents stand before their children."""
    rows, findings = read_rows(directory, _FILE, "key", room="registry")
    kept = once_each(rows, "key")
    records = [record for row in kept if (record := _record(row))]
    _check_parents(kept)
    _check_names(kept)
    return records, findings + gathered(rows)


@lru_cache(maxsize=1)
def load_region_records() -> tuple[RegionRecord, ...]:
    """Give the regions of the data file.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    records, findings = parse_regions(DATA_DIRECTORY)
    refuse_broken(findings)
    return tuple(records)


@lru_cache(maxsize=256)
def withdrawn_on(key: str, on: date) -> Text | None:
    """Say that a region was abolished before a day, and what it became; None if it stands."""
    records = {record.key: record for record in load_region_records()}
    record = records.get(key)
    if record is None or record.valid_to is None or on < record.valid_to:
        return None
    successor = records.get(record.successor)
    zh, en = (successor.name.zh, successor.name.en) if successor else ("", "")
    return Text(
        f"{record.name.zh}（{key}）已于 {record.valid_to} 撤销，请改用{zh}（{record.successor}）。",
        f"{record.name.en} ({key}) was abolished on {record.valid_to}; use {en} ({record.successor}).",
    )


def _record(row: Row) -> RegionRecord | None:
    key, name, source = row.required("key"), row.name(), row.required("source")
    kind, status, code = row.choice("kind", RegionKind), row.choice("status", Status), row.text("code")
    valid_from, valid_to = _optional_date(row, "valid_from"), _optional_date(row, "valid_to")
    if valid_from and valid_to and valid_from >= valid_to:
        _refuse(row, "dates", valid_to, Text("失效日期不晚于生效日期。", "It ends before it begins."))
    if kind is not None:
        _check_code(row, code, kind)
    if row.findings or kind is None or status is None:
        return None
    aliases = tuple(alias.strip() for alias in row.text("aliases").split("|") if alias.strip())
    return RegionRecord(
        key=key,
        code=code or None,
        name=name,
        kind=kind,
        parent=row.text("parent"),
        aliases=aliases,
        valid_from=valid_from,
        valid_to=valid_to,
        successor=row.text("successor"),
        source=source,
        status=status,
    )


def _optional_date(row: Row, name: str) -> date | None:
    return row.date(name) if row.text(name) else None


def _check_code(row: Row, code: str, kind: RegionKind) -> None:
    official = kind in {RegionKind.PROVINCE, RegionKind.DISTRICT}
    if official and not code:
        row.required("code")
    if not official and code:
        _refuse(
            row, "code", code, Text("功能区没有行政区划代码。", "A functional area has no official code.")
        )
    if not code:
        return
    try:
        RegionCode.parse(code)
    except InputError as error:
        _refuse(row, "code", code, error.message)


def _check_parents(rows: list[Row]) -> None:
    earlier: set[str] = set()
    for row in rows:
        parent = row.text("parent")
        if parent and parent not in earlier:
            message = Text(f"上级“{parent}”不在前面的行中。", f"Parent “{parent}” stands in no earlier line.")
            _refuse(row, "parent", parent, message)
        earlier.add(row.text("key"))


def _check_names(rows: Iterable[Row]) -> None:
    owners: dict[str, str] = {}
    for row in rows:
        for name in {row.text("name_zh"), *row.text("aliases").split("|")} - {""}:
            owner = owners.setdefault(name, row.text("key"))
            if owner != row.text("key"):
                message = Text(
                    f"名称“{name}”已属于 {owner}。", f"The name “{name}” already belongs to {owner}."
                )
                _refuse(row, "alias", name, message)


def _refuse(row: Row, code: str, value: object, message: Text) -> None:
    row.refuse(
        f"region-{code}",
        value,
        message,
        Text("regions.csv 的区域须可唯一识别且层级完整。", "Regions are told apart and hang together."),
        Text("请改正该行。", "Mend the line."),
    )
