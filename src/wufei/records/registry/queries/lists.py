"""The list of parties, the map, what a region's papers add up to, and what a visitor may ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from wufei.kernel.text import Text
from wufei.records.catalogue.core.codes import category_of
from wufei.records.registry.core.kinds import paper_kinds
from wufei.records.registry.core.papers import SOON_DAYS, PaperState, Term, standing
from wufei.records.registry.core.producers import ManagementClass
from wufei.records.registry.core.uses import QUOTA_KINDS
from wufei.records.registry.models import Paper, PaperLine, Vehicle
from wufei.records.registry.queries.rows import CheckedPaper, ListedParty, PartyPage
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.queries import PartyRow, parties_by_id, regions_by_id, regions_under


@dataclass(frozen=True, slots=True)
class PartyFilter:
    """What the list is narrowed to; empty means all. ``expiring``: a paper ends within 90 days."""

    region_id: int
    words: str = ""
    kind: str = ""
    management_class: str = ""
    tag: str = ""
    expiring: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; ``share`` is None where there is none to count."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """In 0..1."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A site or place with a position in WGS-84 degrees."""

    kind: str
    name: str
    party: PartyRow
    longitude: Decimal
    latitude: Decimal


# The class that counts is the latest an officer decided, else the one proposed from tonnes.
_LISTED = """
SELECT p.id, p.key, count(*) OVER () AS total,
  coalesce(decided.management_class, f.management_class_proposed), decided.management_class IS NOT NULL,
  tags.names, papers.number, papers.next_end,
  EXISTS (SELECT 1 FROM registry_partyevent e WHERE e.party_id = p.id AND e.kind IN ('closed', 'merged')
          AND e.happened_on <= %(on)s)
FROM identity_party p
LEFT JOIN registry_partyprofile f ON f.party_id = p.id
LEFT JOIN LATERAL (SELECT d.management_class FROM registry_classdecision d WHERE d.party_id = p.id
  ORDER BY d.decided_on DESC, d.id DESC LIMIT 1) decided ON true
LEFT JOIN LATERAL (SELECT array_agg(DISTINCT t.name ORDER BY t.name) AS names FROM registry_tag t
  WHERE t.party_id = p.id AND t.valid_from <= %(on)s AND (t.valid_to IS NULL OR t.valid_to >= %(on)s)
  ) tags ON true
LEFT JOIN LATERAL (SELECT count(*) AS number, min(d.valid_to) FILTER (WHERE d.valid_to >= %(on)s) AS next_end,
    bool_or(d.valid_to <= %(soon)s AND d.valid_to >= %(on)s) AS soon
  FROM registry_paper d WHERE d.party_id = p.id AND d.state <> 'revoked') papers ON true
WHERE (p.region_id = ANY (%(regions)s) OR EXISTS (SELECT 1 FROM registry_site s WHERE s.party_id = p.id
    AND (s.region_id = ANY (%(regions)s) OR s.functional_region_id = ANY (%(regions)s))))
  AND (%(own)s::bigint[] IS NULL OR p.id = ANY (%(own)s::bigint[]))
  AND (%(words)s = ''
    OR position(lower(%(words)s) IN lower(concat_ws(' ', p.key, p.uscc, p.name_zh, p.name_en))) > 0)
  AND (%(kind)s = '' OR p.kind = %(kind)s)
  AND (%(class)s = '' OR coalesce(decided.management_class, f.management_class_proposed) = %(class)s)
  AND (%(tag)s = '' OR %(tag)s = ANY (tags.names))
  AND (NOT %(expiring)s OR papers.soon)
"""


def list_parties(
    scope: Scope, asked: PartyFilter, *, on: date, limit: int, after: str | None = None
) -> PartyPage:
    """Give some parties of a region in order of their keys, with class, tags and next end of a paper.

    The total counts what the filter finds on this page's rest and those before it alike.

    Raises
    ------
    AccessError
        The scope does not reach the region.
    """
    require(scope, "registry.read", region_id=None if scope.party_ids else asked.region_id)
    values: dict[str, Any] = {
        "on": on,
        "soon": on + timedelta(days=SOON_DAYS),
        "regions": sorted(regions_under(asked.region_id)),
        "own": sorted(scope.party_ids) or None,
        "words": asked.words,
        "kind": asked.kind,
        "class": asked.management_class,
        "tag": asked.tag,
        "expiring": asked.expiring,
        "after": after or "",
        "limit": limit + 1,
    }
    # No word of it is entered by a person.
    sql = f"SELECT * FROM ({_LISTED}) listed WHERE key > %(after)s ORDER BY key LIMIT %(limit)s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    parties = parties_by_id(row[0] for row in rows[:limit])
    regions = regions_by_id(party.region_id for party in parties.values())
    listed = tuple(
        _listed(row, parties[row[0]], regions[parties[row[0]].region_id].name.zh) for row in rows[:limit]
    )
    return PartyPage(listed, rows[limit - 1][1] if len(rows) > limit else "", rows[0][2] if rows else 0)


