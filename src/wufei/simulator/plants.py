"""Plants: what arrived is treated in runs that balance to the gram, residues go on."""

from __future__ import annotations

import numpy as np

from wufei.records.ledger.core.accounts import Kind
from wufei.simulator.cast import Plant, Recipe
from wufei.simulator.events import Out, Run, Waste
from wufei.simulator.rhythm import Days, marked_days
from wufei.simulator.yards import Yard, run_yard
from wufei.simulator.year import Year

# Waste that a plant newly makes has the plant as its origin, whoever's waste went in.
_PLANT_SECTOR = "industry"


def run_plant(year: Year, plant: Plant) -> None:
    """Let a year pass in one plant, then have its residues collected."""
    inflow: dict[Waste, Days] = {}
    region = year.cast.party(plant.party).region
    later = _later_plants(year, plant)
    for recipe in plant.recipes:
        for stream in recipe.streams:
            for waste in sorted(
                (w for p, w in year.arrivals if p == plant.party and w.stream == stream),
                key=lambda w: (w.origin, w.sector),
            ):
                _treat(year, plant.party, region, recipe, waste, inflow)
    for offset, (waste, masses) in enumerate(inflow.items()):
        pickup = marked_days(year.days, year.cast.residue_pickup, offset)
        routes = tuple(route for route in year.cast.routes[waste.stream] if route.to in later)
        run_yard(year, Yard(plant.party, waste, masses, pickup, routes))


def _later_plants(year: Year, plant: Plant) -> frozenset[str]:
    """Plants that have not run yet; a residue may only go there, or the year would run in circles."""
    order = [other.party for other in year.cast.plants]
    return frozenset(order[order.index(plant.party) + 1 :])


def _treat(
    year: Year, plant: str, region: str, recipe: Recipe, waste: Waste, inflow: dict[Waste, Days]
) -> None:
    arrivals = year.arrived(plant, waste)
    # Friday is the day on which the plants of this district close their weekly run.
    due = marked_days(year.days, recipe.run, offset=4)
    stock = 0
    for day in range(len(year.days)):
        stock += int(arrivals[day])
        grams = int(stock * recipe.take)
        if not due[day] or grams < recipe.smallest_g:
            continue
        stock -= grams
        outs = _outs(recipe, waste, region, grams)
        year.events.append(Run(day, plant, waste, year.next_number(), recipe.method, grams, outs))
        for out in outs:
            if out.kind is Kind.STOCK:
                _lay_by(year, plant, inflow, out, day)
    year.keep(plant, waste, stock)


def _lay_by(year: Year, plant: str, inflow: dict[Waste, Days], out: Out, day: int) -> None:
    """A residue can be collected from the day after its run on; that of the last day stays."""
    if day + 1 < len(year.days):
        inflow.setdefault(out.waste, np.zeros(len(year.days), dtype=np.int64))[day + 1] += out.grams
    else:
        year.keep(plant, out.waste, out.grams)


def _outs(recipe: Recipe, waste: Waste, region: str, grams: int) -> tuple[Out, ...]:
    outs: list[Out] = []
    for residue in recipe.residues:
        origin = (
            Waste(residue.stream, _PLANT_SECTOR, region)
            if residue.new
            else Waste(residue.stream, waste.sector, waste.origin)
        )
        outs.append(Out(Kind.STOCK, origin, int(grams * residue.share), new=residue.new))
    outs.extend(Out(Kind(kind), waste, int(grams * share)) for kind, share in recipe.outs)
    outs.append(Out(Kind(recipe.rest), waste, grams - sum(out.grams for out in outs)))
    return tuple(out for out in outs if out.grams > 0)
