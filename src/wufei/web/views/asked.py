"""Which figures a page is asked for; what the address leaves open is settled here, once for all pages."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.kernel.period import Period
from wufei.records.ledger.core.rows import BookRow
from wufei.records.ledger.core.words import is_published
from wufei.records.plans.queries import PlanRow
from wufei.runtime.access.core import Role, Scope, allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import RegionRow, regions_by_id
from wufei.runtime.pages.queries import asked
from wufei.web.figures import books_of, plans_of


@dataclass(frozen=True, slots=True)
class FiguresAsked:
    """Region, period and book of the figures; ``book`` is None where the figures choose it themselves."""

    region: RegionRow
    period: Period
    book: str | None
    books: tuple[BookRow, ...]


def figures_asked(request: ScopedRequest) -> FiguresAsked:
    """Read the address; without a period take the latest year with data, else the base year of the plan.

    Where only published figures are open to the reader, the first published book stands in for a missing one.

    Raises
    ------
    AccessError
        The figures of this region are not for this role.
    """
    scope = request.scope
    here = asked(request, default=_published_region(request) if scope.role is Role.PUBLIC else None)
    books = tuple(row for row in books_of(request, here.region.id) if _is_open(scope, here.region, row.book))
    book = here.book
    if not book and not _is_open(scope, here.region, ""):
        book = books[0].book if books else ""
    plans = plans_of(request, here.region.id)
    chosen = tuple(row for row in books if row.book == book) or books
    return FiguresAsked(here.region, here.period or _latest(chosen, plans), book or None, books)


def _is_open(scope: Scope, region: RegionRow, book: str) -> bool:
    """Say whether figures of a region and book are open: published ones to all, others within one's reach."""
    within = scope.everything or region.id in scope.region_ids
    return is_published(book) or (allowed(scope, "figures.read") and within)


def _published_region(request: ScopedRequest) -> RegionRow | None:
    """Give a real region with a published plan: what a visitor sees first."""
    regions = regions_by_id(plan.region_id for plan in plans_of(request))
    real = [region for region in regions.values() if not region.synthetic]
    return min(real, key=lambda region: (region.code is not None, region.key), default=None)


def _latest(books: tuple[BookRow, ...], plans: tuple[PlanRow, ...]) -> Period:
    if books:
        return Period.year_of(max(row.last_on for row in books).year)
    return Period.year_of(plans[0].base_year if plans else today_on().year - 1)
