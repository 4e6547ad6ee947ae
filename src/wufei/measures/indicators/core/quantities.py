"""The quantities of every formula, read from the cells and the observations, with their lineage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.kernel.units import parse_unit
from wufei.measures.cube.core.cells import Cells
from wufei.measures.indicators.core import wording
from wufei.measures.indicators.core.definitions import (
    Definition,
    FlowQuantity,
    ObservedQuantity,
    Quantity,
)
from wufei.measures.indicators.core.figures import NOTHING, Observed, Place, QuantityValue
from wufei.measures.indicators.core.formula import Measured
from wufei.measures.indicators.core.sums import FlowRule, FlowSums, FlowTotal, sum_flows
from wufei.records.catalogue.core.groupings import members_of
from wufei.records.catalogue.core.metrics import load_metrics
from wufei.records.ledger.core.selection import FlowSelection
from wufei.records.ledger.core.transfers import Step

# Where several kinds of observation speak of the same quantity, the reported one counts.
_KINDS = ("reported", "published", "computed")
_TREATMENT = frozenset({Step.TREAT_IN.value})
_HANDLING = frozenset({Step.TREAT_IN.value, Step.USE.value})
_NOT_BROKEN_DOWN = frozenset({"unspecified"})
_ANY: frozenset[str] = frozenset()
USED_STEPS = _HANDLING | {Step.GENERATE.value, Step.NEW_WASTE.value}
"""The steps that indicators read; a read of the cube needs no others."""
_TONNE_PLACES = -6


@dataclass(frozen=True, slots=True)
class Reading:
    """A quantity as shown and as it enters the formula; `measured` is None where it is missing."""

    shown: QuantityValue
    measured: Measured | None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where and in which book quantities are read."""

    place: Place
    members: frozenset[int]
    book: str


class QuantityReader:
    """Reads the quantities of any definition at any spot; everything is summed once, at the start."""

    def __init__(
        self,
        definitions: Sequence[Definition],
        cells: Cells,
        observations: Sequence[Observed],
        period: Period,
        as_of: datetime | None,
    ) -> None:
        flows = [flow for definition in definitions for flow in definition.flows]
        self._sums: FlowSums = sum_flows(cells, [rule for flow in flows for rule in _rules(flow)])
        self._observed = _standing(observations)
        self._period = period
        self._as_of = as_of

    def read(self, definition: Definition, spot: Spot) -> list[Reading]:
        """Read the quantities of one definition, in its order."""
        return [self._read(quantity, spot) for quantity in definition.quantities]

    def observed(self, metric: str, spot: Spot) -> Observed | None:
        """Give the standing observation of a metric or reported indicator at a spot."""
        return self._observed.get((spot.book, spot.place.id, metric))

    def remarks(self, definition: Definition, spot: Spot) -> Iterator[Finding]:
        """Remark on masses whose whereabouts are not broken down and so may hide part of a quantity."""
        for flow in definition.flows:
            if not flow.methods or flow.methods & _NOT_BROKEN_DOWN:
                continue
            hidden = self._total(_unspecified(flow), spot)
            if hidden.grams > 0:
                yield _not_broken_down(definition.id, flow, spot, _tonnes(hidden.grams))

    def _read(self, quantity: Quantity, spot: Spot) -> Reading:
        if isinstance(quantity, FlowQuantity):
            return self._flow(quantity, spot)
        if isinstance(quantity, ObservedQuantity):
            return self._observation(quantity, spot)
        days = self._period.days
        shown = QuantityValue(quantity.name, wording.DAYS, "count", "", Decimal(days), "d")
        return Reading(shown, Measured(days))

    def _flow(self, flow: FlowQuantity, spot: Spot) -> Reading:
        total = self._total(_rule(flow), spot)
        missing = NOTHING if total.transfers else self._why_nothing(flow, spot)
        ppm = total.relative_ppm
        shown = QuantityValue(
            name=flow.name,
            title=wording.flow_title(flow),
            kind="flow",
            by=flow.by,
            value=None if missing else _tonnes(total.grams),
            unit="t",
            grams=total.grams,
            transfers=total.transfers,
            selection=self._selection(flow, spot),
            evidence_g=total.evidence_g,
            relative_ppm=ppm,
            missing=missing,
        )
        return Reading(shown, None if missing else Measured(total.grams, 1, ppm))

    def _why_nothing(self, flow: FlowQuantity, spot: Spot) -> Text:
        """Tell a true zero (the waste was handled, but not so) from mass that nobody recorded."""
        title = wording.flow_title(flow)
        if not self._total(_activity(flow), spot).transfers:
            return wording.no_records(title, spot.book, spot.place.name, self._period)
        if not flow.steps & _HANDLING or flow.by == "place":
            # A place where waste is made need not handle any; its own waste has to go somewhere.
            return NOTHING
        unspecified = self._total(_unspecified(flow), spot).grams
        if unspecified > 0 or not self._total(_handled(flow), spot).transfers:
            shown = f"{_tonnes(unspecified):f}" if unspecified > 0 else ""
            return wording.no_whereabouts(title, spot.place.name, self._period, shown)
        return NOTHING

    def _observation(self, quantity: ObservedQuantity, spot: Spot) -> Reading:
        metric, found = load_metrics()[quantity.metric], self.observed(quantity.metric, spot)
        value, unit, missing = None, metric.unit, NOTHING
        if found is not None and found.value is not None:
            value = found.value if not found.unit else _converted(found.value, found.unit, metric.unit)
            missing = NOTHING if value is not None else wording.unusable_unit(metric, found.unit)
        elif quantity.zero_if_absent:
            value = Decimal(0)
        else:
            missing = wording.no_observation(metric, spot.book, spot.place.name, self._period)
        ppm = found.relative_ppm if found is not None else 0
        shown = QuantityValue(
            name=quantity.name,
            title=metric.name,
            kind="observation",
            by="",
            value=value,
            unit=unit,
            observation_ids=(found.uuid,) if found is not None else (),
            relative_ppm=ppm,
            missing=missing,
        )
        return Reading(shown, None if value is None else in_base_units(value, unit, ppm))

    def _total(self, rule: FlowRule, spot: Spot) -> FlowTotal:
        return self._sums.total(rule, spot.book, spot.members)

    def _selection(self, flow: FlowQuantity, spot: Spot) -> FlowSelection:
        return FlowSelection(
            book=spot.book,
            period_start=self._period.start,
            period_end=self._period.end,
            by=flow.by,
            region_ids=spot.members,
            group=flow.group,
            streams=members_of(flow.group),
            steps=flow.steps,
            methods=flow.methods,
            as_of=self._as_of,
        )


