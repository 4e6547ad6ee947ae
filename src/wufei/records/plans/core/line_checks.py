"""Checks on one line: its units, its base value against its target, lost digits, shares, decreases."""

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.plans.core.lost_digits import likely_targets
from wufei.records.plans.core.plan import PlanLine
from wufei.records.plans.core.values import Op, PlanValue

_SHARE_NAME = re.compile(r"(?:率|占比|比例|覆盖率)$")
_GROWTH_NAME = re.compile(r"增长|增幅|提高|幅度")
_DECREASE_NAME = re.compile(r"(?:下降|降低|削减|减少)(?:幅度|率|比例)")
_RATE_NAME = re.compile(r"(?:率|占比|比例|幅度)$")
_ZERO_AMOUNT = re.compile(r"零.*量")
_COUNT = (("count", 1),)
_TENFOLD = 10


def line_findings(line: PlanLine, where: str, direction: str) -> list[Finding]:
    """Return the Findings on one line.

    A cap above the base, a target in words, a zero target and a blank base say nothing wrong: silent.
    """
    values = (line.baseline, *(value for _, value in line.targets))
    findings = [finding for value in values for finding in _value_findings(line, where, value)]
    if findings:
        # A value that is wrong by itself would only repeat the same defect when it is compared.
        return findings
    decrease = list(_decrease_from_zero(line, where))
    for _, target in line.targets:
        findings += _unit_findings(line, where, target)
        findings += _change_findings(line, where, target, direction)
        findings += decrease or _amount_on_rate(line, where, target)
    return findings


def _value_findings(line: PlanLine, where: str, value: PlanValue) -> Iterator[Finding]:
    if value.value is None:
        return
    if value.known_unit is None:
        yield Finding(
            code="plan.unit-unknown",
            severity=Severity.ERROR,
            where=where,
            value=value.text,
            message=Text(
                f"“{value.text}”的单位“{value.unit}”不认识", f"The unit “{value.unit}” is not known"
            ),
            rule=Text("数值带已知单位", "A number has a known unit"),
            fix=Text("改用法定单位，如 吨、t/万元、%", "Use a legal unit such as t, t/万元, %"),
        )
    highest = value.high if value.high is not None else value.value
    if value.unit == "%" and highest > 100 and not _GROWTH_NAME.search(line.name):
        yield Finding(
            code="plan.share-above-hundred",
            severity=Severity.ERROR,
            where=where,
            value=value.text,
            message=Text(
                f"{line.name}“{value.text}”超过100%", f"“{value.text}” is a share of more than 100 %"
            ),
            rule=Text("占比、比率不超过100%（增长率除外）", "A share is at most 100 % (growth excepted)"),
            fix=Text("核对是否错位小数点或多了一位", "Look for a lost decimal point or a digit too many"),
        )


def _unit_findings(line: PlanLine, where: str, target: PlanValue) -> Iterator[Finding]:
    if target.op is Op.BLANK:
        yield _target_missing(line, where, target)
    for value, other in ((line.baseline, target), (target, line.baseline)):
        if _lacks_unit(line, value, other):
            yield Finding(
                code="plan.unit-missing",
                severity=Severity.WARNING,
                where=where,
                value=value.text,
                message=Text(f"“{value.text}”没有单位", f"“{value.text}” has no unit"),
                rule=Text("非计数指标的数值带单位", "A value that is not a count has a unit"),
                fix=Text(
                    f"补上单位{f'，如 {other.unit}' if other.unit else ''}",
                    f"Add the unit{f', such as {other.unit}' if other.unit else ''}",
                ),
            )
    both = line.baseline.is_number and target.is_number and line.baseline.unit and target.unit
    if both and not comparable(line.baseline, target):
        yield _units_differ(line, where, target)


def _lacks_unit(line: PlanLine, value: PlanValue, other: PlanValue) -> bool:
    # Zero needs no unit, and neither does a plain count beside 个.
    if not value.value or value.unit:
        return False
    measured = other.known_unit is not None and bool(other.unit) and other.known_unit.dims != _COUNT
    return measured or bool(_SHARE_NAME.search(line.name))


def comparable(one: PlanValue, two: PlanValue) -> bool:
    """Return whether two numbers of one line can be compared: same kind of unit, or one of them zero."""
    units = (one.known_unit, two.known_unit)
    if one.value is None or two.value is None or units[0] is None or units[1] is None:
        return False
    if not one.value or not two.value:
        return True
    dims = {unit.dims for unit in units if unit}
    bare_count = dims == {(), _COUNT} and "%" not in (one.unit, two.unit)
    return bare_count or (len(dims) == 1 and (one.unit == "%") == (two.unit == "%"))


def _change_findings(line: PlanLine, where: str, target: PlanValue, direction: str) -> Iterator[Finding]:
    base = line.baseline
    before, after = base.in_base_units(), _aimed_at(target, direction)
    if before is None or after is None or not comparable(base, target):
        return
    # 不超过 X limits a growth that the plan expects; it promises no improvement, so it is never worse.
    capped = direction == "down" and target.op in (Op.AT_MOST, Op.LESS_THAN)
    worse = (direction == "up" and after < before) or (direction == "down" and after > before)
    if worse and not capped:
        yield _worse(line, where, target, direction)
    elif _is_measured(base) and before > 0 and after > 0 and not worse and _fold(before, after) >= _TENFOLD:
        yield _tenfold(line, where, target, _fold(before, after))


