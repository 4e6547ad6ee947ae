"""The one grouped read of the ledger that all figures of a period come from.

Reads as `wufei_system`, which sees every row: whoever calls restricts what is handed out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db import connections, transaction

from wufei.kernel.period import Period
from wufei.measures.cube.core.cells import CellRow, Cells, cells_of
from wufei.records.ledger.core.rows import BookRow
from wufei.records.ledger.core.steps import PLACE_IS_TARGET
from wufei.records.ledger.queries.sealed import state_of, up_to

_PLACE = "CASE WHEN t.step = ANY(%(arrivals)s) THEN t.target_region_id ELSE t.source_region_id END"

# Variances need the sum of squared grams for each uncertainty. Uncertainties come from a few classes of
# evidence, so grouping by them makes few more groups and spares the arithmetic on every row. Squares of
# masses below 3,000 t fit 64 bits, where PostgreSQL adds without slow numerics; both sums are exact.
_SQUARES = """
    coalesce(sum(CASE WHEN t.grams < 3000000000 THEN t.grams * t.grams END), 0)
    + coalesce(sum(CASE WHEN t.grams >= 3000000000 THEN t.grams::numeric * t.grams END), 0)
"""
_CELLS = """
    SELECT {book}, {month}, t.source_region_id, t.target_region_id, t.origin_region_id, t.stream,
        t.origin_sector, t.step, t.method, t.evidence, sum(t.signed_grams)::bigint, count(*),
        t.uncertainty_ppm, {squares}
    FROM ledger_transfer AS t WHERE {where} GROUP BY {keys}
"""
_IN_PARALLEL = (
    "SELECT set_config('parallel_setup_cost', '100', true), set_config('parallel_tuple_cost', '0.01', true)"
)
_BOOKS = """
    SELECT t.book, min(t.occurred_on), max(t.occurred_on), count(*) FROM ledger_transfer AS t
    WHERE t.origin_region_id = ANY(%(regions)s) OR t.source_region_id = ANY(%(regions)s)
        OR t.target_region_id = ANY(%(regions)s)
    GROUP BY t.book ORDER BY t.book
"""
_KEYS = (
    "t.origin_region_id",
    "t.source_region_id",
    "t.target_region_id",
    "t.stream",
    "t.origin_sector",
    "t.step",
    "t.method",
    "t.evidence",
    "t.uncertainty_ppm",
)


def read_cells(
    *,
    book: str | None,
    period: Period,
    monthly: bool = False,
    as_of: int | None = None,
    region_ids: Collection[int] | None = None,
    steps: Collection[str] | None = None,
) -> Cells:
    """Sum the transfers of a period in one grouped read.

    Parameters
    ----------
    book : str or None
        One book; None reads every book but the scenarios, and each cell says which.
    period : Period
        By the calendar of Asia/Shanghai.
    monthly : bool
        Whether cells are told apart by month.
    as_of : int, optional
        Only transfers up to this sealed sequence; all if left out, and the cells say what these are.
    region_ids, steps : collection, optional
        Only cells whose origin or place is among these regions, and only these steps; all if left out.
    """
    return read_span(
        book=book,
        span=(period, period),
        monthly=monthly,
        as_of=as_of,
        region_ids=region_ids,
        steps=steps,
    )


def read_span(
    *,
    book: str | None,
    span: tuple[Period, Period],
    monthly: bool,
    as_of: int | None = None,
    region_ids: Collection[int] | None = None,
    steps: Collection[str] | None = None,
) -> Cells:
    """Sum the transfers from the first day of one period to the last day of another; see `read_cells`."""
    conditions = ["t.occurred_on >= %(start)s", "t.occurred_on < %(end)s"]
    parameters: dict[str, Any] = {
        "start": span[0].start,
        "end": span[1].end,
        "arrivals": list(_ARRIVALS),
    }
    optional = {
        "t.book = %(book)s": ("book", book),
        f"(t.origin_region_id = ANY(%(regions)s) OR {_PLACE} = ANY(%(regions)s))": (
            "regions",
            None if region_ids is None else list(region_ids),
        ),
        "t.step = ANY(%(steps)s)": ("steps", None if steps is None else list(steps)),
    }
    for condition, (name, value) in optional.items():
        if value is not None:
            conditions.append(condition)
            parameters[name] = value
    if book is None:
        conditions.append("t.book NOT LIKE 'scenario:%%'")
    with transaction.atomic(using="system"), connections["system"].cursor() as cursor:
        # Until where was read and what was read there are one state of the ledger.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        state = state_of(cursor)
        if as_of is not None and (as_of, True) != (state.sequence, state.sealed):
            condition, named = up_to(as_of)
            conditions.append(condition)
            parameters |= named
        # The planner overrates the number of groups and so the price of gathering them from several workers.
        cursor.execute(_IN_PARALLEL)
        query = _query(conditions, one_book=book is not None, monthly=monthly)
        cursor.execute(query, parameters)
        rows = cursor.fetchall()
    return replace(cells_of([_cell(row) for row in rows]), as_of=state if as_of is None else None)


def read_books(region_ids: Collection[int]) -> list[BookRow]:
    """Give the books that hold transfers from or in some regions, with first and last day."""
    with connections["system"].cursor() as cursor:
        cursor.execute(_BOOKS, {"regions": list(region_ids)})
        return [BookRow(*row) for row in cursor.fetchall()]


def _query(conditions: list[str], *, one_book: bool, monthly: bool) -> str:
    # Grouping costs by the column, so a column that cannot vary is not grouped by.
    month = "to_char(t.occurred_on, 'YYYY-MM')" if monthly else "''"
    keys = [*_KEYS, *([] if one_book else ["t.book"]), *([month] if monthly else [])]
    return _CELLS.format(
        book="%(book)s::text" if one_book else "t.book",
        month=month,
        squares=_SQUARES,
        where=" AND ".join(conditions),
        keys=", ".join(keys),
    )


def _cell(row: tuple[Any, ...]) -> CellRow:
    (
        book,
        month,
        source,
        target,
        origin,
        stream,
        sector,
        step,
        method,
        evidence,
        grams,
        count,
        ppm,
        squares,
    ) = row
    place = target if step in _ARRIVALS else source
    variance = ppm * ppm * int(squares)
    return CellRow(book, month, place, origin, stream, sector, step, method, evidence, grams, count, variance)


_ARRIVALS = frozenset(step.value for step in PLACE_IS_TARGET)
