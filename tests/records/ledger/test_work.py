"""`wufei work` as a process: what was posted is sealed and followed without anybody asking."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from wufei.records.ledger import queries
from wufei.records.ledger.core.transfers import single
from wufei.records.ledger.jobs import watch_lots, watch_sealing
from wufei.records.ledger.services import ensure_key, follow_lots, post, post_many, seal
from wufei.runtime.access.core import Scope
from wufei.runtime.database.services import Holder

Yard = Any
WORK = [sys.executable, "-c", "from wufei.cli import main; main()", "work"]


@pytest.fixture
def worker(sealed_database: str, server: Holder) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {
        "WUFEI_DATA_DIR": str(server.data_dir),
        "WUFEI_DATABASE_NAME": sealed_database,
        "WUFEI_LOG_LEVEL": "INFO",
        "WUFEI_LOG_FORMAT": "json",
    }
    process = subprocess.Popen(WORK, env=environment, stderr=subprocess.PIPE, text=True)
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


def read(statement: str) -> Any:
    with connections["system"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_postings_are_sealed_followed_and_checked_and_a_lost_server_connection_changes_nothing(
    worker: subprocess.Popen[str], yard: Yard, operator: Scope, server: Holder, sealed_database: str
) -> None:
    post(operator, single(yard.generate(5)), now=yard.now)
    wait_for(lambda: read("SELECT coalesce(sum(grams), 0) FROM ledger_lot") == 5)
    wait_for(lambda: read("SELECT count(*) FROM ledger_check_run WHERE intact") == 1)
    with server.connect() as superuser:
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [sealed_database]
        )
    connections.close_all()
    post(operator, single(yard.generate(7)), now=yard.now)
    wait_for(lambda: read("SELECT coalesce(sum(grams), 0) FROM ledger_lot") == 12)
    assert queries.sealing_lag(operator).transfers == 0
    # The day's checks are done; a worker that begins again does not repeat them.
    assert read("SELECT count(*) FROM ledger_check_run") == 1
    told = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    _, errors = worker.communicate(timeout=20)
    assert time.monotonic() - told < 5
    assert worker.returncode == 0
    assert "jobs.stopped" in errors


def test_a_lag_of_sealing_raises_an_alarm_after_half_a_minute(
    sealed_database: str, yard: Yard, operator: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUFEI_NOW", "2026-03-01T08:00:20+00:00")
    assert not watch_sealing().alarm
    post(operator, single(yard.generate(5)), now=yard.now)
    assert not watch_sealing().alarm
    monkeypatch.setenv("WUFEI_NOW", "2026-03-01T08:00:31+00:00")
    watched = watch_sealing()
    assert watched.alarm
    assert "31" in watched.found.en


def test_lots_that_stay_behind_raise_an_alarm_after_half_a_minute(
    sealed_database: str,
    yard: Yard,
    operator: Scope,
    settle: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WUFEI_NOW", "2026-03-01T08:00:20+00:00")
    assert not watch_lots().alarm
    post_many(operator, [single(yard.generate(n)) for n in range(1, 4)], now=yard.now)
    settle()
    seal(ensure_key(tmp_path), now=yard.now)
    assert (watch_lots().alarm, watch_lots().found.en) == (False, "3 sealed transfers behind")
    monkeypatch.setenv("WUFEI_NOW", "2026-03-01T08:00:31+00:00")
    assert watch_lots().alarm
    follow_lots(operator, now=yard.now)
    assert (watch_lots().alarm, watch_lots().found.en) == (False, "0 sealed transfers behind")
