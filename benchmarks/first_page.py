"""How long a newcomer waits: the first load of the demo, its second start, and answers to fifty people.

Import it once Django is ready; the demo runs as a process with a database of its own.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.people import summary, work
from benchmarks.table import Result, at_most
from wufei.demo.people import load_people

PEOPLE = 50
WAIT_S = 120
COMMAND = [str(Path(sys.executable).with_name("wufei")), "demo"]


def measure(seconds: float) -> list[Result]:
    """Load a demo of its own, start it again, and let people work in it for a while."""
    folder = Path(tempfile.mkdtemp(prefix="wufei-bench-"))
    # Run by root, the server is another account and must be able to pass through.
    folder.chmod(0o711)
    environment = {**os.environ, "WUFEI_DATA_DIR": str(folder / "data")}
    try:
        started = time.perf_counter()
        subprocess.run([*COMMAND, "--no-serve"], env=environment, check=True, stdout=subprocess.DEVNULL)
        load_s = time.perf_counter() - started
        people = load_people()
        usernames = [person.username for person in people.persons]
        with serving(environment) as (port, first_page_s):
            answers = work(
                port, people=PEOPLE, seconds=seconds, usernames=usernames, password=people.password
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    p95_ms = answers.percentile_ms(0.95)
    return [
        Result(
            "first load of the demo, s",
            round(load_s, 1),
            detail="after set-up; the whole first run is bound to 120 s",
        ),
        at_most("second start to the first page, s", first_page_s, 8),
        at_most(f"answer to {PEOPLE} people at work, p95 ms", p95_ms, 100, summary(answers)),
        at_most("answers that were not 200", len(answers.failures), 0, "; ".join(answers.failures[:3])),
    ]


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[int, float]]:
    """Serve the demo on a free port of loopback; give the port and the seconds to its first page."""
    port = _free_port()
    started = time.perf_counter()
    with subprocess.Popen(
        [*COMMAND, "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
    ) as server:
        try:
            _wait_for_page(port, server)
            yield port, time.perf_counter() - started
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def _wait_for_page(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"no page on port {port}: the demo ended with {server.poll()} or took over {WAIT_S} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
