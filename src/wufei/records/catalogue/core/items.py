"""Items of the official lists: what a code names, how dangerous it is, and how surely we know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.codes import category_of, is_hazardous
from wufei.records.catalogue.core.industries import load_industries, parse_industries
from wufei.records.catalogue.core.rows import (
    DATA_DIRECTORY,
    Row,
    gathered,
    once_each,
    read_rows,
    refuse_broken,
)
from wufei.records.catalogue.core.sources import Source, Status, load_sources, source_of
from wufei.records.catalogue.core.streams import load_streams

HAZARDOUS_FILE, GENERAL_FILE = "items-hazardous.csv", "items-general.csv"
_SEPARATORS = str.maketrans({",": " ", "/": " ", "，": " ", "、": " ", "／": " "})


class Hazard(StrEnum):
    """A hazardous property, as the list abbreviates it."""

    TOXIC = "T"
    CORROSIVE = "C"
    IGNITABLE = "I"
    REACTIVE = "R"
    INFECTIOUS = "In"

    @property
    def label(self) -> Text:
        """The word shown beside the letter."""
        return _HAZARDS[self]


_HAZARDS = {
    Hazard.TOXIC: Text("毒性", "Toxic"),
    Hazard.CORROSIVE: Text("腐蚀性", "Corrosive"),
    Hazard.IGNITABLE: Text("易燃性", "Ignitable"),
    Hazard.REACTIVE: Text("反应性", "Reactive"),
    Hazard.INFECTIOUS: Text("感染性", "Infectious"),
}


class Form(StrEnum):
    """The physical form in which waste of an item mostly is."""

    SOLID = "solid"
    SEMI_SOLID = "semi-solid"
    LIQUID = "liquid"
    MIXED = "mixed"

    @property
    def label(self) -> Text:
        """The word shown on screen."""
        return _FORMS[self]


_FORMS = {
    Form.SOLID: Text("固态", "Solid"),
    Form.SEMI_SOLID: Text("半固态", "Semi-solid"),
    Form.LIQUID: Text("液态", "Liquid"),
    Form.MIXED: Text("多种形态", "Various"),
}


class Basis(StrEnum):
    """What the code itself rests on."""

    ANNEX = "annex"
    EARLIER_LIST = "earlier-list"
    RENUMBERED = "renumbered"
    MEMORY = "memory"
    PROPOSED = "proposed"

    @property
    def label(self) -> Text:
        """The sentence shown beside the code."""
        return _BASES[self]


_BASES = {
    Basis.ANNEX: Text("代码取自导入的官方附表。", "The code stands in the imported official annex."),
    Basis.EARLIER_LIST: Text(
        "代码见于较早版本名录的公开文本，待与现行附表核对。",
        "The code stands in a public copy of an earlier list; to be compared with the annex in force.",
    ),
    Basis.RENUMBERED: Text(
        "较早版本换过行业代码，现行代码待与附表核对。",
        "The list changed the industry digits; the present code is to be compared with the annex.",
    ),
    Basis.MEMORY: Text(
        "代码未见官方文本，待与附表核对。",
        "No official text of this code was before us; to be compared with the annex.",
    ),
    Basis.PROPOSED: Text(
        "代码按编码规则拟定，顺序号未核实：导入官方附表前请勿用于正式单据。",
        "The code follows the rule of the list, its serial is not confirmed: do not use it on official "
        "papers before the annex is imported.",
    ),
}


class Group(StrEnum):
    """Groups of items that people ask for across categories; an item is in one at most."""

    RECYCLABLES = "recyclables"
    KITCHEN_AND_OIL = "kitchen-and-oil"
    GREEN = "green"
    EMERGING = "emerging"

    @property
    def label(self) -> Text:
        """The words shown on screen."""
        return _GROUPS[self]


_GROUPS = {
    Group.RECYCLABLES: Text("可回收物与再生资源", "Recyclables"),
    Group.KITCHEN_AND_OIL: Text("厨余与废弃油脂", "Kitchen waste and used cooking oil"),
    Group.GREEN: Text("园林绿化垃圾", "Green waste"),
    Group.EMERGING: Text("新兴固体废物（动力电池、光伏组件、风机叶片）", "Emerging waste"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list.

    Attributes
    ----------
    code : str
        ``900-214-08`` (hazardous list) or ``900-001-S17`` (catalogue of solid waste).
    name : Text
        What it is; our own short words, or the wording of an imported annex.
    hazards : str
        As the list writes them: ``,`` joins properties that it has together, ``/`` those of which it has one
        or more. Empty for waste that is not hazardous.
    form : Form or None
        The form it mostly has; None where nobody said.
    everyday : Text
        Where people meet it.
    excludes : Text
        What looks alike and is not meant; empty for most.
    industry : Text
        The industry it comes from.
    group : str
        A `Group`, or empty.
    basis : Basis
        What the code rests on.
    effective_on, valid_to : date, date or None
        First day of the list, and the day from which it is no longer listed.
    source : Source
        The list.
    status : Status
        Whether code and words are confirmed.
    """

    code: str
    name: Text
    hazards: str
    form: Form | None
    everyday: Text
    excludes: Text
    industry: Text
    group: str
    basis: Basis
    effective_on: date
    valid_to: date | None
    source: Source
    status: Status

    @property
    def category(self) -> str:
        """The category, ``HW08`` or ``SW17``."""
        return category_of(self.code)

    @property
    def hazardous(self) -> bool:
        """Whether it is hazardous waste."""
        return is_hazardous(self.code)

    @property
    def hazard_set(self) -> tuple[Hazard, ...]:
        """The properties without how they are joined, in the order of the list."""
        return hazards_in(self.hazards) or ()

    def in_force(self, on: date) -> bool:
        """Say whether it is listed on a day."""
        return self.effective_on <= on and (self.valid_to is None or on < self.valid_to)


