"""Signing in and out, switching memberships and languages in the browser."""

from __future__ import annotations

import types
import uuid
from collections.abc import Callable

import pytest
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import include, path

from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.identity.services import add_membership, create_user


def _who(request: HttpRequest) -> JsonResponse:
    assert isinstance(request, HttpRequest)
    scoped: ScopedRequest = request  # type: ignore[assignment]
    return JsonResponse(
        {
            "user": scoped.scope.user_id,
            "role": scoped.scope.role,
            "regions": sorted(scoped.scope.region_ids),
            "parties": sorted(scoped.scope.party_ids),
            "memberships": [row.id for row in scoped.memberships],
            "language": scoped.scope.language,
        }
    )


URLS = types.ModuleType("urls_of_sign_in_tests")
URLS.urlpatterns = [  # type: ignore[attr-defined]
    path("who", _who, name="who"),
    path("", include("wufei.runtime.identity.urls")),
    path("overview", _who, name="overview"),
]
URLS.ACCESS = {"who": "open", "overview": "open"}  # type: ignore[attr-defined]


RIGHT = "right"


@pytest.fixture
def browser(db: None, settings: object) -> Client:
    settings.ROOT_URLCONF = URLS  # type: ignore[attr-defined]
    address = f"10.{uuid.uuid4().int % 250}.{uuid.uuid4().int % 250}.{uuid.uuid4().int % 250}"
    return Client(REMOTE_ADDR=address)


@pytest.fixture
def username(db: None) -> str:
    name = f"person-{uuid.uuid4().hex[:12]}"
    create_user(username=name, password="right", language="en")
    return name


def _sign_in(browser: Client, username: str, password: str = RIGHT) -> int:
    return browser.post("/sign-in", {"username": username, "password": password}).status_code


def test_a_visitor_has_the_scope_of_the_public(browser: Client) -> None:
    seen = browser.get("/who").json()
    assert (seen["user"], seen["role"], seen["regions"]) == (None, "public", [])


