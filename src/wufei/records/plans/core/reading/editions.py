"""A second plan in the same file: where it begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wufei.records.plans.core.reading.blocks import Block, Paragraph, squeezed
from wufei.records.plans.core.reading.head import is_number, is_title

_FIRST_CHAPTER = re.compile(r"(?:一、|第一[章部])")
_ANNEX = re.compile(r"附\s*[件表录]")


def second_plan(blocks: Sequence[Block]) -> int | None:
    """Give the position where another plan begins, or None.

    Another title or document number behind the first chapter, and a first chapter behind that. What stands
    below 附件 is an annex, and the title said again is the same plan.
    """
    chapters = [at for at, block in enumerate(blocks) if _begins_chapters(block)]
    if len(chapters) < 2:
        return None
    titles: set[str] = set()
    annex = False
    for at, block in enumerate(blocks):
        if not isinstance(block, Paragraph):
            continue
        if at < chapters[0]:
            titles.add(squeezed(block.text))
            continue
        annex = annex or _ANNEX.match(block.text) is not None
        starts = is_number(block.text) or (
            is_title(block.text) and not annex and squeezed(block.text) not in titles
        )
        if starts and any(chapter > at for chapter in chapters):
            return at
    return None


def _begins_chapters(block: Block) -> bool:
    return isinstance(block, Paragraph) and _FIRST_CHAPTER.match(block.text) is not None
