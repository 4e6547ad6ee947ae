"""An agent acts for the owners whose mandate holds on the day, and is told in words when it does not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import AccessError, ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope, require
from wufei.runtime.access.core.mandates import Mandate, owners_on
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.access.services.mandates import grant_mandate, revoke_mandate
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
LAST = date(2026, 3, 31)


def _mandate(**changes: object) -> Mandate:
    parts = {
        "id": 7,
        "owner_id": 3,
        "owner": Text("甲厂", "Works A"),
        "actions": frozenset(),
        "from_on": date(2026, 1, 1),
        "last_on": LAST,
    }
    return Mandate(**(parts | changes))  # type: ignore[arg-type]


def _scope(mandate: Mandate, on: date) -> Scope:
    return Scope(1, 1, Role.AGENT, party_ids=owners_on([mandate], on), mandates=(mandate,), today_on=on)


@given(DAYS, DAYS, DAYS)
def test_a_mandate_holds_on_its_first_and_last_day_and_between(first: date, last: date, on: date) -> None:
    mandate = _mandate(from_on=first, last_on=last)
    assert owners_on([mandate], on) == (frozenset({3}) if first <= on <= last else frozenset())


@pytest.mark.parametrize("party_id", [3, None])
def test_past_its_day_the_refusal_names_the_mandate_its_end_and_what_to_do(party_id: int | None) -> None:
    with pytest.raises(AccessError) as caught:
        require(_scope(_mandate(), LAST + timedelta(days=1)), "ledger.post", party_id=party_id)
    said = caught.value.message
    assert all(word in said.zh for word in ("甲厂", "7 号", "2026-03-31 到期", "重新授权"))
    assert all(word in said.en for word in ("Works A", "Mandate 7", "ended on 2026-03-31", "grant a new one"))


def test_a_mandate_taken_back_or_not_begun_says_so() -> None:
    for changes, on, word in (
        ({"ended_on": date(2026, 2, 1)}, date(2026, 2, 2), "taken back on 2026-02-01"),
        ({"from_on": date(2026, 3, 1)}, date(2026, 2, 2), "only from 2026-03-01"),
    ):
        with pytest.raises(AccessError, match=word):
            require(_scope(_mandate(**changes), on), "ledger.read", party_id=3)


def test_a_limited_mandate_reads_all_and_writes_what_it_names() -> None:
    scope = _scope(_mandate(actions=frozenset({"entry.fill"})), LAST)
    require(scope, "ledger.read", party_id=3)
    require(scope, "entry.fill", party_id=3)
    with pytest.raises(AccessError, match="does not extend"):
        require(scope, "ledger.post", party_id=3)
    with pytest.raises(AccessError, match="Nobody has mandated"):
        require(scope, "entry.fill", party_id=4)


def test_the_scope_of_an_agent_follows_its_mandates_and_ends_with_them(
    party_factory: Callable[..., int], region_factory: Callable[..., int]
) -> None:
    region_id = region_factory()
    owner, agent = party_factory(region_id=region_id), party_factory(region_id=region_id)
    user_id = create_user(username=f"agent-{uuid.uuid4().hex[:12]}", password="p")
    add_membership(user_id=user_id, role=Role.AGENT, region_id=region_id, party_id=agent)
    boss = Scope(None, None, Role.PRODUCER, party_ids=frozenset({owner}))
    (membership,) = memberships_of(user_id, on=today_on())
    assert scope_of(membership, language="zh-hans").party_ids == frozenset()
    days = {"from_on": today_on(), "last_on": today_on() + timedelta(days=5)}
    with session(boss):
        number = grant_mandate(boss, owner_id=owner, agent_id=agent, at=now(), **days)
    assert scope_of(membership, language="zh-hans").party_ids == frozenset({owner})
    with session(boss):
        revoke_mandate(boss, number, at=now())
    ended = scope_of(membership, language="zh-hans")
    assert ended.party_ids == frozenset()
    with pytest.raises(AccessError, match="taken back"):
        require(ended, "ledger.read", party_id=owner)
    with pytest.raises(ConflictError), session(boss):
        revoke_mandate(boss, number, at=now())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"last_on": date(2020, 1, 1)}, "mandate.last_on"),
        ({"last_on": date(2040, 1, 1)}, "mandate.last_on"),
        ({"actions": ["plan.publish"]}, "mandate.actions"),
        ({"agent_id": None}, "mandate.agent"),
    ],
)
def test_what_cannot_be_granted_is_refused_with_its_code(
    party_factory: Callable[..., int], operator: Scope, changes: dict[str, object], code: str
) -> None:
    owner, agent = party_factory(), party_factory()
    asked = {"owner_id": owner, "agent_id": agent, "from_on": today_on(), "last_on": today_on()} | changes
    asked["agent_id"] = asked["agent_id"] or owner
    with pytest.raises(InputError) as caught, session(operator):
        grant_mandate(operator, at=now(), **asked)  # type: ignore[arg-type]
    assert caught.value.code == code
