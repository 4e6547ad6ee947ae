"""Figures and documents of every kind, made in the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

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
from wufei.records.plans.core.values import parse_value

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
