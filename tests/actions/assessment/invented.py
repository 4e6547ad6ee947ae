"""A scheme of three parts and facts of three departments, small enough to reckon by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from wufei.actions.assessment.core.facts import (
    Basis,
    DueReport,
    Facts,
    IndicatorFact,
    Office,
    ReportFact,
    Sense,
    StepFact,
    TargetKind,
    TaskFact,
)
from wufei.actions.assessment.core.reading import read_scheme
from wufei.actions.assessment.core.scheme import Scheme
from wufei.actions.tasks.core.supervision import StepKind
from wufei.actions.tasks.core.task import State
from wufei.kernel.text import Text

ECOLOGY, URBAN, STREET = 1, 2, 3

SCHEME = """
id: test
title: {zh: 试验办法, en: Test scheme}
source: {zh: 为试验而编, en: Made up for the test}
status: to-be-confirmed
valid: {from: 2024, to: 2027}
ranking_shown: true
appeal_days: 7
parts:
  - {id: indicators, kind: indicators, title: {zh: 指标, en: Indicators}, if_none: spread,
     method: ratio, zero_below: 0.6, binding_weight: 2}
  - id: tasks
    kind: tasks
    title: {zh: 任务, en: Tasks}
    if_none: spread
    states: {done: 1, on-track: 1, lasting: 1, not-started: 0, behind: 0.4}
    lead_weight: 2
    support_weight: 1
  - {id: reports, kind: reports, title: {zh: 报送, en: Reports}, if_none: spread}
  - {id: answers, kind: answers, title: {zh: 督办, en: Answers}, if_none: full, late_share: 0.5}
bonus:
  cap: 5
  items:
    [{id: model, title: {zh: 推广, en: Spread}, points: 4},
     {id: award, title: {zh: 表彰, en: Award}, points: 3}]
deductions:
  {cap: 3, circular: 2, unanswered: 1, items: [{id: incident, title: {zh: 事件, en: Incident}, points: 3}]}
groups:
  - {id: streets, title: {zh: 街道, en: Streets}, words: [街道],
     weights: {indicators: 10, tasks: 60, reports: 20, answers: 10}}
  - {id: rest, title: {zh: 部门, en: Departments}, words: [],
     weights: {indicators: 40, tasks: 40, reports: 12, answers: 8}}
"""


@lru_cache(maxsize=1)
def scheme() -> Scheme:
    found, findings = read_scheme(SCHEME)
    assert found is not None, findings
    return found


def indicator(name: str = "rate", **changes) -> IndicatorFact:
    made = IndicatorFact(
        id=name,
        name=Text(name, name),
        departments=(ECOLOGY,),
        binding=False,
        target=TargetKind.NUMBER,
        target_text=Text("90%（2026年）", "90% (2026)"),
        sense=Sense.MORE,
        value=Decimal(81),
        basis=Basis.REPORTED,
        required=Decimal(90),
        unit="%",
        good=False,
        figure=f"{name}@DEMO/2025/synthetic",
        reason=Text(""),
    )
    return replace(made, **changes)


def task(number: int, state: State | None, leads=(ECOLOGY,), supports=()) -> TaskFact:
    return TaskFact(
        number, str(number), f"任务{number}", state, Text("理由", "why"), tuple(leads), tuple(supports)
    )


def report(number: int, department_id: int, *days: str) -> ReportFact:
    """Reports due at the ends of quarters; a day on which each came, or nothing."""
    due = tuple(
        DueReport(
            Text(f"{at}季度", f"Q{at}"),
            date(2025, 3 * at + 1, 10) if at < 4 else date(2026, 1, 10),
            at if day else None,
            date.fromisoformat(day) if day else None,
        )
        for at, day in enumerate(days, start=1)
    )
    return ReportFact(number, f"任务{number}", department_id, True, due)


def step(number: int, department_id: int, kind: StepKind, reply_by: str, replied_on: str) -> StepFact:
    return StepFact(
        number,
        kind,
        Text(f"{number}号", str(number)),
        department_id,
        1,
        "任务1",
        date(2025, 8, 1),
        date.fromisoformat(reply_by) if reply_by else None,
        date.fromisoformat(replied_on) if replied_on else None,
    )


def facts(**changes) -> Facts:
    made = Facts(
        region_id=1,
        year=2025,
        on=date(2026, 1, 11),
        book="synthetic",
        as_of="封存序号 3",
        plan="demo",
        offices=(
            Office(ECOLOGY, Text("生态环境局", "Ecology"), ("生态环境局",)),
            Office(URBAN, Text("城管委", "Urban"), ("城管委",)),
            Office(STREET, Text("东街道", "East street"), ("东街道",)),
        ),
        indicators=(indicator(), indicator("second", binding=True, value=Decimal(95), good=True)),
        tasks=(
            task(1, State.DONE, (ECOLOGY,), (URBAN, STREET)),
            task(2, State.BEHIND, (URBAN,)),
            task(3, State.ON_TRACK, (STREET,), (ECOLOGY,)),
        ),
        reports=(report(1, ECOLOGY, "2025-04-01", "2025-07-20"), report(2, URBAN, "2025-04-02", "")),
        steps=(),
    )
    return replace(made, **changes)
