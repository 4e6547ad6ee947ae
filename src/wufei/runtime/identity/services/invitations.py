"""Links for one person and one use: to come in with a membership, or to set a new password.

Whoever calls has asked `require` whether the inviter may give this role in this place.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q

from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.identity.core.tokens import LINK_DAYS, token_hash
from wufei.runtime.identity.models import Invitation, Membership, User
from wufei.runtime.identity.models.visibility import presenting
from wufei.runtime.identity.services.failures import forget_failures
from wufei.runtime.identity.services.keys import revoke_api_keys
from wufei.runtime.identity.services.membership import add_membership
from wufei.runtime.identity.services.oidc import link_oidc
from wufei.runtime.identity.services.passwords import check_new_password, set_password
from wufei.runtime.identity.services.second_factor import remove_second_factor
from wufei.runtime.identity.services.sessions import end_sessions
from wufei.runtime.identity.services.user import checked_email, checked_name, checked_phone, new_person

JOIN, RESET = "join", "reset"


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is invited, as what and where; the dates are the first day and the first day after the last."""

    display_name: str
    phone: str
    email: str
    role: str
    region_id: int
    party_id: int | None = None
    department_id: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def make_join_link(invited: Invited, *, invited_by: int | None, at: datetime) -> str:
    """Keep an invitation and give the token of its link, which nobody can see again.

    Raises
    ------
    InputError
        The name, phone or e-mail cannot be one; ``identity.contact``: neither phone nor e-mail;
        ``identity.dates``: it ends before it begins.
    """
    phone, email = checked_phone(invited.phone), checked_email(invited.email)
    if not phone and not email:
        raise InputError(
            "identity.contact",
            "phone",
            "",
            Text(
                "请填写手机号或电子邮箱，至少一项，以便把链接发给本人。",
                "Enter a phone number or an e-mail address, so that the link can be sent to the person.",
            ),
        )
    if invited.valid_from and invited.valid_to and invited.valid_to <= invited.valid_from:
        raise InputError(
            "identity.dates",
            "valid_to",
            invited.valid_to,
            Text(
                f"截止日期 {invited.valid_to} 须晚于起始日期 {invited.valid_from}。",
                f"The end {invited.valid_to} must come after the beginning {invited.valid_from}.",
            ),
        )
    return _new_link(
        Invitation(
            kind=JOIN,
            display_name=checked_name(invited.display_name),
            phone=phone,
            email=email,
            role=invited.role,
            region_id=invited.region_id,
            party_id=invited.party_id,
            department_id=invited.department_id,
            valid_from=invited.valid_from,
            valid_to=invited.valid_to,
            invited_by_id=invited_by,
        ),
        at,
    )


@transaction.atomic
def make_reset_link(
    *, membership_id: int, drops_second_factor: bool, invited_by: int | None, at: datetime
) -> str:
    """Void a person's password, sessions and keys, and give the token of a link that sets a new password.

    Earlier links of the same kind are withdrawn.
    """
    membership = Membership.objects.get(id=membership_id)
    user_id = membership.user_id
    User.objects.filter(id=user_id).update(
        password=UNUSABLE_PASSWORD_PREFIX + secrets.token_hex(20), must_change_password=True
    )
    end_sessions(user_id=user_id)
    revoke_api_keys(user_id=user_id, at=at)
    earlier = Invitation.objects.filter(kind=RESET, user_id=user_id, used_at=None, withdrawn_at=None)
    earlier.update(withdrawn_at=at)
    link = Invitation(
        kind=RESET,
        user_id=user_id,
        role=membership.role,
        region_id=membership.region_id,
        party_id=membership.party_id,
        drops_second_factor=drops_second_factor,
        invited_by_id=invited_by,
    )
    return _new_link(link, at)


@transaction.atomic
def renew_link(*, invitation_id: int, at: datetime) -> str:
    """Give a new link for an invitation that was not used yet; the old link is void.

    Raises
    ------
    NotFoundError
        There is none that waits.
    """
    waiting = Invitation.objects.select_for_update().filter(id=invitation_id, used_at=None, withdrawn_at=None)
    if not waiting.exists():
        raise NotFoundError("invitation", invitation_id)
    token = secrets.token_urlsafe(32)
    waiting.update(token_hash=token_hash(token), expires_at=at + timedelta(days=LINK_DAYS))
    return token


def withdraw_link(*, invitation_id: int, at: datetime) -> None:
    """Let a link open nothing any more, and forget whom it was for."""
    waiting = Invitation.objects.filter(id=invitation_id, used_at=None, withdrawn_at=None)
    waiting.update(withdrawn_at=at, phone="", email="")