def _is_measured(base: PlanValue) -> bool:
    """Say whether a change of scale tells something: from 1 to 11 pieces is no slip."""
    few = base.value is not None and base.value < _TENFOLD
    return not (few and base.known_unit is not None and base.known_unit.dims == _COUNT)


def _aimed_at(target: PlanValue, direction: str) -> Fraction | None:
    """Return the end of a range that is better for the indicator, in base units."""
    if direction == "up" and target.high is not None and target.known_unit is not None:
        return Fraction(target.high) * target.known_unit.factor
    return target.in_base_units()


def _fold(before: Fraction, after: Fraction) -> Fraction:
    return max(before / after, after / before)


def _worse(line: PlanLine, where: str, target: PlanValue, direction: str) -> Finding:
    likely = likely_targets(line.baseline, target, direction)
    zh = f"目标值“{target.text}”{'低' if direction == 'up' else '高'}于基期“{line.baseline.text}”"
    en = f"The target “{target.text}” is {'below' if direction == 'up' else 'above'} the base"
    en += f" “{line.baseline.text}”"
    if not likely:
        return Finding(
            code="plan.target-worse-than-base",
            severity=Severity.WARNING,
            where=where,
            value=target.text,
            message=Text(f"{line.name}：{zh}", en),
            rule=Text("目标不比基期差", "A target is not worse than the base"),
            fix=Text("核对两个数；确要放宽时在方案中说明", "Check both numbers; if it is meant, explain it"),
        )
    guesses = [f"{value:f}{target.unit}" for value in likely]
    return Finding(
        code="plan.digit-lost",
        severity=Severity.ERROR,
        where=where,
        value=target.text,
        message=Text(
            f"{line.name}：{zh}，疑似漏了一位数字或小数点（如 {'、'.join(guesses)}）",
            f"{en}: a digit or the decimal point seems lost (perhaps {', '.join(guesses)})",
        ),
        rule=Text("目标不比基期差", "A target is not worse than the base"),
        fix=Text(
            "对照原件或向编制单位核实，更正目标值", "Check the original or ask the authors, then mend it"
        ),
    )


def _tenfold(line: PlanLine, where: str, target: PlanValue, fold: Fraction) -> Finding:
    times = round(float(fold))
    return Finding(
        code="plan.tenfold-change",
        severity=Severity.EXPLAIN,
        where=where,
        value=target.text,
        message=Text(
            f"{line.name}由“{line.baseline.text}”变为“{target.text}”，相差约{times}倍",
            f"From “{line.baseline.text}” to “{target.text}” is a change by a factor of about {times}",
        ),
        rule=Text("十倍以上的变化需要说明", "A change by ten or more needs an explanation"),
        fix=Text(
            "写明原因，如矿山关停；若单位或小数点有误则更正",
            "State the reason, such as mines closing; mend unit or decimal point if they are wrong",
        ),
    )


def _decrease_from_zero(line: PlanLine, where: str) -> Iterator[Finding]:
    if line.baseline.value == Decimal(0) and _DECREASE_NAME.search(line.name):
        targets = "、".join(target.text for _, target in line.targets)
        yield Finding(
            code="plan.decrease-from-zero",
            severity=Severity.EXPLAIN,
            where=where,
            value=line.baseline.text,
            message=Text(
                f"{line.name}的基期为0，下降幅度无法计算；目标为“{targets}”",
                f"The base is 0, so a decrease cannot be computed; the target is “{targets}”",
            ),
            rule=Text("下降幅度以非零基期计算", "A decrease is computed from a base above zero"),
            fix=Text(
                "按“保持为零”考核，并在方案中说明", "Judge it as staying at zero, and say so in the plan"
            ),
        )


def _amount_on_rate(line: PlanLine, where: str, target: PlanValue) -> Iterator[Finding]:
    in_words = target.op is Op.TEXT and bool(_ZERO_AMOUNT.search(target.text))
    unit = target.known_unit
    # 资源产出率 of 8160元/吨 is a rate of two amounts.
    in_units = bool(target.value) and unit is not None and bool(unit.dims) and "/" not in target.unit
    if _RATE_NAME.search(line.name) and (in_words or in_units):
        yield Finding(
            code="plan.amount-on-rate",
            severity=Severity.NOTE,
            where=where,
            value=target.text,
            message=Text(
                f"{line.name}是比率，目标“{target.text}”却是数量",
                f"The indicator is a rate, its target “{target.text}” an amount",
            ),
            rule=Text("目标与指标同一口径", "A target measures what its indicator measures"),
            fix=Text(
                "按数量考核并说明，或改写为百分比", "Judge the amount and say so, or restate it in percent"
            ),
        )


def _target_missing(line: PlanLine, where: str, target: PlanValue) -> Finding:
    return Finding(
        code="plan.target-missing",
        severity=Severity.WARNING,
        where=where,
        value=target.text,
        message=Text(f"{line.name}没有目标值", "The line has no target"),
        rule=Text("每个指标有目标值或文字要求", "Every indicator has a target, in number or words"),
        fix=Text("补上目标值；确无目标时写明", "Add the target, or say that there is none"),
    )


def _units_differ(line: PlanLine, where: str, target: PlanValue) -> Finding:
    return Finding(
        code="plan.units-differ",
        severity=Severity.ERROR,
        where=where,
        value=target.text,
        message=Text(
            f"{line.name}的现状值“{line.baseline.text}”与目标值“{target.text}”单位不可比",
            f"Base “{line.baseline.text}” and target “{target.text}” have units that do not compare",
        ),
        rule=Text("现状值与目标值用同类单位", "Base and target have units of one kind"),
        fix=Text("统一单位", "Use one unit"),
    )
