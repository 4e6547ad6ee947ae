"""The sheets of an .xlsx, row by row, with what the common readers leave out.

Notes
-----
The parts are read with the standard library, because no reader gives what a ledger needs. python-calamine
ends the process on a file of 5 KB whose last cell is XFD200000 (it lays the sheet out in memory), and gives
"" for error cells and for formulas that were never calculated. openpyxl's read-only mode believes the stated
size of a sheet, knows no merged cells, gives formulas without result as empty, and takes the built-in Chinese
date formats (27 to 36, 50 to 58) for numbers; its full mode keeps every cell of the book as an object.

References
----------
ECMA-376 Part 1: 18.3.1 (worksheets), 18.4 (shared strings), 18.8.30 (number formats).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import IO
from xml.etree import ElementTree as ET

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.files.core.dates import DateForm, date_value, form_of
from wufei.runtime.files.core.sheets import (
    COLUMNS_MAX,
    ROWS_MAX,
    Flaw,
    Sheet,
    SheetRow,
    Value,
    place_of,
    refuse,
    refuse_damaged,
    refuse_long,
    refuse_wide,
)

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column; rows from 1, columns from 0."""

_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\b[^>]*?\bref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_CHUNK_BYTES = 1 << 20
_OVERLAP_BYTES = 400
_MERGES_MAX = 200_000
_TEXT_MAX = 32_767
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_DOCUMENT = ("/officeDocument",)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ET.ParseError,
    KeyError,
    IndexError,
    ValueError,
    EOFError,
    NotImplementedError,
)


@dataclass(frozen=True, slots=True)
class _Book:
    """What the cells of all sheets refer to."""

    archive: zipfile.ZipFile
    name: str
    strings: Sequence[str]
    forms: Sequence[DateForm]
    from_1904: bool


def workbook_sheets(archive: zipfile.ZipFile, name: str) -> tuple[Sheet, ...]:
    """Open the sheets of a workbook.

    Raises
    ------
    InputError
        ``files.other-kind``: the archive is no .xlsx. ``files.damaged``: a part is missing or broken.
    """
    names = set(archive.namelist())
    if (
        "xl/workbook.bin" in names
        or "_rels/.rels" not in names
        or not any(n.startswith("xl/") for n in names)
    ):
        raise _no_workbook(name)
    try:
        ((path, _),) = _related(archive, "", "/officeDocument").values()
        root = _tree(archive, path)
        linked = _related(archive, path, "")
        parts = {kind: target for target, kind in linked.values()}
        strings = parts.get("sharedStrings")
        styles = parts.get("styles")
        properties = _child(root, "workbookPr")
        book = _Book(
            archive,
            name,
            _strings(archive, strings) if strings in names else (),
            _forms(archive, styles) if styles in names else (),
            properties is not None and properties.get("date1904") in {"1", "true"},
        )
        sheets = _child(root, "sheets")
        return tuple(_sheets(book, list(sheets) if sheets is not None else [], linked))
    except _BROKEN as error:
        raise refuse_damaged(name, error) from error


