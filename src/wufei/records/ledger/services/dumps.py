"""Dumps: found, cleared, attributed; generated once, whatever the order."""

from __future__ import annotations

from datetime import datetime

import psycopg
from django.db import connections

from wufei.records.ledger.core import dumps
from wufei.records.ledger.core.accounts import AccountKey
from wufei.records.ledger.core.amounts import Amount
from wufei.records.ledger.core.dumps import Dump
from wufei.records.ledger.core.intents import Event
from wufei.records.ledger.core.pools import Leg, Origin, pool_of
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.services.pools import Cursor, despite_deadlocks, fulfil, is_taken, lock, reserve
from wufei.records.ledger.services.posting import post
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session

_BOUNDARY = """
    SELECT coalesce(sum(moved.grams), 0) FROM (
        SELECT grams FROM ledger_transfer WHERE source_account_id = %(id)s
        UNION ALL SELECT -grams FROM ledger_transfer WHERE target_account_id = %(id)s) AS moved (grams)
"""


def find_dump(
    scope: Scope,
    *,
    event: Event,
    dump: Dump,
    amount: Amount,
    traced_to: AccountKey | None = None,
    now: datetime,
) -> Receipt:
    """Record that a dump was found.

    Parameters
    ----------
    scope : Scope
        Who writes, for the region where it lies.
    event : Event
        When, how it is known, and the identifier; the same call again is ``repeated``.
    amount : Amount
        Mass of the heap; usually estimated.
    traced_to : AccountKey, optional
        The loss or weighing difference that it turned out to be; by default nobody knows who made it.
    now : datetime
        The clock of the server.

    Raises
    ------
    AccessError
        The role may not post, or not in this region.
    ConflictError
        The identifier is recorded with other content.
    """
    require(scope, "ledger.post", region_id=dump.region_id)
    findings = dumps.trace_findings(traced_to)
    if findings:
        return Receipt(event.id, "refused", findings)
    return post(scope, dumps.found(event, dump, amount, traced_to), now=now)


def clear_dump(scope: Scope, *, event: Event, dump: Dump, leg: Leg, amount: Amount, now: datetime) -> Receipt:
    """Load some of a dump, or all of it, onto a leg; parameters and errors as in `find_dump`."""
    return fulfil(scope, dumps.cleared(event, dump, leg, amount), now=now)


def attribute_dump(
    scope: Scope, *, event: Event, dump: Dump, culprit: Origin, amount: Amount, now: datetime
) -> Receipt:
    """Record who made dumped waste, which generates it; whether it was cleared or treated does not matter.

    Parameters
    ----------
    scope : Scope
        Who writes, for the region where the dump was found.
    culprit : Origin
        Region and sector of whoever made it.
    amount : Amount
        Of what stands unattributed there; more is ``refused`` with ``ledger.dump-overattributed``.

    Raises
    ------
    AccessError, ConflictError
        As in `find_dump`.
    """
    require(scope, "ledger.post", region_id=dump.region_id)
    posting = dumps.attributed(event, dump, culprit, amount)

    def attempt() -> Receipt:
        with session(scope):
            with psycopg.Cursor(connections["default"].connection) as cursor:
                open_g = _unattributed_g(cursor, dump.unattributed)
                findings = () if is_taken(cursor, event.id) else dumps.attribution_findings(amount, open_g)
            if findings:
                return Receipt(event.id, "refused", findings)
            return post(scope, posting, now=now)

    return despite_deadlocks(attempt)


def _unattributed_g(cursor: Cursor, key: AccountKey) -> int:
    # A boundary account has no balance row to lock, so its pool is reserved instead.
    reserve(cursor, [pool_of(key)])
    known = lock(cursor, {key})
    if key not in known:
        return 0
    found = cursor.execute(_BOUNDARY, {"id": known[key].id}).fetchone()
    return int(found[0]) if found else 0
