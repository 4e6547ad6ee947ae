"""The site starts, answers, and stops when told."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from wufei.kernel.errors import ConflictError
from wufei.runtime.serving.services import free_port

RUN = [sys.executable, "-c", "from wufei.cli import main; main()", "serve", "--port", "0", "--workers", "1"]


@pytest.fixture
def site(database_environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        RUN, env=database_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    words = (word for line in process.stdout for word in line.split())
    yield process, next(word for word in words if word.startswith("http://"))
    if process.poll() is None:
        process.kill()
    process.communicate()


def _get(address: str) -> tuple[int, dict[str, Any]]:
    with urlopen(address, timeout=20) as answer:  # noqa: S310 - our own address
        return answer.status, json.load(answer)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_the_site_answers_and_stops_cleanly(
    site: tuple[subprocess.Popen[str], str], sent: signal.Signals
) -> None:
    process, address = site
    assert _get(f"{address}healthz") == (200, {"status": "ok"})
    status, ready = _get(f"{address}readyz")
    assert (status, ready["status"]) == (200, "ready")
    assert {"sealing", "outbox"} <= set(ready["watched"])
    process.send_signal(sent)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_a_killed_site_leaves_nobody_at_its_port(site: tuple[subprocess.Popen[str], str]) -> None:
    process, address = site
    assert _get(f"{address}healthz") == (200, {"status": "ok"})
    process.kill()
    # The pipes close when the last worker has gone.
    process.communicate(timeout=30)
    with pytest.raises(URLError):
        _get(f"{address}healthz")


def test_a_port_in_use_is_refused_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConflictError) as caught:
            free_port("127.0.0.1", port)
    assert caught.value.code == "serving.port"
    assert "--port" in caught.value.message.en


def test_port_zero_gives_a_port_that_can_be_taken() -> None:
    port = free_port("127.0.0.1", 0)
    assert free_port("127.0.0.1", port) == port