def test_a_person_signs_in_and_goes_where_they_wanted(browser: Client, username: str) -> None:
    answer = browser.post("/sign-in", {"username": username, "password": "right", "next": "/who?x=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/who?x=1")
    assert browser.get("/who").json()["user"] is not None


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_nobody_is_sent_to_another_site_after_signing_in(
    browser: Client, username: str, elsewhere: str
) -> None:
    answer = browser.post("/sign-in", {"username": username, "password": "right", "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_shows_the_form_again_with_the_name_kept(browser: Client, username: str) -> None:
    answer = browser.post("/sign-in", {"username": username, "password": "wrong"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert username in page
    assert "用户名或口令不正确" in page
    assert browser.get("/who").json()["user"] is None


def test_five_failures_lock_the_account_even_with_the_right_password(browser: Client, username: str) -> None:
    assert [_sign_in(browser, username, "wrong") for _ in range(5)] == [422] * 5
    assert _sign_in(browser, username) == 429
    assert browser.get("/who").json()["user"] is None


def test_a_lock_of_one_account_leaves_others_free(browser: Client, username: str) -> None:
    other = f"{username}-2"
    create_user(username=other, password="right")
    for _ in range(5):
        _sign_in(browser, username, "wrong")
    assert _sign_in(browser, other) == 302


def test_many_accounts_tried_from_one_address_lock_the_address(browser: Client, username: str) -> None:
    for number in range(30):
        _sign_in(browser, f"guess-{username}-{number}", "wrong")
    assert _sign_in(browser, username) == 429
    assert _sign_in(Client(REMOTE_ADDR="127.0.0.1"), username) == 302


def test_signing_in_forgets_earlier_slips(browser: Client, username: str) -> None:
    for _ in range(4):
        _sign_in(browser, username, "wrong")
    assert _sign_in(browser, username) == 302
    assert [_sign_in(browser, username, "wrong") for _ in range(4)] == [422] * 4
    assert _sign_in(browser, username) == 302


def test_the_page_of_a_person_is_in_their_language(browser: Client, username: str) -> None:
    _sign_in(browser, username)
    assert browser.get("/who").json()["language"] == "en"


def test_a_language_chosen_before_signing_in_is_kept(browser: Client, username: str) -> None:
    browser.post("/language", {"language": "zh-hans", "next": "/sign-in"})
    browser.post("/sign-in", {"username": username, "password": "right"})
    assert browser.get("/who").json()["language"] == "zh-hans"


def test_the_browsers_wish_does_not_change_the_language(browser: Client) -> None:
    answer = browser.get("/who", headers={"accept-language": "en-GB"})
    assert answer.json()["language"] == "zh-hans"
    assert answer.headers["Content-Language"] == "zh-hans"


def test_a_chosen_language_stays(browser: Client) -> None:
    assert browser.post("/language", {"language": "en", "next": "/who"}).status_code == 302
    assert browser.get("/who").json()["language"] == "en"


def test_an_unknown_language_is_refused(browser: Client) -> None:
    assert browser.post("/language", {"language": "fr"}).status_code == 422


def test_signing_out_ends_the_session(browser: Client, username: str) -> None:
    _sign_in(browser, username)
    assert browser.get("/sign-out").status_code == 405
    browser.post("/sign-out")
    assert browser.get("/who").json()["user"] is None


def test_a_person_switches_between_memberships(
    browser: Client, region_factory: Callable[..., int], party_factory: Callable[..., int]
) -> None:
    name, region_id = f"person-{uuid.uuid4().hex[:12]}", region_factory()
    user_id, party_id = create_user(username=name, password="right"), party_factory(region_id=region_id)
    office = add_membership(user_id=user_id, role="office", region_id=region_id)
    producer = add_membership(user_id=user_id, role="producer", region_id=region_id, party_id=party_id)
    _sign_in(browser, name)
    first = browser.get("/who").json()
    assert (first["role"], first["regions"], first["parties"]) == ("office", [region_id], [])
    browser.post("/switch-membership", {"membership_id": producer})
    second = browser.get("/who").json()
    assert (second["role"], second["regions"], second["parties"]) == ("producer", [], [party_id])
    assert second["memberships"] == [office, producer]


def test_a_membership_of_somebody_else_cannot_be_taken(
    browser: Client, username: str, region_factory: Callable[..., int]
) -> None:
    other = create_user(username=f"{username}-2", password="right")
    membership_id = add_membership(user_id=other, role="office", region_id=region_factory())
    _sign_in(browser, username)
    assert browser.post("/switch-membership", {"membership_id": membership_id}).status_code == 404
    assert browser.get("/who").json()["role"] == "public"


@pytest.mark.parametrize("wanted", ["", "x", "-1", "1 OR 1=1", "²", "９", "9" * 5000])
def test_a_membership_must_be_a_number(browser: Client, username: str, wanted: str) -> None:
    _sign_in(browser, username)
    assert browser.post("/switch-membership", {"membership_id": wanted}).status_code == 422


def test_a_visitor_who_switches_is_asked_to_sign_in(browser: Client) -> None:
    answer = browser.post("/switch-membership", {"membership_id": "1"})
    assert answer.headers["Location"].startswith("/sign-in?next=")


def test_a_form_from_another_site_is_refused(db: None, settings: object, username: str) -> None:
    settings.ROOT_URLCONF = URLS  # type: ignore[attr-defined]
    strict = Client(enforce_csrf_checks=True)
    assert _sign_in(strict, username) == 403


def test_cookies_are_kept_from_scripts_and_other_sites(browser: Client, username: str) -> None:
    _sign_in(browser, username)
    cookie = browser.cookies["wufei_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("username", ["x" * 100_000, "\U0001f600", "' OR 1=1 --", ""])
def test_strange_names_are_told_that_the_name_is_wrong(browser: Client, username: str) -> None:
    assert _sign_in(browser, username) == 422
