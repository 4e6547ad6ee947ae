"""Invite people, end their memberships, help who is locked out: for an officer or the head of a firm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from wufei.kernel.errors import AccessError, ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.identity.core.granting import grantable_roles
from wufei.runtime.identity.core.kinds import PARTY_ROLES
from wufei.runtime.identity.queries import (
    InvitationRow,
    MemberRow,
    departments_in,
    get_invitation,
    get_member,
    memberships_of,
    parties_by_id,
    regions_by_id,
)
from wufei.runtime.identity.services import (
    Invited,
    end_membership,
    forget_failures,
    make_join_link,
    make_reset_link,
    renew_link,
    second_factor_failures_name,
    withdraw_link,
)
from wufei.runtime.people.queries import reach_of

ACTION = "people.manage"


@transaction.atomic
def invite(scope: Scope, *, invited: Invited, at: datetime) -> str:
    """Invite a person and give the token of the link, which is shown to the inviter this once.

    Parameters
    ----------
    scope : Scope
        An office gives any role in its regions; the head of a firm or hospital those of its own people.
    invited : Invited
        For a role that acts for a party, the region is taken from the party.

    Raises
    ------
    AccessError
        This role may not be given by this person, or not there.
    InputError
        ``people.role``: no role that can be given; ``people.place``: the role needs a party and names none,
        or an unknown region; ``people.department``: one of another region; what `make_join_link` refuses.
    """
    require(scope, ACTION)
    roles = [str(role) for role in grantable_roles(scope.role)]
    if invited.role not in roles:
        listed = "、".join(roles)
        raise InputError(
            "people.role",
            "role",
            invited.role,
            Text(
                f"当前身份不能授予“{invited.role}”。可授予：{listed}。",
                f"Your present role cannot give “{invited.role}”. It can give: {', '.join(roles)}.",
            ),
        )
    placed = _placed(invited)
    require(scope, ACTION, region_id=placed.region_id, party_id=placed.party_id)
    return make_join_link(placed, invited_by=scope.user_id, at=at)


@transaction.atomic
def resend(scope: Scope, *, invitation_id: int, at: datetime) -> str:
    """Void the link of an invitation and give a new one.

    Raises
    ------
    NotFoundError
        None waits here.
    AccessError
        This role may not be given by this person.
    """
    found = _own_invitation(scope, invitation_id)
    if found.user_id is not None:
        # A link that sets a password opens all that its person may do.
        _require_whole_person(scope, found.user_id, at)
    return renew_link(invitation_id=invitation_id, at=at)


@transaction.atomic
def withdraw(scope: Scope, *, invitation_id: int, at: datetime) -> None:
    """Let the link of an invitation open nothing any more.

    Raises
    ------
    NotFoundError
        None waits here.
    AccessError
        This role may not be given by this person.
    """
    _own_invitation(scope, invitation_id)
    withdraw_link(invitation_id=invitation_id, at=at)


@transaction.atomic
def end(scope: Scope, *, membership_id: int, last_on: date) -> None:
    """Let a membership end after a day; its rows and signatures stay.

    Raises
    ------
    NotFoundError
        There is no such membership in reach.
    AccessError
        This person may not give this role, and so not take it.
    ConflictError
        ``people.own-membership``: one's own; ``people.dates``: it would end before it began.
    """
    member = _own_member(scope, membership_id)
    if member.membership.user_id == scope.user_id:
        raise ConflictError(
            "people.own-membership",
            Text(
                "不能终止自己的身份，以免无人可管理。请由另一位管理人员办理。",
                "Nobody ends their own role, lest no one be left to look after people. Ask a colleague.",
            ),
        )
    if member.valid_from is not None and last_on < member.valid_from:
        raise ConflictError(
            "people.dates",
            Text(
                f"最后一天 {last_on} 早于起始日期 {member.valid_from}。",
                f"The last day {last_on} comes before the first one {member.valid_from}.",
            ),
        )
    end_membership(membership_id=membership_id, last_on=last_on)


@transaction.atomic
def reset(scope: Scope, *, membership_id: int, drops_second_factor: bool, at: datetime) -> str:
    """Void a person's password, sessions and keys, and give the token of a link that sets a new password.

    Raises
    ------
    NotFoundError
        There is no such membership in reach.
    AccessError
        The person holds another membership that this one may not give: a link shown to the head of a firm
        must not open an office.
    """
    member = _own_member(scope, membership_id)
    _require_whole_person(scope, member.membership.user_id, at)
    return make_reset_link(
        membership_id=membership_id,
        drops_second_factor=drops_second_factor,
        invited_by=scope.user_id,
        at=at,
    )


@transaction.atomic
def unlock(scope: Scope, *, membership_id: int) -> None:
    """Forget the failed sign-ins and wrong codes of a person, so that the next attempt counts.

    Raises
    ------
    NotFoundError
        There is no such membership in reach.
    """
    member = _own_member(scope, membership_id)
    forget_failures(username=member.username)
    forget_failures(username=second_factor_failures_name(member.membership.user_id))


def may_reset(scope: Scope, member: MemberRow, *, at: datetime) -> bool:
    """Say whether `reset` would let this pass: all memberships of the person are this one's to give."""
    try:
        _require_whole_person(scope, member.membership.user_id, at)
    except AccessError:
        return False
    return True


def _placed(invited: Invited) -> Invited:
    if invited.role not in PARTY_ROLES:
        if not regions_by_id([invited.region_id]):
            raise InputError(
                "people.place", "region_id", invited.region_id, Text("请选择区域。", "Choose a region.")
            )
        offices = {row.id for row in departments_in([invited.region_id])}
        if invited.department_id is not None and invited.department_id not in offices:
            raise InputError(
                "people.department",
                "department_id",
                invited.department_id,
                Text(
                    "所选部门不在该区域。请重新选择部门或区域。",
                    "That department is not of this region. Choose another department or region.",
                ),
            )
        return replace(invited, party_id=None)
    party = parties_by_id([invited.party_id]).get(invited.party_id) if invited.party_id else None
    if party is None:
        raise InputError(
            "people.place",
            "party_id",
            invited.party_id or "",
            Text("该身份须指明所属单位。请选择单位。", "This role acts for a firm: choose which."),
        )
    return replace(invited, region_id=party.region_id, department_id=None)


def _own_invitation(scope: Scope, invitation_id: int) -> InvitationRow:
    require(scope, ACTION)
    found = get_invitation(reach_of(scope), invitation_id)
    require(scope, ACTION, region_id=found.region_id, party_id=found.party_id)
    _require_grantable(scope, found.role)
    return found


def _own_member(scope: Scope, membership_id: int) -> MemberRow:
    require(scope, ACTION)
    found = get_member(reach_of(scope), membership_id)
    place = found.membership
    require(scope, ACTION, region_id=place.region.id, party_id=place.party.id if place.party else None)
    _require_grantable(scope, place.role)
    return found


def _require_whole_person(scope: Scope, user_id: int, at: datetime) -> None:
    for held in memberships_of(user_id, on=at.astimezone(LOCAL_ZONE).date()):
        _require_grantable(scope, held.role)
        require(scope, ACTION, region_id=held.region.id, party_id=held.party.id if held.party else None)


def _require_grantable(scope: Scope, role: str) -> None:
    if role not in grantable_roles(scope.role):
        raise AccessError(
            ACTION,
            Text(
                "此人的身份不由当前身份授予，不能由您办理。请联系其所在区域的无废办。",
                "Your present role does not give this membership and cannot change it. Ask the office there.",
            ),
        )
