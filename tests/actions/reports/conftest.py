"""Figures and documents of every kind, made in the test."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.actions.tasks.conftest import on_day, place, place_factory, taken
from tests.factors import code_of_new_factor
from wufei.actions.reports import services
from wufei.actions.reports.core.document import (
    Document,
    Head,
    Kind,
    Listing,
    Paragraph,
    Section,
    Sentence,
    Shown,
    Table,
    Tail,
    Tally,
)
from wufei.actions.reports.core.fields import Earlier, FigureField
from wufei.actions.reports.core.states import Act
from wufei.records.plans.core.files import load_plans
from wufei.records.plans.core.values import parse_value
from wufei.records.plans.services import load_plan
from wufei.runtime import clock
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user
from wufei.runtime.signing.core.signature import Offer

__all__ = ["on_day", "place", "place_factory", "taken"]

USE = "general-industrial-waste-utilisation-rate"
FACTORIES = "new-green-factories"
INTENSITY = "general-industrial-waste-intensity"


def make_field(
    value: str | None,
    *,
    previous: str | None = None,
    base: str = "90%",
    target: str = "95%",
    target_year: int = 2025,
    period: str = "2024",
    indicator: str = USE,
    unit: str = "%",
    name: str = "综合利用率",
    **changes: object,
) -> FigureField:
    made = FigureField(
        key="F1",
        figure=f"{indicator}@BDA/{period}/actual",
        name=name,
        unit=unit,
        value=None if value is None else Decimal(value),
        text="",
        basis="" if value is None else "computed",
        as_of="封存序号 3 · 2025-10-08 12:00",
        at=datetime(2025, 10, 8, 4, tzinfo=UTC),
        sequence=3,
        formula="100 * used / generated",
        transfers=17,
        previous=None if previous is None else Earlier(f"{indicator}@BDA/2023/actual", Decimal(previous)),
        base=parse_value(base) if base else None,
        base_year=2020,
        target=parse_value(target) if target else None,
        target_year=target_year,
        plan="p",
    )
    return replace(made, **changes)


@pytest.fixture
def field() -> Callable[..., FigureField]:
    """Make a figure of a document."""
    return make_field


@pytest.fixture
def document() -> Callable[..., Document]:
    """Make a document of a kind that has everything a document can have."""

    def make(kind: Kind = Kind.BRIEFING, **head: object) -> Document:
        figures = (
            make_field("96.0886", previous="93.2"),
            make_field("91.99", previous="93.2", key="F2", name="回收利用率"),
            make_field(None, key="F3", indicator=FACTORIES, unit="家", name="绿色工厂"),
        )
        told = {
            "title": "第三季度进展情况",
            "office": "区无废办",
            "issued_on": date(2025, 10, 15),
            "issue": 3,
            "total_issue": 15,
            "addressee": "各成员单位",
        }
        sections = (
            Section("总体情况", (Paragraph(("共", Tally(), "项，达到", Tally(("met",)), "项。")),)),
            Section("进展", (Paragraph(("工业",), 2), Paragraph(("推进",), 3), Listing(("met", "behind")))),
            Section(
                "任务", (Table(((("任务",), ("进展",)), (("分拣中心",), ("已达", Shown("F1")))), (1, 2)),)
            ),
            Section("", (Paragraph((Sentence("F2"),)),)),
        )
        return Document(
            Head(kind, **(told | head)),
            sections,
            Tail("区政府", "市局", "各镇街", 60),
            figures,
            synthetic=False,
        )

    return make


@pytest.fixture(autouse=True)
def own_store(monkeypatch, test_data_dir):
    """Files and layouts lie with the test's database."""
    monkeypatch.setenv("WUFEI_DATA_DIR", str(test_data_dir))


@pytest.fixture
def district(busy_city, seal_all):
    """District A with BDA's lines as its plan until 2026; 60 % of its industrial waste is used."""
    with session(Scope.operator()):
        original = next(plan for plan in load_plans() if plan.id == "bda-2020")
        lines = tuple(
            replace(line, targets=((2026, line.targets[-1][1]),), units=("生态环境局",))
            for line in original.lines
        )
        plan = replace(
            original,
            id=f"test-{uuid.uuid4().hex[:8]}",
            region_key=busy_city.a_key,
            lines=lines,
            target_years=(2026,),
        )
        load_plan(Scope.operator(), plan)
    seal_all()
    return busy_city


@pytest.fixture
def person(db):
    """Make a person of a role in a region and give the scope."""

    def make(role: Role, region_id: int) -> Scope:
        user_id = create_user(username=f"{role}-{uuid.uuid4().hex[:8]}", password="a-long-password")
        add_membership(user_id=user_id, role=role, region_id=region_id)
        return scope_of(memberships_of(user_id, on=clock.today_on())[0], language="zh-hans")

    return make


@pytest.fixture
def office(person, district):
    return person(Role.OFFICE, district.a)


@pytest.fixture
def leader(person, district):
    return person(Role.LEADER, district.a)


@pytest.fixture
def clerk(person, district):
    return person(Role.CLERK, district.a)


@pytest.fixture
def drafted(office, district):
    return services.draft_briefing(
        office, region_id=district.a, year=2025, quarter=2, book=district.book, now=clock.now()
    )


def moved_on(scope, row, act, reason="", **more):
    return services.move(
        scope, report_id=row.id, version=row.version, act=act, reason=reason, now=clock.now(), **more
    )


@pytest.fixture
def final(drafted, office, leader):
    row = moved_on(office, drafted, Act.SUBMIT)
    row = moved_on(leader, row, Act.PASS)
    return moved_on(leader, row, Act.FINISH, offer=Offer(code_of_new_factor(leader.user_id, clock.now())))
