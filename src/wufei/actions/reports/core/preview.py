"""A document as lines of a page: the words of the file, each figure with the address of its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wufei.actions.reports.core.document import Document, Paragraph, Piece, Section
from wufei.actions.reports.core.drafting import blocks_of, part_text, shown_sections, written
from wufei.actions.reports.core.numbering import chinese_number, heading_number


@dataclass(frozen=True, slots=True)
class Bit:
    """Words, or a part of a figure: then with its key and address."""

    text: str
    key: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A heading of level 1 to 3 or, at level 0, a paragraph; or a table of cells."""

    level: int
    bits: tuple[Bit, ...] = ()
    rows: tuple[tuple[tuple[Bit, ...], ...], ...] = ()


def lines_of(document: Document) -> tuple[Line, ...]:
    """Give the lines of a document's text, numbered as in the file."""
    lines: list[Line] = []
    for number, section in shown_sections(document):
        if number:
            lines.append(Line(1, (Bit(f"{chinese_number(number)}、{section.title}"),)))
        lines += _lines(section, document)
    return tuple(lines)


def _lines(section: Section, document: Document) -> Iterator[Line]:
    counts = [0, 0]
    for block in blocks_of(section, document.figures):
        if isinstance(block, Paragraph):
            number = heading_number(block.level, counts)
            bits = _bits(block.pieces, document)
            yield Line(block.level, ((Bit(number), *bits) if number else bits))
        else:
            yield Line(0, rows=tuple(tuple(_bits(cell, document) for cell in row) for row in block.rows))


def _bits(pieces: Sequence[Piece], document: Document) -> tuple[Bit, ...]:
    known = {field.key: field for field in document.figures}
    found = []
    for mark in written(pieces, document.figures):
        if isinstance(mark, str):
            found.append(Bit(mark))
        else:
            field = known[mark.figure]
            found.append(Bit(part_text(field, mark.part), field.key, field.address))
    return tuple(found)
