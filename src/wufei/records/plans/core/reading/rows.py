"""Rows of a table made whole: repeated heads left out, cells laid under their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from wufei.records.plans.core.reading.blocks import Row, Table, clean, joined, squeezed
from wufei.records.plans.core.reading.columns import Layout, is_head_again
from wufei.records.plans.core.reading.held import Holds, fits
from wufei.records.plans.core.reading.responsible import is_due
from wufei.records.plans.core.reading.roles import Role
from wufei.records.plans.core.reading.units import is_units

NUMBER = re.compile(r"[★☆▲*#]?\s*(\d{1,3}(?:[.-]\d{1,2}){0,2})\s*[.、．)）]?\s*[★☆▲*]?")
NOTE = re.compile(r"^\s*(?:备?注|说明)\s*\d?\s*[:：.、]|^\s*[*※★☆]\s*(?:为|表示|代表|标)")


@dataclass(frozen=True, slots=True)
class Line:
    """One row by roles: the cells of a role, joined to one line each, units with their line ends."""

    row: Row
    cells: dict[Role, list[str]]
    carried: frozenset[Role] = frozenset()

    def is_carried(self, role: Role) -> bool:
        """Say whether the cell of a role is the lower part of one merged downward."""
        return role in self.carried

    def words(self, role: Role) -> str:
        """Give the cell of a role as one line, empty if there is none."""
        return joined(next(iter(self.cells.get(role, [])), ""))

    def raw(self, role: Role) -> str:
        """Give the cells of a role with their line ends; several of them are one list."""
        return "\n".join(dict.fromkeys(cell for cell in self.cells.get(role, []) if clean(cell)))


_NUMBERED_WORDS = re.compile(r"(\d{1,3})\s*(?:[.．、)）](?!\d)|(?<=\d)\s+)\s*(\S.*)", re.DOTALL)


def number_before(no: str, words: str) -> tuple[str, str]:
    """Give the number and the words of a row whose number stands before its words: 1.主要资源产出率."""
    found = None if no else _NUMBERED_WORDS.fullmatch(words)
    return (found[1], found[2]) if found else (no, words)


_NUMERAL_BEFORE = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|\d{1,2}[.．、](?!\d)|[（(][一二三四五六七八九十]{1,3}[）)])\s*(?=\S)"
)


def without_numeral(words: str) -> str:
    """Give the words of a class without the numeral that counts the classes: 一、制度建设."""
    return _NUMERAL_BEFORE.sub("", words, count=1) if _NUMERAL_BEFORE.match(words) else words


_TOTAL = re.compile(r"(?:合计|总计|小计)")
# Statistical tables number their columns in a row below the head: 甲 乙 丙 1 2 3.
_COUNTS_COLUMNS = re.compile(r"[甲乙丙丁戊己庚辛壬癸]+[\d甲乙丙丁戊己庚辛壬癸（）()]*")


def lines_of(table: Table, layout: Layout) -> Iterator[Line]:
    """Give the rows behind the head that say something, each cell under its role."""
    for row in table.rows[layout.head_rows :]:
        filled = [cell for cell in row.cells if clean(cell)]
        only_a_number = len(filled) == 1 and NUMBER.fullmatch(clean(filled[0])) is not None
        counts = only_a_number or _COUNTS_COLUMNS.fullmatch("".join(map(clean, filled)))
        total = filled and _TOTAL.match(squeezed(filled[0])) is not None
        if not filled or counts or total or is_head_again(row, layout) or NOTE.match(clean(filled[0])):
            continue
        carried = frozenset(layout.columns[at].role for at in row.carried if at < len(layout.columns))
        yield Line(row, _by_role(row, layout), carried)


_NUMERAL = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．]?")
_HEADING_MAX = 30


def group_heading(line: Line, *, numbered: bool = False) -> str:
    """Give the words of a row that only heads those below: 一、固体废物源头减量 in one cell or two.

    Parameters
    ----------
    numbered : bool
        Whether a single cell must bear a numeral or cover the row: tables of tasks have rows of one cell.
    """
    filled = [joined(cell) for cell in line.row.cells if clean(cell)]
    distinct = list(dict.fromkeys(filled))
    if len(distinct) == 2 and _NUMERAL.fullmatch(distinct[0]):
        distinct, numbered = distinct[1:], False
    if len(distinct) != 1 or len(distinct[0]) > _HEADING_MAX or NUMBER.fullmatch(distinct[0]):
        return ""
    bare = _NUMERAL.sub("", distinct[0], count=1).strip() if _NUMERAL.match(distinct[0]) else distinct[0]
    if numbered and bare == distinct[0] and len(filled) == 1:
        return ""
    return bare


def _by_role(row: Row, layout: Layout) -> dict[Role, list[str]]:
    cells: dict[Role, list[str]] = {}
    row = _without_filling(row, len(layout.columns))
    aligned = row.cells if _fits(row, layout) else _aligned(row, layout)
    for cell, column in zip(aligned, layout.columns, strict=False):
        cells.setdefault(column.role, []).append(cell)
    return cells


def _without_filling(row: Row, width: int) -> Row:
    """Drop empty cells behind the last column: they only make the rows of a table as long as the longest."""
    cells = row.cells
    while len(cells) > width and not clean(cells[-1]):
        cells = cells[:-1]
    return replace(row, cells=cells)


def _fits(row: Row, layout: Layout) -> bool:
    """Say whether the cells can stand as they are: as many as columns, and units where units belong.

    A row with one cell split and two merged has as many as the head and still stands askew.
    """
    if len(row.cells) != len(layout.columns):
        return False
    at = [*layout.of(Role.LEAD), *layout.of(Role.SUPPORT)]
    askew = [position for position in at if clean(row.cells[position]) and not is_units(row.cells[position])]
    return not any(_is_no_list(row.cells[position]) for position in askew)


def _is_no_list(cell: str) -> bool:
    return len(joined(cell)) > _HEADING_MAX or "。" in cell or is_due(cell)


def _aligned(row: Row, layout: Layout) -> tuple[str, ...]:
    """Lay a row with merged or split cells under the columns.

    Word processors write a cell merged to the right as one: fewer cells than columns, or empty ones behind.
    Where the head itself is merged, a row has more. From both ends the cells are told by what they say:
    numbers, deadlines, units.
    """
    cells, width = list(row.cells), len(layout.columns)
    if len(cells) == width:
        # As many as columns and yet askew: the empty ones at the end only fill the row up.
        while cells and not clean(cells[-1]):
            cells.pop()
    roles = [column.role for column in layout.columns]
    if len(cells) < width:
        return _spread(cells, roles)
    tail = _tail(cells, roles)
    rest, before = cells[: len(cells) - tail.used], width - len(tail.cells)
    if len(rest) > before:
        # One cell of the head stands over several columns: the words of those, the last of them that says
        # something.
        surplus = len(rest) - before
        spread = rest[before - 2 : before - 1 + surplus]
        said = next((cell for cell in reversed(spread) if clean(cell)), "")
        rest = [*rest[: before - 2], said, *rest[before - 1 + surplus :]]
    return (*rest, *tail.cells)


def _spread(cells: Sequence[str], roles: Sequence[Role]) -> tuple[str, ...]:
    """Lay fewer cells under the columns, in order, so that they fit best: the others were merged away."""
    nothing: tuple[float, tuple[str, ...]] = (-inf, ())
    best = [(0.0, nothing[1]), *[nothing] * len(cells)]
    for role in roles:
        # From the last cell to the first: what stood before is of the columns so far.
        for at in range(len(cells), -1, -1):
            left_out = (best[at][0] + _MISSING.get(role, -1.0), (*best[at][1], ""))
            taken = nothing
            if at:
                taken = (best[at - 1][0] + _fit(cells[at - 1], role), (*best[at - 1][1], cells[at - 1]))
            best[at] = max(left_out, taken, key=lambda pair: pair[0])
    score, laid = best[len(cells)]
    return _one_list_for_all(laid, roles) if score > -inf else tuple(cells)


# How likely a cell of a column is merged with the one above or beside it; the highest class over most rows.
_MISSING = {
    Role.LEVEL1: 0.1, Role.LEVEL2: 0.0, Role.SECTION: 0.0, Role.FIELD: 0.0, Role.TITLE: -0.2, Role.NOTE: 0.0,
    Role.OTHER: 0.0, Role.SUPPORT: -0.3, Role.DUE: -0.3, Role.TYPE: -0.5, Role.ATTRIBUTE: -0.5,
}  # fmt: skip
_HOLDS = {
    Role.NO: Holds.NO, Role.TYPE: Holds.TYPE, Role.ATTRIBUTE: Holds.ATTRIBUTE, Role.MEASURE: Holds.MEASURE,
    Role.BASE: Holds.VALUE, Role.TARGET: Holds.VALUE, Role.DUE: Holds.DUE, Role.LEAD: Holds.UNITS,
    Role.SUPPORT: Holds.UNITS, Role.UNITS: Holds.UNITS,
}  # fmt: skip


def _fit(cell: str, role: Role) -> float:
    """Tell how well a cell stands in a column: by what the column is to hold, words by what they are not."""
    words = joined(cell)
    if role in _HOLDS:
        bare = len(words) <= _SHORT and role in {Role.BASE, Role.TARGET}
        return 2.0 if fits(cell, _HOLDS[role]) else 0.5 if bare or not words else -2.0
    typed = any(fits(cell, holds) for holds in (Holds.NO, Holds.VALUE, Holds.MEASURE, Holds.DUE, Holds.UNITS))
    long = role in {Role.NAME, Role.TEXT, Role.CONTENT}
    if role in {Role.OTHER, Role.NOTE}:
        return 0.3
    return (-1.0 if typed else 1.0) + (0.02 * min(len(words), 40) if long else 0.0)


_SHORT = 8


def _one_list_for_all(laid: tuple[str, ...], roles: Sequence[Role]) -> tuple[str, ...]:
    """Fill a column of units that was merged with the one beside it: one list is said of both."""
    cells = list(laid)
    for at, role in enumerate(roles):
        if role is Role.SUPPORT and not cells[at] and at and roles[at - 1] is Role.LEAD:
            cells[at] = cells[at - 1]
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class _Tail:
    cells: tuple[str, ...]
    used: int


def _tail(cells: list[str], roles: list[Role]) -> _Tail:
    """Lay the last cells under the columns of units and deadlines; one list fills all that are missing."""
    at_end = []
    for role in reversed(roles):
        if role not in {Role.LEAD, Role.SUPPORT, Role.UNITS, Role.DUE, Role.NOTE, Role.OTHER}:
            break
        at_end.append(role)
    laid: list[str] = []
    position = len(cells) - 1
    for role in at_end:
        cell = cells[position] if position >= 0 else ""
        of_units = role in {Role.LEAD, Role.SUPPORT, Role.UNITS}
        if of_units and not is_units(cell) and laid and is_units(laid[-1]) and clean(cell):
            laid.append(laid[-1])
            continue
        if role is Role.DUE and clean(cell) and is_units(cell):
            laid.append("")
            continue
        laid.append(cell)
        position -= 1
    return _Tail(tuple(reversed(laid)), len(cells) - 1 - position)
