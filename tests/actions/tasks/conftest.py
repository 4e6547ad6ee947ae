"""A district with a plan of three tasks, departments and their people."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest

from wufei.actions.tasks import services
from wufei.actions.tasks.forms import REPORT
from wufei.actions.tasks.models import Task
from wufei.kernel.ids import new_id
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.plans.core.plan import (
    Attribute,
    LineSet,
    LineType,
    Plan,
    PlanLine,
    PlanProject,
    PlanTask,
    Source,
)
from wufei.records.plans.core.values import parse_value
from wufei.records.plans.services import load_plan
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.forms import services as forms
from wufei.runtime.identity.queries import all_regions, memberships_of
from wufei.runtime.identity.services import add_membership, create_user, save_department

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Place:
    """A district with people of two departments, its office and its leader."""

    region_id: int
    plan: Plan
    departments: dict[str, int]
    people: dict[str, Scope]
    names: dict[str, str]


def task_of(code: str, **changed) -> PlanTask:
    task = PlanTask(
        code,
        code,
        "一、工业固废",
        f"任务{code}",
        f"任务{code}的内容。",
        ("生态环境局",),
        ("城管委",),
        "2026年底前",
    )
    return replace(task, **changed)


def plan_of(region_id: int, *tasks: PlanTask, projects: tuple[PlanProject, ...] = ()) -> Plan:
    key = next(region.key for region in all_regions() if region.id == region_id)
    line = PlanLine(
        no=1,
        set=LineSet.MAIN,
        level1="资源化利用",
        level2="工业",
        name="一般工业固体废物综合利用率",
        indicator_id="general-industrial-waste-utilisation-rate",
        type=LineType.MUST,
        attribute=Attribute.BINDING,
        baseline=parse_value("70%"),
        targets=((2027, parse_value("90%")),),
        units=("生态环境局",),
    )
    return Plan(
        id=f"plan-{key}",
        title=Text("试验区实施方案", "Test district plan"),
        region_key=key,
        number="",
        issuer="试验区政府",
        issued_on=Period.parse("2026-01"),
        base_year=2025,
        target_years=(2027,),
        declared_totals=(),
        lines=(line,),
        text_targets=(),
        source=Source("试验", "1"),
        status="official",
        tasks=tasks,
        projects=projects,
    )


@pytest.fixture
def on_day(monkeypatch) -> Callable[[str], None]:
    """Set the day on which the test plays."""

    def on(day: str) -> None:
        monkeypatch.setenv("WUFEI_NOW", f"{day}T10:00:00+08:00")

    on("2026-01-20")
    return on


@pytest.fixture
def place_factory(db, region_factory, on_day) -> Callable[..., Place]:
    """Make a district with people and a plan, published unless the test does so itself."""

    def make(*tasks: PlanTask, projects: tuple[PlanProject, ...] = (), published: bool = True) -> Place:
        region_id, tag = region_factory(), uuid.uuid4().hex[:8]
        departments = {
            name: save_department(
                key=f"{name}-{tag}", name=Text(zh, name), region_id=region_id, aliases=aliases
            )
            for name, zh, aliases in (
                ("ecology", f"区生态环境局{tag}", ["生态环境局"]),
                ("urban", f"区城市管理委{tag}", ["城管委"]),
                ("office", f"区无废办{tag}", []),
            )
        }
        plan = plan_of(region_id, *(tasks or (task_of("1"),)), projects=projects)
        if published:
            load_plan(Scope.operator(), plan)
        people, names = {}, {}
        for name, role, department in (
            ("clerk", "clerk", "ecology"),
            ("reviewer", "reviewer", "ecology"),
            ("helper", "clerk", "urban"),
            ("office", "office", "office"),
            ("leader", "leader", ""),
            ("loner", "clerk", ""),
        ):
            names[name] = f"{name}-{tag}"
            user_id = create_user(username=names[name], password=PASSWORD, display_name=f"试验{name}")
            add_membership(
                user_id=user_id,
                role=role,
                region_id=region_id,
                department_id=departments.get(department),
            )
            people[name] = scope_of(memberships_of(user_id, on=date(2026, 1, 20))[0], language="zh-hans")
        return Place(region_id, plan, departments, people, names)

    return make


@pytest.fixture
def place(place_factory) -> Place:
    return place_factory(task_of("1"), task_of("2", lead=("城管委",), support=(), due="长期坚持"))


@pytest.fixture
def taken(place) -> Place:
    """The district after its office has taken the plan and the leads confirmed this year."""
    services.take_plan(place.people["office"], place.plan.id)
    for number, who in zip(task_ids(place), ("clerk", "helper"), strict=True):
        services.draft_goals(place.people[who], task_id=number)
        services.confirm_goal(place.people[who], task_id=number, year=2026)
    return place


@pytest.fixture
def user_of(taken) -> Callable[[str, int | None], Scope]:
    """Make another person of a role, in a department of the district or in none."""

    def make(role: str, department_id: int | None) -> Scope:
        user_id = create_user(username=f"{role}-{uuid.uuid4().hex[:8]}", password=PASSWORD)
        add_membership(user_id=user_id, role=role, region_id=taken.region_id, department_id=department_id)
        return scope_of(memberships_of(user_id, on=date(2026, 1, 20))[0], language="zh-hans")

    return make


def task_ids(place: Place) -> list[int]:

    with session(Scope.operator()):
        return list(
            Task.objects.filter(plan_key=place.plan.id)
            .order_by("position", "id")
            .values_list("id", flat=True)
        )


def report(
    scope: Scope,
    place: Place,
    code: str = "1",
    *,
    percent: int = 25,
    quarter: str = "2026-Q1",
    region_id: int | None = None,
    **more,
):
    """Send a report by the form, as every way in does."""
    return forms.enter(
        scope,
        REPORT,
        entry_id=new_id(clock.now()),
        answers={
            "task": f"{place.plan.id}#{code}",
            "quarter": quarter,
            "percent": percent,
            "progress": "完成方案",
            **more,
        },
        place=forms.Place(region_id or place.region_id),
        now=clock.now(),
    )


def pass_(outcome) -> None:
    """Let the report count, as the last pass of its review does."""
    with session(Scope.operator()):
        forms.finish(Scope.operator(), entry_id=outcome.entry.id)
