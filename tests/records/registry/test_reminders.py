"""Who is told that a paper or certificate ends: once per step, the right people, and nobody else."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connections

from wufei.records.registry.core.drafts import PaperDraft, PersonDraft
from wufei.records.registry.jobs import TOPICS
from wufei.records.registry.services import reminding, save_one, save_papers, tell_due
from wufei.records.registry.services.reminding import ENDS_SOON, HAS_ENDED
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import parties_by_id
from wufei.runtime.identity.services import add_membership, create_user
from wufei.runtime.notices.queries import notices_of

DAY = date(2026, 3, 1)


@pytest.fixture
def party(party_factory):
    return parties_by_id([party_id := party_factory()])[party_id]


@pytest.fixture
def person(db):
    def make(role, region_id, party_id=None):
        user = create_user(username=f"u-{uuid.uuid4().hex[:12]}", password="p")
        add_membership(user_id=user, role=role, region_id=region_id, party_id=party_id)
        return Scope(user, None, role)

    return make


def told(scope):
    with session(scope):
        rows, _ = notices_of(scope)
    return [(row.topic_key, row.text.zh) for row in rows]


def contract(party_id, end, number="C1", **more):
    return PaperDraft(party_id, "insurance", number, date(2025, 1, 1), end, **more)


def run(operator, day):
    while tell_due(operator, on=day):
        pass


def test_the_holder_is_told_at_each_step_and_the_office_when_it_has_ended(operator, party, person):
    holder = person(Role.PRODUCER, party.region_id, party.id)
    office = person(Role.OFFICE, party.region_id)
    clerk = person(Role.CLERK, party.region_id)
    porter = person(Role.PORTER, party.region_id, party.id)
    save_one(operator, contract(party.id, DAY))
    for left in (31, 30, 29, 8, 7, 7, 6, 0):
        run(operator, DAY - timedelta(days=left))
    assert [key for key, _ in told(holder)] == ["registry.due", "registry.due"]
    assert told(office) == []
    for late in (1, 2, 50):
        run(operator, DAY + timedelta(days=late))
    assert told(holder)[0] == ("registry.ended", "环境污染责任保险 C1 已于 2026-03-01 到期。")
    assert len(told(holder)) == 3
    assert told(office) == [
        ("registry.ended", f"{party.name.zh}：环境污染责任保险 C1 已于 2026-03-01 到期。")
    ]
    assert told(clerk) == told(porter) == []
    assert {key for key, _ in told(holder)} == {ENDS_SOON, HAS_ENDED}
    assert {ENDS_SOON, HAS_ENDED} <= {topic.key for topic in TOPICS}


def test_another_party_s_people_and_another_region_s_office_are_not_told(
    operator, party, party_factory, person
):
    other = parties_by_id([party_id := party_factory()])[party_id]
    strangers = [
        person(Role.PRODUCER, other.region_id, other.id),
        person(Role.OFFICE, other.region_id),
        # Of the same region, but another firm.
        person(Role.PRODUCER, party.region_id, party_factory(region_id=party.region_id)),
    ]
    holder = person(Role.PRODUCER, party.region_id, party.id)
    save_one(operator, contract(party.id, DAY + timedelta(days=5)))
    save_one(
        operator, PersonDraft(party.id, "D1", "张三丰", "驾驶员", certificate_to=DAY - timedelta(days=9))
    )
    run(operator, DAY)
    assert sorted(key for key, _ in told(holder)) == ["registry.due", "registry.ended"]
    assert [told(scope) for scope in strangers] == [[], [], []]
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('wufei.person', %s, false)", [str(strangers[0].user_id)])
        cursor.execute("SELECT count(*) FROM notices_notice WHERE party_id = %s", [party.id])
        assert cursor.fetchone() == (0,)


def test_the_other_side_of_a_contract_is_not_told(operator, party, party_factory, person):
    other = parties_by_id([party_id := party_factory()])[party_id]
    stranger = person(Role.RECEIVER, other.region_id, other.id)
    draft = PaperDraft(
        party.id, "contract", "C", date(2025, 1, 1), DAY, other_party_id=other.id, cycle="month"
    )
    save_one(operator, draft)
    run(operator, DAY)
    assert told(stranger) == []


def test_a_certificate_names_nobody_and_who_has_left_is_not_spoken_of(operator, party, person):
    holder = person(Role.CARRIER, party.region_id, party.id)
    number = "110101199001011234"
    end = DAY + timedelta(days=20)
    people = [
        PersonDraft(party.id, "D1", "张三丰", "驾驶员", certificate=number, certificate_to=end),
        PersonDraft(party.id, "D2", "李四光", "押运员", certificate_to=end, left_on=DAY),
        PersonDraft(party.id, "D3", "王五", "押运员"),
    ]
    for draft in people:
        save_one(operator, draft)
    run(operator, DAY)
    assert told(holder) == [("registry.due", f"资格证 驾驶员 D1 将于 {end} 到期，还有 20 天。")]


def test_a_renewed_paper_is_silent_until_its_own_end(operator, party, person):
    holder = person(Role.PRODUCER, party.region_id, party.id)
    save_one(operator, contract(party.id, DAY))
    run(operator, DAY - timedelta(days=7))
    save_one(operator, contract(party.id, DAY + timedelta(days=365)))
    run(operator, DAY + timedelta(days=1))
    assert len(told(holder)) == 1
    run(operator, DAY + timedelta(days=365 - 7))
    assert len(told(holder)) == 2


def test_a_round_is_bounded_and_the_rest_follows(operator, party, person, monkeypatch):
    holder = person(Role.PRODUCER, party.region_id, party.id)
    monkeypatch.setattr(reminding, "AT_ONCE", 4)
    save_papers(operator, [contract(party.id, DAY, f"N{n}") for n in range(9)])
    run(operator, DAY - timedelta(days=10))
    numbers = sorted(text.split()[1] for _, text in told(holder))
    assert numbers == [f"N{n}" for n in range(9)]
