"""Reads of regions, parties, people and memberships."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connections
from django.db.models import Q, QuerySet

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.identity.core.kinds import Role
from wufei.runtime.identity.core.sessions import (
    FAILURES_PER_ADDRESS_MAX,
    FAILURES_PER_USERNAME_MAX,
    LOCK_WINDOW,
    failure_name,
    locked_until,
)
from wufei.runtime.identity.models import Department, Membership, Party, Region, SignInFailure, User

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
    """An office of a region's government."""

    id: int
    key: str
    name: Text
    region_id: int


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """What one person is in one place."""

    id: int
    user_id: int
    role: Role
    region: RegionRow
    party: PartyRow | None
    department: DepartmentRow | None


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person who signs in."""

    id: int
    username: str
    display_name: str
    language: str


def all_regions() -> list[RegionRow]:
    """Give every region, in the order of codes; areas without a code come last."""
    return [_region(region) for region in Region.objects.order_by("code", "key")]


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
    return _region(found[0])


def regions_by_id(ids: Iterable[int]) -> dict[int, RegionRow]:
    """Give regions by id; unknown ids are left out."""
    return {region.id: _region(region) for region in Region.objects.filter(id__in=set(ids))}


def regions_under(region_id: int) -> frozenset[int]:
    """Give a region and all below it in the administrative tree; a functional area is only itself."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_UNDER, [region_id])
        return frozenset({region_id, *(number for (number,) in cursor.fetchall())})


def parties_by_id(ids: Iterable[int]) -> dict[int, PartyRow]:
    """Give parties by id; unknown ids are left out."""
    return {party.id: _party(party) for party in Party.objects.filter(id__in=set(ids))}


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
    return _party(party)


def parties_named(names: Iterable[str]) -> list[PartyRow]:
    """Give the parties with one of these keys, credit codes or names, by key; several may share a name."""
    wanted = set(names)
    named = Q(key__in=wanted) | Q(uscc__in=wanted) | Q(name_zh__in=wanted) | Q(name_en__in=wanted)
    return [_party(party) for party in Party.objects.filter(named).order_by("key")]


def parties_in(region_ids: Iterable[int]) -> list[PartyRow]:
    """Give the parties of some regions, by key."""
    return [_party(party) for party in Party.objects.filter(region_id__in=set(region_ids)).order_by("key")]


def parties_like(words: str, region_ids: Iterable[int], *, limit: int) -> list[PartyRow]:
    """Give some parties of some regions whose key, credit code or name holds these words, by key."""
    like = Q(key__icontains=words) | Q(uscc__icontains=words) | Q(name_zh__icontains=words)
    chosen = Party.objects.filter(like | Q(name_en__icontains=words), region_id__in=set(region_ids))
    return [_party(party) for party in chosen.order_by("key")[:limit]]


def departments_in(region_ids: Iterable[int]) -> list[DepartmentRow]:
    """Give the departments of some regions, by key."""
    return [
        _department(row) for row in Department.objects.filter(region_id__in=set(region_ids)).order_by("key")
    ]


def find_user(username: str) -> UserRow:
    """Find a person by the name used for signing in.

    Raises
    ------
    NotFoundError
        Nobody has this name.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFoundError("user", username)
    return UserRow(user.id, user.username, user.display_name, user.language)


def names_of_users(ids: Iterable[int]) -> dict[int, str]:
    """Give the names of people by id, as they are shown; unknown ids are left out."""
    found = User.objects.filter(id__in=set(ids)).values_list("id", "display_name", "username")
    return {number: shown or name for number, shown, name in found}


def people_by_id(ids: Iterable[int]) -> dict[int, UserRow]:
    """Give people who may sign in, by id; others and unknown ids are left out."""
    found = User.objects.filter(id__in=set(ids), is_active=True)
    return {user.id: UserRow(user.id, user.username, user.display_name, user.language) for user in found}


def people_of(
    *, on: date, roles: Iterable[str] = (), region_id: int | None = None, party_id: int | None = None
) -> frozenset[int]:
    """Give who has a membership in force on a day, with one of some roles (any, if none is named).

    In a region it is those of this very region, or else of the nearest one above that has any.
    """
    found = _in_force(on).filter(user__is_active=True)
    wanted = [str(role) for role in roles]
    if wanted:
        found = found.filter(role__in=wanted)
    if party_id is not None:
        found = found.filter(party_id=party_id)
    if region_id is None:
        return frozenset(found.values_list("user_id", flat=True))
    parents = dict(Region.objects.values_list("id", "parent_id"))
    here: int | None = region_id
    while here is not None:
        there = frozenset(found.filter(region_id=here).values_list("user_id", flat=True))
        if there:
            return there
        here = parents.get(here)
    return frozenset()


def memberships_of(user_id: int, *, on: date) -> list[MembershipRow]:
    """Give the memberships of a person that are in force on a day, the oldest first."""
    return [membership_row(membership) for membership in _in_force(on).filter(user_id=user_id).order_by("id")]


def get_membership(membership_id: int, *, user_id: int, on: date) -> MembershipRow:
    """Give one membership of a person, if it is in force on a day.

    Raises
    ------
    NotFoundError
        It is not this person's, or not in force.
    """
    membership = _in_force(on).filter(id=membership_id, user_id=user_id).first()
    if membership is None:
        raise NotFoundError("membership", membership_id)
    return membership_row(membership)


def find_lock(*, username: str | None, address: str, at: datetime) -> datetime | None:
    """Give the instant until which sign-ins of this account or from this address are refused, if they are.

    Without a user name only the address is asked: a program names none.
    """
    recent = SignInFailure.objects.filter(failed_at__gt=at - LOCK_WINDOW)
    by_address = recent.filter(address=address).values_list("failed_at", flat=True)
    ends = [locked_until(list(by_address), FAILURES_PER_ADDRESS_MAX, at)]
    if username is not None:
        by_username = recent.filter(username=failure_name(username)).values_list("failed_at", flat=True)
        ends.append(locked_until(list(by_username), FAILURES_PER_USERNAME_MAX, at))
    return max((end for end in ends if end is not None), default=None)


def _in_force(on: date) -> QuerySet[Membership]:
    return Membership.objects.select_related("region", "party", "department").filter(
        Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gt=on)
    )


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


def _region(region: Region) -> RegionRow:
    name = Text(region.name_zh, region.name_en)
    return RegionRow(
        region.id, region.key, region.code, name, region.kind, region.parent_id, region.synthetic
    )


def _party(party: Party) -> PartyRow:
    name = Text(party.name_zh, party.name_en)
    return PartyRow(party.id, party.key, party.uscc, name, party.kind, party.region_id, party.synthetic)


def _department(department: Department) -> DepartmentRow:
    name = Text(department.name_zh, department.name_en)
    return DepartmentRow(department.id, department.key, name, department.region_id)


def membership_row(membership: Membership) -> MembershipRow:
    """Give a membership as a plain row."""
    return MembershipRow(
        membership.id,
        membership.user_id,
        Role(membership.role),
        _region(membership.region),
        _party(membership.party) if membership.party else None,
        _department(membership.department) if membership.department else None,
    )
