"""Tables in plain text whose cells stand each on a line of its own, as paragraphs do.

Word processors write a table so when they save a document as text: a cell merged with the one above is an
empty line, a cell of several lines takes several. Its head and the numbers of its rows tell the table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from wufei.records.plans.core.reading.blocks import clean
from wufei.records.plans.core.reading.roles import is_known_head
from wufei.records.plans.core.reading.units import is_units, names_an_office

Rows = list[tuple[tuple[str, ...], int]]

_HEAD_MAX, _WORDS_MAX, _COLUMNS_MIN, _KNOWN_MIN, _ROWS_MIN = 20, 16, 3, 3, 2
_FIRST = re.compile(r"(?:序\s*号|编\s*号|No\.?)", re.IGNORECASE)
_YEAR = re.compile(r"20\d\d年?(?:.{0,6})")
_ROW_LINES_MAX, _DIGITS_MAX = 60, 3


def cells_on_lines(lines: Sequence[str], at: int) -> tuple[Rows, int]:
    """Read a table whose head begins at a line; give its rows with their lines, and the line behind it."""
    offset = _offset(lines, at)
    first = _first_row(lines, at) if offset is not None else None
    if first is None or offset is None:
        return [], at
    starts = [start - offset for start in _starts(lines, first)]
    first -= offset
    distances = Counter(two - one for one, two in pairwise(starts))
    width = _width([clean(line) for line in lines[at:first]], distances)
    if len(starts) < _ROWS_MIN or width < _COLUMNS_MIN:
        return [], at
    after = _end(lines, starts, width)
    rows = _heads([clean(line) for line in lines[at:first]], width, at)
    for begin, end in pairwise([*starts, after]):
        rows += _row(lines, (begin, end), width, offset)
    return rows, after


def _width(head: list[str], distances: Counter[int]) -> int:
    """Give how many columns a table has by its head and the lengths of its rows; 0 where nothing says so.

    A head of one row says it, also where cells merged with those above were left out of most rows; below
    a head of two rows the commonest length does.
    """
    width = len(head) - (_CLASS.fullmatch(head[-1]) is not None)
    if width <= min(distances, default=0) or (width == max(distances, default=0) and not _is_of_two(head)):
        return width
    return distances.most_common(1)[0][0] if distances else 0


def _is_of_two(head: Sequence[str]) -> bool:
    """Say whether the years at the end of a head stand below 现状值 and 目标值."""
    above = [words for words in head if not _BARE_YEAR.fullmatch(words)]
    return len(above) < len(head) and _VALUES.search(above[-1]) is not None


_BARE_YEAR, _VALUES = re.compile(r"20\d\d年?"), re.compile(r"现状|目标|基期|基准|值$")


def _offset(lines: Sequence[str], at: int) -> int | None:
    """Give how many columns stand before that of the numbers, None if no head begins here."""
    if not is_known_head(clean(lines[at])):
        return None
    found = (
        each
        for each in range(_BEFORE_MAX)
        if at + each < len(lines) and _FIRST.fullmatch(clean(lines[at + each]))
    )
    return next(found, None)


_BEFORE_MAX = 4


def _first_row(lines: Sequence[str], at: int) -> int | None:
    """Give the line of the first number below a head that begins at a line, None if no head does."""
    head: list[str] = []
    for line in lines[at : at + _HEAD_MAX]:
        words = clean(line)
        if words.isdecimal() and len(words) <= _DIGITS_MAX:
            known = sum(map(is_known_head, filter(None, head)))
            return at + len(head) if known >= min(_KNOWN_MIN, len(head) - 1) else None
        if len(words) > _WORDS_MAX or "\t" in line:
            return None
        head.append(words)
    return None


def _starts(lines: Sequence[str], first: int) -> list[int]:
    """Give the lines of the numbers of the rows: each the nearest below the one before it."""
    starts = [first]
    no = int(clean(lines[first]))
    while True:
        number, above = str(no + len(starts)), starts[-1]
        near = range(above + _COLUMNS_MIN - 1, min(len(lines), above + _ROW_LINES_MAX))
        alike = [at for at in near if clean(lines[at]) == number or _FIRST.fullmatch(clean(lines[at]))]
        found = next((at for at in alike if _begins_a_row(lines, at)), next(iter(alike), None))
        if found is None or clean(lines[found]) != number:
            return starts
        starts.append(found)


def _begins_a_row(lines: Sequence[str], at: int) -> bool:
    """Say whether a number is that of a row: behind it stands a name, no value and nobody in charge."""
    following = next((line for line in lines[at + 1 : at + _ROW_LINES_MAX] if clean(line)), "")
    return _FIRST.fullmatch(clean(lines[at])) is not None or _kind(following) == "words"


def _heads(head: list[str], width: int, at: int) -> Rows:
    """Give the head in one row, or in two where years stand below the values: 现状值, 目标值, 2022年."""
    if _CLASS.fullmatch(head[-1]):
        return [*_heads(head[:-1], width, at), ((head[-1],), at + len(head))]
    years = 0
    while years < len(head) and _YEAR.fullmatch(head[-1 - years]):
        years += 1
    if len(head) > width and years:
        return [(tuple(head[:-years]), at + 1), (tuple(head[-years:]), at + len(head) - years + 1)]
    return [(tuple(head), at + 1)]


def _end(lines: Sequence[str], starts: Sequence[int], width: int) -> int:
    """Give the line behind the last row: its cells, and what more of units follows."""
    begin = starts[-1]
    end = min(len(lines), begin + width)
    if any(two - one < width for one, two in pairwise(starts)):
        # Merged cells were left out of rows: the last one ends in cells as the row above it does.
        kinds = [_kind(lines[starts[-1] - back]) for back in (2, 1)]
        lengths = sorted({two - one for one, two in pairwise(starts)}, reverse=True)
        whole = (begin + each for each in lengths if begin + each <= len(lines))
        alike = (each for each in whole if [_kind(line) for line in lines[each - 2 : each]] == kinds)
        end = next((each for each in alike if all(map(clean, lines[begin:each]))), end)
    while (
        end < len(lines) and clean(lines[end]) and is_units(clean(lines[end])) and names_an_office(lines[end])
    ):
        end += 1
    return end


def _kind(line: str) -> str:
    """Tell a cell of a number from one of offices, other words, or none."""
    words = clean(line)
    if not words:
        return ""
    if re.search(r"\d", words) and len(words) < _WORDS_MAX:
        return "number"
    return "units" if is_units(words) and names_an_office(words) else "words"


_CLASS = re.compile(r"(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]).{2,30}")


def _row(lines: Sequence[str], span: tuple[int, int], width: int, offset: int) -> Rows:
    """Give a row, and the heading of a group that stands between it and the next."""
    begin, end = span
    cells = [clean(line) for line in lines[begin:end]]
    if len(cells) >= 2 * width and not cells[width + offset]:
        # 其中：煤矸石 is a row of its own, without a number.
        above, below = (begin, begin + width), (begin + width, end)
        return _row(lines, above, width, offset) + _row(lines, below, width, offset)
    if without_numbers := _without_numbers(cells, width, begin):
        return without_numbers
    heading: Rows = []
    while len(cells) > width and (not cells[-1] or _CLASS.fullmatch(cells[-1])):
        if cells[-1]:
            heading = [((cells[-1],), begin + len(cells))]
        cells.pop()
    return [(tuple(_folded(cells, width)), begin + 1), *heading]


def _without_numbers(cells: Sequence[str], width: int, begin: int) -> Rows:
    """Give a row and those below it whose empty number was left out; none unless all hold alike cells."""
    each = width - 1
    if len(cells) <= width or (len(cells) - width) % each:
        return []
    parts = [cells[start : start + each] for start in range(1, len(cells), each)]
    kinds = [[_kind(cell) for cell in part] for part in parts]
    if any(other != kinds[0] for other in kinds):
        return []
    return [
        ((cells[0] if at == 0 else "", *part), begin + 1 + (at > 0) + at * each)
        for at, part in enumerate(parts)
    ]


def _folded(cells: list[str], width: int) -> list[str]:
    """Join lines of one cell until there are as many as columns: lists of offices first, then words."""
    while len(cells) > width:
        at = min(range(1, len(cells)), key=lambda each: (_apart(cells[each - 1], cells[each]), -each))
        cells[at - 1 : at + 1] = [f"{cells[at - 1]}\n{cells[at]}"]
    return cells


def _apart(above: str, below: str) -> float:
    """Tell how unlikely it is that two lines are of one cell."""
    if not above or not below:
        return 9.0
    if all(is_units(each.replace("\n", "、")) and names_an_office(each) for each in (above, below)):
        return 0.0
    words = [re.search(r"\d", each) is None and len(each) > _NAME_MIN for each in (above, below)]
    return 2.0 if all(words) else 5.0


_NAME_MIN = 3
