"""A plan that was read, as the JSON that `wufei plan read --json` prints and the review screen loads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wufei.records.plans.core.reading.result import ReadIndicator, ReadPlan, ReadProject, ReadTarget, ReadTask
from wufei.records.plans.core.values import PlanValue

Json = dict[str, Any]


def plan_json(plan: ReadPlan, language: str = "zh-hans") -> Json:
    """Give a plan as plain JSON; the messages of its Findings in one language."""
    head = plan.head
    return {
        "plan": {
            "title": head.title,
            "region": head.region,
            "number": head.number,
            "issued_on": head.issued_on,
            "base_year": head.base_year,
            "target_years": list(head.target_years),
        },
        "indicators": [_indicator(each) for each in plan.indicators],
        "tasks": [_task(each) for each in plan.tasks],
        "projects": [_project(each) for each in plan.projects],
        "targets_in_text": [_text_target(each) for each in plan.targets],
        "findings": [found.as_json(language) for found in plan.findings],
    }


def _indicator(each: ReadIndicator) -> Json:
    return {
        "no": each.no,
        "level1": each.level1,
        "level2": each.level2,
        "name": each.name,
        "type": each.type,
        "attribute": each.attribute,
        "baseline": _value(each.baseline) if each.baseline else None,
        "targets": [{"year": year, **_value(value)} for year, value in each.targets],
        "units": list(each.units),
        "source": each.place.label,
    }


def _task(each: ReadTask) -> Json:
    return {
        "no": each.no,
        "section": each.section,
        "title": each.title,
        "text": each.text,
        "lead": list(each.lead),
        "support": list(each.support),
        "due": each.due,
        "source": each.place.label,
    }


def _project(each: ReadProject) -> Json:
    return {
        "no": each.no,
        "field": each.field,
        "name": each.name,
        "content": each.content,
        "unit": list(each.units),
        "due": each.due,
        "source": each.place.label,
    }


def _text_target(each: ReadTarget) -> Json:
    value = _value(each.value)
    del value["text"]
    return {"name": each.name, "year": each.year, **value, "source": each.place.label}


def _value(value: PlanValue) -> Json:
    """Give a value; a range has its upper end as ``high`` too."""
    json: Json = {
        "text": value.text,
        "op": value.op.value,
        "value": _number(value.value),
        "unit": value.unit,
    }
    if value.high is not None:
        json["high"] = _number(value.high)
    return json


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
