"""名录: search and browse the items of the lists, one item, and all of them as a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from wufei.kernel.text import Text
from wufei.records.catalogue import queries
from wufei.records.catalogue.core.codes import plain_code
from wufei.records.catalogue.core.conversions import Conversion, load_conversions
from wufei.records.catalogue.core.exemptions import (
    Decision,
    Step,
    conditions_of,
    exemption_for,
    exemptions_of,
)
from wufei.records.catalogue.core.finding import find_items
from wufei.records.catalogue.core.items import Basis, Group, Item
from wufei.records.catalogue.core.placing import placings_of
from wufei.records.catalogue.core.sources import Status
from wufei.records.catalogue.core.streams import LegalClass, Stream, load_streams
from wufei.runtime.access.core import allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.pages.core.tables import Cell, Column, table_workbook
from wufei.runtime.pages.responses import workbook_response

COLUMNS = (
    Column("code", Text("废物代码", "Code")),
    Column("name", Text("名称", "Name")),
    Column("category", Text("类别", "Category")),
    Column("industry", Text("行业来源", "Industry")),
    Column("hazards", Text("危险特性", "Hazards")),
    Column("form", Text("形态", "Form")),
    Column("everyday", Text("常见来源", "Where it is met")),
    Column("excludes", Text("不包括", "Not meant")),
    Column("effective_on", Text("施行日期", "In force from")),
    Column("source", Text("出处", "Source")),
    Column("status", Text("状态", "Status")),
    Column("basis", Text("代码依据", "What the code rests on")),
)
_CLASSES = {
    LegalClass.HAZARDOUS: Text("危险废物", "Hazardous waste"),
    LegalClass.GENERAL_INDUSTRIAL: Text("一般工业固体废物", "General industrial waste"),
    LegalClass.HOUSEHOLD: Text("生活垃圾", "Household waste"),
    LegalClass.CONSTRUCTION: Text("建筑垃圾", "Construction waste"),
    LegalClass.AGRICULTURAL: Text("农业固体废物", "Agricultural waste"),
    LegalClass.OTHER: Text("其他固体废物", "Other solid waste"),
}


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category with the number of its items."""

    stream: Stream
    count: int


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A legal class with its categories."""

    key: str
    name: Text
    categories: tuple[CategoryRow, ...]

    @property
    def count(self) -> int:
        """Items of all its categories."""
        return sum(category.count for category in self.categories)


@require_GET
def catalogue_page(request: ScopedRequest) -> HttpResponse:
    """Show the search box, what it finds, or the lists to browse: class, category, items."""
    listed = queries.items(today_on())
    wanted, category = request.GET.get("q", "").strip(), request.GET.get("category", "")
    group = request.GET.get("group", "")
    narrowed = bool(wanted or category or group)
    found = _found(listed, wanted, category, group) if narrowed else []
    context = {
        "q": wanted,
        "category": load_streams().get(category),
        "group": group,
        "groups": [(one.value, one.label) for one in Group],
        "narrowed": narrowed,
        "items": found,
        "columns": _columns(_classes(tuple(listed.values()))),
        "total": len(listed),
        "unconfirmed": sum(item.status is Status.TO_BE_CONFIRMED for item in listed.values()),
        "lists": queries.official_lists(),
        "may_check": allowed(request.scope, "catalogue.read"),
    }
    return render(request, "catalogue/catalogue.html", context)


@require_GET
def items_page(request: ScopedRequest) -> HttpResponse:
    """Give the items as a sheet: all of them, or those that the page shows."""
    listed = queries.items(today_on())
    asked = request.GET
    found = _found(listed, asked.get("q", "").strip(), asked.get("category", ""), asked.get("group", ""))
    language = get_language() or "zh-hans"
    title = Text("废物名录", "Items of the waste lists").in_language(language)
    notes = [
        Text(
            "名称为概括；“待核实”的以官方附表为准。",
            "Names are short; what is to be confirmed yields to the annex.",
        )
    ]
    cells = [_cells(item, language) for item in found]
    words = [note.in_language(language) for note in notes]
    return workbook_response(table_workbook(title, words, COLUMNS, cells, language), title)


@require_GET
def item_page(request: ScopedRequest, code: str) -> HttpResponse:
    """Show one item: what it is, how dangerous, what may be exempt, how it is weighed and counted."""
    on = today_on()
    item = queries.item(plain_code(code), on)
    context = {
        "item": item,
        "category": load_streams()[item.category],
        "exemptions": exemptions_of(item.code, on),
        "conditions": conditions_of(item.code, on),
        "steps": [(step.value, step.label) for step in Step],
        "step": request.GET.get("step", ""),
        "facts": request.GET.getlist("fact"),
        "decision": _decision(request, item.code, on),
        "conversions": _conversions(item.stream, on),
        "placings": placings_of(item.stream, on),
        "versions": queries.versions(item.code),
        "proposed": item.basis is Basis.PROPOSED,
        "group": Group(item.group).label if item.group else None,
    }
    return render(request, "catalogue/item.html", context)


def _decision(request: ScopedRequest, code: str, on: date) -> Decision | None:
    """Decide by what the reader ticked; what is not ticked is not known to hold."""
    step = request.GET.get("step", "")
    if step not in set(Step):
        return None
    return exemption_for(code, Step(step), dict.fromkeys(request.GET.getlist("fact"), True), on=on)


def _found(listed: Mapping[str, Item], wanted: str, category: str, group: str) -> list[Item]:
    narrowed = [
        item for item in listed.values() if category in {"", item.category} and group in {"", item.group}
    ]
    if not wanted:
        return narrowed
    # A code or a part of one is no name: there the finder would only guess.
    plain = wanted.isascii() and any(letter.isdigit() for letter in wanted)
    named = () if plain else queries.finder(listed, today_on())(wanted)
    return find_items(narrowed, wanted, named)


def _classes(listed: Sequence[Item]) -> list[ClassRow]:
    counts = Counter(item.category for item in listed)
    order = list(_CLASSES)
    rows = sorted(queries.categories(), key=lambda stream: order.index(stream.legal_class))
    return [
        ClassRow(
            legal_class.value,
            _CLASSES[legal_class],
            tuple(CategoryRow(stream, counts[stream.code]) for stream in streams),
        )
        for legal_class, streams in groupby(rows, key=lambda stream: stream.legal_class)
    ]


def _columns(classes: list[ClassRow]) -> tuple[list[ClassRow], list[ClassRow]]:
    """Put hazardous waste, which has the most categories, beside all others."""
    return classes[:1], classes[1:]


def _conversions(stream: str, on: date) -> list[Conversion]:
    in_force = [one for one in load_conversions() if one.stream == stream and one.effective_on <= on]
    latest = {one.unit: one for one in sorted(in_force, key=lambda one: one.effective_on)}
    return list(latest.values())


def _cells(item: Item, language: str) -> list[Cell]:
    category = load_streams()[item.category].name
    return [
        item.code,
        item.name.in_language(language),
        f"{item.category} {category.in_language(language)}",
        item.industry.in_language(language),
        item.hazards,
        item.form.label.in_language(language) if item.form else "",
        item.everyday.in_language(language),
        item.excludes.in_language(language),
        item.effective_on.isoformat(),
        item.source.title.in_language(language),
        item.status.label.in_language(language),
        item.basis.label.in_language(language),
    ]
