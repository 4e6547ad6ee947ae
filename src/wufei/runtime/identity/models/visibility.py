"""For whom the database shows the rows of people's credentials: one person, or who presents a secret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

PERSON, TOKEN = "wufei.person", "wufei.token"


@contextmanager
def as_person(user_id: int) -> Iterator[None]:
    """Show the credentials of one person, also before this person has signed in."""
    with _setting(PERSON, str(user_id)):
        yield


@contextmanager
def presenting(token_hash: str) -> Iterator[None]:
    """Show the one row whose secret has this hash: session, key, link or identity at a provider."""
    with _setting(TOKEN, token_hash):
        yield


@contextmanager
def _setting(name: str, value: str) -> Iterator[None]:
    """Set one setting inside a transaction, and give the outer value back if there is one."""
    nested = connections["default"].in_atomic_block
    with transaction.atomic():
        with connections["default"].cursor() as cursor:
            before = ""
            if nested:
                cursor.execute("SELECT current_setting(%s, true)", [name])
                before = cursor.fetchone()[0] or ""
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield
        # After an error the savepoint or transaction is rolled back, and the setting with it.
        if nested and not transaction.get_rollback():
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT set_config(%s, %s, true)", [name, before])
