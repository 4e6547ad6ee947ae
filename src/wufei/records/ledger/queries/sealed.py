"""Sealed transfers in their order, for whoever follows the ledger, and which sequence stands for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.utils import CursorWrapper

from wufei.kernel.errors import AccessError, ConflictError, InputError
from wufei.kernel.text import Text
from wufei.records.ledger.core.as_of import BEFORE_THE_FIRST, AsOf
from wufei.records.ledger.core.rows import TransferRow
from wufei.runtime import clock
from wufei.runtime.access.core import Scope, require
from wufei.runtime.clock import LOCAL_ZONE

# One look-up for each leaf, whatever the planner believes: hashing a whole ledger for a few rows is slow.
# What was taken back later is an event of its own, so that an event reads the same whenever it is read.
_AFTER = """
    SELECT leaf.sequence, t.id, t.posting_id, t.book, t.occurred_at, t.occurred_on, t.precision, t.grams,
        t.signed_grams, t.quantity, t.unit, t.conversion, t.dry_share_ppm, t.step, t.stream, t.method,
        t.evidence, t.uncertainty_ppm, t.origin_region_id, t.origin_sector, t.source_account_id,
        t.source_kind, t.source_region_id, t.source_holder_id, t.source_site_id, t.target_account_id,
        t.target_kind, t.target_region_id, t.target_holder_id, t.target_site_id, t.document, t.container,
        t.amends_period, t.reverses, NULL::uuid, t.recorded_at, t.recorder_id
    FROM (
        SELECT sequence, transfer_id FROM ledger_leaf WHERE sequence > %s ORDER BY sequence LIMIT %s
    ) AS leaf
    LEFT JOIN LATERAL (SELECT * FROM ledger_transfer WHERE id = leaf.transfer_id LIMIT 1) AS t ON true
    ORDER BY leaf.sequence
"""
_LATEST = "SELECT size - 1, at FROM ledger_head ORDER BY size DESC LIMIT 1"
_BEFORE = "SELECT size - 1, at FROM ledger_head WHERE at < %s ORDER BY size DESC LIMIT 1"
# Without a head, whatever there is waits to be sealed.
_STATE = """
    SELECT coalesce(head.size - 1, -1), head.at,
        EXISTS (SELECT 1 FROM ledger_transfer WHERE xid >= coalesce(head.horizon, '0'::xid8))
    FROM (SELECT 1) AS always
    LEFT JOIN (SELECT size, at, horizon FROM ledger_head ORDER BY size DESC LIMIT 1) AS head ON true
"""
_HEADS_AROUND = """
    (SELECT size, horizon::text FROM ledger_head WHERE size <= %s ORDER BY size DESC LIMIT 1)
    UNION ALL (SELECT size, horizon::text FROM ledger_head WHERE size > %s ORDER BY size LIMIT 1)
"""
_WITHIN = """
    (t.xid < %(sealed_before)s::xid8 OR (t.xid < %(sealed_below)s::xid8 AND EXISTS (
        SELECT 1 FROM ledger_leaf AS l WHERE l.transfer_id = t.id AND l.sequence <= %(sequence)s)))
