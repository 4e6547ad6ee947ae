"""Owners hear of each step of their mandates once, and in the digest of what their agents did."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.core.mandates import Mandate
from wufei.runtime.access.services import session
from wufei.runtime.access.services.mandates import grant_mandate, revoke_mandate
from wufei.runtime.audit.core import Event
from wufei.runtime.audit.core.owners import ENDS_SOON_DAYS, mandate_tiding
from wufei.runtime.audit.jobs import DIGESTS, doings_of_agents, tell_of_mandates
from wufei.runtime.audit.services import add_events
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.identity.queries import parties_by_id
from wufei.runtime.identity.services import add_membership, create_user
from wufei.runtime.notices.queries import notices_of

DAY = date(2026, 3, 2)


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), LOCAL_ZONE)


def mandate(start: int, length: int, back: int | None = None) -> Mandate:
    first = DAY + timedelta(days=start)
    ended = None if back is None else DAY + timedelta(days=back)
    return Mandate(1, 7, Text("果园"), frozenset(), first, first + timedelta(days=length), ended)


def steps(one: Mandate, days: list[int]) -> list[str]:
    found = (
        mandate_tiding(one, Text("代办", "Agent"), granted_on=DAY, on=DAY + timedelta(days=n)) for n in days
    )
    return list(dict.fromkeys(tiding.key for tiding in found if tiding))


def test_a_mandate_is_told_when_granted_begun_about_to_end_and_ended() -> None:
    assert steps(mandate(3, 60), list(range(-5, 90))) == [
        *("mandate:1:granted", "mandate:1:begun", "mandate:1:ends-in-30"),
        *("mandate:1:ends-in-7", "mandate:1:ended"),
    ]
    assert steps(mandate(0, 5), list(range(20))) == ["mandate:1:granted", "mandate:1:ended"]
    assert steps(mandate(0, 60, back=10), [0, 9, 10, 40, 80]) == ["mandate:1:granted", "mandate:1:taken-back"]
    assert steps(mandate(0, 5, back=9), [9]) == ["mandate:1:ended"]


@given(
    st.integers(-20, 60),
    st.integers(0, 90),
    st.none() | st.integers(0, 150),
    st.sets(st.integers(0, 200), min_size=1),
)
def test_over_any_run_of_days_the_last_step_is_told_and_none_twice(
    start: int, length: int, back: int | None, runs: set[int]
) -> None:
    one = mandate(start, length, back)
    told: list[str] = []
    for n in sorted(runs):
        # Whether it was taken back is known from that day on.
        known = mandate(start, length, back if back is not None and back <= n else None)
        found = mandate_tiding(known, Text("代办"), granted_on=DAY, on=DAY + timedelta(days=n))
        assert found is not None
        if found.key not in told:
            told.append(found.key)
        assert told[-1] == found.key, "a step never comes back"
    day = DAY + timedelta(days=max(runs))
    closed = one.ended_on if one.ended_on is not None and one.ended_on <= min(day, one.last_on) else None
    left = (one.last_on - day).days
    if closed or left < 0:
        assert told[-1].rpartition(":")[2] == ("taken-back" if closed else "ended")
    elif left <= min(ENDS_SOON_DAYS) < (one.last_on - max(one.from_on, DAY)).days:
        assert told[-1] == "mandate:1:ends-in-7"


@pytest.fixture
def person(db: None) -> Callable[..., Scope]:
    def make(role: Role, region_id: int, party_id: int) -> Scope:
        user = create_user(username=f"u-{uuid.uuid4().hex[:12]}", password="p")
        membership = add_membership(user_id=user, role=role, region_id=region_id, party_id=party_id)
        return Scope(user, membership, role)

    return make


def told(scope: Scope) -> list[str]:
    with session(scope):
        return [row.text.zh for row in notices_of(scope)[0]]


def grant(owner_id: int, agent_id: int, last_on: date) -> int:
    operator = Scope.operator()
    with session(operator):
        return grant_mandate(
            operator, owner_id=owner_id, agent_id=agent_id, from_on=DAY, last_on=last_on, at=at(DAY)
        )


def test_the_owner_is_told_once_and_nobody_else(
    person: Callable[..., Scope], party_factory: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, agent, other = party_factory(), party_factory(), party_factory()
    region = parties_by_id([owner])[owner].region_id
    boss, guard = person(Role.PRODUCER, region, owner), person(Role.GATE, region, owner)
    strangers = [
        guard,
        person(Role.AGENT, region, agent),
        person(Role.PRODUCER, region, other),
    ]
    number = grant(owner, agent, DAY + timedelta(days=90))
    name = f"“{parties_by_id([agent])[agent].name.zh}”的第 {number} 号代办授权"
    for days in (0, 0, 61, 61, 62):
        monkeypatch.setenv("WUFEI_NOW", at(DAY + timedelta(days=days)).isoformat())
        tell_of_mandates()
    until = DAY + timedelta(days=90)
    assert told(boss) == [
        f"{name}将于 {until} 到期，还有 29 天；如需继续代办，请重新授权。",
        f"{name}已登记，自 {DAY} 至 {until}。",
    ]
    with session(Scope.operator()):
        revoke_mandate(Scope.operator(), number, at=at(DAY + timedelta(days=62)))
    tell_of_mandates()
    assert told(boss)[0] == f"{name}已于 {DAY + timedelta(days=62)} 收回。"
    assert [told(scope) for scope in strangers] == [[], [], []]


def digest_was_on(scope: Scope, day: date) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO notices_mailbox (user_id, digest, digest_on, urgent_count) VALUES (%s, true, %s, 0)"
            " ON CONFLICT (user_id) DO UPDATE SET digest_on = excluded.digest_on",
            [scope.user_id, day],
        )


def did(agent: Scope, owner_id: int, day: date, action: str = "write", outcome: str = "ok") -> None:
    event = Event(
        at=at(day),
        action=action,
        object_kind="entries",
        user_id=agent.user_id,
        membership_id=agent.membership_id,
        role="agent",
        party_id=owner_id,
        outcome=outcome,
    )
    with session(Scope.operator()):
        add_events([event])


def lines(scope: Scope, on: date) -> list[tuple[str, str]]:
    found = doings_of_agents([scope.user_id or 0], on)
    return [(line.text.zh, line.link) for each in found.values() for line in each.lines]


def test_a_digest_counts_what_agents_did_since_the_last_one_for_that_owner_only(
    person: Callable[..., Scope], party_factory: Callable[..., int]
) -> None:
    owner, firm, other = party_factory(), party_factory(), party_factory()
    region = parties_by_id([owner])[owner].region_id
    boss, stranger = person(Role.PRODUCER, region, owner), person(Role.PRODUCER, region, other)
    guard, agent = person(Role.GATE, region, owner), person(Role.AGENT, region, firm)
    for day in range(1, 6):
        did(agent, owner, DAY + timedelta(days=day))
    did(agent, owner, DAY + timedelta(days=3), outcome="refused")
    did(agent, owner, DAY + timedelta(days=4), action="export")
    did(agent, owner, DAY + timedelta(days=4), action="sign-in")
    did(agent, firm, DAY + timedelta(days=4))
    digest_was_on(boss, DAY + timedelta(days=3))
    on, name = DAY + timedelta(days=5), parties_by_id([firm])[firm].name.zh
    assert lines(boss, on) == [
        (f"“{name}”写入 3 次（未成功 1 次）", "/mandates/doings"),
        (f"“{name}”导出 1 次", "/mandates/doings"),
    ]
    assert lines(stranger, on) == lines(guard, on) == lines(agent, on) == []
    assert doings_of_agents in DIGESTS


def test_digests_of_any_days_count_every_doing_once(
    person: Callable[..., Scope], party_factory: Callable[..., int]
) -> None:
    owner, firm = party_factory(), party_factory()
    region = parties_by_id([owner])[owner].region_id
    boss, agent = person(Role.RECEIVER, region, owner), person(Role.AGENT, region, firm)
    for day in range(12):
        did(agent, owner, DAY + timedelta(days=day))
    counted = 0
    for day in (1, 2, 5, 6, 12):
        on = DAY + timedelta(days=day)
        for text, _ in lines(boss, on):
            counted += int(text.split()[1])
        digest_was_on(boss, on)
    assert counted == 12


def test_who_acts_for_two_firms_is_told_of_which(
    person: Callable[..., Scope], party_factory: Callable[..., int]
) -> None:
    first, second, firm = party_factory(), party_factory(), party_factory()
    region = parties_by_id([first])[first].region_id
    boss, agent = person(Role.PRODUCER, region, first), person(Role.AGENT, region, firm)
    add_membership(user_id=boss.user_id or 0, role=Role.PRODUCER, region_id=region, party_id=second)
    did(agent, first, DAY)
    did(agent, second, DAY)
    names = parties_by_id([first, second])
    starts = [text.partition("：")[0] for text, _ in lines(boss, DAY + timedelta(days=1))]
    assert starts == [names[first].name.zh, names[second].name.zh]
