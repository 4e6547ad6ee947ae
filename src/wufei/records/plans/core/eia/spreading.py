"""Tables that stand inside the cells of a form, as tables of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wufei.records.plans.core.reading.blocks import Block, Paragraph, Place, Row


def spread(blocks: Sequence[Block]) -> list[Block]:
    """Give the blocks of a document with those inside cells behind the table that holds them.

    The words of such a cell are taken out of it, and every block has its number in the new order.
    """
    return [_numbered(block, number) for number, block in enumerate(_spread(blocks))]


def _spread(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Paragraph) or not block.inner:
            yield block
            continue
        held = {(row, column) for row, column, _ in block.inner}
        yield replace(
            block, rows=tuple(_without(row, at, held) for at, row in enumerate(block.rows)), inner=()
        )
        for _, _, inner in block.inner:
            yield from _spread(inner)


def _without(row: Row, at: int, held: set[tuple[int, int]]) -> Row:
    words = {row.cells[column] for of_row, column in held if of_row == at}
    # A cell over several columns says its words in each.
    return replace(row, cells=tuple("" if cell in words else cell for cell in row.cells))


def _numbered(block: Block, number: int) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, place=_at(block.place, number))
    rows = tuple(replace(row, place=_at(row.place, number)) for row in block.rows)
    return replace(block, rows=rows, place=_at(block.place, number))


def _at(place: Place, number: int) -> Place:
    return replace(place, block=number)