def forget_expired_links(*, at: datetime) -> None:
    """Erase phone and e-mail from links that are too old, under a scope that sees everything."""
    Invitation.objects.filter(expires_at__lte=at).exclude(phone="", email="").update(phone="", email="")


@transaction.atomic
def accept_invitation(*, token: str, username: str, password: str, at: datetime) -> int:
    """Come in by a link with a password, and give the id of the person.

    An invitation's link makes the person; a reset's only sets the password, and the name is not asked.

    Raises
    ------
    NotFoundError
        The link is unknown, was used or withdrawn, or is too old.
    InputError
        ``identity.username`` or ``identity.password``: the name is taken or unfit, the password too easy.
    """
    with presenting(token_hash(token)):
        link = _open_link(token, at)
        if link.kind == RESET and link.user_id is not None:
            set_password(user_id=link.user_id, new=password)
            if link.drops_second_factor:
                remove_second_factor(user_id=link.user_id)
            user = User.objects.get(id=link.user_id)
            forget_failures(username=user.username)
            _spend(link, user.id, at)
            return user.id
        firm = [link.party.name_zh, link.party.name_en] if link.party else []
        check_new_password(password, names=[username, link.display_name, *firm])
        user_id = _new_user(link, username)
        set_password(user_id=user_id, new=password)
        _join(link, user_id, at)
    return user_id


@transaction.atomic
def accept_as(*, token: str, user_id: int, at: datetime) -> int:
    """Take the invitation's membership as the person one is already, and give the membership's id.

    Raises
    ------
    NotFoundError
        The link is unknown, was used or withdrawn, is too old, or sets a password.
    """
    with presenting(token_hash(token)):
        link = _open_link(token, at, kind=JOIN)
        return _join(link, user_id, at)


@transaction.atomic
def accept_through_provider(*, token: str, issuer: str, hashed: str, at: datetime) -> int:
    """Come in by a link as a person of an identity provider, without a password, and give the person's id.

    Raises
    ------
    NotFoundError
        The link is unknown, was used or withdrawn, is too old, or sets a password.
    ConflictError
        ``identity.linked-elsewhere``: this person of the provider is somebody else here.
    """
    with presenting(token_hash(token)):
        link = _open_link(token, at, kind=JOIN)
        user_id = _new_user(link, f"oidc-{secrets.token_hex(6)}")
        link_oidc(user_id=user_id, issuer=issuer, hashed=hashed, at=at)
        _join(link, user_id, at)
    return user_id


def _new_link(link: Invitation, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    link.token_hash = token_hash(token)
    link.created_at, link.expires_at = at, at + timedelta(days=LINK_DAYS)
    link.save(force_insert=True)
    return token


def _open_link(token: str, at: datetime, *, kind: str = "") -> Invitation:
    """Give the link of a token, locked so that it is used once."""
    wanted = Q(token_hash=token_hash(token), used_at=None, withdrawn_at=None, expires_at__gt=at)
    if kind:
        wanted &= Q(kind=kind)
    link = Invitation.objects.select_for_update().filter(wanted).first()
    if link is None:
        raise NotFoundError(
            "invitation",
            f"{token[:6]}…",
            Text(
                "链接已使用、已撤回或已过期，请向发出人索取新的链接。",
                "It was used, withdrawn or is too old. Ask for a new link.",
            ),
        )
    return link


def _new_user(link: Invitation, username: str) -> int:
    return new_person(username=username, display_name=link.display_name, phone=link.phone, email=link.email)


def _join(link: Invitation, user_id: int, at: datetime) -> int:
    held = Membership.objects.filter(
        user_id=user_id, role=link.role, region=link.region, party=link.party, department=link.department
    )
    if held.filter(Q(valid_to=None) | Q(valid_to__gt=at.date())).exists():
        raise ConflictError(
            "identity.member-already",
            Text(
                "您已有这一身份，无需再次接受邀请。",
                "You hold this membership already; there is nothing to accept.",
            ),
        )
    membership_id = add_membership(
        user_id=user_id,
        role=link.role,
        region_id=link.region_id,
        party_id=link.party_id,
        department_id=link.department_id,
        valid_from=link.valid_from,
        valid_to=link.valid_to,
    )
    _spend(link, user_id, at)
    return membership_id


def _spend(link: Invitation, user_id: int, at: datetime) -> None:
    """Note the use; phone and e-mail are the person's own now and are erased here."""
    link.used_at, link.user_id, link.phone, link.email = at, user_id, "", ""
    link.save(update_fields=["used_at", "user_id", "phone", "email"])
