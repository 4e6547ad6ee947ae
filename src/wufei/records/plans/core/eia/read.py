"""Read the solid waste of an environmental impact assessment out of the blocks of its document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from wufei.records.plans.core.eia.kinds import kind_in
from wufei.records.plans.core.eia.merging import one_each
from wufei.records.plans.core.eia.sentences import label_of, products_in, sums_in, wastes_in
from wufei.records.plans.core.eia.shared import for_all, with_shared
from wufei.records.plans.core.eia.spreading import spread
from wufei.records.plans.core.eia.tables import read_table
from wufei.records.plans.core.eia.values import Eia, Kind, Product, Store, Total, Waste
from wufei.records.plans.core.reading.blocks import Block, Paragraph, Table, squeezed
from wufei.records.plans.core.reading.files import blocks_of_file

_HEADING_MAX = 40
_CAPTION_MAX = 60
_NUMBERED = re.compile(
    r"^(?:第?[一二三四五六七八九十]+[、章节.]|[（(][一二三四五六七八九十\d]{1,2}[）)]|\d{1,2}(?:\.\d{1,2})*[、.\s]?|[①-⑳])"
)
_WASTE = re.compile(r"固体废物|固体废弃物|固废|危险废物|危废|生活垃圾|一般工业")
_OTHER = re.compile(r"废水|废气|噪声|地下水|土壤|大气|地表水|环境风险|电磁|生态|结论|环境管理|监测计划")
_UNIT = re.compile(
    r"单位[：:]\s*(?P<unit>[^\s）)，。;；]{1,8})|[（(](?P<bare>(?:万?(?:t|吨)|kg|千克)(?:/(?:a|年))?)[）)]\s*$"
)
_TITLE = re.compile(r"环境影响(?:评价)?报告(?:表|书)")
_BARE_TITLE = re.compile(r"(?:建设)?项目环境影响(?:评价)?报告")
_PROJECT = re.compile(r"项目名称[：:]\s*(?P<name>\S.{2,})")
_FIRST = 10
"""Lines in which a cover says the title."""
_NAME = re.compile(
    r"(?:建设单位|建设方)(?:名称)?(?:[（(]盖章[）)])?[：:\s]*(?P<name>[^：:，。；\s]{4,40}?(?:公司|厂|院|中心|所|站|集团)(?:[（(][^（）()]{1,12}[）)])?)"
)
_NAME_HEAD = re.compile(r"^(?:建设单位|建设单位名称|建设单位[（(]盖章[）)])[：:]?$")


def read_eia_file(content: bytes, name: str) -> tuple[Eia, list[Block]]:
    """Read a document; raises and reads as `wufei.records.plans.core.reading.files.blocks_of_file`.

    Returns
    -------
    tuple
        What was read, and the blocks for showing the document beside it.
    """
    blocks, findings = blocks_of_file(content, name)
    read = read_eia(blocks)
    return replace(read, findings=(*findings, *read.findings)), blocks


def read_eia(blocks: Sequence[Block]) -> Eia:
    """Read wastes, stores, products and sums; a waste that stands in several places is given once."""
    wastes: list[Waste] = []
    stores: list[Store] = []
    totals: list[Total] = []
    products: list[Product] = []
    shared: list[tuple[Kind, dict[str, str]]] = []
    about, section, label = False, Kind.UNSAID, ""
    blocks = spread(blocks)
    for at, block in enumerate(blocks):
        if isinstance(block, Table):
            found = read_table(block, _caption(blocks, at), _unit_before(blocks, at))
            wastes += found.wastes
            stores += found.stores
            totals += found.totals
            for paragraph in _cells(block):
                products += products_in(paragraph.text, paragraph.place)
                if len(paragraph.text) > _HEADING_MAX and _WASTE.search(paragraph.text):
                    wastes += wastes_in(paragraph, "", Kind.UNSAID)
                    totals += sums_in(paragraph)
                    shared += for_all(paragraph.text)
            continue
        if _is_heading(block):
            about, section = _section(block.text, about=about, section=section)
            label = label_of(block.text)
        elif about or _WASTE.search(block.text):
            wastes += wastes_in(block, label, section)
            totals += sums_in(block)
            shared += for_all(block.text)
        products += products_in(block.text, block.place)
    merged, doubts = one_each(wastes)
    words = "".join(squeezed(text) for text in _texts(blocks))
    return Eia(
        _title(blocks),
        _builder(blocks),
        with_shared(merged, shared),
        tuple(stores),
        tuple({(each.value, each.unit, each.name): each for each in products}.values()),
        tuple(totals),
        words,
        tuple(doubts),
    )


def _is_heading(block: Paragraph) -> bool:
    text = block.text.strip()
    if block.heading:
        return True
    return len(text) <= _HEADING_MAX and bool(_NUMBERED.match(text)) and not re.search(r"[。；，]", text)


def _section(text: str, *, about: bool, section: Kind) -> tuple[bool, Kind]:
    if _WASTE.search(text):
        return True, kind_in(text)
    return (False, Kind.UNSAID) if _OTHER.search(text) else (about, section)


def _caption(blocks: Sequence[Block], at: int) -> str:
    """Give the nearest short paragraph before a table."""
    for block in reversed(blocks[max(0, at - 2) : at]):
        if isinstance(block, Paragraph) and len(block.text) <= _CAPTION_MAX:
            return block.text
    return ""


def _unit_before(blocks: Sequence[Block], at: int) -> str:
    """Give the unit that the lines before a table state for all of it: 单位：t/a."""
    lines = [block.text for block in blocks[max(0, at - 2) : at] if isinstance(block, Paragraph)]
    found = (_UNIT.search(line) for line in reversed(lines) if len(line) <= _CAPTION_MAX)
    return next((said["unit"] or said["bare"] for said in found if said), "")


def _cells(table: Table) -> list[Paragraph]:
    """Give what the long cells of a table say as paragraphs; a report in a form is one table."""
    return [
        Paragraph(line, row.place)
        for row in table.rows
        for column, cell in enumerate(row.cells)
        if column not in row.carried and cell not in row.cells[:column]
        for line in cell.split("\n")
        if line.strip()
    ]


def _texts(blocks: Sequence[Block]) -> list[str]:
    texts = []
    for block in blocks:
        if isinstance(block, Paragraph):
            texts.append(block.text)
        else:
            texts += [cell for row in block.rows for cell in row.cells]
    return texts


def _title(blocks: Sequence[Block]) -> str:
    texts = [text for block in blocks if isinstance(block, Paragraph) and (text := block.text.strip())]
    project = next((said["name"] for text in texts if (said := _PROJECT.search(text))), "")
    if project and not any(_TITLE.search(text) and not _BARE_TITLE.match(text) for text in texts[:_FIRST]):
        return project[:200]
    return next((text for text in texts if _TITLE.search(text)), texts[0] if texts else "")[:200]


def _builder(blocks: Sequence[Block]) -> str:
    for block in blocks:
        if isinstance(block, Paragraph):
            found = _NAME.search(block.text)
            if found:
                return found["name"]
            continue
        for row in block.rows:
            for head, cell in zip(row.cells, row.cells[1:], strict=False):
                if _NAME_HEAD.match(squeezed(head)) and cell != head and cell.strip():
                    return cell.strip()[:80]
    return ""
