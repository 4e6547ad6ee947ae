"""All indicators of fifty districts against one hand-written GROUP BY by the same database role.

Import it once Django is ready.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from django.db import connections

from benchmarks.districts import BOOK, DISTRICTS, YEAR, make_places, postings
from benchmarks.table import Result, at_most
from wufei.kernel.period import Period
from wufei.measures.indicators.queries import compute
from wufei.records.ledger.services import post_many
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now

PAIRS = 7

# What somebody in a hurry would write to get the sums that the indicators need, with nothing around it.
BY_HAND = """
    SELECT origin_region_id, target_region_id, source_region_id, stream, origin_sector, step, method,
        evidence, sum(signed_grams), count(*)
    FROM ledger_transfer
    WHERE book = %s AND occurred_on >= %s AND occurred_on < %s
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""


COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_name = 'ledger_transfer' AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'xid')
    ORDER BY ordinal_position
"""


def measure(transfers: int, posted: int) -> list[Result]:
    """Time both in turn over this many transfers and give the median ratio.

    Parameters
    ----------
    transfers : int
        Size of the ledger that is read.
    posted : int
        How many of them are posted through the door; the others are copies of these, made by the database,
        as only reading is measured.
    """
    places, scope = make_places(), Scope.operator()
    started = time.perf_counter()
    report = post_many(scope, postings(places, posted), now=now())
    posting_s = time.perf_counter() - started
    _copy(transfers // posted - 1)
    _analyse()
    period, regions = Period.year_of(YEAR), [region for region, _ in places]

    def figures() -> int:
        with session(scope):
            return len(compute(scope, region_ids=regions, period=period, book=BOOK).figures)

    by_hand = _by_hand(period)
    count, groups = figures(), by_hand()
    pairs = [(_timed(figures), _timed(by_hand)) for _ in range(PAIRS)]
    ratios = [ours / theirs for ours, theirs in pairs]
    medians = [1000 * statistics.median(column) for column in zip(*pairs, strict=True)]
    detail = (
        f"{transfers:,} transfers, {count:,} figures of {DISTRICTS} districts in {medians[0]:.0f} ms; "
        f"GROUP BY ({groups:,} rows) {medians[1]:.0f} ms; {PAIRS} pairs {min(ratios):.2f}-{max(ratios):.2f}"
    )
    return [
        at_most("all indicators / one hand-written GROUP BY", statistics.median(ratios), 1.3, detail),
        Result(
            "bulk posting, transfers/s",
            round(report.posted / posting_s),
            detail=f"{report.posted:,} in {posting_s:.1f} s",
        ),
    ]


def _by_hand(period: Period) -> Callable[[], int]:
    def run() -> int:
        with connections["system"].cursor() as cursor:
            cursor.execute(BY_HAND, [BOOK, period.start, period.end])
            return len(cursor.fetchall())

    return run


def _copy(times: int) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(COLUMNS)
        names = ", ".join(f'"{name}"' for (name,) in cursor.fetchall())
        cursor.execute(f"CREATE TEMPORARY TABLE posted AS SELECT {names} FROM ledger_transfer")
        for _ in range(times):
            cursor.execute(f"INSERT INTO ledger_transfer (id, {names}) SELECT uuidv7(), {names} FROM posted")


def _analyse() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_transfer")


def _timed(work: Callable[[], int]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
