"""A reader by sequence sees every transfer once, in order, however many write and however long they take.

`WUFEI_OPEN_S` says how long one transaction stays open (3 s); `make soak` leaves it open for 30 s.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connections

from wufei.records.ledger import queries
from wufei.records.ledger.core.transfers import single
from wufei.records.ledger.services import ensure_key, post
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import now
from wufei.runtime.database.services import Holder

Yard = Any
OPEN_S = float(os.environ.get("WUFEI_OPEN_S", "3"))
WRITERS = 8
WRITER = Path(__file__).with_name("writing_process.py")
SEALER = ("-c", "from wufei.cli import main; main()", "ledger", "seal", "--follow", "--every", "0.1")
STEP = 500
WAIT_S = 120

NEXT = """
    SELECT l.sequence, t.id, t.xid::text::bigint FROM ledger_leaf AS l JOIN ledger_transfer AS t
    ON t.id = l.transfer_id WHERE l.sequence >= %s ORDER BY l.sequence LIMIT %s
"""


class Reader:
    """Follows the sequence from its cursor, as the cube and every other reader of the ledger does."""

    def __init__(self) -> None:
        self.seen: list[tuple[Any, int]] = []

    def read(self) -> int:
        """Read on; every row must be the very next one."""
        with connections["system"].cursor() as cursor:
            cursor.execute(NEXT, [len(self.seen), STEP])
            rows = cursor.fetchall()
        assert [row[0] for row in rows] == list(range(len(self.seen), len(self.seen) + len(rows)))
        self.seen += [(row[1], row[2]) for row in rows]
        return len(rows)


def committed() -> list[Any]:
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_transfer")
        return [row[0] for row in cursor.fetchall()]


def test_a_reader_sees_every_transfer_once_while_eight_write_and_one_transaction_stays_open(
    sealed_database: str,
    server: Holder,
    yard: Yard,
    party_factory: Callable[..., int],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    variables = os.environ | {"WUFEI_DATA_DIR": str(server.data_dir), "WUFEI_DATABASE_NAME": sealed_database}
    said = {"book": yard.book, "region_id": yard.region_id, "hold_s": 0.1}
    processes = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, *arguments]
        processes.append(
            subprocess.Popen(
                command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
        )
        return processes[-1]

    sealer = start(*SEALER)
    writers = [
        # Each at a stock of its own: a transaction that stays open keeps the stock that it moves.
        start(
            str(WRITER),
            json.dumps(
                said
                | {"seed": n, "folder": str(tmp_path), "holder_id": party_factory(region_id=yard.region_id)}
            ),
        )
        for n in range(WRITERS)
    ]
    try:
        reader = Reader()
        watch(reader, lambda: len(at_work(tmp_path)) == WRITERS, sealer)
        held, lags, open_s = stay_open(reader, yard, sealer)
        (tmp_path / "stop").touch()
        watch(reader, lambda: all(writer.poll() is not None for writer in writers), sealer)
        assert [writer.returncode for writer in writers] == [0] * WRITERS
        # Everything is sealed once nothing is open any more.
        watch(reader, lambda: queries.sealing_lag(Scope.operator()).transfers == 0, sealer)
        while reader.read():
            pass
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    # What came after the open one was committed before it, and still waited for it.
    numbers = dict(reader.seen)
    overtook = sum(xid > numbers[held] for xid in numbers.values())
    assert overtook >= lags[-1] > lags[0]
    seen = [transfer for transfer, _ in reader.seen]
    assert len(set(seen)) == len(seen)
    assert set(seen) == set(committed())
    key = ensure_key(server.data_dir).public_key().public_bytes_raw()
    assert queries.verify_seals(Scope.operator(), keys=[key]) == []
    record_property("longest open transaction, s", round(open_s, 1))
    record_property("transfers that waited for it", lags[-1])
    record_property("transfers read by sequence, each once", len(seen))


def at_work(folder: Path) -> list[Path]:
    """The notes of the writers who have posted something."""
    return [file for file in folder.glob("*.done") if file.stat().st_size]


def watch(reader: Reader, condition: Callable[[], bool], sealer: subprocess.Popen[str]) -> None:
    """Read on until something is so."""
    until = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < until
        assert sealer.poll() is None, sealer.communicate()[1]
        if reader.read() < STEP:
            time.sleep(0.05)


def stay_open(reader: Reader, yard: Yard, sealer: subprocess.Popen[str]) -> tuple[Any, list[int], float]:
    """Hold a transaction open and read meanwhile; give its transfer, how many waited, how long."""
    started, lags = time.monotonic(), []
    held = yard.generate(77)
    with session(Scope.operator()):
        post(Scope.operator(), single(held), now=now())
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            (before,) = cursor.fetchone()
        while time.monotonic() - started < OPEN_S or lags[-1] <= lags[0]:
            assert time.monotonic() - started < OPEN_S + WAIT_S
            watch(reader, after(OPEN_S / 6), sealer)
            lag = queries.sealing_lag(Scope.operator())
            lags.append(lag.transfers)
            assert held.id not in {transfer for transfer, _ in reader.seen}
        # A slow machine seals late what it may seal: once that is done, all that waits waits for this one.
        watch(reader, lambda: older_waiting(before) == 0, sealer)
        lag = queries.sealing_lag(Scope.operator())
        lags.append(lag.transfers)
        assert held.id not in {transfer for transfer, _ in reader.seen}
        # Whoever asks is told how many wait, and since when.
        assert lag.since is not None
        assert (now() - lag.since).total_seconds() > OPEN_S / 2
    return held.id, lags, time.monotonic() - started


def older_waiting(before: str) -> int:
    """Count what was committed by transactions older than one and has no leaf yet."""
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_transfer AS t WHERE t.xid < %s::xid8 "
            "AND NOT EXISTS (SELECT FROM ledger_leaf AS l WHERE l.transfer_id = t.id)",
            [before],
        )
        return cursor.fetchone()[0]


def after(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until
