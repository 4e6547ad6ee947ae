"""`wufei ledger` finds what a superuser changed, names the row and exits 1; and shows balances."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections, transaction
from typer.testing import CliRunner

from wufei.kernel.errors import AccessError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.records.ledger import queries
from wufei.records.ledger.commands import app
from wufei.records.ledger.core.selection import FlowSelection
from wufei.records.ledger.core.transfers import Posting, Step, single
from wufei.records.ledger.services import post, post_many, reverse
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import regions_by_id

Yard = Any


@pytest.fixture
def filled(operator: Scope, yard: Yard) -> Yard:
    leg = yard.leg("m")
    sent = yard.generate(
        2500,
        quantity=Decimal("2.500"),
        unit="kg",
        container=new_id(yard.now),
        dry_share_ppm=3,
        document="票 1",
        occurred_at=datetime(2026, 2, 1, 1, 2, 3, 45, tzinfo=UTC),
        precision=Precision.INSTANT,
    )
    moves = (
        sent,
        yard.transfer(yard.stock, leg, 2500, Step.DISPATCH),
        yard.transfer(leg, yard.other, 2500, Step.RECEIVE),
    )
    post(operator, Posting(new_id(yard.now), moves, (leg,)), now=yard.now)
    back = yard.generate(9)
    post_many(operator, [single(back), *(single(yard.generate(n)) for n in range(1, 40))], now=yard.now)
    reverse(operator, back.id, reason="withdrawn", now=yard.now)
    return yard


def test_a_sound_ledger_verifies_and_a_book_sums_to_zero(filled: Yard, operator: Scope) -> None:
    assert queries.verify(operator) == []
    assert queries.book_imbalance(operator, filled.book) == 0
    result = CliRunner().invoke(app, ["verify", "--json"])
    assert (result.exit_code, json.loads(result.output)) == (0, [])


TAMPERING = [
    (
        "UPDATE ledger_transfer SET grams = grams + 1, quantity = quantity + 1 WHERE id = '{transfer}'",
        "balance-differs",
    ),
    ("UPDATE ledger_transfer SET document = 'other' WHERE id = '{transfer}'", "content-differs"),
    (
        "UPDATE ledger_transfer SET occurred_at = occurred_at - interval '1 day' WHERE id = '{transfer}'",
        "content-differs",
    ),
    ("UPDATE ledger_transfer SET stream = 'SW01' WHERE id = '{transfer}'", "account-differs"),
    (
        "UPDATE ledger_transfer SET reverses = NULL WHERE reverses IS NOT NULL AND book = '{book}'",
        "reversal-differs",
    ),
    ("UPDATE ledger_balance SET grams = grams + 5 WHERE account_id = {stock}", "balance-differs"),
    ("UPDATE ledger_balance SET grams = 5 WHERE account_id = {leg}", "finish-not-empty"),
    ("DELETE FROM ledger_posting WHERE id = '{posting}'", "content-differs"),
    ("DELETE FROM ledger_transfer WHERE id = '{transfer}'", "content-differs"),
    ("UPDATE ledger_account SET region_id = origin_region_id + 1 WHERE id = {stock}", "account-differs"),
    ("GRANT UPDATE ON ledger_transfer TO wufei_app", "rights-too-wide"),
]


@pytest.mark.parametrize(("statement", "code"), TAMPERING)
def test_what_the_owner_tampers_with_is_found_and_named(
    filled: Yard, operator: Scope, statement: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with session(operator):
        rows = queries.accounts(operator, book=filled.book, region_id=filled.region_id, limit=99).rows
        stock = next(row.id for row in rows if row.key == filled.stock)
        leg = next(row.id for row in rows if row.key == filled.leg("m"))
        flows = queries.account_transfers(operator, stock, limit=99).rows
    victim = next(row for row in flows if row.step == "generate" and row.grams == 7)
    reversed_one = next(row for row in flows if row.reversed_by is not None)
    names: dict[str, object] = {
        "transfer": victim.id,
        "posting": victim.posting_id,
        "book": filled.book,
        "stock": stock,
        "leg": leg,
        "reversed": reversed_one.id,
    }
    # The change is looked at inside its own transaction and then taken back: later tests need a sound ledger.
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(statement.format(**names))
        monkeypatch.setattr(
            "wufei.records.ledger.queries.integrity.connections", {"system": connections["owner"]}
        )
        found = [one for one in queries.verify(operator) if one.code == f"ledger.{code}"]
        result = CliRunner().invoke(app, ["verify"])
        transaction.set_rollback(True, using="owner")
    assert found
    places = " ".join(one.where + one.value for one in found)
    assert any(str(name) in places for name in (*names.values(), "ledger_transfer"))
    assert result.exit_code == 1
    assert found[0].where in result.output


def test_only_those_who_audit_may_verify(filled: Yard) -> None:
    with pytest.raises(AccessError):
        queries.verify(Scope(1, 1, Role.PRODUCER, party_ids=frozenset({filled.holder_id})))


def test_the_command_shows_balances_and_history(filled: Yard, operator: Scope) -> None:
    region = regions_by_id([filled.region_id])[filled.region_id]
    arguments = ["balance", "--book", filled.book, "--region", region.key]
    shown = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).output)
    grams = {(row["kind"], row["holder_id"]): row["balance_g"] for row in shown["accounts"]}
    assert shown["imbalance_g"] == 0
    assert grams[("stock", filled.holder_id)] == sum(range(1, 40))
    assert grams[("stock", filled.other_id)] == 2500
    assert grams[("origin", None)] == -2500 - sum(range(1, 40))
    stock = next(row["id"] for row in shown["accounts"] if row["holder_id"] == filled.other_id)
    history = json.loads(CliRunner().invoke(app, ["history", str(stock), "--json"]).output)
    assert [(row["step"], row["grams"]) for row in history["transfers"]] == [("receive", 2500)]
    for command in (arguments, ["history", str(stock)]):
        result = CliRunner().invoke(app, command, env={"COLUMNS": "200"})
        assert result.exit_code == 0
        assert "0.0025" in result.output


def test_the_command_names_what_it_does_not_know_and_what_there_is(filled: Yard) -> None:
    region = regions_by_id([filled.region_id])[filled.region_id]
    for line, words in (
        (["balance", "--book", "actuall", "--region", region.key], filled.book),
        (["balance", "--book", filled.book, "--region", f"{region.key}-x"], region.key),
        (["history", "999999999999999999999"], "999999999999999999999"),
    ):
        error = CliRunner().invoke(app, line).exception
        assert isinstance(error, NotFoundError)
        assert words in error.message.zh
        assert words in error.message.en
    empty = CliRunner().invoke(
        app, ["balance", "--book", filled.book, "--region", region.key, "--kind", "dumped"]
    )
    assert empty.exit_code == 0


def test_a_selection_sums_its_own_pages(
    operator: Scope, yard: Yard, region_factory: Callable[..., int]
) -> None:
    away = region_factory()
    plant = replace(yard.other, region_id=away)
    leg = yard.leg("m")
    day = datetime(2025, 5, 5, 2, tzinfo=UTC)
    made = [yard.generate(100 + n, occurred_at=day.replace(day=n % 28 + 1)) for n in range(30)]
    total = sum(one.grams for one in made)
    run = replace(yard.run("r"), region_id=away)
    later = [
        yard.transfer(yard.stock, leg, total, Step.DISPATCH, occurred_at=day),
        yard.transfer(leg, plant, total, Step.RECEIVE, occurred_at=day),
        yard.transfer(plant, run, total, Step.TREAT_IN, occurred_at=day),
    ]
    report = post_many(operator, [single(one) for one in (*made, *later)], now=yard.now)
    assert report.posted == 33
    mistaken = yard.generate(5, occurred_at=day)
    post(operator, single(mistaken), now=yard.now)
    assert reverse(operator, mistaken.id, reason="withdrawn", now=yard.now).outcome == "posted"
    everything = FlowSelection(
        yard.book,
        day.date().replace(day=1),
        day.date().replace(month=6, day=1),
        "origin",
        frozenset({yard.region_id}),
        steps=frozenset({"generate"}),
    )
    treated = replace(everything, steps=frozenset({"treat-in"}), methods=frozenset({"utilise"}))
    with session(operator):
        assert queries.sum_selection(operator, everything) == (total, 32)
        rows, after = [], None
        while True:
            page = queries.transfers(operator, everything, limit=7, after=after)
            rows += page.rows
            after = page.after
            if after is None:
                break
        assert len({row.id for row in rows}) == len(rows) == 32
        assert rows == sorted(rows, key=lambda row: (row.occurred_on, row.id), reverse=True)
        assert sum(row.signed_grams for row in rows) == total
        assert queries.sum_selection(operator, treated) == (total, 1)
        place = replace(treated, by="place")
        assert queries.sum_selection(operator, place) == (0, 0)
        assert queries.sum_selection(operator, replace(place, region_ids=frozenset({away}))) == (total, 1)
        for streams, expected in (({("SW03", "industry")}, 32), ({("SW03", "household")}, 0)):
            narrowed = replace(everything, streams=frozenset(streams))
            assert queries.sum_selection(operator, narrowed)[1] == expected
        group = replace(everything, group="stat.general-industrial")
        assert queries.sum_selection(operator, group)[1] == 32
        before = replace(everything, as_of=-1)
        assert queries.sum_selection(operator, before) == (0, 0)
        assert queries.sum_selection(operator, replace(everything, region_ids=frozenset())) == (0, 0)
        (book,) = queries.books(operator, yard.region_id)
    assert (book.book, book.transfers) == (yard.book, 35)
    clerk = Scope(1, 1, Role.CLERK, region_ids=frozenset({away}))
    with session(clerk):
        assert queries.sum_selection(clerk, treated) == (total, 1)
        assert queries.sum_selection(clerk, everything) == (0, 0)
