"""Reads of people and of what they are where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet

from wufei.kernel.errors import NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.identity.core.kinds import REGION_ROLES, Role
from wufei.runtime.identity.core.sessions import (
    FAILURES_PER_ADDRESS_MAX,
    FAILURES_PER_USERNAME_MAX,
    LOCK_WINDOW,
    failure_name,
    locked_until,
)
from wufei.runtime.identity.models import Membership, Region, SignInFailure, User
from wufei.runtime.identity.queries.places import (
    DepartmentRow,
    PartyRow,
    RegionRow,
    department_of,
    party_of,
    party_row,
    region_of,
)

# Asked in every request: written out, since composing it costs more than the answer.
_MEMBERSHIPS = """
    SELECT held.id, held.user_id, held.role,
        region.id, region.key, region.code, region.name_zh, region.name_en, region.kind, region.parent_id,
        region.synthetic,
        party.id, party.key, party.uscc, party.name_zh, party.name_en, party.kind, party.region_id,
        party.synthetic,
        department.id, department.key, department.name_zh, department.name_en, department.region_id,
        CASE WHEN held.role = ANY(%(roles)s) THEN ARRAY(
            WITH RECURSIVE under (id) AS (
                SELECT held.region_id
                UNION
                SELECT child.id FROM identity_region AS child JOIN under ON child.parent_id = under.id
                WHERE child.kind <> 'functional'
            )
            SELECT id FROM under
        ) END
    FROM identity_membership held
    JOIN identity_region region ON region.id = held.region_id
    LEFT JOIN identity_party party ON party.id = held.party_id
    LEFT JOIN identity_department department ON department.id = held.department_id
    WHERE held.user_id = %(user_id)s
        AND (held.valid_from IS NULL OR held.valid_from <= %(on)s)
        AND (held.valid_to IS NULL OR held.valid_to > %(on)s)
    ORDER BY held.id
"""


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """What one person is in one place.

    ``reach`` is the region and all below it for a role of a region; empty for others and in lists of people.
    """

    id: int
    user_id: int
    role: Role
    region: RegionRow
    party: PartyRow | None
    department: DepartmentRow | None
    reach: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person who signs in."""

    id: int
    username: str
    display_name: str
    language: str


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
    *,
    on: date,
    roles: Iterable[str] = (),
    region_id: int | None = None,
    party_id: int | None = None,
    department_id: int | None = None,
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
    if department_id is not None:
        found = found.filter(department_id=department_id)
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


def departments_with(roles: Iterable[str], *, on: date) -> frozenset[int]:
    """Give the departments in which somebody who may sign in has one of some roles on a day."""
    found = _in_force(on).filter(user__is_active=True, role__in=[str(role) for role in roles])
    return frozenset(number for number in found.values_list("department_id", flat=True) if number)


def parties_of_people(
    user_ids: Iterable[int], *, on: date, roles: Iterable[str]
) -> dict[int, frozenset[int]]:
    """Give the parties that people act for in one of some roles on a day; who has none is left out."""
    found = _in_force(on).filter(
        user_id__in=set(user_ids), role__in=[str(role) for role in roles], party_id__isnull=False
    )
    parties: dict[int, set[int]] = {}
    for user_id, party_id in found.values_list("user_id", "party_id"):
        parties.setdefault(user_id, set()).add(party_id)
    return {user_id: frozenset(ids) for user_id, ids in parties.items()}


def memberships_of(user_id: int, *, on: date) -> list[MembershipRow]:
    """Give the memberships of a person that are in force on a day, the oldest first."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_MEMBERSHIPS, {"user_id": user_id, "on": on, "roles": sorted(REGION_ROLES)})
        return [_membership(*row) for row in cursor.fetchall()]


def get_membership(membership_id: int, *, user_id: int, on: date) -> MembershipRow:
    """Give one membership of a person, if it is in force on a day.

    Raises
    ------
    NotFoundError
        It is not this person's, or not in force.
    """
    for membership in memberships_of(user_id, on=on):
        if membership.id == membership_id:
            return membership
    raise NotFoundError("membership", membership_id)


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
    return Membership.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gt=on)
    )


def _membership(number: int, user_id: int, role: str, *parts: Any) -> MembershipRow:
    """Make a row of `_MEMBERSHIPS`: a region, a party or none, a department or none, the regions in reach."""
    region, party, department, reach = parts[:8], parts[8:16], parts[16:21], parts[21]
    return MembershipRow(
        number,
        user_id,
        Role(role),
        _region(*region),
        None if party[0] is None else party_row(party),
        None if department[0] is None else _department(*department),
        frozenset(reach or ()),
    )


def _region(number: int, key: str, code: str | None, zh: str, en: str, *rest: Any) -> RegionRow:
    kind, parent_id, synthetic = rest
    return RegionRow(number, key, code, Text(zh, en), kind, parent_id, synthetic)


def _department(number: int, key: str, zh: str, en: str, region_id: int) -> DepartmentRow:
    return DepartmentRow(number, key, Text(zh, en), region_id)


def membership_row(membership: Membership) -> MembershipRow:
    """Give a membership as a plain row."""
    return MembershipRow(
        membership.id,
        membership.user_id,
        Role(membership.role),
        region_of(membership.region),
        party_of(membership.party) if membership.party else None,
        department_of(membership.department) if membership.department else None,
    )
