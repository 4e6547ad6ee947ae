"""Whom and where the rows of a file name, and the accounts that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from wufei.records.ledger.core.accounts import BOUNDARY, SYNTHETIC_BOOK, AccountKey, Kind
from wufei.records.ledger.core.sheet import words
from wufei.records.ledger.core.sheet.drafts import Draft, Reading
from wufei.records.ledger.core.transfers import Step

# Rows in which the other party is the sender of a leg; without one the party itself is.
_OF_SENDER = frozenset({Step.RECEIVE, Step.SETTLE_DIFFERENCE, Step.LOSS, Step.EXPORT, Step.IMPORT})
_CHOICES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Holder:
    """A party as rows may name it."""

    id: int
    label: str
    region_id: int


@dataclass(frozen=True, slots=True)
class Store:
    """A site as rows may name it."""

    id: int
    label: str
    holder_id: int
    region_id: int


@dataclass(frozen=True, slots=True)
class Area:
    """A region as rows may name it."""

    id: int
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """Parties, sites and regions by every name that rows use, in the form of `words.plain`.

    Attributes
    ----------
    stores : mapping
        Several holders may call a store alike; the holder of the row decides.
    homes : mapping of int to Holder
        Holders by id, also those that are only known by a store.
    areas_by_id : mapping of int to Area
        All regions.
    """

    holders: Mapping[str, tuple[Holder, ...]]
    stores: Mapping[str, tuple[Store, ...]]
    areas: Mapping[str, Area]
    homes: Mapping[int, Holder]
    areas_by_id: Mapping[int, Area]


@dataclass(frozen=True, slots=True)
class Names:
    """Names that a directory must know."""

    holders: frozenset[str]
    stores: frozenset[str]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a side of a row lies: party and site may be unknown, the region never is."""

    holder_id: int | None
    store_id: int | None
    region_id: int
    home_id: int


def names_key(draft: Draft) -> tuple[object, ...]:
    """All that the accounts of a row follow from: rows that share it share their accounts."""
    return (
        draft.step,
        draft.kinds,
        draft.stream,
        draft.sector,
        draft.holder,
        draft.site,
        draft.other_holder,
        draft.other_site,
        draft.region,
        draft.origin,
        draft.ref,
        draft.book,
    )


Defect = tuple[str, str, object, dict[str, object]]
"""Column, code of the Finding, value, what else the sentence names."""


@dataclass(slots=True)
class _Looking:
    """One row while its names are looked up."""

    draft: Draft
    directory: Directory
    defects: list[Defect] = field(default_factory=list)

    def say(self, column: str, code: str, value: object, **values: object) -> None:
        self.defects.append((column, code, value, values))


def names_of(readings: Iterable[Reading]) -> Names:
    """Collect the names that some rows use."""
    holders: set[str] = set()
    stores: set[str] = set()
    for reading in readings:
        holders.update(name for _, name in reading.names)
        if reading.draft is not None:
            stores.update((reading.draft.site, reading.draft.other_site))
    return Names(frozenset(holders - {""}), frozenset(stores - {""}))


def accounts_of(draft: Draft, directory: Directory) -> tuple[AccountKey, AccountKey] | list[Defect]:
    """Give the two accounts of a row, or what is wrong with its names."""
    looking = _Looking(draft, directory)
    own = _own(looking)
    other = _other(looking, own)
    origin_id = _area(looking, "origin", draft.origin)
    if own is None or other is None or looking.defects:
        return looking.defects
    sender = other if draft.step in _OF_SENDER else own
    if origin_id is None:
        origin_id = sender.home_id if draft.step is Step.RECEIVE else own.region_id
    pattern = AccountKey(
        book=draft.book or _book(directory, own.region_id),
        kind=Kind.STOCK,
        region_id=own.region_id,
        stream=draft.stream,
        origin_region_id=origin_id,
        origin_sector=draft.sector,
    )
    return _pair(draft, pattern, (own, other, sender))


def wrong_names(reading: Reading, directory: Directory) -> list[Defect]:
    """List the parties that a row names in vain, whatever else is wrong with it."""
    defects: list[Defect] = []
    for column, name in reading.names:
        _found_holder(directory, column, name, defects)
    return defects


def _pair(draft: Draft, pattern: AccountKey, spots: tuple[Spot, Spot, Spot]) -> tuple[AccountKey, AccountKey]:
    own, other, sender = spots
    source_kind, target_kind = draft.kinds
    # A boundary lies where the account on its other side does.
    beside = sender if Kind.TRANSIT in draft.kinds else own
    source = _account(draft, replace(pattern, kind=source_kind), (own, sender, beside))
    stock = other if draft.step is Step.MOVE else own
    target = _account(draft, replace(pattern, kind=target_kind), (stock, sender, beside))
    if draft.step is Step.NEW_WASTE:
        sector = words.default_sector(draft.stream) or draft.sector
        target = replace(target, origin_region_id=target.region_id, origin_sector=sector)
    return source, target