def hazards_in(written: str) -> tuple[Hazard, ...] | None:
    """Read properties as the list writes them, such as ``T/In``; None if something else stands there."""
    letters = written.translate(_SEPARATORS).split()
    known = {hazard.value: hazard for hazard in Hazard}
    if not set(letters) <= known.keys():
        return None
    return tuple(known[letter] for letter in dict.fromkeys(letters))


def parse_items(directory: Path, sources: Mapping[str, Source]) -> tuple[dict[str, Item], list[Finding]]:
    """Read the two lists of items of a data folder."""
    industries = parse_industries(directory, sources)[0]
    items: dict[str, Item] = {}
    findings: list[Finding] = []
    for file in (HAZARDOUS_FILE, GENERAL_FILE):
        rows, more = read_rows(directory, file, "code")
        items |= {
            item.code: item for row in once_each(rows, "code") if (item := _item(row, sources, industries))
        }
        findings += more + gathered(rows)
    return items, findings


@lru_cache(maxsize=1)
def load_items() -> Mapping[str, Item]:
    """Give the items that come with Wufei, by code.

    Raises
    ------
    InputError
        If a file is defective; the message lists every defect.
    """
    items, findings = parse_items(DATA_DIRECTORY, load_sources())
    refuse_broken(findings)
    return MappingProxyType(items)


def industry_name(code: str) -> Text:
    """Give the name of the industry that an item code begins with; empty where it is not known."""
    return load_industries().get(code[:3], Text(""))


def _item(row: Row, sources: Mapping[str, Source], industries: Mapping[str, Text]) -> Item | None:
    code, name, status = row.required("code"), row.name(), row.choice("status", Status)
    form, basis = row.choice("form", Form), row.choice("basis", Basis)
    effective_on, source = row.date("effective_on"), source_of(row, sources)
    group = row.choice("group", Group) if row.text("group") else None
    _check_code(row, code, industries)
    _check_hazards(row, code)
    everyday = Text(row.required("everyday_zh"), row.required("everyday_en"))
    if row.findings or status is None or form is None or basis is None:
        return None
    if effective_on is None or source is None:
        return None
    return Item(
        code=code,
        name=name,
        hazards=row.text("hazards"),
        form=form,
        everyday=everyday,
        excludes=Text(row.text("excludes_zh"), row.text("excludes_en")),
        industry=industries[code[:3]],
        group=group or "",
        basis=basis,
        effective_on=effective_on,
        valid_to=None,
        source=source,
        status=status,
    )


def _check_code(row: Row, code: str, industries: Mapping[str, Text]) -> None:
    """Refuse a code of the wrong form, of no known category or industry, or of the other list."""
    file_is_hazardous = row.where.startswith(HAZARDOUS_FILE)
    stands = category_of(code) in load_streams() and is_hazardous(code) == file_is_hazardous
    if not code or (stands and code[:3] in industries):
        return
    row.refuse(
        "bad-item-code",
        code,
        Text(f"“{code}”不是本表可用的废物代码。", f"“{code}” is no item code of this list."),
        Text(
            "危险废物：行业3位-顺序3位-类别2位；其他固体废物：行业3位-0加2位-S加2位；"
            "行业须在 industries.csv 中。",
            "Hazardous: 3 digits of the industry, 3 of the serial, 2 of the category; others: 3 digits, 0 "
            "and 2 digits, S and 2 digits; the industry stands in industries.csv.",
        ),
        Text("请改正代码，或先登记行业。", "Mend the code, or list the industry first."),
    )


def _check_hazards(row: Row, code: str) -> None:
    written = row.text("hazards")
    found = hazards_in(written)
    if found is not None and bool(found) == is_hazardous(code):
        return
    row.refuse(
        "bad-hazards",
        written,
        Text(f"危险特性“{written}”有误。", f"The hazards “{written}” are wrong."),
        Text(
            "危险废物写 T、C、I、R、In，以逗号或斜线相连；其他固体废物不写。",
            "Hazardous waste has T, C, I, R or In joined by comma or slash; other waste has none.",
        ),
        Text("请按名录改正。", "Mend them after the list."),
    )
