"""Read a plan from the bytes of a file: DOCX, PDF, TXT, HTML or XLSX; what a file is, its bytes say."""

from __future__ import annotations

import re

from wufei.records.plans.core.reading.blocks import Block
from wufei.records.plans.core.reading.html_blocks import blocks_of_html
from wufei.records.plans.core.reading.read import read_plan
from wufei.records.plans.core.reading.result import ReadPlan
from wufei.records.plans.core.reading.sheet_blocks import blocks_of_sheets
from wufei.records.plans.core.reading.text_blocks import blocks_of_text
from wufei.records.plans.core.reading.word_blocks import blocks_of_word
from wufei.runtime.files.core.delimited import decoded
from wufei.runtime.files.core.opening import ZIP, open_archive
from wufei.runtime.files.core.workbook import workbook_sheets

PAGES_MAX = 500
_MARKUP = re.compile(r"<(?:html|!doctype html|body|table|div|p)\b", re.IGNORECASE)


def read_plan_file(content: bytes, name: str) -> ReadPlan:
    """Read a plan."""
    return read_plan(blocks_of_file(content, name))


def blocks_of_file(content: bytes, name: str) -> list[Block]:
    """Give the blocks of a file."""
    if content.startswith(b"%PDF-"):
        from wufei.records.plans.core.reading.pdf_blocks import blocks_of_pdf

        return blocks_of_pdf(content, PAGES_MAX).blocks
    if content.startswith(ZIP):
        archive = open_archive(content, name)
        if "word/document.xml" in archive.namelist():
            return blocks_of_word(content)
        return blocks_of_sheets(workbook_sheets(archive, name))
    text = decoded(content, name)
    return blocks_of_html(text) if _MARKUP.search(text[:4000]) else blocks_of_text(text)
