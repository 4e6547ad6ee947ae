"""An assessment as read and checked by the lists in force, and its table to download; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.annex import ListKind
from wufei.records.catalogue.core.items import Item, load_items
from wufei.records.catalogue.queries import finder, items, official_lists
from wufei.records.plans.core.eia.as_json import COLUMNS, waste_row
from wufei.records.plans.core.eia.checks import Lists, eia_findings
from wufei.records.plans.core.eia.read import read_eia_file
from wufei.records.plans.core.eia.values import Eia
from wufei.records.plans.core.eia.whole import intensity_text
from wufei.records.plans.core.reading.blocks import Block
from wufei.runtime.access.core import Scope, allowed, require
from wufei.runtime.pages.core.tables import Column, MoreRows, table_workbook


@dataclass(frozen=True, slots=True)
class EiaPage:
    """What a page shows: the document, what was read, what is to be looked at."""

    eia: Eia
    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...]


def require_reader(scope: Scope, region_id: int | None = None) -> None:
    """Let pass who reviews in a region, or keeps its register; raises AccessError for others."""
    action = "registry.write" if allowed(scope, "registry.write") else "entry.review"
    require(scope, action, region_id=region_id)


def check_eia(scope: Scope, *, content: bytes, name: str, on: date) -> EiaPage:
    """Read and check a document by the lists in force on a day.

    Raises
    ------
    AccessError
        The role neither reviews nor keeps the register.
    InputError
        Nothing can be read of the file: as `wufei.records.plans.core.reading.files.blocks_of_file`.
    """
    require_reader(scope)
    whole = any(each.whole and each.kind is ListKind.HAZARDOUS for each in official_lists())
    return _checked(content, name, items(on), on, whole=whole)


def check_eia_packaged(*, content: bytes, name: str, on: date) -> EiaPage:
    """Do as `check_eia` by the lists that come with Wufei: for a machine without a database."""
    return _checked(content, name, load_items(), on, whole=False)


def _checked(content: bytes, name: str, listed: Mapping[str, Item], on: date, *, whole: bool) -> EiaPage:
    eia, blocks = read_eia_file(content, name)
    return EiaPage(eia, tuple(blocks), eia_findings(eia, Lists(listed, finder(listed, on), on, whole)))


def eia_workbook(eia: Eia, findings: Sequence[Finding], language: str) -> bytes:
    """Give the table of wastes as .xlsx, and on a second sheet what is missing or wrong, gravest first."""
    columns = [Column(key, title, numeric=key == "tonnes") for key, title in COLUMNS]
    rows = [waste_row(each, language) for each in eia.wastes]
    notes = [eia.builder, *(f"{each.text}: {intensity_text(eia, each)}" for each in eia.products)]
    found = [
        [
            *(each.severity.label.in_language(language), each.message.in_language(language)),
            *(each.fix.in_language(language), each.rule.in_language(language), each.where),
        ]
        for each in findings
    ]
    more = MoreRows(_MISSING.in_language(language), _FINDING, found)
    title = eia.title or _UNTITLED.in_language(language)
    return table_workbook(title, [each for each in notes if each], columns, rows, language, [more])


_MISSING = Text("缺漏和问题", "What is missing or wrong")
_UNTITLED = Text("环评固体废物", "Waste of an assessment")
_FINDING = (
    Column("severity", Text("程度", "Severity")),
    Column("message", Text("问题", "What is wrong")),
    Column("fix", Text("怎么办", "What to do")),
    Column("rule", Text("依据", "Rule")),
    Column("place", Text("原文位置", "Place")),
)
