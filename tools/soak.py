"""What is too long for every test run: properties with many examples, repeated kills, people for minutes.

`make soak` ends with a report of what it found, kept as docs/reports/soak-ledger.md. WUFEI_KILLS says how
often something is killed, WUFEI_OPEN_S how many seconds one transaction stays open.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tools.steps import ROOT, Step, python, run_aloud

REPORT = ROOT / "docs" / "reports" / "soak-ledger.md"
PEOPLE = ROOT / "soak.json"
KNIVES = ("tests/records/ledger/test_kills.py", "tests/records/ledger/test_reader.py")
PROPERTIES = ("tests/kernel", "tests/records", "tests/measures", "tests/simulator")
CORES = ("--hypothesis-profile=soak", "-m", "hypothesis and not database")
DATABASE = ("--hypothesis-profile=soak-database", "-m", "hypothesis and database")
MACHINE = "tests/records/ledger/test_state_machine.py"
ENVIRONMENT = {"WUFEI_KILLS": "50", "WUFEI_OPEN_S": "30"}
ROUNDS = 3

Figures = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Round:
    """One long check: what it was, whether it passed, how long it took, what it says of itself."""

    name: str
    passed: bool
    minutes: float
    figures: Figures


def main() -> None:
    """Run the long checks one after another, write the report and end with 1 if any failed."""
    os.environ.update({name: os.environ.get(name, value) for name, value in ENVIRONMENT.items()})
    left_out = [f"--ignore={file}" for file in KNIVES]
    rounds = [
        _tests("kills and readers", "-n", "2", *KNIVES),
        _tests("properties of cores", "-n", "2", *CORES, *left_out, *PROPERTIES),
        _tests("properties on the database", "-n", "2", *DATABASE, *left_out, *PROPERTIES),
        _tests("state machine of the doors", "--hypothesis-profile=soak-database", MACHINE),
        *(_tests(f"servers, round {number + 1}", "tests/runtime/database") for number in range(ROUNDS)),
        _people(),
    ]
    text = report_text(rounds)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(text, "utf8")
    print(text, flush=True)
    sys.exit(0 if all(one.passed for one in rounds) else 1)


def _tests(name: str, *arguments: str) -> Round:
    with tempfile.TemporaryDirectory(prefix="wufei-soak-") as folder:
        file = Path(folder) / "figures.json"
        os.environ["SOAK_FIGURES"] = str(file)
        command = ("-m", "pytest", "-q", "-p", "tools.soak_figures", *arguments)
        return _round(python(name, *command), file)


def _people() -> Round:
    PEOPLE.unlink(missing_ok=True)
    return _round(python("fifty people for five minutes", "-m", "benchmarks", "--soak"), PEOPLE)


def _round(step: Step, file: Path) -> Round:
    started = time.monotonic()
    passed = run_aloud(step)
    minutes = (time.monotonic() - started) / 60
    found = json.loads(file.read_text("utf8")) if file.exists() else {}
    # The benchmarks write a list of results, tests an object of figures.
    figures = found if isinstance(found, dict) else {row["name"]: _bounded(row) for row in found}
    return Round(step.name, passed, minutes, figures)


def _bounded(row: Figures) -> str:
    bound = f" ({row['target']})" if row["target"] else ""
    return f"{row['value']}{bound}"


def report_text(rounds: Sequence[Round]) -> str:
    """Write the report: date, machine, verdict and every figure of every round."""
    failed = [one.name for one in rounds if not one.passed]
    lines = [
        "# Soak of the ledger",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {_machine()}. Written by `make soak`.",
        "",
        f"**Failed: {'; '.join(failed)}.**" if failed else "Everything passed.",
    ]
    for one in rounds:
        verdict = "passed" if one.passed else "FAILED"
        lines += ["", f"## {one.name}: {verdict} in {one.minutes:.1f} min", ""]
        lines += ["| figure | value |", "|---|---|"]
        lines += [f"| {name} | {value} |" for name, value in one.figures.items() if value != 0]
    return "\n".join(lines) + "\n"


def _machine() -> str:
    memory_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30)
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, {memory_gb:.0f} GB of memory, {platform.system()} {platform.machine()}"


if __name__ == "__main__":
    main()
