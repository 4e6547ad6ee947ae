"""Sealed rows are read in order and without gap, and a day stands for the last sequence sealed on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections

from wufei.kernel.errors import AccessError, ConflictError
from wufei.records.ledger import queries
from wufei.records.ledger.core.transfers import single
from wufei.records.ledger.queries.sealed import _AFTER
from wufei.records.ledger.services import post, post_many, reverse, seal
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.database.services import Holder

Yard = Any
Settle = Callable[[], None]


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def test_batches_join_without_gap_and_leave_out_what_is_not_sealed(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle
) -> None:
    made = [yard.generate(n) for n in range(1, 26)]
    post_many(operator, [single(one) for one in made], now=yard.now)
    settle()
    seal(key, now=yard.now)
    post(operator, single(yard.generate(99)), now=yard.now)
    read, after = [], -1
    while batch := queries.sealed_after(operator, after, limit=7):
        read += batch
        after = batch[-1].sequence
    assert [event.sequence for event in read] == list(range(25))
    assert {event.row.id for event in read} == {one.id for one in made}
    with session(operator):
        assert all(event.row == queries.get_transfer(operator, event.row.id) for event in read)


def test_an_event_reads_the_same_after_it_was_taken_back(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle
) -> None:
    made = yard.generate(5)
    post(operator, single(made), now=yard.now)
    settle()
    seal(key, now=yard.now)
    before = queries.sealed_after(operator, -1, limit=9)
    reverse(operator, made.id, reason="withdrawn", now=yard.now)
    assert queries.sealed_after(operator, -1, limit=9) == before
    settle()
    seal(key, now=yard.now)
    assert queries.sealed_after(operator, 0, limit=9)[0].row.reverses == made.id


def test_only_a_scope_that_reaches_everything_reads_all_rows(db: None, yard: Yard) -> None:
    for role in (Role.AUDITOR, Role.OFFICE, Role.CLERK, Role.PRODUCER, Role.PUBLIC):
        with pytest.raises(AccessError):
            queries.sealed_after(Scope(1, 1, role, region_ids=frozenset({yard.region_id})), -1, limit=1)


def test_a_removed_row_is_named_instead_of_being_passed_by(
    sealed_database: str,
    yard: Yard,
    operator: Scope,
    key: Ed25519PrivateKey,
    settle: Settle,
    server: Holder,
) -> None:
    post_many(operator, [single(yard.generate(n)) for n in range(1, 6)], now=yard.now)
    settle()
    seal(key, now=yard.now)
    with server.connect(sealed_database) as superuser:
        superuser.execute(
            "DELETE FROM ledger_transfer WHERE id = (SELECT transfer_id FROM ledger_leaf WHERE sequence = 2)"
        )
    with pytest.raises(ConflictError, match="sealed-row-missing") as caught:
        queries.sealed_after(operator, -1, limit=9)
    assert "2" in caught.value.message.en


def test_a_day_stands_for_the_last_sequence_sealed_on_it(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle
) -> None:
    """Days are those of Asia/Shanghai: 16:00 UTC is their midnight."""
    assert queries.latest_sealed(operator) is None
    first = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)
    for at, count in ((first, 3), (first + timedelta(minutes=1), 2), (first + timedelta(days=2), 1)):
        post_many(operator, [single(yard.generate(n)) for n in range(1, count + 1)], now=yard.now)
        settle()
        seal(key, now=at)

    def on(day: int) -> tuple[int, datetime] | None:
        point = queries.sealed_on(operator, date(2026, 3, day))
        return (point.sequence, point.at) if point else None

    assert queries.sealed_on(operator, date(2026, 2, 28)) is None
    assert on(1) == (2, first)
    assert on(2) == (4, first + timedelta(minutes=1))
    assert on(3) == on(9) == (5, first + timedelta(days=2))
    latest = queries.latest_sealed(operator)
    assert latest is not None
    assert (latest.sequence, latest.at) == on(9)
    inside = queries.sealed_at(operator, 3)
    assert inside is not None
    assert (inside.sequence, inside.at) == (3, first + timedelta(minutes=1))
    assert queries.sealed_at(operator, 6) is None


def test_reading_by_sequence_looks_each_leaf_up_instead_of_scanning_the_ledger(
    sealed_database: str, yard: Yard, operator: Scope, key: Ed25519PrivateKey, settle: Settle
) -> None:
    post_many(operator, [single(yard.generate(1 + n % 9)) for n in range(3000)], now=yard.now)
    settle()
    seal(key, now=yard.now)
    with connections["system"].cursor() as cursor:
        cursor.execute("EXPLAIN " + _AFTER, [100, 1000])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on ledger_transfer" not in plan
