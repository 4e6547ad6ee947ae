"""Check the whole ledger, and keep what was found where the people concerned see it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any

from django.db import connections, transaction

from wufei.records.ledger.queries.integrity import verify
from wufei.records.ledger.queries.nightly import CheckRun, Found, placed, suspicious
from wufei.records.ledger.queries.sealed import latest_sealed
from wufei.records.ledger.queries.seals import verify_seals
from wufei.runtime import clock
from wufei.runtime.access.core import Scope, require
from wufei.runtime.jobs.core import last_moment

NIGHTLY_AT = time(2)
"""By the clocks of Asia/Shanghai: after the day's records, before the day's pages."""

_RUN = """
    INSERT INTO ledger_check_run (run_at, finished_at, sequence, intact, findings) VALUES (%s, %s, %s, %s, %s)
    RETURNING id
"""
_KEEP = """
    INSERT INTO ledger_check (run_id, code, severity, place, account_id, transfer_id, region_id, holder_id,
        value, message_zh, message_en, fix_zh, fix_en)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_LAST = "SELECT max(run_at) FROM ledger_check_run"


def check_nightly(scope: Scope, *, now: datetime, keys: Collection[bytes]) -> tuple[CheckRun, list[Found]]:
    """Run all checks and keep their Findings in place of those of the last run.

    Parameters
    ----------
    now : datetime
        When the run begins.
    keys : collection of bytes
        Public keys that heads may be signed with.
    """
    require(scope, "audit.read")
    point = latest_sealed(scope)
    broken = placed([*verify(scope), *verify_seals(scope, keys=tuple(keys))])
    found = [*broken, *suspicious(scope, now=now)]
    # A fixed clock stands still, a real one never goes back behind its own start.
    finished_at = max(clock.now(), now)
    run = CheckRun(now, finished_at, point.sequence if point else None, not broken, len(found))
    _keep(run, found)
    return run, found


def nightly_is_due(*, now: datetime) -> bool:
    """Say whether the checks have not run since the last two o'clock in the morning."""
    with connections["system"].cursor() as cursor:
        cursor.execute(_LAST)
        (last,) = cursor.fetchone()
    return last is None or last < last_moment(now, NIGHTLY_AT, clock.LOCAL_ZONE)


def _keep(run: CheckRun, found: Sequence[Found]) -> None:
    with transaction.atomic(using="system"), connections["system"].cursor() as cursor:
        cursor.execute("DELETE FROM ledger_check")
        cursor.execute(_RUN, [run.run_at, run.finished_at, run.sequence, run.intact, run.findings])
        (run_id,) = cursor.fetchone()
        cursor.executemany(_KEEP, [_row(run_id, one) for one in found])


def _row(run_id: int, one: Found) -> list[Any]:
    said = one.finding
    return [
        run_id,
        said.code,
        said.severity.value,
        said.where,
        one.account_id,
        one.transfer_id,
        one.region_id,
        one.holder_id,
        said.value,
        said.message.zh,
        said.message.en,
        said.fix.zh,
        said.fix.en,
    ]
