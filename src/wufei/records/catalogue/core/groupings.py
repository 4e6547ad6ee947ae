"""Named sets over (stream, sector of origin): what statistics, law and plans count together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from types import MappingProxyType

from wufei.kernel.errors import NotFoundError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.rows import DATA_DIRECTORY, Row, once_each, read_rows, refuse_broken
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.catalogue.core.sources import Source, Status, load_sources, source_of
from wufei.records.catalogue.core.streams import load_streams, refuse_unknown_stream

Pair = tuple[str, str]

_FILE = "groupings.yaml"
_RANGE = re.compile(r"([A-Z]+)(\d+)\.\.([A-Z]+)(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Grouping:
    """A set of (stream, sector) pairs under one name, from one day on.

    Attributes
    ----------
    id : str
        Partition and name, such as ``stat.medical``.
    name : Text
        Its name.
    members : frozenset of (str, str)
        Pairs of stream code and sector.
    within : str
        The grouping of which it is a part; empty at the top of its partition.
    effective_on : date
        First day on which it holds.
    source : Source
        Why it is cut this way.
    status : Status
        Whether the cut is confirmed.
    """

    id: str
    name: Text
    members: frozenset[Pair]
    within: str
    effective_on: date
    source: Source
    status: Status

    @property
    def partition(self) -> str:
        """``stat``, ``legal`` or ``plan``."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class _Item:
    row: Row
    grouping: Grouping


def parse_groupings(
    directory: Path, sources: Mapping[str, Source], codes: Collection[str]
) -> tuple[list[Grouping], list[Finding]]:
    """Read ``groupings.yaml`` of a data folder and test every partition on every day on which it changes.

    Returns
    -------
    tuple
        The groupings, all versions, and the Findings: unknown streams, overlaps, gaps, parts outside
        their whole.
    """
    partitions, findings = read_rows(directory, _FILE, "id", "partitions")
    rows, more = read_rows(directory, _FILE, "id", "groupings")
    items = [
        _Item(row, found)
        for row in once_each(rows, "id", "effective_on")
        if (found := _grouping(row, sources, codes))
    ]
    for partition in partitions:
        _check_partition(partition, items, codes)
    known = {row.text("id") for row in partitions}
    for item in items:
        if item.grouping.partition not in known:
            _refuse_partition(item.row, item.grouping.partition)
    found_in_rows = [finding for row in (*partitions, *rows) for finding in row.findings]
    return [item.grouping for item in items], [*findings, *more, *found_in_rows]


@lru_cache(maxsize=1)
def _all_versions() -> tuple[Grouping, ...]:
    groupings, findings = parse_groupings(DATA_DIRECTORY, load_sources(), load_streams().keys())
    refuse_broken(findings)
    return tuple(groupings)


@lru_cache(maxsize=256)
def load_groupings(on: date) -> Mapping[str, Grouping]:
    """Give the groupings in force on a day, by id.

    Raises
    ------
    InputError
        If the file is defective; the message lists every defect.
    """
    return MappingProxyType({grouping.id: grouping for grouping in _in_force(_all_versions(), on)})


@lru_cache(maxsize=1024)
def members_of(grouping_id: str, on: date = date.max) -> frozenset[Pair]:
    """Give the (stream, sector) pairs of a grouping, as last defined or as in force on a day.

    Raises
    ------
    NotFoundError
        If no such grouping is in force.
    """
    grouping = load_groupings(on).get(grouping_id)
    if grouping is None:
        hint = Text(f"{on} 没有这个口径。", f"It is not in force on {on}.")
        raise NotFoundError("grouping", grouping_id, hint)
    return grouping.members


def grouping_of(stream: str, sector: str, *, partition: str = "stat", on: date = date.max) -> str:
    """Give the id of the top-level grouping that holds a pair; empty if none does."""
    for grouping in load_groupings(on).values():
        if grouping.partition == partition and not grouping.within and (stream, sector) in grouping.members:
            return grouping.id
    return ""


def _in_force(groupings: Iterable[Grouping], on: date) -> list[Grouping]:
    latest: dict[str, Grouping] = {}
    for grouping in groupings:
        standing = latest.get(grouping.id)
        newer = standing is None or standing.effective_on < grouping.effective_on
        if grouping.effective_on <= on and newer:
            latest[grouping.id] = grouping
    return list(latest.values())


def _grouping(row: Row, sources: Mapping[str, Source], codes: Collection[str]) -> Grouping | None:
    key, name, effective_on = row.required("id"), row.name(), row.date("effective_on")
    status, source = row.choice("status", Status), source_of(row, sources)
    members = _members(row, codes)
    if row.findings or effective_on is None or status is None or source is None:
        return None
    return Grouping(key, name, members, row.text("within"), effective_on, source, status)


