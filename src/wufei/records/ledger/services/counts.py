"""Openings and stocktakes of a stock."""

from __future__ import annotations

from datetime import datetime

import psycopg
from django.db import connections

from wufei.kernel.errors import ConflictError
from wufei.kernel.findings import has_error
from wufei.records.ledger.core import counts
from wufei.records.ledger.core.accounts import AccountKey
from wufei.records.ledger.core.amounts import Amount
from wufei.records.ledger.core.intents import Event
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.services.pools import conflict, despite_deadlocks, is_taken, lock, stored_transfers
from wufei.records.ledger.services.posting import post
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session


def open_stock(scope: Scope, *, event: Event, account: AccountKey, amount: Amount, now: datetime) -> Receipt:
    """期初: record what a stock held when its book began.

    Parameters
    ----------
    scope : Scope
        Who writes, for the holder or its region.
    event : Event
        When, how it is known, and the identifier; the same call again is ``repeated``.
    account, amount : AccountKey, Amount
        The stock, of one origin, and what it held.
    now : datetime
        The clock of the server.

    Raises
    ------
    AccessError
        The role may not post, or not on this stock.
    ConflictError
        The identifier is recorded with other content.
    """
    return post(scope, counts.opening(event, account, amount), now=now)


def stocktake(
    scope: Scope,
    account: AccountKey,
    counted_g: int,
    *,
    event: Event,
    book_g: int | None = None,
    now: datetime,
) -> Receipt:
    """盘点: post the signed difference between a count and the book.

    Parameters
    ----------
    scope : Scope
        Who writes, for the holder or its region.
    account : AccountKey
        The stock, of one origin.
    counted_g : int
        Grams counted, >= 0.
    event : Event
        When, how it is known, and the identifier; the same call again is ``repeated``.
    book_g : int, optional
        Grams that the book showed to whoever counted. Give it where you can: mass that moved between the
        count and this call is then not taken for a difference.
    now : datetime
        The clock of the server.

    Returns
    -------
    Receipt
        ``posted`` with the note ``ledger.stocktake-agrees`` and no transfer where count and book agree.

    Raises
    ------
    AccessError
        The role may not post, or not on this stock.
    ConflictError
        The book no longer holds `book_g`, or the identifier is recorded with other content.
    """
    require(scope, "ledger.post", region_id=account.region_id, party_id=account.holder_id)

    def attempt() -> Receipt:
        with session(scope):
            return _stocktake(scope, account, (counted_g, book_g), event, now)

    return despite_deadlocks(attempt)


def _stocktake(
    scope: Scope, account: AccountKey, said: tuple[int, int | None], event: Event, now: datetime
) -> Receipt:
    counted_g, book_g = said
    with psycopg.Cursor(connections["default"].connection) as cursor:
        known = lock(cursor, {account}).get(account)
        held_g = known.grams if known else 0
        if is_taken(cursor, event.id):
            gap_g = None if book_g is None else counted_g - book_g
            if counts.counts_same(event, account, gap_g, stored_transfers(cursor, event.id)):
                return Receipt(event.id, "repeated")
            raise conflict(event.id)
    if book_g is not None and book_g != held_g:
        moved = finding("balance-moved", "book_g", held_g, book=book_g)
        raise ConflictError(moved.code, moved.message)
    draft = counts.counted(event, account, counted_g, held_g)
    if draft.posting is None:
        return Receipt(event.id, "refused" if has_error(draft.findings) else "posted", draft.findings)
    return post(scope, draft.posting, now=now)
