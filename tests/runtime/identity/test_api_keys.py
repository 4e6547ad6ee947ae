"""Programs come in by keys: for one membership, dated, revoked, narrowed to reading, never by guessing."""

from __future__ import annotations

import types
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError
from django.http import JsonResponse
from django.test import Client
from django.urls import path

from wufei.kernel.errors import InputError, NotFoundError
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import forbid_writing, session
from wufei.runtime.api.services import build_api
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.core.tokens import token_hash
from wufei.runtime.identity.models import ApiKey, User
from wufei.runtime.identity.queries import api_keys_of
from wufei.runtime.identity.services import (
    add_membership,
    create_api_key,
    end_membership,
    revoke_api_key,
)
from wufei.web import urls as site

ASKED = "/api/who"


def _who(request: Any) -> JsonResponse:
    """Say whose scope a request has, as an operation of a room would see it."""
    scope = request.scope
    return JsonResponse({"user": scope.user_id, "role": scope.role, "parties": sorted(scope.party_ids)})


api = build_api()
api.get("/who")(_who)
api.post("/who")(_who)
URLS = types.ModuleType("urls_of_key_tests")
URLS.urlpatterns = [path("api/", api.urls), *site.urlpatterns[1:]]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def urls(settings: Any) -> None:
    """The site with one operation more."""
    settings.ROOT_URLCONF = URLS


def _key(person: Any, **changed: Any) -> str:
    values = {
        "name": "ERP",
        "days": 30,
        "only_reading": True,
        "membership_id": person.membership_id,
        **changed,
    }
    return create_api_key(user_id=person.id, at=now(), **values)


def _asks(browser: Client, token: str, method: str = "get") -> Any:
    return getattr(browser, method)(ASKED, headers={"authorization": f"Bearer {token}"})


def test_a_key_is_kept_as_a_hash_and_shown_by_its_beginning(person_factory: Any) -> None:
    person = person_factory()
    token = _key(person)
    assert token.startswith("wf_")
    assert len(token) > 40
    (row,) = api_keys_of(person.id)
    assert (row.name, row.beginning) == ("ERP", token[:9])
    with session(Scope.operator()):
        kept = ApiKey.objects.get(id=row.id)
    assert kept.token_hash == token_hash(token)
    assert token not in str(vars(kept))


def test_a_key_has_the_scope_of_its_membership_only(
    person_factory: Any,
    browser: Client,
    region_factory: Callable[..., int],
    party_factory: Callable[..., int],
) -> None:
    person = person_factory("office")
    party_id = party_factory()
    producer = add_membership(
        user_id=person.id, role="producer", region_id=region_factory(), party_id=party_id
    )
    seen = _asks(browser, _key(person, membership_id=producer)).json()
    assert seen == {"user": person.id, "role": "producer", "parties": [party_id]}
    assert _asks(browser, _key(person)).json()["role"] == "office"
    assert browser.get(ASKED).json()["role"] == "public"


def test_a_key_opens_the_programming_interface_and_no_page(person_factory: Any, browser: Client) -> None:
    token = _key(person_factory())
    assert _asks(browser, token).status_code == 200
    page = browser.get("/account", headers={"authorization": f"Bearer {token}"})
    assert page.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("token", ["wf_nothing", "", "nothing", "wf_" + "x" * 43, "ключ"])
