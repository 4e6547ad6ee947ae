"""Names to codes: the first load of words and rules, and one name after another."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks.table import ROOT, Result, at_most
from wufei.records.catalogue.core.naming.find import find

NAMES = ROOT / "tests" / "records" / "catalogue" / "naming"
ON = date(2026, 1, 1)
LOADS = 5
FIND_MS_MAX, LOAD_MS_MAX = 30.0, 300.0

# The lists of items are loaded before: every page of the catalogue needs them anyway.
LOAD = """
import time
from wufei.records.catalogue.core.items import load_items
from wufei.records.catalogue.core.streams import load_streams
load_items(), load_streams()
from wufei.records.catalogue.core.naming import find
started = time.perf_counter()
find.load_lexicon(), find.load_rulebook()
print(time.perf_counter() - started)
"""


def measure(rounds: int) -> list[Result]:
    """Time every name of the evaluation this many times, and the load in processes of their own."""
    names = [name for file in sorted(NAMES.glob("*names.csv")) for name in _names(file)]
    find(names[0], on=ON)
    times = sorted(_timed_ms(name) for _ in range(rounds) for name in names)
    loads = sorted(_load_ms() for _ in range(LOADS))
    detail = (
        f"{len(names)} names, {rounds} rounds, median {times[len(times) // 2]:.2f}, worst {times[-1]:.1f}"
    )
    return [
        at_most("name to code, p95, ms", times[int(len(times) * 0.95)], FIND_MS_MAX, detail),
        at_most(
            "words and rules, load, ms", loads[LOADS // 2], LOAD_MS_MAX, f"{loads[0]:.0f}-{loads[-1]:.0f}"
        ),
    ]


def _names(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        return [row["name"] for row in csv.DictReader(lines)]


def _timed_ms(name: str) -> float:
    started = time.perf_counter()
    find(name, on=ON)
    return 1000 * (time.perf_counter() - started)


def _load_ms() -> float:
    command = [sys.executable, "-c", LOAD]
    return 1000 * float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
