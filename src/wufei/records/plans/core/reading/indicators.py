"""Indicators from the rows of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wufei.records.plans.core.reading.blocks import Table, clean, joined
from wufei.records.plans.core.reading.columns import Layout
from wufei.records.plans.core.reading.held import is_measure
from wufei.records.plans.core.reading.responsible import responsible_in
from wufei.records.plans.core.reading.result import ReadIndicator
from wufei.records.plans.core.reading.roles import Role
from wufei.records.plans.core.reading.rows import (
    NUMBER,
    Line,
    group_heading,
    lines_of,
    number_before,
    without_numeral,
)
from wufei.records.plans.core.reading.units import Units, split_units
from wufei.records.plans.core.values import Op, PlanValue, parse_value

_STARS = re.compile(r"[★☆*▲※]")
# A letter or number behind a Chinese name, or a closing bracket, is a footnote's: 回收率a, 比例①,
# 下降幅度[1].
_FOOTNOTE = re.compile(r"(?<=[\u4e00-\u9fff）)%％])\s*(?:[a-h]|[①-⑳]|[¹²³⁴⁵⁶⁷⁸⁹]|\[\d{1,2}\]|注\d)$")
# 施用量（万吨，折纯）, 下降幅度（%，较2023年）: what stands behind the comma says how it is measured.
_UNIT_BEHIND = re.compile(r"[（(]([^（）()，,；;]{1,16})(?:[，,；;][^（）()]{1,20})?[）)]$")
_TYPES = {"必选": "必选", "可选": "可选", "自选": "自选", "★": "必选", "☆": "可选"}
_ATTRIBUTES = ("约束性", "预期性", "引导性", "指导性")


def indicators_of(
    table: Table, layout: Layout, target_years: Sequence[int], known: frozenset[str]
) -> Iterator[ReadIndicator]:
    """Give the indicators of a table, in order; groups are carried down, headings of groups included.

    Parameters
    ----------
    target_years : sequence of int
        Of the document, ascending, where a head says 目标值 without a year.
    """
    layout = _with_years_of_the_plan(layout, target_years)
    level1 = level2 = type_ = attribute = whole = ""
    is_part = False
    units: tuple[str, ...] = ()
    for line in lines_of(table, layout):
        heading = group_heading(line)
        if heading:
            level1, level2 = heading, ""
            continue
        level1, changed = _carried(line, Role.LEVEL1, level1)
        level2 = without_numeral(line.words(Role.LEVEL2)) or ("" if changed else level2)
        name = line.words(Role.NAME)
        if not name:
            continue
        type_ = _type(line) or (type_ if Role.TYPE in line.cells and not _own_cell(line, Role.TYPE) else "")
        attribute = _attribute(line) or (
            attribute if not _own_cell(line, Role.ATTRIBUTE) and Role.ATTRIBUTE in line.cells else ""
        )
        found = _units(line, known)
        units = found.names or units
        no, name = number_before(_number(line), name)
        bare, unit = _name_and_unit(name, line.words(Role.MEASURE))
        is_part = not no and (bare.startswith("其中") or is_part)
        unit = whole = unit or (whole if is_part else "")
        yield ReadIndicator(
            no=no,
            level1=level1,
            level2=level2,
            name=bare,
            type=type_,
            attribute=attribute,
            baseline=_value(line.words(Role.BASE), unit) if Role.BASE in line.cells else None,
            targets=tuple(_targets(line, layout, unit)),
            units=units,
            place=line.row.place,
            glued=found.glued,
        )


def _carried(line: Line, role: Role, above: str) -> tuple[str, bool]:
    said = (joined(cell) for cell in line.cells.get(role, []))
    words = without_numeral(next((each for each in said if each not in _TYPES), ""))
    return (words or above), bool(words) and words != above


def _own_cell(line: Line, role: Role) -> bool:
    return bool(line.words(role))


def _number(line: Line) -> str:
    found = NUMBER.fullmatch(line.words(Role.NO))
    return found[1] if found else ""


def _type(line: Line) -> str:
    note = line.words(Role.NOTE)
    # 必选 stands below 指标性质 and 指标类别 as well.
    others = (joined(cell) for role in (Role.ATTRIBUTE, Role.LEVEL1) for cell in line.cells.get(role, []))
    of_others = next((each for each in others if each in _TYPES), "")
    words = line.words(Role.TYPE) or of_others or (note if note in _TYPES else "")
    for word, meant in _TYPES.items():
        if word in words:
            return meant
    if _STARS.search(line.words(Role.NAME)) or _STARS.search(line.words(Role.NO)):
        return "必选"
    return "" if any(word in words for word in _ATTRIBUTES) else words


def _attribute(line: Line) -> str:
    words = line.words(Role.ATTRIBUTE) or line.words(Role.TYPE)
    own = line.words(Role.ATTRIBUTE)
    return next(
        (word for word in _ATTRIBUTES if word in words), "" if own in _TYPES or _NONE.fullmatch(own) else own
    )


_NONE = re.compile(r"[-—–/]*")


def _units(line: Line, known: frozenset[str]) -> Units:
    names: list[str] = []
    glued: list[tuple[str, tuple[str, ...]]] = []
    for role in (Role.LEAD, Role.SUPPORT, Role.UNITS):
        found = responsible_in(line.raw(role), known)
        units = split_units(line.raw(role), known)
        names += [name for name in (*found.lead, *found.support) if name not in names] if found else []
        names += [name for name in units.names if name not in names] if not found else []
        glued += units.glued
    return Units(tuple(names), tuple(glued))


def _name_and_unit(name: str, measure: str) -> tuple[str, str]:
    """Give the name without stars, footnote and the unit behind it, and the unit."""
    bare = clean(_FOOTNOTE.sub("", clean(_STARS.sub("", name))))
    found = _UNIT_BEHIND.search(bare)
    if found and is_measure(found[1]):
        return clean(_FOOTNOTE.sub("", clean(bare[: found.start()]))), measure or found[1]
    return bare, measure


_AMOUNT = re.compile(r"[\d.,]*\d(?!.*\d)")
_IN_BRACKETS = re.compile(r"[\[〔【［（(]([^\]〕】］）)]+)[\]〕】］）)]")


def _value(text: str, unit: str) -> PlanValue:
    """Read a value; a bare number takes the unit of its column or name."""
    value = parse_value(text)
    inner = _IN_BRACKETS.fullmatch(text)
    if inner and parse_value(inner[1]).is_number:
        # [10] is said of the whole term.
        value = replace(parse_value(inner[1]), text=text)
        text = inner[1]
    if value.is_number and not value.unit and unit not in {"", "-", "/", "—"}:
        with_unit = parse_value(_AMOUNT.sub(rf"\g<0>{unit}", text, count=1))
        if with_unit.is_number:
            return PlanValue(value.text, with_unit.op, with_unit.value, with_unit.high, with_unit.unit)
        return PlanValue(value.text, value.op, value.value, value.high, unit)
    return value


def _targets(line: Line, layout: Layout, unit: str) -> Iterator[tuple[int | None, PlanValue]]:
    columns = [column for column in layout.columns if column.role is Role.TARGET]
    for column, cell in zip(columns, line.cells.get(Role.TARGET, []), strict=False):
        value = _value(joined(cell), unit)
        if value.op is not Op.BLANK or value.text.strip() or len(columns) == 1:
            yield column.year, value


def _with_years_of_the_plan(layout: Layout, years: Sequence[int]) -> Layout:
    """Give targets without a year those of the plan, in order; the last one to a target that stands alone."""
    bare = [at for at in layout.of(Role.TARGET) if layout.columns[at].year is None]
    own = {layout.columns[at].year for at in layout.of(Role.TARGET)}
    free = [year for year in years if year not in own] or list(years)
    if len(bare) == 1:
        free = free[-1:]
    if not bare or len(bare) != len(free):
        return layout
    named = dict(zip(bare, free, strict=True))
    columns = (replace(each, year=named.get(at, each.year)) for at, each in enumerate(layout.columns))
    return replace(layout, columns=tuple(columns))
