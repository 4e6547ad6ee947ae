"""An officer or the head of a firm invites; the link is for one person and one use."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.core.granting import grantable_roles
from wufei.runtime.identity.core.kinds import PARTY_ROLES, Role
from wufei.runtime.identity.models import Invitation
from wufei.runtime.identity.queries import contact_of, find_user, memberships_of
from wufei.runtime.identity.services import Invited, accept_invitation, save_department
from wufei.runtime.people.queries import waiting
from wufei.runtime.people.services import invite, resend, withdraw

PASSWORD = "seven green kettles sing"


def _invited(**changed: Any) -> Invited:
    values = {
        "display_name": "李四光",
        "phone": "138 0000 5678",
        "email": "",
        "role": "clerk",
        "region_id": 0,
    }
    return Invited(**{**values, **changed})


def _invite(scope: Scope, **changed: Any) -> str:
    with session(scope):
        return invite(scope, invited=_invited(**changed), at=now())


def _name() -> str:
    return f"li-{uuid.uuid4().hex[:10]}"


def _accept(token: str, username: str) -> int:
    return accept_invitation(token=token, username=username, password=PASSWORD, at=now())


def test_an_invited_person_comes_in_with_the_role_the_place_and_the_phone(
    person_factory: Any, browser_factory: Callable[[], Client]
) -> None:
    office, username, browser = person_factory("office"), _name(), browser_factory()
    token = _invite(office.scope, region_id=office.region_id, valid_to=date(2099, 1, 1))
    page = browser.get(f"/join/{token}").content.decode()
    assert "李四光" in page
    assert "部门经办" in page
    answer = browser.post(
        "/join", {"token": token, "username": username, "new_password": PASSWORD, "repeated": PASSWORD}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    user = find_user(username)
    (held,) = memberships_of(user.id, on=today_on())
    assert (held.role, held.region.id) == (Role.CLERK, office.region_id)
    assert memberships_of(user.id, on=date(2099, 1, 1)) == []
    assert contact_of(user.id).phone == "13800005678"
    assert username in browser.get("/account").content.decode()


def test_a_link_is_good_for_once(person_factory: Any) -> None:
    office = person_factory("office")
    token = _invite(office.scope, region_id=office.region_id)
    _accept(token, _name())
    with pytest.raises(NotFoundError):
        _accept(token, _name())


def test_a_link_is_good_for_seven_days(person_factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    office = person_factory("office")
    token = _invite(office.scope, region_id=office.region_id)
    monkeypatch.setenv("WUFEI_NOW", (now() + timedelta(days=7)).isoformat())
    with pytest.raises(NotFoundError):
        _accept(token, _name())


def test_a_used_link_remembers_neither_phone_nor_token(person_factory: Any) -> None:
    office = person_factory("office")
    token = _invite(office.scope, region_id=office.region_id)
    user_id = _accept(token, _name())
    with session(Scope.operator()):
        row = Invitation.objects.get(user_id=user_id)
    assert (row.phone, row.email) == ("", "")
    assert token not in str(vars(row))


def test_a_new_link_voids_the_old_one_and_withdrawing_voids_both(person_factory: Any) -> None:
    office = person_factory("office")
    old = _invite(office.scope, region_id=office.region_id)
    with session(office.scope):
        (row,) = waiting(office.scope)
        new = resend(office.scope, invitation_id=row.id, at=now())
    with pytest.raises(NotFoundError):
        _accept(old, _name())
    with session(office.scope):
        withdraw(office.scope, invitation_id=row.id, at=now())
        assert waiting(office.scope) == []
    with pytest.raises(NotFoundError):
        _accept(new, _name())


def test_an_office_invites_in_its_region_and_not_elsewhere(person_factory: Any, region_factory: Any) -> None:
    office = person_factory("office")
    with pytest.raises(AccessError):
        _invite(office.scope, region_id=region_factory())


def test_an_office_invites_for_a_firm_of_its_region_and_for_no_other(
    person_factory: Any, party_factory: Any
) -> None:
    office = person_factory("office")
    own, other = party_factory(region_id=office.region_id), party_factory()
    token = _invite(office.scope, role="producer", party_id=own)
    (held,) = memberships_of(_accept(token, _name()), on=today_on())
    assert held.party is not None
    assert (held.party.id, held.region.id) == (own, office.region_id)
    with pytest.raises(AccessError):
        _invite(office.scope, role="producer", party_id=other)


def test_the_head_of_a_firm_invites_its_own_people_only(person_factory: Any, party_factory: Any) -> None:
    firm, other = party_factory(), party_factory()
    head = person_factory("producer", party_id=firm)
    (held,) = memberships_of(_accept(_invite(head.scope, role="gate", party_id=firm), _name()), on=today_on())
    assert held.role is Role.GATE
    with pytest.raises(AccessError):
        _invite(head.scope, role="gate", party_id=other)
    for role in ("office", "leader", "receiver", "agent", "operator", "public", "nobody"):
        with pytest.raises(InputError) as caught:
            _invite(head.scope, role=role, party_id=firm, region_id=head.region_id)
        assert caught.value.code == "people.role"


@pytest.mark.parametrize("role", ["leader", "clerk", "auditor", "gate", "driver", "agent"])
def test_who_looks_after_nobody_invites_nobody(person_factory: Any, party_factory: Any, role: str) -> None:
    person = person_factory(role, party_id=party_factory() if role in PARTY_ROLES else None)
    with pytest.raises(AccessError):
        _invite(person.scope, region_id=person.region_id)


def test_only_the_operator_gives_what_an_office_gives() -> None:
    assert Role.OPERATOR not in grantable_roles(Role.OPERATOR)
    assert set(grantable_roles(Role.OFFICE)) == set(grantable_roles(Role.OPERATOR))
    for role in PARTY_ROLES:
        assert set(grantable_roles(role)) <= PARTY_ROLES
    assert grantable_roles(Role.CLERK) == ()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"phone": ""}, "identity.contact"),
        ({"phone": "no phone"}, "identity.phone"),
        ({"email": "at home"}, "identity.email"),
        ({"display_name": " "}, "identity.name"),
        ({"valid_from": date(2026, 3, 2), "valid_to": date(2026, 3, 2)}, "identity.dates"),
        ({"role": "producer"}, "people.place"),
    ],
)
def test_what_cannot_be_is_refused(person_factory: Any, changed: dict[str, Any], code: str) -> None:
    office = person_factory("office")
    with pytest.raises(InputError) as caught:
        _invite(office.scope, **{"region_id": office.region_id, **changed})
    assert caught.value.code == code


@pytest.mark.parametrize("username", ["", "two words", "x" * 65, "a/b", "<b>"])
def test_an_unfit_user_name_is_refused_and_the_link_stays_good(person_factory: Any, username: str) -> None:
    office = person_factory("office")
    token = _invite(office.scope, region_id=office.region_id)
    with pytest.raises(InputError) as caught:
        _accept(token, username)
    assert caught.value.code == "identity.username"
    assert _accept(token, _name()) > 0


def test_a_name_that_is_taken_is_said_so_and_nothing_typed_is_lost(
    person_factory: Any, browser_factory: Callable[[], Client]
) -> None:
    office = person_factory("office")
    token = _invite(office.scope, region_id=office.region_id)
    answer = browser_factory().post(
        "/join",
        {"token": token, "username": office.username.upper(), "new_password": PASSWORD, "repeated": PASSWORD},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "已有人使用" in page
    assert office.username.upper() in page


def test_who_has_an_account_takes_a_second_membership_with_it(
    person_factory: Any, sign_in: Callable[[Any], Client]
) -> None:
    office, clerk = person_factory("office"), person_factory("clerk")
    token = _invite(office.scope, region_id=office.region_id, role="reviewer")
    browser = sign_in(clerk)
    assert "加入当前账号" in browser.get(f"/join/{token}").content.decode()
    assert browser.post("/join", {"token": token, "way": "present"}).headers["Location"] == "/"
    assert [held.role for held in memberships_of(clerk.id, on=today_on())] == [Role.CLERK, Role.REVIEWER]
    again = _invite(office.scope, region_id=office.region_id, role="reviewer")
    assert browser.post("/join", {"token": again, "way": "present"}).status_code == 409


def test_links_that_nobody_made_are_refused_and_lock_the_address(
    person_factory: Any, browser_factory: Callable[[], Client]
) -> None:
    office, guessing = person_factory("office"), browser_factory()
    token = _invite(office.scope, region_id=office.region_id)
    assert [guessing.get(f"/join/{number}").status_code for number in range(30)] == [404] * 30
    assert guessing.get(f"/join/{token}").status_code == 429
    assert browser_factory().get(f"/join/{token}").status_code == 200


def test_the_pages_make_show_renew_and_withdraw_a_link(
    person_factory: Any, sign_in: Callable[[Any], Client]
) -> None:
    office = person_factory("office")
    browser = sign_in(office)
    entered = {"display_name": "王五", "phone": "13900001111", "role": "clerk", "region_id": office.region_id}
    page = browser.post("/people/invite", entered).content.decode()
    assert "/join/" in page
    assert "王五" in browser.get("/people").content.decode()
    with session(office.scope):
        (row,) = waiting(office.scope)
    assert "/join/" in browser.post(f"/people/links/{row.id}/resend").content.decode()
    browser.post(f"/people/links/{row.id}/withdraw")
    assert "王五" not in browser.get("/people").content.decode()
    wrong = browser.post("/people/invite", {**entered, "phone": "none"})
    assert wrong.status_code == 422
    assert "王五" in wrong.content.decode()


def test_nobody_renews_or_withdraws_the_link_of_another_region(person_factory: Any) -> None:
    office, other = person_factory("office"), person_factory("office")
    _invite(office.scope, region_id=office.region_id)
    with session(office.scope):
        (row,) = waiting(office.scope)
    with session(other.scope):
        assert waiting(other.scope) == []
        with pytest.raises(NotFoundError):
            resend(other.scope, invitation_id=row.id, at=now())
        with pytest.raises(NotFoundError):
            withdraw(other.scope, invitation_id=row.id, at=now())


def test_among_many_firms_one_is_named_by_its_code_or_name(
    person_factory: Any, party_factory: Any, sign_in: Callable[[Any], Client]
) -> None:
    office = person_factory("office")
    keys = [f"firm-{uuid.uuid4().hex[:12]}" for _ in range(101)]
    made = [party_factory(region_id=office.region_id, key=key) for key in keys]
    browser = sign_in(office)
    assert 'name="party"' in browser.get("/people/invite").content.decode()
    entered = {"display_name": "王五", "phone": "13900001111", "role": "producer"}
    assert "/join/" in browser.post("/people/invite", {**entered, "party": keys[3]}).content.decode()
    with session(office.scope):
        assert [row.party_id for row in waiting(office.scope)] == [made[3]]
    answer = browser.post("/people/invite", {**entered, "party": "no such firm"})
    assert answer.status_code == 422
    assert "no such firm" in answer.content.decode()


def test_a_clerk_is_invited_into_a_department_of_the_region_and_no_other(
    person_factory: Any, region_factory: Any, sign_in: Callable[[Any], Client]
) -> None:
    office = person_factory("office")
    own, other = (
        save_department(key=_name(), name=Text("生态环境局", "Environment"), region_id=region_id)
        for region_id in (office.region_id, region_factory())
    )
    page = sign_in(office).get("/people/invite").content.decode()
    shown = page.split('id="department_id"')[1].split("</select>")[0]
    assert f'<option value="{own}"' in shown
    assert f'<option value="{other}"' not in shown
    token = _invite(office.scope, region_id=office.region_id, department_id=own)
    (held,) = memberships_of(_accept(token, _name()), on=today_on())
    assert held.department is not None
    assert held.department.id == own
    with pytest.raises(InputError) as caught:
        _invite(office.scope, region_id=office.region_id, department_id=other)
    assert caught.value.code == "people.department"


def test_the_language_of_a_page_that_answers_a_form_leads_back_to_the_form(
    person_factory: Any, browser_factory: Callable[[], Client]
) -> None:
    office, browser = person_factory("office"), browser_factory()
    form = f"http://testserver/join/{_invite(office.scope, region_id=office.region_id)}"
    wrong = {
        "token": form.rpartition("/")[2],
        "username": _name(),
        "new_password": "short",
        "repeated": "short",
    }
    page = browser.post("/join", wrong, headers={"referer": form}).content.decode()
    assert f'name="next" value="{form}"' in page
    answer = browser.post("/language", {"language": "en", "next": form})
    assert answer.headers["Location"] == form
    assert "Accept the invitation" in browser.get(form).content.decode()
