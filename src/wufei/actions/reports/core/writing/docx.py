"""A document as DOCX: head, numbered sections, tail, and the annex in which every figure has its source."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

import docx
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from wufei.actions.reports.core.classified import refuse_document
from wufei.actions.reports.core.document import Block, Document, Kind, Paragraph, Piece, Section, Table
from wufei.actions.reports.core.drafting import blocks_of, part_text, shown_sections, written
from wufei.actions.reports.core.layouts import Layout, Page
from wufei.actions.reports.core.lineage import ANNEX_HEAD, ANNEX_WIDTHS, annex_rows
from wufei.actions.reports.core.numbering import chinese_number, heading_number
from wufei.actions.reports.core.writing.elements import Marks, el, paragraph, run, table, twips
from wufei.actions.reports.core.writing.heads import closing_of, head_of, tail_of
from wufei.actions.reports.core.writing.package import repacked
from wufei.actions.reports.core.writing.styles import (
    dress,
    mark_synthetic,
    number_pages,
    section_measures,
    set_page,
)


def write_docx(document: Document, layout: Layout) -> bytes:
    """Write a document as DOCX; the same document and layout give the same bytes.

    Raises
    ------
    InputError
        ``report.classified`` for a document marked 秘密 or above, ``report.no-figure`` for a text that names
        a figure which the document does not hold.
    """
    refuse_document(document)
    file = docx.Document()
    dress(file, document, layout)
    section = file.sections[0]
    annex = bool(document.figures)
    last = _annex_page(layout.page) if annex else layout.page
    set_page(section, last)
    number_pages(section, layout)
    if document.synthetic:
        mark_synthetic(section, layout)
    end = section._sectPr
    marks = Marks()
    main, attached = _without_attachments(document)
    lines = [*head_of(document, layout), *_text(main, layout, marks)]
    named = [_paragraph(each, document, marks, [0, 0]) for each in attached]
    lines += [*closing_of(main, layout, named), *tail_of(document, layout)]
    if annex:
        lines += [_break(end, layout), *_annex(document, layout, marks, last)]
    if lines[-1].tag == qn("w:tbl"):
        lines.append(_low())
    for line in lines:
        end.addprevious(line)
    out = io.BytesIO()
    file.save(out)
    return repacked(out.getvalue())


def _without_attachments(document: Document) -> tuple[Document, tuple[Paragraph, ...]]:
    """Part the attachments from a notice or letter: they stand behind the closing (GB/T 9704, 7.3.4)."""
    if document.head.kind not in (Kind.NOTICE, Kind.LETTER) or not document.sections:
        return document, ()
    *before, last = document.sections
    first = next((n for n, block in enumerate(last.blocks) if _names_attachments(block)), len(last.blocks))
    named = tuple(block for block in last.blocks[first:] if isinstance(block, Paragraph) and not block.level)
    if not named or len(named) != len(last.blocks) - first:
        return document, ()
    main = (*before, Section(last.title, last.blocks[:first]))
    return replace(document, sections=main), named


def _names_attachments(block: Block) -> bool:
    first = block.pieces[0] if isinstance(block, Paragraph) and block.pieces else ""
    return isinstance(first, str) and first.startswith(("附件：", "附件:"))


def _text(document: Document, layout: Layout, marks: Marks) -> list[Element]:
    lines: list[Element] = []
    for number, section in shown_sections(document):
        if number:
            lines.append(paragraph("heading1", run(f"{chinese_number(number)}、{section.title}")))
        counts = [0, 0]
        for block in blocks_of(section, document.figures):
            if isinstance(block, Table):
                if block.head and lines and lines[-1].tag == qn("w:tbl"):
                    # Two tables that touch are one to Word, and a head within it is not repeated.
                    lines.append(_low())
                lines.append(_table(block, document, layout, marks))
            else:
                lines.append(_paragraph(block, document, marks, counts))
    return lines


def _paragraph(block: Paragraph, document: Document, marks: Marks, counts: list[int]) -> Element:
    content = _content(block.pieces, document, marks)
    if not block.level:
        return paragraph("body", *content)
    number = heading_number(block.level, counts)
    return paragraph(f"heading{min(block.level, 3)}", *([run(number)] if number else []), *content)


def _table(block: Table, document: Document, layout: Layout, marks: Marks) -> Element:
    rows = [
        [_cell(cell, document, marks, head=block.head and not place) for cell in row]
        for place, row in enumerate(block.rows)
    ]
    return table(rows, block.widths, twips(layout.page.text_mm), head=block.head)


def _cell(cell: Sequence[Piece], document: Document, marks: Marks, *, head: bool) -> list[Element]:
    return [paragraph("table_head" if head else "table", *_content(cell, document, marks))]


def _content(pieces: Sequence[Piece], document: Document, marks: Marks) -> list[Element]:
    made: list[Element] = []
    for mark in written(pieces, document.figures):
        if isinstance(mark, str):
            made.append(run(mark))
            continue
        field = document.field(mark.figure)
        if field is not None:
            made.append(marks.figure(field.key, field.name, part_text(field, mark.part)))
    return made


def _annex_page(page: Page) -> Page:
    """Lay the annex across: eleven columns do not fit an upright page."""
    long, short = max(page.width_mm, page.height_mm), min(page.width_mm, page.height_mm)
    return Page(long, short, 20.0, 20.0, 20.0, 20.0, 10.0)


def _break(end: Element, layout: Layout) -> Element:
    """End the section of the text; its paragraph is too low to be seen."""
    properties = el("sectPr")
    references = (qn("w:headerReference"), qn("w:footerReference"))
    properties.extend(deepcopy(each) for each in end if each.tag in references)
    properties.append(el("type", {"val": "nextPage"}))
    properties.extend(section_measures(layout.page))
    line = _low()
    line[0].append(properties)
    return line


def _low() -> Element:
    """Make a paragraph too low to be seen: a table is not the last thing in a file."""
    spacing = el("spacing", {"before": 0, "after": 0, "line": 20, "lineRule": "exact"})
    return el("p", None, el("pPr", None, spacing, el("rPr", None, el("sz", {"val": 2}))))


def _annex(document: Document, layout: Layout, marks: Marks, page: Page) -> list[Element]:
    rows = [[[paragraph("annex", run(title, bold=True))] for title in ANNEX_HEAD]]
    for field, row in zip(document.figures, annex_rows(document), strict=True):
        start, finish = marks.bookmark(f"lineage_{field.key}")
        first = paragraph("annex", start, run(row[0]), finish)
        rows.append([[first], *([paragraph("annex", run(text))] for text in row[1:])])
    title = paragraph("annex_title", run(layout.word("annex")))
    return [title, table(rows, ANNEX_WIDTHS, twips(page.text_mm), head=True), paragraph("annex")]
