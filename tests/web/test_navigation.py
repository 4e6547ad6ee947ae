"""The menu shows what exists and what the role may enter, no more."""

import re

import pytest
from django.urls import resolve

from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.routes import admits, routes
from wufei.web.navigation import address_of, current_place, is_current, menu


def scope(role):
    return Scope(1, 1, role, frozenset({1}), frozenset({1}) if role is Role.PRODUCER else frozenset())


def addresses(role, own_key="works"):
    return [place.address for group in menu(scope(role), own_key) for place in group.places]


@pytest.mark.parametrize("role", list(Role))
def test_every_entry_leads_to_a_page_that_exists(role):
    for address in addresses(role):
        assert resolve(address)


def test_the_public_sees_what_is_published_and_may_check_a_paper():
    assert addresses(Role.PUBLIC) == [
        *("/overview", "/indicators", "/plans"),
        *("/catalogue/find", "/check", "/register"),
    ]


def test_a_producer_has_its_own_short_menu():
    work = ["/", "/ledger", "/forms", "/review", "/registry/parties/works", "/catalogue/find"]
    assert addresses(Role.PRODUCER) == [*work, "/cases", "/ledger/closings", "/mandates", "/people"]


def test_who_works_on_the_spot_sees_no_settings_and_an_agent_only_the_mandates_it_holds():
    assert addresses(Role.DRIVER) == ["/", "/ledger", "/forms", "/review", "/catalogue/find"]
    assert addresses(Role.AGENT) == ["/", "/ledger", "/forms", "/review", "/catalogue/find", "/mandates"]
    assert addresses(Role.CARRIER)[-1:] == ["/people"]


def test_without_a_party_there_is_no_file_of_ones_own():
    assert "/registry/parties/" not in "".join(addresses(Role.PRODUCER, own_key=""))


@pytest.mark.parametrize(
    ("role", "work", "settings"),
    [
        (Role.LEADER, ["/review"], ["/ledger/audit", "/settings/audit-log"]),
        (
            Role.OFFICE,
            ["/forms", "/review", "/plans/eia", "/registry/applications"],
            ["/ledger/audit", "/people", "/settings/audit-log", "/mandates"],
        ),
        (Role.CLERK, ["/forms", "/review"], []),
        (Role.AUDITOR, ["/review"], ["/ledger/audit", "/settings/audit-log"]),
    ],
)
def test_officials_see_records_beside_figures(role, work, settings):
    records = ["/ledger", "/registry", "/catalogue", "/catalogue/find"]
    programme = ["/plans", "/tasks", "/assessment", "/reports", "/cases"]
    assert addresses(role) == ["/", "/overview", "/indicators", *records, *work, *programme, *settings]


@pytest.mark.parametrize("role", list(Role))
def test_every_entry_is_stated_open_to_the_roles_that_see_it(role):
    pages = {f"/{route.pattern}": route.access for route in routes()}
    for address in addresses(role):
        pattern = re.sub(r"parties/works$", "parties/<str:party_key>", address)
        assert admits(scope(role), pages[pattern]), address


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
        (Role.OFFICE, "/catalogue/find", "/catalogue/find"),
        (Role.OFFICE, "/catalogue/items/900-041-49", "/catalogue"),
        (Role.CLERK, "/entries/1", "/forms"),
        (Role.OFFICE, "/ledger/closings/7", "/ledger/audit"),
        (Role.PRODUCER, "/ledger/closings/7", "/ledger/closings"),
        (Role.PRODUCER, "/ledger/accounts/7", "/ledger"),
    ],
)
def test_a_page_belongs_to_the_nearest_entry_alone(role, path, address):
    assert current_place(menu(scope(role), "works"), path).address == address