def _members(row: Row, codes: Collection[str]) -> frozenset[Pair]:
    rules = row.cells.get("members")
    if not isinstance(rules, list) or not all(isinstance(rule, Mapping) for rule in rules):
        row.required("members (list)")
        return frozenset()
    pairs: set[Pair] = set()
    for rule in rules:
        for sector in _sectors(row, rule.get("sectors")):
            pairs.update((code, sector) for code in _streams(row, rule.get("streams"), codes))
    return frozenset(pairs)


def _sectors(row: Row, written: object) -> list[str]:
    if written == "all":
        return [sector.value for sector in Sector]
    if not isinstance(written, list) or not written:
        row.required("members.sectors (list)")
        return []
    for sector in written:
        if sector not in set(Sector):
            row.refuse(
                "unknown-sector",
                sector,
                Text(f"部门“{sector}”不存在。", f"Sector “{sector}” does not exist."),
                Text(f"允许：{', '.join(Sector)} 或 all。", f"Allowed: {', '.join(Sector)} or all."),
                Text("请改正部门。", "Mend the sector."),
            )
    return [str(sector) for sector in written]


def _streams(row: Row, written: object, codes: Collection[str]) -> list[str]:
    if not isinstance(written, list) or not written:
        row.required("members.streams (list)")
        return []
    return [code for term in written for code in _expanded(row, str(term), codes)]


def _expanded(row: Row, term: str, codes: Collection[str]) -> list[str]:
    match = _RANGE.fullmatch(term)
    ends = [match[1] + match[2], match[3] + match[4]] if match else [term]
    for code in ends:
        if code not in codes:
            refuse_unknown_stream(row, code)
    if match is None:
        return [term]
    # Codes of one list have one width, so they sort as text the way they sort as numbers.
    low, high = ends
    return [code for code in codes if len(code) == len(low) and low <= code <= high]


def _check_partition(partition: Row, items: list[_Item], codes: Collection[str]) -> None:
    key = partition.required("id")
    mine = [item for item in items if item.grouping.partition == key]
    for day in sorted({item.grouping.effective_on for item in mine}):
        standing = set(_in_force([item.grouping for item in mine], day))
        today = [item for item in mine if item.grouping in standing]
        for first, second in combinations(today, 2):
            _check_apart(first, second)
        _check_parts(today)
        if partition.text("covers") == "all":
            _check_cover(partition, today, codes, day)


def _check_apart(first: _Item, second: _Item) -> None:
    if first.grouping.within != second.grouping.within:
        return
    common = sorted(first.grouping.members & second.grouping.members)
    if not common:
        return
    shown = _shown(common)
    second.row.refuse(
        "overlap",
        shown,
        Text(
            f"与“{first.grouping.id}”重叠 {len(common)} 项：{shown}。",
            f"Overlaps {first.grouping.id} in {len(common)} pairs: {shown}.",
        ),
        Text("同一口径内的分组互不重叠。", "Groupings of one partition are disjoint."),
        Text("请从其中一个分组删去这些项。", "Take these pairs out of one of the two."),
    )


def _check_parts(items: list[_Item]) -> None:
    by_id = {item.grouping.id: item.grouping for item in items}
    for item in items:
        whole = item.grouping.within
        if not whole:
            continue
        outside = sorted(item.grouping.members - (by_id[whole].members if whole in by_id else frozenset()))
        if outside:
            item.row.refuse(
                "not-within",
                _shown(outside),
                Text(
                    f"{len(outside)} 项不在“{whole}”之内：{_shown(outside)}。",
                    f"{len(outside)} pairs are not within {whole}: {_shown(outside)}.",
                ),
                Text("within 指明的分组须包含全部成员。", "The grouping named in within holds every member."),
                Text("请改正 within 或成员。", "Mend within or the members."),
            )


def _check_cover(partition: Row, items: list[_Item], codes: Collection[str], day: date) -> None:
    everything = {(code, sector.value) for code in codes for sector in Sector}
    missing = sorted(everything.difference(*(item.grouping.members for item in items)))
    if missing:
        partition.refuse(
            "gap",
            _shown(missing),
            Text(
                f"{day} 起有 {len(missing)} 项不属于任何分组：{_shown(missing)}。",
                f"From {day} on {len(missing)} pairs are in no grouping: {_shown(missing)}.",
            ),
            Text("covers: all 的口径须包含每一项。", "A partition with covers: all holds every pair."),
            Text("请把它们归入一个分组。", "Put them into a grouping."),
        )


def _refuse_partition(row: Row, partition: str) -> None:
    row.refuse(
        "unknown-partition",
        partition,
        Text(f"口径“{partition}”未登记。", f"Partition “{partition}” is not listed."),
        Text("分组标识以已登记口径开头。", "A grouping id begins with a listed partition."),
        Text("请改正标识，或先登记该口径。", "Mend the id, or list the partition first."),
    )


def _shown(pairs: list[Pair]) -> str:
    head = ", ".join(f"{stream}/{sector}" for stream, sector in pairs[:3])
    return head + (" …" if len(pairs) > 3 else "")
