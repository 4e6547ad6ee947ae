"""What tables hold besides lists: boxes that frame text, and titles in the first rows, as paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wufei.records.plans.core.reading.blocks import Block, Paragraph, Row, Table, clean, joined, tightened
from wufei.records.plans.core.reading.items import number_and_rank


def opened(blocks: Sequence[Block]) -> list[Block]:
    """Give the blocks with tables of one column opened, and titles over the whole width before them."""
    return [each for block in blocks for each in _parts(block)]


def _parts(block: Block) -> Iterator[Block]:
    if not isinstance(block, Table):
        yield replace(block, text=tightened(block.text))
        return
    if block.width == 1:
        yield from _lines(block)
        return
    titles = 0
    while titles < len(block.rows) - 1 and _is_title(block.rows[titles]):
        titles += 1
    for row in block.rows[:titles]:
        said = next((joined(cell) for cell in row.cells if clean(cell)), "")
        if said:
            yield Paragraph(said, row.place)
    rows = (replace(row, cells=tuple(map(tightened, row.cells))) for row in block.rows[titles:])
    yield replace(block, rows=tuple(rows))


def _is_title(row: Row) -> bool:
    """Say whether a row is empty or says one thing in all its cells; 一、源头减量 heads the rows below it."""
    said = {clean(cell) for cell in row.cells if clean(cell)}
    return len(said) <= 1 and not any(number_and_rank(Paragraph(joined(each), row.place))[0] for each in said)


def _lines(box: Table) -> Iterator[Paragraph]:
    """Give the paragraphs of a box: a line goes on the one above unless that has ended or it is numbered."""
    for row in box.rows:
        said: Paragraph | None = None
        for line in filter(None, map(clean, tightened(row.cells[0]).split("\n"))):
            here = Paragraph(line, row.place)
            if said is None or said.text.endswith(("。", "）", ")", "：")) or number_and_rank(here)[0]:
                if said is not None:
                    yield said
                said = here
            else:
                said = replace(said, text=said.text + line)
        if said is not None:
            yield said
