"""Facts and sheets as plain values: what is hashed when they are frozen, and the facts read back from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

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
from wufei.actions.assessment.core.scheme import Group
from wufei.actions.assessment.core.sheet import Line, PartSum, ScoreSheet, Source, SourceKind
from wufei.actions.tasks.core.supervision import StepKind
from wufei.actions.tasks.core.task import State
from wufei.kernel.errors import InvariantError
from wufei.kernel.text import Text


def plain(value: Any) -> Any:
    """Give frozen dataclasses, tuples, days and numbers as what `signing.core.canonical` writes."""
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, bool | int | Decimal):
        return value
    if isinstance(value, str):
        return str(value)
    raise InvariantError("assess.plain", Text(f"不能写成数据：{value!r}", f"No plain value: {value!r}"))


def facts_of(data: Mapping[str, Any]) -> Facts:
    """Read facts back from what `plain` made of them."""
    return Facts(
        region_id=data["region_id"],
        year=data["year"],
        on=date.fromisoformat(data["on"]),
        book=data["book"],
        as_of=data["as_of"],
        plan=data["plan"],
        offices=tuple(Office(one["id"], _text(one["name"]), tuple(one["names"])) for one in data["offices"]),
        indicators=tuple(_indicator(one) for one in data["indicators"]),
        tasks=tuple(_task(one) for one in data["tasks"]),
        reports=tuple(_report(one) for one in data["reports"]),
        steps=tuple(_step(one) for one in data["steps"]),
    )


def _indicator(one: Mapping[str, Any]) -> IndicatorFact:
    return IndicatorFact(
        id=one["id"],
        name=_text(one["name"]),
        departments=tuple(one["departments"]),
        binding=one["binding"],
        target=TargetKind(one["target"]),
        target_text=_text(one["target_text"]),
        sense=Sense(one["sense"]),
        value=_number(one["value"]),
        basis=Basis(one["basis"]),
        required=_number(one["required"]),
        unit=one["unit"],
        good=one["good"],
        figure=one["figure"],
        reason=_text(one["reason"]),
    )


def _task(one: Mapping[str, Any]) -> TaskFact:
    return TaskFact(
        id=one["id"],
        no=one["no"],
        name=one["name"],
        state=State(one["state"]) if one["state"] else None,
        reason=_text(one["reason"]),
        leads=tuple(one["leads"]),
        supports=tuple(one["supports"]),
    )


def _report(one: Mapping[str, Any]) -> ReportFact:
    due = tuple(
        DueReport(
            _text(each["quarter"]),
            date.fromisoformat(each["due_on"]),
            each["report_id"],
            _day(each["reported_on"]),
        )
        for each in one["due"]
    )
    return ReportFact(one["task_id"], one["task"], one["department_id"], one["leads"], due)


def _step(one: Mapping[str, Any]) -> StepFact:
    return StepFact(
        id=one["id"],
        kind=StepKind(one["kind"]),
        number=_text(one["number"]),
        department_id=one["department_id"],
        task_id=one["task_id"],
        task=one["task"],
        issued_on=date.fromisoformat(one["issued_on"]),
        reply_by=_day(one["reply_by"]),
        replied_on=_day(one["replied_on"]),
    )


def _text(one: Mapping[str, str]) -> Text:
    return Text(one["zh"], one["en"])


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def sheets_of(data: Sequence[Mapping[str, Any]]) -> tuple[ScoreSheet, ...]:
    """Read score sheets back from what `plain` made of them."""
    return tuple(_sheet(one) for one in data)


def _sheet(one: Mapping[str, Any]) -> ScoreSheet:
    group = one["group"]
    weights = tuple((part, Decimal(points)) for part, points in group["weights"])
    return ScoreSheet(
        one["department_id"],
        Group(group["id"], _text(group["title"]), tuple(group["words"]), weights),
        tuple(
            PartSum(
                each["id"],
                _text(each["title"]),
                Decimal(each["points"]),
                Decimal(each["score"]),
                Decimal(each["open_points"]),
            )
            for each in one["parts"]
        ),
        tuple(_line(each) for each in one["lines"]),
    )


def _line(one: Mapping[str, Any]) -> Line:
    return Line(
        key=one["key"],
        part=one["part"],
        item=_text(one["item"]),
        points=Decimal(one["points"]),
        score=_number(one["score"]),
        formula=_text(one["formula"]),
        reason=_text(one["reason"]),
        source=Source(SourceKind(one["source"]["kind"]), one["source"]["ref"]),
        inputs=tuple((_text(name), _text(value)) for name, value in one["inputs"]),
        changed=one["changed"],
        before=_number(one["before"]),
        decided=one["decided"],
    )
