"""Sealing, verification and proofs against the stated rates, on a database of its own.

Import it once Django is ready. Beyond the first million, transfers of the tree from which proofs are taken
are stand-ins: a proof reads the tree, never other transfers.
"""

from __future__ import annotations

import hashlib
import random
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections, transaction

from benchmarks.districts import make_places, postings
from benchmarks.table import Result, at_least, at_most
from wufei.records.ledger.core.heads import sign
from wufei.records.ledger.queries import prove, verify, verify_seals
from wufei.records.ledger.queries.tree import read_tree
from wufei.records.ledger.services import post_many, seal
from wufei.records.ledger.services.sealing import CHUNK, store
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now

MILLION = 1_000_000
PROOFS = 50


def measure(leaves: int) -> list[Result]:
    """Post up to a million transfers, seal and verify them, grow the tree to `leaves` and prove some."""
    scope, key = Scope.operator(), Ed25519PrivateKey.generate()
    posted = post_many(scope, postings(make_places(), min(leaves, MILLION)), now=now()).posted
    _run("owner", "VACUUM ANALYZE ledger_transfer")
    sealing_s = _timed(lambda: _seal_all(key))
    verifying_s = _timed(lambda: _expect_none(verify(scope) + verify_seals(scope)))
    ids = _some_ids(PROOFS)
    _grow(leaves - posted, key)
    proofs_ms = [1000 * _timed(partial(prove, scope, one)) for one in ids]
    return [
        at_least(
            "sealing, leaves/s", posted / sealing_s, 50_000, f"{posted:,} transfers in {sealing_s:.1f} s"
        ),
        at_most(
            "verification of 1,000,000 transfers, s",
            verifying_s * MILLION / posted,
            60,
            f"{posted:,} in {verifying_s:.1f} s",
        ),
        at_most(
            "inclusion proof, ms",
            statistics.median(proofs_ms),
            20,
            f"from {leaves:,} leaves, {PROOFS} proofs {min(proofs_ms):.1f}-{max(proofs_ms):.1f}",
        ),
    ]


def _seal_all(key: Ed25519PrivateKey) -> None:
    while seal(key, now=now()).more:
        pass


def _grow(leaves: int, key: Ed25519PrivateKey) -> None:
    """Append stand-ins to the tree, and sign it."""
    with transaction.atomic(using="system"), psycopg.Cursor(connections["system"].connection) as cursor:
        (size,) = cursor.execute("SELECT max(size) FROM ledger_head").fetchone() or (0,)
        tree = read_tree(cursor, size)
        if tree is None:
            raise RuntimeError("the tree that was just sealed cannot be read")
        for start in range(tree.size, tree.size + leaves, CHUNK):
            stop = min(start + CHUNK, size + leaves)
            hashes = [hashlib.sha256(number.to_bytes(8)).digest() for number in range(start, stop)]
            tree = store(cursor, tree, [one[:16] for one in hashes], hashes)
        if leaves:
            head = sign(key, tree.size, tree.root, now())
            cursor.execute(
                "INSERT INTO ledger_head (size, root, at, horizon, public_key, signature) "
                "SELECT %s, %s, %s, max(horizon), %s, %s FROM ledger_head",
                [head.size, head.root, head.at, head.public_key, head.signature],
            )


def _some_ids(count: int) -> list[UUID]:
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT transfer_id FROM ledger_leaf TABLESAMPLE SYSTEM (5) LIMIT 5000")
        ids = [row[0] for row in cursor.fetchall()]
    return random.Random(2026).sample(ids, count)  # noqa: S311 (loads, not secrets)


def _expect_none(found: Sequence[object]) -> None:
    if found:
        raise RuntimeError(f"a ledger that nobody touched does not verify: {found[0]}")


def _run(alias: str, statement: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
