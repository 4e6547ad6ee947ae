"""Sheets of names and codes: read by their heads, and written back corrected with a log of every change."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.catalogue.core.proposals import NamedRow, Proposal
from wufei.runtime.files.core.sheets import Sheet, SheetRow, Value, place_of

HEADER_WITHIN_ROWS = 20
ROWS_MAX = 20_000
_NAMES = ("废物名称", "固体废物名称", "危险废物名称", "名称", "危险废物", "name")
_CODES = ("废物代码", "固体废物代码", "危险废物代码", "代码", "code")
_CHANGED = PatternFill("solid", fgColor="FFF3C4")
_LOG = Text("修改记录", "Log")
_HEAD = (
    Text("位置", "Place"),
    Text("问题", "What was wrong"),
    Text("原名称", "Name before"),
    Text("原代码", "Code before"),
    Text("新名称", "Name now"),
    Text("新代码", "Code now"),
    Text("可能的代码", "Codes that may be meant"),
    Text("依据", "Why"),
    Text("时间", "When"),
)
# In Excel a cell that begins so may be read as a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class NameSheet:
    """A sheet as it was sent.

    Attributes
    ----------
    title : str
        Name of the sheet.
    cells : tuple of tuple of Value
        All its cells, the head included.
    name_column, code_column : int
        From 0.
    rows : tuple of NamedRow
        The rows below the head that hold a name or a code.
    numbers : tuple of int
        For each of ``rows`` its position in ``cells``, from 0.
    """

    title: str
    cells: tuple[tuple[Value, ...], ...]
    name_column: int
    code_column: int
    rows: tuple[NamedRow, ...]
    numbers: tuple[int, ...]


def read_names(sheets: Sequence[Sheet], file: str) -> NameSheet:
    """Read the first sheet that has a column of names and one of codes.

    Raises
    ------
    InputError
        No sheet has both columns, there are no rows, or more than are checked at once.
    """
    for sheet in sheets:
        cells = tuple(islice(sheet.rows(), ROWS_MAX + HEADER_WITHIN_ROWS + 1))
        for position, row in enumerate(cells[:HEADER_WITHIN_ROWS]):
            columns = _columns(row)
            if columns:
                return _read(sheet.name, cells, position, columns, file)
    raise _refuse(
        "no-head",
        file,
        f"“{file}”没有表头。请有一行含“废物名称”和“废物代码”两列。",
        f"“{file}” has no head. One row has the columns 废物名称 (or name) and 废物代码 (or code).",
    )


def corrected_workbook(sheet: NameSheet, proposals: Sequence[Proposal], language: str, at: datetime) -> bytes:
    """Write the sheet as proposed, changed cells marked, and a second sheet as log."""
    book = Workbook()
    page = book.active or book.create_sheet()
    page.title = sheet.title or "Sheet1"
    for row in sheet.cells:
        page.append([_cell(value) for value in row])
    log = book.create_sheet(_LOG.in_language(language))
    log.append([title.in_language(language) for title in _HEAD])
    for cell in log[1]:
        cell.font = Font(bold=True)
    for position, proposal in zip(sheet.numbers, proposals, strict=True):
        if not proposal.changes and not proposal.reason:
            continue
        for column, text in ((sheet.code_column, proposal.code), (sheet.name_column, proposal.name)):
            cell = page.cell(position + 1, column + 1)
            if text and text != _text(sheet.cells[position], column):
                cell.value, cell.fill = text, _CHANGED
        log.append(_log_row(proposal, language, at))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _log_row(proposal: Proposal, language: str, at: datetime) -> list[str]:
    row = proposal.row
    return [
        row.where,
        proposal.defect.label.in_language(language),
        _plain(row.name),
        _plain(row.code),
        _plain(proposal.name or row.name),
        _plain(proposal.code),
        " ".join(proposal.codes),
        proposal.reason.in_language(language),
        at.isoformat(timespec="seconds"),
    ]


def _read(
    title: str, cells: tuple[SheetRow, ...], head: int, columns: tuple[int, int], file: str
) -> NameSheet:
    name_column, code_column = columns
    rows, numbers = [], []
    for position, row in enumerate(cells[head + 1 :], start=head + 1):
        name, code = _text(row.values, name_column), _text(row.values, code_column)
        if name or code:
            rows.append(NamedRow(name, code, place_of(title, row.number, code_column)))
            numbers.append(position)
    if not rows:
        raise _refuse("no-rows", file, f"“{file}”表头以下没有内容。", f"“{file}” has nothing below its head.")
    if len(rows) > ROWS_MAX:
        raise _refuse(
            "too-long",
            file,
            f"“{file}”超过 {ROWS_MAX} 行，请分成几个文件。",
            f"“{file}” has more than {ROWS_MAX} rows; split it.",
        )
    values = tuple(row.values for row in cells)
    return NameSheet(title, values, name_column, code_column, tuple(rows), tuple(numbers))


def _columns(row: SheetRow) -> tuple[int, int] | None:
    words = {"".join(str(value or "").lower().split()): index for index, value in enumerate(row.values)}
    name = next((words[word] for word in _NAMES if word in words), None)
    code = next((words[word] for word in _CODES if word in words), None)
    return None if name is None or code is None else (name, code)


def _text(row: Sequence[Value], column: int) -> str:
    value = row[column] if column < len(row) else None
    return "" if value is None else str(value).strip()


def _cell(value: Value) -> str | Decimal | bool | datetime | None:
    return _plain(str(value)) if isinstance(value, str | Period) else value


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) and len(text) > 1 else text


def _refuse(code: str, file: str, zh: str, en: str) -> InputError:
    return InputError(f"catalogue.names-{code}", file, file, Text(zh, en))
