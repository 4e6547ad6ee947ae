"""Sealed transfers in their order, for whoever follows the ledger, and which sequence stands for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connections

from wufei.kernel.errors import AccessError, ConflictError
from wufei.kernel.text import Text
from wufei.records.ledger.core.rows import TransferRow
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
_HEAD_OVER = "SELECT at FROM ledger_head WHERE size > %s ORDER BY size LIMIT 1"


@dataclass(frozen=True, slots=True)
class SealedTransfer:
    """A transfer and its place in the order of sealing, from 0; `row.reversed_by` is always None."""

    sequence: int
    row: TransferRow


@dataclass(frozen=True, slots=True)
class SealedPoint:
    """A state of the ledger: all transfers up to a sequence, and when the head over it was signed."""

    sequence: int
    at: datetime


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
    rows = _read(_AFTER, [sequence, limit])
    for row in rows:
        if row[1] is None:
            raise _missing(row[0])
    return tuple(SealedTransfer(row[0], TransferRow(*row[1:])) for row in rows)


def latest_sealed(scope: Scope) -> SealedPoint | None:
    """Give the last sealed state; None while nothing is sealed."""
    require(scope, "published.read")
    return _point(_read(_LATEST, []))


def sealed_on(scope: Scope, day: date) -> SealedPoint | None:
    """Give the last state sealed by the end of a day (Asia/Shanghai); None if nothing was sealed then."""
    require(scope, "published.read")
    midnight = datetime.combine(day + timedelta(days=1), time(), LOCAL_ZONE)
    return _point(_read(_BEFORE, [midnight]))


def sealed_at(scope: Scope, sequence: int) -> SealedPoint | None:
    """Give a sequence with the instant of the first head over it; None if it is not sealed yet."""
    require(scope, "published.read")
    rows = _read(_HEAD_OVER, [sequence])
    return SealedPoint(sequence, rows[0][0].astimezone(UTC)) if rows else None


def _point(rows: list[tuple[Any, ...]]) -> SealedPoint | None:
    return SealedPoint(rows[0][0], rows[0][1].astimezone(UTC)) if rows else None


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
