"""The reading door of the ledger."""

from wufei.records.ledger.queries.closing import (
    ClosedFlow,
    amending_transfers,
    closed_flows,
    closings,
    closings_of_transfer,
    closings_within,
    get_closing,
    own_closing,
    require_closer,
)
from wufei.records.ledger.queries.holders import HolderMass, deliveries, holder_masses
from wufei.records.ledger.queries.integrity import book_imbalance, verify
from wufei.records.ledger.queries.loads import (
    finding_counts,
    get_load,
    load_findings,
    loads,
    unposted_rows,
)
from wufei.records.ledger.queries.lots import ages, lots
from wufei.records.ledger.queries.nightly import last_checks, last_run
from wufei.records.ledger.queries.postings import get_posting
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
from wufei.records.ledger.queries.sealing import Lag, check_exported, heads, prove, sealed_number, sealing_lag
from wufei.records.ledger.queries.seals import verify_seals

__all__ = [
    "ClosedFlow",
    "HolderMass",
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
    "closings_of_transfer",
    "closings_within",
    "deliveries",
    "find_as_of",
    "finding_counts",
    "get_account",
    "get_closing",
    "get_load",
    "get_posting",
    "get_transfer",
    "heads",
    "holder_masses",
    "last_checks",
    "last_run",
    "latest_sealed",
    "load_findings",
    "loads",
    "lots",
    "own_closing",
    "prove",
    "require_closer",
    "sealed_after",
    "sealed_at",
    "sealed_number",
    "sealed_on",
    "sealing_lag",
    "sum_selection",
    "transfers",
    "unposted_rows",
    "verify",
    "verify_seals",
]
