"""Who holds which membership, and who is invited, within the reach of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from wufei.kernel.errors import NotFoundError
from wufei.runtime.identity.core.tokens import token_hash
from wufei.runtime.identity.models import Invitation, Membership
from wufei.runtime.identity.models.visibility import presenting
from wufei.runtime.identity.queries.membership import MembershipRow, membership_row


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose people are meant: those of these regions, those of these parties, or everyone."""

    region_ids: frozenset[int] = frozenset()
    party_ids: frozenset[int] = frozenset()
    everything: bool = False


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A membership and who holds it."""

    membership: MembershipRow
    username: str
    display_name: str
    valid_from: date | None
    valid_to: date | None
    last_sign_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation or a reset, without what opens it; phone and e-mail are the inviter's to see."""

    id: int
    kind: str
    user_id: int | None
    display_name: str
    phone: str
    email: str
    role: str
    region_id: int
    party_id: int | None
    valid_from: date | None
    valid_to: date | None
    created_at: datetime
    expires_at: datetime
    drops_second_factor: bool


def members_within(
    reach: Reach,
    *,
    on: date,
    text: str = "",
    role: str = "",
    with_ended: bool = False,
    after: tuple[str, int] = ("", 0),
    limit: int = 50,
) -> list[MemberRow]:
    """Give memberships by user name, at most ``limit``, those after the one named.

    Parameters
    ----------
    reach : Reach
        Whose people.
    on : date
        The day on which they are in force or, with ``with_ended``, not.
    text : str
        A part of the name, the user name, the firm or the region.
    role : str
        Only this role.
    after : tuple of str and int
        User name and membership id of the last row of the page before.
    """
    found = Membership.objects.select_related("user", "region", "party", "department").filter(_within(reach))
    if not with_ended:
        found = found.filter(Q(valid_to=None) | Q(valid_to__gt=on))
    if text:
        found = found.filter(
            Q(user__display_name__icontains=text)
            | Q(user__username__icontains=text)
            | Q(party__name_zh__icontains=text)
            | Q(party__name_en__icontains=text)
            | Q(region__name_zh__icontains=text)
            | Q(region__name_en__icontains=text)
        )
    if role:
        found = found.filter(role=role)
    if after[0]:
        found = found.filter(Q(user__username__gt=after[0]) | Q(user__username=after[0], id__gt=after[1]))
    return [_member(row) for row in found.order_by("user__username", "id")[:limit]]


def get_member(reach: Reach, membership_id: int) -> MemberRow:
    """Give one membership within reach.

    Raises
    ------
    NotFoundError
        There is none, or it lies elsewhere.
    """
    found = Membership.objects.select_related("user", "region", "party", "department").filter(_within(reach))
    row = found.filter(id=membership_id).first()
    if row is None:
        raise NotFoundError("membership", membership_id)
    return _member(row)


def invitations_within(reach: Reach) -> list[InvitationRow]:
    """Give the links that wait to be used, the newest first; those too old among them."""
    waiting = Invitation.objects.filter(_within(reach), used_at=None, withdrawn_at=None)
    return [_invitation(row) for row in waiting.order_by("-id")]


def get_invitation(reach: Reach, invitation_id: int) -> InvitationRow:
    """Give one link that waits, within reach.

    Raises
    ------
    NotFoundError
        There is none, or it lies elsewhere.
    """
    waiting = Invitation.objects.filter(_within(reach), used_at=None, withdrawn_at=None)
    row = waiting.filter(id=invitation_id).first()
    if row is None:
        raise NotFoundError("invitation", invitation_id)
    return _invitation(row)


def find_invitation(token: str, *, at: datetime) -> InvitationRow | None:
    """Give the link whose token is shown, if it can still be used."""
    hashed = token_hash(token)
    with presenting(hashed):
        row = Invitation.objects.filter(
            token_hash=hashed, used_at=None, withdrawn_at=None, expires_at__gt=at
        ).first()
    return _invitation(row) if row else None


def _within(reach: Reach) -> Q:
    if reach.everything:
        return Q()
    return Q(region_id__in=reach.region_ids) | Q(party_id__in=reach.party_ids)


def _member(row: Membership) -> MemberRow:
    return MemberRow(
        membership_row(row),
        row.user.username,
        row.user.display_name,
        row.valid_from,
        row.valid_to,
        row.user.last_login,
    )


def _invitation(row: Invitation) -> InvitationRow:
    return InvitationRow(
        row.id,
        row.kind,
        row.user_id,
        row.display_name,
        row.phone,
        row.email,
        row.role,
        row.region_id,
        row.party_id,
        row.valid_from,
        row.valid_to,
        row.created_at,
        row.expires_at,
        row.drops_second_factor,
    )
