"""The sealer: gives committed transfers their sequence, extends the tree and signs a head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections, transaction
from psycopg import sql

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text
from wufei.records.ledger.core.heads import Head, is_signed, sign
from wufei.records.ledger.core.leaves import VERSION, leaf
from wufei.records.ledger.core.merkle import Run, Tree, extend, leaf_hash
from wufei.records.ledger.queries.tree import latest_head, leaf_columns, read_tree

Cursor = psycopg.Cursor[Any]

CHUNK = 10_000
BATCH = 100_000
LOCK = 0x77756665695F6C65
"""The advisory lock of the one sealer, the letters ``wufei_le``."""

# All transactions below the snapshot's xmin have ended: nothing can be committed below it any more.
_HORIZON = (
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text, pg_snapshot_xmax(pg_current_snapshot())::text"
)
_BATCH_END = """
    SELECT xid::text FROM ledger_transfer WHERE xid >= %s::xid8 AND xid < %s::xid8
    ORDER BY xid OFFSET %s LIMIT 1
"""
_MANY = "SELECT FROM ledger_transfer WHERE xid >= %s::xid8 AND xid < %s::xid8 OFFSET %s LIMIT 1"
# In whatever order they lie: no later round can disturb it, and a bulk load need not be sorted first.
_ROWS = """
    SELECT {columns} FROM ledger_transfer AS t LEFT JOIN ledger_posting AS p ON p.id = t.posting_id
    WHERE t.xid >= %s::xid8 AND t.xid < %s::xid8
"""
# Identifiers and hashes travel as one value each: lists of them would cost more than the hashing.
_INSERT_LEAVES = """
    INSERT INTO ledger_leaf (sequence, transfer_id, version, hash)
    SELECT %b::bigint + n, encode(substring(%b::bytea, 16 * n + 1, 16), 'hex')::uuid, %b::smallint,
        substring(%b::bytea, 32 * n + 1, 32) FROM generate_series(0, %b::integer - 1) AS n
"""
_INSERT_NODES = """
    INSERT INTO ledger_node (level, index, hash)
    SELECT %b::smallint, %b::bigint + n, substring(%b::bytea, 32 * n + 1, 32)
    FROM generate_series(0, %b::integer - 1) AS n
