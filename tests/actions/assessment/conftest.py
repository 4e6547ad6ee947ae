"""A district whose departments reported on tasks, and one of which owes the answer to an order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from tests.actions.tasks.conftest import Place, on_day, pass_, place, place_factory, report, taken, task_ids
from wufei.actions.tasks import services as tasks
from wufei.actions.tasks.core.supervision import StepKind
from wufei.actions.tasks.core.task import Quarter
from wufei.kernel.period import Period
from wufei.records.observations.core.observation import NewObservation, ObservationKind
from wufei.records.observations.services import record
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session

__all__ = ["on_day", "place", "place_factory", "taken"]

RATE = "general-industrial-waste-utilisation-rate"


def reported(region_id: int, value: str, *, corrects: UUID | None = None) -> UUID:
    """Record what the ecology bureau reports for the rate."""
    observation = NewObservation(
        book="synthetic",
        metric=RATE,
        region_id=region_id,
        period=Period.year_of(2026),
        value=Decimal(value),
        unit="%",
        text=f"{value}%",
        kind=ObservationKind.REPORTED,
        source_title="年度自评报告",
        department="生态环境局",
        replaces=corrects,
        reason="年报核定" if corrects else "",
    )
    with session(Scope.operator()):
        done = record(Scope.operator(), observations=[observation], now=clock.now())
    assert len(done.recorded) == 1, done.findings
    return done.recorded[0]


@pytest.fixture
def ready(taken, on_day) -> Place:
    """In May: the ecology bureau reported its spring in time; the urban bureau did not, and got an order."""
    on_day("2026-04-05")
    pass_(report(taken.people["clerk"], taken))
    on_day("2026-05-01")
    tasks.issue_step(
        taken.people["office"],
        task_id=task_ids(taken)[1],
        kind=StepKind.ORDER,
        node=Quarter(2026, 1),
        text="请说明原因",
        reply_by=date(2026, 5, 9),
    )
    reported(taken.region_id, "75")
    on_day("2026-05-20")
    return taken
