"""Blocks of a workbook: titles above a table are paragraphs, the rest of a sheet is its table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from wufei.kernel.period import Period, Precision
from wufei.records.plans.core.reading.blocks import Block, Paragraph, Place, Row, Table, joined
from wufei.runtime.files.core.sheets import Sheet, SheetRow, Value, place_of

ROWS_MAX = 20_000
_CAPTION = re.compile(r"附?[表件]\s*[\d一二三四五六七八九十]")


def blocks_of_sheets(sheets: Sequence[Sheet]) -> list[Block]:
    """Give the paragraphs and tables of the sheets that people see, in order."""
    blocks: list[Block] = []
    for sheet in sheets:
        if not sheet.hidden:
            _add_sheet(blocks, sheet)
    return blocks


def _add_sheet(blocks: list[Block], sheet: Sheet) -> None:
    rows: list[SheetRow] = []
    gap = True
    above = 0
    for row in sheet.rows():
        if row.number > ROWS_MAX:
            break
        said = _said(row)
        gap = gap or row.number > above + 1 or (len(said) == 1 and _CAPTION.match(said[0]) is not None)
        above = row.number
        # A line of one cell stands above a table or behind it; between its rows it heads a group.
        if len(said) <= 1 and (gap or not rows or not said):
            if said and rows:
                _close(blocks, sheet, rows)
                rows = []
            if said:
                blocks.append(
                    Paragraph(joined(said[0]), Place(len(blocks), None, place_of(sheet.name, row.number)))
                )
            gap = gap or not said
            continue
        rows.append(row)
        gap = False
    _close(blocks, sheet, rows)


def _said(row: SheetRow) -> list[str]:
    return list(dict.fromkeys(text for each in _texts(row) if (text := each.strip())))


def _texts(row: SheetRow) -> Iterator[str]:
    for at, value in enumerate(row.values):
        if isinstance(value, Decimal) and at in row.percents:
            yield f"{(100 * value).normalize():f}%"
        else:
            yield _text(value)


def _close(blocks: list[Block], sheet: Sheet, rows: list[SheetRow]) -> None:
    if not rows:
        return
    ordinal = len(blocks)
    width = max(len(row.values) for row in rows)
    made = tuple(
        Row(
            tuple(_texts(row)) + ("",) * (width - len(row.values)),
            Place(ordinal, at, place_of(sheet.name, row.number)),
            row.carried,
        )
        for at, row in enumerate(rows)
    )
    blocks.append(Table(made, Place(ordinal, None, place_of(sheet.name, rows[0].number))))


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, Period):
        day = f"{value.start.day}日" if value.precision is Precision.DAY else ""
        month = f"{value.start.month}月" if value.precision in {Precision.DAY, Precision.MONTH} else ""
        return f"{value.start.year}年{month}{day}"
    return str(value)
