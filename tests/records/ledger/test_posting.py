"""Posting into PostgreSQL: success, repetition, refusal, reversal, rivals."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, single
from wufei.records.ledger.services import post, post_many, prepare_months, reverse
from wufei.records.registry.services import save_site
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

Yard = Any


def held(scope: Scope, yard: Yard) -> dict[AccountKey, int]:
    """Grams by account, of every account in the yard that keeps a balance."""
    with session(scope):
        page = queries.accounts(scope, book=yard.book, region_id=yard.region_id, limit=1000)
    return {row.key: row.balance_g for row in page.rows if row.balance_g is not None}


def codes(findings: object) -> list[str]:
    return [finding.code.removeprefix("ledger.") for finding in findings]


def test_a_transfer_moves_the_grams_and_is_read_back_as_written(operator: Scope, yard: Yard) -> None:
    container = new_id(yard.now)
    one = yard.generate(
        1500,
        quantity=Decimal("1.5"),
        unit="kg",
        evidence=Evidence.WEIGHBRIDGE,
        uncertainty_ppm=5000,
        dry_share_ppm=200_000,
        document="票-1\\2",
        container=container,
        occurred_at=datetime(2026, 2, 27, 20, tzinfo=UTC),
        precision=Precision.INSTANT,
    )
    assert post(operator, single(one), now=yard.now).outcome == "posted"
    assert held(operator, yard) == {yard.stock: 1500}
    with session(operator):
        row = queries.get_transfer(operator, one.id)
    assert (row.grams, row.signed_grams, row.quantity, row.unit) == (1500, 1500, Decimal("1.5"), "kg")
    assert (row.step, row.evidence, row.stream, row.precision) == (
        "generate",
        "weighbridge",
        "SW03",
        "instant",
    )
    assert (row.source_kind, row.target_kind, row.target_holder_id) == ("origin", "stock", yard.holder_id)
    assert (row.document, row.container, row.dry_share_ppm) == ("票-1\\2", container, 200_000)
    assert row.occurred_at == datetime(2026, 2, 27, 20, tzinfo=UTC)
    assert row.occurred_on == date(2026, 2, 28)
    assert row.recorded_at == yard.now
    assert (row.reverses, row.reversed_by, row.recorder_id) == (None, None, None)


def test_the_same_id_with_the_same_content_changes_nothing(operator: Scope, yard: Yard) -> None:
    posting = single(yard.generate(10))
    assert post(operator, posting, now=yard.now).outcome == "posted"
    assert post(operator, posting, now=yard.now + timedelta(hours=1)).outcome == "repeated"
    assert held(operator, yard) == {yard.stock: 10}


def test_the_same_id_with_other_content_is_a_conflict(operator: Scope, yard: Yard) -> None:
    one = yard.generate(10)
    post(operator, single(one), now=yard.now)
    with pytest.raises(ConflictError) as caught:
        post(operator, single(replace(one, grams=11, quantity=Decimal(11))), now=yard.now)
    assert "10" not in caught.value.message.en.replace(str(one.id), "")
    with pytest.raises(ConflictError):
        post(operator, Posting(new_id(yard.now), (one,)), now=yard.now)
    assert held(operator, yard) == {yard.stock: 10}


def test_an_id_is_a_conflict_even_where_its_row_is_invisible(
    operator: Scope, yard: Yard, region_factory: Callable[..., int], party_factory: Callable[..., int]
) -> None:
    one = yard.generate(10)
    post(operator, single(one), now=yard.now)
    region = region_factory()
    clerk = Scope(None, None, Role.CLERK, region_ids=frozenset({region}))
    there = replace(yard, region_id=region, holder_id=party_factory(region_id=region))
    with session(clerk), pytest.raises(NotFoundError):
        queries.get_transfer(clerk, one.id)
    with pytest.raises(ConflictError):
        post(clerk, single(there.generate(10, id=one.id)), now=yard.now)


def test_a_refused_posting_leaves_nothing_behind(operator: Scope, yard: Yard) -> None:
    bad = Posting(new_id(yard.now), (yard.generate(5), yard.transfer(yard.other, yard.used, 9, Step.USE)))
    receipt = post(operator, bad, now=yard.now)
    assert (receipt.outcome, codes(receipt.findings)) == ("refused", ["stock-below-zero"])
    with session(operator):
        assert queries.accounts(operator, book=yard.book, region_id=yard.region_id, limit=9).rows == ()
        assert queries.books(operator, yard.region_id) == []


BAD: list[tuple[str, dict[str, Any]]] = [
    ("unknown-stream", {"stream": "SW999"}),
    ("unknown-method", {"method": "magic"}),
    ("unknown-unit", {"unit": "stone"}),
    ("grams-not-positive", {"grams": 0, "quantity": Decimal(0)}),
    ("grams-not-positive", {"grams": -5, "quantity": Decimal(-5)}),
    ("future-date", {"occurred_at": datetime(2026, 3, 2, tzinfo=UTC)}),
    ("date-too-early", {"occurred_at": datetime(1, 1, 1, tzinfo=UTC)}),
    ("quantity-beyond-reason", {"quantity": Decimal("1E+999999")}),
    ("text-form", {"document": "\ud800"}),
]


@pytest.mark.parametrize(("code", "change"), BAD)
def test_bad_input_is_told_with_place_value_rule_and_fix_and_nothing_is_written(
    operator: Scope, yard: Yard, code: str, change: dict[str, Any]
) -> None:
    stream = change.get("stream", "SW03")
    fields = {name: value for name, value in change.items() if name != "stream"}
    sides = {"source": replace(yard.origin, stream=stream), "target": replace(yard.stock, stream=stream)}
    bad = replace(yard.generate(5), **sides, **fields)
    receipt = post(operator, Posting(new_id(yard.now), (yard.generate(7), bad)), now=yard.now)
    assert receipt.outcome == "refused"
    told = next(found for found in receipt.findings if found.code == f"ledger.{code}")
    assert told.where.startswith("transfer 2, ")
    assert all((told.value, told.message.zh, told.message.en, told.rule.zh, told.fix.zh, told.fix.en))
    assert held(operator, yard) == {}

    report = post_many(operator, [single(yard.generate(7)), single(bad)], now=yard.now)
    assert (report.posted, report.refused) == (1, 1)
    assert {found.where.split(",")[0] for found in report.findings} == {"posting 2"}
    assert held(operator, yard) == {yard.stock: 7}


def test_unknown_regions_holders_and_sites_are_named(operator: Scope, yard: Yard) -> None:
    nowhere = AccountKey(yard.book, Kind.STOCK, 10**9, "SW03", yard.region_id, "industry", 10**9, 10**9)
    opening = replace(yard.origin, kind=Kind.OPENING)
    receipt = post(operator, single(yard.transfer(opening, nowhere, 5, Step.OPEN)), now=yard.now)
    assert codes(receipt.findings) == ["unknown-region", "unknown-holder", "unknown-site"]
    assert [found.where for found in receipt.findings] == [
        f"transfer 1, target.{field}" for field in ("region_id", "holder_id", "site_id")
    ]


def test_a_tolerant_site_may_report_late(operator: Scope, yard: Yard) -> None:
    site = save_site(
        operator,
        key=f"site-{new_id(yard.now)}",
        name=Text("迟报场", "Late site"),
        party_id=yard.holder_id,
        region_id=yard.region_id,
        strict=False,
    )
    late = replace(yard.stock, site_id=site)
    first = post(operator, single(yard.transfer(late, yard.used, 5, Step.USE)), now=yard.now)
    second = post(operator, single(yard.transfer(late, yard.used, 6, Step.USE)), now=yard.now)
    for receipt in (first, second):
        assert (receipt.outcome, codes(receipt.findings)) == ("posted", ["tolerant-stock-below-zero"])
    assert held(operator, yard) == {late: -11}


def test_a_finished_leg_is_empty_and_closed(operator: Scope, yard: Yard) -> None:
    leg = yard.leg("m-1")
    there = Posting(
        new_id(yard.now), (yard.generate(50), yard.transfer(yard.stock, leg, 50, Step.DISPATCH)), (leg,)
    )
    assert codes(post(operator, there, now=yard.now).findings) == ["finish-not-empty"]
    assert post(operator, replace(there, finishes=()), now=yard.now).outcome == "posted"
    back = Posting(new_id(yard.now), (yard.transfer(leg, yard.stock, 50, Step.RETURN),), (leg,))
    assert post(operator, back, now=yard.now).outcome == "posted"
    again = yard.transfer(yard.stock, leg, 1, Step.DISPATCH)
    assert codes(post(operator, single(again), now=yard.now).findings) == ["account-finished"]
    with session(operator):
        rows = queries.accounts(
            operator, book=yard.book, region_id=yard.region_id, kind=Kind.TRANSIT, limit=9
        ).rows
    assert [(row.key, row.balance_g, row.finished) for row in rows] == [(leg, 0, True)]


def test_a_reversal_restores_the_balance_and_keeps_the_record(operator: Scope, yard: Yard) -> None:
    one = yard.generate(70, occurred_at=datetime(2025, 7, 1, 2, tzinfo=UTC), document="d")
    post(operator, single(one), now=yard.now)
    receipt = reverse(operator, one.id, reason="typed-wrong", now=yard.now)
    assert receipt.outcome == "posted"
    assert held(operator, yard) == {yard.stock: 0}
    with session(operator):
        row = queries.get_transfer(operator, one.id)
        back = queries.get_transfer(operator, row.reversed_by)
    assert (back.reverses, back.occurred_at, back.document) == (one.id, one.occurred_at, "d")
    assert (back.grams, back.signed_grams) == (70, -70)
    assert (back.source_kind, back.target_kind, back.step) == ("origin", "stock", "generate")
    assert (back.source_account_id, back.target_account_id) == (row.target_account_id, row.source_account_id)
    with pytest.raises(ConflictError):
        reverse(operator, one.id, reason="typed-wrong", now=yard.now)
    with pytest.raises(ConflictError):
        reverse(operator, back.id, reason="typed-wrong", now=yard.now)


def test_a_reversal_that_would_empty_a_stock_below_zero_is_refused(operator: Scope, yard: Yard) -> None:
    one = yard.generate(70)
    post(operator, Posting(new_id(yard.now), (one, yard.use(30))), now=yard.now)
    receipt = reverse(operator, one.id, reason="counted-twice", now=yard.now)
    assert codes(receipt.findings) == ["stock-below-zero"]
    assert held(operator, yard) == {yard.stock: 40}


def test_a_reversal_needs_a_reason_and_a_transfer(operator: Scope, yard: Yard) -> None:
    with pytest.raises(InputError):
        reverse(operator, new_id(yard.now), reason="because", now=yard.now)
    with pytest.raises(NotFoundError):
        reverse(operator, new_id(yard.now), reason="withdrawn", now=yard.now)


def test_tonnes_typed_as_kilograms_warn_but_are_posted(operator: Scope, yard: Yard) -> None:
    for _ in range(4):
        post(operator, single(yard.generate(2000)), now=yard.now)
    receipt = post(operator, single(yard.generate(2_000_000)), now=yard.now)
    assert (receipt.outcome, codes(receipt.findings)) == ("posted", ["mass-jump"])
    assert post(operator, single(yard.use(2_000_000)), now=yard.now).findings == ()


def test_a_person_posts_only_where_the_scope_reaches(
    yard: Yard, operator: Scope, region_factory: Callable[..., int]
) -> None:
    own = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({yard.holder_id}))
    assert post(own, single(yard.generate(20)), now=yard.now).outcome == "posted"
    stranger = Scope(1, 1, Role.CLERK, region_ids=frozenset({region_factory()}))
    for scope in (stranger, Scope(1, 1, Role.PRODUCER, party_ids=frozenset({yard.other_id}))):
        with pytest.raises(AccessError):
            post(scope, single(yard.generate(1)), now=yard.now)
        with pytest.raises(AccessError):
            post(scope, single(yard.transfer(yard.stock, yard.other, 1, Step.MOVE)), now=yard.now)
    with pytest.raises(AccessError):
        post(Scope(1, 1, Role.AUDITOR, everything=True), single(yard.generate(1)), now=yard.now)
    assert held(operator, yard) == {yard.stock: 20}


def test_sender_and_receiver_share_a_leg_without_seeing_each_other(yard: Yard, operator: Scope) -> None:
    sender = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({yard.holder_id}))
    receiver = Scope(2, 2, Role.PRODUCER, party_ids=frozenset({yard.other_id}))
    leg = yard.leg("m")
    sent = Posting(new_id(yard.now), (yard.generate(30), yard.transfer(yard.stock, leg, 30, Step.DISPATCH)))
    assert post(sender, sent, now=yard.now).outcome == "posted"
    taken = yard.transfer(leg, yard.other, 30, Step.RECEIVE)
    assert post(receiver, Posting(taken.id, (taken,), (leg,)), now=yard.now).outcome == "posted"
    with session(receiver):
        assert queries.get_transfer(receiver, taken.id).recorder_id == 2
        with pytest.raises(NotFoundError):
            queries.get_transfer(receiver, sent.transfers[0].id)
    assert held(operator, yard) == {yard.stock: 0, leg: 0, yard.other: 30}


def test_identifiers_of_any_month_find_their_partition(operator: Scope, yard: Yard) -> None:
    prepare_months(now=yard.now)
    old = [yard.generate(1, id=new_id(datetime(2024, month, 28, 23, tzinfo=UTC))) for month in range(1, 13)]
    report = post_many(operator, [single(one) for one in old], now=yard.now)
    assert (report.posted, report.findings) == (12, ())
    assert held(operator, yard) == {yard.stock: 12}


def test_eight_threads_never_draw_a_stock_below_zero(operator: Scope, yard: Yard) -> None:
    post(operator, single(yard.generate(100)), now=yard.now)

    def draw(_: int) -> list[str]:
        try:
            return [post(operator, single(yard.use(3)), now=yard.now).outcome for _ in range(8)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        outcomes = [outcome for part in pool.map(draw, range(8)) for outcome in part]
    assert outcomes.count("posted") == 33
    assert outcomes.count("refused") == 31
    assert held(operator, yard) == {yard.stock: 1}


def test_rivals_with_the_same_posting_write_it_once(operator: Scope, yard: Yard) -> None:
    posting = single(yard.generate(7))

    def repeat(_: int) -> str:
        try:
            return post(operator, posting, now=yard.now).outcome
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(repeat, range(8)))
    assert outcomes == ["posted"] + ["repeated"] * 7
    assert held(operator, yard) == {yard.stock: 7}


def test_rival_loads_that_make_the_same_accounts_both_succeed(operator: Scope, yard: Yard) -> None:
    def load(start: int) -> tuple[int, int]:
        postings = [
            Posting(
                new_id(yard.now),
                (yard.generate(5), yard.transfer(yard.stock, yard.leg(str(n)), 5, Step.DISPATCH)),
            )
            for n in range(60)
        ]
        try:
            report = post_many(operator, postings if start else postings[::-1], now=yard.now)
        finally:
            connections.close_all()
        return report.posted, report.refused

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(load, range(2))) == [(60, 0), (60, 0)]
    assert sum(held(operator, yard).values()) == 600


def test_a_posting_inside_an_open_session_shares_its_fate(operator: Scope, yard: Yard) -> None:
    class ChangedMindError(Exception):
        pass

    def post_and_change_mind() -> None:
        with session(operator):
            post(operator, single(yard.generate(7)), now=yard.now)
            raise ChangedMindError

    with pytest.raises(ChangedMindError):
        post_and_change_mind()
    assert held(operator, yard) == {}


def test_the_identifier_of_a_posting_is_checked_like_any_other(operator: Scope, yard: Yard) -> None:
    receipt = post(operator, Posting(UUID(int=5), (yard.generate(1),)), now=yard.now)
    assert [(found.code, found.where) for found in receipt.findings] == [("ledger.id-not-v7", "id")]
