"""Tables of a page that have no ruled lines: words that stand in columns, told by the white between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from statistics import median
from typing import Any

from wufei.records.plans.core.reading.blocks import clean

_COLUMNS_MIN, _ROWS_MIN = 3, 3
# In sizes of the letters: the white between two columns, between two lines of a cell, and below a table.
_BETWEEN_COLUMNS, _BETWEEN_LINES, _BELOW = 1.2, 0.6, 3.0
_FILLED_MIN = 2.5
# The white that parts two columns where words of both nearly touch.
_GAP_MIN = 0.12


@dataclass(frozen=True, slots=True)
class Columned:
    """A table without lines: its rows, the height where it begins, and which lines of the page it takes."""

    rows: list[tuple[str, ...]]
    top: float
    lines: range


_Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters of one line that stand together, or the lines of one cell; ``letters`` with left and right."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    letters: tuple[tuple[str, float, float], ...] = ()

    def parted_between(self, spans: Sequence[_Span]) -> list[_Piece]:
        """Give the piece in parts where it runs from one column into the next with little white between."""
        cuts: list[int] = []
        for before, behind in pairwise(spans):
            gaps = [
                (two[1] - one[2], at)
                for at, (one, two) in enumerate(pairwise(self.letters), start=1)
                if one[2] <= behind[1] and two[1] >= before[0] and (cuts == [] or at > cuts[-1])
            ]
            widest = max(gaps, default=(0.0, 0))
            if widest[0] < _GAP_MIN * (self.bottom - self.top):
                return [self]
            cuts.append(widest[1])
        runs = [self.letters[i:j] for i, j in pairwise([0, *cuts, len(self.letters)])]
        return [
            _Piece("".join(letter for letter, _, _ in run), run[0][1], run[-1][2], self.top, self.bottom, run)
            for run in runs
        ]


def columned_tables(lines: Sequence[dict[str, Any]]) -> Iterator[Columned]:
    """Give the tables among the lines of a page (as pdfplumber gives them), from its top to its foot."""
    laid: list[Sequence[_Piece]] = [_pieces_of(line) for line in lines]
    at = 0
    while at < len(laid):
        end, columns = _region(laid, at)
        table = _table(laid[at:end], columns) if len(columns) >= _COLUMNS_MIN else []
        filled = sum(bool(cell) for row in table for cell in row)
        if len(table) >= _ROWS_MIN and filled >= _FILLED_MIN * len(table):
            yield Columned(table, laid[at][0].top, range(at, end))
            at = end
        else:
            at += 1


def _pieces_of(line: dict[str, Any]) -> list[_Piece]:
    chars = [char for char in line["chars"] if char["text"].strip()]
    groups: list[list[dict[str, Any]]] = []
    for char in chars:
        gap = char["x0"] - groups[-1][-1]["x1"] if groups else 0.0
        if not groups or gap > _BETWEEN_COLUMNS * char["size"]:
            groups.append([])
        groups[-1].append(char)
    return [
        _Piece(
            "".join(char["text"] for char in group),
            group[0]["x0"],
            group[-1]["x1"],
            min(char["top"] for char in group),
            max(char["bottom"] for char in group),
            tuple((char["text"], char["x0"], char["x1"]) for char in group),
        )
        for group in groups
    ]


_HEADING = re.compile(
    r"[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|第[一二三四五六七八九十\d]+[章节]|附\s*[件表录]|表\s*\d|备?注[:：]"
)


def _region(laid: list[Sequence[_Piece]], at: int) -> tuple[int, list[_Span]]:
    """Give the line behind a table whose head stands at a line, and its columns, none if none begins."""
    columns = [(piece.left, piece.right) for piece in laid[at]]
    if len(columns) < _COLUMNS_MIN:
        return at + 1, []
    size = median(piece.bottom - piece.top for piece in laid[at])
    bottom = max(piece.bottom for piece in laid[at])
    end = at + 1
    while end < len(laid) and laid[end]:
        far = min(piece.top for piece in laid[end]) - bottom > _BELOW * size
        if far or (len(laid[end]) == 1 and _HEADING.match(laid[end][0].text)):
            break
        pieces = _parted(columns, laid[end])
        wider = _widened(columns, pieces)
        if wider is None:
            break
        laid[end] = pieces
        columns = wider
        bottom = max(bottom, *(piece.bottom for piece in laid[end]))
        end += 1
    return end, columns


def _parted(columns: Sequence[_Span], pieces: Sequence[_Piece]) -> Sequence[_Piece]:
    parted: list[_Piece] = []
    for piece in pieces:
        over = [span for span in columns if piece.left < span[1] and span[0] < piece.right]
        parted += piece.parted_between(over) if len(over) > 1 else [piece]
    return parted


def _widened(columns: Sequence[_Span], pieces: Sequence[_Piece]) -> list[_Span] | None:
    """Take a line into the columns; None where it reaches over two of them, as running text does."""
    spans = list(columns)
    for piece in pieces:
        over = [span for span in spans if piece.left < span[1] and span[0] < piece.right]
        if len(over) > 1 or (not over and len(pieces) == 1):
            return None
        for span in over:
            spans.remove(span)
        spans.append((min([piece.left, *(s[0] for s in over)]), max([piece.right, *(s[1] for s in over)])))
    return sorted(spans)


def _table(laid: Sequence[Sequence[_Piece]], columns: Sequence[_Span]) -> list[tuple[str, ...]]:
    """Give the rows: the lines of a cell stand close, and cells at one height are a row."""
    cells = [
        list(_cells([p for line in laid for p in line if p.left < column[1] and column[0] < p.right]))
        for column in columns
    ]
    most = max(map(len, cells))
    full = next(at for at, column in enumerate(cells) if len(column) > _FULL_MIN * most)
    # What stands before the first full column can be merged downward, and further right what fits exactly.
    merged = {
        at for at, its in enumerate(cells) if len(its) <= _FULL_MIN * most and (at < full or len(its) > 2)
    }
    rows: list[_Laid] = []
    for cell, at in sorted(
        ((cell, at) for at, column in enumerate(cells) if at not in merged for cell in column),
        key=lambda pair: pair[0].top,
    ):
        if not rows or cell.top > rows[-1].bottom - 1:
            rows.append(_Laid([""] * len(columns), cell.top, cell.bottom))
        rows[-1].take(cell, at)
    for at in merged:
        for cell, row in zip(cells[at], _rows_of(cells[at], rows), strict=True):
            row.take(cell, at)
    return [tuple(row.cells) for row in rows]


_FULL_MIN = 0.75


@dataclass(slots=True)
class _Laid:
    """A row of a table as it is laid, and the height it takes."""

    cells: list[str]
    top: float
    bottom: float

    def take(self, cell: _Piece, at: int) -> None:
        self.top, self.bottom = min(self.top, cell.top), max(self.bottom, cell.bottom)
        self.cells[at] = "\n".join(filter(None, (self.cells[at], cell.text)))

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def _rows_of(cells: Sequence[_Piece], rows: Sequence[_Laid]) -> list[_Laid]:
    """Give the row where each cell of a column of few begins.

    One merged downward stands in the middle of its rows: where the rows can be shared out so that every cell
    does, it belongs to the first of its rows, otherwise to the one it is nearest.
    """
    middles = [(cell.top + cell.bottom) / 2 for cell in cells]
    nearest = [min(rows, key=lambda row: abs(row.middle - middle)) for middle in middles]
    heads = sum(row is rows[0] for row in nearest)
    starts = _shared_out(middles[heads:], rows[1:]) if heads < len(cells) else None
    return nearest if starts is None else [*nearest[:heads], *(rows[1 + at] for at in starts)]


def _shared_out(middles: Sequence[float], rows: Sequence[_Laid]) -> list[int] | None:
    """Share rows out so that each middle is that of its rows; give where they begin, None if they do not fit.

    What a page cut may begin above its first rows, or go on below its last.
    """
    first = _whole(middles, rows, 0)
    cut_above = (way for begin in range(1, len(rows)) if (way := _whole(middles, rows, begin)) is not None)
    *others, last = middles
    cut_below = (
        [*way, end]
        for way, end in _ways(others, rows, 0)
        if end < len(rows) and rows[end].top < last < rows[-1].bottom
    )
    # A table whose numbers begin with 1 begins here, and only what stands below can be cut.
    begins = any(clean(cell) == "1" for cell in rows[0].cells)
    either = (cut_below, cut_above) if begins else (cut_above, cut_below)
    return first if first is not None else next(chain(*either), None)


def _whole(middles: Sequence[float], rows: Sequence[_Laid], begin: int) -> list[int] | None:
    return next((way for way, end in _ways(middles, rows, begin) if end == len(rows)), None)


def _ways(middles: Sequence[float], rows: Sequence[_Laid], begin: int) -> list[tuple[list[int], int]]:
    """Give the ways to lay cells one behind the other from a row: where they begin, and the end."""
    near = _OFF_MAX * median(row.bottom - row.top for row in rows)
    ways: list[tuple[list[int], int]] = [([], begin)]
    for middle in middles:
        ways = [
            ([*way, start], end)
            for way, start in ways
            for end in range(start + 1, len(rows) + 1)
            if abs((rows[start].top + rows[end - 1].bottom) / 2 - middle) <= near
        ]
    return ways


_OFF_MAX = 0.6


def _cells(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    cell: _Piece | None = None
    for piece in sorted(pieces, key=lambda each: each.top):
        if cell is not None and piece.top - cell.bottom < _BETWEEN_LINES * (piece.bottom - piece.top):
            cell = _Piece(
                f"{cell.text}\n{piece.text}",
                min(cell.left, piece.left),
                max(cell.right, piece.right),
                cell.top,
                piece.bottom,
            )
            continue
        if cell is not None:
            yield cell
        cell = piece
    if cell is not None:
        yield cell
