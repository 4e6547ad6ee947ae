"""Checks on a plan that need figures: published values held against the quantities published with them.

Silent where nothing can be said: a base that is no number, a figure that cannot be computed, a value that the
quantities reproduce in the digits that were printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.kernel.units import format_quantity, parse_unit
from wufei.measures.indicators.core.definitions import Definition, ObservedQuantity
from wufei.measures.indicators.core.evaluate import in_unit
from wufei.measures.indicators.core.figures import Figure, Observed
from wufei.measures.indicators.core.formula import Measured, denominators_in, evaluate
from wufei.measures.indicators.core.quantities import in_base_units
from wufei.measures.indicators.core.reported import understood
from wufei.measures.indicators.core.status import half_digit, plan_number
from wufei.records.catalogue.core.metrics import Metric, load_metrics
from wufei.records.plans.core.plan import Plan, PlanLine
from wufei.records.plans.core.values import Op

PUBLISHED_TOTAL = "solid-waste-generated-total"
"""The metric under which a plan's total over all classes is observed."""

_SIGNIFICANT = 4
_TEN_THOUSAND = Decimal(10_000)
_MONEY = (("money", 1),)
_HUNDRED_MILLION = parse_unit("亿元")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a plan is held against: the figures of its base year and the quantities observed for it.

    Attributes
    ----------
    figures : mapping of str to Figure
        By indicator id, for the plan's region and base year, from the plan's published book.
    observed : mapping of str to Observed
        By metric, of the same region, year and book.
    """

    definitions: Mapping[str, Definition]
    figures: Mapping[str, Figure]
    observed: Mapping[str, Observed]


def figure_findings(plan: Plan, evidence: Evidence) -> list[Finding]:
    """Return the Findings on a plan's published values, line by line."""
    return [
        finding for line in plan.lines for finding in _line_findings(f"{plan.id}{line.label}", line, evidence)
    ]


def _line_findings(where: str, line: PlanLine, evidence: Evidence) -> Iterator[Finding]:
    figure, definition = evidence.figures.get(line.indicator_id), evidence.definitions.get(line.indicator_id)
    if figure is None or definition is None or figure.value is None or line.baseline.op is not Op.EQUAL:
        return
    unit = parse_unit(figure.unit)
    published, slack = plan_number(line.baseline, unit), half_digit(line.baseline, unit)
    if published is None:
        return
    case = _Case(where, line, figure, definition, published, slack)
    if abs(Fraction(figure.value) - published) > slack:
        yield _not_reproduced(case, evidence)
    elif figure.quality.derived_share:
        yield _rests_on_difference(case)


@dataclass(frozen=True, slots=True)
class _Case:
    where: str
    line: PlanLine
    figure: Figure
    definition: Definition
    published: Fraction
    slack: Fraction

    def fits(self, value: Decimal) -> bool:
        return abs(Fraction(value) - self.published) <= self.slack

    def value_with(self, quantity: str, measured: Measured) -> Decimal | None:
        """Compute the figure again with another value for one quantity."""
        values = {
            each.name: in_base_units(each.value, each.unit)
            for each in self.figure.quantities
            if each.value is not None
        }
        if self.definition.formula is None or not measured.over:
            return None
        return in_unit(evaluate(self.definition.formula, {**values, quantity: measured}), self.figure.unit)


@dataclass(frozen=True, slots=True)
class _Trial:
    """What a figure becomes with a known quantity below the line."""

    metric: Metric
    shown: Text
    value: Decimal
    fits: bool


def _not_reproduced(case: _Case, evidence: Evidence) -> Finding:
    below = _quantity_below(case.definition)
    fitting = _fitting(case, below) if below else None
    if below is None or fitting is None:
        return _differs(case)
    trials = list(_trials(case, below, evidence.observed))
    return _denominator_fits_none(case, fitting, trials)


def _quantity_below(definition: Definition) -> ObservedQuantity | None:
    """Give the observed quantity below the line that the plan may have meant differently."""
    if definition.formula is None:
        return None
    below = set(denominators_in(definition.formula))
    return next(
        (
            quantity
            for quantity in definition.quantities
            if isinstance(quantity, ObservedQuantity)
            and quantity.name in below
            and quantity.name in definition.tries
        ),
        None,
    )


def _fitting(case: _Case, below: ObservedQuantity) -> Decimal | None:
    """Solve for the denominator that gives the published value; None where no such quantity exists."""
    used = next(each.value for each in case.figure.quantities if each.name == below.name)
    if used is None or case.figure.value is None or case.published <= 0:
        return None
    exact = Fraction(used) * Fraction(case.figure.value) / case.published
    found = in_unit(Measured(exact.numerator, exact.denominator), "")
    again = case.value_with(below.name, in_base_units(found, load_metrics()[below.metric].unit))
    return found if again is not None and case.fits(again) else None


def _trials(case: _Case, below: ObservedQuantity, observed: Mapping[str, Observed]) -> Iterator[_Trial]:
    for name in (below.metric, *case.definition.tries[below.name]):
        metric, found = load_metrics()[name], observed.get(name)
        if found is None or found.value is None:
            continue
        measured = in_base_units(found.value, found.unit or metric.unit)
        value = case.value_with(below.name, measured)
        if value is not None:
            shown = _shown(found.value, found.unit or metric.unit)
            yield _Trial(metric, shown, value, case.fits(value))