def _sheets(book: _Book, listed: list[ET.Element], linked: dict[str, tuple[str, str]]) -> Iterator[Sheet]:
    for one in listed:
        number = next((value for key, value in one.items() if key.endswith("}id")), "")
        path, kind = linked.get(number, ("", ""))
        if kind == "worksheet":
            hidden = one.get("state", "visible") != "visible"
            yield Sheet(one.get("name", ""), hidden=hidden, rows=_Rows(book, one.get("name", ""), path))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Reads the rows of one sheet, each time anew."""

    book: _Book
    sheet: str
    path: str

    def __call__(self) -> Iterator[SheetRow]:
        try:
            merges = _merges(self.book.archive, self.path)
            with self.book.archive.open(self.path) as source:
                yield from _filled(_written(self.book, self.sheet, source), merges)
        except _BROKEN as error:
            raise refuse_damaged(self.book.name, error) from error


def _written(book: _Book, sheet: str, source: IO[bytes]) -> Iterator[SheetRow]:
    """Read the cells as they were written."""
    rows: ET.Element | None = None
    number = 0
    for event, element in ET.iterparse(source, ("start", "end")):  # noqa: S314 - expat bounds entities, zip the size
        if event == "start":
            if rows is None and _local(element) == "sheetData":
                rows = element
            continue
        if rows is None or _local(element) != "row":
            continue
        number = int(element.get("r") or number + 1)
        if number > ROWS_MAX:
            raise refuse_long(book.name)
        yield _row(book, sheet, number, element)
        # Finished rows are dropped, or the whole sheet would stay in memory.
        rows.clear()


def _row(book: _Book, sheet: str, number: int, element: ET.Element) -> SheetRow:
    values: list[Value] = []
    flaws: dict[int, Flaw] = {}
    percents: set[int] = set()
    column = -1
    for cell in element:
        reference = cell.get("r")
        column = _column(reference) if reference else column + 1
        value = _value(book, cell)
        if value is None:
            continue
        if column >= COLUMNS_MAX:
            raise refuse_wide(book.name, place_of(sheet, number, column))
        if isinstance(value, Flaw):
            flaws[column] = value
            continue
        if isinstance(value, Decimal) and _form_of(book, cell) is DateForm.PERCENT:
            percents.add(column)
        values.extend([None] * (column - len(values)))
        values[column:] = [value]
    return SheetRow(number, tuple(values), flaws, percents=frozenset(percents))


def _form_of(book: _Book, cell: ET.Element) -> DateForm:
    style = int(cell.get("s", 0))
    return book.forms[style] if style < len(book.forms) else DateForm.NUMBER


def _value(book: _Book, cell: ET.Element) -> Value | Flaw:
    text, formula = None, False
    for part in cell:
        tag = _local(part)
        if tag == "v":
            text = part.text
        elif tag == "is":
            text = _text(part)
        elif tag == "f":
            formula = True
    if text is None or text == "":
        return Flaw.NO_RESULT if formula and cell.get("t") != "str" else None
    kind = cell.get("t", "n")
    if kind == "n":
        return _number(book, text, _form_of(book, cell))
    if kind == "s":
        return book.strings[int(text)] or None
    if kind == "e":
        return Flaw.ERROR
    if kind == "b":
        return text == "1"
    return text.strip()[:_TEXT_MAX] or None


def _number(book: _Book, text: str, form: DateForm) -> Value | Flaw:
    try:
        # Excel keeps doubles and shows fifteen digits: 0.30000000000000004 was entered as 0.3.
        number = Decimal(f"{float(text):.15g}")
    except (ValueError, InvalidOperation):
        return Flaw.ERROR
    if not number.is_finite():
        return Flaw.ERROR
    if form in {DateForm.NUMBER, DateForm.TIME, DateForm.PERCENT}:
        return number
    dated = date_value(float(number), form, from_1904=book.from_1904)
    return Flaw.ERROR if dated is None else dated


def _filled(rows: Iterator[SheetRow], merges: list[Range]) -> Iterator[SheetRow]:
    """Put the value of a merged cell into every cell that it covers."""
    waiting = sorted(merges, reverse=True)
    open_ranges: list[tuple[Range, Value]] = []
    for row in rows:
        while waiting and waiting[-1][0] <= row.number:
            merged = waiting.pop()
            # A range whose first row holds nothing at all has no value to give.
            first = merged[0] == row.number and merged[1] < len(row.values)
            open_ranges.append((merged, row.values[merged[1]] if first else None))
        open_ranges = [one for one in open_ranges if one[0][2] >= row.number]
        yield _covered(row, open_ranges) if open_ranges else row


def _covered(row: SheetRow, open_ranges: list[tuple[Range, Value]]) -> SheetRow:
    values = list(row.values)
    carried: set[int] = set()
    for (top, left, _, right), value in open_ranges:
        right = min(right, COLUMNS_MAX - 1)  # noqa: PLW2901 - a range over whole rows ends where sheets do
        values.extend([None] * (right + 1 - len(values)))
        for column in range(left, right + 1):
            if (row.number, column) != (top, left):
                values[column] = value
                carried.add(column)
    return SheetRow(row.number, tuple(values), row.flaws, frozenset(carried), row.percents)


def _merges(archive: zipfile.ZipFile, path: str) -> list[Range]:
    """Find the merged ranges, which a sheet lists after its rows, without parsing it."""
    found: set[Range] = set()
    tail = b""
    with archive.open(path) as source:
        while chunk := source.read(_CHUNK_BYTES):
            if not tail and chunk.startswith((b"\xfe\xff", b"\xff\xfe")):
                raise ValueError("UTF-16")
            for match in _MERGED.finditer(tail + chunk):
                first, top, last, bottom = match.groups()
                found.add((int(top), _column(first.decode()), int(bottom), _column(last.decode())))
            if len(found) > _MERGES_MAX:
                raise ValueError(f"{len(found)} merged cells")
            tail = chunk[-_OVERLAP_BYTES:]
    return list(found)


def _strings(archive: zipfile.ZipFile, path: str) -> list[str]:
    found: list[str] = []
    with archive.open(path) as source:
        root: ET.Element | None = None
        for event, element in ET.iterparse(source, ("start", "end")):  # noqa: S314 - as above
            if root is None:
                root = element
            elif event == "end" and _local(element) == "si":
                found.append(_text(element))
                root.clear()
    return found


def _text(element: ET.Element) -> str:
    """The text of a string, its runs joined and its reading aids (拼音) left out."""
    parts: list[str] = []
    for part in element:
        tag = _local(part)
        if tag == "t":
            parts.append(part.text or "")
        elif tag == "r":
            parts += [one.text or "" for one in part if _local(one) == "t"]
    return "".join(parts).strip()[:_TEXT_MAX]


def _forms(archive: zipfile.ZipFile, path: str) -> list[DateForm]:
    root = _tree(archive, path)
    own = _child(root, "numFmts")
    codes = {
        int(one.get("numFmtId", 0)): one.get("formatCode", "") for one in (own if own is not None else ())
    }
    cells = _child(root, "cellXfs")
    return [form_of(int(one.get("numFmtId", 0)), codes) for one in (cells if cells is not None else ())]


def _related(archive: zipfile.ZipFile, path: str, ending: str) -> dict[str, tuple[str, str]]:
    """Give the parts that a part names: by id, with path and kind."""
    folder, name = posixpath.split(path)
    found: dict[str, tuple[str, str]] = {}
    for one in _tree(archive, posixpath.join(folder, "_rels", f"{name}.rels")):
        kind = one.get("Type", "")
        target = one.get("Target", "")
        if kind.endswith(ending) and one.get("TargetMode") != "External":
            joined = (
                target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
            found[one.get("Id", "")] = (joined, kind.rpartition("/")[2])
    return found


def _tree(archive: zipfile.ZipFile, path: str) -> ET.Element:
    return ET.fromstring(archive.read(path))  # noqa: S314 - as above


def _child(root: ET.Element, tag: str) -> ET.Element | None:
    return next((child for child in root if _local(child) == tag), None)


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _column(reference: str) -> int:
    """The column, from 0, of a reference such as AB12 or AB."""
    number = 0
    for sign in reference:
        if not sign.isalpha():
            break
        number = number * 26 + ord(sign) - 64
    return number - 1


def _no_workbook(name: str) -> InputError:
    return refuse(
        "other-kind",
        name,
        "zip",
        Text(
            f"“{name}”不是 .xlsx 表格（可能是压缩包、Word、.xlsb 或 .ods）。请另存为 .xlsx 或 CSV。",
            f"“{name}” is no .xlsx sheet (perhaps an archive, Word, .xlsb or .ods). Save it as .xlsx or CSV.",
        ),
    )
