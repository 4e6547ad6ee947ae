"""The quantities of every formula, read from the cells and the observations, with their lineage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.kernel.units import parse_unit
from wufei.measures.cube.core.cells import Cells
from wufei.measures.indicators.core import wording
from wufei.measures.indicators.core.definitions import (
    DAYS_NAME,
    By,
    Definition,
    FlowQuantity,
    ObservedQuantity,
    Quantity,
)
from wufei.measures.indicators.core.figures import NOTHING, Observed, Place, QuantityValue
from wufei.measures.indicators.core.formula import Measured
from wufei.measures.indicators.core.regions import is_published
from wufei.measures.indicators.core.sums import GENERATED, FlowRule, FlowTotal, sum_flows
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
USED_STEPS = _HANDLING | GENERATED
"""The steps that indicators read; a read of the cube needs no others."""
_TONNE_PLACES = -6
# Published masses have three or four digits: what is below a two-hundredth is lost in their rounding.
_PRINTED_PART = 200


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


@dataclass(frozen=True, slots=True)
class _Rules:
    """A flow with the rules that tell a true zero from mass nobody recorded."""

    flow: FlowRule
    activity: FlowRule
    generated: FlowRule
    handled: FlowRule
    unspecified: FlowRule
    title: Text
    streams: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, flow: FlowQuantity) -> _Rules:
        return cls(
            flow=FlowRule(flow.group, flow.steps, flow.methods, flow.by),
            activity=FlowRule(flow.group, USED_STEPS, _ANY, flow.by),
            generated=FlowRule(flow.group, GENERATED, _ANY, flow.by),
            handled=FlowRule(flow.group, _HANDLING, _ANY, flow.by),
            unspecified=FlowRule(flow.group, _TREATMENT, _NOT_BROKEN_DOWN, flow.by),
            title=wording.flow_title(flow),
            streams=members_of(flow.group),
        )

    def all(self) -> tuple[FlowRule, ...]:
        return (self.flow, self.activity, self.generated, self.handled, self.unspecified)


class QuantityReader:
    """Reads the quantities of any definition at any spot; everything is summed once, at the start."""

    def __init__(
        self,
        definitions: Sequence[Definition],
        cells: Cells,
        observations: Sequence[Observed],
        period: Period,
        as_of: int | None,
    ) -> None:
        self._flows = {definition.id: definition.flows for definition in definitions}
        self._by = {definition.id: definition.by for definition in definitions}
        flows = {flow for own in self._flows.values() for flow in own}
        self._rules = {flow: _Rules.of(flow) for flow in flows}
        self._sums = sum_flows(cells, [rule for rules in self._rules.values() for rule in rules.all()])
        self._observed = _standing(observations)
        self._metrics = {definition.id: definition.metrics for definition in definitions}
        self._seen: dict[tuple[str, int], set[str]] = {}
        for book, region_id, metric in self._observed:
            self._seen.setdefault((book, region_id), set()).add(metric)
        self._period = period
        self._as_of = as_of
        days = QuantityValue(DAYS_NAME, wording.DAYS, "count", "", Decimal(period.days), "d")
        self._days = Reading(days, Measured(period.days))
        self._absent = {
            quantity: _absent(quantity)
            for definition in definitions
            for quantity in definition.quantities
            if isinstance(quantity, ObservedQuantity)
        }

    def is_blank(self, definition: Definition, spot: Spot) -> bool:
        """Say whether a definition rests on observations alone, and none of them was made at a spot."""
        if self._flows[definition.id]:
            return False
        return self._metrics[definition.id].isdisjoint(self._seen.get((spot.book, spot.place.id), ()))

    def read(self, definition: Definition, spot: Spot) -> list[Reading]:
        """Read the quantities of one definition, in its order."""
        return [self._read(quantity, spot) for quantity in definition.quantities]

    def observed(self, metric: str, spot: Spot) -> Observed | None:
        """Give the standing observation of a metric or reported indicator at a spot."""
        return self._observed.get((spot.book, spot.place.id, metric))

    def by(self, definition: Definition) -> By | Literal[""]:
        """Say whether the flows of a definition count by origin or by place."""
        return self._by[definition.id]

    def remarks(self, definition: Definition, spot: Spot) -> tuple[Finding, ...]:
        """Remark on masses whose whereabouts are not broken down and so may hide part of a quantity."""
        flows = self._flows[definition.id]
        return tuple([finding for flow in flows if (finding := self._remark(definition, flow, spot))])

    def _remark(self, definition: Definition, flow: FlowQuantity, spot: Spot) -> Finding | None:
        if not flow.methods or flow.methods & _NOT_BROKEN_DOWN:
            return None
        hidden = self._total(self._rules[flow].unspecified, spot).grams
        return _not_broken_down(definition.id, flow, spot, _tonnes(hidden)) if hidden > 0 else None

    def _read(self, quantity: Quantity, spot: Spot) -> Reading:
        if isinstance(quantity, FlowQuantity):
            return self._flow(quantity, spot)
        if isinstance(quantity, ObservedQuantity):
            return self._observation(quantity, spot)
        return self._days

    def _flow(self, flow: FlowQuantity, spot: Spot) -> Reading:
        rules = self._rules[flow]
        total = self._total(rules.flow, spot)
        missing = NOTHING if total.transfers else self._why_nothing(flow, rules, spot)
        ppm = total.relative_ppm
        shown = QuantityValue(
            name=flow.name,
            title=rules.title,
            kind="flow",
            by=flow.by,
            value=None if missing else _tonnes(total.grams),
            unit="t",
            grams=total.grams,
            transfers=total.transfers,
            selection=self._selection(flow, rules, spot),
            evidence_g=total.evidence_g,
            relative_ppm=ppm,
            missing=missing,
        )
        return Reading(shown, None if missing else Measured(total.grams, 1, ppm))

    def _why_nothing(self, flow: FlowQuantity, rules: _Rules, spot: Spot) -> Text:
        """Tell a true zero (the waste was handled, but not so) from mass that nobody recorded."""
        if not self._total(rules.activity, spot).transfers:
            return wording.no_records(rules.title)
        if not flow.steps & _HANDLING or flow.by == "place":
            # A place where waste is made need not handle any; its own waste has to go somewhere.
            return NOTHING
        handled, unspecified = self._total(rules.handled, spot), self._total(rules.unspecified, spot).grams
        if is_published(spot.book):
            # Daily books hold every treatment there was; a published account holds what somebody printed, so
            # a treatment that is not in it did not happen only if all the waste is accounted for otherwise.
            rest = self._total(rules.generated, spot).grams - handled.grams
            unspecified += rest if rest * _PRINTED_PART > handled.grams else 0
        if unspecified > 0 or not handled.transfers:
            shown = f"{_tonnes(unspecified):f}" if unspecified > 0 and handled.transfers else ""
            return wording.no_whereabouts(rules.title, shown)
        return NOTHING

    def _observation(self, quantity: ObservedQuantity, spot: Spot) -> Reading:
        found = self.observed(quantity.metric, spot)
        if found is None or found.value is None:
            return self._absent[quantity]
        metric = load_metrics()[quantity.metric]
        value = found.value if not found.unit else _converted(found.value, found.unit, metric.unit)
        shown = QuantityValue(
            name=quantity.name,
            title=metric.name,
            kind="observation",
            by="",
            value=value,
            unit=metric.unit,
            observation_ids=(found.uuid,),
            relative_ppm=found.relative_ppm,
            missing=NOTHING if value is not None else wording.unusable_unit(metric, found.unit),
        )
        return Reading(
            shown, None if value is None else in_base_units(value, metric.unit, found.relative_ppm)
        )

    def _total(self, rule: FlowRule, spot: Spot) -> FlowTotal:
        return self._sums.total(rule, spot.book, spot.members)

    def _selection(self, flow: FlowQuantity, rules: _Rules, spot: Spot) -> FlowSelection:
        return FlowSelection(
            book=spot.book,
            period_start=self._period.start,
            period_end=self._period.end,
            by=flow.by,
            region_ids=spot.members,
            group=flow.group,
            streams=rules.streams,
            steps=flow.steps,
            methods=flow.methods,
            as_of=self._as_of,
        )


def in_base_units(value: Decimal, unit: str, ppm: int = 0) -> Measured:
    """Give a decimal in base units as a fraction of integers."""
    exact = Fraction(value) * parse_unit(unit).factor
    return Measured(exact.numerator, exact.denominator, ppm)


def _absent(quantity: ObservedQuantity) -> Reading:
    """Give the reading of a quantity that nobody observed: missing, or zero where sources leave zeros out."""
    metric, zero = load_metrics()[quantity.metric], quantity.zero_if_absent
    shown = QuantityValue(
        name=quantity.name,
        title=metric.name,
        kind="observation",
        by="",
        value=Decimal(0) if zero else None,
        unit=metric.unit,
        missing=NOTHING if zero else wording.no_observation(metric),
    )
    return Reading(shown, Measured(0) if zero else None)


def _standing(observations: Sequence[Observed]) -> dict[tuple[str, int, str], Observed]:
    chosen: dict[tuple[str, int, str], Observed] = {}
    for observed in sorted(observations, key=lambda each: (_KINDS.index(each.kind), each.uuid), reverse=True):
        chosen[observed.book, observed.region_id, observed.metric] = observed
    return chosen


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