def _denominator_fits_none(case: _Case, fitting: Decimal, trials: Sequence[_Trial]) -> Finding:
    metric = load_metrics()[_metric_of(case)]
    wanted = readable(fitting, metric.unit)
    zh = "、".join(f"{t.metric.name.zh} {t.shown.zh} 得 {_rounded(t.value)}" for t in trials)
    en = ", ".join(f"{t.metric.name.en} {t.shown.en} gives {_rounded(t.value)}" for t in trials)
    match = next((trial for trial in trials if trial.fits), None)
    verdict = (
        Text(f"与{match.metric.name.zh}相符", f"{match.metric.name.en} fits")
        if match
        else Text("已公布的各项均不符", "none of those published fits")
    )
    unit = case.figure.unit
    return Finding(
        code="plan.denominator-other" if match else "plan.denominator-unknown",
        severity=Severity.WARNING,
        where=case.where,
        value=case.line.baseline.text,
        message=Text(
            f"{case.line.name}公布为 {case.line.baseline.text}，按公布的数量测算为 "
            f"{_rounded(case.figure.value)} {unit}；分母须约为 {wanted.zh} 才相符。{verdict.zh}：{zh}",
            f"{case.figure.name.en} is published as {case.line.baseline.text}, but the published quantities "
            f"give {_rounded(case.figure.value)} {unit}; a denominator of about {wanted.en} would fit. "
            f"{verdict.en[0].upper()}{verdict.en[1:]}: {en}",
        ),
        rule=Text("公布的比值可由公布的数量算出", "A published rate follows from the published quantities"),
        fix=Text("向编制单位核实分母口径", "Ask the authors which denominator they used"),
    )


def _metric_of(case: _Case) -> str:
    below = _quantity_below(case.definition)
    return below.metric if below else ""


def _differs(case: _Case) -> Finding:
    figure = case.figure
    return Finding(
        code="plan.figure-not-reproduced",
        severity=Severity.WARNING,
        where=case.where,
        value=case.line.baseline.text,
        message=Text(
            f"{case.line.name}公布为 {case.line.baseline.text}，按公布的数量测算为 "
            f"{_rounded(figure.value)} {figure.unit}",
            f"{figure.name.en} is published as {case.line.baseline.text}, but the quantities give "
            f"{_rounded(figure.value)} {figure.unit}",
        ),
        rule=Text("公布的数值可由公布的数量算出", "A published value follows from its quantities"),
        fix=Text("核对各项数量的口径和时段", "Check scope and period of the quantities"),
    )


def _rests_on_difference(case: _Case) -> Finding:
    return Finding(
        code="plan.rests-on-difference",
        severity=Severity.NOTE,
        where=case.where,
        value=case.line.baseline.text,
        message=Text(
            f"{case.line.name} {case.line.baseline.text} 可由公布的数量算出，"
            "但其中利用量只是产生量减去其余去向",
            f"{case.figure.name.en} of {case.line.baseline.text} follows from the published quantities, but "
            "the amount utilised is only what remains of the amount generated",
        ),
        rule=Text("由相减得出的量不是独立依据", "An amount found by subtraction proves nothing by itself"),
        fix=Text("补充利用量的直接统计", "Add a direct record of the amount utilised"),
    )


def part_findings(plan: Plan, parts: Mapping[str, int], total: Observed | None) -> list[Finding]:
    """Hold the waste generated by class against the total that the plan publishes.

    Parameters
    ----------
    parts : mapping of str to int
        Grams by grouping.
    total : Observed or None
        The published total; without one nothing is said.
    """
    if total is None or total.value is None:
        return []
    unit = parse_unit(total.unit or "t")
    summed = Fraction(sum(parts.values())) / unit.factor
    printed = understood(total)
    slack = half_digit(printed, unit)
    if not parts or abs(summed - Fraction(total.value)) <= slack:
        return []
    shown = readable(in_unit(Measured(summed.numerator, summed.denominator), ""), unit.symbol)
    return [
        Finding(
            code="plan.parts-do-not-sum",
            severity=Severity.WARNING,
            where=plan.id,
            value=total.text or f"{total.value:f}{total.unit}",
            message=Text(
                f"各类产生量之和为 {shown.zh}，与公布的总量“{printed.text}”不符",
                f"The classes sum to {shown.en}, not to the published total “{printed.text}”",
            ),
            rule=Text("各部分之和等于总量", "Parts sum to their total"),
            fix=Text("核对是否漏了一类，或有一类重复", "Look for a class that is missing or counted twice"),
        )
    ]


def readable(value: Decimal, unit: str) -> Text:
    """Write a quantity for a message, in four significant digits."""
    return _shown(Decimal(_rounded(value)), unit)


def _shown(value: Decimal, unit: str) -> Text:
    """Write a quantity with its digits; much money in 亿元, in English in billions."""
    if parse_unit(unit).dims != _MONEY:
        return Text(format_quantity(value, unit), format_quantity(value, unit, "en"))
    billions = f"{(parse_unit(unit).to(_HUNDRED_MILLION, value) / 10).normalize():f} billion CNY"
    if unit == "万元" and abs(value) >= _TEN_THOUSAND:
        value, unit = (value / _TEN_THOUSAND).normalize(), "亿元"
    return Text(format_quantity(value, unit), billions)


def _rounded(value: Decimal | None) -> str:
    if value is None or not value:
        return "0"
    places = _SIGNIFICANT - 1 - value.adjusted()
    rounded = round(Fraction(value) * Fraction(10) ** places)
    shown = f"{Decimal(rounded).scaleb(-places):f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
