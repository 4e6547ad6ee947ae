"""Look up the parties, sites and regions that the rows of a file name, in four queries however many rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from wufei.kernel.units import half_width
from wufei.records.ledger.core.sheet.places import Area, Directory, Holder, Names, Store
from wufei.records.ledger.core.sheet.words import plain
from wufei.records.registry.queries import SiteRow, sites_named
from wufei.runtime.access.core import Scope
from wufei.runtime.identity.queries import PartyRow, all_regions, parties_by_id, parties_named

Named = TypeVar("Named", Holder, Store)

_WIDE = str.maketrans("()", "（）")


def directory_for(scope: Scope, names: Names) -> Directory:
    """Give all that names may mean to a person.

    Parameters
    ----------
    scope : Scope
        A name means a party within it; a credit code or key means its party wherever that is, as the sender
        of a load may lie elsewhere. Whether one may post there, the ledger decides.
    names : Names
        As written.
    """
    parties = parties_named(_spellings(names.holders)) if names.holders else []
    sites = sites_named(_spellings(names.stores), (one.id for one in parties)) if names.stores else []
    homes = {one.id: _holder(one) for one in parties}
    homes |= {
        number: _holder(one)
        for number, one in parties_by_id({site.party_id for site in sites} - set(homes)).items()
    }
    areas: dict[str, Area] = {}
    by_id: dict[int, Area] = {}
    for region in all_regions():
        area = by_id[region.id] = Area(region.id, region.synthetic)
        for name in (region.key, region.code, region.name.zh, region.name.en):
            if name:
                areas.setdefault(plain(name), area)
    return Directory(
        holders=_gathered((name, _holder(one)) for one in parties for name in _names_of(scope, one)),
        stores=_gathered((name, _store(site)) for site in sites for name in _names_of_site(site)),
        areas=areas,
        homes=homes,
        areas_by_id=by_id,
    )


def _spellings(names: Iterable[str]) -> set[str]:
    """People type brackets and letters wide or narrow; the register has one of the two."""
    found: set[str] = set()
    for name in names:
        narrow = half_width(name)
        found |= {name, narrow, narrow.translate(_WIDE), narrow.upper(), narrow.lower()}
    return found


def _names_of(scope: Scope, party: PartyRow) -> Iterator[str]:
    yield from {plain(party.key), plain(party.uscc or party.key)}
    if scope.everything or party.region_id in scope.region_ids or party.id in scope.party_ids:
        yield from {plain(party.name.zh), plain(party.name.en)} - {"", plain(party.key)}


def _names_of_site(site: SiteRow) -> set[str]:
    return {plain(site.key), plain(site.name.zh), plain(site.name.en)} - {""}


def _gathered(pairs: Iterable[tuple[str, Named]]) -> dict[str, tuple[Named, ...]]:
    found: dict[str, dict[int, Named]] = {}
    for name, one in pairs:
        found.setdefault(name, {})[one.id] = one
    return {name: tuple(ones.values()) for name, ones in found.items()}


def _holder(party: PartyRow) -> Holder:
    return Holder(party.id, f"{party.name.zh} {party.uscc or party.key}", party.region_id)


def _store(site: SiteRow) -> Store:
    return Store(site.id, f"{site.name.zh} {site.key}", site.party_id, site.region_id)
