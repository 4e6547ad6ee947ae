"""The menu shows what exists and what the role may enter, no more."""

import pytest
from django.urls import resolve

from wufei.runtime.access.core import Role, Scope
from wufei.web.navigation import address_of, current_place, is_current, menu


def scope(role):
    return Scope(1, 1, role, frozenset({1}), frozenset({1}) if role is Role.PRODUCER else frozenset())


def addresses(role):
    return [place.address for group in menu(scope(role)) for place in group.places]


@pytest.mark.parametrize("role", list(Role))
def test_every_entry_leads_to_a_page_that_exists(role):
    for address in addresses(role):
        assert resolve(address)


def test_the_public_sees_overview_indicators_and_plans_only():
    assert addresses(Role.PUBLIC) == ["/overview", "/indicators", "/plans"]


def test_a_producer_has_its_own_short_menu():
    assert addresses(Role.PRODUCER) == ["/", "/ledger", "/ledger/closings"]


@pytest.mark.parametrize("role", [Role.LEADER, Role.OFFICE, Role.CLERK, Role.AUDITOR])
def test_officials_see_records_beside_figures(role):
    settings = [] if role is Role.CLERK else ["/ledger/audit"]
    assert addresses(role) == ["/", "/overview", "/indicators", "/ledger", "/plans", *settings]


def test_an_entry_keeps_the_region_period_and_book_of_the_page():
    overview = menu(scope(Role.OFFICE))[0].places[1]
    params = {"region": "BDA", "period": "2018", "book": "published:bda-2020"}
    assert address_of(overview, params) == "/overview?region=BDA&period=2018&book=published%3Abda-2020"
    assert address_of(overview, {}) == "/overview"


def test_a_page_below_an_entry_marks_it_as_current():
    home, overview, *_ = menu(scope(Role.OFFICE))[0].places
    assert is_current(overview, "/overview")
    assert not is_current(home, "/overview")
    ledger = menu(scope(Role.OFFICE))[1].places[0]
    assert is_current(ledger, "/ledger/transfers/1")
    assert not is_current(ledger, "/ledgerdomain")


@pytest.mark.parametrize(
    ("role", "path", "address"),
    [
        (Role.OFFICE, "/ledger/transfers/1", "/ledger"),
        (Role.OFFICE, "/ledger/audit", "/ledger/audit"),
        (Role.OFFICE, "/ledger/closings/7", "/ledger/audit"),
        (Role.PRODUCER, "/ledger/closings/7", "/ledger/closings"),
        (Role.PRODUCER, "/ledger/accounts/7", "/ledger"),
    ],
)
def test_a_page_belongs_to_the_nearest_entry_alone(role, path, address):
    assert current_place(menu(scope(role)), path).address == address
