"""Nobody posts for another: not in another region, not on another's site, not on another's leg or run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError

from wufei.kernel.errors import AccessError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import AccountKey, Kind, account_digest, account_text
from wufei.records.ledger.core.transfers import Posting, Step, single
from wufei.records.ledger.services import post
from wufei.records.registry.services import save_site
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

Yard = Any


def producer(party_id: int) -> Scope:
    return Scope(None, None, Role.PRODUCER, party_ids=frozenset({party_id}))


def clerk(region_id: int) -> Scope:
    return Scope(None, None, Role.CLERK, region_ids=frozenset({region_id}))


def site_of(operator: Scope, party_id: int, region_id: int, *, strict: bool = True) -> int:
    return save_site(
        operator,
        key=f"test-{party_id}-{region_id}",
        name=Text("试验场所", "Test site"),
        party_id=party_id,
        region_id=region_id,
        strict=strict,
    )


def nothing_is_written(operator: Scope, yard: Yard) -> bool:
    with session(operator):
        return queries.books(operator, yard.region_id) == []


def opened(scope: Scope, key: AccountKey) -> int:
    """How many accounts the function opens for a key when it is called by raw SQL."""
    parts = [getattr(key, name) for name in AccountKey.__slots__]
    with session(scope), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_open_accounts(%s)", [json.dumps([parts])])
        found = int(cursor.fetchone()[0])
        # An account without a transfer would make every later `verify` of this database fail.
        transaction.set_rollback(True)
    return found


def test_a_producer_makes_no_waste_in_a_region_where_it_is_not_at_home(
    operator: Scope, yard: Yard, party_factory: Callable[..., int]
) -> None:
    stranger = party_factory()
    there = replace(yard.stock, holder_id=stranger)
    made = single(yard.transfer(yard.origin, there, 5, Step.GENERATE))
    with pytest.raises(AccessError):
        post(producer(stranger), made, now=yard.now)
    assert nothing_is_written(operator, yard)
    assert opened(producer(stranger), there) == 0

    at_site = replace(there, site_id=site_of(operator, stranger, yard.region_id))
    made = single(yard.transfer(yard.origin, at_site, 5, Step.GENERATE))
    assert post(producer(stranger), made, now=yard.now).outcome == "posted"


def test_a_producer_does_not_post_for_another(operator: Scope, yard: Yard) -> None:
    made = single(yard.generate(5))
    with pytest.raises(AccessError):
        post(producer(yard.other_id), made, now=yard.now)
    assert nothing_is_written(operator, yard)
    assert opened(producer(yard.other_id), yard.stock) == 0
    assert post(producer(yard.holder_id), made, now=yard.now).outcome == "posted"


def test_a_clerk_makes_no_waste_of_another_region(
    operator: Scope, yard: Yard, region_factory: Callable[..., int]
) -> None:
    here = region_factory()
    stock = replace(yard.stock, region_id=here)
    receipt = post(clerk(here), single(yard.transfer(yard.origin, stock, 5, Step.GENERATE)), now=yard.now)
    assert [found.code for found in receipt.findings] == ["ledger.origin-elsewhere"]
    origin = replace(yard.origin, region_id=here)
    receipt = post(clerk(here), single(yard.transfer(origin, stock, 5, Step.GENERATE)), now=yard.now)
    assert [found.code for found in receipt.findings] == ["ledger.origin-elsewhere"]
    assert nothing_is_written(operator, yard)


def test_a_site_is_used_by_its_holder_in_its_region_only(
    operator: Scope, yard: Yard, region_factory: Callable[..., int]
) -> None:
    # A tolerant site would let anyone who names it draw a stock below zero.
    tolerant = site_of(operator, yard.other_id, yard.region_id, strict=False)
    far = site_of(operator, yard.holder_id, region_factory(), strict=False)
    for site in (tolerant, far):
        borrowed = replace(yard.stock, site_id=site)
        receipt = post(operator, single(yard.transfer(borrowed, yard.used, 5, Step.USE)), now=yard.now)
        assert [found.code for found in receipt.findings] == ["ledger.site-of-another"]
        assert opened(operator, borrowed) == 0
    own = replace(yard.other, site_id=tolerant)
    assert (
        post(operator, single(yard.transfer(own, yard.used, 5, Step.USE)), now=yard.now).outcome == "posted"
    )


def test_a_functional_area_holds_the_sites_that_name_it(
    operator: Scope, yard: Yard, region_factory: Callable[..., int]
) -> None:
    area = region_factory(kind="functional")
    site = save_site(
        operator,
        key=f"test-{area}",
        name=Text("园区场所", "Site in the area"),
        party_id=yard.holder_id,
        region_id=yard.region_id,
        functional_region_id=area,
    )
    stock = replace(yard.stock, region_id=area, origin_region_id=area, site_id=site)
    origin = replace(yard.origin, region_id=area, origin_region_id=area)
    made = single(yard.transfer(origin, stock, 5, Step.GENERATE))
    assert post(producer(yard.holder_id), made, now=yard.now).outcome == "posted"


def test_a_real_region_takes_no_synthetic_record(
    operator: Scope, region_factory: Callable[..., int], yard: Yard
) -> None:
    real = region_factory(kind="functional")
    origin = replace(yard.origin, book="synthetic", region_id=real, origin_region_id=real)
    stock = replace(origin, kind=Kind.STOCK, holder_id=yard.holder_id)
    receipt = post(operator, single(yard.transfer(origin, stock, 5, Step.GENERATE)), now=yard.now)
    assert {found.code for found in receipt.findings} == {"ledger.synthetic-in-real-region"}
    with session(operator):
        assert queries.books(operator, real) == []


def test_a_leg_is_finished_by_those_who_move_its_mass(
    operator: Scope, yard: Yard, party_factory: Callable[..., int]
) -> None:
    victim = yard.leg("联单-7")
    stranger = party_factory(region_id=yard.region_id)
    mine = replace(yard.stock, holder_id=stranger)
    made = yard.transfer(yard.origin, mine, 5, Step.GENERATE)
    with pytest.raises(AccessError):
        post(producer(stranger), Posting(new_id(yard.now), (made,), (victim,)), now=yard.now)
    assert nothing_is_written(operator, yard)

    moves = (yard.generate(5), yard.transfer(yard.stock, victim, 5, Step.DISPATCH))
    post(operator, Posting(new_id(yard.now), moves), now=yard.now)
    emptied = Posting(new_id(yard.now), (yard.transfer(victim, yard.other, 5, Step.RECEIVE),), (victim,))
    assert post(producer(yard.other_id), emptied, now=yard.now).outcome == "posted"


@pytest.mark.parametrize("kind", [Kind.TRANSIT, Kind.PROCESS])
def test_raw_sql_finishes_no_leg_or_run_of_another(
    operator: Scope, yard: Yard, party_factory: Callable[..., int], kind: Kind
) -> None:
    if kind is Kind.TRANSIT:
        account, stock, there, back = yard.leg("联单-8"), yard.stock, Step.DISPATCH, Step.RETURN
    else:
        account, stock, there, back = yard.run("批-8"), yard.other, Step.TREAT_IN, Step.TREAT_OUT
    used = (
        yard.transfer(yard.origin, stock, 5, Step.GENERATE),
        yard.transfer(stock, account, 5, there),
        yard.transfer(account, stock, 5, back),
    )
    assert post(operator, Posting(new_id(yard.now), used), now=yard.now).outcome == "posted"
    stranger = party_factory(region_id=yard.region_id)
    made = yard.transfer(yard.origin, replace(yard.stock, holder_id=stranger), 5, Step.GENERATE)
    post(producer(stranger), single(made), now=yard.now)
    finish = """
        INSERT INTO ledger_finish (account_id, posting_id, recorded_at)
        SELECT id, %s, now() FROM ledger_lock_accounts(ARRAY[%s])
    """
    with (
        pytest.raises(DatabaseError, match=r"ledger\.finish-of-another"),
        session(producer(stranger)),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(finish, [made.id, account_digest(account_text(account))])
