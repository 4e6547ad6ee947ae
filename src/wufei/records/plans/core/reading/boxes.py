"""Boxes: tables of one column, which only frame text, as the paragraphs they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wufei.records.plans.core.reading.blocks import Block, Paragraph, Table, clean
from wufei.records.plans.core.reading.items import number_and_rank


def opened(blocks: Sequence[Block]) -> list[Block]:
    """Give the blocks with every table of one column opened."""
    return [each for block in blocks for each in (_lines(block) if _is_box(block) else [block])]


def _is_box(block: Block) -> bool:
    return isinstance(block, Table) and block.width == 1


def _lines(box: Block) -> Iterator[Paragraph]:
    """Give the paragraphs of a box: a line goes on the one above unless that has ended or it bears a number."""
    for row in box.rows if isinstance(box, Table) else ():
        said: Paragraph | None = None
        for line in filter(None, map(clean, row.cells[0].split("\n"))):
            here = Paragraph(line, row.place)
            if said is None or said.text.endswith(("。", "）", ")", "：")) or number_and_rank(here)[0]:
                if said is not None:
                    yield said
                said = here
            else:
                said = replace(said, text=said.text + line)
        if said is not None:
            yield said
