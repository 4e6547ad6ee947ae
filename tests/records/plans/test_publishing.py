"""Plans are published whole, once, by those who may; everyone reads what they may."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, connections
from django.test.utils import CaptureQueriesContext

from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.period import Period
from wufei.records.plans.core.files import load_plans
from wufei.records.plans.core.plan import Plan, PlanProject, PlanTask
from wufei.records.plans.core.values import parse_value
from wufei.records.plans.models import PlanLine, PlanTarget
from wufei.records.plans.models import PlanTask as PlanTaskRow
from wufei.records.plans.queries import get_plan, list_plans, plan_for
from wufei.records.plans.services import load_plan
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import find_region

pytestmark = pytest.mark.usefixtures("db")
PLANS = {plan.id: plan for plan in load_plans()}


@pytest.fixture
def own_plan(region_factory: Callable[..., int]) -> Callable[..., Plan]:
    """Give a packaged plan to a region of the test's own."""

    def make(packaged: str = "bda-2020", *, region_key: str = "") -> Plan:
        key = region_key or f"test-{uuid.uuid4().hex[:12]}"
        if not region_key:
            region_factory(key=key)
        return replace(PLANS[packaged], id=f"plan-{uuid.uuid4().hex[:12]}", region_key=key)

    return make


def _office(region_id: int, role: Role = Role.OFFICE) -> Scope:
    return Scope(user_id=None, membership_id=None, role=role, region_ids=frozenset({region_id}))


@pytest.mark.parametrize("packaged", sorted(PLANS))
def test_a_published_plan_reads_back_as_itself(
    packaged: str, own_plan: Callable[..., Plan], operator: Scope
) -> None:
    plan = own_plan(packaged)
    assert load_plan(operator, plan).outcome == "loaded"
    assert get_plan(operator, plan.id) == plan


def test_the_same_plan_again_changes_nothing(own_plan: Callable[..., Plan], operator: Scope) -> None:
    plan = own_plan()
    load_plan(operator, plan)
    rows = list(PlanLine.objects.filter(plan__key=plan.id).order_by("id").values_list("id", flat=True))
    assert load_plan(operator, plan).outcome == "repeated"
    assert (
        list(PlanLine.objects.filter(plan__key=plan.id).order_by("id").values_list("id", flat=True)) == rows
    )


def test_a_changed_plan_replaces_the_old_one(own_plan: Callable[..., Plan], operator: Scope) -> None:
    plan = own_plan()
    load_plan(operator, plan)
    mended = replace(plan.lines[12], targets=((2020, parse_value("50%")),))
    revised = replace(plan, lines=(*plan.lines[:12], mended))
    assert load_plan(operator, revised).outcome == "revised"
    assert get_plan(operator, plan.id) == revised


def test_an_unknown_region_is_refused_and_nothing_is_written(
    own_plan: Callable[..., Plan], operator: Scope
) -> None:
    plan = replace(own_plan(), region_key="nowhere-at-all")
    with pytest.raises(NotFoundError):
        load_plan(operator, plan)
    with pytest.raises(NotFoundError):
        get_plan(operator, plan.id)


def test_a_plan_does_not_move_to_another_region(own_plan: Callable[..., Plan], operator: Scope) -> None:
    plan, other = own_plan(), own_plan()
    load_plan(operator, plan)
    with pytest.raises(InputError) as caught:
        load_plan(operator, replace(plan, region_key=other.region_key))
    assert caught.value.code == "plan.other-region"
    assert get_plan(operator, plan.id).region_key == plan.region_key


@pytest.mark.parametrize("change", [{"lines": ()}, {"target_years": ()}])
def test_a_plan_without_lines_or_target_years_is_refused(
    change: dict[str, tuple[()]], own_plan: Callable[..., Plan], operator: Scope
) -> None:
    with pytest.raises(InputError) as caught:
        load_plan(operator, replace(own_plan(), **change))
    assert caught.value.code == "plan.without-targets"


def test_only_the_office_of_the_region_publishes(own_plan: Callable[..., Plan]) -> None:
    plan, elsewhere = own_plan(), own_plan()
    here = find_region(plan.region_key).id
    there = find_region(elsewhere.region_key).id
    for scope in (_office(there), _office(here, Role.LEADER), _office(here, Role.CLERK), Scope.public()):
        with pytest.raises(AccessError):
            load_plan(scope, plan)
    assert load_plan(_office(here), plan).outcome == "loaded"


def test_everyone_reads_every_published_plan(own_plan: Callable[..., Plan], operator: Scope) -> None:
    plan, elsewhere = own_plan(), own_plan()
    load_plan(operator, plan)
    load_plan(operator, elsewhere)
    here = find_region(plan.region_key).id
    for scope in (_office(here, Role.LEADER), _office(1, Role.PRODUCER), Scope.public()):
        assert {plan.id, elsewhere.id} <= {row.id for row in list_plans(scope)}
        assert [row.id for row in list_plans(scope, here)] == [plan.id]
        assert get_plan(scope, elsewhere.id) == elsewhere
        assert plan_for(scope, here, plan.base_year) == plan


