"""Blocks of a page: paragraphs, and tables with cells that cover others; layout tables are opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from wufei.records.plans.core.reading.blocks import (
    Block,
    Paragraph,
    Place,
    Row,
    Table,
    clean,
    is_note_mark,
    is_page_number,
)

_ENDS_A_LINE = frozenset(
    [
        *("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "center", "dt", "dd"),
        *("blockquote", "header", "footer", "title"),
    ]
)
_SILENT = frozenset({"script", "style", "noscript", "template", "head"})
_SPAN_MAX = 64


@dataclass(slots=True)
class _Cell:
    wide: int
    high: int
    parts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Grid:
    """A table as it is being read; ``opened`` once a table was met inside: then it only lays the page out."""

    rows: list[list[_Cell]] = field(default_factory=list)
    opened: bool = False


def blocks_of_html(text: str) -> list[Block]:
    """Give the paragraphs and tables of a page in order."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._line: list[str] = []
        self._heading = 0
        self._silent = 0
        self._raised = False
        self._lists: list[int | None] = []
        self._grids: list[_Grid] = []
        self._tables = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, a table, a row or a cell."""
        if tag in _SILENT:
            self._silent += 1
        elif tag == "sup":
            self._raised = True
        elif tag in {"ol", "ul"}:
            start = dict(attrs).get("start") or "1"
            self._lists.append(int(start) - 1 if tag == "ol" and start.isdigit() else None)
        elif tag == "table":
            self._end_line()
            self._open_outer()
            self._grids.append(_Grid())
        elif tag == "tr" and self._grids:
            self._grids[-1].rows.append([])
        elif tag in {"td", "th"} and self._grids:
            self._begin_cell(dict(attrs))
        elif tag == "br":
            self._break()
        elif tag in _ENDS_A_LINE:
            self._break()
            self._heading = int(tag[1]) if tag[0] == "h" and tag[1:].isdigit() else 0
            if tag == "li":
                self._count()

    def handle_endtag(self, tag: str) -> None:
        """End a line, or a table with what it holds."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "sup":
            self._raised = False
        elif tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        elif tag == "table" and self._grids:
            grid = self._grids.pop()
            self._end_line()
            if not grid.opened:
                self._add(grid)
        elif tag in _ENDS_A_LINE:
            self._break()

    def handle_data(self, data: str) -> None:
        """Add words to the cell or line."""
        if self._silent:
            return
        # A line end in the source of a page is a space, and between Chinese characters it is nothing.
        words = data.replace("\r", "").replace("\n", "")
        cell = self._cell()
        parts = cell.parts if cell else self._line
        if not (self._raised and is_note_mark("".join(parts), words)):
            parts.append(words)

    def _count(self) -> None:
        """Write the number that a browser shows before an item of an ordered list."""
        if self._lists and self._lists[-1] is not None:
            self._lists[-1] += 1
            self.handle_data(f"{self._lists[-1]}.")

    def end(self) -> None:
        """Add what a page that breaks off has begun."""
        while self._grids:
            self.handle_endtag("table")
        self._end_line()

    def _cell(self) -> _Cell | None:
        if not self._grids or self._grids[-1].opened or not self._grids[-1].rows:
            return None
        row = self._grids[-1].rows[-1]
        return row[-1] if row else None

    def _begin_cell(self, attrs: dict[str, str | None]) -> None:
        grid = self._grids[-1]
        if grid.opened:
            self._end_line()
            return
        if not grid.rows:
            grid.rows.append([])
        grid.rows[-1].append(_Cell(_span(attrs.get("colspan")), _span(attrs.get("rowspan"))))

    def _break(self) -> None:
        cell = self._cell()
        if cell is None:
            self._end_line()
        elif cell.parts and cell.parts[-1] != "\n":
            cell.parts.append("\n")

    def _open_outer(self) -> None:
        """Give the words of the outer table as paragraphs: it lays the page out."""
        if not self._grids or self._grids[-1].opened:
            return
        self._grids[-1].opened = True
        for row in self._grids[-1].rows:
            for cell in row:
                for line in "".join(cell.parts).split("\n"):
                    self._line = [line]
                    self._end_line()

    def _end_line(self) -> None:
        words = clean("".join(self._line))
        self._line = []
        if words and not is_page_number(words):
            place = Place(len(self.blocks), None, f"第{len(self.blocks) + 1}段")
            self.blocks.append(Paragraph(words, place, self._heading))

    def _add(self, grid: _Grid) -> None:
        rows = _laid(grid.rows)
        if not rows:
            return
        self._tables += 1
        name, ordinal = f"表{self._tables}", len(self.blocks)
        made = tuple(
            Row(cells, Place(ordinal, at, f"{name}第{at + 1}行"), carried)
            for at, (cells, carried) in enumerate(rows)
        )
        self.blocks.append(Table(made, Place(ordinal, None, name)))


def _span(value: str | None) -> int:
    return max(1, min(_SPAN_MAX, int(value))) if value and value.isdigit() else 1


def _laid(rows: list[list[_Cell]]) -> list[tuple[tuple[str, ...], frozenset[int]]]:
    """Lay cells into a grid; what a cell covers says the same, and is carried below it."""
    laid: list[tuple[tuple[str, ...], frozenset[int]]] = []
    hanging: dict[int, tuple[str, int]] = {}
    for row in rows:
        cells: list[str] = []
        carried: set[int] = set()
        waiting = list(row)
        while waiting or any(at >= len(cells) for at in hanging):
            at = len(cells)
            if at in hanging:
                text, left = hanging.pop(at)
                if left > 1:
                    hanging[at] = (text, left - 1)
                cells.append(text)
                carried.add(at)
                if left > 1 and not waiting and not any(other > at for other in hanging):
                    break
                continue
            if not waiting:
                cells.append("")
                continue
            cell = waiting.pop(0)
            text = "".join(cell.parts).strip()
            for offset in range(cell.wide):
                if cell.high > 1:
                    hanging[at + offset] = (text, cell.high - 1)
                cells.append(text)
            # What this row hangs below itself must not be taken for hanging from above in the same row.
            if cell.high > 1 and not waiting and all(other < len(cells) for other in hanging):
                break
        laid.append((tuple(cells), frozenset(carried)))
    return laid