def map_points(scope: Scope, region_id: int, *, limit: int) -> list[MapPoint]:
    """Give the sites and places of a region that have a position; a producer's own only.

    Raises
    ------
    AccessError
        The scope does not reach the region.
    """
    require(scope, "registry.read", region_id=None if scope.party_ids else region_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, name, party_id, longitude, latitude FROM ("
            "SELECT 'site' AS kind, name_zh AS name, party_id, region_id, longitude, latitude, key AS code "
            "FROM registry_site "
            "UNION ALL SELECT kind, name, party_id, region_id, longitude, latitude, code FROM registry_place "
            "WHERE closed_on IS NULL) points WHERE longitude IS NOT NULL AND region_id = ANY (%s) "
            "AND (%s::bigint[] IS NULL OR party_id = ANY (%s::bigint[])) ORDER BY kind, code LIMIT %s",
            [sorted(regions_under(region_id)), *[sorted(scope.party_ids) or None] * 2, limit],
        )
        rows = cursor.fetchall()
    parties = parties_by_id(row[2] for row in rows)
    return [
        MapPoint(kind, name, parties[party_id], east, north) for kind, name, party_id, east, north in rows
    ]


def tag_names(scope: Scope, region_id: int) -> list[str]:
    """Give the tags in use in a region."""
    require(scope, "registry.read")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT name FROM registry_tag WHERE region_id = ANY (%s) ORDER BY name LIMIT 50",
            [sorted(regions_under(region_id))],
        )
        return [name for (name,) in cursor.fetchall()]


def quota_of(scope: Scope, party_id: int, code: str, year: int) -> int | None:
    """Give the grams a year that a party may take of a code, from papers in force then; None: no quota.

    A quota of the whole code counts, and one of its category (the first four signs, HW08) if the code itself
    has none. Quotas of several papers add up; a paper in force for part of a year counts whole.

    Raises
    ------
    AccessError
        The scope does not reach the party.
    """
    party = parties_by_id([party_id]).get(party_id)
    require(scope, "registry.read", region_id=party.region_id if party else None, party_id=party_id)
    lines = PaperLine.objects.filter(
        party_id=party_id,
        quota_g__isnull=False,
        paper__state=PaperState.ACTIVE,
        paper__kind__in=QUOTA_KINDS,
        paper__valid_from__lte=date(year, 12, 31),
    ).exclude(paper__valid_to__lt=date(year, 1, 1))
    found: dict[str, int] = {}
    for line in lines:
        found[line.code] = found.get(line.code, 0) + (line.quota_g or 0)
    return found.get(code, found.get(category_of(code)))


def insurance_coverage(scope: Scope, region_id: int, *, on: date) -> Share:
    """Count holders of a hazardous waste licence in force, and the insured among them (S071)."""
    holders = _holders(scope, region_id, "hazardous-licence", on)
    return Share(len(holders & _holders(scope, region_id, "insurance", on)), len(holders))


def new_energy_share(scope: Scope, region_id: int, *, on: date) -> Share:
    """Count the vehicles in use in a region, and the new-energy ones among them (S093)."""
    require(scope, "registry.read", region_id=region_id)
    fleet = Vehicle.objects.filter(region_id__in=regions_under(region_id)).exclude(retired_on__lte=on)
    kinds = list(fleet.values_list("new_energy", flat=True))
    return Share(sum(kinds), len(kinds))


def unregistered_producers(scope: Scope, region_id: int, *, on: date) -> list[PartyRow]:
    """Give the non-resident producers without a discharge registration in force, by key (S094)."""
    page = list_parties(scope, PartyFilter(region_id), on=on, limit=100_000)
    registered = _holders(scope, region_id, "discharge-registration", on)
    producing = {"enterprise", "hospital", "farm", "site"}
    return [
        row.party
        for row in page.rows
        if row.party.kind in producing and not row.closed and row.party.id not in registered
    ]


def class_differences(
    scope: Scope, region_id: int
) -> list[tuple[PartyRow, ManagementClass | None, ManagementClass]]:
    """Give parties whose class proposed from tonnes is not the one decided: (party, decided, proposed)."""
    require(scope, "registry.read", region_id=region_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, d.management_class, f.management_class_proposed FROM registry_partyprofile f "
            "JOIN identity_party p ON p.id = f.party_id LEFT JOIN LATERAL (SELECT management_class FROM "
            "registry_classdecision c WHERE c.party_id = p.id ORDER BY decided_on DESC, id DESC LIMIT 1) d "
            "ON true "
            "WHERE p.region_id = ANY (%s) "
            "AND f.management_class_proposed IS DISTINCT FROM d.management_class "
            "AND f.management_class_proposed IS NOT NULL ORDER BY p.key LIMIT 500",
            [sorted(regions_under(region_id))],
        )
        rows = cursor.fetchall()
    parties = parties_by_id(row[0] for row in rows)
    return [(parties[i], ManagementClass(c) if c else None, ManagementClass(p)) for i, c, p in rows]


def check_papers(asked: str, *, on: date) -> list[CheckedPaper]:
    """Give what anybody may know of papers with a token or number: kind, dates, issuer, holder; no person."""
    public = [kind.key for kind in paper_kinds().values() if kind.public]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registry_check_paper(%s, %s)", [asked.strip(), public])
        rows = cursor.fetchall()
    found = []
    for token, kind, number, issuer, start, end, state, zh, en, synthetic in rows:
        term = Term("", kind, number, 0, start, end, PaperState(state))
        found.append(
            CheckedPaper(
                paper_kinds()[kind],
                number,
                issuer,
                start,
                end,
                standing(term, on),
                Text(zh, en),
                token,
                synthetic,
            )
        )
    return found


def _holders(scope: Scope, region_id: int, kind: str, on: date) -> set[int]:
    require(scope, "registry.read", region_id=region_id)
    held = Paper.objects.filter(
        region_id__in=regions_under(region_id), kind=kind, state=PaperState.ACTIVE, valid_from__lte=on
    ).exclude(valid_to__lt=on)
    return set(held.values_list("party_id", flat=True))


def _listed(row: Iterable[Any], party: PartyRow, region: str) -> ListedParty:
    _, _, _, chosen, confirmed, tags, papers, next_end, closed = row
    return ListedParty(
        party,
        region,
        ManagementClass(chosen) if chosen else None,
        confirmed,
        tuple(tags or ()),
        papers,
        next_end,
        closed,
    )
