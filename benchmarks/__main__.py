"""`make bench`: measure, print the table, write bench.json; with --full at the stated sizes."""

from __future__ import annotations

import sys

from benchmarks.table import publish
from benchmarks.world import world

FULL = 2_000_000
TENTH = FULL // 10


def main() -> None:
    """Run all benchmarks; end with 1 if a target was missed."""
    full = "--full" in sys.argv[1:]
    with world():
        from benchmarks import figures, first_page  # noqa: PLC0415 (they need Django ready)

        results = first_page.measure(60 if full else 20)
        results += figures.measure(FULL, posted=FULL if full else TENTH)
    publish(results)
    sys.exit(0 if all(result.met is not False for result in results) else 1)


if __name__ == "__main__":
    main()
