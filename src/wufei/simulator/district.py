"""A synthetic district: one invented year whose every gram is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from wufei.records.ledger.core.transfers import Posting
from wufei.simulator.bookkeeping import Clerk
from wufei.simulator.cast import SyntheticParty, SyntheticRegion, SyntheticSite, load_cast
from wufei.simulator.chart import Chart, Places
from wufei.simulator.events import Event, in_order
from wufei.simulator.plants import run_plant
from wufei.simulator.producers import run_dumps, run_import, run_producer
from wufei.simulator.rhythm import days_of
from wufei.simulator.truth import Truth, tell_truth
from wufei.simulator.year import Year


@dataclass(frozen=True, slots=True)
class SyntheticDistrict:
    """An invented district and its year.

    Attributes
    ----------
    events : tuple of Event
        What happened, in the order in which it was written down.
    truth : Truth
        Exact totals, summed from the events before any bookkeeping.
    id_seed : int
        Seed of the identifiers, so that every call of `postings` writes the same ones.
    """

    year: int
    regions: tuple[SyntheticRegion, ...]
    parties: tuple[SyntheticParty, ...]
    sites: tuple[SyntheticSite, ...]
    events: tuple[Event, ...]
    truth: Truth
    days: tuple[date, ...]
    id_seed: int

    def postings(self, places: Places) -> Iterator[Posting]:
        """Write the year as postings of the ledger, in order.

        Parameters
        ----------
        places : Places
            The numbers under which the regions, parties and sites are stored.
        """
        clerk = Clerk(
            days=self.days,
            chart=Chart({party.key: party.region for party in self.parties}, places),
            rng=np.random.default_rng(self.id_seed),
            written={},
        )
        for event in self.events:
            yield from clerk.postings(event)


def simulate_district(rng: np.random.Generator, year: int) -> SyntheticDistrict:
    """Simulate a year of the synthetic district.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance: the same state gives the same year, identifiers included.
    year : int
        Calendar year.
    """
    cast = load_cast()
    state = Year(rng, days_of(year), cast)
    for item in cast.imports:
        run_import(state, item)
    run_dumps(state)
    for party in cast.parties:
        if party.trade:
            run_producer(state, party)
    for plant in cast.plants:
        run_plant(state, plant)
    homes = {party.key: party.region for party in cast.parties}
    return SyntheticDistrict(
        year=year,
        regions=cast.regions,
        parties=cast.parties,
        sites=cast.sites(),
        events=tuple(in_order(state.events)),
        truth=tell_truth(state.events, state.stored_g, homes),
        days=state.days,
        id_seed=int(rng.integers(0, 2**63)),
    )
