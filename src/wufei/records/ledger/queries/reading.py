"""Reads of the ledger: selections of transfers, accounts, balances, books.

Every statement restricts to the caller's scope first; row-level security then does the same again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connections

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.records.catalogue.core.groupings import members_of
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.rows import AccountRow, BookRow, Page, TransferRow
from wufei.records.ledger.core.selection import FlowSelection
from wufei.records.ledger.core.steps import PLACE_IS_TARGET
from wufei.records.ledger.queries.sealed import up_to
from wufei.runtime.access.core import Scope, require
from wufei.runtime.identity.queries import regions_under

Parameters = dict[str, Any]

# In the order of TransferRow; `page` is the selection, and only its rows look for their reversal.
_ROWS = """
    SELECT page.id, page.posting_id, page.book, page.occurred_at, page.occurred_on, page.precision,
        page.grams, page.signed_grams, page.quantity, page.unit, page.conversion, page.dry_share_ppm,
        page.step, page.stream, page.method, page.evidence, page.uncertainty_ppm, page.origin_region_id,
        page.origin_sector, page.source_account_id, page.source_kind, page.source_region_id,
        page.source_holder_id, page.source_site_id, page.target_account_id, page.target_kind,
        page.target_region_id, page.target_holder_id, page.target_site_id, page.document, page.container,
        page.amends_period, page.reverses, taken_back.reversal_id, page.recorded_at, page.recorder_id
    FROM ({page}) AS page LEFT JOIN ledger_reversal AS taken_back ON taken_back.transfer_id = page.id
    ORDER BY {order}
"""
_ACCOUNT = """
    SELECT a.id, a.book, a.kind, a.region_id, a.stream, a.origin_region_id, a.origin_sector, a.holder_id,
        a.site_id, a.ref, b.grams, f.account_id IS NOT NULL
    FROM ledger_account AS a LEFT JOIN ledger_balance AS b ON b.account_id = a.id
    LEFT JOIN ledger_finish AS f ON f.account_id = a.id
    WHERE {where} ORDER BY a.id LIMIT %(limit)s
"""
_SELECTION = """
    SELECT t.* FROM ledger_transfer AS t WHERE {where} ORDER BY t.occurred_on DESC, t.id DESC LIMIT %(limit)s
"""
_SUM = "SELECT coalesce(sum(t.signed_grams), 0), count(*) FROM ledger_transfer AS t WHERE {where}"
_ONE = "SELECT t.* FROM ledger_transfer AS t WHERE t.id = %(id)s AND {where}"
# One side at a time, because each has its own index.
_OF_ACCOUNT = """
    SELECT * FROM (
        (SELECT t.* FROM ledger_transfer AS t WHERE t.source_account_id = %(account_id)s AND {where}
            ORDER BY t.id DESC LIMIT %(limit)s)
        UNION ALL
        (SELECT t.* FROM ledger_transfer AS t WHERE t.target_account_id = %(account_id)s AND {where}
            ORDER BY t.id DESC LIMIT %(limit)s)
    ) AS both_sides ORDER BY id DESC LIMIT %(limit)s
"""
_BOUNDARY = """
    SELECT account_id, sum(grams)::bigint FROM (
        SELECT target_account_id, grams FROM ledger_transfer WHERE target_account_id = ANY(%(ids)s)
        UNION ALL
        SELECT source_account_id, -grams FROM ledger_transfer WHERE source_account_id = ANY(%(ids)s)
    ) AS moved (account_id, grams) GROUP BY account_id
"""
_BOOKS = """
    SELECT t.book, min(t.occurred_on), max(t.occurred_on), count(*) FROM ledger_transfer AS t
    WHERE {where} AND (t.origin_region_id = ANY(%(under)s) OR t.source_region_id = ANY(%(under)s)
        OR t.target_region_id = ANY(%(under)s))
    GROUP BY t.book ORDER BY t.book
"""
_VISIBLE = """
    (t.source_region_id = ANY(%(scope_regions)s) OR t.target_region_id = ANY(%(scope_regions)s)
        OR t.origin_region_id = ANY(%(scope_regions)s) OR t.source_holder_id = ANY(%(scope_parties)s)
        OR t.target_holder_id = ANY(%(scope_parties)s))
"""
_VISIBLE_ACCOUNTS = """
    (a.region_id = ANY(%(scope_regions)s) OR a.origin_region_id = ANY(%(scope_regions)s)
        OR a.holder_id = ANY(%(scope_parties)s))
