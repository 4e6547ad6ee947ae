"""Single postings against their statements by hand, and many writers. Import it once Django is ready."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from multiprocessing.synchronize import Barrier
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql

from benchmarks.districts import GRAMS, STREAMS, make_places
from benchmarks.table import Result, at_least
from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import AccountKey, Kind, account_digest, account_text
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer, content_hash, single
from wufei.records.ledger.services import post
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now

WRITERS = 16
PAIRS = 5
BOOK = "scenario:writers"
_SETTINGS = "SELECT set_config('wufei.everything', 'on', true), set_config('wufei.regions', '{}', true)"
_LOCK = "SELECT key, id, grams, strict, finished FROM ledger_lock_accounts(%s::uuid[])"
_TAKEN = "SELECT ledger_taken_ids(%s::uuid[])"
_CLOSED = "SELECT * FROM ledger_closing WHERE book = %s AND start_on <= %s AND end_on > %s"
_RECENT = "SELECT account_id, step, grams FROM ledger_recent_masses(%s, %s, %s, %s)"
_TRANSFER = """
    INSERT INTO ledger_transfer (id, posting_id, book, source_account_id, target_account_id, source_kind,
        source_region_id, target_kind, target_region_id, target_holder_id, stream, origin_region_id,
        origin_sector, grams, step, method, evidence, occurred_at, precision, quantity, unit, conversion,
        uncertainty_ppm, document, amends_period, recorded_at)
    VALUES ({})
"""
_POSTING = """
    INSERT INTO ledger_posting
        (id, book, content_hash, transfers, reason, region_ids, holder_ids, recorded_at)
    VALUES ({})
"""


def measure(postings: int) -> list[Result]:
    """Post singly by the service and by hand in turn, then sixteen at once on one place and on many.

    Parameters
    ----------
    postings : int
        Of one run of one writer; sixteen writers share as many.
    """
    places = make_places()
    return [_singly(places, postings), _together(places, postings)]


def _singly(places: Sequence[tuple[int, list[int]]], postings: int) -> Result:
    region, holders = places[0]
    stock = _stock(region, holders[0], 0)
    # The accounts are there, and usual masses, before anything is measured.
    _post(stock, 60)
    pairs = [
        (_timed(partial(_post, stock, postings)), _timed(partial(_by_hand, stock, postings)))
        for _ in range(PAIRS)
    ]
    ratios = [hand / ours for ours, hand in pairs]
    rates = [postings / statistics.median(column) for column in zip(*pairs, strict=True)]
    detail = (
        f"{rates[0]:,.0f}/s; by hand {rates[1]:,.0f}/s; {PAIRS} pairs {min(ratios):.2f}-{max(ratios):.2f}"
    )
    return at_least("single posting / its statements by hand", statistics.median(ratios), 0.6, detail)


def _together(places: Sequence[tuple[int, list[int]]], postings: int) -> Result:
    region, holders = places[1]
    one = [_stock(region, holders[number], 0) for number in range(WRITERS)]
    many = [_stock(places[number + 2][0], places[number + 2][1][0], number) for number in range(WRITERS)]
    for stock in (*one, *many):
        _post(stock, 1)
    connections.close_all()
    share = max(postings // WRITERS, 10)
    pairs = [(_at_once(one, share), _at_once(many, share)) for _ in range(PAIRS)]
    ratios = [apart / same for same, apart in pairs]
    rates = [share * WRITERS / statistics.median(column) for column in zip(*pairs, strict=True)]
    detail = (
        f"{rates[0]:,.0f}/s on one stream and region, {rates[1]:,.0f}/s on {WRITERS}; "
        f"{PAIRS} pairs {min(ratios):.2f}-{max(ratios):.2f}"
    )
    return at_least(f"{WRITERS} writers on one place / on {WRITERS}", statistics.median(ratios), 0.8, detail)


def _at_once(stocks: Sequence[AccountKey], share: int) -> float:
    """Seconds in which one process for each stock posts its share."""
    context = multiprocessing.get_context("fork")
    ready, done = context.Barrier(len(stocks) + 1), context.Barrier(len(stocks) + 1)
    writers = [context.Process(target=_write, args=(stock, share, ready, done)) for stock in stocks]
    for writer in writers:
        writer.start()
    ready.wait(60)
    started = time.perf_counter()
    done.wait(120)
    elapsed_s = time.perf_counter() - started
    for writer in writers:
        writer.join(60)
    return elapsed_s


def _write(stock: AccountKey, share: int, ready: Barrier, done: Barrier) -> None:
    _post(stock, 1)
    ready.wait(60)
    _post(stock, share)
    done.wait(120)
    connections.close_all()


def _stock(region_id: int, holder_id: int, stream: int) -> AccountKey:
    code, sector, _ = STREAMS[stream % len(STREAMS)]
    return AccountKey(BOOK, Kind.STOCK, region_id, code, region_id, sector, holder_id=holder_id)


def _made(stock: AccountKey, at: datetime) -> Posting:
    origin = replace(stock, kind=Kind.ORIGIN, holder_id=None)
    known = (Precision.DAY, Decimal(1), "t", Evidence.SCALE)
    return single(Transfer(new_id(at), origin, stock, GRAMS, Step.GENERATE, at, *known))


def _post(stock: AccountKey, count: int) -> None:
    scope = Scope.operator()
    for _ in range(count):
        at = now()
        if post(scope, _made(stock, at), now=at).outcome != "posted":
            raise RuntimeError("a posting was refused")


def _by_hand(stock: AccountKey, count: int) -> None:
    connections["default"].ensure_connection()
    connection = connections["default"].connection
    for _ in range(count):
        at = now()
        posting = _made(stock, at)
        with connection.transaction(), psycopg.Cursor(connection) as cursor:
            _statements(cursor, posting, at)


def _statements(cursor: psycopg.Cursor[Any], posting: Posting, at: datetime) -> None:
    """What a posting of one transfer between known accounts asks and writes, without a model around it."""
    (one,) = posting.transfers
    source, target = one.source, one.target
    keys = {account_digest(account_text(key)): key for key in (source, target)}
    cursor.execute(_SETTINGS, prepare=True)
    found = cursor.execute(_LOCK, [list(keys)], prepare=True).fetchall()
    numbers = {keys[digest]: number for digest, number, *_ in found}
    cursor.execute(_TAKEN, [[posting.id]], prepare=True).fetchall()
    cursor.execute(_CLOSED, [source.book, at.date(), at.date()], prepare=True).fetchall()
    cursor.execute(_RECENT, [[numbers[target]], ["generate"], True, 50], prepare=True).fetchall()
    values = [
        *(one.id, posting.id, source.book, numbers[source], numbers[target], "origin", source.region_id),
        *("stock", target.region_id, target.holder_id, source.stream, source.origin_region_id),
        *(source.origin_sector, one.grams, "generate", "", "scale", one.occurred_at, "day", one.quantity),
        *(one.unit, "", 0, "", "", at),
    ]
    cursor.execute(_with_marks(_TRANSFER, values), values, prepare=True)
    regions, holders = [source.region_id], [target.holder_id]
    row = [posting.id, source.book, content_hash(posting), 1, "", regions, holders, at]
    cursor.execute(_with_marks(_POSTING, row), row, prepare=True)


def _with_marks(statement: str, values: Sequence[object]) -> sql.Composed:
    return sql.SQL(statement).format(sql.SQL(", ").join([sql.Placeholder()] * len(values)))


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
