"""The figures that several screens show, worked out once as long as nothing is written.

Every view reads figures, books, Findings and masses through here, so that a page asks for each of them once
and the next reader with the same rights is given what is there.
"""

from __future__ import annotations

from dataclasses import dataclass

from wufei.kernel.findings import Finding
from wufei.kernel.period import Period
from wufei.measures.cube.queries import read_cells
from wufei.measures.indicators import queries as indicators
from wufei.measures.indicators.core.figures import Computation
from wufei.records.ledger.core.rows import BookRow
from wufei.records.plans.core.plan import Plan
from wufei.records.plans.queries import PlanRow, list_plans, plan_for
from wufei.runtime import clock
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.identity.queries import regions_under
from wufei.runtime.pages.memory import Table, remembered
from wufei.web.lines import Row, table_rows
from wufei.web.mass import GroupMass, evidence_of, mass_by_group, mass_by_month

TABLES = (
    Table("ledger_transfer", logged=True),
    Table("ledger_head", newest="size"),
    Table("observations_observation"),
    Table("plans_plan"),
    Table("identity_region"),
)
"""What figures are read from; a plan's lines are written together with the plan."""


@dataclass(frozen=True, slots=True)
class Masses:
    """The masses of a region's own waste in a period.

    Attributes
    ----------
    groups : tuple of GroupMass
        By stream group, the heaviest first.
    months : tuple of (str, int, int)
        Month, grams generated, grams used.
    evidence : tuple of (str, int)
        Kind of evidence and the grams that rest on it.
    """

    groups: tuple[GroupMass, ...]
    months: tuple[tuple[str, int, int], ...]
    evidence: tuple[tuple[str, int], ...]


def figures_of(request: ScopedRequest, region_id: int, period: Period, book: str | None) -> Computation:
    """Give every figure of a region."""
    return remembered(
        request,
        TABLES,
        ("figures", region_id, period, book),
        lambda: indicators.compute(request.scope, region_ids=[region_id], period=period, book=book),
    )


def rows_of(request: ScopedRequest, region_id: int, period: Period, book: str | None) -> tuple[Row, ...]:
    """Give the lines of the indicator table: the plan's words beside each figure."""
    return remembered(
        request,
        TABLES,
        ("rows", region_id, period, book),
        lambda: tuple(
            table_rows(
                figures_of(request, region_id, period, book).figures,
                governing_plan(request, region_id, period),
            )
        ),
    )


def books_of(request: ScopedRequest, region_id: int) -> tuple[BookRow, ...]:
    """Give the books that figures of a region can be read from."""
    return remembered(
        request,
        TABLES,
        ("books", region_id, clock.today_on()),
        lambda: tuple(indicators.books_of(request.scope, region_id)),
    )


def plans_of(request: ScopedRequest, region_id: int | None = None) -> tuple[PlanRow, ...]:
    """Give the plans of a region, or all that the reader may see."""
    return remembered(
        request,
        TABLES,
        (
            "plans",
            region_id,
        ),
        lambda: tuple(list_plans(request.scope, region_id)),
    )


def governing_plan(request: ScopedRequest, region_id: int, period: Period) -> Plan | None:
    """Give the plan that governs a region in a period."""
    year = period.start.year
    return remembered(
        request, TABLES, ("governing plan", region_id, year), lambda: plan_for(request.scope, region_id, year)
    )


def plan_findings(request: ScopedRequest, plan_id: str) -> tuple[Finding, ...]:
    """Give what was found about a plan, the gravest first."""
    return remembered(
        request,
        TABLES,
        (
            "findings",
            plan_id,
        ),
        lambda: tuple(
            sorted(indicators.check_plan(request.scope, plan_id), key=lambda found: found.severity.rank)
        ),
    )


def masses_of(request: ScopedRequest, region_id: int, period: Period, book: str) -> Masses:
    """Give the masses of a region; whoever may see its figures of this book may see their sums."""
    return remembered(
        request, TABLES, ("masses", region_id, period, book), lambda: _masses(region_id, period, book)
    )


def _masses(region_id: int, period: Period, book: str) -> Masses:
    ours = regions_under(region_id)
    cells = read_cells(book=book, period=period, monthly=True, region_ids=ours)
    months = mass_by_month(cells, ours, [str(month) for month in period.months()])
    return Masses(
        groups=mass_by_group(cells, ours, period.start),
        months=tuple((month, made, used) for month, (made, used) in months.items()),
        evidence=tuple(evidence_of(cells, ours).items()),
    )
