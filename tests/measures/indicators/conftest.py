"""Cells, places, observations and inputs for tests of the pure core."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.measures.cube.core.cells import CellRow, cells_of
from wufei.measures.indicators.core.definitions import load_definitions
from wufei.measures.indicators.core.evaluate import Inputs, compute_figures
from wufei.measures.indicators.core.figures import Figure, Observed, Place
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.ledger.core.as_of import AsOf
from wufei.records.plans.core.files import load_plans
from wufei.records.plans.core.plan import Plan

BOOK = "actual"
AS_OF = AsOf(7, datetime(2026, 3, 1, tzinfo=UTC))


class Bench:
    """What a test of the evaluation needs, in one place."""

    book = BOOK
    bda_book = "published:bda-2020"

    def place(self, number: int, key: str = "", **changes: object) -> Place:
        fields = {
            "id": number,
            "key": key or f"R{number}",
            "code": None,
            "name": Text(f"第{number}区", f"District {number}"),
            "kind": "district",
            "parent_id": None,
            "synthetic": False,
        }
        return Place(**(fields | changes))

    def row(self, step: str, tonnes: int | Decimal, **changes: object) -> CellRow:
        fields = {
            "book": BOOK,
            "month": "",
            "place_region_id": 1,
            "origin_region_id": 1,
            "stream": "GI-UNSORTED",
            "origin_sector": "industry",
            "step": step,
            "method": "",
            "evidence": "declared",
            "grams": int(Decimal(tonnes) * 1_000_000),
            "transfers": 1,
            "variance_g2ppm2": 0,
        }
        return CellRow(**(fields | changes))

    def observed(self, metric: str, value: object, **changes: object) -> Observed:
        fields = {
            "uuid": uuid.uuid4(),
            "book": BOOK,
            "region_id": 1,
            "metric": metric,
            "value": None if value is None else Decimal(str(value)),
            "text": "",
            "unit": "",
            "kind": "published",
        }
        return Observed(**(fields | changes))

    def inputs(
        self,
        rows: Sequence[CellRow],
        *,
        places: Sequence[Place] | None = None,
        observations: Sequence[Observed] = (),
        plans: dict[int, Plan] | None = None,
        members: dict[int, frozenset[int]] | None = None,
        period: Period | None = None,
        indicators: Sequence[str] = (),
        book: str = BOOK,
    ) -> Inputs:
        known = load_definitions()
        shown = list(places or [self.place(1)])
        return Inputs(
            definitions=[known[each] for each in indicators] if indicators else list(known.values()),
            names=load_indicators(),
            places=shown,
            members=members or {place.id: frozenset({place.id}) for place in shown},
            books={place.id: book for place in shown},
            cells=cells_of(list(rows)),
            observations=observations,
            plans=plans or {},
            period=period or Period.year_of(2025),
            as_of=AS_OF,
        )

    def figures(self, rows: Sequence[CellRow], **options: object) -> dict[str, Figure]:
        """Compute and give the figures of the first region by indicator."""
        inputs = self.inputs(rows, **options)
        first = inputs.places[0].key
        return {figure.indicator: figure for figure in compute_figures(inputs) if figure.region.key == first}

    def figure(self, indicator: str, rows: Sequence[CellRow], **options: object) -> Figure:
        return self.figures(rows, indicators=[indicator], **options)[indicator]

    def plan(self, plan_id: str) -> Plan:
        return next(plan for plan in load_plans() if plan.id == plan_id)


@pytest.fixture(scope="session")
def bench() -> Bench:
    """Factories for the pure core."""
    return Bench()


@pytest.fixture(scope="session")
def bda_rows(bench: Bench) -> list[CellRow]:
    """The published account of BDA 2018 (facts of January 2020), as its book keeps it."""

    def flow(step: str, tonnes: int, **changes: object) -> CellRow:
        return bench.row(step, tonnes, **({"evidence": "statistical", "book": bench.bda_book} | changes))

    industrial = {"stream": "GI-UNSORTED", "origin_sector": "industry"}
    hazardous = {"stream": "HW-UNSORTED", "origin_sector": "industry"}
    construction = {"stream": "CDW-UNSORTED", "origin_sector": "construction"}
    household = {"stream": "MSW-UNSORTED", "origin_sector": "household"}
    derived = {"evidence": "derived-by-difference"}
    return [
        flow("generate", 233_500, **industrial),
        flow("treat-in", 9_133, method="store-or-dispose", **industrial),
        flow("treat-in", 233_500 - 9_133, method="utilise", **industrial, **derived),
        flow("generate", 50_300, **hazardous),
        flow("treat-in", 21_700, method="safe-disposal", **hazardous),
        flow("treat-in", 50_300 - 21_700, method="utilise", **hazardous, **derived),
        flow("generate", 1_000_000, **construction),
        flow("treat-in", 870_000, method="absorb", **construction),
        flow("treat-in", 130_000, method="utilise", **construction, **derived),
        flow("generate", 107_900, **household),
        flow("treat-in", 33_800, method="landfill", **household),
        flow("generate", 240, stream="HW01", origin_sector="medical"),
        flow("generate", 30_000, stream="SW61", origin_sector="municipal"),
        flow("generate", 57_000, stream="GREEN", origin_sector="municipal"),
        flow("generate", 21_500, stream="SW90", origin_sector="municipal"),
    ]


@pytest.fixture(scope="session")
def bda_observations(bench: Bench) -> list[Observed]:
    """The population and money that BDA published for 2018."""
    published = {
        "resident-population": ("16", "万人"),
        "employed-population": ("37", "万人"),
        "gdp": ("1509.5", "亿元"),
        "secondary-industry-added-value": ("1000.1", "亿元"),
        "tertiary-industry-added-value": ("509.3", "亿元"),
        "industrial-output-value-above-scale": ("3841.2", "亿元"),
    }
    return [
        bench.observed(metric, value, unit=unit, book=bench.bda_book)
        for metric, (value, unit) in published.items()
    ]


@pytest.fixture(scope="session")
def bda(bench: Bench) -> Callable[..., Place]:
    """The region of the account."""
    return lambda: bench.place(1, "BDA", kind="functional")
