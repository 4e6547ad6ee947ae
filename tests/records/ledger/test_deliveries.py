"""What came from whom: by the day and weight of receipt, whoever answers for the load on its way."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from wufei.kernel.errors import AccessError
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.core.amounts import in_grams
from wufei.records.ledger.core.checks import local_date
from wufei.records.ledger.core.deliveries import Delivery
from wufei.records.ledger.core.pools import Leg
from wufei.records.ledger.core.selection import FlowSelection
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.queries import deliveries, holder_masses
from wufei.records.ledger.services import dispatch, receive, receive_part, return_load, reverse
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.services import save_party

Mixed = Any


def leg_held_by(mixed: Mixed, holder_id: int, ref: str) -> Leg:
    return Leg(mixed.yard.book, mixed.yard.region_id, "SW03", holder_id, ref)


def send(scope: Scope, mixed: Mixed, leg: Leg, grams: int, store: Any = None) -> None:
    store = store or mixed.store
    done = dispatch(
        scope, leg=leg, amount=in_grams(grams), event=mixed.event(), store=store, now=mixed.yard.now
    )
    assert done.outcome == "posted", done.findings


def take(scope: Scope, mixed: Mixed, leg: Leg, grams: int, door: Any = receive, holder_id: int = 0) -> Any:
    store = mixed.store_of(holder_id or mixed.yard.other_id)
    done = door(scope, leg=leg, amount=in_grams(grams), event=mixed.event(), store=store, now=mixed.yard.now)
    assert done.outcome == "posted", done.findings
    return done


def seen(scope: Scope, mixed: Mixed, holder_id: int) -> list[Delivery]:
    day = day_of(mixed)
    with session(scope):
        return deliveries(scope, holder_id, start=day - timedelta(days=2), end=day + timedelta(days=2))


def expected(mixed: Mixed, sender_id: int, grams: int) -> Delivery:
    return Delivery(day_of(mixed), "SW03", sender_id, mixed.yard.other_id, grams)


def day_of(mixed: Mixed) -> date:
    return local_date(mixed.event().occurred_at)


@pytest.mark.parametrize("whose", ["holder_id", "other_id"])
def test_a_load_counts_at_received_weight_whoever_answers_for_the_way(
    operator: Scope, mixed: Mixed, whose: str
) -> None:
    mixed.open(operator, mixed.store, 600_000, 400_000)
    leg = leg_held_by(mixed, getattr(mixed.yard, whose), f"leg-{whose}")
    send(operator, mixed, leg, 500_000)
    assert seen(operator, mixed, mixed.yard.holder_id) == []
    take(operator, mixed, leg, 499_000)
    both = [seen(operator, mixed, holder) for holder in (mixed.yard.holder_id, mixed.yard.other_id)]
    assert both == [[expected(mixed, mixed.yard.holder_id, 499_000)]] * 2


def received_here(mixed: Mixed) -> FlowSelection:
    day = day_of(mixed)
    return FlowSelection(
        book=mixed.yard.book,
        period_start=day,
        period_end=day + timedelta(days=1),
        by="place",
        region_ids=frozenset({mixed.yard.region_id}),
        steps=frozenset({Step.RECEIVE}),
    )


def test_what_went_back_and_what_was_taken_back_do_not_count(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 1_000_000)
    returned, wrong = (leg_held_by(mixed, mixed.yard.other_id, ref) for ref in ("back", "wrong"))
    send(operator, mixed, returned, 300_000)
    take(operator, mixed, returned, 100_000, receive_part)
    take(operator, mixed, returned, 200_000, return_load, mixed.yard.holder_id)
    send(operator, mixed, wrong, 50_000)
    take(operator, mixed, wrong, 20_000, receive_part)
    with session(operator):
        page = queries.transfers(operator, received_here(mixed), limit=100)
    (mistaken,) = [row for row in page.rows if row.signed_grams == 20_000]
    reverse(operator, mistaken.id, reason="typed-wrong", now=mixed.yard.now)
    assert seen(operator, mixed, mixed.yard.holder_id) == [expected(mixed, mixed.yard.holder_id, 100_000)]


def test_of_two_who_gave_to_one_load_each_counts_by_its_share(operator: Scope, mixed: Mixed) -> None:
    third = save_party(
        key=f"third-{uuid.uuid4().hex[:8]}",
        name=Text("第三家", "Third"),
        kind="enterprise",
        region_id=mixed.yard.region_id,
        synthetic=True,
    )
    mixed.open(operator, mixed.store, 300_000)
    mixed.open(operator, mixed.store_of(third), 100_000)
    leg = leg_held_by(mixed, mixed.yard.other_id, "milk-run")
    send(operator, mixed, leg, 300_000)
    send(operator, mixed, leg, 100_000, mixed.store_of(third))
    take(operator, mixed, leg, 396_000)
    assert seen(operator, mixed, third) == [expected(mixed, third, 99_000)]
    assert sum(each.grams for each in seen(operator, mixed, mixed.yard.other_id)) == 396_000


def test_a_stranger_sees_nothing_and_the_public_may_not_ask(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 600_000)
    leg = leg_held_by(mixed, mixed.yard.other_id, "private")
    send(operator, mixed, leg, 500_000)
    take(operator, mixed, leg, 500_000)
    stranger = replace(operator, role=Role.PRODUCER, everything=False, party_ids=frozenset({10**9}))
    assert seen(stranger, mixed, mixed.yard.holder_id) == []
    with session(stranger):
        day = day_of(mixed)
        span = {"start": day - timedelta(days=2), "end": day + timedelta(days=2)}
        assert holder_masses(stranger, mixed.yard.holder_id, **span) == []
    with pytest.raises(AccessError):
        seen(Scope.public("zh-hans"), mixed, mixed.yard.holder_id)
