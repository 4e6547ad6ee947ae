"""The reading door of the ledger."""

from wufei.records.ledger.queries.closing import (
    ClosedFlow,
    amending_transfers,
    closed_flows,
    closings,
    get_closing,
)
from wufei.records.ledger.queries.integrity import book_imbalance, verify
from wufei.records.ledger.queries.loads import (
    finding_counts,
    get_load,
    load_findings,
    loads,
    unposted_rows,
)
from wufei.records.ledger.queries.lots import ages, lots
from wufei.records.ledger.queries.nightly import last_checks
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
from wufei.records.ledger.queries.sealed import find_as_of, latest_sealed, sealed_after, sealed_at, sealed_on
from wufei.records.ledger.queries.sealing import Lag, check_exported, heads, prove, sealing_lag
from wufei.records.ledger.queries.seals import verify_seals

__all__ = [
    "ClosedFlow",
    "Lag",
    "account_transfers",
    "accounts",
    "ages",
    "amending_transfers",
    "balance",
    "book_imbalance",
    "books",
    "check_exported",
    "closed_flows",
    "closings",
    "find_as_of",
    "finding_counts",
    "get_account",
    "get_closing",
    "get_load",
    "get_transfer",
    "heads",
    "last_checks",
    "latest_sealed",
    "load_findings",
    "loads",
    "lots",
    "prove",
    "sealed_after",
    "sealed_at",
    "sealed_on",
    "sealing_lag",
    "sum_selection",
    "transfers",
    "unposted_rows",
    "verify",
    "verify_seals",
]
