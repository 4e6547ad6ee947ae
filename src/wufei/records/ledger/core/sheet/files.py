"""A file of records: which of its sheets hold some, and their rows in portions that fit the memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.records.ledger.core.sheet.columns import NOTES_SHEETS
from wufei.records.ledger.core.sheet.drafts import Reading, read_row
from wufei.records.ledger.core.sheet.headers import (
    HEADER_WITHIN_ROWS,
    LedgerSheet,
    demand_columns,
    find_header,
)
from wufei.records.ledger.core.sheet.messages import RowFinding, cell_finding
from wufei.runtime.files.core.opening import open_sheets
from wufei.runtime.files.core.sheets import Sheet, SheetRow, Value

PORTION_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody sent: the bytes, the name of the file, and the sheet meant, empty for all."""

    content: bytes
    name: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A file whose headers were understood.

    Attributes
    ----------
    name : str
        As it was sent.
    sheets : tuple of LedgerSheet
        Those that hold records.
    sources : tuple of Sheet
        The same sheets, to read their rows from.
    findings : tuple of RowFinding
        About sheets that were not read.
    """

    name: str
    sheets: tuple[LedgerSheet, ...]
    sources: tuple[Sheet, ...]
    findings: tuple[RowFinding, ...]

    def portions(self) -> Iterator[list[Reading]]:
        """Give the rows that are not empty: all at once, or as they come where they may exceed the memory.

        Notes
        -----
        A portion ends between two posting groups; in a long file the rows of a group stand together.
        """
        portion: list[Reading] = []
        long = any(source.long for source in self.sources)
        for reading in self._readings():
            full = long and len(portion) >= PORTION_ROWS
            if full and not (reading.group and reading.group == portion[-1].group):
                yield portion
                portion = []
            portion.append(reading)
        if portion:
            yield portion

    def cells(self, keys: Collection[int]) -> Iterator[tuple[int, list[str]]]:
        """Give rows as they were written, by `LedgerSheet.key`."""
        for sheet, source in zip(self.sheets, self.sources, strict=True):
            for row in source.rows():
                if sheet.key(row.number) in keys:
                    yield sheet.key(row.number), [_written(value) for value in row.values]

    def _readings(self) -> Iterator[Reading]:
        for sheet, source in zip(self.sheets, self.sources, strict=True):
            for row in source.rows():
                if row.number > sheet.header.last_row:
                    reading = read_row(row, sheet)
                    if reading is not None:
                        yield reading


def open_ledger_file(upload: Upload) -> LedgerFile:
    """Open a file and find the headers of its sheets.

    Raises
    ------
    InputError
        The file cannot be read (`open_sheets`), has no such sheet, or no sheet with the columns that every
        row needs.
    """
    listed = open_sheets(upload.content, upload.name)
    chosen = [one for one in listed if one.name == upload.sheet] if upload.sheet else list(listed)
    if not chosen:
        raise _no_such_sheet(upload, listed)
    sheets: list[LedgerSheet] = []
    sources: list[Sheet] = []
    findings: list[RowFinding] = []
    seen: list[SheetRow] = []
    for source in chosen:
        if source.name in NOTES_SHEETS and not upload.sheet:
            continue
        first = [] if source.hidden and not upload.sheet else list(islice(source.rows(), HEADER_WITHIN_ROWS))
        header = find_header(first)
        if header is not None:
            sheets.append(LedgerSheet(len(sheets), source.name, demand_columns(header, upload.name, first)))
            sources.append(source)
        else:
            code = (
                "" if not (source.hidden or any(not row.empty for row in first)) else "sheet-without-header"
            )
            findings += _unread(source, "hidden-sheet" if source.hidden else code)
            seen = seen or first
    if not sheets:
        demand_columns(None, upload.name, seen)
    return LedgerFile(upload.name, tuple(sheets), tuple(sources), tuple(findings))


def _unread(source: Sheet, code: str) -> list[RowFinding]:
    return [RowFinding(0, "", cell_finding(code, source.name, source.name))] if code else []


def _written(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return "" if value is None else str(value)


def _no_such_sheet(upload: Upload, listed: tuple[Sheet, ...]) -> InputError:
    names = "、".join(one.name for one in listed if one.name) or "—"
    return InputError(
        "ledger.no-such-sheet",
        "sheet",
        upload.sheet,
        Text(
            f"“{upload.name}”没有名为“{upload.sheet}”的工作表；现有：{names}。",
            f"“{upload.name}” has no sheet “{upload.sheet}”; it has: {names}.",
        ),
    )
