"""Carry a scope into the database, where row-level security repeats what `require` decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction
from django.http import HttpRequest

from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.core.mandates import owners_on
from wufei.runtime.access.queries import mandates_given_to
from wufei.runtime.clock import today_on
from wufei.runtime.identity.core.kinds import PARTY_ROLES
from wufei.runtime.identity.queries import ApiKeyRow, MembershipRow

SETTINGS = (
    *("wufei.everything", "wufei.regions", "wufei.parties", "wufei.person"),
    *("wufei.department", "wufei.role"),
)


class ScopedRequest(HttpRequest):
    """A request as views see it, after the middleware gave it a scope; only for type annotations."""

    scope: Scope
    membership: MembershipRow | None
    memberships: list[MembershipRow]
    failed: bool
    api_key: ApiKeyRow | None


@contextmanager
def session(scope: Scope) -> Iterator[None]:
    """Open a transaction in which the database shows the rows of this scope; without one it shows none.

    Sessions may be nested: when the inner one ends, the outer scope holds again.
    """
    nested = connections["default"].in_atomic_block
    with transaction.atomic():
        # What is set ends with the transaction: only an inner session has an outer scope to give back.
        before = _present() if nested else None
        _set(_settings(scope))
        yield
        # After an error the savepoint or transaction is rolled back, and these settings with it.
        if before is not None and not transaction.get_rollback():
            _set(before)


def forbid_writing() -> None:
    """Let the present transaction only read: whatever writes in it fails in the database itself."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


def scope_of(membership: MembershipRow, *, language: str) -> Scope:
    """Give the scope of a person in one membership; an agent's reaches whom it has a mandate of."""
    party_id = membership.party.id if membership.party else None
    agent = membership.role is Role.AGENT and party_id is not None
    mandates = mandates_given_to(party_id) if agent and party_id is not None else ()
    today = today_on() if agent else None
    if today is not None:
        parties = owners_on(mandates, today)
    else:
        acting = membership.role in PARTY_ROLES and party_id is not None
        parties = frozenset({party_id}) if acting and party_id is not None else frozenset()
    return Scope(
        user_id=membership.user_id,
        membership_id=membership.id,
        role=membership.role,
        region_ids=membership.reach,
        party_ids=parties,
        language=language,
        mandates=mandates,
        today_on=today,
        department_id=membership.department.id if membership.department else None,
    )


def _settings(scope: Scope) -> tuple[str, ...]:
    return (
        "on" if scope.everything else "",
        _array(scope.region_ids),
        _array(scope.party_ids),
        _number(scope.user_id),
        _number(scope.department_id),
        scope.role.value,
    )


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _array(ids: frozenset[int]) -> str:
    return "{" + ",".join(str(number) for number in sorted(ids)) + "}"


def _present() -> tuple[str, ...]:
    """Read the settings of this transaction."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT " + ", ".join("current_setting(%s, true)" for _ in SETTINGS), SETTINGS)
        return tuple(value or "" for value in cursor.fetchone())


def _set(values: tuple[str, ...]) -> None:
    """Set the settings for this transaction."""
    with connections["default"].cursor() as cursor:
        pairs = [part for pair in zip(SETTINGS, values, strict=True) for part in pair]
        cursor.execute("SELECT " + ", ".join("set_config(%s, %s, true)" for _ in SETTINGS), pairs)
