"""Where consumers stand and what they have set aside, for those who may audit."""

from __future__ import annotations

from typing import Any

from django.db import connections

from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.outbox.core import CursorRow, ParkedRow, Policy, stored

_CURSORS = """
    SELECT consumer, sequence, moved_at, stopped_at_sequence, code, message_zh, message_en, tries, first_at,
        last_at FROM outbox_cursor ORDER BY consumer
"""
_PARKED = """
    SELECT consumer, sequence, code, message_zh, message_en, tries, first_at, last_at FROM outbox_parked
    WHERE %s::text IS NULL OR consumer = %s ORDER BY consumer, sequence LIMIT %s
"""
_COUNT = "SELECT count(*) FROM outbox_parked"


def cursors(scope: Scope) -> list[CursorRow]:
    """Give where every consumer stands."""
    require(scope, "audit.read")
    return [_cursor(row) for row in _read(_CURSORS, None)]


def parked(scope: Scope, *, consumer: str | None = None, limit: int = 1000) -> list[ParkedRow]:
    """Give the events that were set aside, by consumer and in order."""
    require(scope, "audit.read")
    return [
        ParkedRow(name, sequence, stored(name, Policy.PARK, sequence, code, Text(zh, en)), tries, first, last)
        for name, sequence, code, zh, en, tries, first, last in _read(_PARKED, [consumer, consumer, limit])
    ]


def count_parked(scope: Scope) -> int:
    """Count the events that were set aside."""
    require(scope, "audit.read")
    return int(_read(_COUNT, None)[0][0])


def _cursor(row: tuple[Any, ...]) -> CursorRow:
    name, sequence, moved_at, at, code, zh, en, tries, first_at, last_at = row
    stopped = None if at is None else stored(name, Policy.STOP, at, code, Text(zh, en))
    return CursorRow(name, sequence, moved_at, stopped, tries, first_at, last_at)


def _read(query: str, parameters: list[Any] | None) -> list[tuple[Any, ...]]:
    with connections["system"].cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
