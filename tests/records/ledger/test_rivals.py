"""Writers who want the same thing at the same time: one gets it, and the others are told so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections

from wufei.kernel.errors import ConflictError
from wufei.kernel.ids import new_id
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.transfers import Posting, Step, Transfer, single
from wufei.records.ledger.services import post, reverse
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session

Yard = Any
MANY = 6


def between_boundaries(yard: Yard) -> Transfer:
    """A transfer that moves no balance row, so that no lock makes writers queue."""
    culprit = replace(yard.origin, kind=Kind.UNATTRIBUTED)
    return yard.transfer(yard.origin, culprit, 5, Step.ATTRIBUTE_DUMP)


def on_a_stock(yard: Yard) -> Transfer:
    return yard.generate(5)


def all_at_once(calls: list[Callable[[], Any]]) -> Counter[str]:
    """What becomes of calls that start together: outcomes, or codes of conflicts."""

    def one(call: Callable[[], Any]) -> str:
        try:
            return str(call().outcome)
        except ConflictError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(one, calls))


@pytest.mark.parametrize("kind", [on_a_stock, between_boundaries])
def test_of_many_who_take_the_same_transfer_back_one_does(
    operator: Scope, yard: Yard, kind: Callable[[Yard], Transfer]
) -> None:
    for _ in range(5):
        made = kind(yard)
        post(operator, single(made), now=yard.now)
        done = all_at_once([lambda: reverse(operator, made.id, reason="withdrawn", now=yard.now)] * MANY)  # noqa: B023
        assert done == {"posted": 1, "ledger.reversal-twice": MANY - 1}
    assert queries.book_imbalance(operator, yard.book) == 0


@pytest.mark.parametrize("kind", [on_a_stock, between_boundaries])
def test_of_many_contents_under_one_id_one_is_posted(
    operator: Scope, yard: Yard, kind: Callable[[Yard], Transfer]
) -> None:
    for _ in range(5):
        made = kind(yard)
        contents = [single(replace(made, document=f"paper {number}")) for number in range(MANY)]
        done = all_at_once([lambda one=one: post(operator, one, now=yard.now) for one in contents])
        assert done == {"posted": 1, "ledger.id-with-other-content": MANY - 1}
        again = all_at_once([lambda one=one: post(operator, one, now=yard.now) for one in contents])
        assert again == {"repeated": 1, "ledger.id-with-other-content": MANY - 1}


def test_a_leg_that_is_being_finished_takes_no_transfer_of_a_rival(operator: Scope, yard: Yard) -> None:
    """Also where the leg is new to both."""
    post(operator, single(yard.generate(100)), now=yard.now)
    # One leg has been used before; of the other only its name is known.
    used, fresh = yard.leg("used"), yard.leg("fresh")
    for step, source, target in ((Step.DISPATCH, yard.stock, used), (Step.RETURN, used, yard.stock)):
        post(operator, single(yard.transfer(source, target, 5, step)), now=yard.now)
    for leg in (used, fresh):
        own = replace(yard.other, region_id=yard.region_id)
        finishing = Posting(new_id(yard.now), (yard.transfer(yard.origin, own, 1, Step.GENERATE),), (leg,))
        sending = single(yard.transfer(yard.stock, leg, 5, Step.DISPATCH))
        with ThreadPoolExecutor(1) as pool:
            with session(operator):
                assert post(operator, finishing, now=yard.now).outcome == "posted"
                rival = pool.submit(all_at_once, [lambda: post(operator, sending, now=yard.now)])  # noqa: B023
                # It waits for us.
                assert not wait([rival], timeout=0.5).done
            assert rival.result(60) == {"refused": 1}
        with session(operator):
            rows = queries.accounts(operator, book=yard.book, region_id=yard.region_id, limit=99).rows
        assert [(row.finished, row.balance_g) for row in rows if row.key == leg] == [(True, 0)]
    assert queries.book_imbalance(operator, yard.book) == 0


def test_an_id_is_that_of_a_posting_or_of_a_transfer_of_another_even_at_the_same_time(
    operator: Scope, yard: Yard
) -> None:
    """One after the other the second is refused; so it is when neither has seen the other."""
    for account in (yard.stock, yard.other):
        # Known accounts: whoever makes a new one waits for others who make it.
        post(operator, single(yard.transfer(yard.origin, account, 1, Step.GENERATE)), now=yard.now)
    number = new_id(yard.now)
    as_posting = Posting(number, (yard.generate(1), yard.generate(2)))
    elsewhere = yard.transfer(yard.origin, yard.other, 3, Step.GENERATE, id=number)
    as_transfer = Posting(new_id(yard.now), (elsewhere,))
    with ThreadPoolExecutor(1) as pool:
        with session(operator):
            first = post(operator, as_posting, now=yard.now).outcome
            rival = pool.submit(all_at_once, [lambda: post(operator, as_transfer, now=yard.now)])
            # Either it waits for us, or it is done without having seen us.
            wait([rival], timeout=2)
        (second,) = rival.result(60)
    assert {first, second} == {"posted", "ledger.id-with-other-content"}
