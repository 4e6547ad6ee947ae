"""Check the invariants again, from the rows alone, as the role that reads everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require

NAMED_MAX = 20

# A transfer moves its account ids as written; a reversal's have been exchanged already.
_MOVEMENTS = """
    SELECT source_account_id AS account_id, -grams AS grams FROM ledger_transfer
    UNION ALL SELECT target_account_id, grams FROM ledger_transfer
"""
_ACCOUNT_FIELDS = (
    "book",
    "kind",
    "region_id",
    "stream",
    "origin_region_id",
    "origin_sector",
    "holder_id",
    "site_id",
    "ref",
)


def _account_text(alias: str) -> str:
    """What `core.accounts.account_text` writes, in SQL."""
    return "concat(" + ", E'\\x1f', ".join(f"{alias}.{field}" for field in _ACCOUNT_FIELDS) + ")"


# The canonical line of `core.transfers.transfer_text`, field by field.
_LINE_FIELDS = (
    "replace(t.id::text, '-', '')",
    _account_text("s"),
    _account_text("e"),
    "t.grams",
    "t.step",
    "(extract(epoch FROM t.occurred_at) * 1000000)::bigint",
    "t.precision",
    "trim_scale(t.quantity)",
    "t.unit",
    "t.evidence",
    "t.method",
    "t.conversion",
    "t.dry_share_ppm",
    "t.uncertainty_ppm",
    "t.document",
    "replace(t.container::text, '-', '')",
    "replace(t.reverses::text, '-', '')",
    "t.amends_period",
)
_LINE = "concat(" + ", E'\\x1d', ".join(_LINE_FIELDS) + ")"

_IMBALANCE = """
    SELECT coalesce((SELECT sum(b.grams) FROM ledger_balance AS b
                     JOIN ledger_account AS a ON a.id = b.account_id WHERE a.book = %(book)s), 0)
        + coalesce((SELECT sum(t.signed_grams * ((NOT t.target_kind = ANY(%(kept)s))::int
                                                 - (NOT t.source_kind = ANY(%(kept)s))::int))
                    FROM ledger_transfer AS t WHERE t.book = %(book)s), 0)
"""
_BALANCE_DIFFERS = """
    SELECT 'account ' || b.account_id, b.grams::text, coalesce(m.grams, 0)::text FROM ledger_balance AS b
    LEFT JOIN (SELECT account_id, sum(grams) AS grams FROM ({movements}) AS all_movements
               GROUP BY account_id) AS m USING (account_id)
    WHERE b.grams <> coalesce(m.grams, 0)
"""
_BOOK_UNBALANCED = """
    SELECT 'book ' || a.book, sum(m.grams)::text, '0' FROM ({movements}) AS m
    JOIN ledger_account AS a ON a.id = m.account_id GROUP BY a.book HAVING sum(m.grams) <> 0
"""
_ACCOUNT_DIFFERS = """
    SELECT 'transfer ' || t.id, concat_ws(' ', t.book, t.source_kind, t.target_kind, t.stream),
        concat_ws(' ', s.book, s.kind, e.kind, s.stream) FROM ledger_transfer AS t
    LEFT JOIN ledger_account AS s ON s.id = CASE WHEN t.reverses IS NULL
        THEN t.source_account_id ELSE t.target_account_id END
    LEFT JOIN ledger_account AS e ON e.id = CASE WHEN t.reverses IS NULL
        THEN t.target_account_id ELSE t.source_account_id END
    WHERE (s.book, s.kind, s.region_id, s.holder_id, s.site_id, e.book, e.kind, e.region_id, e.holder_id,
            e.site_id) IS DISTINCT FROM (t.book, t.source_kind, t.source_region_id, t.source_holder_id,
            t.source_site_id, t.book, t.target_kind, t.target_region_id, t.target_holder_id, t.target_site_id)
        OR t.stream <> CASE WHEN s.kind = 'process' THEN e.stream ELSE s.stream END
        OR (t.origin_region_id, t.origin_sector) IS DISTINCT FROM (
            CASE WHEN t.step = 'new-waste' THEN e.origin_region_id ELSE s.origin_region_id END,
            CASE WHEN t.step = 'new-waste' THEN e.origin_sector ELSE s.origin_sector END)
