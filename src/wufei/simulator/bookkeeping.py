"""How the district writes down what happened: physical events become postings of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from wufei.kernel.ids import id_of
from wufei.kernel.period import Precision
from wufei.kernel.uncertainty import quotient_ppm
from wufei.records.catalogue.core.conversions import conversion_for
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Evidence, Posting, Reason, Step, Transfer, single
from wufei.simulator.chart import Chart
from wufei.simulator.events import (
    Counted,
    Dumped,
    Event,
    Imported,
    Lost,
    Made,
    Moved,
    Reclassified,
    Run,
    Sent,
    Spread,
)
from wufei.simulator.yards import WEIGHBRIDGE_FROM_G

LOCAL = ZoneInfo("Asia/Shanghai")
_NOON = time(12, 0)
# Ledger lines are written at five in the afternoon, in the order in which things happened.
_WRITTEN = time(17, 0)
# Plausible relative standard uncertainties; a synthetic district has no calibration certificates.
_PPM = {
    Evidence.WEIGHBRIDGE: 4_000,
    Evidence.SCALE: 3_000,
    Evidence.DECLARED: 80_000,
    Evidence.ESTIMATED: 200_000,
    Evidence.DERIVED_BY_DIFFERENCE: 50_000,
}


@dataclass(slots=True)
class Clerk:
    """Writes postings with identifiers drawn from a seeded generator.

    Attributes
    ----------
    chart : Chart
        Where each mass is booked.
    written : dict of int to int
        Identifiers made so far, by day, so that they sort in order of writing.
    """

    days: tuple[date, ...]
    chart: Chart
    rng: np.random.Generator
    written: dict[int, int]

    def postings(self, event: Event) -> Iterator[Posting]:
        """Write one event."""
        match event:
            case Made():
                yield from self._made(event)
            case Sent():
                yield from self._sent(event)
            case Run():
                yield self._run(event)
            case Dumped():
                yield from self._dumped(event)
            case Reclassified():
                yield self._reclassified(event)
            case _:
                yield single(self._simple(event))

    def _made(self, event: Made) -> Iterator[Posting]:
        stock = self.chart.stock(event.party, event.waste)
        origin = self.chart.boundary(Kind.ORIGIN, event.party, event.waste)
        right = self._transfer(
            event.day, (origin, stock), event.grams, Step.GENERATE, Evidence(event.evidence)
        )
        right = replace(right, dry_share_ppm=event.dry_share_ppm)
        if event.unit:
            right = _in_unit(right, event.unit, self.days[event.day])
        if event.month:
            first = datetime.combine(date(self.days[0].year, event.month, 1), time(0), LOCAL)
            right = replace(right, occurred_at=first.astimezone(UTC), precision=Precision.MONTH)
        if not event.mistyped_g:
            yield single(right)
            return
        quantity, unit = _amount(event.mistyped_g)
        wrong = replace(
            right, id=self._id(event.day), grams=event.mistyped_g, quantity=quantity, unit=unit, conversion=""
        )
        back = replace(wrong, id=self._id(event.day), source=stock, target=origin, reverses=wrong.id)
        yield single(wrong)
        right = replace(right, id=self._id(event.day))
        yield Posting(self._id(event.day), (back, right), reason=Reason.TYPED_WRONG)

    def _sent(self, event: Sent) -> Iterator[Posting]:
        evidence = _weighed(event.sent_g)
        stock = self.chart.stock(event.party, event.waste)
        document = f"示例联单-{self.days[0].year}-{event.leg:05d}"
        if event.refused:
            first = self.chart.transit(event.party, event.waste, f"{document}-退")
            there = self._transfer(event.day, (stock, first), event.sent_g, Step.DISPATCH, evidence)
            back = self._transfer(event.day, (first, stock), event.sent_g, Step.RETURN, evidence)
            yield self._posting(event.day, document, (there, back), (first,))
        transit = self.chart.transit(event.party, event.waste, document)
        sent = self._transfer(event.day, (stock, transit), event.sent_g, Step.DISPATCH, evidence)
        yield single(replace(sent, document=document))
        yield self._arrival(event, transit, document)

    def _arrival(self, event: Sent, transit: AccountKey, document: str) -> Posting:
        evidence = _weighed(event.sent_g)
        if event.to is None:
            outside = self.chart.boundary(Kind.OUTSIDE, event.party, event.waste)
            gone = self._transfer(event.day, (transit, outside), event.sent_g, Step.EXPORT, evidence)
            return self._posting(event.day, document, (gone,), (transit,))
        target = self.chart.stock(event.to, event.waste)
        received = self._transfer(event.day, (transit, target), event.received_g, Step.RECEIVE, evidence)
        gap_g = event.sent_g - event.received_g
        if gap_g == 0:
            return self._posting(event.day, document, (received,), (transit,))
        gap = self.chart.boundary(Kind.DIFFERENCE, event.party, event.waste)
        sides = (transit, gap) if gap_g > 0 else (gap, transit)
        settled = self._transfer(event.day, sides, abs(gap_g), Step.SETTLE_DIFFERENCE, evidence)
        return self._posting(event.day, document, (received, settled), (transit,))

    def _run(self, event: Run) -> Posting:
        run = f"示例运行-{self.days[0].year}-{event.run:05d}"
        process = self.chart.process(event.plant, event.waste, run)
        stock = self.chart.stock(event.plant, event.waste)
        fed = self._transfer(
            event.day, (stock, process), event.grams, Step.TREAT_IN, _weighed(event.grams), event.method
        )
        outs = []
        for number, out in enumerate(event.outs, 1):
            if out.kind is Kind.STOCK:
                target, evidence = self.chart.stock(event.plant, out.waste), _weighed(out.grams)
            else:
                target = self.chart.boundary(out.kind, event.plant, out.waste)
                # The last line of a run is what the others leave: a subtraction, and it says so.
                last = number == len(event.outs)
                evidence = Evidence.DERIVED_BY_DIFFERENCE if last else Evidence.DECLARED
            step = Step.NEW_WASTE if out.new else Step.TREAT_OUT
            outs.append(self._transfer(event.day, (process, target), out.grams, step, evidence, event.method))
        return Posting(self._id(event.day), (fed, *outs), (process,))

    def _dumped(self, event: Dumped) -> Iterator[Posting]:
        document = f"示例处置单-{self.days[0].year}-{event.leg:05d}"
        estimated, ref = Evidence.ESTIMATED, document
        unattributed = self.chart.boundary(Kind.UNATTRIBUTED, event.plant, event.waste)
        dumped = replace(unattributed, kind=Kind.DUMPED, ref=ref)
        culprit = replace(unattributed, kind=Kind.ORIGIN)
        transit = replace(unattributed, kind=Kind.TRANSIT, ref=ref)
        found = self._transfer(event.day, (unattributed, dumped), event.grams, Step.FIND_DUMP, estimated)
        yield single(found)
        day, weighbridge = event.cleared_day, Evidence.WEIGHBRIDGE
        traced = self._transfer(day, (culprit, unattributed), event.grams, Step.ATTRIBUTE_DUMP, estimated)
        yield single(traced)
        target = self.chart.stock(event.plant, event.waste)
        cleared = self._transfer(day, (dumped, transit), event.grams, Step.CLEAR_DUMP, weighbridge)
        received = self._transfer(day, (transit, target), event.grams, Step.RECEIVE, weighbridge)
        yield self._posting(day, document, (cleared, received), (transit,))

    def _reclassified(self, event: Reclassified) -> Posting:
        process = self.chart.process(
            event.party, event.waste, f"示例鉴别-{self.days[0].year}-{event.run:05d}"
        )
        into = self._transfer(
            event.day,
            (self.chart.stock(event.party, event.waste), process),
            event.grams,
            Step.RECLASSIFY,
            Evidence.SCALE,
        )
        out = self._transfer(
            event.day,
            (process, self.chart.stock(event.party, event.becomes)),
            event.grams,
            Step.RECLASSIFY,
            Evidence.SCALE,
        )
        return Posting(self._id(event.day), (into, out), (process,))

    def _simple(self, event: Spread | Lost | Counted | Moved | Imported) -> Transfer:
        if isinstance(event, Imported):
            outside = self.chart.boundary(Kind.OUTSIDE, event.plant, event.waste)
            target = self.chart.stock(event.plant, event.waste)
            return self._transfer(
                event.day, (outside, target), event.grams, Step.IMPORT, Evidence.WEIGHBRIDGE
            )
        stock = self.chart.stock(event.party, event.waste)
        match event:
            case Spread():
                used = self.chart.boundary(Kind.USED, event.party, event.waste)
                farm = event.waste.sector == "agriculture"
                evidence = Evidence.ESTIMATED if farm else Evidence.WEIGHBRIDGE
                return self._transfer(event.day, (stock, used), event.grams, Step.USE, evidence, event.method)
            case Lost():
                away = self.chart.boundary(event.into, event.party, event.waste)
                return self._transfer(event.day, (stock, away), event.grams, Step.LOSS, Evidence.ESTIMATED)
            case Counted():
                gap = self.chart.boundary(Kind.STOCKTAKE, event.party, event.waste)
                return self._transfer(
                    event.day, (stock, gap), event.grams, Step.STOCKTAKE, Evidence.WEIGHBRIDGE
                )
            case Moved():
                store = self.chart.stock(event.party, event.waste, 2)
                return self._transfer(event.day, (stock, store), event.grams, Step.MOVE, Evidence.SCALE)

    def _transfer(
        self,
        day: int,
        sides: tuple[AccountKey, AccountKey],
        grams: int,
        step: Step,
        evidence: Evidence,
        method: str = "",
    ) -> Transfer:
        quantity, unit = _amount(grams)
        return Transfer(
            id=self._id(day),
            source=sides[0],
            target=sides[1],
            grams=grams,
            step=step,
            occurred_at=datetime.combine(self._date(day), _NOON, LOCAL).astimezone(UTC),
            precision=Precision.DAY,
            quantity=quantity,
            unit=unit,
            evidence=evidence,
            method=method,
            uncertainty_ppm=_PPM[evidence],
        )

    def _posting(
        self, day: int, document: str, transfers: tuple[Transfer, ...], finishes: tuple[AccountKey, ...]
    ) -> Posting:
        named = tuple(replace(transfer, document=document) for transfer in transfers)
        return Posting(self._id(day), named, finishes)

    def _date(self, day: int) -> date:
        return self.days[0] + timedelta(days=day)

    def _id(self, day: int) -> UUID:
        """A UUIDv7 whose clock is the afternoon of the day it was written on."""
        number = self.written.get(day, 0)
        self.written[day] = number + 1
        at = datetime.combine(self._date(day), _WRITTEN, LOCAL) + timedelta(milliseconds=number)
        return id_of(at, int.from_bytes(self.rng.bytes(10), "big"))


def _weighed(grams: int) -> Evidence:
    return Evidence.WEIGHBRIDGE if grams >= WEIGHBRIDGE_FROM_G else Evidence.SCALE


def _amount(grams: int) -> tuple[Decimal, str]:
    """As people write it: tonnes from two on, kilograms below."""
    if grams >= WEIGHBRIDGE_FROM_G:
        return Decimal(grams) / 1_000_000, "t"
    return Decimal(grams) / 1_000, "kg"


def _in_unit(transfer: Transfer, unit: str, on: date) -> Transfer:
    """Write the amount in litres, cubic metres or pieces through the dated conversion."""
    conversion = conversion_for(transfer.source.stream, unit, on)
    return replace(
        transfer,
        quantity=Decimal(transfer.grams) / conversion.grams_per_unit,
        unit=unit,
        conversion=conversion.id,
        uncertainty_ppm=quotient_ppm(transfer.uncertainty_ppm, conversion.relative_ppm),
    )
