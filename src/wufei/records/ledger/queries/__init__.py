"""The reading door of the ledger."""

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

__all__ = [
    "account_transfers",
    "accounts",
    "balance",
    "book_imbalance",
    "books",
    "get_account",
    "get_transfer",
    "sum_selection",
    "transfers",
    "verify",
]
