"""The .xlsx of the transfers that a page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language

from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.catalogue.core.methods import load_methods
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.catalogue.core.streams import load_streams
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.rows import BookRow, TransferRow
from wufei.records.ledger.core.transfers import Evidence, Step
from wufei.records.ledger.core.words import EVIDENCE, KINDS, STEPS, book_name
from wufei.records.ledger.templatetags.ledger_words import transfer_names
from wufei.runtime.identity.queries import RegionRow
from wufei.runtime.pages.core.numerals import tonnes
from wufei.runtime.pages.core.tables import Cell, Column, table_workbook
from wufei.runtime.pages.responses import page_notes, workbook_response

ROWS_MAX = 5_000
"""Rows of one sheet; a sheet that ends there says so."""

COLUMNS = (
    Column("on", Text("日期", "Day")),
    Column("step", Text("流水", "Transfer")),
    Column("stream", Text("废物", "Waste")),
    Column("method", Text("处理方式", "Method")),
    Column("source", Text("从", "From")),
    Column("source_holder", Text("转出单位", "From whom")),
    Column("target", Text("到", "To")),
    Column("target_holder", Text("转入单位", "To whom")),
    Column("origin", Text("来源地", "Origin")),
    Column("sector", Text("来源行业", "Sector of origin")),
    Column("mass", Text("质量（吨）", "Mass (t)"), numeric=True),
    Column("evidence", Text("依据", "Evidence")),
    Column("document", Text("单据", "Document")),
    Column("id", Text("流水编号", "Transfer number")),
)


def transfers_export(
    region: RegionRow, period: Period, book: BookRow, rows: Sequence[TransferRow]
) -> HttpResponse:
    """Give the transfers of a page as a sheet; a correction is a row of its own with a negative mass."""
    language = get_language() or "zh-hans"
    title = Text(f"流水 {region.name.zh}", f"Transfers, {region.name.in_language('en')}").in_language(
        language
    )
    notes = [
        *page_notes(region, language),
        f"{period.label(language)} · {book_name(book.book).in_language(language)}",
    ]
    if len(rows) == ROWS_MAX:
        cut = Text(f"只含最近 {ROWS_MAX} 笔", f"The latest {ROWS_MAX} rows only")
        notes.append(cut.in_language(language))
    names = transfer_names(rows)
    cells = [_cells(row, names, language) for row in rows]
    return workbook_response(table_workbook(title, notes, COLUMNS, cells, language), title)


def _cells(row: TransferRow, names: Mapping[str, Mapping[int, Any]], language: str) -> list[Cell]:
    stream, method = load_streams().get(row.stream), load_methods().get(row.method)
    holders = [names["parties"].get(holder or 0) for holder in (row.source_holder_id, row.target_holder_id)]
    source, target = (holder.name.in_language(language) if holder else "" for holder in holders)
    return [
        row.occurred_on.isoformat(),
        STEPS[Step(row.step)].in_language(language),
        stream.name.in_language(language) if stream else row.stream,
        method.name.in_language(language) if method else row.method,
        KINDS[Kind(row.source_kind)].in_language(language),
        source,
        KINDS[Kind(row.target_kind)].in_language(language),
        target,
        names["regions"][row.origin_region_id].name.in_language(language),
        Sector(row.origin_sector).label.in_language(language),
        tonnes(row.signed_grams),
        EVIDENCE[Evidence(row.evidence)].in_language(language),
        row.document,
        str(row.id),
    ]
