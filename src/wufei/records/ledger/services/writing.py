"""Write accepted postings: few rows as VALUES, many through a temporary table and COPY."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.copy import LibpqWriter

from wufei.records.ledger.core.accounts import AccountKey, Kind, account_digest
from wufei.records.ledger.core.model import AccountState, Case
from wufei.records.ledger.core.transfers import Step, Transfer

Cursor = psycopg.Cursor[Any]
Row = tuple[Any, ...]
Table = tuple[str, tuple[str, ...]]

FEW = 20
SENT_AT_ONCE = 16 << 20
"""Bytes of COPY after which the writer waits: each wait gives the interpreter to the thread that prepares."""
_TRANSFER = (
    "id",
    "posting_id",
    "book",
    "source_account_id",
    "target_account_id",
    "source_kind",
    "source_region_id",
    "source_holder_id",
    "source_site_id",
    "target_kind",
    "target_region_id",
    "target_holder_id",
    "target_site_id",
    "stream",
    "origin_region_id",
    "origin_sector",
    "grams",
    "step",
    "method",
    "evidence",
    "occurred_at",
    "precision",
    "quantity",
    "unit",
    "conversion",
    "dry_share_ppm",
    "uncertainty_ppm",
    "document",
    "container",
    "reverses",
    "amends_period",
)
_TRANSFERS: Table = ("transfer", _TRANSFER)
_POSTINGS: Table = (
    "posting",
    ("id", "book", "content_hash", "transfers", "reason", "region_ids", "holder_ids"),
)
_FINISHES: Table = ("finish", ("account_id", "posting_id"))
_OPEN = "SELECT key, id FROM ledger_open_accounts(%s::json)"


class RivalError(Exception):
    """Another writer made one of our new accounts meanwhile; what was learnt of it is out of date."""


def write(cursor: Cursor, accepted: Sequence[Case], recorded: tuple[datetime, int | None]) -> None:
    """Write accounts, transfers, postings and finishes; the database moves the balances.

    It uses only the cursor, so that it may run in a thread of its own.

    Parameters
    ----------
    cursor : Cursor
        Inside the transaction in which they were judged.
    accepted : sequence of Case
        In order.
    recorded : (datetime, int or None)
        When, and by whom.

    Raises
    ------
    RivalError
        The caller rolls back and judges again.
    """
    if not accepted:
        return
    _open_accounts(cursor, accepted)
    # Rows are made one by one as they are sent: kept in lists they cost a third of the time in collections.
    moves = (_transfer_row(case.posting.id, *side) for case in accepted for side in case.sides)
    _insert(cursor, _TRANSFERS, moves, sum(len(case.sides) for case in accepted), recorded)
    _insert(cursor, _POSTINGS, map(_posting_row, accepted), len(accepted), recorded)
    finishes = [(state.id, case.posting.id) for case in accepted for state in case.finishes]
    if finishes:
        _insert(cursor, _FINISHES, finishes, len(finishes), recorded)


def _open_accounts(cursor: Cursor, accepted: Sequence[Case]) -> None:
    used = {state.text: state for case in accepted for state in case.states() if state.id is None}
    if not used:
        return
    # Sorted, so that two writers who make the same accounts wait for each other in one direction.
    fresh = {account_digest(text): used[text] for text in sorted(used)}
    rows = [[getattr(state.key, name) for name in AccountKey.__slots__] for state in fresh.values()]
    made = cursor.execute(_OPEN, [json.dumps(rows)], prepare=True).fetchall()
    if len(made) < len(fresh):
        raise RivalError
    for digest, number in made:
        fresh[digest].id = number


def _transfer_row(posting_id: UUID, source: AccountState, target: AccountState, transfer: Transfer) -> Row:
    # A reversal exchanges only the account ids; all other columns stay as in the transfer it takes back.
    left, entered = (target.key, source.key) if transfer.reverses else (source.key, target.key)
    origin = entered if transfer.step is Step.NEW_WASTE else left
    return (
        transfer.id,
        posting_id,
        left.book,
        source.id,
        target.id,
        left.kind.value,
        left.region_id,
        left.holder_id,
        left.site_id,
        entered.kind.value,
        entered.region_id,
        entered.holder_id,
        entered.site_id,
        entered.stream if left.kind is Kind.PROCESS else left.stream,
        origin.origin_region_id,
        origin.origin_sector,
        transfer.grams,
        transfer.step.value,
        transfer.method,
        transfer.evidence.value,
        transfer.occurred_at,
        transfer.precision.value,
        transfer.quantity,
        transfer.unit,
        transfer.conversion,
        transfer.dry_share_ppm,
        transfer.uncertainty_ppm,
        transfer.document,
        transfer.container,
        transfer.reverses,
        transfer.amends_period,
    )


def _posting_row(case: Case) -> Row:
    regions: set[int] = set()
    holders: set[int] = set()
    for source, target, _ in case.sides:
        for key in (source.key, target.key):
            regions.update((key.region_id, key.origin_region_id))
            if key.holder_id is not None:
                holders.add(key.holder_id)
    posting = case.posting
    book = case.sides[0][0].key.book
    size = len(posting.transfers)
    return posting.id, book, case.content, size, posting.reason, _array(regions), _array(holders)


def _array(numbers: set[int]) -> str:
    # Written by hand: psycopg's own dumper of lists takes several microseconds each.
    return "{" + ",".join(map(str, numbers)) + "}"


def _insert(cursor: Cursor, into_table: Table, rows: Iterable[Row], count: int, recorded: Row) -> None:
    """Insert rows in one statement, so that the triggers run once; `recorded` ends every row."""
    table, columns = into_table
    target = sql.Identifier(f"ledger_{table}")
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    into = sql.SQL("INSERT INTO {} ({}, recorded_at, recorder_id) ").format(target, names)
    if count <= FEW:
        marks = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * (len(columns) + 2)))
        values = [value for row in rows for value in (*row, *recorded)]
        statement = into + sql.SQL("VALUES ") + sql.SQL(", ").join([marks] * count)
        cursor.execute(statement, values, prepare=count == 1)
        return
    # COPY into a table with row security is refused by PostgreSQL, so the rows go through a temporary one.
    staged = sql.Identifier(f"staged_{table}")
    cursor.execute(
        sql.SQL("CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            staged, names, target
        )
    )
    cursor.execute(sql.SQL("TRUNCATE {}").format(staged))
    copying = sql.SQL("COPY {} ({}) FROM STDIN").format(staged, names)
    with cursor.copy(copying, writer=LibpqWriter(cursor, flush_threshold=SENT_AT_ONCE)) as copy:
        for row in rows:
            copy.write_row(row)
    selected = sql.SQL("SELECT {}, %s, %s FROM {}").format(names, staged)
    cursor.execute(into + selected, recorded)
