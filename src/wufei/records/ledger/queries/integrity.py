"""Check the invariants again, from the rows alone, as the role that reads everything."""

from __future__ import annotations

from typing import Any

from django.db import connections

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.ledger.queries.invariants import CHECKS, Check
from wufei.runtime.access.core import Scope, require

NAMED_MAX = 20

_IMBALANCE = """
    SELECT coalesce((SELECT sum(b.grams) FROM ledger_balance AS b
                     JOIN ledger_account AS a ON a.id = b.account_id WHERE a.book = %(book)s), 0)
        + coalesce((SELECT sum(t.signed_grams * ((NOT t.target_kind = ANY(%(kept)s))::int
                                                 - (NOT t.source_kind = ANY(%(kept)s))::int))
                    FROM ledger_transfer AS t WHERE t.book = %(book)s), 0)
"""


def verify(scope: Scope) -> list[Finding]:
    """Check invariants 1 to 5 over all books; an empty list means that they hold.

    Notes
    -----
    1: accounts, balances, books. 2: content against the hash taken when it was recorded, reversals, rights.
    3: no strict balance below zero. 4: finished accounts. 5: identifiers are primary keys; the hash of a
    posting is what a repetition is compared with. At most twenty rows are named for each check.
    """
    require(scope, "audit.read")
    found: list[Finding] = []
    for check in CHECKS:
        for what, value, expected in _read(check.sql, None)[:NAMED_MAX]:
            found.append(_finding(check, what, str(value), str(expected)))
    return found


def book_imbalance(scope: Scope, book: str) -> int:
    """Sum the balances of a book, kept ones and summed boundaries, in grams: zero while mass is conserved."""
    require(scope, "audit.read")
    kept = ["stock", "transit", "process", "dumped"]
    return int(_read(_IMBALANCE, {"book": book, "kept": kept})[0][0])


def _finding(check: Check, what: str, value: str, expected: str) -> Finding:
    return Finding(
        code=f"ledger.{check.code}",
        severity=Severity.ERROR,
        where=what,
        message=Text(
            f"{check.message.zh}：{what}，现为 {value}，应为 {expected}。",
            f"{check.message.en}: {what} has {value}, expected {expected}.",
        ),
        value=value,
        rule=check.message,
        fix=Text(
            "停止写入，从备份核对该行，并报告审计。",
            "Stop writing, compare the row with the backup, and tell the auditor.",
        ),
    )


def _read(query: str, parameters: dict[str, Any] | None) -> list[tuple[Any, ...]]:
    with connections["system"].cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
