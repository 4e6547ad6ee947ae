"""Officers, heads of firms, and whoever they invite."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import scope_of
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import get_membership
from wufei.runtime.identity.services import add_membership, create_user

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Person:
    """Somebody with one membership."""

    id: int
    username: str
    membership_id: int
    region_id: int
    scope: Scope


@pytest.fixture
def person_factory(db: None, region_factory: Callable[..., int]) -> Callable[..., Person]:
    """Make people with one membership, and the scope they work under."""

    def make(role: str, *, region_id: int | None = None, party_id: int | None = None) -> Person:
        name = f"person-{uuid.uuid4().hex[:12]}"
        user_id = create_user(username=name, password=PASSWORD, display_name=f"试验{name[-4:]}")
        place = region_factory() if region_id is None else region_id
        held = add_membership(user_id=user_id, role=role, region_id=place, party_id=party_id)
        scope = scope_of(get_membership(held, user_id=user_id, on=today_on()), language="zh-hans")
        return Person(user_id, name, held, place, scope)

    return make


@pytest.fixture
def browser_factory(db: None) -> Callable[[], Client]:
    """Make browsers, each at an address of its own."""

    def make() -> Client:
        parts = ".".join(str(uuid.uuid4().int % 250) for _ in range(3))
        return Client(REMOTE_ADDR=f"10.{parts}")

    return make


@pytest.fixture
def sign_in(browser_factory: Callable[[], Client]) -> Callable[[Person], Client]:
    """Give a browser in which a person is signed in."""

    def enter(person: Person) -> Client:
        browser = browser_factory()
        answer = browser.post("/sign-in", {"username": person.username, "password": PASSWORD})
        assert answer.status_code == 302
        return browser

    return enter
