"""A person's sessions, keys, second factor and contact, for that person's own pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wufei.runtime.identity.core.tokens import token_hash
from wufei.runtime.identity.models import ApiKey, Contact, OidcLink, RecoveryCode, SecondFactor, Session, User
from wufei.runtime.identity.models.visibility import as_person


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """A key for programs, without what opens."""

    id: int
    user_id: int
    membership_id: int
    name: str
    beginning: str
    only_reading: bool
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser in which a person is signed in; ``key_hash`` names it and opens nothing."""

    key_hash: str
    device: str
    started_at: datetime
    seen_at: datetime
    present: bool


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Phone and e-mail, in full; ``refused``: what the mail server said of the address, if it refused it."""

    phone: str = ""
    email: str = ""
    refused: str = ""


def has_second_factor(user_id: int) -> bool:
    """Say whether this person has set up a second factor."""
    with as_person(user_id):
        return SecondFactor.objects.filter(user_id=user_id, confirmed_at__isnull=False).exists()


def count_recovery_codes(user_id: int) -> int:
    """Count the recovery codes that were not used yet."""
    with as_person(user_id):
        return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def is_linked(user_id: int) -> bool:
    """Say whether this person can sign in at the identity provider."""
    with as_person(user_id):
        return OidcLink.objects.filter(user_id=user_id).exists()


def api_keys_of(user_id: int) -> list[ApiKeyRow]:
    """Give the keys of a person, the newest first, those that are void among them."""
    with as_person(user_id):
        return [api_key_row(key) for key in ApiKey.objects.filter(user_id=user_id).order_by("-id")]


def sessions_of(user_id: int, *, present_key: str, at: datetime) -> list[SessionRow]:
    """Give the sessions of a person that have not ended, the one last seen first."""
    hashed = token_hash(present_key)
    with as_person(user_id):
        found = Session.objects.filter(user_id=user_id, expire_date__gt=at).order_by("-seen_at")
        return [
            SessionRow(row.session_key, row.device, row.started_at, row.seen_at, row.session_key == hashed)
            for row in found
        ]


def contact_of(user_id: int) -> ContactRow:
    """Give one's own phone and e-mail, and whether mail is refused there."""
    with as_person(user_id):
        found = Contact.objects.filter(user_id=user_id).first()
    return ContactRow(found.phone, found.email, found.refused) if found else ContactRow()


def contacts_of(user_ids: Iterable[int]) -> dict[int, ContactRow]:
    """Give phone and e-mail of people, as far as row-level security shows them to the present scope."""
    rows = Contact.objects.filter(user_id__in=set(user_ids))
    return {row.user_id: ContactRow(row.phone, row.email) for row in rows}


def find_account(user_id: int) -> User | None:
    """Give the account of a person who may sign in: only for Django's own `login`."""
    return User.objects.filter(id=user_id, is_active=True).first()


def api_key_row(key: ApiKey) -> ApiKeyRow:
    """Give a key as a plain row."""
    return ApiKeyRow(
        key.id,
        key.user_id,
        key.membership_id,
        key.name,
        key.beginning,
        key.only_reading,
        key.created_at,
        key.expires_at,
        key.last_used_at,
        key.revoked_at,
    )