"""
_LATEST_FIRST = "page.occurred_on DESC, page.id DESC"
_PLACE = (
    "CASE WHEN t.step = ANY(%(arrivals)s) THEN t.target_region_id ELSE t.source_region_id END "
    "= ANY(%(region_ids)s)"
)


def transfers(
    scope: Scope, selection: FlowSelection, *, limit: int, after: str | None = None
) -> Page[TransferRow]:
    """Give the transfers of a selection, the latest first.

    Parameters
    ----------
    scope : Scope
        Who reads.
    selection : FlowSelection
        The same that a figure was computed with.
    limit : int
        Rows of a page.
    after : str, optional
        The key that the page before ended with.
    """
    require(scope, "ledger.read")
    where, parameters = _selected(scope, selection)
    parameters["limit"] = limit + 1
    if after is not None:
        parameters["after_on"], parameters["after_id"] = _page_key(after)
        where += " AND (t.occurred_on, t.id) < (%(after_on)s, %(after_id)s)"
    page = _SELECTION.format(where=where)
    return _page(read_rows(_ROWS.format(page=page, order=_LATEST_FIRST), parameters), limit)


def sum_selection(scope: Scope, selection: FlowSelection) -> tuple[int, int]:
    """Give the net grams of a selection and the number of its rows, reversals included in both."""
    require(scope, "ledger.read")
    where, parameters = _selected(scope, selection)
    ((grams, count),) = read_rows(_SUM.format(where=where), parameters)
    return int(grams), count


def get_transfer(scope: Scope, transfer_id: UUID) -> TransferRow:
    """Give one transfer.

    Raises
    ------
    NotFoundError
        There is none with this id, or not for this person.
    """
    require(scope, "ledger.read")
    visible, parameters = _visible(scope)
    page = _ONE.format(where=visible)
    rows = read_rows(_ROWS.format(page=page, order=_LATEST_FIRST), parameters | {"id": transfer_id})
    if not rows:
        raise NotFoundError("transfer", transfer_id)
    return TransferRow(*rows[0])


def account_transfers(
    scope: Scope, account_id: int, *, limit: int, after: str | None = None
) -> Page[TransferRow]:
    """Give the transfers into and out of one account, the latest identifier first."""
    require(scope, "ledger.read")
    visible, parameters = _visible(scope)
    parameters |= {"account_id": account_id, "limit": limit + 1}
    if after is not None:
        parameters["after_id"] = _page_key(after)[1]
        visible += " AND t.id < %(after_id)s"
    page = _OF_ACCOUNT.format(where=visible)
    return _page(read_rows(_ROWS.format(page=page, order="page.id DESC"), parameters), limit)


def accounts(
    scope: Scope,
    *,
    book: str,
    region_id: int,
    kind: Kind | None = None,
    holder_id: int | None = None,
    limit: int,
    after: str | None = None,
) -> Page[AccountRow]:
    """Give the accounts of a book in a region and below it, in the order they were opened."""
    require(scope, "ledger.read")
    where, parameters = visible_accounts(scope)
    where += " AND a.book = %(book)s AND a.region_id = ANY(%(under)s)"
    parameters |= {"book": book, "under": list(regions_under(region_id)), "limit": limit + 1}
    for name, value in (("kind", kind), ("holder_id", holder_id)):
        if value is not None:
            where += f" AND a.{name} = %({name})s"
            parameters[name] = str(value) if name == "kind" else value
    if after is not None:
        where += " AND a.id > %(after)s"
        parameters["after"] = _account_number(after)
    rows = [_account(row) for row in read_rows(_ACCOUNT.format(where=where), parameters)]
    return Page(tuple(rows[:limit]), str(rows[limit - 1].id) if len(rows) > limit else None)


def get_account(scope: Scope, account_id: int) -> AccountRow:
    """Give one account.

    Raises
    ------
    NotFoundError
        There is none with this number, or not for this person.
    """
    require(scope, "ledger.read")
    where, parameters = visible_accounts(scope)
    parameters |= {"account_id": account_id, "limit": 1}
    rows = read_rows(_ACCOUNT.format(where=where + " AND a.id = %(account_id)s"), parameters)
    if not rows:
        raise NotFoundError("account", account_id)
    return _account(rows[0])


def balance(scope: Scope, account_id: int) -> int:
    """Give the grams on an account; a boundary account is summed from the transfers that the caller sees.

    Raises
    ------
    NotFoundError
        There is no such account, or not for this person.
    """
    return balances(scope, [get_account(scope, account_id)])[account_id]


def balances(scope: Scope, rows: Sequence[AccountRow]) -> dict[int, int]:
    """Give the grams on accounts by number; boundary accounts are summed in one statement."""
    require(scope, "ledger.read")
    kept = {row.id: row.balance_g or 0 for row in rows}
    boundary = [row.id for row in rows if row.balance_g is None]
    return kept | dict(read_rows(_BOUNDARY, {"ids": boundary})) if boundary else kept


def books(scope: Scope, region_id: int) -> list[BookRow]:
    """Give the books that hold transfers of a region and below it, with first and last day."""
    require(scope, "ledger.read")
    visible, parameters = _visible(scope)
    query = _BOOKS.format(where=visible)
    return [BookRow(*row) for row in read_rows(query, parameters | {"under": list(regions_under(region_id))})]


def _selected(scope: Scope, selection: FlowSelection) -> tuple[str, Parameters]:
    visible, parameters = _visible(scope)
    conditions = [
        visible,
        "t.book = %(book)s AND t.occurred_on >= %(start)s AND t.occurred_on < %(end)s",
        "t.origin_region_id = ANY(%(region_ids)s)" if selection.by == "origin" else _PLACE,
    ]
    parameters |= {
        "book": selection.book,
        "start": selection.period_start,
        "end": selection.period_end,
        "region_ids": list(selection.region_ids),
        "arrivals": [step.value for step in PLACE_IS_TARGET],
    }
    streams = selection.streams
    if not streams and selection.group:
        streams = members_of(selection.group, selection.period_start)
    if streams:
        conditions.append(
            "(t.stream, t.origin_sector) IN (SELECT * FROM unnest(%(streams)s::text[], %(sectors)s::text[]))"
        )
        parameters["streams"] = [str(stream) for stream, _ in streams]
        parameters["sectors"] = [str(sector) for _, sector in streams]
    for column, wanted in (
        ("step", selection.steps),
        ("method", selection.methods),
        ("source_kind", selection.source_kinds),
        ("target_kind", selection.target_kinds),
        ("evidence", selection.evidence),
    ):
        if wanted:
            conditions.append(f"t.{column} = ANY(%({column}_wanted)s)")
            parameters[f"{column}_wanted"] = [str(value) for value in wanted]
    if selection.as_of is not None:
        condition, named = up_to(selection.as_of)
        conditions.append(condition)
        parameters |= named
    return " AND ".join(conditions), parameters


def visible_to(scope: Scope) -> tuple[str, Parameters]:
    """Give the condition on transfers ``t`` that a scope puts, with its parameters."""
    return _visible(scope)


def read_page(selected: str, parameters: Parameters, limit: int) -> Page[TransferRow]:
    """Give the transfers of a query of whole rows, the latest day first, a page of them."""
    query = _ROWS.format(page=selected, order=_LATEST_FIRST)
    return _page(read_rows(query, parameters | {"limit": limit + 1}), limit)


def _visible(scope: Scope) -> tuple[str, Parameters]:
    return ("true", {}) if scope.everything else (_VISIBLE, _reach(scope))


def visible_accounts(scope: Scope) -> tuple[str, Parameters]:
    """Give the condition on accounts ``a`` that a scope may see, and its parameters."""
    return ("true", {}) if scope.everything else (_VISIBLE_ACCOUNTS, _reach(scope))


def _reach(scope: Scope) -> Parameters:
    return {"scope_regions": list(scope.region_ids), "scope_parties": list(scope.party_ids)}


def read_rows(query: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Run a query as the application, so that row security applies."""
    with connections["default"].cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _page(rows: list[tuple[Any, ...]], limit: int) -> Page[TransferRow]:
    found = [TransferRow(*row) for row in rows[:limit]]
    last = found[-1] if len(rows) > limit else None
    return Page(tuple(found), f"{last.occurred_on}_{last.id}" if last else None)


def _page_key(after: str) -> tuple[date, UUID]:
    on, _, number = after.partition("_")
    try:
        return date.fromisoformat(on), UUID(number)
    except ValueError as error:
        raise _bad_page(after) from error


def _account_number(after: str) -> int:
    try:
        return int(after)
    except ValueError as error:
        raise _bad_page(after) from error


def _bad_page(after: str) -> InputError:
    return InputError(
        "ledger.page-key",
        "after",
        after,
        Text(
            f"翻页标记“{after}”无效，请从第一页重新打开。",
            f"Page key “{after}” is not valid; open the first page again.",
        ),
    )


def _account(row: tuple[Any, ...]) -> AccountRow:
    number, book, kind, *rest, grams, finished = row
    return AccountRow(number, AccountKey(book, Kind(kind), *rest), grams, finished)
