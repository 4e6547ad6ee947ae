"""`python -m benchmarks.growth FILE`: post a Parquet file and print by how many MB the process grew."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from wufei.runtime.environment import environment
from wufei.runtime.process import running

STATUS = Path("/proc/self/status")
RESET = Path("/proc/self/clear_refs")
PEAK = "5"


def main() -> None:
    """Post a first row, so that everything is loaded, then the file."""
    with running(environment()):
        from benchmarks.posting import read_file  # noqa: PLC0415 (they need Django ready)
        from wufei.records.ledger.services import post_many  # noqa: PLC0415
        from wufei.runtime.access.core import Scope  # noqa: PLC0415
        from wufei.runtime.clock import now  # noqa: PLC0415

        file = Path(sys.argv[1])
        first = next(iter(read_file(file))).slice(0, 1)
        post_many(Scope.operator(), first, now=now())
        RESET.write_text(PEAK)
        idle_kb = _peak_kb()
        post_many(Scope.operator(), read_file(file), now=now())
        print(json.dumps((_peak_kb() - idle_kb) / 1024))


def _peak_kb() -> int:
    """The highest memory since the peak was reset; a child's `ru_maxrss` begins with its parent's."""
    (line,) = (line for line in STATUS.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1])


if __name__ == "__main__":
    main()
