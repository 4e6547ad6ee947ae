"""kill -9 of writer, sealer and server in mid-load: what was acknowledged is there once, and sealing goes on.

`WUFEI_KILLS` says how often (three times: once each); `make soak` kills fifty times.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from wufei.records.ledger import queries
from wufei.records.ledger.core.transfers import Posting
from wufei.records.ledger.services import ensure_key, post, seal
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now
from wufei.runtime.database.services import Holder, django_databases, migrate, open_database
from wufei.runtime.database.services.server import running
from wufei.runtime.environment import environment

KILLS = int(os.environ.get("WUFEI_KILLS", "3"))
VICTIMS = ("writer", "sealer", "server")
WRITER = Path(__file__).with_name("writing_process.py")
SEALER = ("-c", "from wufei.cli import main; main()", "ledger", "seal", "--follow", "--every", "0.1")
ACKNOWLEDGED_MIN = 60
WAIT_S = 90


@dataclass
class House:
    """A durable server of its own, with a region and a holder in its database."""

    data_dir: Path
    said: dict[str, Any]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)
    holders: list[Holder | None] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        variables = os.environ | {"WUFEI_DATA_DIR": str(self.data_dir), "WUFEI_DATABASE_NAME": "wufei_kills"}
        command = [sys.executable, *arguments]
        process = subprocess.Popen(
            command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.processes.append(process)
        return process

    def writer(self, seed: int) -> subprocess.Popen[str]:
        return self.start(str(WRITER), json.dumps(self.said | {"seed": seed}))

    def acknowledged(self) -> list[UUID]:
        """What writers were told to be posted; of a killed one the last line may be half written."""
        files = self.data_dir.glob("*.done")
        return [
            UUID(line) for file in files for line in file.read_text("ascii").splitlines() if len(line) == 36
        ]

    def meant(self) -> list[Posting]:
        """Everything that writers have set out to post."""
        postings: list[Posting] = []
        for notes in self.data_dir.glob("*.meant"):
            with notes.open("rb") as file, suppress(EOFError, pickle.UnpicklingError):
                while True:
                    postings += pickle.load(file)  # noqa: S301 - written by our own process
        return postings


@pytest.fixture
def house(
    database: str,
    db: None,
    region_factory: Callable[..., int],
    party_factory: Callable[..., int],
    book: str,
) -> Iterator[House]:
    data_dir = Path(tempfile.mkdtemp(prefix="wufei-"))
    own = environment({"WUFEI_DATA_DIR": str(data_dir), "WUFEI_DATABASE_NAME": "wufei_kills"})
    holder = open_database(own)
    before = {alias: dict(connections[alias].settings_dict) for alias in connections}
    for alias, found in django_databases(own).items():
        connections[alias].close()
        connections[alias].settings_dict.update(found, CONN_MAX_AGE=0)
    migrate()
    region_id = region_factory()
    said = {"book": book, "region_id": region_id, "holder_id": party_factory(region_id=region_id)}
    house = House(data_dir, said | {"hold_s": 0, "folder": str(data_dir)})
    yield house
    for process in house.processes:
        with process:
            process.kill()
    for alias, found in before.items():
        connections[alias].close()
        connections[alias].settings_dict.update(found)
    # The last to leave stops the server, also where the test has failed half-way.
    for one in (holder, *house.holders, open_database(own)):
        assert one is not None
        one.release()
    assert running(data_dir) is None
    shutil.rmtree(data_dir)


def wait_for(condition: Callable[[], bool], *processes: subprocess.Popen[str]) -> None:
    until = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < until
        for process in processes:
            assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)


def read(statement: str) -> list[tuple[Any, ...]]:
    with connections["system"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def sealed() -> int:
    ((size,),) = read("SELECT coalesce(max(size), 0) FROM ledger_head")
    return int(size)


def kill_server(data_dir: Path) -> None:
    """End the postmaster and all its children at once, as a power cut would."""
    postmaster = int((data_dir / "postgres" / "postmaster.pid").read_text("utf8").splitlines()[0])
    # A stopped parent starts no more children and cleans nothing up.
    os.kill(postmaster, signal.SIGSTOP)
    for process in children_of(postmaster):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    os.kill(postmaster, signal.SIGKILL)


def children_of(parent: int) -> list[int]:
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(status.read_text("utf8", "replace").rpartition(")")[2].split()[1]) == parent:
                children.append(int(status.parent.name))
    return children


def kill_in_mid_load(house: House, victim: str, chance: random.Random) -> None:
    """Let a writer and the sealer work, and kill one of them or the server they work on."""
    before, heads_before = len(house.acknowledged()), sealed()
    writer, sealer = house.writer(chance.randrange(1 << 30)), house.start(*SEALER)
    wait_for(
        lambda: len(house.acknowledged()) >= before + ACKNOWLEDGED_MIN and sealed() > heads_before,
        writer,
        sealer,
    )
    # Work in progress is no defect.
    assert queries.verify(Scope.operator()) == []
    assert queries.verify_seals(Scope.operator()) == []
    time.sleep(chance.uniform(0, 0.3))
    connections.close_all()
    if victim == "server":
        kill_server(house.data_dir)
        # Both lose their server and end by themselves, with an error.
        assert writer.wait(WAIT_S) > 0
        assert sealer.wait(WAIT_S) > 0
    elif victim == "writer":
        writer.kill()
        # The sealer does not notice, and seals what is left.
        wait_for(lambda: queries.sealing_lag(Scope.operator()).transfers == 0, sealer)
    else:
        sealer.kill()
        size = len(house.acknowledged())
        wait_for(lambda: len(house.acknowledged()) > size, writer)
    for process in (writer, sealer):
        process.kill()
        process.communicate()


def test_what_was_acknowledged_survives_every_kill_and_nothing_is_posted_twice(
    house: House, operator: Scope, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(20261125)  # noqa: S311 - chance, not a secret
    key = ensure_key(house.data_dir)
    known = [key.public_key().public_bytes_raw()]
    own = environment({"WUFEI_DATA_DIR": str(house.data_dir), "WUFEI_DATABASE_NAME": "wufei_kills"})
    again_s = []
    for number in range(KILLS):
        exported = queries.heads(operator, limit=100)
        kill_in_mid_load(house, VICTIMS[number % len(VICTIMS)], chance)
        started = time.monotonic()
        house.holders.append(open_database(own))
        again_s.append(time.monotonic() - started)
        assert queries.check_exported(operator, exported) == []
        acknowledged = house.acknowledged()
        there = posted()
        assert Counter(acknowledged) - there == Counter()
        assert set(there.values()) == {1}
        assert queries.verify(operator) == []
        assert queries.verify_seals(operator, keys=known) == []
        # What was in flight may be there or not; whoever posts it again learns which, and it is there once.
        done = set(acknowledged)
        in_flight = [one for one in house.meant() if one.id not in done]
        assert len(in_flight) <= 40 * (number + 1)
        for one in in_flight:
            expected = "repeated" if one.id in there else "posted"
            assert post(operator, one, now=now()).outcome == expected
            assert post(operator, one, now=now()).outcome == "repeated"
        (house.data_dir / f"again-{number}.done").write_text("".join(f"{one.id}\n" for one in in_flight))
        wait_for(lambda: seal(key, now=now()).leaves == 0 and queries.sealing_lag(operator).transfers == 0)
        assert posted().keys() == {one.id for one in house.meant()}
        ((count, low, high, transfers),) = read(
            "SELECT count(*), min(sequence), max(sequence), (SELECT count(*) FROM ledger_transfer) "
            "FROM ledger_leaf"
        )
        assert (low, high + 1, transfers) == (0, count, count)
        assert queries.check_exported(operator, exported) == []
    assert queries.verify(operator) == []
    assert queries.verify_seals(operator, keys=known) == []
    record_property("kills survived", KILLS)
    record_property("acknowledged postings, each there once", len(set(house.acknowledged())))
    record_property("longest start after a kill, s", round(max(again_s), 1))


def posted() -> Counter[UUID]:
    return Counter(row[0] for row in read("SELECT id FROM ledger_posting"))
