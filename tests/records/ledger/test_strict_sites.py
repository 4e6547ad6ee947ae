"""Whether a stock may go below zero follows the register of sites, also after the stock was made."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections

from wufei.kernel.errors import ConflictError, ExternalError
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Step, single
from wufei.records.ledger.services import post
from wufei.records.registry.services import save_site
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

Yard = Any
Save = Callable[[bool], int]


@pytest.fixture
def save(operator: Scope, yard: Yard) -> Save:
    """Save the one site of this test, strict or not."""

    def run(strict: bool) -> int:
        return save_site(
            operator,
            key=f"site-{yard.holder_id}-{yard.book[-12:]}",
            name=Text("场", "Yard"),
            party_id=yard.holder_id,
            region_id=yard.region_id,
            strict=strict,
        )

    return run


def stock_on(yard: Yard, site: int) -> AccountKey:
    return replace(yard.stock, site_id=site)


def take(scope: Scope, yard: Yard, site: int, grams: int = 5) -> tuple[str, list[str]]:
    receipt = post(
        scope, single(yard.transfer(stock_on(yard, site), yard.used, grams, Step.USE)), now=yard.now
    )
    return receipt.outcome, [found.code.removeprefix("ledger.") for found in receipt.findings]


def bring(scope: Scope, yard: Yard, site: int, grams: int) -> str:
    made = yard.transfer(yard.origin, stock_on(yard, site), grams, Step.GENERATE)
    return post(scope, single(made), now=yard.now).outcome


def test_a_site_that_becomes_tolerant_or_strict_takes_its_stocks_along(
    operator: Scope, yard: Yard, save: Save
) -> None:
    site = save(True)
    assert bring(operator, yard, site, 1) == "posted"
    assert take(operator, yard, site) == ("refused", ["stock-below-zero"])
    assert save(False) == site
    assert take(operator, yard, site) == ("posted", ["tolerant-stock-below-zero"])
    assert bring(operator, yard, site, 10) == "posted"
    assert save(True) == site
    assert take(operator, yard, site, 7) == ("refused", ["stock-below-zero"])
    assert take(operator, yard, site, 6) == ("posted", [])


def test_stocks_on_no_site_and_on_other_sites_stay_strict(operator: Scope, yard: Yard, save: Save) -> None:
    site = save(True)
    assert bring(operator, yard, site, 1) == "posted"
    post(operator, single(yard.generate(1)), now=yard.now)
    save(False)
    assert post(operator, single(yard.use(5)), now=yard.now).outcome == "refused"


def test_a_site_with_a_stock_below_zero_does_not_become_strict(
    operator: Scope, yard: Yard, save: Save
) -> None:
    site = save(False)
    assert take(operator, yard, site)[0] == "posted"
    with pytest.raises(ConflictError, match="below zero") as refused:
        save(True)
    assert refused.value.code == "registry.site-below-zero"
    # The site has stayed as it was, and a save that changes nothing of it is not refused.
    assert save(False) == site
    assert take(operator, yard, site)[0] == "posted"


def test_a_change_waits_for_who_writes_and_gives_up_in_time(operator: Scope, yard: Yard, save: Save) -> None:
    site = save(True)

    with ThreadPoolExecutor(1) as pool:
        with session(operator):
            # The stock is new: its balance is made while the site is changed.
            assert bring(operator, yard, site, 1) == "posted"
            waiting = pool.submit(_outcome, lambda: save(False))
            assert not wait([waiting], timeout=0.5).done
        assert waiting.result(30) == "saved"
        assert take(operator, yard, site) == ("posted", ["tolerant-stock-below-zero"])
        with session(operator):
            assert bring(operator, yard, site, 9) == "posted"
            save_again = pool.submit(_outcome, lambda: save(True))
            assert save_again.result(30) == "registry.busy"


def _outcome(call: Callable[[], object]) -> str:
    try:
        call()
    except (ConflictError, ExternalError) as error:
        return error.code
    finally:
        connections.close_all()
    return "saved"


def test_the_wrong_person_changes_neither_site_nor_stock(operator: Scope, yard: Yard, save: Save) -> None:
    site = save(True)
    assert bring(operator, yard, site, 1) == "posted"
    stranger = Scope(9, 1, Role.CLERK, region_ids=frozenset({10**9}))
    with session(stranger), connections["default"].cursor() as cursor:
        cursor.execute("UPDATE registry_site SET strict = false WHERE id = %s", [site])
        assert cursor.rowcount == 0
    assert take(operator, yard, site) == ("refused", ["stock-below-zero"])
    with session(operator):
        (row,) = (
            one
            for one in queries.accounts(operator, book=yard.book, region_id=yard.region_id, limit=9).rows
            if one.key.kind is Kind.STOCK
        )
    assert row.balance_g == 1
