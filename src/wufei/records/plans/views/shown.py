"""What the pages of a draft show: tabs with what is left to look at, lines with their doubts, findings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Any

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans import queries
from wufei.records.plans.core.definitions import Proposal, likely_definitions, why_matched
from wufei.records.plans.core.departments import Match
from wufei.records.plans.core.drafts import UNIT_FIELDS, Json, Part, Standing, anchors, group_of, stamp
from wufei.records.plans.queries import DraftPage
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.identity.queries import DepartmentRow, departments_in, regions_by_id, regions_under

PUBLISH = "plan.publish"


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of a draft: its lines, those nobody has looked at, and those of them that have doubts."""

    part: Part
    count: int
    waiting: int
    doubtful: int

    @property
    def clear(self) -> int:
        """How many wait that have no doubt."""
        return self.waiting - self.doubtful


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the list shows it."""

    part: Part
    index: int
    item: Json
    standing: Standing
    seen: str
    definition: Text | None
    why: Text | None
    proposals: tuple[Proposal, ...]
    doubts: tuple[Finding, ...]

    @property
    def is_waiting(self) -> bool:
        """Whether it has doubts that nobody has looked at."""
        return bool(self.doubts) and self.standing is Standing.READ

    @property
    def values(self) -> list[tuple[int | None, str]]:
        """Target years and their values as printed."""
        return [(year, value["text"]) for year, value in self.item.get("targets", ())]


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading."""

    title: str
    lines: tuple[Line, ...]

    @property
    def waiting(self) -> int:
        """How many lines nobody has looked at."""
        return sum(line.standing is Standing.READ for line in self.lines)


@dataclass(frozen=True, slots=True)
class Unit:
    """A name of a unit: what was chosen or found, which departments are like it, where it stands first."""

    key: str
    name: str
    count: int
    chosen: str
    match: Match
    department: DepartmentRow | None
    proposals: tuple[tuple[DepartmentRow, str], ...]
    anchor: str
    place: str

    @property
    def needs_person(self) -> bool:
        """Whether only a person can say what department it means."""
        return not self.chosen and self.match.sure is None and not self.match.is_group


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A Finding with its place in the document and the line it speaks of."""

    finding: Finding
    anchor: str
    line: tuple[Part, int] | None
    settled: bool


def draft_context(request: ScopedRequest, page: DraftPage, view: str) -> dict[str, Any]:
    """Give what every page of a draft shows."""
    region = regions_by_id([page.row.region_id])[page.row.region_id]
    doubts = doubts_by_place(page.findings)
    units = shown_units(page)
    placed = placed_findings(page)
    return {
        "page": page,
        "draft": page.row,
        "open": page.row.state == "open",
        "head": page.content["head"],
        "region": region,
        "synthetic": region.synthetic,
        "view": view,
        "tabs": tabs_of(page, doubts),
        "blocks": [_block(f"b-{at}", block) for at, block in enumerate(page.blocks)],
        "findings": placed,
        "findings_left": sum(not each.settled for each in placed),
        "units": units,
        "units_left": sum(unit.needs_person for unit in units),
        "lit": anchors(page.blocks).get(request.GET.get("at", ""), ""),
    }


_LONG_CELL = 24


def _block(anchor: str, block: Json) -> Json:
    """Give a block to be shown; a column of long words is wide, one long heading in it makes it not."""
    rows: list[list[str]] = block.get("rows", [])
    wide = [_is_wide([cell for cell in column if cell]) for column in zip_longest(*rows, fillvalue="")]
    shown = [(f"{anchor}-{at}", list(zip(cells, wide, strict=False))) for at, cells in enumerate(rows)]
    return {**block, "anchor": anchor, "rows": shown}


def _is_wide(cells: Sequence[str]) -> bool:
    return 3 * sum(len(cell) > _LONG_CELL for cell in cells) > len(cells)


def lines_context(page: DraftPage, part: Part, *, only_doubts: bool) -> dict[str, Any]:
    """Give the lines of one list, under their headings."""
    doubts = doubts_by_place(page.findings)
    lines = [line_of(part, index, item, doubts) for index, item in enumerate(page.content[part.value])]
    shown = [line for line in lines if line.is_waiting] if only_doubts else lines
    return {
        "part": part,
        "tab": tab_of(page, part, doubts),
        "only": only_doubts,
        "groups": [
            Group(title, tuple(found))
            for title, found in groupby(shown, key=lambda line: group_of(part, line.item))
        ],
    }


def tabs_of(page: DraftPage, doubts: Mapping[str, Sequence[Finding]]) -> list[Tab]:
    """Give the lists of a draft with what is left to look at."""
    return [tab_of(page, part, doubts) for part in Part]


def tab_of(page: DraftPage, part: Part, doubts: Mapping[str, Sequence[Finding]]) -> Tab:
    """Give one list of a draft with what is left to look at."""
    waiting = [each for each in page.content[part.value] if each["standing"] == Standing.READ]
    return Tab(
        part,
        dict(page.row.counts)[part],
        len(waiting),
        sum(each["place"] in doubts for each in waiting),
    )


def line_of(part: Part, index: int, item: Json, doubts: Mapping[str, Sequence[Finding]]) -> Line:
    """Give one line as the list shows it; what it may be is proposed where no definition was found."""
    chosen = item.get("indicator", "")
    known = load_indicators().get(chosen)
    matched = part in (Part.INDICATORS, Part.TARGETS)
    return Line(
        part,
        index,
        item,
        Standing(item["standing"]),
        stamp(item),
        known.name if known else None,
        why_matched(item["name"], chosen) if known else None,
        likely_definitions(item["name"], _units(item)) if matched and known is None else (),
        tuple(doubts.get(item["place"], ())),
    )


def _units(item: Json) -> frozenset[str]:
    values = [item.get("value"), item.get("baseline"), *(value for _, value in item.get("targets", ()))]
    return frozenset(value["unit"] for value in values if value)


def doubts_by_place(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Give the Findings of each place of the document."""
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault(each.where, []).append(each)
    return found


