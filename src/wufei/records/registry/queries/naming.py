"""Firms and sites that a form may name: searched as one types, and known by key, within the scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q

from wufei.kernel.text import Text
from wufei.records.registry.models import Site
from wufei.records.registry.queries.parties import sites_named
from wufei.runtime.access.core import Scope, reaches
from wufei.runtime.identity.queries import PartyRow, parties_by_id, parties_like, parties_named

FOUND = 20


def search_firms(scope: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give key and name of the firms within the scope that fit."""
    if scope.party_ids:
        own = parties_by_id(scope.party_ids).values()
        return [(party.key, party.name) for party in own if typed in party.name.zh or typed in party.key]
    found = parties_like(typed, scope.region_ids, limit=FOUND)
    return [(party.key, party.name) for party in found]


def known_firms(scope: Scope, keys: Collection[str]) -> set[str]:
    """Give those of the keys and credit codes that are firms within the scope."""
    return _names(party for party in parties_named(keys) if reaches(scope, party.region_id, party.id)) & set(
        keys
    )


def search_others(scope: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give the firms within the scope that fit, and any other by its whole key, credit code or name."""
    exact = [(party.key, party.name) for party in parties_named([typed] if typed else [])]
    return list(dict([*exact, *search_firms(scope, typed)]).items())


def known_others(_: Scope, keys: Collection[str]) -> set[str]:
    """Give those of the keys and credit codes that are firms at all: another side lies anywhere."""
    return _names(parties_named(keys)) & set(keys)


def search_sites(scope: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give key and name of the sites within the scope that fit."""
    theirs = Q(party_id__in=scope.party_ids) if scope.party_ids else Q(region_id__in=scope.region_ids)
    chosen = Site.objects.filter(theirs, Q(name_zh__icontains=typed) | Q(key__icontains=typed))
    return [(site.key, Text(site.name_zh, site.name_en)) for site in chosen.order_by("key")[:FOUND]]


def known_sites(scope: Scope, keys: Collection[str]) -> set[str]:
    """Give those of the keys that are sites within the scope."""
    return {site.key for site in sites_named(keys, ()) if reaches(scope, site.region_id, site.party_id)}


def _names(parties: Iterable[PartyRow]) -> set[str]:
    return {name for party in parties for name in (party.key, party.uscc) if name}
