"""Sessions end by idleness and by age, are listed and ended by their person, and are kept as hashes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now
from wufei.runtime.identity.core.devices import device_name
from wufei.runtime.identity.core.sessions import session_ends_at
from wufei.runtime.identity.core.tokens import token_hash
from wufei.runtime.identity.models import Session
from wufei.runtime.identity.queries import sessions_of
from wufei.runtime.people.jobs import tidy

HOURS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9))


def _open(browser: Client) -> bool:
    return browser.get("/account").status_code == 200


def _at(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setenv("WUFEI_NOW", at.isoformat())


@given(HOURS, HOURS, HOURS)
def test_a_session_ends_at_the_earlier_of_two_ends(
    worked: timedelta, idle: timedelta, lifetime: timedelta
) -> None:
    started = datetime.fromisoformat("2026-03-01T00:00:00+00:00")
    end = session_ends_at(started, started + worked, idle=idle, lifetime=lifetime)
    assert end <= started + lifetime
    assert end in (started + lifetime, started + worked + idle)


def test_twelve_hours_without_work_end_a_session(
    person_factory: Any, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, begun = sign_in(person_factory()), now()
    _at(monkeypatch, begun + timedelta(hours=11))
    assert _open(browser)
    _at(monkeypatch, begun + timedelta(hours=22))
    assert _open(browser)
    _at(monkeypatch, begun + timedelta(hours=34, minutes=2))
    assert not _open(browser)


def test_work_does_not_keep_a_session_alive_for_ever(
    person_factory: Any, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, begun = sign_in(person_factory()), now()
    for hours in range(8, 7 * 24, 8):
        _at(monkeypatch, begun + timedelta(hours=hours))
        assert _open(browser)
    _at(monkeypatch, begun + timedelta(days=7, seconds=1))
    assert not _open(browser)


def test_the_limits_are_settings(
    person_factory: Any, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SESSION_IDLE = timedelta(minutes=30)
    browser, begun = sign_in(person_factory()), now()
    _at(monkeypatch, begun + timedelta(minutes=31))
    assert not _open(browser)


def test_signing_in_gives_the_session_a_new_key(person_factory: Any, browser: Client) -> None:
    person = person_factory()
    browser.post("/language", {"language": "zh-hans"})
    kept = browser.session
    kept["planted"] = "yes"
    kept.save()
    before = kept.session_key
    browser.cookies["wufei_session"] = before
    browser.post("/sign-in", {"username": person.username, "password": "correct horse battery"})
    assert browser.cookies["wufei_session"].value != before


def test_a_person_sees_own_sessions_and_ends_one(person_factory: Any, sign_in: Callable[..., Client]) -> None:
    person, other = person_factory(), person_factory()
    here, there = sign_in(person), sign_in(person)
    sign_in(other)
    rows = sessions_of(person.id, present_key=here.cookies["wufei_session"].value, at=now())
    assert [row.present for row in rows].count(True) == 1
    assert {row.device for row in rows} == {"Chrome · Linux"}
    assert len(rows) == 2
    assert "Chrome · Linux" in here.get("/account").content.decode()
    (foreign,) = [row for row in rows if not row.present]
    here.post("/account/sessions", {"session": foreign.key_hash})
    assert _open(here)
    assert not _open(there)


def test_all_others_end_at_once(person_factory: Any, sign_in: Callable[..., Client]) -> None:
    person = person_factory()
    here, *others = [sign_in(person) for _ in range(3)]
    here.post("/account/sessions")
    assert _open(here)
    assert not any(_open(each) for each in others)


def test_nobody_ends_the_session_of_another_person(
    person_factory: Any, sign_in: Callable[..., Client]
) -> None:
    victim = sign_in(person_factory())
    sign_in(person_factory()).post(
        "/account/sessions", {"session": token_hash(victim.cookies["wufei_session"].value)}
    )
    assert _open(victim)


def test_what_the_table_holds_is_no_key(
    person_factory: Any, sign_in: Callable[..., Client], browser: Client
) -> None:
    person = person_factory()
    own = sign_in(person)
    with session(Scope.operator()):
        kept = list(Session.objects.filter(user_id=person.id).values_list("session_key", flat=True))
    assert kept == [token_hash(own.cookies["wufei_session"].value)]
    browser.cookies["wufei_session"] = kept[0]
    assert not _open(browser)


def test_expired_sessions_are_forgotten(
    person_factory: Any, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = person_factory()
    sign_in(person)
    with session(Scope.operator()):
        Session.objects.filter(user_id=person.id).update(expire_date=now() - timedelta(seconds=1))
    tidy()
    with session(Scope.operator()):
        assert not Session.objects.filter(user_id=person.id).exists()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU like Mac OS X) Mobile MicroMessenger/8.0", "WeChat · iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537", "Chrome · Android"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_by_browser_and_system(agent: str, name: str) -> None:
    assert device_name(agent) == name
