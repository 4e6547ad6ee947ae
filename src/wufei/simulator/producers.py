"""Producers: what a party makes over the year, written down line by line and laid into its store."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np

from wufei.records.catalogue.core.conversions import conversion_for
from wufei.simulator.cast import Import, SyntheticParty, TradeWaste
from wufei.simulator.events import Dumped, Imported, Made, Waste
from wufei.simulator.rhythm import Days, daily_masses, gathered, marked_days, rounded, whole_months
from wufei.simulator.yards import Yard, received_mass, run_yard
from wufei.simulator.year import Year

# What a scale, a lorry's weighbridge or a person's guess resolves, in grams.
_STEP_G = {"scale": 100, "weighbridge": 20_000, "declared": 1_000, "estimated": 1_000}
# Whole numbers of these amounts are whole grams.
_UNIT_STEP = {"L": Decimal(1), "m3": Decimal("0.5"), "个": Decimal(8)}
# Late months are reported on the sixth of the month after.
_LATE_DAY = 6


def run_producer(year: Year, party: SyntheticParty) -> None:
    """Let a year pass at one party: each stream arises, is recorded and collected."""
    for position, waste in enumerate(year.cast.trades[party.trade]):
        offset = position + int(year.rng.integers(0, 5))
        masses = daily_masses(
            year.rng,
            year.days,
            t_per_year=waste.t_per_year * party.scale,
            rhythm=waste.rhythm,
            season=waste.season,
            trend=waste.trend,
        )
        name = Waste(waste.stream, waste.sector, party.region)
        if waste.record == "late-months":
            inflow = _record_months(year, party, waste, masses)
        else:
            inflow = _record_days(year, party, waste, masses, offset)
        inflow = inflow + year.arrived(party.key, name)
        pickup = marked_days(year.days, waste.pickup, offset)
        run_yard(year, Yard(party.key, name, inflow, pickup, year.cast.routes[waste.stream]))


def run_import(year: Year, item: Import) -> None:
    """Loads of another synthetic region that a plant takes in over the year."""
    masses = daily_masses(
        year.rng, year.days, t_per_year=item.t_per_year, rhythm="daily", season=(1.0,) * 12, trend=0.0
    )
    waste = Waste(item.stream, item.sector, item.origin)
    for day, grams in enumerate(gathered(masses, marked_days(year.days, item.record))):
        if grams > 0:
            weighed = received_mass(year.rng, int(grams))
            year.events.append(Imported(day, item.plant, waste, weighed))
            year.arrive(item.plant, waste, day, weighed)


def run_dumps(year: Year) -> None:
    """Dumps that the patrol found, each traced and cleared."""
    for item in year.cast.oddities["dumped"]:
        waste = Waste(item["stream"], item["sector"], year.cast.party(item["plant"]).region)
        grams, cleared = int(item["kg"]) * 1000, int(item["cleared_on"]) - 1
        year.events.append(
            Dumped(int(item["found_on"]) - 1, cleared, waste, item["plant"], year.next_number(), grams)
        )
        year.arrive(item["plant"], waste, cleared, grams)


def _record_days(year: Year, party: SyntheticParty, waste: TradeWaste, masses: Days, offset: int) -> Days:
    changed = int(year.rng.integers(120, 240))
    due = gathered(masses, marked_days(year.days, waste.record, offset))
    before, after = (_step_g(waste, evidence, year.days[0]) for evidence in waste.evidence)
    recorded = np.concatenate([rounded(due[:changed], before), rounded(due[changed:], after)])
    wrong = _mistyped(year, party, waste, recorded)
    for day in np.flatnonzero(recorded):
        year.events.append(
            Made(
                day=int(day),
                party=party.key,
                waste=Waste(waste.stream, waste.sector, party.region),
                grams=int(recorded[day]),
                evidence=waste.evidence[0] if day < changed else waste.evidence[1],
                unit=waste.unit,
                mistyped_g=wrong.get(int(day), 0),
                dry_share_ppm=waste.dry_share_ppm,
            )
        )
    return recorded


def _record_months(year: Year, party: SyntheticParty, waste: TradeWaste, masses: Days) -> Days:
    """A party that reports whole months late; December comes after the year and stays in the store."""
    inflow = np.zeros_like(masses)
    name = Waste(waste.stream, waste.sector, party.region)
    for month, total in enumerate(whole_months(masses, year.days), 1):
        grams = total // _STEP_G["declared"] * _STEP_G["declared"]
        written_on = date(year.days[0].year + month // 12, month % 12 + 1, _LATE_DAY)
        day = (written_on - year.days[0]).days
        year.events.append(Made(day, party.key, name, grams, waste.evidence[0], month=month))
        if day < len(year.days):
            inflow[day] += grams
        else:
            year.keep(party.key, name, grams)
    return inflow


def _step_g(waste: TradeWaste, evidence: str, on: date) -> int:
    if waste.unit:
        return int(conversion_for(waste.stream, waste.unit, on).grams_per_unit * _UNIT_STEP[waste.unit])
    return _STEP_G[evidence]


def _mistyped(year: Year, party: SyntheticParty, waste: TradeWaste, recorded: Days) -> dict[int, int]:
    """The wrong masses by day: the first record on or after the day that the oddity names."""
    wrong: dict[int, int] = {}
    for item in year.cast.oddities["mistyped"]:
        if (item["party"], item["stream"]) == (party.key, waste.stream):
            later = np.flatnonzero(recorded[int(item["day"]) - 1 :])
            day = int(later[0]) + int(item["day"]) - 1
            wrong[day] = max(1, round(int(recorded[day]) * float(item["factor"])))
    return wrong
