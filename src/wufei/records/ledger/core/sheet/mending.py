"""The rows of a load that were not posted, as a sheet to mend in place and load again."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from wufei.kernel.findings import Severity
from wufei.records.ledger.core.sheet.columns import FINDINGS_TITLE
from wufei.records.ledger.core.sheet.headers import key_of_title
from wufei.records.ledger.core.sheet.reports import KeptFinding, KeptSheet

_HEAD = PatternFill("solid", fgColor="DFEEE8")
_FILLS = {
    Severity.ERROR: PatternFill("solid", fgColor="F8C9C4"),
    Severity.WARNING: PatternFill("solid", fgColor="FBE3B0"),
}
_DIGITS_KEPT = 15
_NAME_MAX = 31
_FORBIDDEN = frozenset("[]:*?/\\")

Found = Mapping[tuple[int, int], Sequence[KeptFinding]]
"""Findings by number of sheet and row."""


def mending_workbook(sheets: Sequence[KeptSheet], findings: Found, language: str) -> bytes:
    """Write the rows as they were, wrong cells coloured, and what was found in a last column.

    Parameters
    ----------
    sheets : sequence of KeptSheet
        In the order of the file; loading the result again reads the same columns.
    findings : mapping
        What was found in them.
    language : str
        Of the last column.
    """
    book = Workbook(write_only=True)
    for index, kept in enumerate(sheets):
        sheet = book.create_sheet(_title(kept.name, index))
        sheet.freeze_panes = "A2"
        sheet.column_dimensions["A"].width = 14
        titles = (*kept.titles, FINDINGS_TITLE.in_language(language))
        sheet.append([_styled(sheet, title, _HEAD, bold=True) for title in titles])
        for number, cells in kept.rows:
            told = findings.get((index, number), ())
            sheet.append(_row(sheet, kept, cells, told, language))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(
    sheet: object, kept: KeptSheet, cells: Sequence[str], told: Sequence[KeptFinding], language: str
) -> list[object]:
    fills: dict[str, PatternFill] = {}
    for one in sorted(told, key=lambda each: each.finding.severity.rank, reverse=True):
        if one.finding.severity in _FILLS:
            fills[one.column] = _FILLS[one.finding.severity]
    row: list[object] = []
    for position, title in enumerate(kept.titles):
        text = cells[position] if position < len(cells) else ""
        row.append(
            _styled(sheet, _number(text) if key_of_title(title) == "quantity" else text, fills.get(title))
        )
    said = [
        f"{one.column}：{_sentence(one, language)}" if one.column else _sentence(one, language)
        for one in told
    ]
    row.append(_styled(sheet, "\n".join(said), None))
    return row


def _sentence(one: KeptFinding, language: str) -> str:
    return f"{one.finding.message.in_language(language)} → {one.finding.fix.in_language(language)}"


def _styled(sheet: object, value: object, fill: PatternFill | None, *, bold: bool = False) -> Cell:
    cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]
    if isinstance(value, str):
        # Never a formula, whatever it begins with.
        cell.data_type = "s"
    if fill is not None:
        cell.fill = fill
    if bold:
        cell.font = Font(bold=True)
    elif isinstance(value, str) and "\n" in value:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _number(text: str) -> object:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    short = number.is_finite() and len(number.as_tuple().digits) <= _DIGITS_KEPT
    return number if short else text


def _title(name: str, index: int) -> str:
    plain = "".join(sign for sign in name if sign not in _FORBIDDEN)[:_NAME_MAX]
    return plain or f"Sheet{index + 1}"
