"""Signing in at a real OpenID provider, the whole way there and back, and what is refused on the way."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.models import OidcLink, User
from wufei.runtime.identity.queries import is_linked, memberships_of
from wufei.runtime.identity.services import Invited, save_region
from wufei.runtime.people.services import invite

Walk = Callable[[str, str], str]
ATTEMPT = "oidc_attempt"

pytestmark = pytest.mark.usefixtures("oidc")


@pytest.fixture
def login() -> str:
    return f"li-{uuid.uuid4().hex[:10]}"


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def _out(browser: Client, query: str = "") -> str:
    answer = browser.get(f"/sign-in/provider{query}")
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def _link(browser: Client, walk_through: Walk, login: str) -> None:
    assert browser.post("/account/provider").headers["Location"] == "/account/provider"
    assert "/sign-in/provider" in browser.get("/account/provider").content.decode()
    answer = browser.get(_path(walk_through(_out(browser, "?prepared=yes"), login)))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")


def _is_signed_in(browser: Client) -> bool:
    return browser.get("/account").status_code == 200


def test_who_linked_the_account_signs_in_without_a_password(
    person_factory: Any, sign_in: Any, browser: Client, walk_through: Walk, login: str
) -> None:
    person = person_factory()
    _link(sign_in(person), walk_through, login)
    assert is_linked(person.id)
    assert "用市统一身份登录" in browser.get("/sign-in").content.decode()
    browser.post("/language", {"language": "en"})
    assert "Sign in with City ID" in browser.get("/sign-in").content.decode()
    answer = browser.get(_path(walk_through(_out(browser, "?next=/people"), login)))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/people")
    assert person.username in browser.get("/account").content.decode()


def test_the_request_carries_state_nonce_and_a_proof_key(browser: Client, oidc: dict[str, str]) -> None:
    first, second = _out(browser), _out(browser)
    asked = [
        {name: values[0] for name, values in parse_qs(urlsplit(at).query).items()} for at in (first, second)
    ]
    assert first.startswith(oidc["issuer"])
    assert asked[0]["response_type"] == "code"
    assert asked[0]["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name]) >= 43
        assert asked[0][name] != asked[1][name]


def test_an_unknown_person_gets_a_clear_page_and_no_account(
    browser: Client, walk_through: Walk, login: str
) -> None:
    before = User.objects.count()
    answer = browser.get(_path(walk_through(_out(browser), login)))
    assert answer.status_code == 403
    assert "账号尚未关联" in answer.content.decode()
    assert User.objects.count() == before
    assert not _is_signed_in(browser)


def test_an_invited_person_comes_in_through_the_provider_and_again_later(
    browser_factory: Callable[[], Client], walk_through: Walk, login: str
) -> None:
    key = f"test-{uuid.uuid4().hex[:12]}"
    region_id = save_region(key=key, name=Text("区", "District"), kind="synthetic", synthetic=True)
    invited = Invited("李四光", "13800005678", "", "clerk", region_id)
    with session(Scope.operator()):
        token = invite(Scope.operator(), invited=invited, at=now())
    browser = browser_factory()
    assert browser.post("/join", {"token": token, "way": "provider"}).status_code == 200
    back = walk_through(_out(browser, "?prepared=yes"), login)
    assert browser.get(_path(back)).headers["Location"] == "/"
    assert "李四光" in browser.get("/account").content.decode()
    later = browser_factory()
    later.get(_path(walk_through(_out(later), login)))
    assert "李四光" in later.get("/account").content.decode()


def test_a_person_of_the_provider_is_one_person_here(
    person_factory: Any, sign_in: Any, walk_through: Walk, login: str
) -> None:
    _link(sign_in(person_factory()), walk_through, login)
    other = sign_in(person_factory())
    other.post("/account/provider")
    assert other.get(_path(walk_through(_out(other, "?prepared=yes"), login))).status_code == 409


def test_a_foreign_page_cannot_have_an_account_linked(
    person_factory: Any, sign_in: Any, walk_through: Walk, login: str
) -> None:
    person = person_factory()
    browser = sign_in(person)
    browser.get(_path(walk_through(_out(browser, "?prepared=yes"), login)))
    assert not is_linked(person.id)


def test_who_is_linked_takes_a_second_membership_through_the_provider(
    person_factory: Any, sign_in: Any, browser: Client, walk_through: Walk, login: str, region_factory: Any
) -> None:
    person = person_factory()
    _link(sign_in(person), walk_through, login)
    invited = Invited("张三丰", "13800005678", "", "clerk", region_factory())
    with session(Scope.operator()):
        token = invite(Scope.operator(), invited=invited, at=now())
    browser.post("/join", {"token": token, "way": "provider"})
    browser.get(_path(walk_through(_out(browser, "?prepared=yes"), login)))
    assert [held.role for held in memberships_of(person.id, on=today_on())] == ["office", "clerk"]


@pytest.mark.parametrize("changed", ["nonce", "state", "verifier"])
def test_an_answer_to_another_attempt_is_refused(
    browser: Client, person_factory: Any, sign_in: Any, walk_through: Walk, login: str, changed: str
) -> None:
    _link(sign_in(person_factory()), walk_through, login)
    back = walk_through(_out(browser), login)
    kept = browser.session
    kept[ATTEMPT] = {**kept[ATTEMPT], changed: "x" * 43}
    kept.save()
    # The wrong verifier is refused by the provider itself, which then gives no token.
    assert browser.get(_path(back)).status_code == (503 if changed == "verifier" else 403)
    assert not _is_signed_in(browser)


def test_an_answer_cannot_be_used_twice(
    browser: Client, person_factory: Any, sign_in: Any, walk_through: Walk, login: str
) -> None:
    _link(sign_in(person_factory()), walk_through, login)
    back = _path(walk_through(_out(browser), login))
    browser.get(back)
    browser.post("/sign-out")
    browser.get(back)
    assert not _is_signed_in(browser)


def test_a_provider_that_calls_itself_otherwise_is_not_used(browser: Client, oidc: dict[str, str]) -> None:
    oidc["issuer"] = oidc["issuer"].replace("127.0.0.1", "localhost")
    answer = browser.get("/sign-in/provider")
    assert answer.status_code == 503
    assert "WUFEI_OIDC_ISSUER" in answer.content.decode()


def test_an_answer_in_the_name_of_another_issuer_is_refused(
    browser: Client, walk_through: Walk, login: str, settings: object
) -> None:
    back = walk_through(_out(browser), login)
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    assert query["iss"] == settings.OIDC["issuer"]  # type: ignore[attr-defined]
    query["iss"] = "https://elsewhere.example"
    answer = browser.get(f"/sign-in/provider/return?{urlencode(query)}")
    assert answer.status_code == 403
    assert "另一个身份提供方" in answer.content.decode()


def test_an_expired_token_is_refused(
    browser: Client, walk_through: Walk, login: str, oidc: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    oidc |= {"client_id": "hasty", "client_secret": "hasty-secret-of-the-tests"}
    back = walk_through(_out(browser), login)
    # This client's tokens are good for one second; on our clock five minutes have passed.
    monkeypatch.setenv("WUFEI_NOW", (datetime.now(UTC) + timedelta(minutes=5)).isoformat())
    answer = browser.get(_path(back))
    assert answer.status_code == 403
    assert "令牌的 exp 不符" in answer.content.decode()


def test_a_provider_that_is_down_is_said_so_and_passwords_still_work(
    browser: Client, person_factory: Any, sign_in: Any, oidc: dict[str, str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        oidc["issuer"] = f"http://127.0.0.1:{free.getsockname()[1]}"
    answer = browser.get("/sign-in/provider")
    assert answer.status_code == 503
    assert "统一身份认证暂不可用" in answer.content.decode()
    assert _is_signed_in(sign_in(person_factory()))


def test_a_provider_without_https_elsewhere_is_not_asked(browser: Client, oidc: dict[str, str]) -> None:
    oidc["issuer"] = "http://provider.example"
    assert browser.get("/sign-in/provider").status_code == 503


def test_the_second_factor_is_asked_after_the_provider_too(
    browser: Client, person_factory: Any, sign_in: Any, walk_through: Walk, login: str, factor_of: Any
) -> None:
    person = person_factory()
    _link(sign_in(person), walk_through, login)
    factor_of(person.id)
    answer = browser.get(_path(walk_through(_out(browser), login)))
    assert answer.headers["Location"] == "/sign-in/code"
    assert not _is_signed_in(browser)


def test_unlinking_ends_it_but_not_for_who_has_no_password(
    browser: Client, person_factory: Any, sign_in: Any, walk_through: Walk, login: str
) -> None:
    person = person_factory()
    own = sign_in(person)
    _link(own, walk_through, login)
    own.post("/account/provider/unlink")
    assert browser.get(_path(walk_through(_out(browser), login))).status_code == 403


def test_the_providers_own_identifier_is_not_kept(
    person_factory: Any, sign_in: Any, walk_through: Walk, login: str
) -> None:
    person = person_factory()
    _link(sign_in(person), walk_through, login)
    with session(Scope.operator()):
        row = OidcLink.objects.get(user_id=person.id)
    assert login not in f"{row.issuer}{row.token_hash}"
    assert len(row.token_hash) == 64
