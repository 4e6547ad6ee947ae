"""Blocks of a plain text, in the shapes that tables take when a word processor saves them as text.

Three shapes are known: every cell on a line of its own that begins with a tab, rows ended by an empty line;
a row
on one line, its cells joined by tabs; and a row on one line between upright strokes.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from itertools import pairwise
from unicodedata import east_asian_width

from wufei.records.plans.core.reading.blocks import Block, Paragraph, Place, Row, Table, clean, is_page_number
from wufei.records.plans.core.reading.line_cells import cells_on_lines


def blocks_of_text(text: str) -> list[Block]:
    """Give the paragraphs and tables of a plain text, each with the number of its first line."""
    every = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    numbers = _without_page_edges(every)
    lines = [every[number - 1] for number in numbers]
    blocks: list[Block] = []
    edge = _edge(lines)
    at = 0
    while at < len(lines):
        rows, after = _table_at(lines, at)
        if rows:
            ordinal = len(blocks)
            places = [
                Row(cells, Place(ordinal, index, f"第{numbers[line - 1]}行"))
                for index, (cells, line) in enumerate(rows)
            ]
            blocks.append(Table(tuple(places), Place(ordinal, None, f"第{numbers[at]}行")))
            at = after
            continue
        words, began = clean(lines[at]), at
        while edge and at + 1 < len(lines) and _is_cut(lines, at, edge):
            at += 1
            words += clean(lines[at])
        marks = _MARKS.match(words)
        words = words[marks.end() :] if marks else words
        if words and not is_page_number(words):
            heading = len(marks[1]) if marks else 0
            blocks.append(Paragraph(words, Place(len(blocks), None, f"第{numbers[began]}行"), heading))
        at += 1
    return blocks


_EDGE_LINES_MIN, _EDGE_WORDS_MAX = 3, 30


def _without_page_edges(lines: list[str]) -> list[int]:
    """Give the numbers of the lines that are text, not the edge of a page: its number, and heads said again.

    Where pages were cut, the empty lines beside their edges part nothing.
    """
    said = Counter(clean(line) for line in lines if 0 < len(clean(line)) <= _EDGE_WORDS_MAX)
    filled = [at for at, line in enumerate(lines) if clean(line)]
    edges = {at for at in filled if is_page_number(clean(lines[at]))}
    for before, at in pairwise(filled):
        beside = {before, at} & edges
        edges.update(each for each in (before, at) if beside and said[clean(lines[each])] >= _EDGE_LINES_MIN)
    empty = {
        at
        for at, line in enumerate(lines)
        if not clean(line) and ({_next(filled, at, -1), _next(filled, at, 1)} & edges)
    }
    return [at + 1 for at in range(len(lines)) if at not in edges and at not in empty]


def _next(filled: list[int], at: int, step: int) -> int:
    """Give the nearest line that says something, before or behind one; -1 if there is none."""
    place = bisect(filled, at) - (step < 0)
    return filled[place] if 0 <= place < len(filled) else -1


# A heading of Markdown: ## 一、目标
_MARKS = re.compile(r"(#{1,6})\s+")

# Text that was copied from a page: its lines end at the edge of the paper, not of the paragraph.

_EDGE_MAX, _EDGE_MIN, _EDGE_SHARE, _LINES_MIN, _NEAR = 140, 40, 0.3, 10, 5


def _edge(lines: list[str]) -> int:
    """Give the width at which lines were cut, 0 where paragraphs stand on one line each."""
    prose = (line for line in lines if "\t" not in line and len(_GAP.findall(line.strip())) < _CELLS_MIN - 1)
    widths = [width for line in prose if (width := _width(line))]
    longest = max(widths, default=0)
    near = sum(width >= longest - _NEAR for width in widths)
    cut = _EDGE_MIN <= longest <= _EDGE_MAX and near >= max(_LINES_MIN, _EDGE_SHARE * len(widths))
    return longest if cut else 0


def _width(line: str) -> int:
    """Give how wide a line is, in half-width columns."""
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in line.rstrip())


def _is_cut(lines: list[str], at: int, edge: int) -> bool:
    """Say whether the paragraph of a line goes on in the next: the line is full, the next not indented."""
    following = lines[at + 1]
    indented = following[:1] in " \u3000\t"
    return _width(lines[at]) >= edge - _NEAR and bool(following.strip()) and not indented


_Rows = list[tuple[tuple[str, ...], int]]


def _table_at(lines: list[str], at: int) -> tuple[_Rows, int]:
    """Read a table that begins at a line, and give the line behind it; no rows if none begins there."""
    for read in (_cell_per_line, cells_on_lines, _joined_by_tabs, _between_strokes, _parted_by_spaces):
        rows, after = read(lines, at)
        if len(rows) > 1:
            return rows, after
    return [], at


def _cell_per_line(lines: list[str], at: int) -> tuple[_Rows, int]:
    """Read rows whose cells stand each on a line that begins with a tab; other lines go on the cell above.

    An empty line ends a row. In the last cell of a row it must be told whether a line goes on the cell or
    is the
    paragraph behind the table (`_goes_on`).
    """
    rows: _Rows = []
    width = 0
    while at < len(lines) and _begins_cell(lines[at]):
        cells: list[str] = []
        began = at + 1
        while at < len(lines) and lines[at].strip(" \u3000"):
            if _begins_cell(lines[at]):
                cells.append(lines[at][1:])
            elif width and len(cells) >= width and not _goes_on(lines, at):
                break
            else:
                cells[-1] += "\n" + lines[at]
            at += 1
        rows.append((tuple(cells), began))
        width = width or len(cells)
        if (
            at < len(lines)
            and not lines[at].strip(" \u3000")
            and at + 1 < len(lines)
            and _begins_cell(lines[at + 1])
        ):
            at += 1
    return _unrolled(rows), at


def _unrolled(rows: _Rows) -> _Rows:
    """Cut a run of cells without empty lines between the rows: a row is as long as it is to the cell "1"."""
    (cells, began), *others = rows or [((), 0)]
    if others or "1" not in (plain := [cell.strip() for cell in cells]):
        return rows
    width = plain.index("1")
    return (
        [(cells[start : start + width], began + start) for start in range(0, len(cells), width)]
        if width > 1
        else rows
    )


def _begins_cell(line: str) -> bool:
    """Say whether a line is a cell of its own: a tab before it and none inside."""
    return line.startswith("\t") and "\t" not in line[1:]


_LONGEST_NAME = 24
_HEADING = re.compile(
    r"^\s*(?:\[bookmark|附件|附表|表\s*\d|第[一二三四五六七八九十]+[章节]|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.．、]|备?注\s*\d?\s*[:：]|说明[:：])"
)


def _goes_on(lines: list[str], at: int) -> bool:
    """Say whether a line goes on the last cell of a row rather than standing behind the table."""
    if _HEADING.match(lines[at]):
        return False
    end = next(
        (i for i in range(at, len(lines)) if not lines[i].strip() or _begins_cell(lines[i])), len(lines)
    )
    if end < len(lines) and any(map(_begins_cell, lines[end : end + 2])):
        return True
    return end - at <= 6 and all(
        len(clean(line)) <= _LONGEST_NAME and "。" not in line for line in lines[at:end]
    )


def _joined_by_tabs(lines: list[str], at: int) -> tuple[_Rows, int]:
    """Read rows that stand on one line each, their cells joined by tabs."""
    rows: _Rows = []
    while at < len(lines) and lines[at].strip() and "\t" in (lines[at] if rows else lines[at].rstrip()):
        rows.append((tuple(lines[at].split("\t")), at + 1))
        at += 1
        # A cell broken over lines: the rest follows without as many tabs, before the next full row.
        if _heads_a_group(lines, at, len(rows[0][0])):
            rows.append(((lines[at],), at + 1))
            at += 1
            continue
        while at < len(lines) and _breaks_a_cell(lines, at, len(rows[0][0])):
            first, *rest = lines[at].split("\t")
            cells, began = rows[-1]
            rows[-1] = ((*cells[:-1], cells[-1] + "\n" + first, *rest), began)
            at += 1
    return rows, at


_CLASS = re.compile(r"\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)])[^。\t]{2,30}")


def _heads_a_group(lines: list[str], at: int, width: int) -> bool:
    """Say whether a line stands alone between the rows of a table and heads those below: 一、产出指标."""
    below = lines[at + 1] if at + 1 < len(lines) else ""
    return at < len(lines) and _CLASS.fullmatch(lines[at]) is not None and below.count("\t") + 1 == width


def _breaks_a_cell(lines: list[str], at: int, width: int) -> bool:
    """Say whether a line is the second half of a row whose cell was broken: together they fill the row."""
    above = lines[at - 1].count("\t") + 1
    here = lines[at].count("\t")
    return bool(lines[at].strip()) and above < width and above + here == width and "\t" in lines[at]


_GAP = re.compile(r"[ \u3000]{2,}")
_CELLS_MIN, _ROWS_MIN = 3, 3


def _parted_by_spaces(lines: list[str], at: int) -> tuple[_Rows, int]:
    """Read rows whose cells are parted by spaces; a cell belongs to the column it is nearest."""
    starts = [column for column, _ in _spaced(lines[at])]
    following = [line for line in lines[at + 1 : at + 1 + 2 * _ROWS_MIN] if line.strip()]
    alike = sum(len(_spaced(line)) >= max(_CELLS_MIN, len(starts) - 1) for line in following)
    if len(starts) < _CELLS_MIN or alike < _ROWS_MIN:
        return [], at
    rows: _Rows = []
    while at < len(lines) and (
        len(_spaced(lines[at])) >= _CELLS_MIN or (rows and lines[at][:1] in " \u3000" and lines[at].strip())
    ):
        cells = [""] * len(starts)
        for place, (column, words) in enumerate(spaced := _spaced(lines[at])):
            nearest = min(range(len(starts)), key=lambda each: abs(starts[each] - column))
            own = place if len(spaced) == len(starts) else nearest
            cells[own] = f"{cells[own]} {words}".strip()
        if cells[0] or not rows:
            rows.append((tuple(cells), at + 1))
        else:
            above, began = rows[-1]
            whole = tuple("\n".join(filter(None, pair)) for pair in zip(above, cells, strict=True))
            rows[-1] = (whole, began)
        at += 1
    return rows, at


def _spaced(line: str) -> list[tuple[int, str]]:
    """Give the cells of a line with the column where each begins."""
    cells, behind = [], 0
    for gap in [*_GAP.finditer(line.rstrip()), None]:
        end = gap.start() if gap else len(line.rstrip())
        if line[behind:end].strip():
            cells.append((_width(line[:behind] + "|"), line[behind:end].strip()))
        behind = gap.end() if gap else end
    return cells


def _between_strokes(lines: list[str], at: int) -> tuple[_Rows, int]:
    """Read rows between upright strokes, as in Markdown; the line under the head is left out."""
    rows: _Rows = []
    while at < len(lines) and (match := _STROKES.fullmatch(lines[at])):
        cells = tuple(cell.strip().replace("<br>", "\n") for cell in re.split(r"[|｜│]", match[1]))
        if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            rows.append((cells, at + 1))
        at += 1
    return rows, at


_STROKES = re.compile(r"\s*[|｜│](.+)[|｜│]\s*")