def _account(draft: Draft, key: AccountKey, spots: tuple[Spot, Spot, Spot]) -> AccountKey:
    spot, sender, beside = spots
    if key.kind in BOUNDARY:
        region_id = beside.home_id if beside is sender and Kind.TRANSIT in draft.kinds else beside.region_id
        return replace(key, region_id=region_id)
    if key.kind is Kind.TRANSIT:
        # The sender holds a leg, so that its dispatch and its receipt name the same account.
        return replace(key, region_id=sender.home_id, holder_id=sender.holder_id, ref=draft.ref)
    placed = replace(key, region_id=spot.region_id, holder_id=spot.holder_id, site_id=spot.store_id)
    if key.kind is Kind.PROCESS:
        return replace(placed, stream="", ref=draft.ref)
    return replace(placed, site_id=None, ref=draft.ref) if key.kind is Kind.DUMPED else placed


def _own(looking: _Looking) -> Spot | None:
    draft = looking.draft
    spot = _spot(looking, ("holder", draft.holder), ("site", draft.site), ("region", draft.region))
    if spot is None and not looking.defects:
        looking.say("holder", "holder-needed", "")
    return spot


def _other(looking: _Looking, own: Spot | None) -> Spot | None:
    draft = looking.draft
    if draft.step is Step.DISPATCH:
        return own
    spot = _spot(
        looking, ("other_holder", draft.other_holder), ("other_site", draft.other_site), ("region", "")
    )
    if spot is not None or looking.defects:
        return spot
    if draft.step is Step.RECEIVE:
        looking.say("other_holder", "sender-needed", "")
    elif draft.step is Step.MOVE:
        looking.say("other_site", "target-needed", "")
    return own


def _spot(
    looking: _Looking, holder: tuple[str, str], store: tuple[str, str], region: tuple[str, str]
) -> Spot | None:
    party = _holder(looking, *holder)
    site = _store(looking, *store, _expected(looking, holder, party))
    area_id = _area(looking, *region)
    if site is not None and party is None:
        party = looking.directory.homes.get(site.holder_id)
    home_id = party.region_id if party else site.region_id if site else area_id
    region_id = area_id or (site.region_id if site else home_id)
    if region_id is None or home_id is None:
        return None
    return Spot(party.id if party else None, site.id if site else None, region_id, home_id)


def _expected(looking: _Looking, holder: tuple[str, str], party: Holder | None) -> int | None:
    """The holder whose store is meant; the other side is the row's own holder if it names none."""
    if party is not None or holder[0] == "holder" or holder[1]:
        return party.id if party else None
    own = looking.directory.holders.get(words.plain(looking.draft.holder), ())
    return own[0].id if len(own) == 1 else None


def _holder(looking: _Looking, column: str, name: str) -> Holder | None:
    return _found_holder(looking.directory, column, name, looking.defects)


def _found_holder(directory: Directory, column: str, name: str, defects: list[Defect]) -> Holder | None:
    if not name:
        return None
    found = directory.holders.get(words.plain(name), ())
    if len(found) == 1:
        return found[0]
    code = "ambiguous-name" if found else "unknown-name"
    defects.append((column, code, name, {"choices": _listed(found)} if found else {}))
    return None


def _store(looking: _Looking, column: str, name: str, holder_id: int | None) -> Store | None:
    if not name:
        return None
    known = looking.directory.stores.get(words.plain(name), ())
    found = tuple(one for one in known if holder_id in (None, one.holder_id))
    if len(found) == 1:
        return found[0]
    if found:
        looking.say(column, "ambiguous-place", name, choices=_listed(found))
    else:
        looking.say(column, "unknown-place", name)
    return None


def _area(looking: _Looking, column: str, name: str) -> int | None:
    if not name:
        return None
    found = looking.directory.areas.get(words.plain(name))
    if found is None:
        looking.say(column, "unknown-area", name)
    return found.id if found else None


def _listed(found: Iterable[Holder | Store]) -> str:
    labels: Iterator[str] = (one.label for one in found)
    return "、".join(list(labels)[:_CHOICES_SHOWN])


def _book(directory: Directory, region_id: int) -> str:
    area = directory.areas_by_id.get(region_id)
    return SYNTHETIC_BOOK if area and area.synthetic else "actual"
