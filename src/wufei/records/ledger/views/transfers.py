"""One transfer with its proof and corrections, and the posting that it belongs to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import AccountKey
from wufei.records.ledger.core.proofs import proof_text
from wufei.records.ledger.core.rows import TransferRow
from wufei.records.ledger.core.sheet.words import REASONS
from wufei.records.ledger.core.transfers import Reason
from wufei.records.ledger.templatetags.ledger_words import transfer_names
from wufei.runtime.access.core import Scope, allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.identity.queries import names_of_users, parties_by_id
from wufei.runtime.pages.responses import file_response


@require_GET
def transfer_page(request: ScopedRequest, transfer_id: UUID) -> HttpResponse:
    """Show one transfer with all it carries, its proof, and the chain of its corrections."""
    require(request.scope, "ledger.read")
    row = queries.get_transfer(request.scope, transfer_id)
    names = transfer_names([row])
    sequence = queries.sealed_number(request.scope, transfer_id)
    closing = next(iter(queries.closings_of_transfer(request.scope, transfer_id)), None)
    context = {
        "row": row,
        "chain": _chain(request.scope, row),
        "region": names["regions"][row.source_region_id],
        "source_region": names["regions"][row.source_region_id],
        "target_region": names["regions"][row.target_region_id],
        "source_holder": names["parties"].get(row.source_holder_id or 0),
        "target_holder": names["parties"].get(row.target_holder_id or 0),
        "origin": names["regions"][row.origin_region_id],
        "sequence": sequence,
        "waiting": queries.sealing_lag(request.scope) if sequence is None else None,
        "closing": closing,
        "may_correct": may_correct(request.scope, row, closed=closing is not None),
        "may_load": allowed(request.scope, "ledger.post"),
    }
    return render(request, "ledger/transfer.html", context)


@require_GET
def proof_file(request: ScopedRequest, transfer_id: UUID) -> HttpResponse:
    """Give the proof that a transfer is sealed, as a file that anybody checks without the database."""
    proof = queries.prove(request.scope, transfer_id)
    return file_response(proof_text(proof), f"proof-{transfer_id}.json", "application/json")


@require_GET
def posting_page(request: ScopedRequest, posting_id: UUID) -> HttpResponse:
    """Show what was written together: its transfers, what they finish, why, who and when."""
    posting = queries.get_posting(request.scope, posting_id)
    names = transfer_names(posting.transfers)
    region = names["regions"][posting.transfers[0].source_region_id]
    context = {
        "posting": posting,
        "region": region,
        "synthetic": any(place.synthetic for place in names["regions"].values()),
        "reason": REASONS[Reason(posting.reason)] if posting.reason else None,
        "hidden": posting.transfers_total - len(posting.transfers),
        "holders": parties_by_id(_holders(finished.key for finished in posting.finishes)),
        "recorder": recorder_name(request.scope, posting.recorder_id),
    }
    return render(request, "ledger/posting.html", context)


def may_correct(scope: Scope, row: TransferRow, *, closed: bool) -> bool:
    """Say whether the page offers a correction: to those who post, or amend what is closed."""
    may = allowed(scope, "ledger.post") and (not closed or allowed(scope, "ledger.amend"))
    return may and row.reverses is None and row.reversed_by is None


def recorder_name(scope: Scope, recorder_id: int | None) -> str:
    """Give the name of whoever recorded something, to those who oversee; others see the number."""
    if recorder_id is None:
        return ""
    names = names_of_users([recorder_id]) if allowed(scope, "audit.read") else {}
    return names.get(recorder_id, str(recorder_id))


def _chain(scope: Scope, row: TransferRow) -> list[TransferRow]:
    """Give a transfer, its reversal or what it took back, and what was recorded with the reversal."""
    chain = {row.id: row}
    others = [other for other in (row.reverses, row.reversed_by) if other is not None]
    chain |= {other: queries.get_transfer(scope, other) for other in others}
    if others:
        back = next(part for part in chain.values() if part.reverses is not None)
        chain |= {part.id: part for part in queries.get_posting(scope, back.posting_id).transfers}
    return sorted(chain.values(), key=lambda part: (part.recorded_at, part.id))


def _holders(keys: Any) -> set[int]:
    accounts: list[AccountKey] = list(keys)
    return {key.holder_id for key in accounts if key.holder_id is not None}
