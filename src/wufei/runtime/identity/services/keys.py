"""Keys for programs: made by a person for one membership, shown once, dated, revoked."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.identity.core.sessions import TOUCH_EVERY
from wufei.runtime.identity.core.tokens import (
    API_KEY_DAYS_MAX,
    API_KEY_SHOWN_LENGTH,
    API_KEY_SIGN,
    token_hash,
)
from wufei.runtime.identity.models import ApiKey
from wufei.runtime.identity.models.visibility import as_person, presenting
from wufei.runtime.identity.queries import get_membership
from wufei.runtime.identity.queries.credentials import ApiKeyRow, api_key_row

NAME_LENGTH_MAX = 64


def create_api_key(
    *, user_id: int, membership_id: int, name: str, days: int, only_reading: bool, at: datetime
) -> str:
    """Make a key for one of a person's memberships and give it; it is never shown again.

    Raises
    ------
    InputError
        ``identity.key-name``: no name, or too long; ``identity.key-days``: not 1 to 365 days.
    NotFoundError
        The membership is not this person's, or not in force.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        raise InputError(
            "identity.key-name",
            "name",
            name[:NAME_LENGTH_MAX],
            Text(
                f"请给密钥起个名字（不超过 {NAME_LENGTH_MAX} 个字），如“ERP 每日上报”。",
                f"Name the key in at most {NAME_LENGTH_MAX} characters, such as “ERP, daily”.",
            ),
        )
    if not 1 <= days <= API_KEY_DAYS_MAX:
        raise InputError(
            "identity.key-days",
            "days",
            days,
            Text(
                f"有效期 {days} 天不在 1 至 {API_KEY_DAYS_MAX} 天之内。",
                f"A key is valid for 1 to {API_KEY_DAYS_MAX} days, not {days}.",
            ),
        )
    get_membership(membership_id, user_id=user_id, on=at.astimezone(LOCAL_ZONE).date())
    token = API_KEY_SIGN + secrets.token_urlsafe(32)
    with as_person(user_id):
        ApiKey.objects.create(
            user_id=user_id,
            membership_id=membership_id,
            name=name,
            beginning=token[:API_KEY_SHOWN_LENGTH],
            token_hash=token_hash(token),
            only_reading=only_reading,
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
    return token


def revoke_api_key(*, user_id: int, key_id: int, at: datetime) -> None:
    """Let a key open nothing any more; its row stays.

    Raises
    ------
    NotFoundError
        It is not this person's.
    """
    with as_person(user_id):
        if not ApiKey.objects.filter(id=key_id, user_id=user_id).exists():
            raise NotFoundError("api-key", key_id)
        ApiKey.objects.filter(id=key_id, user_id=user_id, revoked_at=None).update(revoked_at=at)


def revoke_api_keys(*, user_id: int, at: datetime) -> None:
    """Revoke every key of a person: the account may have been in wrong hands."""
    with as_person(user_id):
        ApiKey.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=at)


def use_api_key(*, token: str, address: str, at: datetime) -> ApiKeyRow | None:
    """Give the key that was shown, if it still opens anything, and note its use.

    It opens nothing after its date, when it was revoked, when its person may not sign in, and when its
    membership is not in force.
    """
    hashed = token_hash(token)
    with presenting(hashed):
        key = ApiKey.objects.select_related("user").filter(token_hash=hashed).first()
        if key is None or key.revoked_at is not None or key.expires_at <= at or not key.user.is_active:
            return None
        try:
            get_membership(key.membership_id, user_id=key.user_id, on=at.astimezone(LOCAL_ZONE).date())
        except NotFoundError:
            return None
        if key.last_used_at is None or at - key.last_used_at > TOUCH_EVERY or key.last_address != address:
            key.last_used_at, key.last_address = at, address
            key.save(update_fields=["last_used_at", "last_address"])
    return api_key_row(key)
