"""Closed periods, and their figures as published and as revised."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from wufei.kernel.errors import NotFoundError
from wufei.kernel.period import Period
from wufei.records.ledger.core.closing import Closing
from wufei.records.ledger.core.rows import Page, TransferRow
from wufei.records.ledger.queries.reading import read_page, visible_to
from wufei.runtime.access.core import Scope, allowed, require
from wufei.runtime.identity.queries import parties_by_id, parties_in

Cursor = psycopg.Cursor[Any]

_CLOSINGS = """
    SELECT c.id, c.book, c.period, c.region_id, c.party_id, c.region_ids, c.grouping, c.streams, c.sectors,
        c.sequence, c.recorded_at, c.recorder_id
    FROM ledger_closing AS c {joined} WHERE {where} ORDER BY {order} LIMIT %(limit)s
"""
_BY_PERIOD = "c.start_on DESC, c.id DESC"
_OWN = "(c.region_id = ANY(%(regions)s) OR c.party_id = ANY(%(parties)s))"
# The same as `_COVERED` below, asked of one transfer.
_JOINED = """
    JOIN ledger_transfer AS t ON t.id = %(id)s AND c.book = t.book AND t.occurred_on >= c.start_on
        AND t.occurred_on < c.end_on
        AND (c.party_id IN (t.source_holder_id, t.target_holder_id) OR t.origin_region_id = ANY(c.region_ids)
            OR t.source_region_id = ANY(c.region_ids) OR t.target_region_id = ANY(c.region_ids))
        AND (c.streams = '{}' OR (t.stream, t.origin_sector) IN (SELECT * FROM unnest(c.streams, c.sectors)))
"""
_OVERLAPPING = "c.book = ANY(%(books)s) AND c.start_on <= %(last)s AND c.end_on > %(first)s"
# What `core.closing.Closing.covers` says, of the columns of a transfer.
_COVERED = """
    t.book = %(book)s AND t.occurred_on >= %(start)s AND t.occurred_on < %(end)s
    AND (%(party)s IN (t.source_holder_id, t.target_holder_id) OR t.origin_region_id = ANY(%(regions)s)
        OR t.source_region_id = ANY(%(regions)s) OR t.target_region_id = ANY(%(regions)s))
    AND (%(streams)s::text[] = '{}' OR (t.stream, t.origin_sector)
        IN (SELECT * FROM unnest(%(streams)s::text[], %(sectors)s::text[])))
"""
# Two people with the same closing get the same published figure: its rows have the lower sequences.
_FLOWS = """
    SELECT t.step, t.stream, coalesce(sum(t.signed_grams) FILTER (WHERE leaf.sequence < %(sequence)s), 0),
        coalesce(sum(t.signed_grams), 0), count(*) FILTER (WHERE leaf.sequence < %(sequence)s), count(*)
    FROM ledger_transfer AS t LEFT JOIN ledger_leaf AS leaf ON leaf.transfer_id = t.id WHERE {covered}
    GROUP BY t.step, t.stream ORDER BY t.step, t.stream
"""
_AMENDING = """
    SELECT t.* FROM ledger_transfer AS t LEFT JOIN ledger_leaf AS leaf ON leaf.transfer_id = t.id
    WHERE {covered} AND (leaf.sequence IS NULL OR leaf.sequence >= %(sequence)s) AND {visible}
    ORDER BY t.occurred_on DESC, t.id DESC LIMIT %(limit)s
