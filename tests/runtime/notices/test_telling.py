"""People are told once, of what is theirs; nobody else sees it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, connections

from tests.runtime.notices.conftest import new_of, tell, to
from wufei.kernel.errors import InputError, InvariantError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.services import save_department
from wufei.runtime.notices.core.notices import Channel, Recipients
from wufei.runtime.notices.queries import mailing_of, notices_of, unseen_count
from wufei.runtime.notices.services import (
    mark_seen,
    notify,
    open_notice,
    save_mailing,
)

pytestmark = pytest.mark.usefixtures("orchard")


def test_the_same_key_tells_nobody_twice(person: Callable[..., Scope]) -> None:
    one, two = person(), person()
    key = uuid.uuid4().hex
    assert tell(to(one, two), key) == 2
    assert tell(to(one, two), key) == 0
    assert (new_of(one), new_of(two)) == (1, 1)


def test_people_are_found_by_role_in_the_region_or_the_nearest_above_and_by_party(
    person: Callable[..., Scope], region_factory: Callable[..., int], party_factory: Callable[..., int]
) -> None:
    key = f"up-{uuid.uuid4().hex[:8]}"
    up = region_factory(key=key, kind="district")
    below = region_factory(kind="township", parent_key=key)
    firm = party_factory(region_id=below)
    office = person(role="office", region_id=up)
    clerk = person(role="clerk", region_id=up)
    producer = person(role="producer", region_id=below, party_id=firm)
    gone = person(role="office", region_id=below, valid_to=date(2020, 1, 1))
    assert tell(Recipients(roles=("office",), region_id=below)) == 1
    assert [new_of(scope) for scope in (office, clerk, producer, gone)] == [1, 0, 0, 0]
    street = person(role="office", region_id=below)
    assert tell(Recipients(roles=("office",), region_id=below)) == 1
    assert [new_of(scope) for scope in (office, street)] == [1, 1]
    assert tell(Recipients(party_id=firm)) == 1
    assert new_of(producer) == 1


def test_a_department_is_told_as_a_whole_and_later_if_nobody_is_in_it_yet(
    person: Callable[..., Scope], region_factory: Callable[..., int]
) -> None:
    region, key = region_factory(), uuid.uuid4().hex
    one, other = (
        save_department(key=f"{key[:8]}-{name}", name=Text(name), region_id=region)
        for name in ("园艺局", "林业局")
    )
    assert tell(Recipients(department_ids=(one,)), key) == 0
    clerk = person(role="clerk", region_id=region, department_id=one)
    elsewhere = person(role="clerk", region_id=region, department_id=other)
    assert tell(Recipients(department_ids=(one,)), key) == 1
    assert tell(Recipients(department_ids=(one,)), key) == 0
    assert [new_of(scope) for scope in (clerk, elsewhere)] == [1, 0]


def test_who_tells_may_be_anybody_and_who_reads_only_the_person(person: Callable[..., Scope]) -> None:
    teller, told = person(), person()
    with session(teller):
        assert notify(to=to(told), topic="orchard", text=Text("果"), link="/a", key=uuid.uuid4().hex) == 1
        with connections["default"].cursor() as cursor:
            for table in ("notices_notice", "notices_delivery"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (0,)
            cursor.execute("UPDATE notices_delivery SET seen_at = now()")
            assert cursor.rowcount == 0
    with session(told):
        (row,), _ = notices_of(told)
        assert row.text.zh == "果"
    with session(teller), pytest.raises(NotFoundError):
        open_notice(teller, row.id)
    with pytest.raises(DatabaseError), session(teller), connections["default"].cursor() as cursor:
        cursor.execute("SELECT * FROM notices_call")
    with pytest.raises(DatabaseError), session(told), connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM notices_delivery")


def test_a_bug_of_a_room_is_told_as_one(person: Callable[..., Scope]) -> None:
    for wrong in (
        {"topic": "nothing"},
        {"link": "https://example.org"},
        {"link": "//example.org"},
        {"text": Text("")},
    ):
        with pytest.raises(InvariantError):
            tell(to(person()), **wrong)


def test_new_notices_come_first_page_by_page_and_the_topic_narrows(person: Callable[..., Scope]) -> None:
    scope = person()
    for number in range(5):
        tell(to(scope), text=Text(f"{number}"), topic="orchard" if number % 2 else "quiet")
    with session(scope):
        rows, _ = notices_of(scope)
        assert [row.text.zh for row in rows] == ["4", "3", "2", "1", "0"]
        assert open_notice(scope, rows[0].id) == "/trees/1"
        seen: list[str] = []
        after = ""
        while True:
            page, after = notices_of(scope, limit=2, after=after)
            seen += [row.text.zh for row in page]
            if not after:
                break
        assert seen == ["3", "2", "1", "0", "4"]
        assert [row.text.zh for row in notices_of(scope, topic="orchard")[0]] == ["3", "1"]
        assert mark_seen(scope) == 4
        assert unseen_count(scope) == 0
        with pytest.raises(InputError):
            notices_of(scope, after="n1; DROP")


def test_a_topic_switched_off_is_not_delivered_unless_urgent(person: Callable[..., Scope]) -> None:
    scope = person()
    with session(scope):
        save_mailing(scope, digest=True, channels={"orchard": "off"})
    assert tell(to(scope)) == 0
    assert tell(to(scope), urgent=True) == 1
    with session(scope):
        channels = mailing_of(scope).channels
        assert (channels["orchard"], channels["quiet"]) == (Channel.OFF, Channel.BELL)
        for wrong in ({"orchard": "pigeon"}, {"forest": "off"}):
            with pytest.raises(InputError):
                save_mailing(scope, digest=True, channels=wrong)
