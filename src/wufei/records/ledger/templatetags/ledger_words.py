"""The words of the ledger, for templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from wufei.kernel.period import Precision
from wufei.kernel.text import Text
from wufei.records.catalogue.core.methods import load_methods
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.catalogue.core.streams import load_streams
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.rows import TransferRow
from wufei.records.ledger.core.sheet.reports import Outcome
from wufei.records.ledger.core.transfers import Evidence, Step
from wufei.records.ledger.core.words import EVIDENCE, KINDS, STEPS, book_name
from wufei.runtime.identity.queries import parties_by_id, regions_by_id
from wufei.runtime.pages.core.numerals import percent_text

register = template.Library()

_OUTCOMES = {
    Outcome.POSTED: ("met", "✓"),
    Outcome.PARTLY: ("warning", "!"),
    Outcome.REFUSED: ("error", "✗"),
    Outcome.TRIED: ("explain", "i"),
}
_OFFICIAL_CODE = re.compile(r"(SW|HW)\d")


def _say(text: Text) -> str:
    return text.in_language(get_language() or "zh-hans")


@register.filter
def step_name(step: str) -> str:
    """Print what happened to the mass."""
    return _say(STEPS[Step(step)])


@register.filter
def kind_name(kind: str) -> str:
    """Print what an account stands for."""
    return _say(KINDS[Kind(kind)])


@register.filter
def evidence_name(evidence: str) -> str:
    """Print how a mass is known."""
    return _say(EVIDENCE[Evidence(evidence)])


@register.filter
def book_title(book: str) -> str:
    """Print which book figures come from."""
    return _say(book_name(book))


@register.filter
def sector_name(sector: str) -> str:
    """Print by which sector the waste was made."""
    return _say(Sector(sector).label)


@register.filter
def stream_name(code: str) -> str:
    """Print a stream by name; a code that the catalogue has dropped stays a code."""
    stream = load_streams().get(code)
    return _say(stream.name) if stream else code


@register.filter
def stream_code(code: str) -> str:
    """Print the official code of a stream (SW.., HW..); codes of our own say nothing to a reader."""
    return code if _OFFICIAL_CODE.match(code) else ""


@register.filter
def method_name(method: str) -> str:
    """Print the way of treatment."""
    known = load_methods().get(method)
    return _say(known.name) if known else method


@register.simple_tag
def outcome_badge(outcome: str) -> SafeString:
    """Print what became of a file, by colour, sign and word."""
    known = Outcome(outcome)
    key, sign = _OUTCOMES[known]
    return format_html(
        '<span class="wf-badge wf-{}"><b aria-hidden="true">{}</b>{}</span>', key, sign, _say(known.label)
    )


@register.filter
def occurred(row: TransferRow) -> str:
    """Print when a transfer happened, no finer than it is known: 2018, 2025-03, 2025-03-09."""
    digits = {Precision.YEAR: 4, Precision.MONTH: 7}.get(Precision(row.precision), 10)
    return row.occurred_on.isoformat()[:digits]


@register.filter
def ppm(parts: int) -> str:
    """Print parts per million in percent."""
    return percent_text(Decimal(parts) / 1_000_000)


@register.inclusion_tag("ledger/parts/transfer_table.html")
def transfer_table(transfers: Sequence[TransferRow], next_rows: str = "") -> dict[str, object]:
    """Print transfers as a table, each row a link; ``next_rows`` is the address of those that follow."""
    return {"transfers": transfers, "next_rows": next_rows, **transfer_names(transfers)}


@register.inclusion_tag("ledger/parts/latest.html")
def latest_transfers(transfers: Sequence[TransferRow]) -> dict[str, object]:
    """Print a few transfers as a list."""
    return {"transfers": transfers, **transfer_names(transfers)}


def transfer_names(rows: Iterable[TransferRow]) -> dict[str, Mapping[int, Any]]:
    """Give the regions and parties that some transfers name, in two reads however many rows there are."""
    regions: set[int] = set()
    parties: set[int] = set()
    for row in rows:
        regions |= {row.source_region_id, row.target_region_id, row.origin_region_id}
        parties |= {holder for holder in (row.source_holder_id, row.target_holder_id) if holder is not None}
    return {"regions": regions_by_id(regions), "parties": parties_by_id(parties)}