def test_a_key_that_nobody_made_is_refused(browser: Client, token: str) -> None:
    answer = _asks(browser, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "api.key-refused")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_ends_with_its_date(
    person_factory: Any, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = _key(person_factory(), days=1)
    monkeypatch.setenv("WUFEI_NOW", (now() + timedelta(days=1, seconds=1)).isoformat())
    assert _asks(browser, token).status_code == 401


def test_a_revoked_key_is_refused_and_stays_listed(person_factory: Any, browser: Client) -> None:
    person = person_factory()
    token = _key(person)
    (row,) = api_keys_of(person.id)
    revoke_api_key(user_id=person.id, key_id=row.id, at=now())
    assert _asks(browser, token).status_code == 401
    assert api_keys_of(person.id)[0].revoked_at is not None


def test_a_key_ends_with_its_membership_and_its_person(person_factory: Any, browser: Client) -> None:
    ended, gone = person_factory(), person_factory()
    tokens = [_key(ended), _key(gone)]
    end_membership(membership_id=ended.membership_id, last_on=today_on() - timedelta(days=1))
    User.objects.filter(id=gone.id).update(is_active=False)
    assert [_asks(browser, token).status_code for token in tokens] == [401, 401]


def test_thirty_wrong_keys_lock_the_address_and_no_other(
    person_factory: Any, browser_factory: Callable[[], Client]
) -> None:
    token, guessing = _key(person_factory()), browser_factory()
    assert [_asks(guessing, f"wf_{number}").status_code for number in range(30)] == [401] * 30
    locked = _asks(guessing, token)
    assert (locked.status_code, locked.json()["code"]) == (429, "api.keys-locked")
    assert int(locked.headers["Retry-After"]) > 0
    assert _asks(browser_factory(), token).status_code == 200


def test_a_key_that_only_reads_cannot_write(person_factory: Any, browser: Client) -> None:
    person = person_factory()
    answer = _asks(browser, _key(person), "post")
    assert (answer.status_code, answer.json()["code"]) == (403, "api.key-only-reads")
    writing = _asks(browser, _key(person, only_reading=False), "post")
    assert (writing.status_code, writing.json()["user"]) == (200, person.id)


def test_the_database_itself_refuses_what_a_reading_key_would_write(person_factory: Any) -> None:
    person = person_factory()

    def write() -> None:
        with session(Scope.public()):
            forbid_writing()
            User.objects.filter(id=person.id).update(display_name="x")

    with pytest.raises(InternalError, match="read-only transaction"):
        write()
    assert User.objects.get(id=person.id).display_name == "张三丰"


def test_a_key_needs_no_token_against_forged_forms(person_factory: Any) -> None:
    strict = Client(enforce_csrf_checks=True, REMOTE_ADDR="10.254.1.1")
    person = person_factory()
    assert _asks(strict, _key(person, only_reading=False), "post").status_code == 200
    strict.force_login(User.objects.get(id=person.id))
    assert strict.post(ASKED).status_code == 403


def test_its_last_use_is_noted(person_factory: Any, browser: Client) -> None:
    person = person_factory()
    _asks(browser, _key(person))
    assert api_keys_of(person.id)[0].last_used_at is not None


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_key_lasts_a_year_at_most(person_factory: Any, days: int) -> None:
    with pytest.raises(InputError) as caught:
        _key(person_factory(), days=days)
    assert caught.value.code == "identity.key-days"


def test_nobody_makes_a_key_for_the_membership_of_another_person(person_factory: Any) -> None:
    person, other = person_factory(), person_factory()
    with pytest.raises(NotFoundError):
        _key(person, membership_id=other.membership_id)


def test_nobody_revokes_the_key_of_another_person(
    person_factory: Any, sign_in: Callable[..., Client]
) -> None:
    person, other = person_factory(), person_factory()
    _key(person)
    (row,) = api_keys_of(person.id)
    assert sign_in(other).post("/account/keys/revoke", {"key": row.id}).status_code == 404
    assert api_keys_of(person.id)[0].revoked_at is None


def test_the_page_shows_a_new_key_once(person_factory: Any, sign_in: Callable[..., Client]) -> None:
    person = person_factory()
    browser = sign_in(person)
    entered = {"name": "每日上报", "days": "90", "membership_id": person.membership_id}
    page = browser.post("/account/keys", entered).content.decode()
    (row,) = api_keys_of(person.id)
    token = page.split('data-copy="')[1].split('"')[0]
    assert token.startswith(row.beginning)
    assert token not in browser.get("/account").content.decode()
    wrong = browser.post("/account/keys", {**entered, "days": "ninety"})
    assert wrong.status_code == 422
    assert "每日上报" in wrong.content.decode()
