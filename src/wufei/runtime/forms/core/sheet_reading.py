"""Rows of a filled-in workbook as raw answers, each with the cell that it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.runtime.files.core.sheets import Sheet, SheetRow, place_of
from wufei.runtime.forms.core.definition import Definition, Field, Kind
from wufei.runtime.forms.core.sheets import HINT, NUMBER, SheetColumn, columns_of

_HEAD_ROWS = 10


@dataclass(slots=True)
class RowRead:
    """One entry: its number, where it stands, raw answers, and the cell of each place (JSON Pointer)."""

    number: str
    where: str
    answers: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def at_cell(self, finding: Finding) -> Finding:
        """Give a Finding with the cell instead of the place; of what has no cell, with the row."""
        place = finding.where
        while place and place not in self.cells:
            place = place.rpartition("/")[0]
        return replace(finding, where=self.cells.get(place, self.where))


@dataclass(frozen=True, slots=True)
class WorkbookRead:
    """The entries of a workbook, and what is wrong with it as a whole."""

    rows: tuple[RowRead, ...]
    findings: tuple[Finding, ...]


def read_workbook(definition: Definition, sheets: Sequence[Sheet]) -> WorkbookRead:
    """Read a workbook: columns by their words in either language or by key, in any order.

    A text in a numeric column and the like is left to the check of the form; here only cells that hold no
    value at all (#REF!) are defects.
    """
    findings: list[Finding] = []
    main = _best(sheets, definition.fields)
    if main is None:
        return WorkbookRead((), (_no_head(definition),))
    found, columns, start = main
    rows: list[RowRead] = []
    by_number: dict[str, RowRead] = {}
    for row in _filled(found, start):
        read = RowRead(_number(row), place_of(found.name, row.number, 0))
        _take(read, "", read.answers, columns, found.name, row)
        rows.append(read)
        if read.number:
            by_number.setdefault(read.number, read)
    for repeat in (one for one in definition.fields if one.kind is Kind.REPEAT):
        others = [sheet for sheet in sheets if sheet is not found]
        inner = _best(others, repeat.fields, named={repeat.title.zh, repeat.title.en, repeat.key})
        if inner is not None:
            _take_repeat(repeat, inner, rows, by_number, findings)
    return WorkbookRead(tuple(rows), tuple(findings))


_Head = tuple[Sheet, dict[int, SheetColumn], int]


def _best(sheets: Sequence[Sheet], fields: tuple[Field, ...], named: set[str] | None = None) -> _Head | None:
    """Give the sheet whose head has most of the columns, its columns by position, and the row of the head."""
    words: dict[str, SheetColumn] = {}
    for column in columns_of(fields):
        keys = (
            column.label.zh,
            column.label.en,
            f"{column.field.key}{'.' + column.part if column.part else ''}",
        )
        for key in (*keys, column.field.key if column.part in {"", "value"} else ""):
            if key:
                words.setdefault(key.strip().casefold(), column)
    best: _Head | None = None
    for sheet in sheets:
        if named is not None and sheet.name.strip() not in named:
            continue
        for at, row in enumerate(sheet.rows()):
            if at >= _HEAD_ROWS:
                break
            columns = {
                position: words[str(value).strip().casefold()]
                for position, value in enumerate(row.values)
                if value is not None and str(value).strip().casefold() in words
            }
            if columns and (best is None or len(columns) > len(best[1])):
                best = (sheet, columns, row.number)
    return best


def _filled(sheet: Sheet, head: int) -> list[SheetRow]:
    hints = {HINT.zh, HINT.en}
    return [
        row
        for row in sheet.rows()
        if row.number > head and not row.empty and str(row.values[0] if row.values else "") not in hints
    ]


def _number(row: SheetRow) -> str:
    value = row.values[0] if row.values else None
    return "" if value is None else str(value).strip()


def _take(
    read: RowRead,
    above: str,
    answers: dict[str, Any],
    columns: Mapping[int, SheetColumn],
    name: str,
    row: SheetRow,
) -> None:
    for position, column in columns.items():
        place = f"{above}/{column.field.key}"
        cell = place_of(name, row.number, position)
        read.cells.setdefault(place, cell)
        if position in row.flaws:
            read.findings.append(_flaw(cell, column))
            continue
        value = row.values[position] if position < len(row.values) else None
        if value is None or column.field.kind is Kind.COMPUTED:
            continue
        plain = value.removeprefix("'") if isinstance(value, str) else value
        if column.part:
            answers.setdefault(column.field.key, {})[column.part] = plain
            read.cells[f"{place}/{column.part}"] = cell
        else:
            answers[column.field.key] = plain


def _take_repeat(
    repeat: Field,
    inner: _Head,
    rows: Sequence[RowRead],
    by_number: Mapping[str, RowRead],
    findings: list[Finding],
) -> None:
    sheet, columns, head = inner
    for row in _filled(sheet, head):
        number = _number(row)
        # A workbook of one entry needs no numbers.
        read = by_number.get(number) or (rows[0] if len(rows) == 1 and not number else None)
        if read is None:
            findings.append(_no_entry(place_of(sheet.name, row.number, 0), number))
            continue
        given: list[dict[str, Any]] = read.answers.setdefault(repeat.key, [])
        given.append({})
        _take(read, f"/{repeat.key}/{len(given) - 1}", given[-1], columns, sheet.name, row)


def _flaw(cell: str, column: SheetColumn) -> Finding:
    return Finding(
        "forms.cell",
        Severity.ERROR,
        cell,
        Text(
            f"{column.label.zh}：单元格没有值（公式出错）",
            f"{column.label.in_language('en')}: the cell has no value",
        ),
        fix=Text("请在 Excel 中改正后再上传。", "Mend it in the sheet and upload it again."),
    )


def _no_head(definition: Definition) -> Finding:
    first = "、".join(column.label.zh for column in columns_of(definition.fields)[:4])
    return Finding(
        "forms.head",
        Severity.ERROR,
        "A1",
        Text(f"没有找到表头（如 {first}）", f"No head of columns was found (such as {first})"),
        fix=Text("请用本页的模板填写。", "Use the template of this page."),
    )


def _no_entry(cell: str, number: str) -> Finding:
    return Finding(
        "forms.row-number",
        Severity.ERROR,
        cell,
        Text(f"{NUMBER.zh}“{number}”在主表中没有", f"{NUMBER.en} “{number}” is not in the main sheet"),
        value=number,
        fix=Text("请填主表中那一行的编号。", "Write the number of the row in the main sheet."),
    )
