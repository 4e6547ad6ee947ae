"""Carry out what a person said about pools: lock them, work out the shares, post, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from psycopg import errors

from wufei.kernel.errors import ConflictError, ExternalError
from wufei.kernel.findings import Finding
from wufei.kernel.ids import id_within
from wufei.kernel.text import Text
from wufei.records.ledger.core.accounts import AccountKey, Kind, account_digest, account_text
from wufei.records.ledger.core.intents import Draft, Held, Intent, build, says_same
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.pools import Origin, Pool, pool_of
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.transfers import Posting, Transfer, content_hash
from wufei.records.ledger.services.knowledge import read_transfers
from wufei.records.ledger.services.posting import post
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session

Cursor = psycopg.Cursor[Any]
Remark = Callable[[Draft], tuple[Finding, ...]]

_ATTEMPTS = 4
_OWNED = frozenset({Kind.STOCK, Kind.PROCESS, Kind.DUMPED})
_RESERVE = "SELECT * FROM ledger_reserve_pools(%s, %s, %s::bigint[], %s, %s::bigint[], %s::bigint[], %s)"
_LOCK = "SELECT key, id, grams, strict FROM ledger_lock_accounts(%s::uuid[])"
_TAKEN = "SELECT ledger_taken_ids(ARRAY[%s::uuid])"
_SIZE = "SELECT transfers FROM ledger_posting WHERE id = %s"
_SAME = "SELECT same FROM ledger_same_postings(ARRAY[%s::uuid], ARRAY[%s::bytea])"


@dataclass(frozen=True, slots=True)
class Locked:
    """An account whose balance nobody else moves until this transaction ends; boundaries have no balance."""

    id: int
    grams: int
    strict: bool


def fulfil(scope: Scope, intent: Intent, *, now: datetime, remark: Remark | None = None) -> Receipt:
    """Post what was said, by the shares that the balances give under lock.

    Parameters
    ----------
    scope : Scope
        Who writes.
    intent : Intent
        What was said. The same again, under the same identifier, changes nothing, however balances moved.
    now : datetime
        The clock of the server.
    remark : callable, optional
        Gives warnings about the draft, to be told with ``posted``.

    Raises
    ------
    AccessError
        The role may not post, or not from these pools.
    ConflictError
        The identifier is recorded with other content.
    ExternalError
        Other writers were quicker several times; trying again may help.
    """
    require(scope, "ledger.post")
    # Asked before anything is locked or told: a Finding of a shortage names the balance.
    for pool in intent.pools():
        if pool.kind in _OWNED:
            require(scope, "ledger.post", region_id=pool.region_id, party_id=pool.holder_id)

    def attempt() -> Receipt:
        with session(scope):
            return _fulfil(scope, intent, now, remark)

    return despite_deadlocks(attempt)


def despite_deadlocks(attempt: Callable[[], Receipt]) -> Receipt:
    """Repeat what the database gave up because two writers waited for each other."""
    upset: Exception | None = None
    for _ in range(_ATTEMPTS):
        try:
            return attempt()
        except errors.DeadlockDetected as error:
            upset = error
    raise ExternalError(
        "ledger.busy",
        Text("同时记账的人太多，请稍后重试。", "Too many writers at once; please try again shortly."),
    ) from upset


def reserve(cursor: Cursor, pools: Sequence[Pool]) -> tuple[set[Origin], frozenset[Pool]]:
    """Reserve legs and runs, and give the origins that the pools hold and which pools are finished."""
    columns = (
        [pool.book for pool in pools],
        [str(pool.kind) for pool in pools],
        [pool.region_id for pool in pools],
        [pool.stream for pool in pools],
        [pool.holder_id for pool in pools],
        [pool.site_id for pool in pools],
        [pool.ref for pool in pools],
    )
    rows = cursor.execute(_RESERVE, columns).fetchall()
    origins = {Origin(region_id, sector) for _, region_id, sector, _ in rows}
    return origins, frozenset(pools[number - 1] for number, _, _, finished in rows if finished)


def lock(cursor: Cursor, keys: set[AccountKey]) -> dict[AccountKey, Locked]:
    """Lock the balances of accounts in account order, and give those that exist."""
    by_digest = {account_digest(account_text(key)): key for key in keys}
    rows = cursor.execute(_LOCK, [list(by_digest)]).fetchall()
    return {
        by_digest[key]: Locked(number, grams or 0, strict is not False) for key, number, grams, strict in rows
    }


def is_taken(cursor: Cursor, posting_id: UUID) -> bool:
    """Say whether an identifier is recorded, whoever recorded it; ask only once the locks are held."""
    return cursor.execute(_TAKEN, [posting_id]).fetchone() is not None


def stored_transfers(cursor: Cursor, posting_id: UUID) -> list[Transfer]:
    """Read the transfers that a door posted under an identifier; none unless the caller sees them all."""
    size = cursor.execute(_SIZE, [posting_id]).fetchone()
    ids = [id_within(posting_id, ordinal) for ordinal in range(size[0])] if size else []
    stored = read_transfers(cursor, ids)
    return [stored[number] for number in ids] if len(stored) == len(ids) else []


def conflict(posting_id: UUID) -> ConflictError:
    """Give the error for an identifier that is recorded with other content, which it does not tell."""
    told = finding("id-with-other-content", "id", posting_id)
    return ConflictError(told.code, told.message)


def _fulfil(scope: Scope, intent: Intent, now: datetime, remark: Remark | None) -> Receipt:
    posting_id = intent.event.id
    with psycopg.Cursor(connections["default"].connection) as cursor:
        held = _hold(cursor, intent)
        if is_taken(cursor, posting_id):
            if _is_recorded(cursor, intent, held):
                return Receipt(posting_id, "repeated")
            raise conflict(posting_id)
    draft = build(intent, held)
    if draft.posting is None:
        return Receipt(posting_id, "refused", draft.findings)
    receipt = post(scope, draft.posting, now=now)
    if receipt.outcome == "posted" and remark is not None:
        return Receipt(posting_id, "posted", remark(draft) + receipt.findings)
    return receipt


def _hold(cursor: Cursor, intent: Intent) -> Held:
    origins, finished = reserve(cursor, intent.pools())
    known = lock(cursor, intent.accounts(origins))
    tolerant = frozenset(pool_of(key) for key, one in known.items() if not one.strict)
    return Held({key: one.grams for key, one in known.items()}, finished, tolerant)


def _is_recorded(cursor: Cursor, intent: Intent, held: Held) -> bool:
    stored = stored_transfers(cursor, intent.event.id)
    if not stored or not says_same(intent, stored):
        return False
    # The hash of the record also tells whether it finished the leg or run.
    finishes = tuple(held.of(intent.finishes)) if intent.finishes else ()
    content = content_hash(Posting(intent.event.id, tuple(stored), finishes))
    same = cursor.execute(_SAME, [intent.event.id, content]).fetchone()
    return same is not None and bool(same[0])
