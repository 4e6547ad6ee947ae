"""A plan as JSON, as an earlier edition is kept: read again it is equal to what was written."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.plans.core.drafts import Json, value_json, value_of
from wufei.records.plans.core.plan import (
    Attribute,
    Counted,
    DeclaredTotal,
    LineSet,
    LineType,
    Plan,
    PlanLine,
    PlanProject,
    PlanTask,
    Source,
    TextTarget,
)


def plan_json(plan: Plan) -> Json:
    """Give everything a plan says as JSON; numbers as texts, so that none is rounded."""
    return {
        **asdict(plan),
        "issued_on": str(plan.issued_on),
        "lines": [_line_json(line) for line in plan.lines],
        "text_targets": [{**asdict(each), "value": value_json(each.value)} for each in plan.text_targets],
    }


def plan_of_json(said: Json) -> Plan:
    """Give the plan that `plan_json` wrote."""
    return Plan(
        **{
            **said,
            "title": Text(**said["title"]),
            "issued_on": Period.parse(said["issued_on"]),
            "target_years": tuple(said["target_years"]),
            "declared_totals": tuple(
                DeclaredTotal(**{**each, "counted": Counted(each["counted"])})
                for each in said["declared_totals"]
            ),
            "lines": tuple(_line(each) for each in said["lines"]),
            "text_targets": tuple(
                TextTarget(**{**each, "value": value_of(each["value"])}) for each in said["text_targets"]
            ),
            "source": Source(**{**said["source"], "note": Text(**said["source"]["note"])}),
            "doubts": _texts(said["doubts"]),
            "tasks": tuple(PlanTask(**_tuples(each)) for each in said["tasks"]),
            "projects": tuple(PlanProject(**_tuples(each)) for each in said["projects"]),
        }
    )


def _line_json(line: PlanLine) -> Json:
    return {
        **asdict(line),
        "baseline": value_json(line.baseline),
        "targets": [[year, value_json(value)] for year, value in line.targets],
    }


def _line(said: Json) -> PlanLine:
    return PlanLine(
        **{
            **said,
            "set": LineSet(said["set"]),
            "type": LineType(said["type"]),
            "attribute": Attribute(said["attribute"]),
            "baseline": value_of(said["baseline"]),
            "targets": tuple((int(year), value_of(value)) for year, value in said["targets"]),
            "units": tuple(said["units"]),
            "notes": _texts(said["notes"]),
            "doubts": _texts(said["doubts"]),
        }
    )


def _texts(said: list[dict[str, str]]) -> tuple[Text, ...]:
    return tuple(Text(**each) for each in said)


def _tuples(said: Json) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
