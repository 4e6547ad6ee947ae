"""One pass over flows, observations and plans, and who may ask for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wufei.kernel.errors import AccessError, InvariantError, NotFoundError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.measures.cube.core.cells import Cells
from wufei.measures.cube.queries import read_cells
from wufei.measures.indicators.core.definitions import Definition
from wufei.measures.indicators.core.evaluate import Inputs, compute_figures
from wufei.measures.indicators.core.figures import Computation, Observed, Place
from wufei.measures.indicators.core.quantities import USED_STEPS
from wufei.measures.indicators.core.regions import books_in, choose_book, is_published, members_of_places
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.ledger.core.as_of import AsOf
from wufei.records.observations.queries import ObservationRow, last_recorded_at, read_observations
from wufei.records.plans.core.plan import Plan
from wufei.records.plans.queries import get_plan, list_plans
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import RegionRow, all_regions

# Beyond this many regions the whole month is read: the list of ids would cost more than it saves.
_REGIONS_NAMED = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What one pass is asked for, by someone who may have only published books open to them."""

    places: tuple[Place, ...]
    period: Period
    book: str | None
    as_of: AsOf | None
    definitions: tuple[Definition, ...]
    published_only: bool = False


@dataclass(frozen=True, slots=True)
class PassRead:
    """What one pass has read from the database."""

    cells: Cells
    observations: tuple[Observed, ...]
    plans: Mapping[int, Plan]
    members: Mapping[int, frozenset[int]]
    as_of: AsOf


def compute_asked(asked: Asked) -> Computation:
    """Read what is asked for and compute its figures."""
    return computed(asked, read_asked(asked))


def read_asked(asked: Asked) -> PassRead:
    """Read flows, observations and plans of what is asked for, one read each."""
    members = members_of()
    wanted = frozenset[int]().union(*(members[place.id] for place in asked.places))
    cells = read_cells(
        book=asked.book,
        period=asked.period,
        as_of=None if asked.as_of is None else asked.as_of.sequence,
        region_ids=wanted if len(wanted) <= _REGIONS_NAMED else None,
        steps=USED_STEPS,
    )
    ids = [place.id for place in asked.places]
    as_of = asked.as_of or with_observations(cells.as_of)
    rows = observation_rows(ids, asked.period, asked.book, as_of.at)
    observations = tuple(observed_of(row) for row in rows if row.period == asked.period)
    return PassRead(cells, observations, _plans(ids, asked.period.start.year), members, as_of)


def with_observations(state: AsOf | None) -> AsOf:
    """Say until where a reading of now reads, observations included."""
    if state is None:
        raise InvariantError(
            "figure.as-of", Text("未说明数据截至", "Cells that do not say until where they read")
        )
    operator = Scope.operator()
    with session(operator):
        last = last_recorded_at(operator)
    return state if last is None or last <= state.at else replace(state, at=last)


def computed(asked: Asked, read: PassRead) -> Computation:
    """Compute the figures from what was read, each region from its book."""
    books = {place.id: asked.book or "" for place in asked.places}
    if asked.book is None:
        with_transfers, observed = books_in(read.cells, read.observations)
        for place in asked.places:
            within = set[str]().union(*(with_transfers.get(each, set()) for each in read.members[place.id]))
            books[place.id] = _book(asked, place, within, observed.get(place.id, set()))
    figures = compute_figures(
        Inputs(
            definitions=asked.definitions,
            names=load_indicators(),
            places=asked.places,
            members=read.members,
            books=books,
            cells=read.cells,
            observations=read.observations,
            plans=read.plans,
            period=asked.period,
            as_of=read.as_of,
        )
    )
    return Computation(
        figures, asked.period, read.as_of, {place.key: books[place.id] for place in asked.places}
    )


def _book(asked: Asked, place: Place, with_transfers: set[str], with_observations: set[str]) -> str:
    if not asked.published_only:
        return choose_book(place, with_transfers, with_observations)
    published = [
        {book for book in books if is_published(book)} for books in (with_transfers, with_observations)
    ]
    if not any(published):
        raise AccessError("figures.read")
    return choose_book(place, *published)


def admit(scope: Scope, region_ids: Sequence[int], book: str | None) -> bool:
    """Let the reading pass or raise; say whether only published books are open where none was named."""
    if book is not None and is_published(book):
        require(scope, "published.read")
        return False
    try:
        for region_id in region_ids:
            require(scope, "figures.read", region_id=region_id)
    except AccessError:
        if book is not None:
            raise
        require(scope, "published.read")
        return True
    return False


def places_of(region_ids: Sequence[int]) -> tuple[Place, ...]:
    """Give regions as the places of figures; `NotFoundError` names the first unknown one."""
    known = {row.id: place_of(row) for row in all_regions()}
    missing = [region_id for region_id in region_ids if region_id not in known]
    if missing:
        raise NotFoundError("region", missing[0])
    return tuple(known[region_id] for region_id in region_ids)


def members_of() -> dict[int, frozenset[int]]:
    """Give, for each region, itself and those that count in it."""
    return members_of_places(place_of(row) for row in all_regions())


def place_of(row: RegionRow) -> Place:
    """Give a region as the place of a figure."""
    return Place(row.id, row.key, row.code, row.name, row.kind, row.parent_id, row.synthetic)


def observation_rows(
    region_ids: Collection[int], period: Period, book: str | None, as_of: datetime | None
) -> list[ObservationRow]:
    """Give the observations of regions as wholes, whoever asks."""
    # A figure may be open to someone who may not read the observations behind it, so the reading is ours;
    # `compute` has asked whether the figures are open. Observations of a single firm are no district figure.
    operator = Scope.operator()
    with session(operator):
        rows = read_observations(operator, region_ids=region_ids, period=period, book=book, as_of=as_of)
    return [row for row in rows if row.party_id is None]


def _plans(region_ids: Sequence[int], year: int) -> dict[int, Plan]:
    """Give the plan that governs each region in a year; of several the one issued last."""
    operator, chosen = Scope.operator(), dict[int, str]()
    with session(operator):
        for row in list_plans(operator):
            governs = row.base_year <= year <= max(row.target_years, default=row.base_year)
            if governs and row.region_id in region_ids:
                chosen.setdefault(row.region_id, row.id)
        return {region_id: get_plan(operator, plan_id) for region_id, plan_id in chosen.items()}


def observed_of(row: ObservationRow) -> Observed:
    """Give an observation as figures see it."""
    return Observed(
        uuid=row.uuid,
        book=row.book,
        region_id=row.region_id,
        metric=row.metric,
        value=row.value,
        text=row.text,
        unit=row.unit,
        kind=row.kind.value,
        source_title=row.source_title,
        source_clause=row.source_clause,
        department=row.department,
        confirmed_by=row.confirmed_by,
        confirmed_on=row.confirmed_on,
        provisional=row.provisional,
        relative_ppm=row.relative_ppm,
    )
