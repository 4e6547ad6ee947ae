"""Targets of the running text held against the table, and against each other."""

from collections.abc import Iterator
from itertools import pairwise

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.plan import Plan, TextTarget
from wufei.records.plans.core.values import Op, PlanValue

_LOWER_BOUNDS = frozenset({Op.AT_LEAST, Op.MORE_THAN})
_UPPER_BOUNDS = frozenset({Op.AT_MOST, Op.LESS_THAN})


def text_target_findings(plan: Plan) -> list[Finding]:
    """Return Findings where the running text and the table, or two places of the text, disagree."""
    return [*_against_table(plan), *_against_each_other(plan)]


def agree(one: PlanValue, two: PlanValue) -> bool:
    """Return whether two wordings set the same target.

    达到30% and 30%以上 agree; a floor and a ceiling do not; words are not compared with numbers.
    """
    if not (one.is_number and two.is_number):
        return True
    bounds = {one.op, two.op}
    if bounds & _LOWER_BOUNDS and bounds & _UPPER_BOUNDS:
        return False
    if one.in_base_units() is None or two.in_base_units() is None:
        return True
    same_kind = one.known_unit is not None and two.known_unit is not None and _same_kind(one, two)
    return same_kind and one.in_base_units() == two.in_base_units() and one.high == two.high


def _same_kind(one: PlanValue, two: PlanValue) -> bool:
    units = (one.known_unit, two.known_unit)
    dims = {unit.dims for unit in units if unit}
    # A bare number beside a count is the same thing: 20 and 20个.
    return len(dims) == 1 or dims == {(), (("count", 1),)}


def _against_table(plan: Plan) -> Iterator[Finding]:
    for target in plan.text_targets:
        line = plan.line_of(target.indicator_id) if target.indicator_id else None
        if target.indicator_id and line is None:
            yield _without_line(plan, target)
        in_table = line.target(target.year) if line else None
        if line and in_table and not agree(target.value, in_table):
            yield _differs(
                f"{plan.id}{line.label}",
                target,
                Text(f"指标表为“{in_table.text}”", f"the table says “{in_table.text}”"),
            )


def _against_each_other(plan: Plan) -> Iterator[Finding]:
    # Targets with a line are held against that line, so only those without one are compared here.
    loose = [target for target in plan.text_targets if not target.indicator_id]
    for key in dict.fromkeys((target.name, target.year) for target in loose):
        same = [target for target in loose if (target.name, target.year) == key]
        for first, second in pairwise(same):
            if not agree(first.value, second.value):
                yield _differs(
                    plan.id,
                    second,
                    Text(
                        f"{first.clause}为“{first.value.text}”", f"{first.clause} says “{first.value.text}”"
                    ),
                )


def _differs(where: str, target: TextTarget, other: Text) -> Finding:
    return Finding(
        code="plan.text-differs",
        severity=Severity.ERROR,
        where=where,
        value=target.value.text,
        message=Text(
            f"{target.clause}称{target.year}年{target.name}“{target.value.text}”，{other.zh}",
            f"{target.clause} sets {target.name} for {target.year} at “{target.value.text}”, {other.en}",
        ),
        rule=Text("正文、附件与指标表的同一目标一致", "Text, annexes and table set the same target"),
        fix=Text("核对原文，统一为一个数", "Check the document and keep one number"),
    )


def _without_line(plan: Plan, target: TextTarget) -> Finding:
    return Finding(
        code="plan.text-target-without-line",
        severity=Severity.NOTE,
        where=plan.id,
        value=target.value.text,
        message=Text(
            f"{target.clause}的目标“{target.name}”在指标表中没有对应行",
            f"The target “{target.name}” of {target.clause} has no line in the table",
        ),
        rule=Text("正文目标可在指标表中找到", "Targets of the text are found in the table"),
        fix=Text("补入指标表，或去掉对应的指标编号", "Add the line, or drop the indicator id"),
    )