def test_a_list_row_says_what_the_plan_is(own_plan: Callable[..., Plan], operator: Scope) -> None:
    plan = own_plan("miyun-2022")
    load_plan(operator, plan)
    (row,) = list_plans(operator, find_region(plan.region_key).id)
    assert (row.id, row.title, row.line_count) == (plan.id, plan.title, 57)
    assert (row.base_year, row.target_years, row.issued_on) == (2020, (2025,), Period.parse("2022-10-10"))


def test_the_plan_of_a_year_is_the_latest_whose_span_holds_it(
    own_plan: Callable[..., Plan], operator: Scope
) -> None:
    first = own_plan("bda-2020")
    second = replace(own_plan("miyun-2022", region_key=first.region_key), base_year=2020)
    load_plan(operator, first)
    load_plan(operator, second)
    region = find_region(first.region_key).id
    held = {year: plan_for(operator, region, year) for year in (2017, 2018, 2020, 2025, 2026)}
    assert {year: plan.id if plan else None for year, plan in held.items()} == {
        2017: None,
        2018: first.id,
        2020: second.id,
        2025: second.id,
        2026: None,
    }


def test_reading_takes_the_same_few_queries_for_a_long_and_a_short_plan(
    own_plan: Callable[..., Plan], operator: Scope
) -> None:
    long, short = own_plan("miyun-2022"), own_plan("bda-2020")
    load_plan(operator, long)
    load_plan(operator, replace(short, lines=short.lines[:2]))
    counts = []
    for plan_id in (long.id, short.id):
        with CaptureQueriesContext(connections["default"]) as captured:
            get_plan(operator, plan_id)
        counts.append(len(captured))
    # The plan, its region, lines, values, tasks, projects.
    assert counts[0] == counts[1] <= 6


def test_the_database_too_refuses_a_number_twice_and_a_number_without_value(
    own_plan: Callable[..., Plan], operator: Scope
) -> None:
    plan = own_plan()
    load_plan(operator, plan)
    line = PlanLine.objects.filter(plan__key=plan.id, line_set="main", no=1).get()
    with pytest.raises(IntegrityError, match="plan_line_number_once"), session(operator):
        PlanLine.objects.filter(plan__key=plan.id, line_set="main", no=2).update(no=1)
    with pytest.raises(IntegrityError, match="plan_target_number_where_op_needs_one"), session(operator):
        PlanTarget.objects.filter(line=line, is_base=True).update(value=None)


def task(code: str, **changes: object) -> PlanTask:
    said = PlanTask(
        code,
        no=code,
        section="（一）源头减量",
        title="推行绿色采购",
        text="推行绿色采购，2025年底前覆盖全部机关。",
        lead=("区机关事务中心",),
        support=("区财政局", "各街道"),
        due="2025年底前",
        clause="附件2 第3行",
    )
    return replace(said, **changes)


def test_tasks_and_projects_read_back_in_their_order(own_plan: Callable[..., Plan], operator: Scope) -> None:
    project = PlanProject("1", "1", "利用", "资源化中心", "日处理200吨", ("区城管委",), "2025年", "附件3")
    plan = replace(own_plan(), tasks=(task("2"), task("1")), projects=(project,))
    load_plan(operator, plan)
    assert get_plan(operator, plan.id) == plan


def test_a_task_keeps_its_row_in_a_later_edition_and_one_left_out_is_withdrawn(
    own_plan: Callable[..., Plan], operator: Scope
) -> None:
    plan = replace(own_plan(), tasks=(task("1"), task("2")))
    load_plan(operator, plan)
    rows = dict(PlanTaskRow.objects.filter(plan__key=plan.id).values_list("code", "id"))
    later = replace(plan, tasks=(task("2", due="2026年"), task("3")))
    load_plan(operator, later)
    assert get_plan(operator, plan.id) == later
    kept = PlanTaskRow.objects.filter(plan__key=plan.id)
    assert {row.code: row.withdrawn for row in kept} == {"1": True, "2": False, "3": False}
    assert kept.get(code="2").id == rows["2"]
    load_plan(operator, plan)
    assert get_plan(operator, plan.id) == plan
    assert PlanTaskRow.objects.get(plan__key=plan.id, code="1").id == rows["1"]


@pytest.mark.parametrize("codes", [("1", "1"), ("",)])
def test_tasks_that_nothing_tells_apart_are_refused(
    own_plan: Callable[..., Plan], operator: Scope, codes: tuple[str, ...]
) -> None:
    plan = replace(own_plan(), tasks=tuple(task(code) for code in codes))
    with pytest.raises(InputError) as raised:
        load_plan(operator, plan)
    assert raised.value.code == "plan.code-twice"


def test_row_security_alone_keeps_the_tasks_of_another_region_from_being_written(
    own_plan: Callable[..., Plan], operator: Scope, region_factory: Callable[..., int]
) -> None:
    plan = replace(own_plan(), tasks=(task("1"),))
    load_plan(operator, plan)
    with session(_office(region_factory())):
        assert PlanTaskRow.objects.filter(plan__key=plan.id).update(due="") == 0
        assert PlanTaskRow.objects.filter(plan__key=plan.id).exists()
