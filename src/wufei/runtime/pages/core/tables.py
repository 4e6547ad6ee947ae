"""What every table of the pages shares: columns, the choice of them, the sheet that is exported."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from wufei.kernel.text import Text

Cell = str | int | float | Decimal | None

_HEAD = PatternFill("solid", fgColor="DFEEE8")
_WIDEST = 60
# What is longer than its column is broken within it.
_LONG = Alignment(vertical="top", wrap_text=True)
_NARROWEST = 8
# In Excel a cell that begins so may be read as a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in the address, its title, whether it is numeric, shown at first, or always."""

    key: str
    title: Text
    numeric: bool = False
    shown: bool = True
    fixed: bool = False


def chosen_columns(columns: Sequence[Column], wanted: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns that the reader named and the fixed ones; if none is named, those shown at first."""
    known = {column.key for column in columns} & set(wanted)
    if not known:
        return tuple(column for column in columns if column.shown or column.fixed)
    return tuple(column for column in columns if column.fixed or column.key in known)


@dataclass(frozen=True, slots=True)
class MoreRows:
    """A table on a sheet of its own behind the first."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


def table_workbook(
    title: str,
    notes: Sequence[str],
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    language: str,
    more: Sequence[MoreRows] = (),
) -> bytes:
    """Return an .xlsx of what is shown: title, notes (period, book, 示例区·合成数据), head, rows."""
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    _add_sheet(book, notes, MoreRows(title, columns, rows), language)
    for each in more:
        _add_sheet(book, (), each, language)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _add_sheet(book: Workbook, notes: Sequence[str], table: MoreRows, language: str) -> None:
    columns, rows = table.columns, table.rows
    sheet = book.create_sheet(_sheet_title(table.title))
    sheet.append([_harmless(table.title)])
    sheet["A1"].font = Font(bold=True, size=14)
    for note in notes:
        sheet.append([_harmless(note)])
    sheet.append([])
    sheet.append([column.title.in_language(language) for column in columns])
    head = sheet.max_row
    for cell in sheet[head]:
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    for number, row in enumerate(rows, start=head + 1):
        sheet.append([_harmless(value) for value in row])
        for place, value in enumerate(row, start=1):
            if isinstance(value, str) and _columns_of(value) > _WIDEST:
                sheet.cell(number, place).alignment = _LONG
    sheet.freeze_panes = f"A{head + 1}"
    _print_across(sheet, head)
    for index, column in enumerate(columns, start=1):
        cells = [column.title.in_language(language), *(row[index - 1] for row in rows)]
        sheet.column_dimensions[get_column_letter(index)].width = _width(cells)


def _harmless(value: Cell) -> Cell:
    if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) and len(value) > 1:
        return f"'{value}"
    return value


def _print_across(sheet: Worksheet, head: int) -> None:
    """Print across A4, as wide as one page, with the head on every page and its number."""
    setup = sheet.page_setup
    setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", 9, 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{head}:{head}"
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart("&P / &N"))


def _sheet_title(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\")[:31] or "Wufei"


def _width(cells: Sequence[Cell]) -> int:
    # A Chinese character is two columns wide.
    widest = max(_columns_of(str(cell or "")) for cell in cells)
    return max(_NARROWEST, min(_WIDEST, widest + 2))


def _columns_of(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)