"""
_INSERT_HEAD = """
    INSERT INTO ledger_head (size, root, at, horizon, public_key, signature)
    VALUES (%s, %s, %s, %s::xid8, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one round of sealing did.

    Attributes
    ----------
    leaves : int
        Transfers sealed in this round.
    head : Head or None
        The latest head; None while nothing is sealed.
    more : bool
        A full batch was sealed, so more may be waiting.
    busy : bool
        Another sealer is at work, so nothing was done.
    """

    leaves: int
    head: Head | None
    more: bool = False
    busy: bool = False


def seal(key: Ed25519PrivateKey, *, now: datetime, batch: int = BATCH) -> Sealed:
    """Seal what was committed, in one transaction and under one head: all of it, or nothing.

    Parameters
    ----------
    key : Ed25519PrivateKey
        From `keys.ensure_key`.
    now : datetime
        The instant that the head names.
    batch : int
        About how many transfers at most; those of one transaction are never separated.

    Raises
    ------
    ConflictError
        The tree is not the one that its last head signed, or the database counts transactions anew.
    """
    with transaction.atomic(using="system"):
        connections["system"].ensure_connection()
        with psycopg.Cursor(connections["system"].connection) as cursor:
            free = cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK]).fetchone()
            # The lock was asked for in a statement of its own, so that what follows sees the last round.
            last = latest_head(cursor)
            before = last[0] if last else None
            if not (free and free[0]):
                return Sealed(0, before, busy=True)
            return _seal(cursor, key, now, batch)


def _seal(cursor: Cursor, key: Ed25519PrivateKey, now: datetime, batch: int) -> Sealed:
    last = latest_head(cursor)
    before, low = last or (None, 0)
    tree = _checked_tree(cursor, before)
    high, more = _horizon(cursor, low, batch)
    start = tree.size
    for rows in _chunks(cursor, low, high):
        tree = append(cursor, tree, rows)
    if tree.size == start:
        return Sealed(0, before)
    head = sign(key, tree.size, tree.root, now)
    cursor.execute(_INSERT_HEAD, [head.size, head.root, head.at, str(high), head.public_key, head.signature])
    return Sealed(tree.size - start, head, more=more)


def append(cursor: Cursor, tree: Tree, rows: Sequence[Sequence[Any]]) -> Tree:
    """Hash rows of `leaf_columns` into the tree and store their leaves and the subtrees they fill."""
    hashes = [leaf_hash(leaf(row)) for row in rows]
    return store(cursor, tree, [row[0] for row in rows], hashes)


def store(cursor: Cursor, tree: Tree, ids: Sequence[bytes], hashes: Sequence[bytes]) -> Tree:
    """Store leaves by transfer (16 bytes each) and hash, with the subtrees they fill; give the grown tree."""
    cursor.execute(_INSERT_LEAVES, [tree.size, b"".join(ids), VERSION, b"".join(hashes), len(ids)])
    grown, runs = extend(tree, hashes)
    for run in runs:
        _store_run(cursor, run)
    return grown


def _store_run(cursor: Cursor, run: Run) -> None:
    cursor.execute(_INSERT_NODES, [run.level, run.first, b"".join(run.hashes), len(run.hashes)])


def _checked_tree(cursor: Cursor, head: Head | None) -> Tree:
    """The tree as stored, if it is the one that was signed: a forged one must not get a fresh signature."""
    if head is None:
        return Tree()
    tree = read_tree(cursor, head.size)
    if tree is None or tree.root != head.root or not is_signed(head):
        raise ConflictError(
            "ledger.seal-broken",
            Text(
                f"封存树与最后签名的树根（{head.size} 条）不一致，已停止封存。请执行 wufei ledger verify。",
                f"The tree differs from its last signed head (size {head.size}); sealing has stopped. "
                "Run wufei ledger verify.",
            ),
        )
    return tree


def _horizon(cursor: Cursor, low: int, batch: int) -> tuple[int, bool]:
    """Say below which transaction this round seals, and whether that leaves rows for the next."""
    found = cursor.execute(_HORIZON).fetchone()
    ended, following = (int(part) for part in found) if found else (0, 0)
    if low > following:
        raise ConflictError(
            "ledger.transactions-restarted",
            Text(
                f"数据库的事务计数 {following} 小于上次封存的界限 {low}，可能由逻辑备份恢复到新服务器。"
                f"请停止服务器，执行 pg_resetwal --next-transaction-id 使其大于 {low} 后再封存。",
                f"The database counts transactions from {following}, below the last sealed horizon {low}: it "
                "was probably restored from a logical backup into a new server. Stop the server and set the "
                f"counter above {low} with pg_resetwal --next-transaction-id before sealing.",
            ),
        )
    end = cursor.execute(_BATCH_END, [str(low), str(ended), batch]).fetchone()
    # The transaction in which the batch is full is sealed whole.
    return (int(end[0]) + 1, True) if end else (max(ended, low), False)


def _chunks(cursor: Cursor, low: int, high: int) -> Iterator[list[tuple[Any, ...]]]:
    """Read the rows of some transactions, all of which have ended: any later snapshot holds the same."""
    if cursor.execute(_MANY, [str(low), str(high), CHUNK]).fetchone() is None:
        yield from _read(cursor.connection, low, high)
        return
    # Many are read through a connection of its own, while those before are hashed and stored.
    reading = connections["system"].copy()
    reading.inc_thread_sharing()
    with closing(reading), ThreadPoolExecutor(1, "ledger-reading") as ahead:
        reading.ensure_connection()
        rows = _read(reading.connection, low, high)
        pending = ahead.submit(next, rows, None)
        while chunk := pending.result():
            pending = ahead.submit(next, rows, None)
            yield chunk


def _read(connection: psycopg.Connection[Any], low: int, high: int) -> Iterator[list[tuple[Any, ...]]]:
    columns = sql.SQL(leaf_columns(VERSION))
    with connection.transaction(), psycopg.ServerCursor(connection, "ledger_sealing") as rows:
        rows.execute(sql.SQL(_ROWS).format(columns=columns), [str(low), str(high)], binary=True)
        while chunk := rows.fetchmany(CHUNK):
            yield chunk
