"""Keep the lots of every stock up to date with the sealed transfers."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connections

from wufei.kernel.errors import ConflictError
from wufei.records.ledger.core.lots import LOTTED, Lot, Movement, continued_lots, remaining_lots
from wufei.records.ledger.queries.sealed import SealedTransfer, sealed_after
from wufei.runtime.access.core import Scope, require
from wufei.runtime.outbox.core import Consumer, Policy
from wufei.runtime.outbox.services import advance, rewind

Moved = dict[int, list[Movement]]

BUSY_S = 0.1

_THROUGH = "SELECT account_id, through_on FROM ledger_lot_account WHERE account_id = ANY(%s)"
_TAKEN_BACK = "SELECT transfer_id FROM ledger_reversal WHERE transfer_id = ANY(%s)"
_LOTS = """
    SELECT account_id, container, in_on, grams, sequence FROM ledger_lot WHERE account_id = ANY(%s)
    ORDER BY in_on, sequence
"""
_MOVEMENTS = """
    SELECT moved.account_id, moved.id, leaf.sequence, moved.occurred_on, moved.grams, moved.container,
        moved.reverses
    FROM (
        SELECT target_account_id, id, occurred_on, grams, container, reverses FROM ledger_transfer
        WHERE target_account_id = ANY(%(ids)s)
        UNION ALL
        SELECT source_account_id, id, occurred_on, -grams, container, reverses FROM ledger_transfer
        WHERE source_account_id = ANY(%(ids)s)
    ) AS moved (account_id, id, occurred_on, grams, container, reverses)
    JOIN ledger_leaf AS leaf ON leaf.transfer_id = moved.id WHERE leaf.sequence <= %(through)s
"""
_REMOVE = "DELETE FROM ledger_lot WHERE account_id = ANY(%s)"
_INSERT = """
    INSERT INTO ledger_lot
        (account_id, container, in_on, grams, sequence, region_id, origin_region_id, holder_id)
    SELECT l.account_id, l.container, l.in_on, l.grams, l.sequence, a.region_id, a.origin_region_id,
        a.holder_id
    FROM unnest(%s::bigint[], %s::uuid[], %s::date[], %s::bigint[], %s::bigint[])
        AS l (account_id, container, in_on, grams, sequence)
    JOIN ledger_account AS a ON a.id = l.account_id
"""
_CONSUMED = """
    INSERT INTO ledger_lot_account (account_id, through_on)
    SELECT * FROM unnest(%s::bigint[], %s::date[])
    ON CONFLICT (account_id) DO UPDATE
        SET through_on = greatest(ledger_lot_account.through_on, excluded.through_on)
