"""The header of a ledger file: which row it is, and which of its columns fills what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.kernel.units import half_width
from wufei.records.ledger.core.sheet.columns import BY_KEY, COLUMNS, SheetColumn
from wufei.records.ledger.core.sheet.units import unit_in
from wufei.runtime.files.core.sheets import SheetRow, Value, place_of

HEADER_WITHIN_ROWS = 30
_FEWEST = 3
_IN_BRACKETS = re.compile(r"(.*?)[(\[]([^()\[\]]*)[)\]]")
_AFTER_SIGN = re.compile(r"(.+?)[/:,](.+)")
# An asterisk marks what must be filled in; `half_width` turns it into a dot.
_LEFT_OUT = re.compile(r"[\s·_]+")


@dataclass(frozen=True, slots=True)
class Header:
    """Which column of a sheet fills what.

    Attributes
    ----------
    columns : mapping of str to int
        Position, from 0, by key.
    titles : tuple of str
        What the file calls its columns, all of them.
    unit : str
        Unit in the header of the quantity, empty if there is none.
    last_row : int
        Records begin below it.
    """

    columns: Mapping[str, int]
    titles: tuple[str, ...]
    unit: str
    last_row: int

    def title(self, key: str) -> str:
        """What the file calls a column; our own name for it where the file has none."""
        position = self.columns.get(key)
        return BY_KEY[key].title.zh if position is None else self.titles[position]

    @property
    def missing(self) -> tuple[SheetColumn, ...]:
        """The columns that no row can do without and the file has not."""
        found = [column for column in COLUMNS if column.required and column.key not in self.columns]
        if not {"holder", "site", "region"} & set(self.columns):
            found.append(BY_KEY["holder"])
        return tuple(found)


# A row is known within its file by the number of its sheet and its own; no sheet is longer than this.
_NUMBER_BITS = 40


@dataclass(frozen=True, slots=True)
class LedgerSheet:
    """A sheet that holds records: its number among those of the file, its name and its header."""

    index: int
    name: str
    header: Header

    def key(self, number: int) -> int:
        """What a row of this sheet is called within the file; keys sort as the file does."""
        return self.index << _NUMBER_BITS | number

    def place(self, number: int, column: str = "") -> str:
        """Name a cell, such as ``Sheet1!C7``; the whole row where the file has no such column."""
        return place_of(self.name, number, self.header.columns.get(column))


def row_number(key: int) -> int:
    """The number of a row in its sheet."""
    return key & ((1 << _NUMBER_BITS) - 1)


def sheet_index(key: int) -> int:
    """The number of the sheet of a row."""
    return key >> _NUMBER_BITS


def find_header(rows: Sequence[SheetRow]) -> Header | None:
    """Find the header among the first rows of a sheet: the one that names the most columns.

    Parameters
    ----------
    rows : sequence of SheetRow
        The first rows, title rows included.
    """
    best: Header | None = None
    for index, row in enumerate(rows):
        below = rows[index + 1] if index + 1 < len(rows) else None
        for header in _candidates(row, below):
            if len(header.columns) >= _FEWEST and (best is None or len(header.columns) > len(best.columns)):
                best = header
    return best


def demand_columns(header: Header | None, name: str, seen: Sequence[SheetRow]) -> Header:
    """Give the header if it names what every row needs.

    Raises
    ------
    InputError
        ``ledger.header-missing``, with what was seen instead.
    """
    missing = header.missing if header else tuple(column for column in COLUMNS if column.required)
    if header and not missing:
        return header
    first = next((row for row in seen if not row.empty), None)
    titles = (
        header.titles if header else tuple(str(value) for value in first.values if value) if first else ()
    )
    shown = "、".join(title for title in titles if title)[:200] or "—"
    needed = Text(
        "、".join(column.title.zh for column in missing), ", ".join(column.title.en for column in missing)
    )
    raise InputError(
        "ledger.header-missing",
        "header",
        shown,
        Text(
            f"“{name}”的表头缺少：{needed.zh}。现有：{shown}。"
            "请补上这些列，或按 wufei ledger template 的模板填写。",
            f"The header of “{name}” lacks: {needed.en}. It has: {shown}. Add these columns, or start from "
            "the file of wufei ledger template.",
        ),
    )


def key_of_title(title: str) -> str:
    """Say which column a title names; empty if none."""
    return _key_of(title)[0]


def plain_title(text: str) -> str:
    """Bring the title of a column into the form under which it is looked up."""
    return _LEFT_OUT.sub("", half_width(text)).lower()


def _candidates(row: SheetRow, below: SheetRow | None) -> Iterator[Header]:
    upper = [_words(value) for value in row.values]
    # Cells of the header that reach down one row belong to it, whatever the row below adds.
    reaches_down = below is not None and any(
        index < len(upper) and upper[index] and _words(below.values[index]) == upper[index]
        for index in below.carried
    )
    yield _header(upper, row.number + (below is not None and reaches_down))
    if below is not None and not below.empty:
        lower = [_words(value) for value in below.values]
        width = max(len(upper), len(lower))
        upper += [""] * (width - len(upper))
        lower += [""] * (width - len(lower))
        pairs = zip(upper, lower, strict=True)
        joined = [_joined(above, under) for above, under in pairs]
        yield _header(joined, below.number)


def _joined(above: str, under: str) -> str:
    if not above or not under or above == under:
        return under or above
    # 重量 over 吨 is a quantity with its unit, 转出 over 单位 a name in two parts.
    if unit_in(under) and _key_of(above)[0]:
        return f"{above}({under})"
    return above + under if _key_of(above + under)[0] else under if _key_of(under)[0] else above


def _header(titles: Sequence[str], last_row: int) -> Header:
    columns: dict[str, int] = {}
    unit = ""
    for position, title in enumerate(titles):
        key, of_title = _key_of(title)
        if key and key not in columns:
            columns[key] = position
            unit = of_title if key == "quantity" else unit
    return Header(columns, tuple(titles), unit, last_row)


@lru_cache(maxsize=4096)
def _key_of(title: str) -> tuple[str, str]:
    """The column that a title names, and the unit that stands in it."""
    plain = plain_title(title)
    known = _names()
    if plain in known:
        return known[plain], ""
    for pattern in (_IN_BRACKETS, _AFTER_SIGN):
        match = pattern.match(half_width(title).replace("【", "[").replace("】", "]"))
        if match and plain_title(match[1]) in known:
            return known[plain_title(match[1])], unit_in(match[2])
    return "", ""


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    return {
        plain_title(name): column.key
        for column in COLUMNS
        for name in (column.key, column.title.zh, column.title.en, *column.aliases)
    }


def _words(value: Value) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
