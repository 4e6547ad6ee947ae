"""How a value stands to its target: met, on the way, behind, or not to be compared."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.kernel.units import Unit, decimal_text, format_quantity
from wufei.measures.indicators.core.figures import NOTHING, Status
from wufei.records.catalogue.core.indicators import Direction, IndicatorKind
from wufei.records.plans.core.values import Op, PlanValue, parse_value

_HALF = Fraction(1, 2)
_WORDS = frozenset({Op.TEXT, Op.BLANK})


@dataclass(frozen=True, slots=True)
class Promise:
    """What a plan promised for an indicator.

    Attributes
    ----------
    unit : Unit
        Unit of the indicator; plan values in other units of the kind are converted.
    base, target : PlanValue or None
        The plan's values as written and understood.
    base_year, target_year : int
        Whole calendar years; both values stand for the year as a whole.
    """

    unit: Unit
    direction: Direction
    kind: IndicatorKind
    base: PlanValue | None
    base_year: int
    target: PlanValue | None
    target_year: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """The status with its reason; `path` is what the straight line asks for, in the indicator's unit."""

    status: Status
    reason: Text = NOTHING
    path: Fraction | None = None


def judge(value: Decimal | None, promise: Promise, period: Period) -> Judgement:
    """Judge a value against a promise.

    Parameters
    ----------
    value : Decimal or None
        In the indicator's unit; None gives `Status.NOT_COMPUTABLE`.
    promise : Promise
        Base and target.
    period : Period
        The period that the value speaks of.

    Notes
    -----
    A value meets its target as the plan's sign says (不超过, 以上 ...); a bare number is a bound in the
    indicator's direction. Before the end of the target year a value that does not meet the target is on
    track if it is no worse than the straight line from the end of the base year to the end of the target
    year. Base and target are known only to their printed digits, so the line gives half a unit of the last
    digit of the coarser of the two: 56.9 % in a base year printed as 57 % is on the line.
    """
    incomparable = _incomparable(value, promise, period)
    if incomparable is not None or value is None or promise.target is None:
        return incomparable or Judgement(Status.NOT_COMPUTABLE)
    exact = Fraction(value)
    if meets(exact, promise.target, promise):
        return Judgement(Status.MET)
    if period.start.year > promise.target_year:
        return Judgement(Status.BEHIND)
    return _on_the_way(exact, promise.target, promise, period)


def meets(value: Fraction, target: PlanValue, promise: Promise) -> bool:
    """Say whether a value meets a numeric target."""
    low, high = plan_number(target, promise.unit), plan_number(target, promise.unit, high=True)
    if low is None:
        return False
    compare = _COMPARISONS.get(target.op)
    if compare is not None:
        return compare(value, low)
    slack = half_digit(target, promise.unit) if promise.direction is Direction.NONE else Fraction(0)
    reaches = promise.direction is Direction.DOWN or value >= low - slack
    stays = promise.direction is Direction.UP or value <= (low if high is None else high) + slack
    return reaches and stays


_COMPARISONS: Mapping[Op, Callable[[Fraction, Fraction], bool]] = {
    Op.AT_LEAST: operator.ge,
    Op.MORE_THAN: operator.gt,
    Op.AT_MOST: operator.le,
    Op.LESS_THAN: operator.lt,
}


def plan_number(planned: PlanValue, unit: Unit, *, high: bool = False) -> Fraction | None:
    """Give a plan's number in the indicator's unit; None for words, blanks and units that do not fit.

    A number without a unit is taken in the indicator's own: plans write ``7`` for seven firms.
    """
    number = planned.high if high else planned.value
    if number is None or planned.op in _WORDS:
        return None
    factor = _factor(planned, unit)
    return None if factor is None else Fraction(number) * factor


def half_digit(planned: PlanValue, unit: Unit) -> Fraction:
    """Half a unit of the last digit that a plan printed, in the indicator's unit; 0 for words."""
    factor = _factor(planned, unit)
    if planned.value is None or factor is None:
        return Fraction(0)
    return _HALF * factor * Fraction(10) ** -printed_places(planned)


def printed_places(planned: PlanValue) -> int:
    """Count the decimal places a plan printed: 3 for ``0.030``, which a stored 0.03 no longer tells."""
    printed = parse_value(planned.text).value
    number = printed if printed == planned.value else planned.value
    exponent = number.as_tuple().exponent if number is not None else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


