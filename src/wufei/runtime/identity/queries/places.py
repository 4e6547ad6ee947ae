"""Reads of regions, parties and departments."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import Q

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.identity.models import Department, Party, Region

# UNION, not UNION ALL: a circle of parents would otherwise never end.
_UNDER = """
    WITH RECURSIVE under (id) AS (
        SELECT %s::bigint
        UNION
        SELECT child.id FROM identity_region AS child JOIN under ON child.parent_id = under.id
        WHERE child.kind <> 'functional'
    )
    SELECT id FROM under
"""

# One array and no list of parameters: of ten thousand names the driver would read each place by itself.
_PARTIES = """
    SELECT id, key, uscc, name_zh, name_en, kind, region_id, synthetic FROM identity_party
    WHERE {} ORDER BY key
"""
_WITH_ID = _PARTIES.format("id = ANY(%(wanted)s)")
_NAMED = _PARTIES.format(
    "key = ANY(%(wanted)s) OR uscc = ANY(%(wanted)s)"
    " OR name_zh = ANY(%(wanted)s) OR name_en = ANY(%(wanted)s)"
)


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region; ``parent_id`` is its administrative parent, none for a functional area."""

    id: int
    key: str
    code: str | None
    name: Text
    kind: str
    parent_id: int | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A holder of waste: a firm, a plant, a hospital, a street, or an aggregate of a published total."""

    id: int
    key: str
    uscc: str | None
    name: Text
    kind: str
    region_id: int
    synthetic: bool


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """An office of a region's government; ``aliases`` are read in lists of departments."""

    id: int
    key: str
    name: Text
    region_id: int
    aliases: tuple[str, ...] = ()


def all_regions() -> list[RegionRow]:
    """Give every region, in the order of codes; areas without a code come last."""
    return [region_of(region) for region in Region.objects.order_by("code", "key")]


def find_region(text: str) -> RegionRow:
    """Find a region by key, code, Chinese or English name, or alias; a region in force comes first.

    Raises
    ------
    NotFoundError
        Nothing is named so; near names are suggested.
    """
    wanted = text.strip()
    named = (
        Q(key__iexact=wanted)
        | Q(code=wanted)
        | Q(name_zh=wanted)
        | Q(name_en__iexact=wanted)
        | Q(aliases__contains=[wanted])
    )
    found = sorted(Region.objects.filter(named), key=lambda region: (region.valid_to is not None, region.id))
    if not found:
        raise NotFoundError("region", wanted, _suggestion(wanted))
    return region_of(found[0])


def regions_by_id(ids: Iterable[int]) -> dict[int, RegionRow]:
    """Give regions by id; unknown ids are left out."""
    return {region.id: region_of(region) for region in Region.objects.filter(id__in=set(ids))}


def regions_under(region_id: int) -> frozenset[int]:
    """Give a region and all below it in the administrative tree; a functional area is only itself."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_UNDER, [region_id])
        return frozenset({region_id, *(number for (number,) in cursor.fetchall())})


def parties_by_id(ids: Iterable[int]) -> dict[int, PartyRow]:
    """Give parties by id; unknown ids are left out."""
    return {party.id: party for party in _parties(_WITH_ID, set(ids))}


def find_party(key: str) -> PartyRow:
    """Find a party by key or unified social credit code.

    Raises
    ------
    NotFoundError
        No party has this key.
    """
    party = Party.objects.filter(Q(key=key) | Q(uscc=key)).first()
    if party is None:
        raise NotFoundError("party", key)
    return party_of(party)


def parties_named(names: Iterable[str]) -> list[PartyRow]:
    """Give the parties with one of these keys, credit codes or names, by key; several may share a name."""
    return _parties(_NAMED, set(names))


def parties_in(region_ids: Iterable[int]) -> list[PartyRow]:
    """Give the parties of some regions, by key."""
    return [party_of(party) for party in Party.objects.filter(region_id__in=set(region_ids)).order_by("key")]


def parties_like(words: str, region_ids: Iterable[int], *, limit: int) -> list[PartyRow]:
    """Give some parties of some regions whose key, credit code or name holds these words, by key."""
    like = Q(key__icontains=words) | Q(uscc__icontains=words) | Q(name_zh__icontains=words)
    chosen = Party.objects.filter(like | Q(name_en__icontains=words), region_id__in=set(region_ids))
    return [party_of(party) for party in chosen.order_by("key")[:limit]]


def departments_in(region_ids: Iterable[int]) -> list[DepartmentRow]:
    """Give the departments of some regions, by key."""
    return [
        department_of(row) for row in Department.objects.filter(region_id__in=set(region_ids)).order_by("key")
    ]


def _suggestion(wanted: str) -> Text | None:
    names = {
        name: region.key
        for region in all_regions()
        for name in (region.key, region.name.zh, region.name.en.lower())
        if name
    }
    near = [names[name] for name in difflib.get_close_matches(wanted.lower(), names, n=3, cutoff=0.5)]
    if not near:
        return None
    listed = ", ".join(dict.fromkeys(near))
    return Text(f"相近的有：{listed}。", f"Near names: {listed}.")


def region_of(region: Region) -> RegionRow:
    """Give a region as a plain row."""
    name = Text(region.name_zh, region.name_en)
    return RegionRow(
        region.id, region.key, region.code, name, region.kind, region.parent_id, region.synthetic
    )


def _parties(query: str, wanted: set[Any]) -> list[PartyRow]:
    with connections["default"].cursor() as cursor:
        cursor.execute(query, {"wanted": list(wanted)})
        return [party_row(row) for row in cursor.fetchall()]


def party_row(row: Sequence[Any]) -> PartyRow:
    """Make a party of a row of the columns of `_PARTIES`."""
    number, key, uscc, zh, en, kind, region_id, synthetic = row
    return PartyRow(number, key, uscc, Text(zh, en), kind, region_id, synthetic)


def party_of(party: Party) -> PartyRow:
    """Give a party as a plain row."""
    name = Text(party.name_zh, party.name_en)
    return PartyRow(party.id, party.key, party.uscc, name, party.kind, party.region_id, party.synthetic)


def department_of(department: Department) -> DepartmentRow:
    """Give a department as a plain row."""
    name = Text(department.name_zh, department.name_en)
    return DepartmentRow(department.id, department.key, name, department.region_id, tuple(department.aliases))


def departments_by_id(ids: Iterable[int]) -> dict[int, DepartmentRow]:
    """Give departments by id; unknown ids are left out."""
    return {row.id: department_of(row) for row in Department.objects.filter(id__in=set(ids))}