"""
_HEAD_OVER = "SELECT at FROM ledger_head WHERE size > %s ORDER BY size LIMIT 1"


@dataclass(frozen=True, slots=True)
class SealedTransfer:
    """A transfer and its place in the order of sealing, from 0; `row.reversed_by` is always None."""

    sequence: int
    row: TransferRow


def sealed_after(scope: Scope, sequence: int, *, limit: int) -> tuple[SealedTransfer, ...]:
    """Give the sealed transfers after a sequence, in order and without gap.

    Parameters
    ----------
    scope : Scope
        Must reach everything: rows of all regions are given.
    sequence : int
        -1 begins with the first.
    limit : int
        At most so many.

    Raises
    ------
    AccessError
        The scope does not reach everything.
    ConflictError
        A sealed transfer is missing: somebody has tampered with the ledger.
    """
    require(scope, "audit.read")
    if not scope.everything:
        raise AccessError("audit.read")
    connections["system"].ensure_connection()
    # Values in binary: half of the time goes into reading identifiers and instants from text.
    with psycopg.Cursor(connections["system"].connection) as cursor:
        rows = cursor.execute(_AFTER, [sequence, limit], binary=True).fetchall()
    for row in rows:
        if row[1] is None:
            raise _missing(row[0])
    return tuple(SealedTransfer(row[0], TransferRow(*row[1:])) for row in rows)


def latest_sealed(scope: Scope) -> AsOf | None:
    """Give the last sealed state; None while nothing is sealed."""
    require(scope, "published.read")
    return _point(_read(_LATEST, []))


def sealed_on(scope: Scope, day: date) -> AsOf | None:
    """Give the last state sealed by the end of a day (Asia/Shanghai); None if nothing was sealed then."""
    require(scope, "published.read")
    midnight = datetime.combine(day + timedelta(days=1), time(), LOCAL_ZONE)
    return _point(_read(_BEFORE, [midnight]))


def find_as_of(scope: Scope, text: str) -> AsOf:
    """Read what somebody names as 数据截至: a sealed sequence, or a day for the last one sealed on it.

    Raises
    ------
    InputError
        It is neither, or nothing was sealed by then.
    """
    found = None
    try:
        found = (
            sealed_at(scope, int(text)) if text.isdecimal() else sealed_on(scope, date.fromisoformat(text))
        )
    except ValueError as error:
        raise _no_state(text) from error
    if found is None:
        raise _no_state(text)
    return found


def sealed_at(scope: Scope, sequence: int) -> AsOf | None:
    """Give a sequence with the instant of the first head over it; None if it is not sealed yet."""
    require(scope, "published.read")
    rows = _read(_HEAD_OVER, [sequence])
    return AsOf(sequence, rows[0][0].astimezone(UTC)) if rows else None


def state_of(cursor: CursorWrapper) -> AsOf:
    """Say until where whoever reads in this transaction reads: in one snapshot with what is read there.

    Notes
    -----
    A sealed transfer is one whose transaction lies below the horizon of the last head, so that one look into
    an index says whether there are others.
    """
    cursor.execute(_STATE)
    sequence, at, waiting = cursor.fetchone()
    if at is None or waiting:
        return AsOf(sequence, clock.now(), sealed=not waiting)
    return AsOf(sequence, at.astimezone(UTC))


def up_to(sequence: int) -> tuple[str, dict[str, Any]]:
    """Give the condition on transfers ``t`` that are sealed up to a sequence, and its parameters.

    Raises
    ------
    InputError
        ``ledger.not-sealed-yet``: the sequence lies beyond the last sealed one.

    Notes
    -----
    What a head signs are all transactions below its horizon. So only transfers that were sealed together with
    this sequence are looked up by their leaves, and none at all if it is the last one under a head.
    """
    if sequence <= BEFORE_THE_FIRST:
        return "false", {}
    heads: dict[int, str] = dict(_read(_HEADS_AROUND, [sequence, sequence]))
    above = max(heads, default=0)
    if above <= sequence:
        raise _beyond(sequence, above - 1)
    parameters: dict[str, Any] = {"sealed_below": heads[above]}
    if above == sequence + 1:
        return "t.xid < %(sealed_below)s::xid8", parameters
    below = min(heads)
    parameters |= {"sealed_before": heads[below] if below < above else "0", "sequence": sequence}
    return _WITHIN, parameters


def _point(rows: list[tuple[Any, ...]]) -> AsOf | None:
    return AsOf(rows[0][0], rows[0][1].astimezone(UTC)) if rows else None


def _no_state(text: str) -> InputError:
    return InputError(
        "ledger.as-of",
        "as_of",
        text,
        Text(
            f"数据截至“{text}”不是已封存的序号，也不是此前已有封存的日期；应写作 30142 或 2026-03-01。",
            f"“{text}” is neither a sealed sequence nor a day by which something was sealed; "
            "write 30142 or 2026-03-01.",
        ),
    )


def _beyond(sequence: int, last: int) -> InputError:
    return InputError(
        "ledger.not-sealed-yet",
        "as_of",
        sequence,
        Text(
            f"数据截至序号 {sequence} 尚未封存，最后一条是 {last}。请用不大于它的序号。",
            f"Sequence {sequence} is not sealed yet; the last one is {last}. Name one up to that.",
        ),
    )


def _missing(sequence: int) -> ConflictError:
    return ConflictError(
        "ledger.sealed-row-missing",
        Text(
            f"已封存的第 {sequence} 条流水不见了。请执行 wufei ledger verify 并报告审计。",
            f"The sealed transfer {sequence} is missing. Run wufei ledger verify and tell the auditor.",
        ),
    )


def _read(query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connections["system"].cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
