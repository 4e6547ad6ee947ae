"""The sealer misses nothing, seals nothing twice and leaves no gap, whoever writes or is killed meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections

from wufei.kernel.errors import ConflictError
from wufei.records.ledger import queries
from wufei.records.ledger.core.leaves import FIELDS, VERSION
from wufei.records.ledger.core.transfers import Step, single
from wufei.records.ledger.services import post, post_many, seal
from wufei.records.ledger.services.sealing import BATCH, LOCK, Sealed
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.database.services import Holder

Yard = Any
Settle = Callable[[], None]
Rows = list[tuple[Any, ...]]


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def read(statement: str, *values: object) -> Rows:
    with connections["system"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def order() -> list[str]:
    """Transfers in the order of sealing, after a look that it has neither gap nor repetition."""
    rows = read("SELECT sequence, transfer_id::text FROM ledger_leaf ORDER BY sequence")
    assert [sequence for sequence, _ in rows] == list(range(len(rows)))
    assert len({transfer for _, transfer in rows}) == len(rows)
    return [transfer for _, transfer in rows]


def rounds(key: Ed25519PrivateKey, yard: Yard, batch: int = BATCH) -> list[Sealed]:
    """Seal until all that is committed has a leaf; give the rounds that sealed something."""
    until, done = time.monotonic() + 60, list[Sealed]()
    while len(order()) < len(committed()):
        assert time.monotonic() < until
        done.append(seal(key, now=yard.now, batch=batch))
    return [one for one in done if one.leaves]


def committed() -> set[str]:
    return {row[0] for row in read("SELECT id::text FROM ledger_transfer")}


def test_what_was_posted_is_sealed_once_and_an_empty_round_signs_nothing(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle
) -> None:
    assert seal(key, now=yard.now).head is None
    post(operator, single(yard.generate(5)), now=yard.now)
    assert queries.sealing_lag(operator).transfers == 1
    settle()
    (first,) = rounds(key, yard)
    post_many(operator, [single(yard.generate(n)) for n in range(1, 90)], now=yard.now)
    settle()
    assert sum(done.leaves for done in rounds(key, yard)) == 89
    assert seal(key, now=yard.now).leaves == 0
    assert (first.leaves, queries.sealing_lag(operator).transfers) == (1, 0)
    assert set(order()) == committed()
    assert [head.size for head in queries.heads(operator, limit=9)] == [90, 1]
    assert queries.verify_seals(operator) == []


def test_a_batch_ends_with_a_transaction_and_the_next_goes_on(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle
) -> None:
    for size in (3, 4, 1):
        post_many(operator, [single(yard.generate(n)) for n in range(1, size + 1)], now=yard.now)
    settle()
    done = rounds(key, yard, batch=3)
    # The second: whatever else this server did held back, at first, all but the first transaction.
    assert [one.leaves for one in done] in ([7, 1], [3, 4, 1])
    assert [one.more for one in done[-2:]] == [True, False]
    assert set(order()) == committed()


def test_an_open_transaction_holds_back_what_came_after_it_and_nothing_is_missed(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle
) -> None:
    """The one that stays open got its number first and commits last: a reader by number would pass it by."""
    until = time.monotonic() + 4
    seals: list[int] = []

    def stay_open() -> None:
        try:
            with session(operator):
                post(
                    operator, single(yard.transfer(yard.origin, yard.other, 77, Step.GENERATE)), now=yard.now
                )
                while time.monotonic() < until - 1:
                    time.sleep(0.05)
        finally:
            connections.close_all()

    def write(number: int) -> None:
        try:
            while time.monotonic() < until:
                post(operator, single(yard.generate(number + 1)), now=yard.now)
        finally:
            connections.close_all()

    post(operator, single(yard.generate(1)), now=yard.now)
    with ThreadPoolExecutor(9) as pool:
        opened = pool.submit(stay_open)
        writers = [pool.submit(write, number) for number in range(8)]
        while not all(writer.done() for writer in writers):
            seals.append(seal(key, now=yard.now).leaves)
            time.sleep(0.05)
        for done in (opened, *writers):
            done.result()
    settle()
    seals.append(seal(key, now=yard.now).leaves)
    ((later,),) = read(
        "SELECT count(*) FROM ledger_transfer WHERE xid > (SELECT xid FROM ledger_transfer WHERE grams = 77)"
    )
    assert later > 50
    assert set(order()) == committed()
    assert sum(seals) == len(committed()) > 100
    assert queries.verify_seals(operator) == []


def test_two_sealers_at_once_share_the_work_without_repeating_it(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle
) -> None:
    for _ in range(40):
        post(operator, single(yard.generate(2)), now=yard.now)

    settle()

    def work(_: int) -> int:
        leaves, until = 0, time.monotonic() + 60
        try:
            while time.monotonic() < until:
                done = seal(key, now=yard.now, batch=1)
                leaves += done.leaves
                if not done.leaves and not done.busy:
                    break
            return leaves
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 40
    assert set(order()) == committed()
    assert queries.verify_seals(operator) == []


def test_a_second_sealer_leaves_at_once_while_the_first_is_at_work(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle, server: Holder
) -> None:
    post(operator, single(yard.generate(5)), now=yard.now)
    with server.connect(sealed_database) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        assert seal(key, now=yard.now).busy
        other.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    settle()
    assert seal(key, now=yard.now).leaves == 1


def test_a_sealer_killed_in_mid_batch_leaves_no_trace_and_the_next_goes_on(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle, server: Holder
) -> None:
    environment = os.environ | {
        "WUFEI_DATA_DIR": str(server.data_dir),
        "WUFEI_DATABASE_NAME": sealed_database,
    }
    command = [sys.executable, "-c", "from wufei.cli import main; main()", "ledger", "seal"]
    for _ in range(3):
        post_many(operator, [single(yard.generate(n)) for n in range(1, 50)], now=yard.now)
        settle()
        with server.connect(sealed_database) as blocker, blocker.transaction():
            # The sealer has written its leaves and stops at the head, which it cannot write.
            blocker.execute("LOCK TABLE ledger_head IN SHARE ROW EXCLUSIVE MODE")
            sealer = subprocess.Popen(command, env=environment)
            wait_for(lambda blocker=blocker: waiting(blocker))
            sealer.send_signal(signal.SIGKILL)
            assert sealer.wait() == -signal.SIGKILL
        # Its server process notices the end of its client only now, and until then holds the lock.
        wait_for(lambda: seal(key, now=yard.now).leaves == 49)
        assert set(order()) == committed()
    assert [head.size for head in queries.heads(operator, limit=9)] == [147, 98, 49]
    assert queries.verify_seals(operator) == []


def waiting(connection: psycopg.Connection) -> bool:
    statement = "SELECT 1 FROM pg_locks WHERE relation = 'ledger_head'::regclass AND NOT granted"
    return connection.execute(statement).fetchone() is not None


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_sealer_signs_no_tree_that_was_tampered_with(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle, server: Holder
) -> None:
    post_many(operator, [single(yard.generate(n)) for n in range(1, 20)], now=yard.now)
    settle()
    seal(key, now=yard.now)
    post(operator, single(yard.generate(1)), now=yard.now)
    with server.connect(sealed_database) as superuser:
        superuser.execute("UPDATE ledger_node SET hash = sha256('')")
    with pytest.raises(ConflictError, match="seal-broken"):
        seal(key, now=yard.now)
    assert [head.size for head in queries.heads(operator, limit=9)] == [19]


def test_a_database_that_counts_transactions_anew_is_not_sealed_silently(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle, server: Holder
) -> None:
    post(operator, single(yard.generate(5)), now=yard.now)
    settle()
    seal(key, now=yard.now)
    with server.connect(sealed_database) as superuser:
        superuser.execute("UPDATE ledger_head SET horizon = '99999999999'::xid8")
    with pytest.raises(ConflictError, match="transactions-restarted"):
        seal(key, now=yard.now)


def test_a_column_more_of_a_transfer_needs_a_version_more(db: None) -> None:
    """All that is recorded of a transfer is sealed, except what follows from the rest."""
    ((columns,),) = read(
        "SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = 'ledger_transfer'::regclass "
        "AND attnum > 0 AND attgenerated = '' AND NOT attisdropped"
    )
    assert set(columns) - {"xid"} == set(FIELDS[VERSION]) - {"posting_reason", "posting_hash"}
