"""The tables of a document with their layouts: parts joined, headings above them, remarks on reading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from wufei.records.plans.core.reading.blocks import Block, Paragraph, Table
from wufei.records.plans.core.reading.by_cells import layout_by_head_and_cells
from wufei.records.plans.core.reading.columns import Layout, layout_of, with_past_years
from wufei.records.plans.core.reading.doubts.unread import goes_on
from wufei.records.plans.core.reading.head import last_year_before
from wufei.records.plans.core.reading.items import number_and_rank
from wufei.records.plans.core.reading.roles import Kind, Role
from wufei.records.plans.core.reading.rows import without_numeral

Laid = tuple[Table, Layout]


def laid_tables(blocks: Sequence[Block], paragraphs: Sequence[Paragraph]) -> list[Laid]:
    """Give each table with its layout; what goes on the table above is part of it, with its head or not."""
    past = last_year_before(paragraphs)
    found: list[Laid] = []
    last = -_BETWEEN_MAX
    for at, block in enumerate(blocks):
        if not isinstance(block, Table):
            continue
        above = found[-1][1] if found and at - last <= _BETWEEN_MAX else None
        if above is None or above.kind is Kind.OTHER or not _goes_on(block, above):
            layout = with_past_years(layout_by_head_and_cells(block, caption_of(blocks, at)), past)
        else:
            layout = replace(above, head_rows=0)
        if above is not None and _same_heads(above, layout) and not _titled(blocks[last + 1 : at]):
            whole, _ = found.pop()
            found.append((Table((*whole.rows, *block.rows[layout.head_rows :]), whole.place), above))
        else:
            found.append((block, layout))
        last = at
    return _parted_by_remark(found, paragraphs)


_BETWEEN_MAX = 3
_OWN_TITLE = re.compile(r"附|表|.*(?:表|清单|指标|任务|项目)$")


def _goes_on(table: Table, above: Layout) -> bool:
    return goes_on(table, above) and layout_of(table).kind is Kind.OTHER


def _same_heads(one: Layout, two: Layout) -> bool:
    return two.head_rows > 0 and [each.head for each in one.columns] == [each.head for each in two.columns]


def _titled(between: Sequence[Block]) -> bool:
    """Say whether a list has a title of its own: 附件2, 表3, （二）资源化利用指标; 续表 is none."""
    said = [each for each in between if isinstance(each, Paragraph) and "续" not in each.text]
    return any(number_and_rank(each)[0] or _OWN_TITLE.match(each.text) for each in said)


def caption_of(blocks: Sequence[Block], at: int) -> str:
    """Give the paragraph above a block, if it is short."""
    above = blocks[at - 1] if at else None
    return above.text if isinstance(above, Paragraph) and len(above.text) <= _CAPTION_MAX else ""


_CAPTION_MAX = 40


def groups_of(blocks: Sequence[Block], tables: Sequence[Laid]) -> dict[int, str]:
    """Give the heading of each of several tables of indicators, by its place: （一）源头减量指标."""
    above = {blocks[at].place.block: blocks[at - 1] for at in range(1, len(blocks))}
    found: dict[int, str] = {}
    for table, layout in tables:
        heading = above.get(table.place.block)
        if layout.kind is Kind.INDICATORS and isinstance(heading, Paragraph):
            no, _ = number_and_rank(heading)
            if no and len(heading.text) <= _CAPTION_MAX:
                found[table.place.block] = without_numeral(heading.text)
    return found if len(found) > 1 else {}


# 责任单位栏内，逗号之前为牵头单位，之后为配合单位
_LEADS_BEFORE = re.compile(r"(逗号|分号)(?:之|以)?前的?(?:单位|部门)?为(?:牵头|主责)")
_SIGNS = {"逗号": "[，,]", "分号": "[；;]"}


def _parted_by_remark(tables: list[Laid], paragraphs: Sequence[Paragraph]) -> list[Laid]:
    """Put a stroke between who leads and who supports, where a remark says which sign parts them."""
    sign = next((_SIGNS[found[1]] for each in paragraphs if (found := _LEADS_BEFORE.search(each.text))), None)
    return tables if sign is None else [(_parted(table, layout, sign), layout) for table, layout in tables]


def _parted(table: Table, layout: Layout, sign: str) -> Table:
    units = {at for role in (Role.SUPPORT, Role.UNITS) for at in layout.of(role)}

    def stroked(cells: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            re.sub(sign, "/", cell, count=1) if at in units else cell for at, cell in enumerate(cells)
        )

    return Table(tuple(replace(row, cells=stroked(row.cells)) for row in table.rows), table.place)
