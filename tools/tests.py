"""Run every test, floor by floor of cost, and show the minutes beside their budget."""

from __future__ import annotations

import sys
import time

from tools.steps import python, run_aloud

PYTEST = ("-m", "pytest", "-q", "--durations=5", "--durations-min=5")

# Name, selection, workers, budget in minutes on two cores.
SUITES = (
    ("core", "not database and not browser and not sweep", "2", 1),
    ("database, properties, API", "(database or sweep) and not browser", "2", 13),
    ("browser", "browser", "2", 4),
)


def main() -> None:
    """Run the suites one after another; a failing suite does not hide the next."""
    failed, lines = [], []
    for name, selection, workers, budget_min in SUITES:
        started = time.monotonic()
        passed = run_aloud(python(f"{name} tests", *PYTEST, "-m", selection, "-n", workers))
        minutes = (time.monotonic() - started) / 60
        lines.append(f"{'ok ' if passed else 'BAD'} {name}: {minutes:.1f} of {budget_min} min")
        failed += [] if passed else [name]
    print("\n".join(lines), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
