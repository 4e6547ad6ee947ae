"""Lots are what single grams would be if each of them were followed, and their sum is the sealed balance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections
from django.db.utils import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import NotFoundError
from wufei.records.ledger import queries
from wufei.records.ledger.core.lots import (
    AGE_DAYS_MAX,
    Lot,
    Movement,
    age_class,
    continued_lots,
    grams_by_age,
    remaining_lots,
)
from wufei.records.ledger.core.transfers import Step, single
from wufei.records.ledger.services import post, post_many, rebuild_lots, reverse, seal
from wufei.records.ledger.services.lots import LOTS
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.outbox.services import advance

Yard = Any
Settle = Callable[[], None]

DAY = date(2026, 1, 1)
BINS = (None, UUID(int=1), UUID(int=2))


@dataclass
class Gram:
    """One gram, followed by itself."""

    came_on: date
    sequence: int
    container: UUID | None


def naive(movements: list[Movement]) -> tuple[list[Gram], int]:
    """Follow every gram: what is there, and how many left that were not."""
    pairs = {one.reverses: one for one in movements if one.reverses}
    known = {one.id for one in movements}
    gone = {id_ for id_ in pairs if id_ in known} | {one.id for key, one in pairs.items() if key in known}
    there: list[Gram] = []
    owed = 0
    for one in sorted(movements, key=lambda each: (each.occurred_on, each.sequence)):
        if one.id in gone:
            continue
        for _ in range(abs(one.grams)):
            if one.grams > 0 and owed:
                owed -= 1
            elif one.grams > 0:
                # What comes again on a day in the same container lies with what came first.
                kin = [
                    g.sequence for g in there if (g.came_on, g.container) == (one.occurred_on, one.container)
                ]
                there.append(Gram(one.occurred_on, min([*kin, one.sequence]), one.container))
                there.sort(key=lambda gram: (gram.came_on, gram.sequence))
            elif not there:
                owed += 1
            else:
                own = [gram for gram in there if gram.container == one.container is not None]
                there.remove((own or there)[0])
    return there, owed


@st.composite
def histories(draw: st.DrawFn) -> list[Movement]:
    """Movements of one account, in the order of sealing, with late ones and reversals."""
    made: list[Movement] = []
    for sequence in range(draw(st.integers(1, 14))):
        free = [one for one in made if one.reverses is None and one.id not in {m.reverses for m in made}]
        if free and draw(st.integers(0, 3)) == 0:
            back = draw(st.sampled_from(free))
            made.append(
                replace(
                    back, id=UUID(int=100 + sequence), sequence=sequence, grams=-back.grams, reverses=back.id
                )
            )
            continue
        made.append(
            Movement(
                UUID(int=100 + sequence),
                sequence,
                DAY + timedelta(days=draw(st.integers(0, 4))),
                draw(st.integers(-9, 9).filter(bool)),
                draw(st.sampled_from(BINS)),
            )
        )
    return made


@given(histories())
def test_lots_hold_the_grams_that_single_grams_would_be(history: list[Movement]) -> None:
    there, owed = naive(history)
    lots = remaining_lots(history)
    assert sum(lot.grams for lot in lots) == len(there) - owed == sum(one.grams for one in history)
    ages: dict[date, int] = {}
    for gram in there:
        ages[gram.came_on] = ages.get(gram.came_on, 0) + 1
    found: dict[date, int] = {}
    for lot in lots:
        if lot.grams > 0:
            found[lot.in_on] = found.get(lot.in_on, 0) + lot.grams
    assert found == ages
    assert len({(lot.container, lot.in_on) for lot in lots}) == len(lots)
    assert list(lots) == sorted(lots, key=lambda lot: (lot.in_on, lot.sequence))


@given(histories(), st.integers(0, 14))
def test_continuing_lots_in_order_is_the_same_as_making_them_anew(history: list[Movement], cut: int) -> None:
    in_order = sorted(
        (one for one in history if one.reverses is None), key=lambda one: (one.occurred_on, one.sequence)
    )
    begun = remaining_lots(in_order[:cut])
    assert continued_lots(begun, in_order[cut:]) == remaining_lots(in_order)


@given(histories(), st.integers(0, 1000))
def test_ages_add_up_to_what_is_there(history: list[Movement], later: int) -> None:
    lots = remaining_lots(history)
    assert sum(grams_by_age(lots, DAY + timedelta(days=later))) == sum(lot.grams for lot in lots)


def test_a_container_gives_its_own_lots_first_then_the_oldest() -> None:
    first, second = BINS[1], BINS[2]
    movements = [
        Movement(uuid4(), 0, DAY, 5, first),
        Movement(uuid4(), 1, DAY + timedelta(days=1), 5, second),
        Movement(uuid4(), 2, DAY + timedelta(days=2), -7, second),
    ]
    assert remaining_lots(movements) == (Lot(first, DAY, 3, 0),)


def test_what_left_before_it_came_is_owed_and_made_up_for_first() -> None:
    out = Movement(uuid4(), 0, DAY, -4)
    assert remaining_lots([out]) == (Lot(None, DAY, -4, 0),)
    came = Movement(uuid4(), 1, DAY + timedelta(days=1), 6)
    assert remaining_lots([out, came]) == (Lot(None, DAY + timedelta(days=1), 2, 1),)


@pytest.mark.parametrize(
    ("days", "expected"), [(0, 0), (30, 0), (31, 1), (90, 1), (91, 2), (365, 2), (366, 3)]
)
def test_a_class_of_age_ends_with_its_last_day(days: int, expected: int) -> None:
    assert age_class(days) == expected
    assert len(AGE_DAYS_MAX) == 3


# --- with the database ---


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def follow(
    sealed_database: str, key: Ed25519PrivateKey, settle: Settle, now: datetime
) -> Iterator[Callable[[], int]]:
    """Seal what was posted and let the lots follow; give how many events were handled."""

    def run() -> int:
        settle()
        while seal(key, now=now).more:
            pass
        handled = 0
        while (done := advance(LOTS, now=now)).handled:
            handled += done.handled
        assert done.stopped is None
        return handled

    return run


def account(yard: Yard) -> int:
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "SELECT id FROM ledger_account WHERE book = %s AND kind = 'stock' AND holder_id = %s",
            [yard.book, yard.holder_id],
        )
        return int(cursor.fetchone()[0])


def on(day: int) -> datetime:
    return datetime(2026, 2, day, 4, tzinfo=UTC)


def ages_of(scope: Scope, number: int) -> list[tuple[int, int]]:
    with session(scope):
        return [(lot.in_on.day, lot.grams) for lot in queries.lots(scope, number)]


def test_a_late_record_and_a_reversal_change_the_lots_of_their_account_only(
    follow: Callable[[], int], yard: Yard, operator: Scope
) -> None:
    first = yard.generate(10, occurred_at=on(2))
    other = yard.transfer(yard.origin, yard.other, 3, Step.GENERATE, occurred_at=on(9))
    post_many(
        operator, [single(first), single(other), single(yard.generate(7, occurred_at=on(8)))], now=yard.now
    )
    post(operator, single(yard.use(4, occurred_at=on(9))), now=yard.now)
    assert follow() == 4
    number = account(yard)
    assert ages_of(operator, number) == [(2, 6), (8, 7)]
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM ledger_lot WHERE account_id <> %s", [number])
        untouched = cursor.fetchall()
    # Two grams that came on the first: the four that left were the oldest, two of these among them.
    post(operator, single(yard.generate(2, occurred_at=on(1))), now=yard.now)
    assert follow() == 1
    assert ages_of(operator, number) == [(2, 8), (8, 7)]
    reverse(operator, first.id, reason="withdrawn", now=yard.now)
    assert follow() == 1
    assert ages_of(operator, number) == [(8, 5)]
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM ledger_lot WHERE account_id <> %s", [number])
        assert cursor.fetchall() == untouched


def test_whatever_the_batches_lots_are_those_of_the_whole_history_and_sum_to_the_balance(
    follow: Callable[[], int], yard: Yard, operator: Scope
) -> None:
    bins = [uuid4(), uuid4(), None]
    posted = []
    for n in range(60):
        made = yard.generate(10 + n, occurred_at=on(1 + (n * 7) % 27), container=bins[n % 3])
        posted.append(made)
        post(operator, single(made), now=yard.now)
        if n % 4 == 3:
            post(operator, single(yard.use(17 + n, occurred_at=on(28), container=bins[n % 3])), now=yard.now)
        if n % 9 == 8:
            reverse(operator, posted[n - 1].id, reason="withdrawn", now=yard.now)
        if n % 13 == 0:
            follow()
    follow()
    number = account(yard)
    with session(operator):
        kept = queries.lots(operator, number)
        balance = queries.balance(operator, number)
        (age,) = [
            row
            for row in queries.ages(operator, yard.region_id, yard.book, on=date(2026, 3, 3))
            if row.account_id == number
        ]
    assert sum(lot.grams for lot in kept) == balance == sum(age.by_age_g)
    assert age.oldest_on == kept[0].in_on
    assert age.by_age_g == grams_by_age(kept, date(2026, 3, 3))
    assert rebuild_lots(operator, now=yard.now) == 60 + 15 + 6
    with session(operator):
        assert queries.lots(operator, number) == kept


def test_lots_are_read_by_those_who_may_see_the_account_and_written_by_no_application(
    follow: Callable[[], int], yard: Yard, operator: Scope, region_factory: Callable[..., int]
) -> None:
    post(operator, single(yard.generate(10)), now=yard.now)
    follow()
    number = account(yard)
    count = "SELECT count(*) FROM ledger_lot WHERE account_id = %s"
    here = Scope(1, 1, Role.CLERK, region_ids=frozenset({yard.region_id}))
    producer = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({yard.holder_id}))
    rival = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({yard.other_id}))
    elsewhere = Scope(1, 1, Role.CLERK, region_ids=frozenset({yard.region_id + 1_000_000}))
    for scope, seen in ((here, 1), (producer, 1), (rival, 0), (elsewhere, 0)):
        with session(scope), connections["default"].cursor() as cursor:
            cursor.execute(count, [number])
            assert cursor.fetchone() == (seen,)
            assert len(queries.ages(scope, yard.region_id, yard.book, on=DAY)) == seen
    with session(rival), pytest.raises(NotFoundError):
        queries.lots(rival, number)
    with connections["default"].cursor() as cursor:
        cursor.execute(count, [number])
        assert cursor.fetchone() == (0,)
    for statement in (
        "UPDATE ledger_lot SET grams = 1",
        "DELETE FROM ledger_lot",
        "INSERT INTO ledger_lot SELECT * FROM ledger_lot",
        "SELECT * FROM ledger_lot_account",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            session(operator),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)
