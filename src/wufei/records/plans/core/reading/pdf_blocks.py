"""Blocks of a PDF that has a text layer: lines joined to paragraphs, ruled tables, tables that go on over the page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import pdfplumber

from wufei.records.plans.core.reading.blocks import Block, Paragraph, Place, Row, Table, clean, is_page_number


@dataclass(frozen=True, slots=True)
class PdfReading:
    """The blocks, how many pages there are, and which of them have no text: scans, reported and not guessed."""

    blocks: list[Block]
    pages: int
    scanned: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    right: float
    top: float
    size: float
    page: int


_ROWS = list[tuple[str, ...]]


def blocks_of_pdf(content: bytes, pages_max: int) -> PdfReading:
    """Give the paragraphs and tables of the first ``pages_max`` pages."""
    blocks: list[Block] = []
    scanned: list[int] = []
    with pdfplumber.open(io.BytesIO(content)) as document:
        total = len(document.pages)
        waiting: list[_Line] = []
        for number, page in enumerate(document.pages[:pages_max], start=1):
            found = list(_on_page(page, number))
            if not found:
                scanned.append(number)
            for each in found:
                if isinstance(each, _Line):
                    waiting.append(each)
                    continue
                _close(blocks, waiting)
                waiting = []
                _add_table(blocks, each, number)
            page.close()
        _close(blocks, waiting)
    return PdfReading(blocks, total, tuple(scanned))


def _on_page(page: Any, number: int) -> Iterator[_Line | _ROWS]:
    """Give lines and tables of a page from its top to its foot."""
    tables = [table for table in page.find_tables() if len(table.rows) > 1 or len(table.rows[0].cells) > 1]
    inside = [table.bbox for table in tables]

    def outside(item: dict[str, Any]) -> bool:
        middle_x, middle_y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
        return not any(x0 <= middle_x <= x1 and top <= middle_y <= bottom for x0, top, x1, bottom in inside)

    found: list[tuple[float, _Line | _ROWS]] = []
    for line in page.filter(lambda item: item.get("object_type") != "char" or outside(item)).extract_text_lines():
        words = clean(line["text"])
        if words and not is_page_number(words) and not _is_foot(words, line, page):
            size = median(char["size"] for char in line["chars"])
            found.append((line["top"], _Line(words, line["x0"], line["x1"], line["top"], size, number)))
    for table in tables:
        rows = [tuple((cell or "").strip() for cell in row) for row in table.extract()]
        found.append((table.bbox[1], rows))
    yield from (each for _, each in sorted(found, key=lambda pair: pair[0]))


def _is_foot(words: str, line: dict[str, Any], page: Any) -> bool:
    return words.isdigit() and line["top"] > page.height * 0.9


def _close(blocks: list[Block], lines: list[_Line]) -> None:
    """Join lines to paragraphs: a line that ends short ends one, an indented line begins one."""
    if not lines:
        return
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    text, begun = "", lines[0]
    for above, line in zip([None, *lines[:-1]], lines, strict=True):
        starts = (
            above is None
            or line.left > left + 1.2 * line.size
            or above.right < right - 2.2 * above.size
            or abs(above.size - line.size) > 1
        )
        if starts and text:
            blocks.append(Paragraph(clean(text), Place(len(blocks), None, f"第{begun.page}页")))
            text = ""
        begun = line if starts else begun
        text += (" " if text and text[-1].isascii() and text[-1].isalnum() and line.text[0].isascii() and line.text[0].isalpha() else "") + line.text
    blocks.append(Paragraph(clean(text), Place(len(blocks), None, f"第{begun.page}页")))


def _add_table(blocks: list[Block], rows: _ROWS, page: int) -> None:
    """Add a table, or its rows to the one that it goes on from the page before."""
    above = blocks[-1] if blocks and isinstance(blocks[-1], Table) else None
    if above is not None and above.width == max(map(len, rows)):
        joined = [*above.rows]
        ordinal = len(blocks) - 1
        for row in rows:
            joined.append(Row(row, Place(ordinal, len(joined), f"第{page}页")))
        blocks[-1] = Table(tuple(joined), above.place)
        return
    ordinal = len(blocks)
    blocks.append(
        Table(
            tuple(Row(row, Place(ordinal, index, f"第{page}页")) for index, row in enumerate(rows)),
            Place(ordinal, None, f"第{page}页"),
        )
    )
