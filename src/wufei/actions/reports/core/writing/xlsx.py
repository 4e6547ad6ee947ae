"""A sheet as XLSX: title, head repeated on every page, fitted to the width of one page."""

from __future__ import annotations

import io
import re
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from wufei.actions.reports.core.classified import refuse_classified
from wufei.actions.reports.core.layouts import Layout, Style
from wufei.actions.reports.core.sheets import Sheet, Value
from wufei.actions.reports.core.writing.package import repacked, xml_text
from wufei.kernel.errors import InvariantError
from wufei.kernel.text import Text

_MM_PER_INCH = 25.4
_PAPER = {(210.0, 297.0): 9, (297.0, 420.0): 8}
_THIN = Side(style="thin", color="000000")
_LINES = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_NO_CLOCK = datetime(2000, 1, 1)  # noqa: DTZ001 - a property of the file, not an instant
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_CELL_MAX = 32_767
_ALIGN = {"left": "left", "center": "center", "right": "right", "both": "left"}
_WIDE = 0x2E80
_CONTINUED = "…（续见文稿）"


def write_xlsx(sheet: Sheet, layout: Layout) -> bytes:
    """Write a sheet as XLSX; the same sheet and layout give the same bytes.

    Raises
    ------
    InputError
        ``report.classified`` for a sheet marked 秘密 or above.
    """
    refuse_classified((sheet.title, *sheet.remarks, *_words(sheet)), "sheet")
    book = Workbook()
    page = book.active
    if not isinstance(page, Worksheet):
        page = book.create_sheet()
    page.title = _name_of(layout.title.zh)
    _fill(page, sheet, layout)
    _print_setup(page, layout, head=3, synthetic=sheet.synthetic)
    book.properties.title, book.properties.creator = xml_text(sheet.title), "Wufei"
    book.properties.created = _NO_CLOCK
    out = io.BytesIO()
    book.save(out)
    return repacked(out.getvalue(), replace=_untimed)


def _untimed(name: str, part: bytes) -> bytes:
    """Take away when openpyxl saved the file."""
    return _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", part) if name == "docProps/core.xml" else part


def _fill(page: Worksheet, sheet: Sheet, layout: Layout) -> None:
    count, styles = len(layout.columns), layout.styles
    title = _put(page, 1, 1, sheet.title, styles["title"])
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=count)
    title.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    widest = sum(column.width for column in layout.columns) * layout.styles["table"].size_pt
    lines = -(-_columns_of(sheet.title) * styles["title"].size_pt // max(1.0, widest))
    page.row_dimensions[1].height = styles["title"].size_pt * (0.5 + 1.5 * lines)
    _remarks(page, sheet, layout)
    for place, column in enumerate(layout.columns, start=1):
        _put(page, 3, place, column.title, styles["table_head"], lined=True)
        page.column_dimensions[get_column_letter(place)].width = column.width
    page.row_dimensions[2].height = styles["remark"].size_pt * 1.8
    page.row_dimensions[3].height = _height(tuple(each.title for each in layout.columns), layout) + 4
    rows = [*sheet.rows, *([sheet.totals] if sheet.totals else [])]
    for number, row in enumerate(rows, start=4):
        for place, value in enumerate(row, start=1):
            _put(page, number, place, value, styles["table"], lined=True)
        page.row_dimensions[number].height = _height(row, layout)
    page.freeze_panes = "A4"


def _remarks(page: Worksheet, sheet: Sheet, layout: Layout) -> None:
    count = len(layout.columns)
    half = count // 2
    for place, remark in zip((1, half + 1), sheet.remarks, strict=False):
        cell = _put(page, 2, place, remark, layout.styles["remark"])
        page.merge_cells(start_row=2, start_column=place, end_row=2, end_column=half if place == 1 else count)
        cell.alignment = Alignment(horizontal="left" if place == 1 else "right", vertical="center")


def _print_setup(page: Worksheet, layout: Layout, *, head: int, synthetic: bool) -> None:
    size = layout.page
    page.page_setup.orientation = "landscape" if size.width_mm > size.height_mm else "portrait"
    short, long = sorted((size.width_mm, size.height_mm))
    page.page_setup.paperSize = _PAPER.get((short, long), 9)
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = page.page_margins
    margins.left, margins.right = size.left_mm / _MM_PER_INCH, size.right_mm / _MM_PER_INCH
    margins.top, margins.bottom = size.top_mm / _MM_PER_INCH, size.bottom_mm / _MM_PER_INCH
    margins.footer = margins.header = size.footer_mm / _MM_PER_INCH
    page.print_title_rows = f"{head}:{head}"
    page.print_options.horizontalCentered = True
    words = layout.word("page_number", page="&P", pages="&N")
    page.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(words))
    if synthetic:
        page.HeaderFooter.oddHeader = HeaderFooterItem(center=_HeaderFooterPart(layout.word("synthetic")))


def _put(page: Worksheet, row: int, column: int, value: Value, style: Style, *, lined: bool = False) -> Cell:
    cell = page.cell(row=row, column=column)
    if not isinstance(cell, Cell):
        raise InvariantError("sheet.merged", Text("合并单元格不能写入", "A merged cell takes no value"))
    if isinstance(value, str):
        # Words are stored as words, also where they begin with = + - @.
        cell.value, cell.data_type = _bounded(xml_text(value)), "s"
    else:
        cell.value = value
    cell.font = Font(
        name=style.font, size=style.size_pt, bold=style.bold, color=f"FF{style.color}", charset=134
    )
    number = isinstance(value, int | Decimal)
    cell.alignment = Alignment(
        horizontal="center" if number else _ALIGN[style.align], vertical="center", wrap_text=True
    )
    if lined:
        cell.border = _LINES
    return cell


def _bounded(text: str) -> str:
    """A cell holds 32,767 signs; what is beyond is said to be missing."""
    return text if len(text) <= _CELL_MAX else text[: _CELL_MAX - len(_CONTINUED)] + _CONTINUED


def _height(row: tuple[Value, ...], layout: Layout) -> float:
    """Give the height in points that the longest cell of a row needs: rows do not grow by themselves."""
    lines = 1
    for value, column in zip(row, layout.columns, strict=False):
        needed = sum(
            max(1, -(-_columns_of(part) // max(1, int(column.width - 1))))
            for part in str(value or "").split("\n")
        )
        lines = max(lines, needed)
    size = layout.styles["table"].size_pt
    return min(409.0, lines * size * 1.35 + 6)


def _columns_of(text: str) -> int:
    return sum(2 if ord(sign) > _WIDE else 1 for sign in text)


def _words(sheet: Sheet) -> list[str]:
    return [value for row in sheet.rows for value in row if isinstance(value, str)]


def _name_of(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\")[:31]