"""
_CONTENT_DIFFERS = """
    WITH line AS (
        SELECT t.posting_id, count(*) AS transfers, string_agg({line}, E'\\x1e' ORDER BY {line} COLLATE "C")
            AS body
        FROM ledger_transfer AS t LEFT JOIN ledger_account AS s ON s.id = t.source_account_id
        LEFT JOIN ledger_account AS e ON e.id = t.target_account_id GROUP BY t.posting_id
    ), finish AS (
        SELECT f.posting_id, string_agg({account}, E'\\x1e'
            ORDER BY {account} COLLATE "C") AS body
        FROM ledger_finish AS f JOIN ledger_account AS a ON a.id = f.account_id GROUP BY f.posting_id
    )
    SELECT 'posting ' || coalesce(p.id, line.posting_id), encode(sha256(convert_to(
            concat(replace(p.id::text, '-', ''), E'\\x1e', p.reason, E'\\x1e', line.body,
                   E'\\x1e' || finish.body), 'UTF8')), 'hex'), encode(p.content_hash, 'hex')
    FROM ledger_posting AS p FULL JOIN line ON line.posting_id = p.id
    LEFT JOIN finish ON finish.posting_id = p.id
    WHERE p.transfers IS DISTINCT FROM line.transfers OR p.content_hash IS DISTINCT FROM sha256(convert_to(
        concat(replace(p.id::text, '-', ''), E'\\x1e', p.reason, E'\\x1e', line.body,
               E'\\x1e' || finish.body), 'UTF8'))
"""
_REVERSAL_DIFFERS = """
    SELECT 'transfer ' || r.id, r.grams::text, o.grams::text FROM ledger_transfer AS r
    LEFT JOIN ledger_transfer AS o ON o.id = r.reverses AND o.reverses IS NULL
    LEFT JOIN ledger_reversal AS v ON v.transfer_id = r.reverses AND v.reversal_id = r.id
    WHERE r.reverses IS NOT NULL AND (v.reversal_id IS NULL
        OR (r.source_account_id, r.target_account_id, r.grams, r.step, r.stream, r.occurred_at, r.precision,
            r.method, r.evidence, r.quantity, r.unit, r.conversion, r.dry_share_ppm, r.uncertainty_ppm)
        IS DISTINCT FROM (o.target_account_id, o.source_account_id, o.grams, o.step, o.stream, o.occurred_at,
            o.precision, o.method, o.evidence, o.quantity, o.unit, o.conversion, o.dry_share_ppm,
            o.uncertainty_ppm))
    UNION ALL
    SELECT 'transfer ' || v.transfer_id, v.reversal_id::text, '' FROM ledger_reversal AS v
    LEFT JOIN ledger_transfer AS r ON r.id = v.reversal_id AND r.reverses = v.transfer_id
    WHERE r.id IS NULL
"""
_STOCK_BELOW_ZERO = """
    SELECT 'account ' || account_id, grams::text, '>= 0' FROM ledger_balance WHERE strict AND grams < 0
"""
_FINISH_NOT_EMPTY = """
    SELECT 'account ' || f.account_id, b.grams::text, '0' FROM ledger_finish AS f
    JOIN ledger_balance AS b USING (account_id) WHERE b.grams <> 0
    UNION ALL
    SELECT 'transfer ' || t.id, t.xid::text, 'before ' || f.xid FROM ledger_finish AS f
    JOIN ledger_transfer AS t ON t.source_account_id = f.account_id OR t.target_account_id = f.account_id
    WHERE t.xid > f.xid
"""
_RIGHTS_TOO_WIDE = """
    SELECT c.relname || ', ' || p.privilege, 'granted to wufei_app', 'not granted'
    FROM pg_class AS c, (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p (privilege)
    WHERE (c.relname IN ('ledger_account', 'ledger_posting', 'ledger_finish', 'ledger_reversal',
                         'ledger_balance')
           OR c.relname LIKE 'ledger\\_transfer%' AND c.relkind IN ('r', 'p'))
        AND has_table_privilege('wufei_app', c.oid, p.privilege)
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One question whose rows are defects: each row is (what, found, expected)."""

    code: str
    sql: str
    message: Text


CHECKS = (
    Check(
        "balance-differs",
        _BALANCE_DIFFERS.format(movements=_MOVEMENTS),
        Text("余额与流水之和不一致", "The balance differs from the sum of the transfers"),
    ),
    Check(
        "book-unbalanced",
        _BOOK_UNBALANCED.format(movements=_MOVEMENTS),
        Text("账本各账户之和不为零", "The accounts of the book do not sum to zero"),
    ),
    Check(
        "account-differs",
        _ACCOUNT_DIFFERS,
        Text("流水与其账户不一致", "The transfer does not repeat its accounts"),
    ),
    Check(
        "content-differs",
        _CONTENT_DIFFERS.format(line=_LINE, account=_account_text("a")),
        Text("记账内容与登记时的摘要不一致", "The posting differs from the hash taken when it was recorded"),
    ),
    Check(
        "reversal-differs",
        _REVERSAL_DIFFERS,
        Text("更正与原流水不一致", "A reversal differs from the transfer that it takes back"),
    ),
    Check("stock-below-zero", _STOCK_BELOW_ZERO, Text("库存为负", "The stock is below zero")),
    Check(
        "finish-not-empty",
        _FINISH_NOT_EMPTY,
        Text("已办结的账户仍有余量或流水", "A finished account holds mass or took a later transfer"),
    ),
    Check(
        "rights-too-wide",
        _RIGHTS_TOO_WIDE,
        Text("应用角色可以改动记录", "The application's role could change records"),
    ),
)


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
