"""The base-year values that plans publish, as observations: what was reported, in the words of the plan."""

from __future__ import annotations

from collections.abc import Mapping

from wufei.kernel.period import Period, Precision
from wufei.kernel.units import parse_unit
from wufei.records.catalogue.core.indicators import IndicatorName
from wufei.records.observations.core.observation import NewObservation, ObservationKind
from wufei.records.plans.core.plan import Plan, PlanLine
from wufei.records.plans.core.values import Op, PlanValue


def base_values(
    plan: Plan, *, region_id: int, indicators: Mapping[str, IndicatorName]
) -> tuple[NewObservation, ...]:
    """Give the base value of every line that has one.

    Parameters
    ----------
    plan : Plan
        The published plan.
    region_id : int
        Its region.
    indicators : mapping of str to IndicatorName
        Units by indicator id.

    Notes
    -----
    Blanks are left out. Words, and numbers whose unit is not that of the indicator, stay words: the text is
    kept as printed and nothing is computed with it.
    """
    seen: set[str] = set()
    values = []
    for line in plan.lines:
        if line.baseline.op is not Op.BLANK and line.indicator_id not in seen:
            seen.add(line.indicator_id)
            values.append(_observation(plan, line, region_id, indicators[line.indicator_id].unit))
    return tuple(values)


def _observation(plan: Plan, line: PlanLine, region_id: int, indicator_unit: str) -> NewObservation:
    unit = _unit(line.baseline, indicator_unit)
    # A government that issues a plan stands by its values; a plan without issuer leaves them unconfirmed.
    issued = bool(plan.issuer) and plan.issued_on.precision is Precision.DAY
    return NewObservation(
        book=f"published:{plan.id}",
        metric=line.indicator_id,
        region_id=region_id,
        period=Period.year_of(plan.base_year),
        value=line.baseline.value if unit is not None else None,
        unit=unit or "",
        text=line.baseline.text,
        kind=ObservationKind.REPORTED,
        source_title=plan.source.title,
        source_clause=f"{plan.source.clause}，{line.label}",
        department="、".join(line.units),
        confirmed_by=plan.issuer if issued else "",
        confirmed_on=plan.issued_on.start if issued else None,
        where=f"{plan.id}{line.label}",
    )


def _unit(value: PlanValue, indicator_unit: str) -> str | None:
    """The unit to record a number in, or None where the value has to stay words."""
    if value.value is None or value.op not in {Op.EQUAL, Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN}:
        return None
    if not value.unit:
        # Plans write 7 for seven firms, and 0 for none of anything.
        counted = "count" in {name for name, _ in parse_unit(indicator_unit).dims}
        return indicator_unit if counted or value.value == 0 else ""
    known = value.known_unit
    return value.unit if known is not None and known.measures_like(parse_unit(indicator_unit)) else None