def placed_findings(page: DraftPage) -> list[PlacedFinding]:
    """Give the Findings of a draft, those that still need a look first.

    One is settled when somebody looked at every line of its place.
    """
    places = anchors(page.blocks)
    lines: dict[str, list[tuple[Part, int]]] = {}
    for part in Part:
        for index, item in enumerate(page.content[part.value]):
            lines.setdefault(item["place"], []).append((part, index))
    placed = []
    for each in page.findings:
        there = lines.get(each.where, [])
        settled = bool(there) and all(
            page.content[part.value][index]["standing"] != Standing.READ for part, index in there
        )
        placed.append(PlacedFinding(each, places.get(each.where, ""), there[0] if there else None, settled))
    return sorted(placed, key=lambda each: each.settled)


def shown_units(page: DraftPage) -> list[Unit]:
    """Give the names of units with the department each means, or those it may mean."""
    offices = {str(each.id): each for each in departments_in(regions_under(page.row.region_id))}
    first: dict[str, Json] = {}
    for part in (Part.INDICATORS, Part.TASKS, Part.PROJECTS):
        for item in page.content[part.value]:
            for field in UNIT_FIELDS & item.keys():
                for name in item[field]:
                    first.setdefault(name, item)
    return [
        Unit(
            hashlib.sha256(row.name.encode()).hexdigest()[:10],
            row.name,
            row.count,
            row.chosen,
            row.match,
            offices.get(row.chosen or str(row.match.sure or "")),
            tuple(
                (each, f"{likeness:.0f}%")
                for each, likeness in zip(row.likely, row.match.likeness, strict=True)
            ),
            first[row.name]["anchor"],
            first[row.name]["place"],
        )
        for row in queries.units_in(page)
    ]
