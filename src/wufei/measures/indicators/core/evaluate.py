"""All figures of all regions in one pass over the cells, the observations and the plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.kernel.units import parse_unit
from wufei.measures.cube.core.cells import Cells
from wufei.measures.indicators.core import wording
from wufei.measures.indicators.core.definitions import Definition
from wufei.measures.indicators.core.figures import (
    NOTHING,
    Figure,
    Observed,
    Place,
    Quality,
    QuantityValue,
    Status,
    figure_id,
)
from wufei.measures.indicators.core.formula import DivisionByZeroError, Measured, evaluate
from wufei.measures.indicators.core.quantities import QuantityReader, Reading, Spot
from wufei.measures.indicators.core.reported import reported_value
from wufei.measures.indicators.core.status import Judgement, Promise, judge
from wufei.records.catalogue.core.indicators import IndicatorKind, IndicatorName
from wufei.records.ledger.core.as_of import AsOf
from wufei.records.plans.core.checks import is_in_error
from wufei.records.plans.core.plan import Plan, PlanLine
from wufei.records.plans.core.values import PlanValue

# Results print with at most 12 significant digits; 28 leave every one of them right.
_DIVISION = Context(prec=28, rounding=ROUND_HALF_EVEN)
_PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that one pass reads.

    Attributes
    ----------
    places : sequence of Place
        The regions that figures are wanted for.
    members : mapping of int to frozenset of int
        For each of them the regions whose waste it sums: a province its districts, a functional area itself.
    books : mapping of int to str
        The book each region is read from.
    plans : mapping of int to Plan
        The plan that governs a region in the period, where there is one.
    as_of : AsOf
        Until where was read; figures and the selections of their lineage say so.
    """

    definitions: Sequence[Definition]
    names: Mapping[str, IndicatorName]
    places: Sequence[Place]
    members: Mapping[int, frozenset[int]]
    books: Mapping[int, str]
    cells: Cells
    observations: Sequence[Observed]
    plans: Mapping[int, Plan]
    period: Period
    as_of: AsOf


def compute_figures(inputs: Inputs) -> tuple[Figure, ...]:
    """Compute every definition for every region, region by region in the order given.

    Notes
    -----
    Masses are added as integers and a formula is carried as a fraction of integers, so a figure does not
    depend on the order of rows; the one rounding is the division to 28 digits, half to even.
    """
    reader = QuantityReader(
        definitions=inputs.definitions,
        cells=inputs.cells,
        observations=inputs.observations,
        period=inputs.period,
        as_of=inputs.as_of.pin,
    )
    outcomes = _Outcomes(inputs.names, reader)
    spots = [Spot(place, inputs.members[place.id], inputs.books[place.id]) for place in inputs.places]
    return tuple(_figure(inputs, outcomes, spot, each) for spot in spots for each in inputs.definitions)


@dataclass(frozen=True, slots=True)
class Value:
    """What a formula gave: a value, or the reason why there is none."""

    value: Decimal | None
    ppm: int = 0
    reason: Text = NOTHING


def formula_value(definition: Definition, unit: str, readings: Sequence[Reading]) -> Value:
    """Evaluate a definition from its quantities, in the indicator's unit."""
    if definition.formula is None:
        return Value(None, reason=wording.IN_WORDS)
    missing = tuple(reading.shown.missing for reading in readings if reading.measured is None)
    if missing:
        return _without_value(missing)
    values = {reading.shown.name: reading.measured for reading in readings if reading.measured is not None}
    try:
        result = evaluate(definition.formula, values)
    except DivisionByZeroError:
        return _zero_base(readings) if definition.zero_base_is_kept else _NO_DENOMINATOR
    return Value(in_unit(result, unit), result.ppm)


