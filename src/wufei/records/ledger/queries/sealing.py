"""Heads, proofs of transfers, and the comparison with heads that were exported earlier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections, transaction
from psycopg import sql

from wufei.kernel.errors import ConflictError, NotFoundError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.ledger.core.heads import Head, is_signed
from wufei.records.ledger.core.leaves import leaf
from wufei.records.ledger.core.merkle import (
    Span,
    Tree,
    consistency_spans,
    cover,
    hash_of,
    inclusion_spans,
    is_consistent,
    stored_below,
)
from wufei.records.ledger.core.proofs import Proof, check_proof
from wufei.records.ledger.queries.reading import get_transfer
from wufei.records.ledger.queries.tree import (
    Cursor,
    head_of,
    latest_head,
    leaf_columns,
    read_nodes,
    read_tree,
    sealed_row,
)
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session

_HEADS = """
    SELECT size, root, at, public_key, signature FROM ledger_head WHERE size < %s ORDER BY size DESC LIMIT %s
"""
_NO_SIZE = 2**63 - 1
_ROW = """
    SELECT {columns} FROM ledger_transfer AS t LEFT JOIN ledger_posting AS p ON p.id = t.posting_id
    WHERE t.id = %s
"""
_WAITING = """
    SELECT count(*), min(recorded_at) FROM ledger_transfer
    WHERE xid >= coalesce((SELECT horizon FROM ledger_head ORDER BY size DESC LIMIT 1), '0'::xid8)
"""


@dataclass(frozen=True, slots=True)
class Lag:
    """Transfers that wait to be sealed, and when the oldest of them was recorded."""

    transfers: int
    since: datetime | None


@contextmanager
def snapshot() -> Iterator[Cursor]:
    """Give a cursor whose statements all see the same state, while sealing goes on."""
    with transaction.atomic(using="system"):
        connections["system"].ensure_connection()
        with psycopg.Cursor(connections["system"].connection) as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield cursor


def heads(scope: Scope, *, limit: int, below: int | None = None) -> list[Head]:
    """Read the latest heads, the latest first; everybody who reads the ledger may know them.

    Parameters
    ----------
    scope : Scope
        Who reads.
    limit : int
        At most so many.
    below : int, optional
        Only heads over fewer transfers than this: the size that the page before ended with.
    """
    require(scope, "ledger.read")
    with connections["system"].cursor() as cursor:
        cursor.execute(_HEADS, [_NO_SIZE if below is None else below, limit])
        return [head_of(row) for row in cursor.fetchall()]


def sealed_number(scope: Scope, transfer_id: UUID) -> int | None:
    """Give the sequence under which a transfer was sealed; None while it waits.

    Raises
    ------
    NotFoundError
        There is no such transfer for this scope.
    """
    require(scope, "ledger.read")
    with session(scope):
        get_transfer(scope, transfer_id)
    with snapshot() as cursor:
        row = sealed_row(cursor, transfer_id)
    return row[0] if row else None


def sealing_lag(scope: Scope) -> Lag:
    """Count the transfers that are not sealed yet."""
    require(scope, "ledger.read")
    with connections["system"].cursor() as cursor:
        cursor.execute(_WAITING)
        count, since = cursor.fetchone()
    return Lag(count, since)


def prove(scope: Scope, transfer_id: UUID) -> Proof:
    """Prove that a transfer is sealed under the latest head.

    Raises
    ------
    NotFoundError
        There is no such transfer for this scope, or it is not sealed yet.
    ConflictError
        The transfer, the tree or the head was changed after sealing: there is no proof of it any more.
    """
    require(scope, "ledger.read")
    # Under row security: a transfer that the caller cannot see has no proof for him.
    with session(scope):
        get_transfer(scope, transfer_id)
    with snapshot() as cursor:
        proof = _proof(cursor, transfer_id)
    if proof is None or check_proof(proof):
        raise ConflictError(
            "ledger.seal-broken",
            Text(
                f"流水 {transfer_id} 或封存树在封存后被改动，无法出具证明。"
                "请执行 wufei ledger verify 并报告审计。",
                f"Transfer {transfer_id} or the tree was changed after sealing; there is no proof of it. "
                "Run wufei ledger verify and tell the auditor.",
            ),
        )
    return proof


def check_exported(scope: Scope, exported: Sequence[Head]) -> list[Finding]:
    """Check that the log still begins with what exported heads signed; an empty list means that it does."""
    require(scope, "ledger.read")
    with snapshot() as cursor:
        last = latest_head(cursor)
        now = last[0] if last else None
        return [found for head in exported for found in _compare(cursor, head, now)]


def _proof(cursor: Cursor, transfer_id: UUID) -> Proof | None:
    sealed, last = sealed_row(cursor, transfer_id), latest_head(cursor)
    if sealed is None or last is None or sealed[0] >= last[0].size:
        hint = Text("尚未封存，请稍后再试。", "It is not sealed yet; try again shortly.")
        raise NotFoundError("proof", transfer_id, hint)
    sequence, version, _ = sealed
    statement = sql.SQL(_ROW).format(columns=sql.SQL(leaf_columns(version)))
    row = cursor.execute(statement, [transfer_id]).fetchone()
    path = _hashes(cursor, inclusion_spans(sequence, last[0].size))
    if row is None or path is None:
        return None
    return Proof(transfer_id, sequence, leaf(_plain(row), version), path, last[0])


def _compare(cursor: Cursor, head: Head, now: Head | None) -> Iterator[Finding]:
    if not is_signed(head):
        yield _finding("head-not-signed", _NOT_SIGNED, head)
        return
    if now is None or now.size < head.size:
        yield _finding("history-shortened", _SHORTENED, head)
        return
    if head.public_key != now.public_key:
        yield _finding("head-of-unknown-key", _OTHER_KEY, head)
    path = _hashes(cursor, consistency_spans(head.size, now.size))
    old, new = Tree(head.size, (head.root,)), Tree(now.size, (now.root,))
    stored = read_tree(cursor, head.size)
    if path is None or not is_consistent(old, new, path) or stored is None or stored.root != head.root:
        yield _finding("history-rewritten", _REWRITTEN, head)


def _hashes(cursor: Cursor, spans: Sequence[Span]) -> tuple[bytes, ...] | None:
    """The hashes over spans of leaves, or None where a stored node is missing."""
    wanted = [part for span in spans for node in cover(*span) for part in stored_below(node)]
    stored = read_nodes(cursor, wanted)
    try:
        return tuple(hash_of(span, stored) for span in spans)
    except KeyError:
        return None


def _plain(row: Sequence[Any]) -> list[Any]:
    # Without a binary cursor bytes come as memoryview or bytes, depending on the driver's build.
    return [bytes(value) if isinstance(value, memoryview) else value for value in row]


_NOT_SIGNED = Text("导出的树根签名无效", "The signature of the exported head is not valid")
_SHORTENED = Text("现有台账短于导出的树根", "The ledger is shorter than the exported head")
_OTHER_KEY = Text("现用签名密钥与导出时不同", "The log is signed with another key than the exported head")
_REWRITTEN = Text("导出之后历史被改写", "The history before the exported head was rewritten")


def _finding(code: str, message: Text, head: Head) -> Finding:
    where = f"head {head.size}"
    return Finding(
        code=f"ledger.{code}",
        severity=Severity.ERROR,
        where=where,
        message=Text(f"{message.zh}：{where}。", f"{message.en}: {where}."),
        value=head.root.hex(),
        rule=message,
        fix=Text(
            "停止写入，保留导出文件，报告审计。", "Stop writing, keep the exported file, tell the auditor."
        ),
    )
