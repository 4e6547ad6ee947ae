"""The reading door of the ledger."""

from wufei.records.ledger.queries.closing import (
    ClosedFlow,
    amending_transfers,
    closed_flows,
    closings,
    get_closing,
)
from wufei.records.ledger.queries.integrity import book_imbalance, verify
from wufei.records.ledger.queries.reading import (
    account_transfers,
    accounts,
    balance,
    books,
    get_account,
    get_transfer,
    sum_selection,
    transfers,
)
from wufei.records.ledger.queries.sealing import Lag, check_exported, heads, prove, sealing_lag
from wufei.records.ledger.queries.seals import verify_seals

__all__ = [
    "ClosedFlow",
    "Lag",
    "account_transfers",
    "accounts",
    "amending_transfers",
    "balance",
    "book_imbalance",
    "books",
    "check_exported",
    "closed_flows",
    "closings",
    "get_account",
    "get_closing",
    "get_transfer",
    "heads",
    "prove",
    "sealing_lag",
    "sum_selection",
    "transfers",
    "verify",
    "verify_seals",
]
