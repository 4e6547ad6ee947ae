"""Lines of the indicator table: the plan's words beside the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wufei.kernel.text import Text
from wufei.kernel.units import decimal_text
from wufei.measures.indicators.core.figures import Figure
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans.core.plan import LineSet, Plan, PlanLine
from wufei.records.plans.core.values import Op, PlanValue
from wufei.runtime.pages.core.numerals import quantity_parts

_SIGNS = {Op.AT_LEAST: "≥ ", Op.MORE_THAN: "> ", Op.AT_MOST: "≤ ", Op.LESS_THAN: "< "}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the plan's words beside the figure."""

    figure: Figure
    label: str
    where: str
    name: Text
    level1: str
    level2: str
    own: bool
    type: str
    attribute: str
    base: Text
    target: Text
    units: tuple[str, ...]
    department: Text
    trend: tuple[Decimal | None, ...]
    trend_label: str
    trend_target: Decimal | None


def table_rows(figures: Sequence[Figure], plan: Plan | None) -> list[Row]:
    """Put each figure beside its plan line, in the order of the plan; without a plan, those with a value."""
    by_indicator = {figure.indicator: figure for figure in figures}
    lines = [line for line in plan.lines if line.indicator_id in by_indicator] if plan else []
    planned = [_row(by_indicator[line.indicator_id], line) for line in lines]
    return planned or [_row(figure, None) for figure in figures if _is_known(figure)]


def _is_known(figure: Figure) -> bool:
    return figure.value is not None or figure.reported is not None


def _row(figure: Figure, line: PlanLine | None) -> Row:
    known = load_indicators().get(figure.indicator)
    values = _trend(figure)
    return Row(
        figure=figure,
        label=line.label if line else "",
        where=f"{figure.plan_id}{line.label}" if line else "",
        name=Text(line.name, figure.name.en) if line else figure.name,
        level1=line.level1 if line else "",
        level2=line.level2 if line else "",
        own=line is not None and line.set is LineSet.OWN,
        type=line.type.value if line else "",
        attribute=line.attribute.value if line else "",
        base=planned_words(figure.baseline),
        target=planned_words(figure.target),
        units=line.units if line else (),
        department=known.department if known else Text(""),
        trend=values,
        trend_label=_trend_label(figure, values),
        trend_target=figure.target.value if figure.target and figure.target.unit == figure.unit else None,
    )


def planned_words(planned: PlanValue | None) -> Text:
    """Give a planned value as the plan writes it; in English what was understood of it, if it is a number."""
    if planned is None:
        return Text("")
    if planned.value is None or planned.known_unit is None:
        return Text(planned.text, planned.text)
    numbers = [planned.value] if planned.high is None else [planned.value, planned.high]
    shown = " ".join(quantity_parts(numbers[-1], planned.unit, "en")).replace(" %", "%").strip()
    low = f"{decimal_text(numbers[0])}–" if len(numbers) > 1 else ""
    return Text(planned.text, f"{_SIGNS.get(planned.op, '')}{low}{shown}")


def _trend(figure: Figure) -> tuple[Decimal | None, ...]:
    """Give base and present value; two points, because a plan promises a way between two."""
    base = figure.baseline.value if figure.baseline and figure.baseline.unit == figure.unit else None
    now = figure.reported.value if figure.reported and figure.reported.value is not None else figure.value
    return (base, now)


def _trend_label(figure: Figure, values: tuple[Decimal | None, ...]) -> str:
    return f"{values[0]} → {values[1]} {figure.unit}"
