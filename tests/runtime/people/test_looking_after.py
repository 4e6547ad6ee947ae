"""The list of people, ending memberships, resetting passwords: within reach, and never beyond it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from wufei.cli import build_app
from wufei.kernel.errors import AccessError, ConflictError, NotFoundError
from wufei.runtime.access.core import Scope
from wufei.runtime.access.core.masking import mask_email, mask_phone
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.core.totp import STEP_S, hotp, step_at
from wufei.runtime.identity.queries import api_keys_of, find_lock, has_second_factor, memberships_of
from wufei.runtime.identity.services import (
    accept_invitation,
    add_membership,
    begin_second_factor,
    confirm_second_factor,
    create_api_key,
    note_failure,
    save_contact,
)
from wufei.runtime.people.queries import one_person, people, waiting
from wufei.runtime.people.services import end, resend, reset, unlock

NEW = "seven green kettles sing"


def _names(scope: Scope, **asked: Any) -> set[str]:
    with session(scope):
        return {row.member.username for row in people(scope, on=today_on(), **asked).rows}


def test_an_office_lists_the_people_of_its_region_and_no_others(person_factory: Any) -> None:
    office = person_factory("office")
    clerk, other = person_factory("clerk", region_id=office.region_id), person_factory("clerk")
    found = _names(office.scope)
    assert {office.username, clerk.username} <= found
    assert other.username not in found


def test_the_head_of_a_firm_lists_its_own_people(person_factory: Any, party_factory: Any) -> None:
    firm = party_factory()
    head, guard = person_factory("producer", party_id=firm), person_factory("gate", party_id=firm)
    person_factory("producer", party_id=party_factory())
    assert _names(head.scope) == {head.username, guard.username}


@pytest.mark.parametrize("role", ["leader", "clerk", "auditor", "observer"])
def test_who_looks_after_nobody_gets_no_list(
    person_factory: Any, sign_in: Callable[[Any], Client], role: str
) -> None:
    person = person_factory(role)
    with session(person.scope), pytest.raises(AccessError):
        people(person.scope, on=today_on())
    assert sign_in(person).get("/people").status_code == 403


def test_a_visitor_is_led_to_the_sign_in(browser_factory: Callable[[], Client]) -> None:
    assert browser_factory().get("/people").headers["Location"] == "/sign-in?next=%2Fpeople"


def test_the_list_is_filtered_and_goes_on_page_by_page(person_factory: Any) -> None:
    office = person_factory("office")
    made = {person_factory("clerk", region_id=office.region_id).username for _ in range(55)}
    assert _names(office.scope, text=min(made)[:-2]) >= {min(made)}
    assert _names(office.scope, role="office") == {office.username}
    with session(office.scope):
        first = people(office.scope, on=today_on())
        second = people(office.scope, on=today_on(), after=first.after)
    assert len(first.rows) == 50
    assert second.after == ""
    seen = [row.member.username for row in (*first.rows, *second.rows)]
    assert sorted(seen) == sorted({*made, office.username})


def test_phones_and_addresses_are_masked(person_factory: Any, sign_in: Callable[[Any], Client]) -> None:
    office = person_factory("office")
    clerk = person_factory("clerk", region_id=office.region_id)
    save_contact(user_id=clerk.id, phone="13812345678", email="li@example.cn")
    with session(office.scope):
        row = one_person(office.scope, clerk.membership_id)
    assert (row.phone, row.email) == ("138****5678", "l***@example.cn")
    assert "13812345678" not in sign_in(office).get("/people").content.decode()
    assert (mask_phone("12345"), mask_phone(""), mask_email("")) == ("***45", "", "")


def test_a_membership_ends_after_its_last_day(person_factory: Any) -> None:
    office = person_factory("office")
    clerk = person_factory("clerk", region_id=office.region_id)
    with session(office.scope):
        end(office.scope, membership_id=clerk.membership_id, last_on=today_on())
    assert len(memberships_of(clerk.id, on=today_on())) == 1
    assert memberships_of(clerk.id, on=today_on() + timedelta(days=1)) == []


def test_nobody_ends_their_own_or_one_beyond_reach(person_factory: Any, party_factory: Any) -> None:
    office, other = person_factory("office"), person_factory("clerk")
    with session(office.scope):
        with pytest.raises(ConflictError):
            end(office.scope, membership_id=office.membership_id, last_on=today_on())
        with pytest.raises(NotFoundError):
            end(office.scope, membership_id=other.membership_id, last_on=today_on())
    firm = party_factory(region_id=office.region_id)
    head = person_factory("producer", party_id=firm, region_id=office.region_id)
    agent = person_factory("agent", party_id=firm, region_id=office.region_id)
    with session(head.scope), pytest.raises(AccessError):
        end(head.scope, membership_id=agent.membership_id, last_on=today_on())


def test_a_reset_voids_password_sessions_and_keys_and_its_link_sets_a_new_one(
    person_factory: Any, sign_in: Callable[[Any], Client], browser_factory: Callable[[], Client]
) -> None:
    office = person_factory("office")
    clerk = person_factory("clerk", region_id=office.region_id)
    there = sign_in(clerk)
    create_api_key(
        user_id=clerk.id, membership_id=clerk.membership_id, name="k", days=9, only_reading=True, at=now()
    )
    page = sign_in(office).post(f"/people/{clerk.membership_id}/reset").content.decode()
    token = page.split("/join/")[1].split('"')[0].split("<")[0]
    assert there.get("/account").status_code == 302
    assert api_keys_of(clerk.id)[0].revoked_at is not None
    browser = browser_factory()
    old = browser.post("/sign-in", {"username": clerk.username, "password": "correct horse battery"})
    assert old.status_code == 422
    browser.post("/join", {"token": token, "new_password": NEW, "repeated": NEW})
    assert clerk.username in browser.get("/account").content.decode()
    assert browser_factory().get(f"/join/{token}").status_code == 404


def test_the_second_factor_stays_unless_the_phone_is_lost_too(person_factory: Any) -> None:
    office = person_factory("office")
    clerk = person_factory("clerk", region_id=office.region_id)
    secret, before = begin_second_factor(user_id=clerk.id), now() - timedelta(seconds=STEP_S)
    confirm_second_factor(user_id=clerk.id, code=hotp(secret, step_at(before)), at=now())
    for drops in (False, True):
        with session(office.scope):
            token = reset(
                office.scope, membership_id=clerk.membership_id, drops_second_factor=drops, at=now()
            )
        accept_invitation(token=token, username="", password=NEW, at=now())
        assert has_second_factor(clerk.id) is not drops


def test_the_head_of_a_firm_cannot_reset_who_is_an_officer_too(
    person_factory: Any, party_factory: Any, sign_in: Callable[[Any], Client]
) -> None:
    firm = party_factory()
    head, guard = person_factory("producer", party_id=firm), person_factory("gate", party_id=firm)
    add_membership(user_id=guard.id, role="office", region_id=guard.region_id)
    with session(head.scope), pytest.raises(AccessError):
        reset(head.scope, membership_id=guard.membership_id, drops_second_factor=False, at=now())
    browser = sign_in(head)
    assert "管辖之外的身份" in browser.get(f"/people/{guard.membership_id}").content.decode()
    assert browser.post(f"/people/{guard.membership_id}/reset").status_code == 403
    assert sign_in(guard).get("/account").status_code == 200


def test_a_reset_link_of_an_officer_is_not_renewed_by_the_head_of_a_firm(
    person_factory: Any, party_factory: Any
) -> None:
    firm = party_factory()
    head, guard = person_factory("producer", party_id=firm), person_factory("gate", party_id=firm)
    add_membership(user_id=guard.id, role="office", region_id=guard.region_id)
    operator = Scope.operator()
    with session(operator):
        reset(operator, membership_id=guard.membership_id, drops_second_factor=True, at=now())
    with session(head.scope):
        (row,) = waiting(head.scope)
        with pytest.raises(AccessError):
            resend(head.scope, invitation_id=row.id, at=now())


def test_an_office_cannot_reset_who_works_elsewhere_too(person_factory: Any, region_factory: Any) -> None:
    office = person_factory("office")
    clerk = person_factory("clerk", region_id=office.region_id)
    add_membership(user_id=clerk.id, role="clerk", region_id=region_factory())
    with session(office.scope), pytest.raises(AccessError):
        reset(office.scope, membership_id=clerk.membership_id, drops_second_factor=False, at=now())


def test_an_unlocked_account_can_sign_in_at_once(person_factory: Any) -> None:
    office = person_factory("office")
    clerk = person_factory("clerk", region_id=office.region_id)
    for _ in range(5):
        note_failure(username=clerk.username, address="10.9.9.9", at=now())
    assert find_lock(username=clerk.username, address="10.9.9.8", at=now()) is not None
    with session(office.scope):
        unlock(office.scope, membership_id=clerk.membership_id)
    assert find_lock(username=clerk.username, address="10.9.9.8", at=now()) is None


def test_the_pages_unlock_and_end(person_factory: Any, sign_in: Callable[[Any], Client]) -> None:
    office = person_factory("office")
    clerk = person_factory("clerk", region_id=office.region_id)
    browser, page = sign_in(office), f"/people/{clerk.membership_id}"
    assert "已解除锁定" in browser.post(f"{page}/unlock").content.decode()
    assert browser.post(f"{page}/end", {"last_on": "yesterday"}).status_code == 422
    yesterday = today_on() - timedelta(days=1)
    assert browser.post(f"{page}/end", {"last_on": yesterday.isoformat()}).status_code == 302
    assert clerk.username not in browser.get("/people").content.decode()
    assert clerk.username in browser.get("/people?ended=yes").content.decode()


def test_the_operator_invites_lists_and_resets_on_the_command_line(
    person_factory: Any, browser_factory: Callable[[], Client]
) -> None:
    office = person_factory("office")
    run = CliRunner()
    listed = run.invoke(build_app(), ["people", "list", office.username, "--json"])
    assert [row["role"] for row in json.loads(listed.output)] == ["office"]
    made = run.invoke(build_app(), ["people", "reset", office.username, "--site", "https://w.example/"])
    address = made.stdout.strip().splitlines()[0]
    assert address.startswith("https://w.example/join/")
    answer = browser_factory().post(
        "/join", {"token": address.rpartition("/")[2], "new_password": NEW, "repeated": NEW}
    )
    assert answer.status_code == 302
    (held,) = memberships_of(office.id, on=today_on())
    invited = run.invoke(
        build_app(),
        [
            "people",
            "invite",
            "赵六",
            "--role",
            "office",
            "--region",
            held.region.key,
            "--phone",
            "13700001111",
        ],
    )
    assert "/join/" in invited.stdout
    unknown = run.invoke(build_app(), ["people", "reset", "nobody-at-all"])
    assert isinstance(unknown.exception, NotFoundError)
