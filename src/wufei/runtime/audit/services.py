"""Write the audit log, let go what is older than the rule, and tell owners of their mandates."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connections
from django.urls import reverse
from psycopg.types.json import Jsonb

from wufei.runtime.access.core import MATRIX, PARTY_ROLES, Scope
from wufei.runtime.access.core.masking import mask_id_number, mask_phone, may_see_personal
from wufei.runtime.access.queries import mandates_ending_after
from wufei.runtime.access.services import session
from wufei.runtime.audit.core import Event, Kind, kept_since
from wufei.runtime.audit.core.owners import mandate_tiding
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.queries import untold
from wufei.runtime.notices.services import notify

_COLUMNS = tuple(each.name for each in fields(Event))
_ADD = f"INSERT INTO audit_event ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608 - names are ours
_PRUNE = "DELETE FROM audit_event WHERE id IN (SELECT id FROM audit_event WHERE at < %s ORDER BY at LIMIT %s)"
PRUNED_AT_ONCE = 50_000

MANDATES = "mandate"
"""The topic of the steps of mandates."""

TOLD_WITHIN_DAYS = 90
"""A mandate that ended longer ago is no news, such as one from before a site was brought in."""

OWNERS = tuple(sorted(str(role) for role in PARTY_ROLES if "people.manage" in MATRIX[role]))


def add_events(events: list[Event]) -> None:
    """Write rows, within the transaction that is open or as one of their own."""
    rows: list[list[Any]] = [
        [
            Jsonb(value) if name == "detail" else value
            for name, value in zip(_COLUMNS, _values(event), strict=True)
        ]
        for event in events
    ]
    with connections["default"].cursor() as cursor:
        for row in rows:
            cursor.execute(_ADD, row)


def note(
    scope: Scope,
    action: str,
    *,
    at: datetime,
    object_kind: str,
    object_id: str = "",
    region_id: int | None = None,
    party_id: int | None = None,
) -> None:
    """Write down that somebody did something, in the transaction of what was done."""
    add_events(
        [
            Event(
                at=at,
                action=action,
                object_kind=object_kind,
                object_id=object_id,
                user_id=scope.user_id,
                membership_id=scope.membership_id,
                role=scope.role.value,
                region_id=region_id,
                party_id=party_id,
            )
        ]
    )


def show_phone(
    scope: Scope, value: str, *, at: datetime, object_id: str, region_id: int | None, party_id: int | None
) -> str:
    """Give a phone number as this person may see it, and note it if that is the whole number."""
    if not may_see_personal(scope, region_id=region_id, party_id=party_id):
        return mask_phone(value)
    note(
        scope,
        Kind.SHOWN,
        at=at,
        object_kind="phone",
        object_id=object_id,
        region_id=region_id,
        party_id=party_id,
    )
    return value


def show_id_number(
    scope: Scope, value: str, *, at: datetime, object_id: str, region_id: int | None, party_id: int | None
) -> str:
    """Give an identity number as this person may see it, and note it if that is the whole number."""
    if not may_see_personal(scope, region_id=region_id, party_id=party_id):
        return mask_id_number(value)
    note(
        scope,
        Kind.SHOWN,
        at=at,
        object_kind="id-number",
        object_id=object_id,
        region_id=region_id,
        party_id=party_id,
    )
    return value


def prune(*, now: datetime) -> int:
    """Remove a batch of rows that the rule no longer asks for, and say how many."""
    with connections["system"].cursor() as cursor:
        cursor.execute(_PRUNE, [kept_since(now), PRUNED_AT_ONCE])
        return int(cursor.rowcount)


def tell_owners(scope: Scope, *, on: date) -> int:
    """Tell owners of the last step of each mandate that was reached by a day; give how many steps were told.

    Told are those of the owner who look after its people: they may take the mandate back.
    """
    told = 0
    with session(scope):
        found = []
        for row in mandates_ending_after(scope, on - timedelta(days=TOLD_WITHIN_DAYS)):
            tiding = mandate_tiding(row.terms, row.agent, granted_on=row.granted_on, on=on)
            if tiding is not None:
                found.append((row.terms.owner_id, tiding))
        new = untold([tiding.key for _, tiding in found])
        for owner_id, tiding in found:
            if tiding.key in new:
                to = Recipients(party_id=owner_id, roles=OWNERS)
                notify(to=to, topic=MANDATES, text=tiding.text, link=reverse("mandates"), key=tiding.key)
                told += 1
    return told


def _values(event: Event) -> list[Any]:
    return [getattr(event, name) for name in _COLUMNS]
