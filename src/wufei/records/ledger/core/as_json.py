"""Rows of the ledger as plain JSON values, masses in whole grams."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from wufei.records.ledger.core.accounts import AccountKey
from wufei.records.ledger.core.closing import Closing
from wufei.records.ledger.core.rows import AccountRow, PostingRow, Receipt, TransferRow

Json = dict[str, Any]


def account_json(row: AccountRow) -> Json:
    """Write an account; ``balance_g`` is null where the kind keeps no current balance."""
    return {"id": row.id, **key_json(row.key), "balance_g": row.balance_g, "finished": row.finished}


def key_json(key: AccountKey) -> Json:
    """Write the nine parts that name an account."""
    return {part.name: getattr(key, part.name) for part in fields(key)}


def transfer_json(row: TransferRow) -> Json:
    """Write a transfer with all it carries; the declared quantity is a text, so that no digit is lost."""
    values = {part.name: getattr(row, part.name) for part in fields(row)}
    return values | {"quantity": f"{row.quantity:f}"}


def posting_json(row: PostingRow) -> Json:
    """Write a posting with the transfers that the reader may see."""
    return {
        "id": row.id,
        "reason": row.reason,
        "recorded_at": row.recorded_at,
        "recorder_id": row.recorder_id,
        "transfers_total": row.transfers_total,
        "transfers": [transfer_json(transfer) for transfer in row.transfers],
        "finishes": [{"id": one.id, **key_json(one.key)} for one in row.finishes],
    }


def receipt_json(receipt: Receipt, language: str) -> Json:
    """Write what became of a posting, with its Findings in one language."""
    return {
        "posting_id": receipt.posting_id,
        "outcome": receipt.outcome,
        "findings": [found.as_json(language) for found in receipt.findings],
    }


def closing_json(closing: Closing) -> Json:
    """Write a closed period."""
    return {
        "id": closing.id,
        "book": closing.book,
        "period": str(closing.period),
        "region_id": closing.region_id,
        "party_id": closing.party_id,
        "grouping": closing.grouping,
        "sequence": closing.sequence,
        "closed_at": closing.closed_at,
        "closed_by": closing.closed_by,
    }
