"""Which regions a region's figures sum, and which book they are read from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.measures.cube.core.cells import Cells
from wufei.measures.indicators.core.figures import Observed, Place

ACTUAL = "actual"
_PUBLISHED = "published:"
# A functional area overlaps districts, and synthetic records never enter the sum of a real region.
_APART = frozenset({"functional", "synthetic"})


def members_of_places(places: Iterable[Place]) -> dict[int, frozenset[int]]:
    """Give for every region the regions it sums: itself and all administrative regions below it."""
    known = list(places)
    below: dict[int, list[int]] = {}
    for place in known:
        if place.parent_id is not None and place.kind not in _APART and not place.synthetic:
            below.setdefault(place.parent_id, []).append(place.id)
    return {place.id: frozenset(_reached(place.id, below)) for place in known}


def _reached(region_id: int, below: Mapping[int, list[int]]) -> set[int]:
    found, waiting = {region_id}, [region_id]
    while waiting:
        fresh = [child for child in below.get(waiting.pop(), ()) if child not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return found


def books_in(
    cells: Cells, observations: Iterable[Observed]
) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """Give the books by region: first those with transfers from or in it, then those with observations."""
    transfers: dict[int, set[str]] = {}
    for column in (cells.origin, cells.place):
        for book, region in set(zip(cells.book.codes.tolist(), column.codes.tolist(), strict=True)):
            transfers.setdefault(column.words[region], set()).add(cells.book.words[book])
    observed: dict[int, set[str]] = {}
    for observation in observations:
        observed.setdefault(observation.region_id, set()).add(observation.book)
    return transfers, observed


def is_published(book: str) -> bool:
    """Say whether a book holds what a plan or bulletin has made public."""
    return book.startswith(_PUBLISHED)


def choose_book(place: Place, with_transfers: Collection[str], with_observations: Collection[str]) -> str:
    """Choose the book of a region: ``actual`` if it has transfers there, else the only book that has any.

    Raises
    ------
    InputError
        ``figure.book-ambiguous`` where several books could be meant; the message lists them.
    """
    if ACTUAL in with_transfers:
        return ACTUAL
    candidates = sorted(set(with_transfers)) or sorted(set(with_observations))
    if len(candidates) > 1:
        listed = ", ".join(candidates)
        message = Text(
            f"{place.name.zh}有多个账簿：{listed}；请指明一个（--book 或 book=）。",
            f"{place.name.in_language('en')} has several books: {listed}; name one (--book or book=).",
        )
        raise InputError("figure.book-ambiguous", "book", listed, message)
    return candidates[0] if candidates else ACTUAL
