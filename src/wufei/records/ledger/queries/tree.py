"""Read the stored tree as the role that reads everything: heads, subtrees, transfers as they are sealed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Any
from uuid import UUID

import psycopg

from wufei.records.ledger.core.heads import Head
from wufei.records.ledger.core.leaves import FIELDS, IDENTIFIERS, INSTANTS
from wufei.records.ledger.core.merkle import Node, Tree, cover, full_hash, stored_below

Cursor = psycopg.Cursor[Any]

_OF_POSTING = {"posting_reason": "p.reason", "posting_hash": "p.content_hash"}
_LATEST = """
    SELECT size, root, at, public_key, signature, horizon::text FROM ledger_head ORDER BY size DESC LIMIT 1
"""
# One look-up for each node by the index, whatever the planner believes of a fresh table.
_NODES = """
    SELECT wanted.level, wanted.index, found.hash
    FROM unnest(%s::smallint[], %s::bigint[]) AS wanted (level, index) CROSS JOIN LATERAL (
        SELECT hash FROM ledger_node AS n WHERE n.level = wanted.level AND n.index = wanted.index LIMIT 1
    ) AS found
    UNION ALL
    SELECT 0, wanted.sequence, found.hash FROM unnest(%s::bigint[]) AS wanted (sequence) CROSS JOIN LATERAL (
        SELECT hash FROM ledger_leaf AS l WHERE l.sequence = wanted.sequence LIMIT 1
    ) AS found
"""


def leaf_columns(version: int) -> str:
    """Give the SELECT list of a version's fields, from transfers ``t`` and their postings ``p``."""
    return ", ".join(_column(field) for field in FIELDS[version])


def later_columns(version: int) -> str:
    """Give the SELECT list of the fields that later versions have added to a version; empty for the last."""
    fields = {field: None for later in FIELDS if later > version for field in FIELDS[later]}
    return ", ".join(_column(field) for field in fields if field not in FIELDS[version])


def latest_head(cursor: Cursor) -> tuple[Head, int] | None:
    """Read the latest head and the transaction below which everything is under it."""
    row = cursor.execute(_LATEST).fetchone()
    return (head_of(row[:5]), int(row[5])) if row else None


def head_of(row: tuple[Any, ...]) -> Head:
    """Make a head of size, root, at, public_key and signature."""
    size, root, at, public_key, signature = row
    return Head(size, bytes(root), at.astimezone(UTC), bytes(public_key), bytes(signature))


def read_nodes(cursor: Cursor, nodes: Iterable[Node]) -> dict[Node, bytes]:
    """Read stored nodes; those that are missing are left out."""
    wanted = sorted(set(nodes))
    inner = [node for node in wanted if node[0]]
    leaves = [index for level, index in wanted if not level]
    values = [[level for level, _ in inner], [index for _, index in inner], leaves]
    return {(level, index): bytes(found) for level, index, found in cursor.execute(_NODES, values)}


def read_tree(cursor: Cursor, size: int) -> Tree | None:
    """Read the tree of a size from its stored nodes; None if some are missing."""
    subtrees = cover(0, size)
    stored = read_nodes(cursor, (part for node in subtrees for part in stored_below(node)))
    try:
        return Tree(size, tuple(full_hash(node, stored) for node in subtrees))
    except KeyError:
        return None


def sealed_row(cursor: Cursor, transfer_id: UUID) -> tuple[int, int, bytes] | None:
    """Read sequence, version and hash under which a transfer was sealed; None if it is not."""
    row = cursor.execute(
        "SELECT sequence, version, hash FROM ledger_leaf WHERE transfer_id = %s", [transfer_id]
    ).fetchone()
    return (row[0], row[1], bytes(row[2])) if row else None


def _column(field: str) -> str:
    if field in IDENTIFIERS:
        return f"uuid_send(t.{field})"
    if field in INSTANTS:
        # Infinity, which only a superuser could write, has no number: the leaf then differs.
        return f"CASE WHEN isfinite(t.{field}) THEN (extract(epoch FROM t.{field}) * 1000000)::bigint END"
    if field == "quantity":
        return "trim_scale(t.quantity)::text"
    return _OF_POSTING.get(field, f"t.{field}")