def in_base_units(value: Decimal, unit: str, ppm: int = 0) -> Measured:
    """Give a decimal in base units as a fraction of integers."""
    exact = Fraction(value) * parse_unit(unit).factor
    return Measured(exact.numerator, exact.denominator, ppm)


def _standing(observations: Sequence[Observed]) -> dict[tuple[str, int, str], Observed]:
    chosen: dict[tuple[str, int, str], Observed] = {}
    for observed in sorted(observations, key=lambda each: (_KINDS.index(each.kind), each.uuid), reverse=True):
        chosen[observed.book, observed.region_id, observed.metric] = observed
    return chosen


def _rules(flow: FlowQuantity) -> tuple[FlowRule, ...]:
    return (_rule(flow), _activity(flow), _handled(flow), _unspecified(flow))


def _rule(flow: FlowQuantity) -> FlowRule:
    return FlowRule(flow.group, flow.steps, flow.methods, flow.by)


def _activity(flow: FlowQuantity) -> FlowRule:
    return FlowRule(flow.group, USED_STEPS, _ANY, flow.by)


def _handled(flow: FlowQuantity) -> FlowRule:
    return FlowRule(flow.group, _HANDLING, _ANY, flow.by)


def _unspecified(flow: FlowQuantity) -> FlowRule:
    return FlowRule(flow.group, _TREATMENT, _NOT_BROKEN_DOWN, flow.by)


def _tonnes(grams: int) -> Decimal:
    exact = Decimal(grams).scaleb(_TONNE_PLACES)
    return exact if exact % 1 else exact.quantize(Decimal(1))


def _converted(value: Decimal, unit: str, wanted: str) -> Decimal | None:
    try:
        return parse_unit(unit).to(parse_unit(wanted), value)
    except InputError:
        return None


def _not_broken_down(indicator: str, flow: FlowQuantity, spot: Spot, hidden_t: Decimal) -> Finding:
    title = wording.flow_title(flow)
    return Finding(
        code="figure.whereabouts-unspecified",
        severity=Severity.NOTE,
        where=f"{indicator}@{spot.place.key}",
        value=f"{hidden_t:f} t",
        message=Text(
            f"有 {hidden_t:f} 吨去向未细分，{title.zh}可能偏小。",
            f"{hidden_t:f} t have whereabouts that are not broken down; {title.en} may be too small.",
        ),
        rule=Text(
            "按利用处置方式统计的量只含写明方式的记录", "Sums by method hold only what names its method"
        ),
        fix=Text("在“台账”补充利用处置方式", "Add the method in the ledger"),
    )
