"""A form as a workbook: a row for an entry, a sheet for each of its repeats, tied by the row's number."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from wufei.kernel.text import Text
from wufei.runtime.forms.core.definition import Definition, Field, Kind

NUMBER = Text("编号", "No.")
"""The first column of every sheet: it ties rows of repeats to their entry, and names an entry for good."""
HINT = Text("填写说明", "Hints")
"""Stands in the first column of the row that explains the columns."""

ROWS_SHOWN = 2_000
_WITHOUT_COLUMN = frozenset({Kind.PHOTOS, Kind.FILES, Kind.SIGNATURE, Kind.REPEAT})
_HEAD = PatternFill("solid", fgColor="DFEEE8")
_QUIET = Font(color="5F6C67", italic=True)
_FORMULA_SIGNS = ("=", "+", "-", "@")
_LIST_MAX = 250
_TITLE_MAX = 31


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: the field, and which part of its answer (``value``, ``unit``, ``longitude``, ...) or none."""

    field: Field
    part: str = ""

    @property
    def label(self) -> Text:
        """The words above it."""
        named = _PARTS.get(self.part)
        if named is None:
            return self.field.title
        en = f"{self.field.title.in_language('en')} ({named.en})"
        return Text(f"{self.field.title.zh}（{named.zh}）", en)


_PARTS = {
    "unit": Text("单位", "unit"),
    "longitude": Text("经度", "longitude"),
    "latitude": Text("纬度", "latitude"),
}


def columns_of(fields: Iterable[Field]) -> tuple[SheetColumn, ...]:
    """Give the columns of fields: two for a quantity with several units and for a position."""
    return tuple(column for field in fields for column in _columns(field))


def sheet_title(field: Field | Definition, language: str) -> str:
    """Give the name of a sheet, as Excel takes it."""
    plain = "".join(" " if sign in "[]:*?/\\" else sign for sign in field.title.in_language(language))
    return plain[:_TITLE_MAX].strip() or field.key[:_TITLE_MAX]


def template_of(definition: Definition, language: str) -> bytes:
    """Give the workbook to fill in."""
    return workbook_of(definition, (), language)


def workbook_of(
    definition: Definition, entries: Iterable[tuple[str, Mapping[str, Any]]], language: str
) -> bytes:
    """Give a workbook of entries, each with its number; without any it is the template."""
    book = Workbook()
    book.remove(book.worksheets[0])
    repeats = [field for field in definition.fields if field.kind is Kind.REPEAT]
    main = _sheet(book, sheet_title(definition, language), definition.fields, language)
    inner = {
        field.key: _sheet(book, sheet_title(field, language), field.fields, language) for field in repeats
    }
    for number, values in entries:
        main.append([number, *_cells(columns_of(definition.fields), values, language)])
        for field in repeats:
            for row in values.get(field.key, []):
                inner[field.key].append([number, *_cells(columns_of(field.fields), row, language)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _columns(field: Field) -> Iterator[SheetColumn]:
    if field.kind in _WITHOUT_COLUMN:
        return
    if field.kind is Kind.POSITION:
        yield from (SheetColumn(field, part) for part in ("longitude", "latitude"))
    elif field.kind is Kind.QUANTITY:
        yield SheetColumn(field, "value")
        if len(field.units) > 1:
            yield SheetColumn(field, "unit")
    else:
        yield SheetColumn(field)


def _sheet(book: Workbook, title: str, fields: tuple[Field, ...], language: str) -> Worksheet:
    sheet: Worksheet = book.create_sheet(title)
    columns = columns_of(fields)
    sheet.append([NUMBER.in_language(language), *(column.label.in_language(language) for column in columns)])
    sheet.append([HINT.in_language(language), *(_hint(column).in_language(language) for column in columns)])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for cell in sheet[2]:
        cell.font, cell.alignment = _QUIET, Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B3"
    for at, column in enumerate(columns, start=2):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 18
        offered = _offered(column, language)
        joined = ",".join(offered)
        if offered and len(joined) <= _LIST_MAX and not any("," in one for one in offered):
            choice = DataValidation(type="list", formula1=f'"{joined}"', allow_blank=True)
            choice.add(f"{letter}3:{letter}{ROWS_SHOWN}")
            sheet.add_data_validation(choice)
    return sheet


def _offered(column: SheetColumn, language: str) -> list[str]:
    if column.part == "unit":
        return list(column.field.units)
    if column.field.kind is Kind.YES_NO:
        return [Text("是", "yes").in_language(language), Text("否", "no").in_language(language)]
    if column.field.kind is Kind.CHOICE:
        return [choice.title.in_language(language) for choice in column.field.choices]
    return []


def _hint(column: SheetColumn) -> Text:
    field = column.field
    zh, en = [], []
    if field.kind is Kind.COMPUTED:
        return Text("自动计算，不用填", "worked out, leave empty")
    if field.required:
        zh.append("必填")
        en.append("required")
    if column.part == "value":
        zh.append(f"单位 {field.units[0]}")
        en.append(f"in {field.units[0]}")
    if field.kind is Kind.CHOICES:
        zh.append("可多选，用、隔开：" + "、".join(one.title.zh for one in field.choices))
        en.append("several, with commas: " + ", ".join(one.title.in_language("en") for one in field.choices))
    if field.kind in (Kind.DATE, Kind.MONTH):
        form = "2026-03-09" if field.kind is Kind.DATE else "2026-03"
        zh.append(f"如 {form}")
        en.append(f"such as {form}")
    if field.example:
        zh.append(f"如 {field.example}")
        en.append(f"such as {field.example}")
    return Text("；".join(zh), "; ".join(en))


def _cells(columns: Iterable[SheetColumn], values: Mapping[str, Any], language: str) -> list[Any]:
    return [_cell(column, values.get(column.field.key), language) for column in columns]


def _cell(column: SheetColumn, value: Any, language: str) -> Any:
    field = column.field
    if value is None:
        return None
    if column.part:
        return value.get(column.part)
    titles = {choice.key: choice.title.in_language(language) for choice in field.choices}
    if field.kind is Kind.CHOICES:
        return "、".join(titles.get(one, one) for one in value)
    if field.kind is Kind.CHOICE:
        return titles.get(value, value)
    if isinstance(value, bool):
        return (Text("是", "yes") if value else Text("否", "no")).in_language(language)
    # In Excel a cell that begins so may be read as a formula.
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value
