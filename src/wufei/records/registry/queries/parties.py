"""Reads of sites, profiles and the parties of a region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.records.registry.core.producers import ManagementClass
from wufei.records.registry.models import PartyProfile, Site
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.queries import PartyRow, parties_by_id, parties_in, regions_under


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A place where a party keeps or treats waste.

    ``functional_region_id`` is the second, overlapping membership (the development area); ``strict`` says
    that its stock may not go below zero. Position in WGS-84 degrees.
    """

    id: int
    key: str
    name: Text
    party_id: int
    region_id: int
    functional_region_id: int | None
    longitude: Decimal | None
    latitude: Decimal | None
    strict: bool


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """What is known of a party beyond its name."""

    party_id: int
    industry_code: str
    management_class_proposed: ManagementClass | None


def sites_by_id(ids: Iterable[int]) -> dict[int, SiteRow]:
    """Give sites by id; unknown ids are left out.

    Like regions and parties, a site met in a record may be named to whoever may read that record.
    """
    return {site.id: site_row(site) for site in Site.objects.filter(id__in=set(ids))}


def find_site(key: str) -> SiteRow:
    """Find a site by its key.

    Raises
    ------
    NotFoundError
        No site has this key.
    """
    site = Site.objects.filter(key=key).first()
    if site is None:
        raise NotFoundError("site", key)
    return site_row(site)


def sites_named(names: Iterable[str], party_ids: Iterable[int]) -> list[SiteRow]:
    """Give the sites with one of these keys, and the sites of some parties with one of these names.

    Many holders have a store called 一号库: a name means something only beside its holder.
    """
    wanted = set(names)
    by_name = Q(name_zh__in=wanted) | Q(name_en__in=wanted)
    chosen = Site.objects.filter(Q(key__in=wanted) | (Q(party_id__in=set(party_ids)) & by_name))
    return [site_row(site) for site in chosen.order_by("key")]


def sites_of(scope: Scope, region_id: int) -> list[SiteRow]:
    """Give the sites in a region and below it, or in a functional area, by key; a producer's own only.

    Raises
    ------
    AccessError
        The scope does not reach the region.
    """
    _require_region(scope, region_id)
    chosen = _sites_in(regions_under(region_id))
    return [site_row(site) for site in chosen if _own(scope, site.party_id)]


def parties_of(scope: Scope, region_id: int) -> list[PartyRow]:
    """Give the parties that lie or have a site in a region and below it, by key; a producer's own only.

    Raises
    ------
    AccessError
        The scope does not reach the region.
    """
    _require_region(scope, region_id)
    regions = regions_under(region_id)
    found = {party.id: party for party in parties_in(regions)}
    found |= parties_by_id(site.party_id for site in _sites_in(regions))
    return sorted((party for party in found.values() if _own(scope, party.id)), key=lambda party: party.key)


def profile_of(scope: Scope, party_id: int) -> ProfileRow | None:
    """Give the profile of a party, or None where nobody has written one.

    Raises
    ------
    NotFoundError
        There is no such party.
    AccessError
        The scope does not reach the party.
    """
    party = parties_by_id([party_id]).get(party_id)
    if party is None:
        raise NotFoundError("party", party_id)
    require(scope, "registry.read", region_id=party.region_id, party_id=party_id)
    profile = PartyProfile.objects.filter(party_id=party_id).first()
    return _profile(profile) if profile else None


def _require_region(scope: Scope, region_id: int) -> None:
    # A producer has no region of its own: it may ask about any, and sees only itself there.
    require(scope, "registry.read", region_id=None if scope.party_ids else region_id)


def _own(scope: Scope, party_id: int) -> bool:
    return not scope.party_ids or party_id in scope.party_ids


def _sites_in(region_ids: frozenset[int]) -> list[Site]:
    here = Q(region_id__in=region_ids) | Q(functional_region_id__in=region_ids)
    return list(Site.objects.filter(here).order_by("key"))


def site_row(site: Site) -> SiteRow:
    """Make a row of a site."""
    return SiteRow(
        site.id,
        site.key,
        Text(site.name_zh, site.name_en),
        site.party_id,
        site.region_id,
        site.functional_region_id,
        site.longitude,
        site.latitude,
        site.strict,
    )


def _profile(profile: PartyProfile) -> ProfileRow:
    proposed = profile.management_class_proposed
    return ProfileRow(
        profile.party_id, profile.industry_code, ManagementClass(proposed) if proposed else None
    )
