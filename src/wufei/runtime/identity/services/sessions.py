"""Sessions of browsers: kept under the hash of their key, ended after idleness or age."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from wufei.runtime.clock import now
from wufei.runtime.identity.core.sessions import DEVICE_KEY, STARTED_KEY, TOUCH_EVERY, session_ends_at
from wufei.runtime.identity.core.tokens import token_hash
from wufei.runtime.identity.models import Session
from wufei.runtime.identity.models.visibility import as_person, presenting

_DEVICE_LENGTH_MAX = 64


class SessionStore(DatabaseStore):
    """Django's database sessions on our own table (``SESSION_ENGINE``).

    The table holds only hashes of keys: who reads it cannot sign in with what it says.
    """

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Give the table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        hashed, at = token_hash(self.session_key or ""), now()
        with presenting(hashed):
            found = Session.objects.filter(session_key=hashed, expire_date__gt=at).first()
            if found is not None and at - found.seen_at > TOUCH_EVERY:
                Session.objects.filter(session_key=hashed).update(
                    seen_at=at, expire_date=_end(found.started_at, at)
                )
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Say whether a session has this key."""
        hashed = token_hash(session_key)
        with presenting(hashed):
            return Session.objects.filter(session_key=hashed).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Give the row that keeps this session."""
        at = now()
        started_at = datetime.fromisoformat(data[STARTED_KEY]) if STARTED_KEY in data else at
        return Session(
            session_key=token_hash(self.session_key or ""),
            session_data=self.encode(data),
            expire_date=_end(started_at, at),
            user_id=int(data[SESSION_KEY]) if SESSION_KEY in data else None,
            device=str(data.get(DEVICE_KEY, ""))[:_DEVICE_LENGTH_MAX],
            started_at=started_at,
            seen_at=at,
        )

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's form
        """Write the session."""
        if self.session_key is None:
            self.create()
            return
        with presenting(token_hash(self.session_key)):
            super().save(must_create)

    def delete(self, session_key: str | None = None) -> None:
        """Forget a session, by default this one."""
        key = self.session_key if session_key is None else session_key
        if key is not None:
            hashed = token_hash(key)
            with presenting(hashed):
                Session.objects.filter(session_key=hashed).delete()


def end_session(*, user_id: int, key_hash: str) -> None:
    """End one session of a person."""
    with as_person(user_id):
        Session.objects.filter(user_id=user_id, session_key=key_hash).delete()


def end_sessions(*, user_id: int, but_key: str | None = None) -> int:
    """End the sessions of a person, but for one if its key is given, and say how many."""
    with as_person(user_id):
        ended = Session.objects.filter(user_id=user_id)
        if but_key is not None:
            ended = ended.exclude(session_key=token_hash(but_key))
        return ended.delete()[0]


def forget_expired_sessions(*, at: datetime) -> int:
    """Forget what has ended, under a scope that sees everything, and say how many there were."""
    return Session.objects.filter(expire_date__lte=at).delete()[0]


def _end(started_at: datetime, seen_at: datetime) -> datetime:
    return session_ends_at(
        started_at, seen_at, idle=settings.SESSION_IDLE, lifetime=settings.SESSION_LIFETIME
    )
