"""The .xlsx of a closing: as published, as revised, the difference."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import get_language

from wufei.kernel.text import Text
from wufei.records.catalogue.core.streams import load_streams
from wufei.records.ledger.core.closing import Closing
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.core.words import STEPS, book_name
from wufei.records.ledger.queries import ClosedFlow
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.identity.queries import PartyRow, RegionRow
from wufei.runtime.pages.core.numerals import tonnes
from wufei.runtime.pages.core.tables import Cell, Column, table_workbook
from wufei.runtime.pages.responses import SYNTHETIC, workbook_response

COLUMNS = (
    Column("step", Text("环节", "Step")),
    Column("stream", Text("废物", "Waste")),
    Column("code", Text("代码", "Code")),
    Column("published", Text("公布数（吨）", "As published (t)"), numeric=True),
    Column("revised", Text("修订数（吨）", "As revised (t)"), numeric=True),
    Column("difference", Text("差额（吨）", "Difference (t)"), numeric=True),
    Column("published_rows", Text("公布时笔数", "Transfers published"), numeric=True),
    Column("revised_rows", Text("现有笔数", "Transfers now"), numeric=True),
)


def closing_export(
    closing: Closing, flows: Sequence[ClosedFlow], whom: RegionRow | PartyRow, grouping: Text | None
) -> HttpResponse:
    """Give the figures of a closing as a sheet with all that identifies it."""
    language = get_language() or "zh-hans"
    name = whom.name.in_language(language)
    title = Text(f"关账 {name} {closing.period}", f"Closing {name} {closing.period}").in_language(language)
    everything = Text("全部废物", "All waste")
    closed_at = closing.closed_at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M")
    sealed = Text(
        f"公布数截至封存序号 {closing.sequence}，{closed_at} 关账",
        f"Published over {closing.sequence} sealed transfers, closed at {closed_at}",
    )
    of_what = [closing.period.label(language)]
    of_what += [text.in_language(language) for text in (book_name(closing.book), grouping or everything)]
    notes = [
        name,
        *([SYNTHETIC.in_language(language)] if whom.synthetic else []),
        " · ".join(of_what),
        sealed.in_language(language),
    ]
    cells = [_cells(flow, language) for flow in flows]
    return workbook_response(table_workbook(title, notes, COLUMNS, cells, language), title)


def _cells(flow: ClosedFlow, language: str) -> list[Cell]:
    stream = load_streams().get(flow.stream)
    return [
        STEPS[Step(flow.step)].in_language(language),
        stream.name.in_language(language) if stream else flow.stream,
        flow.stream,
        tonnes(flow.published_g),
        tonnes(flow.revised_g),
        tonnes(flow.revised_g - flow.published_g),
        flow.published_rows,
        flow.revised_rows,
    ]