"""


def keep_lots(events: Sequence[SealedTransfer]) -> None:
    """Carry sealed transfers, in order, into the lots of the stocks they touch.

    Notes
    -----
    Later movements continue the lots that are there. A late one, or one that takes back or was taken back,
    makes the lots of its account anew, from all that is sealed up to the last of these events.
    """
    if not events:
        return
    moved = _moved(events)
    through = _consumed(moved)
    fresh = {account: moved[account] for account in moved if account not in through}
    disturbed = _disturbed({account: moved[account] for account in through}, through)
    in_order = [account for account in through if account not in disturbed]
    lots = {account: remaining_lots(movements) for account, movements in fresh.items()}
    before = _kept_lots(in_order)
    lots |= {account: continued_lots(before.get(account, ()), moved[account]) for account in in_order}
    again = _all_movements(disturbed, events[-1].sequence)
    lots |= {account: remaining_lots(movements) for account, movements in again.items()}
    _write(lots, moved)


def rebuild_lots(scope: Scope, *, now: datetime) -> int:
    """Forget all lots and make them again from the first sealed transfer; give how many were read."""
    require(scope, "audit.read")
    rewind(LOTS, forget=_forget, now=now)
    return follow_lots(scope, now=now)


def follow_lots(scope: Scope, *, now: datetime) -> int:
    """Bring the lots up to the last sealed transfer; give how many transfers this call has read.

    Raises
    ------
    ConflictError
        ``outbox.stopped``: a transfer cannot be handled; the message says why.
    """
    require(scope, "audit.read")
    handled = 0
    while True:
        done = advance(LOTS, now=now)
        handled += done.handled
        if done.stopped is not None:
            raise ConflictError("outbox.stopped", done.stopped.message)
        if done.busy:
            # A worker is at it: what it has done need not be done here.
            time.sleep(BUSY_S)
        elif not done.more:
            return handled


def _read(sequence: int, limit: int) -> tuple[SealedTransfer, ...]:
    return sealed_after(Scope.operator(), sequence, limit=limit)


LOTS: Consumer[SealedTransfer] = Consumer("lots", _read, keep_lots, Policy.STOP, batch=5000)
"""Stops at what it cannot handle: lots with a gap would be wrong without showing it."""


def _moved(events: Sequence[SealedTransfer]) -> Moved:
    """Give what events did to the accounts that have lots."""
    moved: Moved = {}
    for event in events:
        row = event.row
        kinds = (row.source_kind, row.target_kind)
        # A reversal has its accounts exchanged, while the kinds are still those of its original.
        source_kind, target_kind = kinds if row.reverses is None else kinds[::-1]
        sides = (
            (row.source_account_id, source_kind, -row.grams),
            (row.target_account_id, target_kind, row.grams),
        )
        for account_id, kind, grams in sides:
            if kind in LOTTED:
                movement = Movement(
                    row.id, event.sequence, row.occurred_on, grams, row.container, row.reverses
                )
                moved.setdefault(account_id, []).append(movement)
    return moved


def _disturbed(moved: Mapping[int, Sequence[Movement]], through: Mapping[int, date]) -> set[int]:
    """Find the accounts whose lots cannot simply be continued."""
    # Within a batch the order of sealing is any, so that a reversal may come before its original.
    taken_back = {row[0] for row in _rows(_TAKEN_BACK, [[one.id for each in moved.values() for one in each]])}
    return {
        account
        for account, movements in moved.items()
        if any(
            one.occurred_on < through[account] or one.reverses is not None or one.id in taken_back
            for one in movements
        )
    }


def _consumed(accounts: Collection[int]) -> dict[int, date]:
    return dict(_rows(_THROUGH, [list(accounts)]))


def _kept_lots(accounts: Collection[int]) -> dict[int, list[Lot]]:
    lots: dict[int, list[Lot]] = {}
    for account_id, *lot in _rows(_LOTS, [list(accounts)]):
        lots.setdefault(account_id, []).append(Lot(*lot))
    return lots


def _all_movements(accounts: Collection[int], through: int) -> Moved:
    moved: Moved = {}
    if accounts:
        for account_id, *rest in _rows(_MOVEMENTS, {"ids": list(accounts), "through": through}):
            moved.setdefault(account_id, []).append(Movement(*rest))
    return moved


def _write(lots: Mapping[int, Sequence[Lot]], moved: Mapping[int, Sequence[Movement]]) -> None:
    rows = [
        (account, lot.container, lot.in_on, lot.grams, lot.sequence)
        for account, each in lots.items()
        for lot in each
    ]
    last = [max(one.occurred_on for one in each) for each in moved.values()]
    with connections["system"].cursor() as cursor:
        cursor.execute(_REMOVE, [list(lots)])
        if rows:
            cursor.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])
        cursor.execute(_CONSUMED, [list(moved), last])


def _forget() -> None:
    with connections["system"].cursor() as cursor:
        cursor.execute("DELETE FROM ledger_lot")
        cursor.execute("DELETE FROM ledger_lot_account")


def _rows(query: str, parameters: Any) -> Iterator[tuple[Any, ...]]:
    with connections["system"].cursor() as cursor:
        cursor.execute(query, parameters)
        yield from cursor.fetchall()
