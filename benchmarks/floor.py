"""The raw limit of posting: what somebody in a hurry would write in SQL, as the same role.

The payload for COPY is ready beforehand, accounts come with their keys, nothing is checked but identifiers,
and nobody is told what is wrong. Import it once Django is ready.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from django.db import connections

from wufei.records.ledger.core.accounts import AccountKey, account_digest, account_text
from wufei.records.ledger.core.transfers import Posting, content_hash
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session

BLOCK = 1 << 20
_SIDE = (
    "{0}_kind text, {0}_region bigint, {0}_stream text, {0}_origin bigint, {0}_sector text, "
    "{0}_holder bigint, {0}_site bigint, {0}_ref text, {0}_key uuid"
)
_STAGE = f"""
    CREATE TEMP TABLE stage (id uuid, posting_id uuid, book text, {_SIDE.format("s")}, {_SIDE.format("t")},
        grams bigint, step text, method text, evidence text, occurred_at timestamptz, precision text,
        quantity numeric, unit text, conversion text, uncertainty_ppm integer, document text, hash bytea)
    ON COMMIT DROP
"""
_TAKEN = """
    SELECT (SELECT count(*) FROM stage JOIN ledger_transfer USING (id)),
        (SELECT count(*) FROM stage JOIN ledger_posting AS p ON p.id = stage.posting_id)
"""
_ACCOUNTS = """
    CREATE TEMP TABLE named ON COMMIT DROP AS
    SELECT DISTINCT ON (s_key) s_key AS key, json_build_array(book, s_kind, s_region, s_stream, s_origin,
        s_sector, s_holder, s_site, s_ref) AS parts FROM stage
"""
_OTHER_ACCOUNTS = """
    INSERT INTO named
    SELECT DISTINCT ON (t_key) t_key, json_build_array(book, t_kind, t_region, t_stream, t_origin,
        t_sector, t_holder, t_site, t_ref) FROM stage WHERE t_key NOT IN (SELECT key FROM named)
"""
_LOCKED = """
    CREATE TEMP TABLE known ON COMMIT DROP AS
    SELECT key, id FROM ledger_lock_accounts((SELECT array_agg(key) FROM named))
"""
_OPENED = """
    INSERT INTO known SELECT key, id FROM ledger_open_accounts(
        (SELECT json_agg(parts) FROM named WHERE key NOT IN (SELECT key FROM known)))
"""
_TRANSFERS = """
    INSERT INTO ledger_transfer (id, posting_id, book, source_account_id, target_account_id, source_kind,
        source_region_id, source_holder_id, source_site_id, target_kind, target_region_id, target_holder_id,
        target_site_id, stream, origin_region_id, origin_sector, grams, step, method, evidence, occurred_at,
        precision, quantity, unit, conversion, uncertainty_ppm, document, amends_period, recorded_at)
    SELECT stage.id, posting_id, book, s.id, t.id, s_kind, s_region, s_holder, s_site, t_kind, t_region,
        t_holder, t_site, s_stream, s_origin, s_sector, grams, step, method, evidence, occurred_at, precision,
        quantity, unit, conversion, uncertainty_ppm, document, '', now()
    FROM stage JOIN known AS s ON s.key = s_key JOIN known AS t ON t.key = t_key
"""
_POSTINGS = """
    INSERT INTO ledger_posting
        (id, book, content_hash, transfers, reason, region_ids, holder_ids, recorded_at)
    SELECT posting_id, book, hash, 1, '', ARRAY[s_region, t_region, s_origin],
        array_remove(ARRAY[s_holder, t_holder], NULL), now() FROM stage
"""


def payload(postings: Iterable[Posting]) -> bytes:
    """Write postings of one transfer in the form of COPY."""
    return "".join(_line(posting) for posting in postings).encode()


def post_by_hand(scope: Scope, copied: bytes) -> int:
    """Write all of a payload in one transaction; the triggers of the tables move the balances."""
    with session(scope), psycopg.Cursor(connections["default"].connection) as cursor:
        cursor.execute(_STAGE)
        with cursor.copy("COPY stage FROM STDIN") as copy:
            for start in range(0, len(copied), BLOCK):
                copy.write(copied[start : start + BLOCK])
        cursor.execute("ANALYZE stage")
        taken = cursor.execute(_TAKEN).fetchone()
        if taken != (0, 0):
            raise RuntimeError(f"identifiers are taken: {taken}")
        for statement in (_ACCOUNTS, _OTHER_ACCOUNTS, "ANALYZE named", _LOCKED, _OPENED, "ANALYZE known"):
            cursor.execute(statement)
        count = cursor.execute(_TRANSFERS).rowcount
        cursor.execute(_POSTINGS)
    return count


def _line(posting: Posting) -> str:
    (one,) = posting.transfers
    fields = (
        one.id,
        posting.id,
        one.source.book,
        *_side(one.source),
        *_side(one.target),
        one.grams,
        one.step,
        one.method,
        one.evidence,
        one.occurred_at.isoformat(),
        one.precision,
        one.quantity,
        one.unit,
        one.conversion,
        one.uncertainty_ppm,
        one.document,
        "\\\\x" + content_hash(posting).hex(),
    )
    return "\t".join("\\N" if value is None else str(value) for value in fields) + "\n"


def _side(key: AccountKey) -> tuple[object, ...]:
    _, *parts = (getattr(key, name) for name in AccountKey.__slots__)
    return (*parts, account_digest(account_text(key)))
