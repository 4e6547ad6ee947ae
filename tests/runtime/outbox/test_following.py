"""Consumers handle every event, in order; what is poisoned is set aside or stops them, and is not lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connections

from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.database.services import Holder
from wufei.runtime.outbox import queries
from wufei.runtime.outbox.core import NOTHING_YET, Consumer, Policy
from wufei.runtime.outbox.jobs import watch_outbox
from wufei.runtime.outbox.services import advance, job_of, retry, rewind

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Number:
    """An event that says nothing but its place."""

    sequence: int


@dataclass
class World:
    """A log of so many events, a table that their handling writes to, and those that cannot be handled."""

    table: str
    size: int = 10
    poisoned: frozenset[int] = frozenset()
    error: Callable[[int], Exception] = lambda n: ValueError(f"no {n}")

    def read(self, after: int, limit: int) -> Sequence[Number]:
        return [Number(n) for n in range(after + 1, min(self.size, after + 1 + limit))]

    def handle(self, events: Sequence[Number]) -> None:
        with connections["system"].cursor() as cursor:
            for event in events:
                cursor.execute(f"INSERT INTO {self.table} VALUES (%s)", [event.sequence])
                if event.sequence in self.poisoned:
                    raise self.error(event.sequence)

    def consumer(self, policy: Policy, batch: int = 4) -> Consumer[Number]:
        return Consumer(self.table, self.read, self.handle, policy, batch=batch)

    def written(self) -> list[int]:
        with connections["system"].cursor() as cursor:
            cursor.execute(f"SELECT sequence FROM {self.table} ORDER BY sequence")
            return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def world(db: None) -> Iterator[World]:
    table = f"probe_{uuid.uuid4().hex[:12]}"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (sequence bigint)")
        cursor.execute(f"GRANT SELECT, INSERT, DELETE ON {table} TO wufei_system")
    yield World(table)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP TABLE {table}")
    with connections["system"].cursor() as cursor:
        cursor.execute("DELETE FROM outbox_parked WHERE consumer = %s", [table])
        cursor.execute("DELETE FROM outbox_cursor WHERE consumer = %s", [table])


def test_every_event_is_handled_once_batch_by_batch(world: World) -> None:
    consumer = world.consumer(Policy.PARK)
    rounds = [advance(consumer, now=NOW) for _ in range(4)]
    assert [(done.handled, done.sequence, done.more) for done in rounds] == [
        (4, 3, True),
        (4, 7, True),
        (2, 9, False),
        (0, 9, False),
    ]
    assert world.written() == list(range(10))


def test_a_poisoned_event_is_parked_with_a_finding_and_later_ones_go_on(
    world: World, operator: Scope
) -> None:
    world.poisoned = frozenset({2, 5})
    consumer = world.consumer(Policy.PARK)
    found = [finding for _ in range(3) for finding in advance(consumer, now=NOW).parked]
    assert world.written() == [0, 1, 3, 4, 6, 7, 8, 9]
    rows = queries.parked(operator, consumer=world.table)
    assert [row.finding for row in rows] == found
    assert [(row.sequence, row.tries, row.first_at, row.last_at) for row in rows] == [
        (2, 1, NOW, NOW),
        (5, 1, NOW, NOW),
    ]
    assert (found[0].code, found[0].value) == ("outbox.ValueError", "2")
    assert "no 2" in found[0].message.zh
    assert f"wufei outbox retry {world.table} 2" in found[0].fix.en
    watched = watch_outbox()
    assert watched.alarm
    assert "2" in watched.found.zh


def test_parked_events_are_tried_again_alone_and_leave_when_they_succeed(
    world: World, operator: Scope
) -> None:
    world.poisoned = frozenset({2, 5, 6})
    consumer = world.consumer(Policy.PARK)
    for _ in range(3):
        advance(consumer, now=NOW)
    later = NOW + timedelta(hours=1)
    world.poisoned = frozenset({5})
    handled, still = retry(consumer, sequence=2, now=later)
    assert (handled, still) == (1, [])
    handled, still = retry(consumer, now=later)
    assert (handled, [found.value for found in still]) == (1, ["5"])
    (row,) = queries.parked(operator, consumer=world.table)
    assert (row.sequence, row.tries, row.first_at, row.last_at) == (5, 2, NOW, later)
    assert world.written() == [0, 1, 2, 3, 4, 6, 7, 8, 9]
    with pytest.raises(NotFoundError):
        retry(consumer, sequence=2, now=later)


def test_a_stopping_consumer_stops_before_what_it_cannot_handle_and_says_why(
    world: World, operator: Scope
) -> None:
    world.poisoned = frozenset({5})
    world.error = lambda n: InputError("test.bad", "event", n, Text("坏事件", "A bad event"))
    consumer = world.consumer(Policy.STOP)
    rounds = [advance(consumer, now=NOW + timedelta(seconds=n)) for n in range(4)]
    assert [(done.handled, done.sequence) for done in rounds] == [(4, 3), (1, 4), (0, 4), (0, 4)]
    assert world.written() == [0, 1, 2, 3, 4]
    (row,) = [row for row in queries.cursors(operator) if row.consumer == world.table]
    assert row.stopped is not None
    assert (row.stopped.code, row.stopped.message.en, row.stopped.value) == ("test.bad", "A bad event", "5")
    assert (row.tries, row.first_at, row.last_at) == (
        3,
        NOW + timedelta(seconds=1),
        NOW + timedelta(seconds=3),
    )
    assert queries.parked(operator, consumer=world.table) == []
    assert world.table in watch_outbox().found.en
    with pytest.raises(ConflictError, match=r"outbox\.stopped"):
        job_of(consumer, every_s=1).run()
    world.poisoned = frozenset()
    done = advance(consumer, now=NOW)
    assert (done.handled, done.sequence, done.stopped) == (4, 8, None)
    (row,) = [row for row in queries.cursors(operator) if row.consumer == world.table]
    assert (row.stopped, row.tries) == (None, 0)


def test_a_fault_of_the_database_is_no_fault_of_the_event(world: World, operator: Scope) -> None:
    world.poisoned = frozenset({2})
    world.error = lambda _: OperationalError("the connection is lost")
    consumer = world.consumer(Policy.PARK)
    with pytest.raises(OperationalError):
        advance(consumer, now=NOW)
    assert world.written() == []
    assert queries.parked(operator, consumer=world.table) == []
    world.poisoned = frozenset()
    assert advance(consumer, now=NOW).handled == 4


def test_a_gap_in_what_was_read_is_never_skipped(world: World) -> None:
    holey = Consumer(world.table, lambda after, _: [Number(after + 2)], world.handle, Policy.PARK, batch=4)
    with pytest.raises(ConflictError, match=r"outbox\.gap"):
        advance(holey, now=NOW)
    assert world.written() == []


def test_one_worker_at_a_time_has_a_cursor(world: World, server: Holder, database: str) -> None:
    consumer = world.consumer(Policy.PARK)
    with server.connect(database) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"wufei.outbox:{consumer.name}"])
        assert advance(consumer, now=NOW).busy
        other.execute("SELECT pg_advisory_unlock_all()")
    assert advance(consumer, now=NOW).handled == 4


def test_many_workers_at_once_handle_every_event_once(world: World) -> None:
    world.size = 200
    consumer = world.consumer(Policy.STOP, batch=3)

    def work(_: int) -> int:
        try:
            handled = 0
            while (done := advance(consumer, now=NOW)).handled or done.busy:
                handled += done.handled
            return handled
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 200
    assert world.written() == list(range(200))


def test_a_rewound_consumer_forgets_and_begins_anew(world: World, operator: Scope) -> None:
    world.poisoned = frozenset({1})
    consumer = world.consumer(Policy.PARK, batch=10)
    advance(consumer, now=NOW)

    def forget() -> None:
        with connections["system"].cursor() as cursor:
            cursor.execute(f"DELETE FROM {world.table}")

    rewind(consumer, forget=forget, now=NOW)
    assert world.written() == []
    assert queries.parked(operator, consumer=world.table) == []
    world.poisoned = frozenset()
    assert advance(consumer, now=NOW).handled == 10
    assert NOTHING_YET == -1


KILLED = """
import sys, time
from wufei.runtime.environment import environment
from wufei.runtime.process import running

