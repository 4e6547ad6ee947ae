"""People and their memberships."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate

from wufei.kernel.errors import InputError, NotFoundError
from wufei.runtime.identity.core.kinds import Role
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import find_user, get_membership, memberships_of
from wufei.runtime.identity.services import add_membership, create_user, set_language

pytestmark = pytest.mark.usefixtures("db")

TODAY_ON = date(2026, 3, 1)


@pytest.fixture
def username() -> str:
    return f"person-{uuid.uuid4().hex[:12]}"


def test_a_created_person_signs_in_with_the_password(username: str) -> None:
    user_id = create_user(username=username, password="right")
    found = authenticate(username=username, password="right")
    assert isinstance(found, User)
    assert found.id == user_id
    assert authenticate(username=username, password="wrong") is None


def test_creating_again_changes_the_password_and_keeps_the_person(username: str) -> None:
    first = create_user(username=username, password="old")
    assert create_user(username=username, password="new") == first
    assert authenticate(username=username, password="new") is not None
    assert authenticate(username=username, password="old") is None


def test_an_unchanged_password_is_not_hashed_again(username: str) -> None:
    create_user(username=username, password="same")
    before = User.objects.get(username=username).password
    create_user(username=username, password="same")
    assert User.objects.get(username=username).password == before


def test_the_language_is_kept(username: str) -> None:
    user_id = create_user(username=username, password="p", display_name="张三")
    set_language(user_id=user_id, language="en")
    found = find_user(username)
    assert (found.display_name, found.language) == ("张三", "en")


def test_an_unknown_person_is_refused() -> None:
    with pytest.raises(NotFoundError):
        find_user("nobody-at-all")


def test_a_person_may_hold_several_memberships(
    username: str, region_factory: Callable[..., int], party_factory: Callable[..., int]
) -> None:
    user_id, region_id = create_user(username=username, password="p"), region_factory()
    office = add_membership(user_id=user_id, role="office", region_id=region_id)
    party_id = party_factory(region_id=region_id)
    producer = add_membership(user_id=user_id, role="producer", region_id=region_id, party_id=party_id)
    found = memberships_of(user_id, on=TODAY_ON)
    assert [(row.id, row.role) for row in found] == [(office, Role.OFFICE), (producer, Role.PRODUCER)]
    assert found[1].party is not None
    assert found[1].party.id == party_id


def test_adding_the_same_membership_twice_changes_its_dates(
    username: str, region_factory: Callable[..., int]
) -> None:
    user_id, region_id = create_user(username=username, password="p"), region_factory()
    first = add_membership(user_id=user_id, role="clerk", region_id=region_id)
    assert add_membership(user_id=user_id, role="clerk", region_id=region_id, valid_to=TODAY_ON) == first
    assert memberships_of(user_id, on=TODAY_ON) == []


@pytest.mark.parametrize(
    ("from_days", "to_days", "in_force"),
    [
        (None, None, True),
        (0, None, True),
        (1, None, False),
        (None, 0, False),
        (None, 1, True),
        (-9, -1, False),
    ],
)
def test_a_membership_is_in_force_from_its_first_day_until_before_its_last(
    username: str,
    region_factory: Callable[..., int],
    from_days: int | None,
    to_days: int | None,
    in_force: bool,
) -> None:
    user_id = create_user(username=username, password="p")
    add_membership(
        user_id=user_id,
        role="leader",
        region_id=region_factory(),
        valid_from=None if from_days is None else TODAY_ON + timedelta(days=from_days),
        valid_to=None if to_days is None else TODAY_ON + timedelta(days=to_days),
    )
    assert bool(memberships_of(user_id, on=TODAY_ON)) is in_force


def test_the_membership_of_another_person_is_not_found(
    username: str, region_factory: Callable[..., int]
) -> None:
    owner = create_user(username=username, password="p")
    other = create_user(username=f"{username}-2", password="p")
    membership_id = add_membership(user_id=owner, role="office", region_id=region_factory())
    assert get_membership(membership_id, user_id=owner, on=TODAY_ON).id == membership_id
    with pytest.raises(NotFoundError):
        get_membership(membership_id, user_id=other, on=TODAY_ON)


def test_a_producer_without_a_party_is_refused(username: str, region_factory: Callable[..., int]) -> None:
    user_id = create_user(username=username, password="p")
    with pytest.raises(InputError) as caught:
        add_membership(user_id=user_id, role="producer", region_id=region_factory())
    assert caught.value.code == "identity.role-party"


def test_nobody_can_be_made_operator(username: str, region_factory: Callable[..., int]) -> None:
    user_id = create_user(username=username, password="p")
    with pytest.raises(InputError) as caught:
        add_membership(user_id=user_id, role="operator", region_id=region_factory())
    assert caught.value.code == "identity.role"
