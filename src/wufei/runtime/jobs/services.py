"""Run the jobs of all rooms, each in a thread of its own, until told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import psycopg
import structlog
from django.db import connections

from wufei.runtime.jobs.core import Job, pause_s

STOP_WITHIN_S = 1.5
CHILD_STOP_WITHIN_S = 5
LOOK_EVERY_S = 0.5
_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"

log = structlog.get_logger("wufei.jobs")


def run_jobs(jobs: Iterable[Job], *, stop: threading.Event, parent_id: int | None = None) -> None:
    """Run jobs until `stop` is set, then cut off what is under way.

    Parameters
    ----------
    jobs : iterable of Job
        Each has a thread and connections of its own, so that a long round holds up no other job.
    stop : Event
        Set by a signal handler.
    parent_id : int, optional
        The process that started this one: when it has gone, the jobs stop too.

    Notes
    -----
    A round that is cut off has its statement cancelled and its transaction rolled back; what does not end
    even so is left to die with the process, which has the same effect.
    """
    runners = [_Runner(job, stop) for job in jobs]
    for runner in runners:
        runner.start()
    log.info("jobs.started", jobs=[runner.job.name for runner in runners])
    while not stop.wait(LOOK_EVERY_S):
        if parent_id is not None and os.getppid() != parent_id:
            stop.set()
    until = time.monotonic() + STOP_WITHIN_S
    for runner in runners:
        while runner.is_alive() and time.monotonic() < until:
            runner.cancel()
            runner.join(0.1)
    log.info("jobs.stopped", unfinished=[runner.job.name for runner in runners if runner.is_alive()])


def stop_on_signals(stop: threading.Event) -> None:
    """Let SIGTERM and SIGINT set an event instead of raising in the midst of things."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())


@contextmanager
def working_beside(*, wanted: bool = True) -> Iterator[None]:
    """Keep `wufei work` running as a process of its own; it ends with this block, or with this process."""
    if not wanted:
        yield
        return
    command = "from wufei.cli import main; main()"
    arguments = [sys.executable, "-c", command, "work", "--parent", str(os.getpid())]
    worker = subprocess.Popen(arguments, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(CHILD_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


class _Runner(threading.Thread):
    """The thread of one job."""

    def __init__(self, job: Job, stop: threading.Event) -> None:
        super().__init__(name=f"job-{job.name}", daemon=True)
        self.job = job
        self._stop_asked = stop
        self._wrappers: list[object] = []

    def run(self) -> None:
        # Connections belong to the thread that asks for them first; `cancel` needs to find them.
        self._wrappers = [connections[alias] for alias in connections]
        failures = 0
        while not self._stop_asked.is_set():
            more, failures = self._round(failures)
            if not more:
                self._stop_asked.wait(pause_s(self.job, failures))
        connections.close_all()

    def cancel(self) -> None:
        """Cancel the statements that the job waits for, from the thread that stops it."""
        for wrapper in self._wrappers:
            connection = getattr(wrapper, "connection", None)
            if isinstance(connection, psycopg.Connection) and not connection.closed:
                with suppress(psycopg.Error):
                    connection.cancel_safe(timeout=1)

    def _round(self, failures: int) -> tuple[bool, int]:
        """Run one round; say whether more is waiting, and how many rounds in a row have failed."""
        try:
            return run_alone(self.job), 0
        except Exception:  # the edge of the process: a job that fails is told of and tried again
            if not self._stop_asked.is_set():
                log.exception("jobs.failed", job=self.job.name, failures=failures + 1)
            # The connection may be lost; the next round opens another.
            with suppress(Exception):
                connections.close_all()
            return False, failures + 1


def run_alone(job: Job) -> bool:
    """Run one round unless another process is at this job; say whether more is waiting."""
    key = f"wufei.job:{job.name}"
    # Held by the connection, so that it is free again when this process dies, whatever the round commits.
    with connections["system"].cursor() as cursor:
        cursor.execute(_TRY_LOCK, [key])
        if not cursor.fetchone()[0]:
            return False
    try:
        return job.run()
    finally:
        if connections["system"].connection is not None and connections["system"].is_usable():
            with connections["system"].cursor() as cursor:
                cursor.execute(_UNLOCK, [key])
