"""Checks on a plan's own text: what contradicts itself, what cannot be read, what needs a word.

Every code is explained in `docs/methods/plan-checks.md`. Checks against computed figures are in measures.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.line_checks import line_findings
from wufei.records.plans.core.plan import Plan, PlanLine
from wufei.records.plans.core.structure_checks import structure_findings
from wufei.records.plans.core.text_checks import text_target_findings


def plan_findings(plan: Plan, directions: Mapping[str, str]) -> list[Finding]:
    """Return every Finding on the plan's own text: first the plan as a whole, then line by line.

    Parameters
    ----------
    plan : Plan
        The plan as read.
    directions : Mapping
        ``up``, ``down`` or ``none`` by indicator id: which way is better. An indicator that is missing
        counts as ``none``, so that nothing is called worse without a reason.
    """
    findings = [*structure_findings(plan), *text_target_findings(plan), *_doubts(plan.id, plan.doubts)]
    for line in plan.lines:
        where = f"{plan.id}{line.label}"
        findings += line_findings(line, where, directions.get(line.indicator_id, "none"))
        findings += _doubts(where, line.doubts)
    return findings


@lru_cache(maxsize=4096)
def is_in_error(line: PlanLine, direction: str) -> bool:
    """Say whether a line contradicts itself, so that nothing should be judged by it until it is mended."""
    return any(found.severity is Severity.ERROR for found in line_findings(line, "", direction))


def _doubts(where: str, doubts: tuple[Text, ...]) -> Iterator[Finding]:
    for doubt in doubts:
        yield Finding(
            code="plan.reading-doubt",
            severity=Severity.NOTE,
            where=where,
            message=doubt,
            rule=Text("读入时看不清或定不下的地方要写明", "What could not be read or settled is stated"),
            fix=Text("对照正式印发件核实后更新方案数据", "Check against the issued document, then update"),
        )