def in_unit(result: Measured, unit: str) -> Decimal:
    """Turn a fraction in base units into a decimal in a unit; percent has its ``100 *`` in the formula."""
    if unit == _PERCENT:
        return _DIVISION.divide(Decimal(result.over), Decimal(result.under))
    factor = parse_unit(unit).factor
    return _DIVISION.divide(
        Decimal(result.over * factor.denominator), Decimal(result.under * factor.numerator)
    )


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a definition gives at a spot, before it is held against reports and plans."""

    found: Value
    quality: Quality
    quantities: tuple[QuantityValue, ...]


class _Outcomes:
    """Outcomes of definitions; where nothing was observed there is one for all regions."""

    def __init__(self, names: Mapping[str, IndicatorName], reader: QuantityReader) -> None:
        self._names = names
        self._blank: dict[str, _Outcome] = {}
        self.reader = reader

    def of(self, definition: Definition, spot: Spot) -> _Outcome:
        """Give the outcome of a definition at a spot."""
        if not self.reader.is_blank(definition, spot):
            return self._outcome(definition, spot)
        known = self._blank.get(definition.id)
        if known is None:
            known = self._blank[definition.id] = self._outcome(definition, spot)
        return known

    def _outcome(self, definition: Definition, spot: Spot) -> _Outcome:
        readings = self.reader.read(definition, spot)
        found = formula_value(definition, self._names[definition.id].unit, readings)
        return _Outcome(found, _quality(readings, found.ppm), tuple([reading.shown for reading in readings]))


def _figure(inputs: Inputs, outcomes: _Outcomes, spot: Spot, definition: Definition) -> Figure:
    name, reader = inputs.names[definition.id], outcomes.reader
    outcome = outcomes.of(definition, spot)
    found = outcome.found
    observed = reader.observed(definition.id, spot)
    reported = None
    if observed is not None:
        reported = reported_value(observed, name, found.value, found.reason, outcome.quality)
    is_reported = reported is not None and reported.value is not None
    judged_on = reported.value if reported is not None and is_reported else found.value
    stand = _stand(inputs, spot, name, judged_on)
    judged = stand.judgement.status in _JUDGED
    return Figure(
        id=figure_id(definition.id, spot.place.key, inputs.period, spot.book),
        indicator=definition.id,
        name=name.name,
        region=spot.place,
        period=inputs.period,
        book=spot.book,
        as_of=inputs.as_of,
        value=found.value,
        unit=name.unit,
        text=reported.text if reported is not None and not is_reported else "",
        by=reader.by(definition),
        quantities=outcome.quantities,
        quality=outcome.quality,
        status=stand.judgement.status,
        # Where a reported value was judged, why there is no computed one stands among its causes.
        reason=stand.judgement.reason if is_reported else _reason(stand.judgement, found),
        reported=reported,
        basis=("reported" if is_reported else "computed") if judged else "",
        baseline=stand.line.baseline if stand.line else None,
        target=stand.target,
        target_year=stand.target_year,
        path=stand.path,
        plan_id=stand.plan_id,
        findings=reader.remarks(definition, spot) if found.value is not None else (),
    )


@dataclass(frozen=True, slots=True)
class _Stand:
    """How a value stands to the line of its plan, if there is one."""

    judgement: Judgement
    line: PlanLine | None = None
    target: PlanValue | None = None
    target_year: int | None = None
    path: Decimal | None = None
    plan_id: str = ""


def _stand(inputs: Inputs, spot: Spot, name: IndicatorName, value: Decimal | None) -> _Stand:
    plan = inputs.plans.get(spot.place.id)
    line = plan.line_of(name.id) if plan is not None else None
    if plan is None or line is None:
        return _without_plan(name, value)
    year = target_year(line, inputs.period)
    target = line.target(year)
    if value is not None and is_in_error(line, name.direction):
        return _Stand(Judgement(Status.NO_TARGET, wording.TARGET_IN_ERROR), line, target, year, None, plan.id)
    promise = Promise(
        unit=parse_unit(name.unit),
        direction=name.direction,
        kind=name.kind,
        base=line.baseline,
        base_year=plan.base_year,
        target=target,
        target_year=year,
    )
    judgement = judge(value, promise, inputs.period)
    path = judgement.path
    shown = None if path is None else _DIVISION.divide(Decimal(path.numerator), Decimal(path.denominator))
    return _Stand(judgement, line, target, year, shown, plan.id)


def target_year(line: PlanLine, period: Period) -> int:
    """Give the next year for which a line has a target; the last one once all are over."""
    years = [year for year, _ in line.targets]
    return next((year for year in years if year >= period.start.year), years[-1] if years else 0)


def _without_plan(name: IndicatorName, value: Decimal | None) -> _Stand:
    if name.kind is IndicatorKind.TEXT:
        return _IN_WORDS
    return _NOT_COMPUTABLE if value is None else _NO_TARGET


def _reason(judgement: Judgement, found: Value) -> Text:
    if not found.reason or not judgement.reason:
        return found.reason or judgement.reason
    return _joined((found.reason, judgement.reason))


def _zero_base(readings: Sequence[Reading]) -> Value:
    """A decrease from a base of zero: what counts is whether the amount is still zero."""
    flows = [reading.shown.grams for reading in readings if reading.shown.kind == "flow"]
    if any(flows):
        return Value(None, reason=wording.ROSE_FROM_ZERO)
    return Value(_NOUGHT, reason=wording.STAYS_ZERO)


def _quality(readings: Sequence[Reading], ppm: int) -> Quality:
    evidence = [reading.shown.evidence_g for reading in readings if reading.shown.grams]
    if not evidence and not ppm:
        return _NO_MASS
    by_class = [sum(grams) for grams in zip(*evidence, strict=True)]
    total = sum(by_class)
    if not total:
        return Quality(_NOUGHT, _NOUGHT, _NOUGHT, _NOUGHT, _NOUGHT, ppm)
    weighed, declared, estimated, statistical, derived = (
        _DIVISION.divide(Decimal(grams), Decimal(total)) if grams else _NOUGHT for grams in by_class
    )
    return Quality(weighed, declared, estimated, statistical, derived, ppm)


@lru_cache(maxsize=1024)
def _without_value(missing: tuple[Text, ...]) -> Value:
    return Value(None, reason=_joined(missing))


def _joined(texts: Sequence[Text]) -> Text:
    if len(texts) == 1:
        return texts[0]
    return Text("".join(text.zh for text in texts), " ".join(text.en for text in texts))


_NOUGHT = Decimal(0)
_NO_MASS = Quality(_NOUGHT, _NOUGHT, _NOUGHT, _NOUGHT, _NOUGHT, 0)
_NO_DENOMINATOR = Value(None, reason=wording.ZERO_DENOMINATOR)
_NO_TARGET = _Stand(Judgement(Status.NO_TARGET, wording.NO_PLAN_LINE))
_NOT_COMPUTABLE = _Stand(Judgement(Status.NOT_COMPUTABLE))
_IN_WORDS = _Stand(Judgement(Status.NOT_NUMERIC))
_JUDGED = frozenset({Status.MET, Status.ON_TRACK, Status.BEHIND})
