"""The tables of the ledger, by what may ever happen to their rows.

Grants, the checks of `wufei ledger verify` and the rule for migrations all read these lists: a new table of
the ledger stands in one of them.
"""

from __future__ import annotations

APPEND_ONLY = (
    "ledger_account",
    "ledger_posting",
    "ledger_transfer",
    "ledger_identifier",
    "ledger_reversal",
    "ledger_finish",
    "ledger_leaf",
    "ledger_node",
    "ledger_head",
    "ledger_closing",
)
"""Rows are added and stay as they are; migrations add nullable columns and nothing else."""

SEALS = ("ledger_leaf", "ledger_node", "ledger_head")
"""The append-only tables to which only the sealer adds rows."""

KEPT_CURRENT = ("ledger_balance",)
"""Rows follow from the append-only ones; only the database itself moves them."""

UNSEALED = ("ledger_closing",)
"""Append-only by grants, but under no leaf: whoever rules the database could change a row unseen."""

DERIVED = ("ledger_lot", "ledger_lot_account", "ledger_check_run", "ledger_check")
"""Made by `wufei work` from sealed rows; they can be made anew."""

LOADS = ("ledger_load", "ledger_load_finding", "ledger_load_row")
"""What stood in files that were loaded; added by the application, erased when their time is over."""