table, slow_at = sys.argv[1], int(sys.argv[2])
with running(environment()):
    from datetime import UTC, datetime
    from types import SimpleNamespace
    from django.db import connections
    from wufei.runtime.outbox.core import Consumer, Policy
    from wufei.runtime.outbox.services import advance

    def read(after, limit):
        return [SimpleNamespace(sequence=n) for n in range(after + 1, min(60, after + 1 + limit))]

    def handle(events):
        with connections["system"].cursor() as cursor:
            for event in events:
                if event.sequence == slow_at:
                    print("in the midst", flush=True)
                    time.sleep(60)
                cursor.execute(f"INSERT INTO {table} VALUES (%s)", [event.sequence])

    consumer = Consumer(table, read, handle, Policy.PARK, batch=20)
    while advance(consumer, now=datetime.now(UTC)).handled:
        pass
"""


def test_a_consumer_killed_in_mid_batch_repeats_nothing_and_misses_nothing(
    world: World, database_environment: dict[str, str]
) -> None:
    for slow_at, standing in ((27, 20), (51, 40)):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, world.table, str(slow_at)],
            env=database_environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "in the midst\n"
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert world.written() == list(range(standing))
    world.size = 60
    consumer = world.consumer(Policy.PARK, batch=20)
    until = time.monotonic() + 30
    # The server notices the end of its client only after a moment, and until then holds the lock.
    while advance(consumer, now=NOW).busy:
        assert time.monotonic() < until
        time.sleep(0.05)
    while advance(consumer, now=NOW).handled:
        pass
    assert world.written() == list(range(60))


def test_only_auditors_read_the_outbox_and_no_application_reads_its_tables(
    world: World, operator: Scope
) -> None:
    advance(world.consumer(Policy.PARK), now=NOW)
    for role in (Role.CLERK, Role.PRODUCER, Role.PUBLIC):
        scope = Scope(1, 1, role)
        for ask in (queries.cursors, queries.parked, queries.count_parked):
            with pytest.raises(AccessError):
                ask(scope)
    auditor = Scope(1, 1, Role.AUDITOR)
    assert world.table in {row.consumer for row in queries.cursors(auditor)}
    for table in ("outbox_cursor", "outbox_parked"):
        for statement in (
            f"SELECT * FROM {table}",
            f"DELETE FROM {table}",
            f"INSERT INTO {table} DEFAULT VALUES",
        ):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                session(operator),
                connections["default"].cursor() as cursor,
            ):
                cursor.execute(statement)


def command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[Any]:
    run = [sys.executable, "-c", "from wufei.cli import main; main()", "outbox", *arguments]
    return subprocess.run(run, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_commands_list_what_waits_and_know_no_other_consumer(
    world: World, database_environment: dict[str, str]
) -> None:
    world.poisoned = frozenset({2})
    advance(world.consumer(Policy.PARK), now=NOW)
    done = command(database_environment, "list")
    assert done.returncode == 1
    assert f"{world.table}, sequence 2" in done.stdout
    assert "no 2" in done.stdout
    done = command(database_environment, "retry", world.table)
    assert done.returncode == 1
    assert "lots" in done.stderr
