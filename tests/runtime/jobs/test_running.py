"""Jobs run again and again, alone, each for itself, and stop when told."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from datetime import time as clock_time

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from wufei.runtime.database.services import Holder
from wufei.runtime.jobs.core import BACKOFF_MAX_S, Job, last_moment, pause_s
from wufei.runtime.jobs.exports import all_jobs, look_at_all
from wufei.runtime.jobs.services import run_alone, run_jobs


def nothing() -> bool:
    return False


@contextmanager
def running(*jobs: Job) -> Iterator[threading.Event]:
    """The loop in a thread of its own; leaving stops it and waits for it."""
    stop = threading.Event()
    loop = threading.Thread(target=run_jobs, args=[jobs], kwargs={"stop": stop})
    loop.start()
    try:
        yield stop
    finally:
        stop.set()
        loop.join(20)
        assert not loop.is_alive()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def name() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


@given(st.floats(0.1, 1000), st.integers(0, 2000))
def test_the_pause_grows_with_failures_and_has_a_bound(every_s: float, failures: int) -> None:
    job = Job("test", every_s, nothing)
    assert every_s <= pause_s(job, failures) <= max(every_s, BACKOFF_MAX_S)
    assert pause_s(job, failures) <= pause_s(job, failures + 1)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 23),
    st.integers(-12, 14),
)
def test_the_last_moment_is_less_than_a_day_ago(now: datetime, hour: int, offset: int) -> None:
    zone = timezone(timedelta(hours=offset))
    found = last_moment(now, clock_time(hour), zone)
    assert timedelta(0) <= now - found < timedelta(days=1)
    assert (found.astimezone(zone).hour, found.minute) == (hour, 0)


@pytest.mark.usefixtures("db")
def test_a_job_that_fails_is_tried_again_and_holds_up_no_other() -> None:
    seen: dict[str, int] = {"bad": 0, "good": 0, "more": 0}

    def bad() -> bool:
        seen["bad"] += 1
        raise ValueError("broken")

    def good() -> bool:
        seen["good"] += 1
        return False

    def more() -> bool:
        seen["more"] += 1
        return seen["more"] < 50

    with running(Job(name(), 0.05, bad), Job(name(), 0.05, good), Job(name(), 3600, more)):
        wait_for(lambda: seen["bad"] >= 2 and seen["good"] >= 5 and seen["more"] >= 50)
    # What had more to do went on at once, and then waited for its hour.
    assert seen["more"] == 50


@pytest.mark.usefixtures("db")
def test_a_lost_connection_is_opened_anew(server: Holder, database: str) -> None:
    backends: list[int] = []

    def note() -> bool:
        with connections["system"].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backends.append(cursor.fetchone()[0])
        return False

    with running(Job(name(), 0.05, note)):
        wait_for(lambda: bool(backends))
        with server.connect(database) as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s)", [backends[0]])
        wait_for(lambda: backends[-1] != backends[0])


@pytest.mark.usefixtures("db")
def test_what_is_under_way_is_cut_off_when_the_work_stops() -> None:
    begun = threading.Event()

    def sleep() -> bool:
        begun.set()
        with connections["system"].cursor() as cursor:
            cursor.execute("SELECT pg_sleep(120)")
        return False

    with running(Job(name(), 1, sleep)) as stop:
        assert begun.wait(10)
        time.sleep(0.3)
        stop.set()
        told = time.monotonic()
    assert time.monotonic() - told < 6


@pytest.mark.usefixtures("db")
def test_no_two_processes_are_at_the_same_job(server: Holder, database: str) -> None:
    ran: list[bool] = []
    job = Job(name(), 1, lambda: bool(ran.append(True)) or True)
    with server.connect(database) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"wufei.job:{job.name}"])
        assert run_alone(job) is False
        assert ran == []
        other.execute("SELECT pg_advisory_unlock_all()")
    assert run_alone(job) is True
    assert run_alone(job) is True
    assert len(ran) == 2


@pytest.mark.usefixtures("db")
def test_rooms_export_jobs_with_names_of_their_own_and_what_to_look_at() -> None:
    names = [job.name for job in all_jobs()]
    assert {"ledger-sealing", "outbox-lots", "ledger-nightly", "ledger-partitions"} <= set(names)
    assert len(set(names)) == len(names)
    assert all(job.every_s > 0 for job in all_jobs())
    watched = look_at_all()
    assert {"sealing", "outbox"} <= {each.part for each in watched}
    assert all(each.found.en and each.fix.en and each.title.en for each in watched)


PARENT = """
from wufei.runtime.jobs.services import working_beside
with working_beside():
    input()
"""


@pytest.mark.parametrize("killed", [True, False])
def test_the_work_beside_a_process_ends_with_it(database_environment: dict[str, str], killed: bool) -> None:
    environment = database_environment | {"WUFEI_LOG_LEVEL": "INFO", "WUFEI_LOG_FORMAT": "json"}
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        env=environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "jobs.started" in line:
            break
    if killed:
        process.kill()
    # The pipes close when the worker, which has inherited them, has gone.
    _, errors = process.communicate(None if killed else "\n", timeout=30)
    assert "jobs.stopped" in errors
    assert "Traceback" not in errors
