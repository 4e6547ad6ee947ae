"""Stores of producers and of residues: mass comes in, trucks take it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wufei.records.ledger.core.accounts import Kind
from wufei.simulator.cast import OUTSIDE, USE, Route
from wufei.simulator.events import Counted, Lost, Moved, Reclassified, Sent, Spread, Waste
from wufei.simulator.rhythm import Days
from wufei.simulator.year import Year

WEIGHBRIDGE_FROM_G = 2_000_000
_WEIGHBRIDGE_STEP_G, _WEIGHBRIDGE_ERROR_SHARE = 20_000, 0.004
_SCALE_STEP_G, _SCALE_ERROR_SHARE = 100, 0.003
_WEIGHED_ONCE_SHARE = 0.55
_SMALLEST_LOAD_G = 1_000
# Nobody comes for the sweepings: a load has at least this share of the largest one so far.
_WORTH_A_TRIP_SHARE = 0.01
_HELD_BACK_SHARE_MAX = 0.06


@dataclass(frozen=True, slots=True)
class Yard:
    """One stream in one store over the year.

    Attributes
    ----------
    inflow_g : array, shape (day,)
        Grams that arise here.
    pickup : array of bool, shape (day,)
        Days on which a truck may come.
    routes : tuple of Route
        Where it may go; chances below one in sum mean that nobody comes at times.
    """

    party: str
    waste: Waste
    inflow_g: Days
    pickup: NDArray[np.bool_]
    routes: tuple[Route, ...]


def run_yard(year: Year, yard: Yard) -> None:
    """Let a year pass in one store: odd things happen, trucks come, the rest stays."""
    oddities = _oddities(year, yard)
    refusals = [int(item["day"]) - 1 for item in _own(year, yard, "refused")]
    stock, largest = 0, 0
    for day in range(len(year.days)):
        stock += int(yard.inflow_g[day])
        for kind, item in oddities.get(day, ()):
            stock -= _odd(year, yard, kind, item, day=day, stock=stock)
        if not yard.pickup[day] or stock < max(_SMALLEST_LOAD_G, largest * _WORTH_A_TRIP_SHARE):
            continue
        route = _chosen(year, yard.routes, day)
        if route is None:
            continue
        refused = bool(refusals) and day >= refusals[0] and route.to.startswith("demo-")
        if refused:
            refusals.pop(0)
        load = _take(year, yard, route, day=day, stock=stock, refused=refused)
        stock, largest = stock - load, max(largest, load)
    year.keep(yard.party, yard.waste, stock)


def received_mass(rng: np.random.Generator, sent_g: int) -> int:
    """What the receiver's scale shows for a load; a lorry is driven onto a weighbridge, a drum onto a scale.

    Many loads are weighed once only, at the gate of the plant, and both sides write down that mass.
    """
    if float(rng.random()) < _WEIGHED_ONCE_SHARE:
        return sent_g
    if sent_g >= WEIGHBRIDGE_FROM_G:
        step, error = _WEIGHBRIDGE_STEP_G, _WEIGHBRIDGE_ERROR_SHARE
    else:
        step, error = _SCALE_STEP_G, _SCALE_ERROR_SHARE
    shown = sent_g * (1.0 + float(rng.normal(0.0, error)))
    return max(step, round(shown / step) * step)


def _take(year: Year, yard: Yard, route: Route, *, day: int, stock: int, refused: bool) -> int:
    held_back = float(year.rng.uniform(0.0, _HELD_BACK_SHARE_MAX))
    load = int(stock * (1.0 - held_back)) // _SCALE_STEP_G * _SCALE_STEP_G or stock
    if route.to.startswith(USE):
        year.events.append(Spread(day, yard.party, yard.waste, load, route.to.removeprefix(USE)))
        return load
    leg = year.next_number()
    if route.to == OUTSIDE:
        year.events.append(Sent(day, yard.party, yard.waste, leg, None, load, load))
        return load
    received = received_mass(year.rng, load)
    year.events.append(Sent(day, yard.party, yard.waste, leg, route.to, load, received, refused=refused))
    year.arrive(route.to, yard.waste, day, received)
    return load


def _chosen(year: Year, routes: tuple[Route, ...], day: int) -> Route | None:
    """Draw a destination; the chances move evenly from January to December."""
    through = day / len(year.days)
    draw = float(year.rng.random())
    for route in routes:
        draw -= route.share[0] + (route.share[1] - route.share[0]) * through
        if draw < 0:
            return route
    return None


def _own(year: Year, yard: Yard, kind: str) -> list[Mapping[str, Any]]:
    return [
        item
        for item in year.cast.oddities[kind]
        if item["party"] == yard.party and item["stream"] == yard.waste.stream
    ]


def _oddities(year: Year, yard: Yard) -> dict[int, list[tuple[str, Mapping[str, Any]]]]:
    found: dict[int, list[tuple[str, Mapping[str, Any]]]] = {}
    for kind in ("lost", "counted", "reclassified", "moved"):
        for item in _own(year, yard, kind):
            found.setdefault(int(item["day"]) - 1, []).append((kind, item))
    return found


def _odd(year: Year, yard: Yard, kind: str, item: Mapping[str, Any], *, day: int, stock: int) -> int:
    """Record one oddity and give the grams that left the stock."""
    grams = int(stock * float(item["share"]))
    if grams == 0:
        return 0
    match kind:
        case "lost":
            year.events.append(Lost(day, yard.party, yard.waste, grams, Kind(item["into"])))
        case "counted":
            year.events.append(Counted(day, yard.party, yard.waste, grams))
        case "moved":
            # The second store is never emptied within the year, so its mass leaves this yard for good.
            year.events.append(Moved(day, yard.party, yard.waste, grams))
            year.keep(yard.party, yard.waste, grams)
        case _:
            becomes = Waste(item["becomes"], yard.waste.sector, yard.waste.origin)
            number = year.next_number()
            year.events.append(Reclassified(day, yard.party, yard.waste, becomes, grams, number))
            year.arrive(yard.party, becomes, day, grams)
    return grams
