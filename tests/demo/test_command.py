"""`wufei demo` as a person runs it: a process of its own that loads, prints the sign-ins and answers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

PROGRAM = [str(Path(sys.executable).with_name("wufei")), "demo"]
PATIENCE_S = 60


@pytest.fixture
def surroundings(first_load, server_environment):
    return server_environment


def test_without_serving_it_loads_says_so_and_stops(surroundings):
    done = subprocess.run(
        [*PROGRAM, "--no-serve"],
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "示例区一年的台账" in done.stdout or "已是最新" in done.stdout


def test_served_it_prints_address_and_sign_ins_and_the_page_offers_them(surroundings, tmp_path):
    out = tmp_path / "out.txt"
    with out.open("w") as stdout:
        process = subprocess.Popen(
            [*PROGRAM, "--port", "0"],
            env=surroundings,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = _address(process, out)
        page = _page(f"{address}sign-in")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
    told = out.read_text("utf8")
    for username in (
        "demo-office",
        "demo-leader",
        "demo-clerk",
        "demo-producer",
        "demo-auditor",
        "demo-public",
    ):
        assert username in told
        assert f'value="{username}"' in page
    assert "wufei-demo-2025" in told


def _address(process, out):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        text = out.read_text("utf8")
        if found := re.search(r"http://[^\s]+/", text):
            return found[0]
        assert process.poll() is None, text
        time.sleep(0.1)
    raise AssertionError(out.read_text("utf8"))


def _page(address):
    """Ask until the workers, which begin just after the address was told, answer."""
    port = urlsplit(address).port
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", urlsplit(address).path)
            return connection.getresponse().read().decode()
        except ConnectionRefusedError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError(address)
