"""What the program says to a command line that names what does not exist: two lines, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest


def wufei(environment: dict[str, str], line: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from wufei.cli import main; main()", *line.split()]
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("ledger balance --book actual --region nowhere-at-all", "nowhere-at-all"),
        ("ledger balance --book actuall --region test-of-commands", "actuall"),
        ("ledger balance --book actual --region test-of-commands --kind heap", "heap"),
        ("ledger history 987654321", "987654321"),
        ("ledger history twelve", "account"),
    ],
)
def test_a_command_names_what_is_wrong_without_a_traceback(
    database_environment: dict[str, str], region_factory: Callable[..., int], line: str, told: str
) -> None:
    region_factory(key="test-of-commands")
    done = wufei(database_environment, line)
    assert done.returncode in {1, 2}
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
