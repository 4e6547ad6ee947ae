"""上报值 beside 测算值: how far they differ, and why that is likely."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from wufei.kernel.text import Text
from wufei.kernel.units import parse_unit
from wufei.measures.indicators.core.figures import NOTHING, Observed, Quality, ReportedValue
from wufei.measures.indicators.core.status import half_digit, plan_number
from wufei.records.catalogue.core.indicators import Direction, IndicatorName
from wufei.records.plans.core.values import Op, PlanValue, parse_value

_BOUNDS = {
    Direction.UP: frozenset({Op.EQUAL, Op.AT_LEAST, Op.MORE_THAN}),
    Direction.DOWN: frozenset({Op.EQUAL, Op.AT_MOST, Op.LESS_THAN}),
    Direction.NONE: frozenset({Op.EQUAL}),
}


def reported_value(
    observed: Observed, name: IndicatorName, computed: Decimal | None, reason: Text, quality: Quality
) -> ReportedValue:
    """Put a reported value beside the computed one.

    Parameters
    ----------
    observed : Observed
        The reported value; a bound such as 大于99% counts as its number where it leans the good way.
    name : IndicatorName
        The indicator.
    computed : Decimal or None
        测算值, in the indicator's unit.
    reason : Text
        Why there is no computed value, if there is none.
    quality : Quality
        Of the computed value.
    """
    unit = parse_unit(name.unit)
    read = understood(observed)
    exact = plan_number(read, unit) if read.op in _BOUNDS[name.direction] else None
    value = None if exact is None else Decimal(exact.numerator) / Decimal(exact.denominator)
    difference = computed - value if computed is not None and value is not None else None
    agrees = None
    if difference is not None:
        agrees = read.op is Op.EQUAL and abs(Fraction(difference)) <= half_digit(read, unit)
    return ReportedValue(
        value=value,
        text=observed.text or (f"{value:f}{name.unit}" if value is not None else ""),
        unit=name.unit,
        department=observed.department,
        source_title=observed.source_title,
        source_clause=observed.source_clause,
        confirmed_by=observed.confirmed_by,
        confirmed_on=observed.confirmed_on,
        provisional=observed.provisional,
        observation_id=observed.uuid,
        difference=difference,
        agrees=agrees,
        causes=() if agrees else tuple(_causes(observed, computed, reason, quality)),
    )


def understood(observed: Observed) -> PlanValue:
    """Read a reported value as plans write theirs, keeping the digits that were printed."""
    read = parse_value(observed.text)
    if observed.value is None:
        return read
    if read.op is Op.EQUAL and read.value is not None:
        return read
    return PlanValue(f"{observed.value:f}{observed.unit}", Op.EQUAL, observed.value, None, observed.unit)


def _causes(observed: Observed, computed: Decimal | None, reason: Text, quality: Quality) -> Iterator[Text]:
    if computed is None:
        if reason is not NOTHING:
            yield reason
        return
    if observed.provisional:
        yield Text(
            "上报值为快报数，年报可能调整。", "The reported value is provisional and may still change."
        )
    for share, words in (
        (quality.derived_share, Text("由相减得出", "derived by subtraction")),
        (quality.estimated_share, Text("为估算", "estimated")),
    ):
        if share:
            shown = f"{share * 100:.1f}%"
            yield Text(f"测算依据中有 {shown} {words.zh}。", f"{shown} of what it rests on is {words.en}.")
    yield Text(
        "台账只含已登记单位的记录，未登记或未填报的单位不在内。",
        "The ledger holds registered units only; units that have not reported are missing.",
    )
    yield Text(
        "上报值的统计范围和时段可能与台账不同。",
        "Scope and period of the reported value may differ from the ledger.",
    )
