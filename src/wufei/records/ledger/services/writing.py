"""Write accepted postings: few rows as VALUES, many through a temporary table and COPY.

What of a row does not depend on the numbers of its accounts is made ready beforehand, so that a bulk load can
do it for the next chunk while the server works on this one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
Recorded = tuple[datetime, int | None]

FEW = 20
NOTHING = "\x02"
"""Stands for NULL in COPY: no text of a posting may hold a control character."""
SENT_AT_ONCE = 16 << 20
"""Bytes of COPY after which the writer waits: each wait gives the interpreter to the thread that prepares."""
_TRANSFER = (
    "source_account_id",
    "target_account_id",
    "id",
    "posting_id",
    "book",
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


@dataclass(frozen=True, slots=True)
class Ready:
    """A case and its rows, all but the two account numbers that each transfer begins with."""

    case: Case
    transfers: tuple[Row, ...]
    posting: Row


@dataclass(frozen=True, slots=True)
class ReadyText:
    """The same, in the form of COPY."""

    case: Case
    transfers: tuple[str, ...]
    posting: str


def ready(case: Case) -> Ready:
    """Make the rows of a case ready."""
    rows = tuple([_transfer_row(case.posting.id, *side) for side in case.sides])
    return Ready(case, rows, _posting_row(case))


def ready_text(case: Case) -> ReadyText | None:
    """Make the rows of a case ready for COPY; None for one that is refused by itself."""
    if case.findings:
        return None
    rows = ready(case)
    return ReadyText(case, tuple([_line(row) for row in rows.transfers]), _line(rows.posting))


def write(cursor: Cursor, case: Case, recorded: Recorded) -> None:
    """Write one posting; the database moves the balances.

    Parameters
    ----------
    cursor : Cursor
        Inside the transaction in which it was judged.
    case : Case
        As it was accepted.
    recorded : (datetime, int or None)
        When, and by whom.

    Raises
    ------
    RivalError
        The caller rolls back and judges again.
    """
    _open_accounts(cursor, [case])
    rows = ready(case)
    sides = zip(case.sides, rows.transfers, strict=True)
    _insert(
        cursor, _TRANSFERS, [(source.id, target.id, *row) for (source, target, _), row in sides], recorded
    )
    _insert(cursor, _POSTINGS, [rows.posting], recorded)
    _finish(cursor, [case], recorded)


def write_many(cursor: Cursor, accepted: Sequence[ReadyText], recorded: Recorded) -> None:
    """Write many postings like `write`; it uses only the cursor, so it may run in a thread of its own."""
    if not accepted:
        return
    cases = [one.case for one in accepted]
    _open_accounts(cursor, cases)
    lines = [
        f"{source.id}\t{target.id}\t{line}"
        for one in accepted
        for (source, target, _), line in zip(one.case.sides, one.transfers, strict=True)
    ]
    _copy(cursor, _TRANSFERS, lines, recorded)
    _copy(cursor, _POSTINGS, [one.posting for one in accepted], recorded)
    _finish(cursor, cases, recorded)


def _finish(cursor: Cursor, cases: Sequence[Case], recorded: Recorded) -> None:
    finishes = [(state.id, case.posting.id) for case in cases for state in case.finishes]
    for start in range(0, len(finishes), FEW):
        _insert(cursor, _FINISHES, finishes[start : start + FEW], recorded)


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


def _insert(cursor: Cursor, into_table: Table, rows: Sequence[Row], recorded: Recorded) -> None:
    """Insert rows in one statement, so that the triggers run once; `recorded` ends every row."""
    _, columns = into_table
    marks = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * (len(columns) + 2)))
    values = [value for row in rows for value in (*row, *recorded)]
    statement = _into(into_table) + sql.SQL("VALUES ") + sql.SQL(", ").join([marks] * len(rows))
    cursor.execute(statement, values, prepare=len(rows) == 1)


def _copy(cursor: Cursor, into_table: Table, lines: Sequence[str], recorded: Recorded) -> None:
    """Insert lines of COPY in one statement; into a table with row security only a detour is allowed."""
    table, columns = into_table
    staged, names = sql.Identifier(f"staged_{table}"), _names(columns)
    cursor.execute(
        sql.SQL("CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            staged, names, sql.Identifier(f"ledger_{table}")
        )
    )
    cursor.execute(sql.SQL("TRUNCATE {}").format(staged))
    copying = sql.SQL("COPY {} ({}) FROM STDIN WITH (NULL {})").format(staged, names, sql.Literal(NOTHING))
    with cursor.copy(copying, writer=LibpqWriter(cursor, flush_threshold=SENT_AT_ONCE)) as copy:
        copy.write("\n".join(lines))
    cursor.execute(_into(into_table) + sql.SQL("SELECT {}, %s, %s FROM {}").format(names, staged), recorded)


def _into(into_table: Table) -> sql.Composed:
    table, columns = into_table
    return sql.SQL("INSERT INTO {} ({}, recorded_at, recorder_id) ").format(
        sql.Identifier(f"ledger_{table}"), _names(columns)
    )


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _line(row: Row) -> str:
    """Write a row in the form of COPY; texts were checked to hold no control characters."""
    # Codes that are an Enum would print their name if they were formatted: `str` says their value.
    line = "\t".join([one if type(one) is str else _AS_TEXT.get(type(one), str)(one) for one in row])
    return line.replace("\\", "\\\\") if "\\" in line else line


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: NOTHING,
    int: int.__repr__,
    UUID: lambda number: f"{number.int:032x}",
    datetime: datetime.isoformat,
    bytes: lambda data: f"\\x{data.hex()}",
}
