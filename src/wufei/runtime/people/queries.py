"""Who is whose to look after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.core.masking import mask_email, mask_phone
from wufei.runtime.identity.queries import (
    InvitationRow,
    MemberRow,
    Reach,
    contacts_of,
    get_invitation,
    get_member,
    invitations_within,
    members_within,
)

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A membership with how its person is reached, masked."""

    member: MemberRow
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of memberships; ``after`` begins the next one, empty at the end."""

    rows: tuple[PersonRow, ...]
    after: str


def reach_of(scope: Scope) -> Reach:
    """Give whose people a scope looks after."""
    return Reach(scope.region_ids, scope.party_ids, scope.everything)


def people(
    scope: Scope, *, on: date, text: str = "", role: str = "", with_ended: bool = False, after: str = ""
) -> PeoplePage:
    """Give the memberships in reach, by user name, fifty at a time.

    Raises
    ------
    AccessError
        This role looks after nobody.
    """
    require(scope, "people.manage")
    number, _, username = after.partition(":")
    mark = (username, int(number)) if username and number.isascii() and number.isdecimal() else ("", 0)
    found = members_within(
        reach_of(scope),
        on=on,
        text=text,
        role=role,
        with_ended=with_ended,
        after=mark,
        limit=PAGE_ROWS + 1,
    )
    shown = found[:PAGE_ROWS]
    last = shown[-1] if len(found) > PAGE_ROWS else None
    return PeoplePage(_with_contacts(shown), f"{last.membership.id}:{last.username}" if last else "")


def one_person(scope: Scope, membership_id: int) -> PersonRow:
    """Give one membership in reach.

    Raises
    ------
    AccessError
        This role looks after nobody.
    NotFoundError
        There is no such membership in reach.
    """
    require(scope, "people.manage")
    return _with_contacts([get_member(reach_of(scope), membership_id)])[0]


def waiting(scope: Scope) -> list[InvitationRow]:
    """Give the links in reach that were not used yet, those too old among them.

    Raises
    ------
    AccessError
        This role looks after nobody.
    """
    require(scope, "people.manage")
    return invitations_within(reach_of(scope))


def waiting_link(scope: Scope, invitation_id: int) -> InvitationRow:
    """Give one link in reach that was not used yet.

    Raises
    ------
    AccessError
        This role looks after nobody.
    NotFoundError
        None waits here.
    """
    require(scope, "people.manage")
    return get_invitation(reach_of(scope), invitation_id)


def _with_contacts(members: Sequence[MemberRow]) -> tuple[PersonRow, ...]:
    contacts = contacts_of(member.membership.user_id for member in members)
    rows = []
    for member in members:
        contact = contacts.get(member.membership.user_id)
        phone, email = (contact.phone, contact.email) if contact else ("", "")
        rows.append(PersonRow(member, mask_phone(phone), mask_email(email)))
    return tuple(rows)
