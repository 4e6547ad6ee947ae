"""The invariants of the ledger as questions to the database; every row of an answer is a defect."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.kernel.text import Text
from wufei.records.ledger.core.accounts import BALANCED
from wufei.records.ledger.core.append_only import APPEND_ONLY, KEPT_CURRENT

_KEPT = ", ".join(f"'{kind}'" for kind in sorted(BALANCED))
_NAMES = ", ".join(f"'{name}'" for name in (*APPEND_ONLY, *KEPT_CURRENT))

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
    "CASE WHEN isfinite(t.occurred_at) THEN (extract(epoch FROM t.occurred_at) * 1000000)::bigint END",
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

_BALANCE_DIFFERS = """
    SELECT 'account ' || b.account_id, b.grams::text, coalesce(m.grams, 0)::text FROM ledger_balance AS b
    LEFT JOIN (SELECT account_id, sum(grams) AS grams FROM ({movements}) AS all_movements
               GROUP BY account_id) AS m USING (account_id)
    WHERE b.grams <> coalesce(m.grams, 0)
"""
# Only a site may be tolerant, and what is on it is as strict as the site.
_BALANCE_ROW_DIFFERS = """
    SELECT 'account ' || coalesce(b.account_id, a.id),
        concat_ws(' ', b.region_id, b.origin_region_id, b.holder_id, b.strict),
        concat_ws(' ', a.region_id, a.origin_region_id, a.holder_id, coalesce(site.strict, true))
    FROM ledger_balance AS b FULL JOIN (SELECT * FROM ledger_account WHERE kind IN ({kept})) AS a
        ON a.id = b.account_id
    LEFT JOIN registry_site AS site ON site.id = a.site_id
    WHERE a.id IS NULL OR b.account_id IS NULL OR b.strict <> coalesce(site.strict, true)
        OR (b.region_id, b.origin_region_id, b.holder_id)
            IS DISTINCT FROM (a.region_id, a.origin_region_id, a.holder_id)
"""
# Made on first use: an account that nothing moves and nothing finishes was made by nobody's posting.
_ACCOUNT_UNUSED = """
    SELECT 'account ' || a.id, a.kind, 'a transfer' FROM ledger_account AS a
    LEFT JOIN (SELECT source_account_id AS id FROM ledger_transfer
               UNION SELECT target_account_id FROM ledger_transfer
               UNION SELECT account_id FROM ledger_finish) AS used USING (id)
    WHERE used.id IS NULL
"""
# The database writes these itself, unless whoever rules it has dropped the expression.
_DERIVED_DIFFERS = """
    SELECT 'transfer ' || t.id, concat_ws(' ', t.signed_grams, t.occurred_on), concat_ws(' ',
        CASE WHEN t.reverses IS NULL THEN t.grams ELSE -t.grams END,
        (timezone('Asia/Shanghai', t.occurred_at))::date)
    FROM ledger_transfer AS t
    WHERE t.signed_grams IS DISTINCT FROM CASE WHEN t.reverses IS NULL THEN t.grams ELSE -t.grams END
        OR t.occurred_on IS DISTINCT FROM (timezone('Asia/Shanghai', t.occurred_at))::date
    UNION ALL
    SELECT 'account ' || a.id, a.key::text, md5({account}) FROM ledger_account AS a
    WHERE a.key IS DISTINCT FROM md5({account})::uuid
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
# What the row security of a posting reads is what its transfers say; and one transaction wrote all of it.
_POSTING_DIFFERS = """
    WITH side AS (
        SELECT t.posting_id, t.book, t.recorded_at, t.recorder_id, t.xid,
            ARRAY[s.region_id, s.origin_region_id, e.region_id, e.origin_region_id] AS region_ids,
            array_remove(ARRAY[s.holder_id, e.holder_id], NULL) AS holder_ids
        FROM ledger_transfer AS t LEFT JOIN ledger_account AS s ON s.id = t.source_account_id
        LEFT JOIN ledger_account AS e ON e.id = t.target_account_id
    ), many AS (
        SELECT side.* FROM side JOIN ledger_posting AS p ON p.id = side.posting_id WHERE p.transfers > 1
    )
    SELECT 'posting ' || p.id, concat_ws(' ', p.book, p.recorded_at, p.recorder_id, p.xid, p.region_ids,
            p.holder_ids),
        concat_ws(' ', side.book, side.recorded_at, side.recorder_id, side.xid, side.region_ids,
            side.holder_ids)
    FROM ledger_posting AS p JOIN side ON side.posting_id = p.id
    WHERE (p.book, p.recorded_at, p.recorder_id, p.xid)
            IS DISTINCT FROM (side.book, side.recorded_at, side.recorder_id, side.xid)
        OR NOT p.region_ids @> side.region_ids OR NOT p.holder_ids @> side.holder_ids
        OR p.transfers = 1 AND NOT (p.region_ids <@ side.region_ids AND p.holder_ids <@ side.holder_ids)
    UNION ALL
    SELECT 'posting ' || id, kind || ' ' || number, 'in one of its transfers' FROM (
        (SELECT id, 'region' AS kind, unnest(region_ids) AS number FROM ledger_posting WHERE transfers > 1
         UNION ALL SELECT id, 'holder', unnest(holder_ids) FROM ledger_posting WHERE transfers > 1)
        EXCEPT
        (SELECT posting_id, 'region', unnest(region_ids) FROM many
         UNION ALL SELECT posting_id, 'holder', unnest(holder_ids) FROM many)
    ) AS extra
    UNION ALL
    SELECT 'account ' || f.account_id, concat_ws(' ', f.recorded_at, f.recorder_id, f.xid),
        concat_ws(' ', p.recorded_at, p.recorder_id, p.xid)
    FROM ledger_finish AS f LEFT JOIN ledger_posting AS p ON p.id = f.posting_id
    WHERE (f.recorded_at, f.recorder_id, f.xid) IS DISTINCT FROM (p.recorded_at, p.recorder_id, p.xid)
"""
# What carries a transaction that has not begun would wait for its seal for ever.
_TRANSACTION_IMPOSSIBLE = """
    SELECT 'transfer ' || id, xid::text, 'before ' || pg_snapshot_xmax(pg_current_snapshot())
    FROM ledger_transfer WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())
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
_ID_TWICE = """
    SELECT 'posting ' || p.id, 'also a transfer of ' || t.posting_id, 'one or the other'
    FROM ledger_posting AS p JOIN ledger_transfer AS t ON t.id = p.id WHERE t.posting_id <> p.id
