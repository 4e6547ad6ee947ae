"""Reads of loads: what became of files, what was found in them, and the rows that were not posted.

Like all reads of the ledger these restrict to the caller's scope; row security does the same again.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import connections

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.ledger.core.rows import Page
from wufei.records.ledger.core.sheet.reports import KeptFinding, KeptSheet, LoadRow, Outcome, Tally
from wufei.runtime.access.core import Scope, require

Parameters = dict[str, Any]

_LOADS = """
    SELECT id, file_name, sha256, size, rows, posted, repeated, refused, keep_good, outcome, region_id,
        recorder_id, recorded_at, sheets
    FROM ledger_load WHERE {where} ORDER BY id DESC LIMIT %(limit)s
"""
_VISIBLE = "(region_id = ANY(%(regions)s) OR party_id = ANY(%(parties)s))"
_FINDINGS = """
    SELECT rank, number, sheet, row, title, code, severity, place, message_zh, message_en, value, rule_zh,
        rule_en, fix_zh, fix_en
    FROM (
        SELECT *, CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END AS rank
        FROM ledger_load_finding WHERE load_id = %(load_id)s
    ) AS found
    WHERE (rank, number) > (%(rank)s, %(number)s) ORDER BY rank, number LIMIT %(limit)s
"""
_COUNTS = "SELECT severity, count(*) FROM ledger_load_finding WHERE load_id = %(load_id)s GROUP BY severity"
_ROWS = """
    SELECT sheet, row, cells FROM ledger_load_row WHERE load_id = %(load_id)s
    ORDER BY sheet, row LIMIT %(limit)s
"""


def loads(scope: Scope, *, limit: int, after: str | None = None) -> Page[LoadRow]:
    """Give the loads that a person may see, the latest first.

    Raises
    ------
    AccessError
        The role may not read the ledger.
    InputError
        The key of the page is none.
    """
    require(scope, "ledger.read")
    where, parameters = _visible(scope)
    parameters["limit"] = limit + 1
    if after is not None:
        where += " AND id < %(after)s"
        parameters["after"] = _load_key(after)
    rows = [_load(row) for row in _read(_LOADS.format(where=where), parameters)]
    return Page(tuple(rows[:limit]), str(rows[limit - 1].id) if len(rows) > limit else None)


def get_load(scope: Scope, load_id: UUID) -> LoadRow:
    """Give one load.

    Raises
    ------
    NotFoundError
        There is none with this id, or not for this person.
    """
    return _load(_found(scope, load_id))


def load_findings(scope: Scope, load_id: UUID, *, limit: int, after: str | None = None) -> Page[KeptFinding]:
    """Give what was found in a file, errors first, then in its order.

    Raises
    ------
    NotFoundError
        There is no such load, or not for this person.
    """
    _found(scope, load_id)
    rank, number = _finding_key(after) if after is not None else (0, 0)
    parameters = {"load_id": load_id, "rank": rank, "number": number, "limit": limit + 1}
    rows = _read(_FINDINGS, parameters)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(tuple(_finding(row) for row in rows[:limit]), f"{last[0]}-{last[1]}" if last else None)


def finding_counts(scope: Scope, load_id: UUID) -> dict[Severity, int]:
    """Give how many Findings of each severity a load has, the gravest first."""
    _found(scope, load_id)
    counts = {Severity(severity): int(count) for severity, count in _read(_COUNTS, {"load_id": load_id})}
    return dict(sorted(counts.items(), key=lambda pair: pair[0].rank))


def unposted_rows(scope: Scope, load_id: UUID, *, limit: int) -> tuple[KeptSheet, ...]:
    """Give the rows that were not posted, as they were written, sheet by sheet.

    Raises
    ------
    NotFoundError
        There is no such load, or not for this person.
    """
    sheets = json.loads(_found(scope, load_id)[-1])
    by_sheet: dict[int, list[tuple[int, tuple[str, ...]]]] = {index: [] for index in range(len(sheets))}
    for sheet, row, cells in _read(_ROWS, {"load_id": load_id, "limit": limit}):
        by_sheet[sheet].append((row, tuple(cells)))
    return tuple(
        KeptSheet(one["name"], tuple(one["titles"]), tuple(by_sheet[index]))
        for index, one in enumerate(sheets)
    )


def _found(scope: Scope, load_id: UUID) -> tuple[Any, ...]:
    require(scope, "ledger.read")
    where, parameters = _visible(scope)
    query = _LOADS.format(where=f"{where} AND id = %(load_id)s")
    rows = _read(query, parameters | {"load_id": load_id, "limit": 1})
    if not rows:
        raise NotFoundError("load", load_id)
    return rows[0]


def _visible(scope: Scope) -> tuple[str, Parameters]:
    if scope.everything:
        return "true", {}
    return _VISIBLE, {"regions": list(scope.region_ids), "parties": list(scope.party_ids)}


def _load(row: tuple[Any, ...]) -> LoadRow:
    (
        number,
        name,
        digest,
        size,
        rows,
        posted,
        repeated,
        refused,
        keep_good,
        outcome,
        region,
        recorder,
        at,
        _,
    ) = row
    tally = Tally(posted, repeated, refused, rows - posted - repeated - refused)
    return LoadRow(
        number, name, bytes(digest), size, tally, keep_good, Outcome(outcome), region, recorder, at
    )


def _finding(row: tuple[Any, ...]) -> KeptFinding:
    _, number, sheet, line, title, code, severity, place, zh, en, value, *rest = row
    rule_zh, rule_en, fix_zh, fix_en = rest
    found = Finding(
        code=code,
        severity=Severity(severity),
        where=place,
        message=Text(zh, en),
        value=value,
        rule=Text(rule_zh, rule_en),
        fix=Text(fix_zh, fix_en),
    )
    return KeptFinding(number, sheet, line, title, found)


def _read(query: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _load_key(after: str) -> UUID:
    try:
        return UUID(after)
    except ValueError as error:
        raise _bad_page(after) from error


def _finding_key(after: str) -> tuple[int, int]:
    rank, _, number = after.partition("-")
    if not (rank.isdecimal() and number.isdecimal() and len(after) < 20):
        raise _bad_page(after)
    return int(rank), int(number)


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
