"""`python -m benchmarks.soak`: fifty people work in the demo for five minutes."""

from __future__ import annotations

import sys

from benchmarks.table import publish
from benchmarks.world import world

SECONDS = 300


def main() -> None:
    """Measure and end with 1 if a target was missed."""
    with world():
        from benchmarks import first_page  # noqa: PLC0415 (it needs Django ready)

        results = first_page.measure(SECONDS)
    publish(results, "soak.json")
    sys.exit(0 if all(result.met is not False for result in results) else 1)


if __name__ == "__main__":
    main()
