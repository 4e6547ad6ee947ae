"""Reads of the audit log: by office and auditor in their regions, by a firm about itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connections

from wufei.runtime.access.core import Role, Scope, require
from wufei.runtime.audit.core import Event
from wufei.runtime.audit.core.owners import Doings
from wufei.runtime.clock import LOCAL_ZONE
from wufei.runtime.identity.queries import parties_by_id

_COLUMNS = ", ".join(each.name for each in fields(Event))

# An agent's firm is that of the membership; what it did for itself concerns no owner.
_COUNTED = """
    SELECT asked.owner_id, asked.since, held.party_id, event.action,
        count(*) FILTER (WHERE event.outcome = 'ok'), count(*) FILTER (WHERE event.outcome <> 'ok')
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked (owner_id, since)
        JOIN audit_event AS event ON event.party_id = asked.owner_id AND event.at >= asked.since
        JOIN identity_membership AS held ON held.id = event.membership_id
    WHERE event.role = 'agent' AND event.at < %s AND event.action <> 'sign-in'
        AND held.party_id <> asked.owner_id
    GROUP BY asked.owner_id, asked.since, held.party_id, event.action
    ORDER BY asked.owner_id, held.party_id, event.action DESC
"""


@dataclass(frozen=True, slots=True)
class EventRow:
    """A row with its number, by which pages go on."""

    id: int
    event: Event


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the log is wanted; None leaves a part open."""

    user_id: int | None = None
    action: str | None = None
    day: date | None = None
    region_ids: frozenset[int] | None = None


def events(scope: Scope, wanted: Filter, *, limit: int, below: int | None = None) -> list[EventRow]:
    """Give rows of the log in the regions of the scope, the latest first."""
    require(scope, "audit.read")
    regions = wanted.region_ids
    if not scope.everything:
        regions = scope.region_ids if regions is None else regions & scope.region_ids
    conditions: list[tuple[str, Any]] = [
        ("user_id = %s", wanted.user_id),
        ("action = %s", wanted.action),
        ("region_id = ANY(%s)", None if regions is None else sorted(regions)),
        ("id < %s", below),
    ]
    if wanted.day is not None:
        start = datetime.combine(wanted.day, time(), LOCAL_ZONE)
        conditions += [("at >= %s", start), ("at < %s", start + timedelta(days=1))]
    return _read("default", conditions, limit)


def doings_of_agents(
    scope: Scope, owner_party_id: int, *, limit: int, below: int | None = None
) -> list[EventRow]:
    """Give what agents did for a firm, the latest first: to that firm, or to the office of its region."""
    require(scope, "mandate.grant", party_id=owner_party_id if scope.party_ids else None)
    conditions = [("party_id = %s", owner_party_id), ("role = %s", Role.AGENT.value), ("id < %s", below)]
    return _read("default", conditions, limit)


def counted_doings(
    since: Iterable[tuple[int, datetime]], *, until: datetime
) -> dict[tuple[int, datetime], list[Doings]]:
    """Count what agents did for owners since an instant each, up to another; a job reads it, no request.

    Signing in is left out: it is done for nobody.
    """
    pairs = sorted(set(since))
    with connections["system"].cursor() as cursor:
        cursor.execute(_COUNTED, [[one for one, _ in pairs], [start for _, start in pairs], until])
        rows = cursor.fetchall()
    agents = parties_by_id({row[2] for row in rows})
    counted: dict[tuple[int, datetime], list[Doings]] = {}
    for owner_id, start, agent_id, action, done, undone in rows:
        name = agents[agent_id].name
        counted.setdefault((owner_id, start), []).append(Doings(owner_id, name, action, done, undone))
    return counted


def _read(alias: str, conditions: list[tuple[str, Any]], limit: int) -> list[EventRow]:
    asked = [(text, value) for text, value in conditions if value is not None]
    where = " AND ".join(text for text, _ in asked) or "true"
    statement = f"SELECT id, {_COLUMNS} FROM audit_event WHERE {where} ORDER BY id DESC LIMIT %s"  # noqa: S608 - texts are ours
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, [*(value for _, value in asked), limit])
        return [EventRow(number, Event(*_plain(row))) for number, *row in cursor.fetchall()]


def _plain(row: list[Any]) -> list[Any]:
    """Django hands jsonb out as text."""
    return [*row[:-1], json.loads(row[-1]) if isinstance(row[-1], str) else row[-1]]