"""
# The key over both tables holds what stands in one of them only.
_IDENTIFIER_DIFFERS = """
    SELECT 'transfer ' || t.id, 'not among the identifiers', 'there' FROM ledger_transfer AS t
    LEFT JOIN ledger_identifier AS i ON i.id = t.id WHERE t.id <> t.posting_id AND i.id IS NULL
    UNION ALL
    SELECT 'posting ' || p.id, 'not among the identifiers', 'there' FROM ledger_posting AS p
    LEFT JOIN ledger_transfer AS t ON t.id = p.id AND t.posting_id = p.id
    LEFT JOIN ledger_identifier AS i ON i.id = p.id WHERE t.id IS NULL AND i.id IS NULL
    UNION ALL
    SELECT 'identifier ' || i.id, 'of nothing', 'a posting or a transfer' FROM ledger_identifier AS i
    LEFT JOIN ledger_posting AS p ON p.id = i.id
    LEFT JOIN ledger_transfer AS t ON t.id = i.id AND t.posting_id <> i.id
    WHERE p.id IS NULL AND t.id IS NULL
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
# Partitions too, and rights on single columns; the sealer's own tables are looked at by `verify_seals`.
_TABLES = f"(c.relname IN ({_NAMES}) OR c.relname LIKE 'ledger\\_transfer\\_%' AND c.relkind = 'r')"
_RIGHTS_TOO_WIDE = """
    SELECT c.relname || ', ' || p.privilege, 'granted to ' || r.role, 'not granted'
    FROM pg_class AS c, (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p (privilege),
        (VALUES ('wufei_app'), ('wufei_system')) AS r (role)
    WHERE {tables} AND (has_table_privilege(r.role, c.oid, p.privilege)
        OR p.privilege = 'UPDATE' AND has_any_column_privilege(r.role, c.oid, 'UPDATE'))
"""
# A partition has no policies, so its own name shows nothing; the rest is forced upon the owner as well.
_PROTECTION_OFF = """
    SELECT c.relname::text, 'row security off', 'on' FROM pg_class AS c
    WHERE {tables} AND NOT (c.relrowsecurity AND (c.relforcerowsecurity OR c.relispartition))
    UNION ALL
    SELECT c.relname || ', ' || t.tgname, 'trigger off', 'on' FROM pg_class AS c
    JOIN pg_trigger AS t ON t.tgrelid = c.oid WHERE {tables} AND NOT t.tgisinternal AND t.tgenabled <> 'O'
    UNION ALL
    SELECT rolname::text, 'passes row security by', 'does not' FROM pg_roles
    WHERE rolname IN ('wufei_app', 'wufei_system') AND (rolsuper OR rolbypassrls)
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
        "balance-row-differs",
        _BALANCE_ROW_DIFFERS.format(kept=_KEPT),
        Text("余额行与其账户不一致", "The row of a balance does not repeat its account"),
    ),
    Check("account-unused", _ACCOUNT_UNUSED, Text("账户从无流水", "No transfer made this account")),
    Check(
        "derived-differs",
        _DERIVED_DIFFERS.format(account=_account_text("a")),
        Text("推导列与原列不一致", "A derived column differs from what it follows from"),
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
        "posting-differs",
        _POSTING_DIFFERS,
        Text("记账与其流水或办结不一致", "A posting differs from its transfers or from what it finished"),
    ),
    Check(
        "transaction-impossible",
        _TRANSACTION_IMPOSSIBLE,
        Text("流水的事务号尚未发生", "A transfer names a transaction that has not begun"),
    ),
    Check(
        "reversal-differs",
        _REVERSAL_DIFFERS,
        Text("更正与原流水不一致", "A reversal differs from the transfer that it takes back"),
    ),
    Check("id-twice", _ID_TWICE, Text("同一编号用了两次", "One identifier is used twice")),
    Check(
        "identifier-differs",
        _IDENTIFIER_DIFFERS,
        Text("编号登记与记账、流水不一致", "The key over postings and transfers differs from them"),
    ),
    Check("stock-below-zero", _STOCK_BELOW_ZERO, Text("库存为负", "The stock is below zero")),
    Check(
        "finish-not-empty",
        _FINISH_NOT_EMPTY,
        Text("已办结的账户仍有余量或流水", "A finished account holds mass or took a later transfer"),
    ),
    Check(
        "rights-too-wide",
        _RIGHTS_TOO_WIDE.format(tables=_TABLES),
        Text("应用角色可以改动记录", "The application's role could change records"),
    ),
    Check(
        "protection-off",
        _PROTECTION_OFF.format(tables=_TABLES),
        Text("数据库的防护被关闭", "A guard of the database is off"),
    ),
)
