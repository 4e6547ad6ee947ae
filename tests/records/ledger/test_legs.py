"""Legs: sent by share, received at the weight received, the difference settled where the leg ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from wufei.kernel.errors import AccessError, ConflictError
from wufei.kernel.findings import Severity
from wufei.records.catalogue.core.sources import Status
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.amounts import Amount, in_grams, measured
from wufei.records.ledger.core.pools import Leg, Pool, Store
from wufei.records.ledger.core.tolerances import DATA_DIRECTORY, parse_tolerances, tolerance_on
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.services import (
    dispatch,
    draw,
    open_stock,
    receive,
    receive_part,
    return_load,
    return_part,
    stocktake,
)
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

Mixed = Any


def leg_of(mixed: Mixed, ref: str = "联单-1/1") -> Leg:
    """A leg for which the receiver answers."""
    return Leg(mixed.yard.book, mixed.yard.region_id, "SW03", mixed.yard.other_id, ref)


def receiver(mixed: Mixed) -> Store:
    return mixed.store_of(mixed.yard.other_id)


def codes(receipt: Any) -> list[str]:
    return [finding.code.removeprefix("ledger.") for finding in receipt.findings]


def send(scope: Scope, mixed: Mixed, leg: Leg, amount: Amount, **changes: Any) -> Any:
    said = {"event": mixed.event(), "store": mixed.store, "now": mixed.yard.now} | changes
    return dispatch(scope, leg=leg, amount=amount, **said)


def take_in(scope: Scope, mixed: Mixed, leg: Leg, amount: Amount, door: Any = receive, **changes: Any) -> Any:
    said = {"event": mixed.event(), "store": receiver(mixed), "now": mixed.yard.now} | changes
    return door(scope, leg=leg, amount=amount, **said)


def is_finished(scope: Scope, leg: Leg) -> set[tuple[int, bool]]:
    with session(scope):
        page = queries.accounts(scope, book=leg.book, region_id=leg.region_id, kind=Kind.TRANSIT, limit=1000)
    return {(row.balance_g, row.finished) for row in page.rows if row.key.ref == leg.ref}


def difference(leg: Leg) -> Pool:
    return Pool(leg.book, Kind.DIFFERENCE, leg.region_id, leg.stream)


@pytest.mark.parametrize(
    ("received", "settled", "told"),
    [
        (10_000_000, [0, 0, 0], []),
        # 30 kg is 0.3 % of 10 t: still allowed.
        (9_970_000, [15_000, 9_000, 6_000], []),
        (9_969_990, [15_005, 9_003, 6_002], ["leg-difference-large"]),
        (10_030_000, [-15_000, -9_000, -6_000], []),
        (10_030_010, [-15_005, -9_003, -6_002], ["leg-difference-large"]),
    ],
)
def test_a_leg_is_received_at_the_weight_received_and_the_difference_is_settled(
    operator: Scope, mixed: Mixed, received: int, settled: list[int], told: list[str]
) -> None:
    mixed.open(operator, mixed.store, 5_000_000, 3_000_000, 2_000_000)
    leg = leg_of(mixed)
    assert send(operator, mixed, leg, measured(Decimal(10), "t")).outcome == "posted"
    assert mixed.held(operator, leg.pool) == [5_000_000, 3_000_000, 2_000_000]
    happened = mixed.event()
    receipt = take_in(operator, mixed, leg, in_grams(received), event=happened)
    assert (receipt.outcome, codes(receipt)) == ("posted", told)
    assert mixed.held(operator, difference(leg)) == settled
    assert sum(mixed.held(operator, receiver(mixed).pool)) == received
    assert is_finished(operator, leg) == {(0, True)}
    again = take_in(operator, mixed, leg, in_grams(received), event=happened)
    assert (again.outcome, again.findings) == ("repeated", ())
    with pytest.raises(ConflictError):
        take_in(operator, mixed, leg, in_grams(received + 1), event=happened)


def test_a_small_load_may_differ_by_twenty_kilograms_and_the_bound_says_it_is_unconfirmed(
    operator: Scope, mixed: Mixed
) -> None:
    mixed.open(operator, mixed.store, 200_000)
    for ref, received, told in (("a", 80_000, []), ("b", 79_999, ["leg-difference-large"])):
        leg = leg_of(mixed, ref)
        send(operator, mixed, leg, in_grams(100_000))
        receipt = take_in(operator, mixed, leg, in_grams(received))
        assert codes(receipt) == told
    (finding,) = receipt.findings
    assert (finding.severity, finding.value, finding.where) == (Severity.WARNING, "20001", "leg b")
    assert "20000" in finding.message.en
    assert "待核实" in finding.message.zh
    assert "To be confirmed" in finding.message.en
    assert finding.fix.zh
    assert finding.rule.en


def test_a_load_is_received_in_parts_and_what_is_refused_goes_back(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 600, 400)
    leg = leg_of(mixed)
    send(operator, mixed, leg, in_grams(500))
    send(operator, mixed, leg, in_grams(500))
    part = mixed.event()
    assert take_in(operator, mixed, leg, in_grams(700), receive_part, event=part).outcome == "posted"
    assert is_finished(operator, leg) == {(180, False), (120, False)}
    assert codes(take_in(operator, mixed, leg, in_grams(301), receive_part)) == ["store-short"]
    back = {"store": mixed.store}
    assert take_in(operator, mixed, leg, in_grams(100), return_part, **back).outcome == "posted"
    assert take_in(operator, mixed, leg, in_grams(195), return_load, **back).outcome == "posted"
    assert is_finished(operator, leg) == {(0, True)}
    assert mixed.held(operator, mixed.store.pool) == [177, 118, 0]
    assert mixed.held(operator, receiver(mixed).pool) == [420, 280, 0]
    assert mixed.held(operator, difference(leg)) == [3, 2, 0]
    assert take_in(operator, mixed, leg, in_grams(700), receive_part, event=part).outcome == "repeated"
    # The part alone did not finish the leg, so to say that it did is to say something else.
    with pytest.raises(ConflictError):
        take_in(operator, mixed, leg, in_grams(700), event=part)
    for door in (receive, receive_part, return_load):
        late = take_in(operator, mixed, leg, in_grams(1), door)
        assert (late.outcome, codes(late)) == ("refused", ["account-finished"])
    assert codes(send(operator, mixed, leg, in_grams(1))) == ["account-finished"]


def test_a_leg_that_was_never_sent_is_not_received(operator: Scope, mixed: Mixed) -> None:
    leg = leg_of(mixed, "nobody")
    assert codes(take_in(operator, mixed, leg, in_grams(5))) == ["nothing-to-finish"]
    assert codes(take_in(operator, mixed, leg, in_grams(5), receive_part)) == ["store-short"]


def test_sender_and_receiver_each_do_their_side_of_a_leg_and_no_more(
    operator: Scope, mixed: Mixed, region_factory: Callable[..., int]
) -> None:
    mixed.open(operator, mixed.store, 60_000, 40_000)
    sender = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({mixed.yard.holder_id}))
    taker = Scope(2, 2, Role.PRODUCER, party_ids=frozenset({mixed.yard.other_id}))
    stranger = Scope(3, 3, Role.CLERK, region_ids=frozenset({region_factory()}))
    leg = leg_of(mixed)
    for scope in (taker, stranger):
        with pytest.raises(AccessError):
            send(scope, mixed, leg, in_grams(1))
    assert send(sender, mixed, leg, in_grams(100_000)).outcome == "posted"
    for scope in (sender, stranger):
        for door in (receive, receive_part):
            with pytest.raises(AccessError):
                take_in(scope, mixed, leg, in_grams(99_990), door)
    for scope in (taker, stranger):
        with pytest.raises(AccessError):
            take_in(scope, mixed, leg, in_grams(99_990), return_load, store=mixed.store)
    happened = mixed.event()
    assert take_in(taker, mixed, leg, in_grams(99_990), event=happened).outcome == "posted"
    assert take_in(taker, mixed, leg, in_grams(99_990), event=happened).outcome == "repeated"
    assert mixed.held(operator, difference(leg)) == [6, 4, 0]


def test_a_receiver_who_does_not_answer_for_the_leg_receives_it_but_settles_no_difference(
    operator: Scope, mixed: Mixed
) -> None:
    mixed.open(operator, mixed.store, 60_000, 40_000)
    taker = Scope(2, 2, Role.PRODUCER, party_ids=frozenset({mixed.yard.other_id}))
    for ref, received in (("short", 49_990), ("whole", 50_000)):
        leg = replace(leg_of(mixed, ref), holder_id=mixed.yard.holder_id)
        send(operator, mixed, leg, in_grams(50_000))
        if received < 50_000:
            with pytest.raises(AccessError):
                take_in(taker, mixed, leg, in_grams(received))
        else:
            happened = mixed.event()
            assert take_in(taker, mixed, leg, in_grams(received), event=happened).outcome == "posted"
            assert take_in(taker, mixed, leg, in_grams(received), event=happened).outcome == "repeated"


def test_a_leg_is_received_once_by_rivals(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 60_000, 40_000)
    leg = leg_of(mixed)
    send(operator, mixed, leg, in_grams(100_000))

    def work(_: int) -> str:
        try:
            return str(take_in(operator, mixed, leg, in_grams(99_000)).outcome)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(work, range(6)))
    assert outcomes == ["posted"] + ["refused"] * 5
    assert sum(mixed.held(operator, receiver(mixed).pool)) == 99_000


def test_the_tolerance_is_dated_sourced_and_says_that_nobody_confirmed_it() -> None:
    tolerance = tolerance_on(date(2026, 3, 1))
    assert (tolerance.relative_ppm, tolerance.absolute_g) == (3000, 20_000)
    assert tolerance.status is Status.TO_BE_CONFIRMED
    assert tolerance.source.status is Status.TO_BE_CONFIRMED
    assert [tolerance.bound_g(grams) for grams in (1, 6_666_666, 6_667_000, 10_000_000)] == [
        20_000,
        20_000,
        20_001,
        30_000,
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("3000,", "-3,", "ledger.out-of-range"),
        ("20000,", "many,", "ledger.bad-number"),
        ("2016-01-01", "soon", "ledger.bad-date"),
        ("to-be-confirmed", "sure", "ledger.unknown-choice"),
        ("engineering-practice", "a-blog", "ledger.unknown-source"),
    ],
)
def test_a_defective_tolerance_is_named_with_file_and_item(
    tmp_path: Path, old: str, new: str, code: str
) -> None:
    file = Path(shutil.copy(DATA_DIRECTORY / "weighing-tolerances.csv", tmp_path))
    content = file.read_text("utf8")
    assert old in content
    file.write_text(content.replace(old, new), "utf8")
    kept, findings = parse_tolerances(tmp_path)
    assert kept == []
    assert code in {found.code for found in findings}
    assert findings[0].where.startswith("weighing-tolerances.csv:2 weighbridge-both-ends")


def test_a_later_tolerance_is_in_force_from_its_day_on(tmp_path: Path) -> None:
    file = Path(shutil.copy(DATA_DIRECTORY / "weighing-tolerances.csv", tmp_path))
    with file.open("a", encoding="utf8") as lines:
        lines.write("stricter,1000,5000,2027-01-01,engineering-practice,to-be-confirmed,\n")
    kept, findings = parse_tolerances(tmp_path)
    assert findings == []
    assert [(one.id, one.effective_on.year) for one in kept] == [
        ("weighbridge-both-ends", 2016),
        ("stricter", 2027),
    ]


def test_a_stocktake_posts_the_signed_difference_and_the_same_count_again_nothing(
    operator: Scope, mixed: Mixed
) -> None:
    mixed.open(operator, mixed.store, 100)
    account = mixed.store.pool.account(mixed.origins[0])
    beyond = Pool(mixed.yard.book, Kind.STOCKTAKE, mixed.yard.region_id, "SW03")
    for counted_g, book_g in ((70, None), (120, 70)):
        said = {"event": mixed.event(), "book_g": book_g, "now": mixed.yard.now}
        assert stocktake(operator, account, counted_g, **said).outcome == "posted"
        assert mixed.held(operator, mixed.store.pool)[0] == counted_g
        assert stocktake(operator, account, counted_g, **said).outcome == "repeated"
        assert mixed.held(operator, mixed.store.pool)[0] == counted_g
    assert mixed.held(operator, beyond)[0] == -20
    for changes in ((121, {}), (120, {"book_g": 71}), (120, {"event": replace(said["event"], document="x")})):
        with pytest.raises(ConflictError):
            stocktake(operator, account, changes[0], **(said | changes[1]))
    draw(
        operator,
        event=mixed.event(),
        store=mixed.store,
        amount=in_grams(20),
        to=Pool(mixed.yard.book, Kind.USED, mixed.yard.region_id, "SW03"),
        step=Step.USE,
        now=mixed.yard.now,
    )
    assert stocktake(operator, account, 120, **said).outcome == "repeated"
    two_origins = mixed.event()
    mixed.open(operator, receiver(mixed), 5, 5)
    send(operator, mixed, leg_of(mixed), in_grams(2), event=two_origins, store=receiver(mixed))
    with pytest.raises(ConflictError):
        stocktake(operator, account, 2, **(said | {"event": two_origins}))
    # The form showed 120 g, and 20 g have left since: that is no difference.
    with pytest.raises(ConflictError) as caught:
        stocktake(operator, account, 120, **(said | {"event": mixed.event(), "book_g": 120}))
    assert caught.value.code == "ledger.balance-moved"
    assert mixed.held(operator, mixed.store.pool)[0] == 100


def test_a_count_that_agrees_posts_nothing_and_a_negative_one_is_refused(
    operator: Scope, mixed: Mixed
) -> None:
    mixed.open(operator, mixed.store, 100)
    account = mixed.store.pool.account(mixed.origins[0])
    agreed = stocktake(operator, account, 100, event=mixed.event(), now=mixed.yard.now)
    assert (agreed.outcome, codes(agreed)) == ("posted", ["stocktake-agrees"])
    negative = stocktake(operator, account, -1, event=mixed.event(), now=mixed.yard.now)
    assert (negative.outcome, codes(negative)) == ("refused", ["count-negative"])
    assert mixed.held(operator, mixed.store.pool)[0] == 100
    with session(operator):
        assert queries.books(operator, mixed.yard.region_id)[0].transfers == 1


def test_a_stranger_neither_counts_nor_opens_a_stock(
    operator: Scope, mixed: Mixed, region_factory: Callable[..., int]
) -> None:
    mixed.open(operator, mixed.store, 100)
    account = mixed.store.pool.account(mixed.origins[0])
    for scope in (
        Scope(1, 1, Role.CLERK, region_ids=frozenset({region_factory()})),
        Scope(1, 1, Role.CLERK, region_ids=frozenset({mixed.origins[0].region_id})),
        Scope(1, 1, Role.PRODUCER, party_ids=frozenset({mixed.yard.other_id})),
    ):
        for counted_g in (7, 100, -1):
            with pytest.raises(AccessError):
                stocktake(scope, account, counted_g, event=mixed.event(), now=mixed.yard.now)
        with pytest.raises(AccessError):
            open_stock(scope, event=mixed.event(), account=account, amount=in_grams(5), now=mixed.yard.now)
    assert mixed.held(operator, mixed.store.pool)[0] == 100
