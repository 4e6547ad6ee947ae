"""Verify the seals: recompute leaves, tree and heads from the rows, and name what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.ledger.core.append_only import SEALS
from wufei.records.ledger.core.heads import Head, is_signed
from wufei.records.ledger.core.leaves import FIELDS, leaf
from wufei.records.ledger.core.merkle import Run, Tree, extend, leaf_hash
from wufei.records.ledger.queries.sealing import snapshot
from wufei.records.ledger.queries.tree import Cursor, head_of, later_columns, leaf_columns
from wufei.runtime.access.core import Scope, require

NAMED_MAX = 20
CHUNK = 10_000

_LEAVES = """
    SELECT l.sequence, l.hash, uuid_send(l.transfer_id), {columns} FROM ledger_leaf AS l
    LEFT JOIN ledger_transfer AS t ON t.id = l.transfer_id
    LEFT JOIN ledger_posting AS p ON p.id = t.posting_id
    WHERE l.sequence >= %s AND l.sequence < %s ORDER BY l.sequence
"""
# Neighbours of one version, so that old and new leaves may lie in any order.
_RUNS = """
    SELECT version, sequence,
        lead(sequence, 1, (SELECT max(sequence) + 1 FROM ledger_leaf)) OVER (ORDER BY sequence)
    FROM (SELECT version, sequence, lag(version) OVER (ORDER BY sequence) AS before FROM ledger_leaf) AS leaf
    WHERE version IS DISTINCT FROM before ORDER BY sequence
"""
# The calendar of Python ends before that of PostgreSQL; no signature is of an instant beyond it.
_HEADS = """
    SELECT size, root, least(greatest(at, '0001-01-02'), '9999-12-30'), public_key, signature FROM ledger_head
    ORDER BY size
"""
_NODES = "SELECT index, hash FROM ledger_node WHERE level = %s AND index >= %s AND index < %s ORDER BY index"
# A column that was added later is empty in whatever was sealed before: its leaf says nothing of it.
_GROWN = """
    SELECT t.id FROM ledger_leaf AS l JOIN ledger_transfer AS t ON t.id = l.transfer_id
    LEFT JOIN ledger_posting AS p ON p.id = t.posting_id
    WHERE l.version = %s AND num_nonnulls({columns}) > 0 LIMIT %s
"""
_COUNT_NODES = "SELECT count(*) FROM ledger_node"
_UNSEALED = """
    SELECT t.id FROM ledger_transfer AS t LEFT JOIN ledger_leaf AS l ON l.transfer_id = t.id
    WHERE l.transfer_id IS NULL AND t.xid < (SELECT max(horizon) FROM ledger_head) LIMIT %s
"""
# Each round seals what was written from the last horizon to its own: a horizon that was moved by hand would
# make the sealer pass rows by, or stop at those that it has sealed.
_HORIZONS = """
    WITH head AS (
        SELECT size, horizon, lag(size, 1, 0::bigint) OVER in_order AS low,
            lag(horizon, 1, '0'::xid8) OVER in_order AS before
        FROM ledger_head WINDOW in_order AS (ORDER BY size)
    )
    SELECT DISTINCT head.size FROM head
    JOIN ledger_leaf AS l ON l.sequence >= head.low AND l.sequence < head.size
    JOIN ledger_transfer AS t ON t.id = l.transfer_id WHERE t.xid < head.before OR t.xid >= head.horizon
    UNION
    SELECT size FROM head WHERE horizon < before OR horizon > pg_snapshot_xmax(pg_current_snapshot())
    ORDER BY 1 LIMIT %s
"""
_GAPS = """
    SELECT coalesce(before + 1, 0), sequence - 1
    FROM (SELECT sequence, lag(sequence) OVER (ORDER BY sequence) AS before FROM ledger_leaf) AS leaf
    WHERE sequence <> coalesce(before + 1, 0) LIMIT %s
