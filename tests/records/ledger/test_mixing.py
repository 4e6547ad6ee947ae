"""Drawing from a mixed store: each origin gives its share, to the gram, and no rival is overdrawn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import connections
from django.db.utils import OperationalError
from hypothesis import given
from hypothesis import strategies as st
from psycopg import errors

from wufei.kernel.errors import AccessError, ConflictError, ExternalError, InputError, InvariantError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.records.catalogue.core.conversions import conversion_for
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import AccountKey, Kind, account_digest, account_text
from wufei.records.ledger.core.amounts import Amount, in_grams, measured, parts
from wufei.records.ledger.core.mixing import shares, shortage, split
from wufei.records.ledger.core.pools import Pool
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.services import draw
from wufei.records.ledger.services.pools import despite_deadlocks
from wufei.records.registry.services import save_site
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

Mixed = Any
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def account(number: int) -> AccountKey:
    return AccountKey("scenario:mix", Kind.STOCK, 1, "SW03", number, "industry", holder_id=7)


BALANCES = st.dictionaries(st.integers(1, 9).map(account), st.integers(-5, 10**13), min_size=1)


@pytest.mark.parametrize(
    ("balances", "wanted", "expected"),
    [
        ((50, 30, 20), 10, (5, 3, 2)),
        # Exact shares 3.33, 3.33 and 3.33: the gram that is left goes to the first by name.
        ((1000, 1000, 1000), 10, (4, 3, 3)),
        # Exact shares 0.6, 0.3 and 0.1.
        ((6, 3, 1), 1, (1, 0, 0)),
        ((6, 3, 1), 10, (6, 3, 1)),
        ((0, -4, 7), 7, (0, 0, 7)),
        ((5, 5, 5), 0, (0, 0, 0)),
    ],
)
def test_shares_worked_out_by_hand(balances: tuple[int, ...], wanted: int, expected: tuple[int, ...]) -> None:
    keys = [account(number) for number in (1, 2, 3)]
    given_up = shares(dict(zip(keys, balances, strict=True)), wanted)
    assert tuple(given_up.get(key, 0) for key in keys) == expected
    assert 0 not in given_up.values()


@given(BALANCES, st.data())
def test_shares_are_whole_exact_within_a_gram_and_never_above_the_balance(
    balances: dict[AccountKey, int], data: st.DataObject
) -> None:
    held = sum(grams for grams in balances.values() if grams > 0)
    wanted = data.draw(st.integers(0, held))
    given_up = shares(balances, wanted)
    assert sum(given_up.values()) == wanted
    for key, grams in balances.items():
        share = given_up.get(key, 0)
        assert 0 <= share <= max(grams, 0)
        exact = Fraction(max(grams, 0) * wanted, held) if held else Fraction(0)
        assert abs(share - exact) < 1
    backwards = dict(reversed(balances.items()))
    assert list(shares(backwards, wanted).items()) == list(given_up.items())


@given(BALANCES, st.integers(1, 100))
def test_a_short_store_says_what_is_missing_and_is_never_drawn(
    balances: dict[AccountKey, int], beyond: int
) -> None:
    held = sum(grams for grams in balances.values() if grams > 0)
    told = shortage(balances, held + beyond, "line 1, grams")
    assert told is not None
    assert (told.value, told.where) == (str(held + beyond), "line 1, grams")
    for words in (told.message.zh, told.message.en):
        assert str(held) in words
        assert str(beyond) in words
    assert told.rule.en
    assert told.fix.zh
    with pytest.raises(InvariantError):
        shares(balances, held + beyond)
    assert shortage(balances, held, "") is None


UNITS = st.sampled_from(["g", "kg", "t", "万吨", "m3", "L", "个"])
GRAMS = {"g": 1, "kg": 1000, "t": 10**6, "万吨": 10**10}
CONVERSIONS = {"m3": ("SW70", 1_700_000), "L": ("HW08", 900), "个": ("AGRI-PESTPACK", Decimal("20.625"))}


@given(UNITS, st.decimals(1, 10**6, places=6), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_the_parts_of_a_quantity_add_up_exactly_and_each_converts_to_its_grams(
    unit: str, quantity: Decimal, weights: list[int]
) -> None:
    stream, factor = CONVERSIONS.get(unit, ("", GRAMS.get(unit, 0)))
    conversion = conversion_for(stream, unit, NOW.date()) if stream else None
    whole = measured(quantity, unit, conversion)
    assert abs(whole.grams - whole.quantity * factor) <= Decimal("0.5")
    keyed = {account(number): weight for number, weight in enumerate(weights, 1)}
    grams = list(split(keyed, whole.grams).values())
    made = parts(whole, grams)
    assert [one.grams for one in made] == grams
    assert sum((one.quantity for one in made), Decimal(0)) == quantity
    for one in made:
        assert abs(one.quantity * factor - one.grams) <= Decimal("0.5")
        assert +one.quantity == one.quantity


@pytest.mark.parametrize(
    ("quantity", "unit", "code"),
    [
        (Decimal(1), "m3", "ledger.conversion-missing"),
        (Decimal("NaN"), "t", "ledger.quantity-beyond-reason"),
        (Decimal("1e30"), "t", "ledger.quantity-beyond-reason"),
        (Decimal(-1), "t", "ledger.quantity-beyond-reason"),
    ],
)
def test_a_quantity_that_cannot_be_turned_into_grams_is_refused(
    quantity: Decimal, unit: str, code: str
) -> None:
    with pytest.raises(InputError) as caught:
        measured(quantity, unit)
    assert caught.value.code == code
    assert caught.value.message.en
    with pytest.raises(InputError):
        measured(Decimal(1), "stone")


def used(mixed: Mixed) -> Pool:
    return Pool(mixed.yard.book, Kind.USED, mixed.yard.region_id, "SW03")


def take(scope: Scope, mixed: Mixed, amount: Amount, **changes: Any) -> Any:
    said = {"event": mixed.event(), "store": mixed.store, "amount": amount, "to": used(mixed)}
    return draw(scope, **(said | {"step": Step.USE, "now": mixed.yard.now} | changes))


def codes(receipt: Any) -> list[str]:
    return [finding.code.removeprefix("ledger.") for finding in receipt.findings]


def test_a_draw_takes_from_every_origin_its_share_in_one_posting(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 500_000, 300_000, 200_000)
    event = mixed.event(document="出库单-7", uncertainty_ppm=5000)
    receipt = take(operator, mixed, measured(Decimal("0.1"), "t"), event=event)
    assert (receipt.posting_id, receipt.outcome, receipt.findings) == (event.id, "posted", ())
    assert mixed.held(operator, mixed.store.pool) == [450_000, 270_000, 180_000]
    assert mixed.held(operator, used(mixed)) == [50_000, 30_000, 20_000]
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "SELECT quantity, unit, document, uncertainty_ppm, step FROM ledger_transfer "
            "WHERE posting_id = %s ORDER BY grams DESC",
            [event.id],
        )
        rows = cursor.fetchall()
    assert rows == [(Decimal(part), "t", "出库单-7", 5000, "use") for part in ("0.05", "0.03", "0.02")]


def test_the_same_draw_again_is_repeated_though_the_balances_have_moved(
    operator: Scope, mixed: Mixed
) -> None:
    mixed.open(operator, mixed.store, 700, 200, 100)
    event = mixed.event()
    assert take(operator, mixed, in_grams(333), event=event).outcome == "posted"
    mixed.open(operator, mixed.store, 5, 5000, 50)
    before = mixed.held(operator, mixed.store.pool)
    assert take(operator, mixed, in_grams(333), event=event).outcome == "repeated"
    assert mixed.held(operator, mixed.store.pool) == before
    other = Pool(mixed.yard.book, Kind.DISCHARGED, mixed.yard.region_id, "SW03")
    for changes in (
        {"amount": in_grams(334)},
        {"amount": Amount(333, Decimal("0.333"), "kg")},
        {"to": other, "step": Step.LOSS},
        {"event": replace(event, document="another")},
        {"store": mixed.store_of(mixed.yard.other_id)},
    ):
        with pytest.raises(ConflictError) as caught:
            take(operator, mixed, **({"amount": in_grams(333), "event": event} | changes))
        assert "333" not in caught.value.message.en.replace(str(event.id), "")
    assert mixed.held(operator, mixed.store.pool) == before


def test_a_draw_beyond_all_origins_together_is_refused_whole(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 7, 2, 1)
    receipt = take(operator, mixed, in_grams(11))
    assert (receipt.outcome, codes(receipt)) == ("refused", ["store-short"])
    assert mixed.held(operator, mixed.store.pool) == [7, 2, 1]
    assert take(operator, mixed, in_grams(10)).outcome == "posted"
    assert codes(take(operator, mixed, in_grams(1))) == ["store-short"]


def test_a_late_reporter_draws_below_zero_and_is_told_at_once(operator: Scope, mixed: Mixed) -> None:
    site = save_site(
        operator,
        key=f"site-{new_id(NOW)}",
        name=Text("迟报场", "Late site"),
        party_id=mixed.yard.holder_id,
        region_id=mixed.yard.region_id,
        strict=False,
    )
    late = replace(mixed.store, site_id=site)
    assert codes(take(operator, mixed, in_grams(5), store=late)) == ["store-short"]
    mixed.open(operator, late, 60, 40)
    event = mixed.event()
    receipt = take(operator, mixed, in_grams(200), store=late, event=event)
    assert (receipt.outcome, codes(receipt)) == ("posted", ["tolerant-stock-below-zero"] * 2)
    assert mixed.held(operator, late.pool) == [-60, -40, 0]
    assert take(operator, mixed, in_grams(200), store=late, event=event).outcome == "repeated"
    # Nothing says any more in which proportion the two origins owe.
    assert codes(take(operator, mixed, in_grams(5), store=late)) == ["store-short"]
    alone = replace(late, stream="SW07")
    mixed.open(operator, alone, 3)
    for below in (-2, -7):
        to = Pool(mixed.yard.book, Kind.USED, mixed.yard.region_id, "SW07")
        assert codes(take(operator, mixed, in_grams(5), store=alone, to=to)) == ["tolerant-stock-below-zero"]
        assert mixed.held(operator, alone.pool)[0] == below


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (in_grams(0), "grams-not-positive"),
        (in_grams(-3), "grams-not-positive"),
        (in_grams(10**19), "grams-beyond-reason"),
        (Amount(5, Decimal("NaN")), "quantity-not-positive"),
        (Amount(5, Decimal("1E+999999")), "quantity-beyond-reason"),
        (Amount(5, Decimal(6)), "grams-differ-from-quantity"),
        (Amount(5, Decimal(5), "stone"), "unknown-unit"),
    ],
)
def test_a_bad_amount_is_told_and_nothing_is_drawn(
    operator: Scope, mixed: Mixed, amount: Amount, code: str
) -> None:
    mixed.open(operator, mixed.store, 7, 2, 1)
    receipt = take(operator, mixed, amount)
    assert receipt.outcome == "refused"
    assert code in codes(receipt)
    assert mixed.held(operator, mixed.store.pool) == [7, 2, 1]


def test_an_impossible_step_or_identifier_is_told(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 7, 2, 1)
    assert "kinds-not-allowed" in codes(take(operator, mixed, in_grams(5), step=Step.OPEN))
    old = mixed.event(id=type(mixed.event().id)(int=5))
    assert "id-not-v7" in codes(take(operator, mixed, in_grams(5), event=old))


def test_a_stranger_draws_nothing_and_learns_nothing_of_the_balance(
    operator: Scope, mixed: Mixed, region_factory: Callable[..., int]
) -> None:
    mixed.open(operator, mixed.store, 7, 2, 1)
    # Of where the waste was made, but not of the store.
    origin_clerk = Scope(2, 2, Role.CLERK, region_ids=frozenset({mixed.origins[0].region_id}))
    for scope in (
        Scope(1, 1, Role.CLERK, region_ids=frozenset({region_factory()})),
        origin_clerk,
        Scope(1, 1, Role.PRODUCER, party_ids=frozenset({mixed.yard.other_id})),
        Scope(1, 1, Role.AUDITOR, region_ids=frozenset({mixed.yard.region_id})),
    ):
        for grams in (1, 11):
            with pytest.raises(AccessError) as caught:
                take(scope, mixed, in_grams(grams))
            assert "10" not in caught.value.message.en
    own = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({mixed.yard.holder_id}))
    event = mixed.event()
    assert take(own, mixed, in_grams(5), event=event).outcome == "posted"
    assert take(own, mixed, in_grams(5), event=event).outcome == "repeated"
    with pytest.raises(ConflictError):
        take(own, mixed, in_grams(4), event=event)


def test_an_identifier_of_somebody_elses_posting_is_a_conflict(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 7, 2, 1)
    mixed.open(operator, mixed.store_of(mixed.yard.other_id), 9, 9, 9)
    event = mixed.event()
    take(operator, mixed, in_grams(5), event=event, store=mixed.store_of(mixed.yard.other_id))
    own = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({mixed.yard.holder_id}))
    with pytest.raises(ConflictError):
        take(own, mixed, in_grams(5), event=event)


def test_eight_threads_draw_a_store_of_three_origins_empty_and_no_further(
    operator: Scope, mixed: Mixed
) -> None:
    mixed.open(operator, mixed.store, 101, 67, 33)
    stores = [mixed.store_of(mixed.yard.other_id), mixed.store]

    def work(_: int) -> list[str]:
        try:
            return [take(operator, mixed, in_grams(7)).outcome for _ in range(5)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        outcomes = [outcome for part in pool.map(work, range(8)) for outcome in part]
    # 201 g are 28 draws of 7 g and a rest of 5 g.
    assert (outcomes.count("posted"), outcomes.count("refused")) == (28, 12)
    left, taken = mixed.held(operator, stores[1].pool), mixed.held(operator, used(mixed))
    assert (sum(left), sum(taken)) == (5, 196)
    assert [a + b for a, b in zip(left, taken, strict=True)] == [101, 67, 33]
    assert min(left) >= 0


def test_eight_threads_empty_a_store_to_the_gram_and_none_is_turned_away(
    operator: Scope, mixed: Mixed
) -> None:
    # Whoever worked out shares from balances that a rival then changed would ask one origin for too much.
    mixed.open(operator, mixed.store, 30, 7, 3)

    def work(_: int) -> list[Any]:
        try:
            return [take(operator, mixed, in_grams(1)) for _ in range(5)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        receipts = [receipt for part in pool.map(work, range(8)) for receipt in part]
    assert [codes(receipt) for receipt in receipts] == [[]] * 40
    assert mixed.held(operator, mixed.store.pool) == [0, 0, 0]
    assert mixed.held(operator, used(mixed)) == [30, 7, 3]


def test_rivals_with_the_same_draw_write_it_once(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 101, 67, 33)
    event = mixed.event()

    def work(_: int) -> str:
        try:
            return str(take(operator, mixed, in_grams(20), event=event).outcome)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(work, range(8)))
    assert outcomes == ["posted"] + ["repeated"] * 7
    assert sum(mixed.held(operator, used(mixed))) == 20


def test_stores_that_draw_from_each_other_at_once_do_not_block(operator: Scope, mixed: Mixed) -> None:
    here, there = mixed.store, mixed.store_of(mixed.yard.other_id)
    mixed.open(operator, here, 1000, 500, 100)
    mixed.open(operator, there, 100, 500, 1000)

    def work(number: int) -> list[str]:
        source, target = (here, there) if number % 2 else (there, here)
        try:
            return [
                take(operator, mixed, in_grams(10), store=source, to=target.pool, step=Step.MOVE).outcome
                for _ in range(6)
            ]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        outcomes = {outcome for part in pool.map(work, range(6)) for outcome in part}
    assert outcomes == {"posted"}
    both = [
        a + b for a, b in zip(mixed.held(operator, here.pool), mixed.held(operator, there.pool), strict=True)
    ]
    assert both == [1100, 1000, 1100]
    assert sum(mixed.held(operator, here.pool)) == 1600


BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


def test_a_draw_that_the_database_gave_up_for_a_deadlock_is_tried_again(
    operator: Scope, mixed: Mixed
) -> None:
    mixed.open(operator, mixed.store, 70, 20, 10)
    first, *_, last = [account_digest(account_text(mixed.store.pool.account(o))) for o in mixed.origins]
    holding = threading.Event()

    def lock_backwards() -> None:
        try:
            with session(operator), connections["default"].cursor() as cursor:
                cursor.execute("SELECT ledger_lock_accounts(ARRAY[%s::uuid])", [last])
                holding.set()
                until = time.monotonic() + 10
                while cursor.execute(BLOCKED) and not cursor.fetchone()[0]:
                    assert time.monotonic() < until
                # The draw has waited longer than we shall, so it is usually the one that is given up.
                cursor.execute("SELECT ledger_lock_accounts(ARRAY[%s::uuid])", [first])
        except OperationalError:
            # Where the server is slow to look, it may give us up instead; the draw is served all the same.
            return
        finally:
            connections.close_all()

    rival = threading.Thread(target=lock_backwards)
    rival.start()
    assert holding.wait(10)
    assert take(operator, mixed, in_grams(50)).outcome == "posted"
    rival.join(20)
    assert mixed.held(operator, mixed.store.pool) == [35, 10, 5]


def test_who_is_given_up_again_and_again_is_told_to_come_back() -> None:
    tried = []

    def attempt() -> Receipt:
        tried.append(1)
        if len(tried) in (1, 2):
            raise errors.DeadlockDetected
        return Receipt(new_id(NOW), "posted")

    assert despite_deadlocks(attempt).outcome == "posted"

    def never() -> Receipt:
        raise errors.DeadlockDetected

    with pytest.raises(ExternalError) as caught:
        despite_deadlocks(never)
    assert caught.value.code == "ledger.busy"


def test_a_draw_in_a_declared_volume_parts_the_volume(operator: Scope, mixed: Mixed) -> None:
    soil = mixed.store_of(mixed.yard.holder_id, "SW70")
    mixed.open(operator, soil, 5_000_000, 5_000_000, 5_000_000)
    volume = measured(Decimal(4), "m3", conversion_for("SW70", "m3", NOW.date()))
    to = Pool(mixed.yard.book, Kind.USED, mixed.yard.region_id, "SW70")
    event = mixed.event(id=new_id(NOW))
    assert take(operator, mixed, volume, event=event, store=soil, to=to).outcome == "posted"
    with session(operator), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT sum(quantity), sum(grams), count(*) FROM ledger_transfer WHERE posting_id = %s",
            [event.id],
        )
        assert cursor.fetchone() == (Decimal(4), 6_800_000, 3)
    assert take(operator, mixed, volume, event=event, store=soil, to=to).outcome == "repeated"
    with session(operator):
        assert queries.books(operator, mixed.yard.region_id)[0].transfers == 6
