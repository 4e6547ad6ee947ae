"""Keep what became of a file, its Findings and the rows that did not enter the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from psycopg.types.json import Jsonb

from wufei.records.ledger.core.sheet.files import LedgerFile
from wufei.records.ledger.core.sheet.headers import row_number, sheet_index
from wufei.records.ledger.core.sheet.reports import Outcome, Tally
from wufei.records.ledger.services.journal import Journal
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import parties_by_id, regions_by_id

_BATCH = 5_000
_NAME_MAX = 200
_LOAD = """
    INSERT INTO ledger_load (id, file_name, sha256, size, rows, posted, repeated, refused, keep_good, outcome,
        sheets, region_id, party_id, recorder_id, recorded_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_FINDINGS = """
    INSERT INTO ledger_load_finding (load_id, number, sheet, row, place, title, code, severity, value,
        message_zh, message_en, rule_zh, rule_en, fix_zh, fix_en)
    SELECT %s, * FROM unnest(%s::bigint[], %s::integer[], %s::bigint[], %s::text[], %s::text[], %s::text[],
        %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
"""
# Arrays of arrays must be even, so the cells of a row travel as JSON.
_ROWS = """
    INSERT INTO ledger_load_row (load_id, sheet, row, cells)
    SELECT %s, sheet, row, ARRAY(SELECT jsonb_array_elements_text(cells))
    FROM unnest(%s::integer[], %s::bigint[], %s::jsonb[]) AS given (sheet, row, cells)
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What is kept of a load beside its Findings.

    Attributes
    ----------
    sha256 : bytes
        Of the file, 32 bytes.
    size : int
        Of the file, bytes.
    """

    id: UUID
    file_name: str
    sha256: bytes
    size: int
    tally: Tally
    keep_good: bool
    outcome: Outcome
    recorded_at: datetime


def keep_load(scope: Scope, load: Load, file: LedgerFile, journal: Journal) -> None:
    """Write a load, all its Findings and the rows that were not posted, in a transaction of its own.

    Parameters
    ----------
    scope : Scope
        Who loaded; the region or party of this scope is where the load belongs.
    load : Load
        What became of the file.
    file : LedgerFile
        Where the rows are read from once more.
    journal : Journal
        What was noted.
    """
    region_id, party_id = _home(scope)
    tally = load.tally
    sheets = [
        {"name": one.name, "titles": [_storable(title) for title in one.header.titles]} for one in file.sheets
    ]
    values = (
        load.id,
        _storable(load.file_name)[:_NAME_MAX],
        load.sha256,
        load.size,
        tally.rows,
        tally.posted,
        tally.repeated,
        tally.refused,
        load.keep_good,
        load.outcome.value,
        Jsonb(sheets),
        region_id,
        party_id,
        scope.user_id,
        load.recorded_at,
    )
    outside = journal.every_row() if load.outcome is Outcome.REFUSED else journal.refused
    with session(scope), psycopg.Cursor(connections["default"].connection) as cursor:
        cursor.execute(_LOAD, values)
        for batch in _batches(journal.kept_findings()):
            cursor.execute(_FINDINGS, [load.id, *map(list, zip(*batch, strict=True))])
        rows = file.cells(outside) if outside else iter(())
        for kept in _batches(rows):
            cells = [Jsonb([_storable(cell) for cell in one[1]]) for one in kept]
            keys = [one[0] for one in kept]
            cursor.execute(_ROWS, [load.id, list(map(sheet_index, keys)), list(map(row_number, keys)), cells])


def _home(scope: Scope) -> tuple[int | None, int | None]:
    """The region and party to which a load belongs: the top of the scope, or a producer's own."""
    for party in parties_by_id(scope.party_ids).values():
        return party.region_id, party.id
    regions = regions_by_id(scope.region_ids)
    tops = [one.id for one in regions.values() if one.parent_id not in regions]
    return min(tops, default=None), None


def _batches(rows: Iterator[Any]) -> Iterable[list[Any]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