"""
_RIGHTS = """
    SELECT c.relname || ', ' || r.role || ', ' || p.privilege
    FROM unnest(%s::text[]) AS c (relname),
        (VALUES ('wufei_app'), ('wufei_system')) AS r (role),
        (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p (privilege)
    WHERE (has_table_privilege(r.role, c.relname, p.privilege)
            OR p.privilege IN ('INSERT', 'UPDATE')
                AND has_any_column_privilege(r.role, c.relname, p.privilege))
        AND NOT (r.role = 'wufei_system' AND p.privilege = 'INSERT')
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One way in which seals can be broken."""

    code: str
    message: Text


ROW_MISSING = Check("sealed-row-missing", Text("已封存的流水不见了", "A sealed transfer is missing"))
ROW_CHANGED = Check("sealed-row-changed", Text("流水在封存后被改动", "A transfer was changed after sealing"))
ROW_GROWN = Check(
    "sealed-row-grown",
    Text("封存后新增的列被填写", "A column that came after sealing was filled in"),
)
NODE_DIFFERS = Check("node-differs", Text("封存树与叶不符", "The stored tree differs from its leaves"))
SEQUENCE_GAP = Check("sequence-gap", Text("封存序号不连续", "The order of sealing has a gap"))
VERSION_UNKNOWN = Check("leaf-version-unknown", Text("叶版本未知", "Leaves have an unknown version"))
HEAD_DIFFERS = Check("head-differs", Text("签名的树根与叶不符", "A signed head differs from the leaves"))
NOT_SIGNED = Check("head-not-signed", Text("树根签名无效", "The signature of a head is not valid"))
UNKNOWN_KEY = Check("head-of-unknown-key", Text("树根由未知密钥签名", "A head is signed with an unknown key"))
HORIZON_DIFFERS = Check(
    "head-horizon-differs",
    Text("树根的封存界限与流水不符", "The horizon of a head does not fit the transfers under it"),
)
UNSIGNED = Check("leaves-without-head", Text("有叶而无签名树根", "Leaves are under no signed head"))
UNSEALED = Check(
    "transfer-unsealed", Text("流水早已提交却未封存", "A transfer from before the last head is not sealed")
)
RIGHTS = Check("seal-rights-too-wide", Text("角色可改动封存表", "A role could change the tables of seals"))


@dataclass(slots=True)
class _Findings:
    """What was found, with at most twenty named for each check."""

    found: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, check: Check, where: str) -> None:
        self.counts[check.code] = self.counts.get(check.code, 0) + 1
        if self.counts[check.code] <= NAMED_MAX:
            self.found.append(_finding(check, where))


@dataclass(slots=True)
class _Walk:
    """The tree as it grows again from the stored leaves."""

    cursor: Cursor
    found: _Findings
    heads: Iterator[Head]
    keys: frozenset[bytes]
    head: Head | None = None
    tree: Tree = field(default_factory=Tree)
    nodes: int = 0
    signed: int = 0


def verify_seals(scope: Scope, *, keys: Iterable[bytes] = ()) -> list[Finding]:
    """Check invariants 7 and 8 over all sealed transfers; an empty list means that they hold.

    Parameters
    ----------
    scope : Scope
        Who asks.
    keys : iterable of bytes
        Public keys with which heads may be signed; without them any valid signature passes.

    Notes
    -----
    Every leaf is recomputed from its row, every stored node from the leaves, every head from the nodes. At
    most twenty rows are named for each check. Memory does not grow with the ledger.
    """
    require(scope, "audit.read")
    found = _Findings()
    with snapshot() as cursor:
        for (right,) in cursor.execute(_RIGHTS, [list(SEALS)]).fetchall():
            found.add(RIGHTS, right)
        for (transfer_id,) in cursor.execute(_UNSEALED, [NAMED_MAX]).fetchall():
            found.add(UNSEALED, f"transfer {transfer_id}")
        for (size,) in cursor.execute(_HORIZONS, [NAMED_MAX]).fetchall():
            found.add(HORIZON_DIFFERS, f"head {size}")
        for low, high in cursor.execute(_GAPS, [NAMED_MAX]).fetchall():
            found.add(SEQUENCE_GAP, f"leaves {low} to {high}")
        for transfer_id in _grown(cursor):
            found.add(ROW_GROWN, f"transfer {transfer_id}")
        with psycopg.ServerCursor(cursor.connection, "ledger_heads") as heads:
            heads.execute(_HEADS, binary=True)
            walk = _Walk(cursor, found, (head_of(row) for row in heads), frozenset(keys))
            walk.head = next(walk.heads, None)
            _walk_leaves(walk)
    return found.found


def _grown(cursor: Cursor) -> Iterator[UUID]:
    for version in FIELDS:
        if columns := later_columns(version):
            statement = sql.SQL(_GROWN).format(columns=sql.SQL(columns))
            yield from (row[0] for row in cursor.execute(statement, [version, NAMED_MAX]).fetchall())


def _walk_leaves(walk: _Walk) -> None:
    for version, low, high in walk.cursor.execute(_RUNS).fetchall():
        if version not in FIELDS:
            walk.found.add(VERSION_UNKNOWN, f"leaves {low} to {high - 1}, version {version}")
        for rows in _chunks(walk.cursor, version, low, high):
            _grow(walk, [_stored_hash(walk.found, version, row) for row in rows])
    (stored,) = walk.cursor.execute(_COUNT_NODES).fetchone() or (0,)
    if stored > walk.nodes:
        walk.found.add(NODE_DIFFERS, f"{stored - walk.nodes} nodes above no leaf")
    if walk.tree.size > walk.signed and not walk.head:
        walk.found.add(UNSIGNED, f"leaves {walk.signed} to {walk.tree.size - 1}")
    while walk.head:
        _leave_head(walk, walk.head)


def _stored_hash(found: _Findings, version: int, row: Sequence[Any]) -> bytes:
    """The stored hash of a leaf; the tree is grown from it, so that each defect is found by itself."""
    _, stored, transfer_id, *values = row
    if values[0] is None:
        found.add(ROW_MISSING, f"transfer {UUID(bytes=transfer_id)}")
    elif version in FIELDS and leaf_hash(leaf(values, version)) != stored:
        found.add(ROW_CHANGED, f"transfer {UUID(bytes=transfer_id)}")
    return bytes(stored)


def _grow(walk: _Walk, hashes: list[bytes]) -> None:
    """Append leaves, stopping at each head to compare its root."""
    filled: dict[int, Run] = {}
    start, end = walk.tree.size, walk.tree.size + len(hashes)
    while walk.tree.size < end:
        stop = min(walk.head.size, end) if walk.head else end
        walk.tree, runs = extend(walk.tree, hashes[walk.tree.size - start : stop - start])
        for run in runs:
            before = filled.get(run.level, Run(run.level, run.first, ()))
            filled[run.level] = Run(run.level, before.first, before.hashes + run.hashes)
        if walk.head and walk.head.size == stop:
            _leave_head(walk, walk.head)
    for run in filled.values():
        _compare_nodes(walk, run)


def _compare_nodes(walk: _Walk, run: Run) -> None:
    walk.nodes += len(run.hashes)
    stored = dict(walk.cursor.execute(_NODES, [run.level, run.first, run.first + len(run.hashes)]).fetchall())
    for index, hashed in enumerate(run.hashes, run.first):
        if stored.get(index) != hashed:
            walk.found.add(NODE_DIFFERS, f"leaves {index << run.level} to {(index + 1 << run.level) - 1}")


def _leave_head(walk: _Walk, head: Head) -> None:
    if head.size != walk.tree.size or head.root != walk.tree.root:
        walk.found.add(HEAD_DIFFERS, f"head {head.size}")
    if not is_signed(head):
        walk.found.add(NOT_SIGNED, f"head {head.size}")
    if walk.keys and head.public_key not in walk.keys:
        walk.found.add(UNKNOWN_KEY, f"head {head.size}")
    walk.signed = head.size
    walk.head = next(walk.heads, None)


def _chunks(cursor: Cursor, version: int, low: int, high: int) -> Iterator[list[tuple[Any, ...]]]:
    columns = leaf_columns(version) if version in FIELDS else "uuid_send(t.id)"
    statement = sql.SQL(_LEAVES).format(columns=sql.SQL(columns))
    with psycopg.ServerCursor(cursor.connection, "ledger_leaves") as rows:
        rows.execute(statement, [low, high], binary=True)
        while chunk := rows.fetchmany(CHUNK):
            yield chunk


def _finding(check: Check, where: str) -> Finding:
    return Finding(
        code=f"ledger.{check.code}",
        severity=Severity.ERROR,
        where=where,
        message=Text(f"{check.message.zh}：{where}。", f"{check.message.en}: {where}."),
        rule=check.message,
        fix=Text(
            "停止写入，从备份核对，并报告审计。",
            "Stop writing, compare with the backup, and tell the auditor.",
        ),
    )
