"""Traditional characters turned into simplified ones, so that heads, units and names are known.

References
----------
Unicode Han Database, kSimplifiedVariant; ``data/traditional.csv`` holds the pairs whose simplified form
occurs in
plans and in the lists of the catalogue. Characters that simplified text uses too (後, 徵) are left out.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from wufei.records.plans.core.reading.blocks import Block, Paragraph, Row, Table

_PAIRS = Path(__file__).parents[2] / "data" / "traditional.csv"
_SHARE_MIN = 0.02


@lru_cache(maxsize=1)
def _pairs() -> dict[int, str]:
    with _PAIRS.open(encoding="utf-8", newline="") as lines:
        return {ord(row["traditional"]): row["simplified"] for row in csv.DictReader(lines)}


def is_traditional(blocks: Sequence[Block]) -> bool:
    """Say whether a document is written in traditional characters rather than naming something in them."""
    text = "".join(_texts(blocks))
    found = sum(ord(char) in _pairs() for char in text)
    return found > _SHARE_MIN * max(1, len(text))


def simplified(blocks: Sequence[Block]) -> list[Block]:
    """Give the blocks in simplified characters."""
    pairs = _pairs()
    return [
        replace(block, text=block.text.translate(pairs))
        if isinstance(block, Paragraph)
        else Table(tuple(_row(row, pairs) for row in block.rows), block.place)
        for block in blocks
    ]


def _row(row: Row, pairs: dict[int, str]) -> Row:
    return replace(row, cells=tuple(cell.translate(pairs) for cell in row.cells))


def _texts(blocks: Sequence[Block]) -> list[str]:
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    for block in blocks:
        if isinstance(block, Table):
            texts += ["".join(row.cells) for row in block.rows]
    return texts
