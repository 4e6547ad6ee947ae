"""Reads of figures: compute them, open one, follow it to its rows, check a plan, write the working sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.findings import Finding
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.measures.cube.queries import read_books, read_span
from wufei.measures.indicators.core.checks import PUBLISHED_TOTAL, Evidence, figure_findings, part_findings
from wufei.measures.indicators.core.definitions import definition_of, load_definitions
from wufei.measures.indicators.core.figures import Computation, Figure, Observed, parse_figure_id
from wufei.measures.indicators.core.lineage import (
    OBSERVATION_WITHHELD,
    ROWS_WITHHELD,
    Trace,
    TracedQuantity,
    traced,
)
from wufei.measures.indicators.core.quantities import USED_STEPS
from wufei.measures.indicators.core.regions import is_published
from wufei.measures.indicators.core.sums import generated_by_group
from wufei.measures.indicators.core.worksheet import working_sheet_of
from wufei.measures.indicators.queries.passes import (
    Asked,
    PassRead,
    admit,
    compute_asked,
    computed,
    members_of,
    observation_rows,
    observed_of,
    place_of,
    places_of,
    read_asked,
    with_observations,
)
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.ledger.core.as_of import AsOf
from wufei.records.ledger.core.rows import BookRow
from wufei.records.ledger.queries import sum_selection, transfers
from wufei.records.observations.queries import (
    get_observation,
)
from wufei.records.plans.core.checks import plan_findings
from wufei.records.plans.core.plan import Plan
from wufei.records.plans.queries import get_plan, list_plans
from wufei.runtime import clock
from wufei.runtime.access.core import Scope, allowed
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import all_regions

# Rows of one quantity in a working sheet; what is beyond them or out of sight is one line of its own.
_SHEET_ROWS = 20_000


def compute(
    scope: Scope,
    *,
    region_ids: Sequence[int],
    period: Period,
    book: str | None = None,
    as_of: AsOf | None = None,
) -> Computation:
    """Compute every indicator of some regions in one pass: one read each of flows, observations and plans.

    Parameters
    ----------
    scope : Scope
        Who asks; the figures of each region must be open to them, or else its published books, which everyone
        may read.
    region_ids : sequence of int
        Figures come region by region in this order.
    book : str, optional
        Left out, each region is read from ``actual`` if it has transfers there, else from its only book.
    as_of : AsOf, optional
        Leave out what came later; `records.ledger.queries.find_as_of` reads it from a sequence or day.

    Raises
    ------
    AccessError
        A region is closed to the scope.
    InputError
        ``figure.book-ambiguous`` where a region has several books and none was named.
    """
    published_only = admit(scope, region_ids, book)
    definitions = tuple(load_definitions().values())
    return compute_asked(Asked(places_of(region_ids), period, book, as_of, definitions, published_only))


def figure(scope: Scope, figure_id: str, *, as_of: AsOf | None = None) -> Figure:
    """Compute one figure from its id.

    Raises
    ------
    InputError
        The id has another form.
    NotFoundError
        It names an indicator or region that does not exist.
    """
    key = parse_figure_id(figure_id)
    definition = definition_of(key.indicator)
    region = next((row for row in all_regions() if row.key == key.region_key), None)
    if region is None:
        raise NotFoundError("region", key.region_key)
    admit(scope, [region.id], key.book)
    return compute_asked(Asked((place_of(region),), key.period, key.book, as_of, (definition,))).figures[0]


def trace(
    scope: Scope,
    figure_id: str,
    *,
    quantity: str | None = None,
    limit: int = 100,
    after: str | None = None,
    as_of: AsOf | None = None,
) -> Trace:
    """Follow a figure to the transfers and observations it rests on.

    The figure itself needs ``figures.read``; its rows need ``ledger.read`` and ``observations.read`` and are
    read within the scope. Where they are closed the trace says so and gives the figure alone.

    Parameters
    ----------
    quantity : str, optional
        Only this quantity; needed to turn pages.
    limit : int
        Transfers of each quantity.
    after : str, optional
        The key that the page before ended with.
    """
    found = figure(scope, figure_id, as_of=as_of)
    if quantity is not None and quantity not in {part.name for part in found.quantities}:
        raise NotFoundError("quantity", quantity)
    if after is not None and quantity is None:
        raise InputError("trace.after", "after", after, _PAGE_NEEDS_QUANTITY)
    with session(scope):
        return Trace(
            found,
            tuple(
                _follow(scope, found, place, limit, after)
                for place, part in enumerate(found.quantities)
                if quantity in (None, part.name)
            ),
        )


def series(
    scope: Scope, indicator: str, region_id: int, book: str, periods: Sequence[Period]
) -> list[tuple[Period, Decimal | None]]:
    """Compute one indicator for several months, quarters or years from one monthly read of the flows."""
    admit(scope, [region_id], book)
    places, definition = places_of([region_id]), definition_of(indicator)
    if not periods:
        return []
    ordered = sorted(periods, key=lambda period: period.start)
    span = (ordered[0], max(ordered, key=lambda period: period.end))
    members = members_of()
    cells = read_span(book=book, span=span, monthly=True, region_ids=members[region_id], steps=USED_STEPS)
    until = with_observations(cells.as_of)
    observations: dict[Period, list[Observed]] = {}
    for year in sorted({period.start.year for period in periods}):
        for row in observation_rows([region_id], Period.year_of(year), book, until.at):
            observations.setdefault(row.period, []).append(observed_of(row))
    found = []
    for period in periods:
        months = cells.month.among(str(month) for month in period.months())
        read = PassRead(cells.only(months), tuple(observations.get(period, ())), {}, members, until)
        asked = Asked(places, period, book, None, (definition,))
        found.append((period, computed(asked, read).figures[0].value))
    return found


def check_plan(scope: Scope, plan_id: str) -> list[Finding]:
    """Give all Findings on a plan: on its own text, and on its base values against what was published.

    Figures are taken from the book ``published:<plan>`` where it holds anything, else from the region's own,
    if that is open to the scope.
    """
    with session(scope):
        plan = get_plan(scope, plan_id)
    region = place_of(next(row for row in all_regions() if row.key == plan.region_key))
    own = plan_findings(plan, {name.id: name.direction.value for name in load_indicators().values()})
    definitions = tuple(load_definitions().values())
    asked = Asked((region,), Period.year_of(plan.base_year), f"published:{plan_id}", None, definitions)
    read = read_asked(asked)
    if not len(read.cells) and not read.observations:
        if admit(scope, [region.id], None):
            return own
        asked = replace(asked, book=None)
        read = read_asked(asked)
    return [*own, *_against_figures(plan, asked, read)]


def working_sheet(scope: Scope, figure_id: str) -> bytes:
    """Write 测算底稿.xlsx: the figure as a formula over its quantities, and each of them over its rows."""
    return working_sheet_of(trace(scope, figure_id, limit=_SHEET_ROWS), scope.language)


def books_of(scope: Scope, region_id: int) -> list[BookRow]:
    """Give the books that figures of a region can be read from; one with observations only has no transfers.

    Observations are looked for in the years of the region's plans and in the last two. Who may not read the
    figures of the region gets its published books.
    """
    published_only = admit(scope, [region_id], None)
    rows = {row.book: row for row in read_books(members_of()[region_id])}
    operator, today = Scope.operator(), clock.today_on()
    with session(operator):
        years = {today.year, today.year - 1}
        for plan in list_plans(operator, region_id):
            years |= {plan.base_year, *plan.target_years}
    for year in sorted(years):
        period = Period.year_of(year)
        for row in observation_rows([region_id], period, None, None):
            known = rows.get(row.book, BookRow(row.book, period.start, period.end - _DAY, 0))
            if not known.transfers:
                rows[row.book] = BookRow(row.book, known.first_on, period.end - _DAY, 0)
    return [rows[book] for book in sorted(rows) if not published_only or is_published(book)]


def _against_figures(plan: Plan, asked: Asked, read: PassRead) -> list[Finding]:
    found, region = computed(asked, read), asked.places[0]
    book = found.books[region.key]
    observed = {each.metric: each for each in read.observations if each.book == book}
    evidence = Evidence(load_definitions(), {each.indicator: each for each in found.figures}, observed)
    parts = generated_by_group(read.cells, book, read.members[region.id])
    return [*part_findings(plan, parts, observed.get(PUBLISHED_TOTAL)), *figure_findings(plan, evidence)]


def _follow(scope: Scope, found: Figure, place: int, limit: int, after: str | None) -> TracedQuantity:
    quantity = found.quantities[place]
    if quantity.selection is not None:
        if not allowed(scope, "ledger.read"):
            return TracedQuantity(quantity, withheld=ROWS_WITHHELD)
        page = transfers(scope, quantity.selection, limit=limit, after=after)
        seen_g, seen = sum_selection(scope, quantity.selection)
        rows = tuple(traced(row, quantity) for row in page.rows)
        hidden, hidden_g = quantity.transfers - seen, quantity.grams - seen_g
        return TracedQuantity(quantity, rows, page.after, hidden, hidden_g)
    if not quantity.observation_ids:
        return TracedQuantity(quantity)
    if not allowed(scope, "observations.read"):
        return TracedQuantity(quantity, withheld=OBSERVATION_WITHHELD)
    observations = tuple(observed_of(get_observation(scope, each)) for each in quantity.observation_ids)
    return TracedQuantity(quantity, observations=observations)


_DAY = timedelta(days=1)
_PAGE_NEEDS_QUANTITY = Text(
    "翻页时须指明是哪一个量（quantity=）。", "To turn a page, name the quantity (quantity=)."
)
