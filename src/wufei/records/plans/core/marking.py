"""The degree of secrecy that a plan file is marked with, also where the reader of plans does not look."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence

from wufei.kernel.secrecy import classified, degree_of, degree_of_name
from wufei.records.plans.core.reading.blocks import Block, Paragraph
from wufei.runtime.files.core.opening import ZIP

_HEADS = re.compile(r"word/(?:header|footer)\d*\.xml")
_TAGS = re.compile(r"<[^>]*>")


def refuse_classified(content: bytes, name: str, blocks: Sequence[Block]) -> None:
    """Refuse a file that is marked 秘密, 机密 or 绝密: in its name, in a line or cell, in a running head.

    Raises
    ------
    InputError
        ``plan-file.classified``, with the mark, where it stands, the rule and what to do instead.
    """
    degree, place = degree_of_name(name), name
    if not degree:
        degree, place = next(_marked((*_lines(blocks), *_running_heads(content))), ("", ""))
    if degree:
        raise classified("plan-file.classified", degree, place)


def _marked(lines: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for text, place in lines:
        if degree := degree_of(text):
            yield degree, place


def _lines(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text, block.place.label
        else:
            yield from ((cell, row.place.label) for row in block.rows for cell in row.cells)


def _running_heads(content: bytes) -> Iterator[tuple[str, str]]:
    """Give the heads and feet of a Word document, and the first page of a PDF with its own."""
    if content.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in filter(_HEADS.fullmatch, archive.namelist()):
                for paragraph in archive.read(name).decode("utf-8", "replace").split("</w:p>"):
                    yield _TAGS.sub("", paragraph), "页眉页脚"
    elif b"%PDF-" in content[:1024]:
        from wufei.records.plans.core.reading.pdf_blocks import blocks_of_pdf  # noqa: PLC0415 - slow to import

        # Of one page alone nothing is taken for a head that runs through all.
        yield from _lines(blocks_of_pdf(content, 1).blocks)