"""
_EVER = 100_000
"""More closings than a city ever makes of one book and span: what postings are judged by is never cut."""


@dataclass(frozen=True, slots=True)
class ClosedFlow:
    """One step of one stream in a closed period, in net grams and numbers of rows, reversals included."""

    step: str
    stream: str
    published_g: int
    revised_g: int
    published_rows: int
    revised_rows: int


def closings(
    scope: Scope,
    *,
    region_id: int | None = None,
    party_id: int | None = None,
    book: str | None = None,
    limit: int = 200,
) -> list[Closing]:
    """Give closed periods, the latest first.

    Parameters
    ----------
    scope : Scope
        Who reads; closings say nothing of any waste, so that whoever reads the ledger may know them all.
    region_id, party_id, book : optional
        Only those of one region, party or book.
    limit : int
        At most so many.
    """
    require(scope, "ledger.read")
    named = {"region_id": region_id, "party_id": party_id, "book": book}
    where = " AND ".join(f"c.{name} = %({name})s" for name, value in named.items() if value is not None)
    with psycopg.Cursor(connections["default"].connection) as cursor:
        return list(_read(cursor, where or "true", named | {"limit": limit}))


def closings_within(scope: Scope, *, limit: int, below: int | None = None) -> Page[Closing]:
    """Give the closings of the reader's own region or party, the last one made first.

    Parameters
    ----------
    scope : Scope
        Who reads: whoever closes, or sees to it that others do. A producer is given those of itself alone,
        others those of their regions and of the parties there.
    limit : int
        Rows of a page.
    below : int, optional
        The number that the page before ended with.
    """
    require_closer(scope)
    where = "true" if scope.everything else _OWN
    parties = scope.party_ids or {party.id for party in parties_in(scope.region_ids)}
    parameters: dict[str, Any] = {"regions": list(scope.region_ids), "parties": list(parties)}
    if below is not None:
        where += " AND c.id < %(below)s"
        parameters["below"] = below
    with psycopg.Cursor(connections["default"].connection) as cursor:
        found = _read(cursor, where, parameters | {"limit": limit + 1}, order="c.id DESC")
    return Page(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)


def own_closing(scope: Scope, closing_id: int) -> Closing:
    """Give one closed period of the reader's own region or party.

    Raises
    ------
    AccessError
        The closing is of another's region or party, or the role neither closes nor audits.
    NotFoundError
        There is none with this number.
    """
    require_closer(scope)
    return _own(scope, closing_id)


def closings_of_transfer(scope: Scope, transfer_id: UUID) -> tuple[Closing, ...]:
    """Give the closed periods into which a transfer falls, the shortest, which a correction amends, first."""
    require(scope, "ledger.read")
    visible, parameters = visible_to(scope)
    with psycopg.Cursor(connections["default"].connection) as cursor:
        found = _read(cursor, visible, parameters | {"id": transfer_id, "limit": _EVER}, joined=_JOINED)
    return tuple(sorted(found, key=lambda closing: closing.period.days))


def require_closer(scope: Scope) -> None:
    """Let those pass who close periods or audit the ledger.

    Raises
    ------
    AccessError
        The role does neither.
    """
    require(scope, "audit.read" if allowed(scope, "audit.read") else "ledger.close")


def get_closing(scope: Scope, closing_id: int) -> Closing:
    """Give one closed period.

    Raises
    ------
    NotFoundError
        There is none with this number.
    """
    require(scope, "ledger.read")
    with psycopg.Cursor(connections["default"].connection) as cursor:
        found = _read(cursor, "c.id = %(id)s", {"id": closing_id, "limit": 1})
    if not found:
        raise NotFoundError("closing", closing_id)
    return found[0]


def closed_flows(scope: Scope, closing_id: int) -> list[ClosedFlow]:
    """Give the figures of a closed period as published, at its closing, and as revised, now.

    Raises
    ------
    AccessError
        The closing is of another's region or party.
    NotFoundError
        There is none with this number.
    """
    closing = _own(scope, closing_id)
    with connections["system"].cursor() as cursor:
        cursor.execute(_FLOWS.format(covered=_COVERED), _terms(closing))
        return [ClosedFlow(step, stream, int(a), int(b), n, m) for step, stream, a, b, n, m in cursor]


def amending_transfers(scope: Scope, closing_id: int, *, limit: int) -> Page[TransferRow]:
    """Give the transfers that came into a closed period after its closing, the latest day first."""
    closing = _own(scope, closing_id)
    visible, parameters = visible_to(scope)
    query = _AMENDING.format(covered=_COVERED, visible=visible)
    return read_page(query, parameters | _terms(closing), limit)


def read_closings(cursor: Cursor, books: Collection[str], days: tuple[date, date]) -> tuple[Closing, ...]:
    """Give the closings of some books that overlap a span from its first to its last day."""
    span = {"books": list(books), "first": days[0], "last": days[1], "limit": _EVER}
    return _read(cursor, _OVERLAPPING, span)


def _own(scope: Scope, closing_id: int) -> Closing:
    closing = get_closing(scope, closing_id)
    region_id = closing.region_id
    if closing.party_id is not None:
        # A firm is read by itself and by the region that it is in.
        region_id = parties_by_id([closing.party_id])[closing.party_id].region_id
    require(scope, "ledger.read", region_id=region_id, party_id=closing.party_id)
    return closing


def _terms(closing: Closing) -> dict[str, Any]:
    return {
        "book": closing.book,
        "start": closing.period.start,
        "end": closing.period.end,
        "party": closing.party_id,
        "regions": list(closing.region_ids),
        "streams": [stream for stream, _ in closing.waste],
        "sectors": [sector for _, sector in closing.waste],
        "sequence": closing.sequence,
    }


def _read(
    cursor: Cursor, where: str, parameters: dict[str, Any], *, joined: str = "", order: str = _BY_PERIOD
) -> tuple[Closing, ...]:
    query = _CLOSINGS.format(joined=joined, where=where, order=order)
    return tuple(_closing(row) for row in cursor.execute(query, parameters, prepare=True).fetchall())


def _closing(row: tuple[Any, ...]) -> Closing:
    number, book, period, region, party, regions, grouping, streams, sectors, *rest = row
    waste = frozenset(zip(streams, sectors, strict=True))
    return Closing(
        number, book, Period.parse(period), region, party, frozenset(regions), grouping, waste, *rest
    )