def is_amount(unit: Unit) -> bool:
    """Say whether values of the unit grow with the length of the period: masses, money, counts."""
    return bool(unit.dims) and all(power > 0 for _, power in unit.dims)


def path_at(period: Period, promise: Promise) -> Fraction | None:
    """Give the straight line from base to target at the end of a period; None without two numbers."""
    if promise.base is None or promise.target is None:
        return None
    base, bound = plan_number(promise.base, promise.unit), plan_number(promise.target, promise.unit)
    start, end = date(promise.base_year + 1, 1, 1), date(promise.target_year + 1, 1, 1)
    if base is None or bound is None or end <= start:
        return None
    part = Fraction((min(period.end, end) - start).days, (end - start).days)
    return base + (bound - base) * max(part, Fraction(0))


def _incomparable(value: Decimal | None, promise: Promise, period: Period) -> Judgement | None:
    """Give the status of what cannot be compared, or None."""
    target = promise.target
    if promise.kind is IndicatorKind.TEXT:
        return Judgement(Status.NOT_NUMERIC)
    if target is None or target.op is Op.BLANK:
        return Judgement(Status.NOT_COMPUTABLE if value is None else Status.NO_TARGET)
    if target.op is Op.TEXT:
        return Judgement(Status.NOT_NUMERIC, _in_words(target))
    if value is None:
        return Judgement(Status.NOT_COMPUTABLE)
    if period.precision is not Precision.YEAR and is_amount(promise.unit):
        return Judgement(Status.NO_TARGET, _YEARLY_TARGET)
    return (
        Judgement(Status.NOT_NUMERIC, _other_unit(target)) if _factor(target, promise.unit) is None else None
    )


def _on_the_way(value: Fraction, target: PlanValue, promise: Promise, period: Period) -> Judgement:
    path = path_at(period, promise)
    if path is None or promise.base is None:
        return Judgement(Status.BEHIND, _NO_PATH)
    slack = max(half_digit(promise.base, promise.unit), half_digit(target, promise.unit))
    good = value >= path - slack if _wants_more(target, promise) else value <= path + slack
    return Judgement(Status.ON_TRACK if good else Status.BEHIND, _path_words(path, promise), path)


def _wants_more(target: PlanValue, promise: Promise) -> bool:
    """Say which side of the line is good: the plan's sign decides before the indicator's direction."""
    if target.op in _COMPARISONS:
        return target.op in (Op.AT_LEAST, Op.MORE_THAN)
    if promise.direction is not Direction.NONE or promise.base is None:
        return promise.direction is Direction.UP
    base, bound = plan_number(promise.base, promise.unit), plan_number(target, promise.unit)
    return base is not None and bound is not None and bound > base


def _factor(planned: PlanValue, unit: Unit) -> Fraction | None:
    if not planned.unit:
        return Fraction(1)
    known = planned.known_unit
    if known is None or known.dims != unit.dims:
        return None
    return known.factor / unit.factor


_NO_PATH = Text(
    "基准值不是数值，无法计算序时进度；当前尚未达到目标值。",
    "The base is not a number, so there is no line to compare with; the target is not met yet.",
)
_YEARLY_TARGET = Text(
    "目标按全年计，不与不足一年的数值比较。",
    "The target is for a whole year; shorter periods are not compared.",
)


def _in_words(target: PlanValue) -> Text:
    return Text(
        f"目标为文字“{target.text}”，不作数值比较。",
        f"The target is in words, “{target.text}”: not compared.",
    )


def _other_unit(target: PlanValue) -> Text:
    return Text(
        f"目标“{target.text}”的单位与指标单位不符，未作比较。",
        f"The unit of the target “{target.text}” does not fit the indicator: not compared.",
    )


def _path_words(path: Fraction, promise: Promise) -> Text:
    asked, symbol = Decimal(rounded_text(path, promise.target)), promise.unit.symbol
    zh, en = format_quantity(asked, symbol), format_quantity(asked, symbol, "en")
    return Text(
        f"按{promise.base_year}年至{promise.target_year}年直线推算，本期应为 {zh}。",
        f"The straight line from {promise.base_year} to {promise.target_year} asks for {en} here.",
    )


def rounded_text(value: Fraction, like: PlanValue | None) -> str:
    """Write a value for a message: one place more than a plan printed, at least two, without idle zeros."""
    places = max(2, 1 + printed_places(like) if like is not None else 2)
    shown = decimal_text(Decimal(round(value * 10**places)).scaleb(-places))
    return shown.rstrip("0").rstrip(".")
