"""The register of a region as rows of the workbook that can be loaded again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wufei.records.registry.core.papers import Line
from wufei.records.registry.models import Paper, PaperLine, Place, Site, Tag, Vehicle
from wufei.records.registry.queries.enterprise import people_of
from wufei.records.registry.queries.parties import parties_of
from wufei.runtime.access.core import Scope
from wufei.runtime.identity.queries import PartyRow, parties_by_id, regions_by_id


def register_rows(
    scope: Scope, region_id: int, party_ids: frozenset[int] | None = None
) -> dict[str, Iterator[Mapping[str, Any]]]:
    """Give the rows of each sheet for the parties of a region, or some of them.

    Raises
    ------
    AccessError
        The scope does not reach the region.
    """
    parties = {party.id: party for party in parties_of(scope, region_id)}
    if party_ids is not None:
        parties = {key: party for key, party in parties.items() if key in party_ids}
    ids = set(parties)
    papers = list(Paper.objects.filter(party_id__in=ids).order_by("party_id", "kind", "number"))
    lines: dict[int, tuple[Line, ...]] = {}
    for line in PaperLine.objects.filter(party_id__in=ids).order_by("code", "way"):
        lines[line.paper_id] = (*lines.get(line.paper_id, ()), Line(line.code, line.way, line.quota_g))
    names = {**parties_by_id({each.other_party_id or 0 for each in papers}), **parties}
    sites = {site.id: site for site in Site.objects.filter(party_id__in=ids).order_by("key")}
    held = {party.region_id for party in parties.values()} | {site.region_id for site in sites.values()}
    regions = regions_by_id(held)
    filed = [_paper(each, names, lines.get(each.id, ())) for each in papers]
    return {
        "parties": (_party(each, regions[each.region_id].key) for each in parties.values()),
        "sites": (
            _named(
                each,
                names,
                "key longitude latitude strict",
                name=each.name_zh,
                region=regions[each.region_id].key,
            )
            for each in sites.values()
        ),
        "places": (
            _named(
                each,
                names,
                "kind code name capacity codes attributes longitude latitude closed_on",
                site=sites[each.site_id].key if each.site_id in sites else None,
            )
            for each in Place.objects.filter(party_id__in=ids).order_by("party_id", "kind", "code")
        ),
        "papers": (row for row in filed if row["kind"] != "contract"),
        "contracts": (row for row in filed if row["kind"] == "contract"),
        "vehicles": (
            _named(each, names, "plate kind new_energy load_kg retired_on")
            for each in Vehicle.objects.filter(party_id__in=ids).order_by("party_id", "plate")
        ),
        "people": (
            _named(each, names, "code name duty phone id_number certificate certificate_to left_on")
            for each in people_of(scope, ids, limit=None)
        ),
        "tags": (
            _named(each, names, "name valid_from valid_to")
            for each in Tag.objects.filter(party_id__in=ids).order_by("party_id", "name", "valid_from")
        ),
    }


def _party(party: PartyRow, region: str) -> dict[str, Any]:
    return {
        "key": party.key,
        "uscc": party.uscc,
        "name": party.name.zh,
        "name_en": party.name.en,
        "kind": party.kind,
        "region": region,
    }


def _paper(paper: Paper, names: Mapping[int, PartyRow], lines: tuple[Line, ...]) -> dict[str, Any]:
    other = names.get(paper.other_party_id or 0)
    return _named(
        paper,
        names,
        "kind number issuer valid_from valid_to state amount_yuan plate cycle",
        other_party=other.key if other else None,
        lines=lines,
    )


def _named(each: Any, names: Mapping[int, PartyRow], fields: str, **more: Any) -> dict[str, Any]:
    return {
        "party": names[each.party_id].key,
        **{name: getattr(each, name) for name in fields.split()},
        **more,
    }
