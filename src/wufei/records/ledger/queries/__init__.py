"""The reading door of the ledger."""

from wufei.records.ledger.queries.integrity import book_imbalance, verify
from wufei.records.ledger.queries.loads import (
    finding_counts,
    get_load,
    load_findings,
    loads,
    unposted_rows,
)
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
    "Lag",
    "account_transfers",
    "accounts",
    "balance",
    "book_imbalance",
    "books",
    "check_exported",
    "finding_counts",
    "get_account",
    "get_load",
    "get_transfer",
    "heads",
    "load_findings",
    "loads",
    "prove",
    "sealing_lag",
    "sum_selection",
    "transfers",
    "unposted_rows",
    "verify",
    "verify_seals",
]
