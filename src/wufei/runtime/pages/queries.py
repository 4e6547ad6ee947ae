"""What a page is asked about: the region, period and book that stand in its address."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.kernel.period import Period
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.identity.queries import (
    RegionRow,
    all_regions,
    find_region,
    parties_by_id,
    regions_by_id,
)

REMEMBERED = "region_key"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says; period and book are empty where it leaves them to the figures."""

    region: RegionRow
    period: Period | None
    book: str


def asked(request: ScopedRequest, *, default: RegionRow | None = None) -> Asked:
    """Read region, period and book from the address; without a region, take ``default`` or the last one seen.

    Raises
    ------
    NotFoundError
        No region is named so, or none exists yet.
    InputError
        The period cannot be read.
    """
    words = {key: request.GET.get(key, "").strip() for key in ("region", "period", "book")}
    region = find_region(words["region"]) if words["region"] else default or default_region(request)
    if request.user.is_authenticated and request.session.get(REMEMBERED) != region.key:
        request.session[REMEMBERED] = region.key
    return Asked(region, Period.parse(words["period"]) if words["period"] else None, words["book"])


def default_region(request: ScopedRequest) -> RegionRow:
    """Give the region last looked at, else that of the membership, else the example district.

    Raises
    ------
    NotFoundError
        There is no region at all.
    """
    visible = visible_regions(request.scope)
    keys = {region.key: region for region in visible}
    remembered = request.session.get(REMEMBERED, "")
    if remembered in keys:
        return keys[remembered]
    if request.membership is not None:
        return request.membership.region
    examples = [region for region in visible if region.synthetic]
    return (examples or visible or [find_region("110000")])[0]


def visible_regions(scope: Scope) -> list[RegionRow]:
    """Give the regions that a scope may look at, by code; the public sees the published figures of all."""
    if scope.everything or scope.role is Role.PUBLIC:
        return all_regions()
    ids = set(scope.region_ids)
    if scope.party_ids:
        ids |= {party.region_id for party in parties_by_id(scope.party_ids).values()}
    found = regions_by_id(ids).values()
    return sorted(found, key=lambda region: (region.code is None, region.code or "", region.key))
