"""Which figures a page is asked for; what the address leaves open is settled here, once for all pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from wufei.kernel.period import Period
from wufei.measures.indicators.queries import books_of
from wufei.records.ledger.core.rows import BookRow
from wufei.records.plans.queries import PlanRow, list_plans
from wufei.runtime.access.core import require
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import RegionRow
from wufei.runtime.pages.queries import asked


@dataclass(frozen=True, slots=True)
class FiguresAsked:
    """Region, period and book of the figures; ``book`` is None where the figures choose it themselves."""

    region: RegionRow
    period: Period
    book: str | None
    books: tuple[BookRow, ...]


def figures_asked(request: HttpRequest) -> FiguresAsked:
    """Read the address; without a period take the latest year with data, else the base year of the plan.

    Raises
    ------
    AccessError
        The figures of this region are not for this role.
    """
    here = asked(request)
    require(request.scope, "figures.read", region_id=here.region.id)
    books = tuple(books_of(request.scope, here.region.id))
    plans = list_plans(request.scope, here.region.id)
    period = here.period or _latest(books, plans)
    return FiguresAsked(here.region, period, here.book or None, books)


def _latest(books: tuple[BookRow, ...], plans: list[PlanRow]) -> Period:
    if books:
        return Period.year_of(max(row.last_on for row in books).year)
    return Period.year_of(plans[0].base_year if plans else today_on().year - 1)
