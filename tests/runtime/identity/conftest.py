"""A real identity provider on this machine, and browsers and people for the tests of signing in."""

from __future__ import annotations

import html
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from django.test import Client

from wufei.runtime.clock import now
from wufei.runtime.identity.core.totp import STEP_S, hotp, step_at
from wufei.runtime.identity.services import (
    add_membership,
    begin_second_factor,
    confirm_second_factor,
    create_user,
)

PASSWORD = "correct horse battery"
RETURN_TO = "http://testserver/sign-in/provider/return"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    id: int
    username: str
    membership_id: int


@pytest.fixture
def browser_factory(db: None) -> Callable[[], Client]:
    """Make browsers, each at an address of its own: failures of one test lock no other."""

    def make() -> Client:
        parts = ".".join(str(uuid.uuid4().int % 250) for _ in range(3))
        return Client(
            REMOTE_ADDR=f"10.{parts}", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Chrome/140.0 Safari/1"
        )

    return make


@pytest.fixture
def browser(browser_factory: Callable[[], Client]) -> Client:
    """One browser."""
    return browser_factory()


@pytest.fixture
def person_factory(db: None, region_factory: Callable[..., int]) -> Callable[..., Person]:
    """Make people with one membership."""

    def make(role: str = "office", *, region_id: int | None = None, party_id: int | None = None) -> Person:
        name = f"person-{uuid.uuid4().hex[:12]}"
        user_id = create_user(username=name, password=PASSWORD, display_name="张三丰")
        membership_id = add_membership(
            user_id=user_id,
            role=role,
            region_id=region_factory() if region_id is None else region_id,
            party_id=party_id,
        )
        return Person(user_id, name, membership_id)

    return make


@pytest.fixture
def sign_in(browser_factory: Callable[[], Client]) -> Callable[[Person], Client]:
    """Give a browser in which a person without second factor is signed in."""

    def enter(person: Person) -> Client:
        browser = browser_factory()
        answer = browser.post("/sign-in", {"username": person.username, "password": PASSWORD})
        assert answer.status_code == 302
        return browser

    return enter


class _StopAtUs(urllib.request.HTTPRedirectHandler):
    """Follows redirects of the provider, but not the one back to the site."""

    def redirect_request(self, request, answer, code, message, headers, address):
        if address.startswith("http://testserver/") or "/sign-in/provider/return" in address:
            raise urllib.error.HTTPError(address, code, message, headers, answer)
        return super().redirect_request(request, answer, code, message, headers, address)


def _walk_through(address: str, login: str) -> str:
    """Log in at the provider's own pages as ``login``, consent, and give the address it sends us back to."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _StopAtUs())
    form = None
    for _ in range(4):
        try:
            page = opener.open(address, form, timeout=10).read().decode()
        except urllib.error.HTTPError as back:
            if back.code not in (302, 303):
                raise
            return back.url
        action = re.search(r'<form[^>]*action="([^"]+)"', page)
        prompt = re.search(r'name="prompt" value="([^"]+)"', page)
        assert action, page[:400]
        assert prompt, page[:400]
        address = urllib.parse.urljoin(address, html.unescape(action[1]))
        fields = {"prompt": prompt[1], "login": login, "password": "anything"}
        form = urllib.parse.urlencode(fields).encode()
    raise AssertionError(address)


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """The issuer of a provider that runs as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name("provider.mjs")
    process = subprocess.Popen(
        [str(shutil.which("node")), str(script), str(port), RETURN_TO],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("ready")
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def walk_through() -> Callable[[str, str], str]:
    """Log in at the provider's own pages, consent, and give the address that it sends the browser back to."""
    return _walk_through


@pytest.fixture
def oidc(provider: str, settings: object) -> dict[str, str]:
    """Let the site use the provider; a test may change what it says."""
    given = {
        "issuer": provider,
        "client_id": "wufei",
        "client_secret": "wufei-secret-of-the-tests",
        "title": "市统一身份",
        "title_en": "City ID",
    }
    settings.OIDC = given  # type: ignore[attr-defined]
    return given


@pytest.fixture
def factor_of(db: None) -> Callable[[int], bytes]:
    """Set up a second factor for a person and give its secret; its code of a minute ago is spent."""

    def make(user_id: int) -> bytes:
        secret = begin_second_factor(user_id=user_id)
        before = now() - timedelta(seconds=STEP_S)
        confirm_second_factor(user_id=user_id, code=hotp(secret, step_at(before)), at=now())
        return secret

    return make
