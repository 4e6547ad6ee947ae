"""Reads of the catalogue: items of the lists in force on a day. What is published everybody reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType

from django.db.models import Count, Max

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.records.catalogue.core import codes
from wufei.records.catalogue.core.annex import AnnexItem, ListKind
from wufei.records.catalogue.core.codes import Level
from wufei.records.catalogue.core.items import Item, load_items
from wufei.records.catalogue.core.lists import ListedItem, merged
from wufei.records.catalogue.core.naming.answers import Answer
from wufei.records.catalogue.core.naming.answers import Status as Answered
from wufei.records.catalogue.core.naming.find import LIMIT, find
from wufei.records.catalogue.core.sources import Source, Status
from wufei.records.catalogue.core.streams import Stream, load_streams
from wufei.records.catalogue.core.withdrawn import load_withdrawn, successors_of
from wufei.records.catalogue.models import OfficialItem, OfficialList
from wufei.runtime.access.core import Scope, require

_TELLS_NOTHING = frozenset({"matter", "hazard", "nearest"})
"""Questions about names that say nothing of the thing."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """An import of an official list, with the number of items that it brought or changed."""

    kind: ListKind
    title: str
    effective_on: date
    whole: bool
    file_name: str
    imported_at: datetime
    items: int


def item(code: str, on: date) -> Item:
    """Give the item of a code as listed on a day.

    Codes are used for earlier years too: before the first day of its list an item is given as it first stood.

    Raises
    ------
    NotFoundError
        No list has the code on that day; the message names what took its place.
    """
    found = items(on).get(code)
    if found is None:
        raise NotFoundError("item", code, _hint(code))
    return found


def items(on: date) -> Mapping[str, Item]:
    """Give every item listed on a day by code, in the order of the lists; one small query, then memory."""
    return _on(_version(), on)


def versions(code: str) -> tuple[Item, ...]:
    """Give an item as it stood at different times, the earliest first; empty if no list ever had it."""
    return _all(_version()).get(code, ())


def categories() -> tuple[Stream, ...]:
    """Give the categories of both lists, ``SW01`` to ``SW99`` and ``HW01`` to ``HW50``."""
    return tuple(stream for stream in load_streams().values() if stream.category == stream.code)


def is_hazardous(code: str) -> bool:
    """Say whether waste of an item code, category or class is hazardous in law."""
    return codes.is_hazardous(code)


def level(code: str) -> Level | None:
    """Say whether a code names a class, a category or an item by its form; None if it names nothing known."""
    return codes.level(code)


def official_lists() -> list[ListRow]:
    """Give the imports of official lists, the latest first."""
    rows = OfficialList.objects.order_by("-id")
    counts = dict(
        OfficialItem.objects.values_list("official_list")
        .annotate(n=Count("pk"))
        .values_list("official_list", "n")
    )
    return [
        ListRow(
            ListKind(row.kind),
            row.title,
            row.effective_on,
            row.whole,
            row.file_name,
            row.imported_at,
            counts.get(row.pk, 0),
        )
        for row in rows
    ]


def _hint(code: str) -> Text:
    successors = "、".join(successors_of(code))
    if successors:
        return Text(f"该代码已停用，现用 {successors}。", f"It was withdrawn; now {successors} is used.")
    if code in load_withdrawn():
        return Text("该代码已停用。", "It was withdrawn.")
    return Text("请核对代码，或按名称查找。", "Check the code, or search by name.")


def _version() -> int:
    """Give the number of the latest import: the only thing that changes what the lists say."""
    return OfficialList.objects.aggregate(latest=Max("pk"))["latest"] or 0


@lru_cache(maxsize=4)
def _all(version: int) -> Mapping[str, tuple[Item, ...]]:
    if not version:
        return MappingProxyType({code: (one,) for code, one in load_items().items()})
    sources = {row.pk: _source(row) for row in OfficialList.objects.filter(pk__lte=version)}
    wholes = OfficialList.objects.filter(pk__lte=version, whole=True)
    whole_from = {
        ListKind(kind): since
        for kind, since in wholes.values_list("kind").annotate(since=Max("effective_on"))
    }
    rows = OfficialItem.objects.filter(replaced_at=None, official_list_id__lte=version)
    listed = [
        ListedItem(
            AnnexItem(row.code, row.category, row.industry, row.name, row.hazards),
            row.valid_from,
            row.valid_to,
            sources[row.official_list_id],
        )
        for row in rows
    ]
    return MappingProxyType(merged(load_items(), listed, whole_from))


@lru_cache(maxsize=64)
def _on(version: int, on: date) -> Mapping[str, Item]:
    standing = {code: one for code, found in _all(version).items() if (one := _standing(found, on))}
    ordered = sorted(standing.items(), key=lambda pair: (pair[1].category, pair[0]))
    return MappingProxyType(dict(ordered))


def _standing(found: tuple[Item, ...], on: date) -> Item | None:
    for one in reversed(found):
        if one.in_force(on):
            return one
    first = found[0]
    return first if on < first.effective_on and first.valid_to != first.effective_on else None


def _source(row: OfficialList) -> Source:
    return Source(
        f"official-{row.pk}",
        Text(row.title, ListKind(row.kind).label.en),
        f"附表（{row.file_name}）",
        row.effective_on,
        Status.OFFICIAL,
    )


def find_name(scope: Scope, text: str, *, on: date, limit: int = LIMIT) -> Answer:
    """Find the codes that an everyday name may have in the lists in force, imported ones too; open to all.

    Raises
    ------
    AccessError
        The role may not read what is published.
    """
    require(scope, "published.read")
    return find(text, on=on, limit=limit, listed=items(on))


def find_packaged(text: str, *, on: date, limit: int = LIMIT) -> Answer:
    """Find as `find_name` does in the lists that come with Wufei; for a machine without a database."""
    return find(text, on=on, limit=limit, listed=_on(0, on))


def finder(listed: Mapping[str, Item], on: date) -> Callable[[str], tuple[str, ...]]:
    """Give a function from a plain name to the codes it may mean among these items, the likeliest first.

    Of a clear answer only the first code is given; where a question is open all its candidates are, unless
    it asks what the thing is at all.
    """

    def codes_of(name: str) -> tuple[str, ...]:
        answer = find(name, on=on, listed=listed)
        given = tuple(one.code for one in answer.candidates)
        if answer.status is Answered.CLEAR:
            return given[:1]
        if answer.question is None or answer.question.id in _TELLS_NOTHING:
            return ()
        return given

    return codes_of
