"""`python -m benchmarks.part NAME SIZE FILE`: one part of the benchmarks, in a database of its own.

Parts are processes of their own, so that none measures in what another left behind.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from benchmarks.table import Result
from benchmarks.world import world

FIGURES = 2_000_000
LOADED = 1_000_000
LEAVES = 10_000_000


def main() -> None:
    """Measure and write the results as JSON."""
    name, size, file_name = sys.argv[1:]
    with world() as folder:
        from benchmarks import (  # noqa: PLC0415 (they need Django ready)
            access,
            figures,
            first_page,
            naming,
            posting,
            reading,
            register,
            sealing,
            writers,
        )

        parts: Mapping[str, Mapping[str, Callable[[], list[Result]]]] = {
            "first_page": {
                "tenth": lambda: first_page.measure(20),
                "full": lambda: first_page.measure(60),
                "soak": lambda: first_page.measure(300),
            },
            "access": {"tenth": lambda: access.measure(400), "full": lambda: access.measure(4_000)},
            "figures": {
                # The ledger that is read has the stated size in both; a tenth of it goes through the door.
                "tenth": lambda: figures.measure(FIGURES, posted=FIGURES // 10),
                "full": lambda: figures.measure(FIGURES, posted=FIGURES),
            },
            "posting": {
                "tenth": lambda: posting.measure(LOADED // 10, folder),
                "full": lambda: posting.measure(LOADED, folder),
            },
            "writers": {"tenth": lambda: writers.measure(400), "full": lambda: writers.measure(4_000)},
            "naming": {"tenth": lambda: naming.measure(1), "full": lambda: naming.measure(5)},
            # The plan has the stated 300 pages in both; PDF pages are priced one by one.
            "reading": {"tenth": lambda: reading.measure(300, 20), "full": lambda: reading.measure(300, 500)},
            "register": {"tenth": lambda: register.measure(10_000), "full": lambda: register.measure(10_000)},
            "sealing": {
                "tenth": lambda: sealing.measure(LEAVES // 100),
                "full": lambda: sealing.measure(LEAVES),
            },
        }
        results = parts[name][size]()
    Path(file_name).write_text(json.dumps([asdict(result) for result in results], ensure_ascii=False), "utf8")


if __name__ == "__main__":
    main()
