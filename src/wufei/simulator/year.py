"""The state of one simulated year: its events so far and what is on its way to which plant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from wufei.simulator.cast import Cast
from wufei.simulator.events import Event, Waste
from wufei.simulator.rhythm import Days


@dataclass(slots=True)
class Year:
    """A year under simulation.

    Attributes
    ----------
    arrivals : dict of (party, Waste) to array, shape (day,)
        Grams that come into a store from others: loads, residues, reclassified batches.
    stored_g : dict of (party, Waste) to int
        What is left at the end, written as each store is done.
    """

    rng: np.random.Generator
    days: tuple[date, ...]
    cast: Cast
    events: list[Event] = field(default_factory=list)
    arrivals: dict[tuple[str, Waste], Days] = field(default_factory=dict)
    stored_g: dict[tuple[str, Waste], int] = field(default_factory=dict)
    numbers: int = 0

    def arrive(self, party: str, waste: Waste, day: int, grams: int) -> None:
        """Note mass that comes into a store."""
        inbox = self.arrivals.setdefault((party, waste), np.zeros(len(self.days), dtype=np.int64))
        inbox[day] += grams

    def arrived(self, party: str, waste: Waste) -> Days:
        """Mass that came into a store by day."""
        return self.arrivals.get((party, waste), np.zeros(len(self.days), dtype=np.int64))

    def keep(self, party: str, waste: Waste, grams: int) -> None:
        """Note what is left in a store at the end."""
        self.stored_g[party, waste] = self.stored_g.get((party, waste), 0) + grams

    def next_number(self) -> int:
        """A running number for legs and runs."""
        self.numbers += 1
        return self.numbers
