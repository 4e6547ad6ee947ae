"""A published plan becomes tasks: once, updated by later editions, closed where one withdraws them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.actions.tasks.conftest import plan_of, task_ids, task_of
from wufei.actions.tasks import queries, services
from wufei.actions.tasks.models import Task, Unit
from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.records.plans.services import load_plan
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.identity.models import Region
from wufei.runtime.identity.queries import departments_by_id
from wufei.runtime.identity.services import save_department
from wufei.runtime.notices.queries import notices_of


def board(place, who="office"):
    return queries.board(place.people[who], place.region_id, on=today_on())


def test_tasks_get_their_departments_by_name_and_alias(place):
    taken = services.take_plan(place.people["office"], place.plan.id)
    assert (taken.made, taken.updated, taken.closed, taken.findings) == (2, 0, 0, ())
    first, second = board(place).rows
    assert [unit.department_id for unit in first.leads] == [place.departments["ecology"]]
    assert [unit.department_id for unit in first.supports] == [place.departments["urban"]]
    assert (second.lasting, second.due_on, str(first.due_on)) == (True, None, "2026-12-31")


def test_taking_a_plan_again_changes_nothing(place):
    services.take_plan(place.people["office"], place.plan.id)
    before = board(place)
    again = services.take_plan(place.people["office"], place.plan.id)
    assert (again.made, again.updated, again.same) == (0, 0, 2)
    assert board(place) == before


def test_a_later_edition_updates_and_closes_with_a_note_and_brings_back(place):
    office = place.people["office"]
    services.take_plan(office, place.plan.id)
    changed = replace(place.plan, tasks=(task_of("1", text="新的内容。"), task_of("3")))
    load_plan(Scope.operator(), changed)
    taken = services.take_plan(office, place.plan.id)
    assert (taken.made, taken.updated, taken.closed) == (1, 1, 1)
    closed = queries.find_task_row(office, task_ids(place)[1], on=today_on())
    assert closed.closed_on == today_on()
    assert "不含此项" in closed.closed_note
    assert [row.code for row in board(place).rows] == ["1", "3"]
    assert board(place).rows[0].text == "新的内容。"
    load_plan(Scope.operator(), place.plan)
    services.take_plan(office, place.plan.id)
    assert [row.code for row in board(place).rows] == ["1", "2"]


def test_an_unknown_unit_is_a_finding_and_matched_by_hand_the_alias_is_learnt(place_factory):
    place = place_factory(
        task_of("1", lead=("区生环局",)), task_of("2", lead=("区生环局",), support=("各有关部门",))
    )
    office = place.people["office"]
    taken = services.take_plan(office, place.plan.id)
    assert [(one.value, one.severity.value) for one in taken.findings] == [
        ("区生环局", "warning"),
        ("区生环局", "warning"),
        ("各有关部门", "note"),
    ]
    assert [one.value for one in queries.unmatched_units(office, place.region_id)] == [
        "区生环局",
        "各有关部门",
    ]
    ecology = place.departments["ecology"]
    assert services.match_unit(office, region_id=place.region_id, name="区生环局", department_id=ecology) == 2
    assert "区生环局" in departments_by_id([ecology])[ecology].aliases
    assert board(place).rows[1].leads[0].department_id == ecology
    again = services.take_plan(office, place.plan.id)
    assert [one.value for one in again.findings] == ["各有关部门"]


def test_a_unit_is_matched_to_a_department_of_the_region_only(place, region_factory):
    services.take_plan(place.people["office"], place.plan.id)
    elsewhere = save_department(key=f"x-{region_factory()}", name=Text("外区"), region_id=region_factory())
    with pytest.raises(InputError, match=r"task\.department"):
        services.match_unit(
            place.people["office"], region_id=place.region_id, name="城管委", department_id=elsewhere
        )


def test_only_the_office_of_the_region_takes_a_plan(place, place_factory):
    with pytest.raises(AccessError):
        services.take_plan(place.people["clerk"], place.plan.id)
    with pytest.raises(AccessError):
        services.take_plan(place_factory().people["office"], place.plan.id)


def test_a_plan_without_tasks_says_what_to_do(place_factory):
    place = place_factory()
    load_plan(Scope.operator(), plan_of(place.region_id))
    with pytest.raises(InputError, match="没有任务和项目"):
        services.take_plan(place.people["office"], place.plan.id)


def test_row_level_security_alone_hides_tasks_of_another_region(place, place_factory):
    services.take_plan(place.people["office"], place.plan.id)
    other = place_factory()
    number = task_ids(place)[0]
    with pytest.raises(NotFoundError):
        queries.find_task_row(other.people["office"], number, on=today_on())
    assert queries.board(other.people["office"], place.region_id, on=today_on()).rows == ()

    with session(other.people["office"]):
        assert not Task.objects.filter(id=number).exists()
        assert not Unit.objects.filter(task_id=number).exists()
        assert Task.objects.filter(id=number).update(closed_note="x") == 0


def test_a_street_of_the_district_sees_the_tasks_that_name_it(place_factory, region_factory):
    """Its region lies below; the task lies in the district."""

    place = place_factory(task_of("1", support=("东街",)), task_of("2"))
    street = region_factory(kind="synthetic")
    Region.objects.filter(id=street).update(parent_id=place.region_id)
    department = save_department(key=f"street-{street}", name=Text("东街"), region_id=street)
    office = replace(place.people["office"], region_ids=place.people["office"].region_ids | {street})
    services.take_plan(office, place.plan.id)
    there = replace(place.people["helper"], region_ids=frozenset({street}), department_id=department)
    assert [row.code for row in queries.own_tasks(there, on=today_on()).tasks] == ["1"]
    with pytest.raises(NotFoundError):
        queries.find_task_row(there, task_ids(place)[1], on=today_on())


def test_who_leads_a_task_is_told_once(place):
    for _ in range(2):
        services.take_plan(place.people["office"], place.plan.id)
    with session(place.people["clerk"]):
        told = [notice.text.zh for notice in notices_of(place.people["clerk"])[0]]
    assert told == ["本部门牵头的任务新增或变更1项，请确认年度目标"]
