"""`make bench`: measure, print the table, write bench.json; with --full at the stated sizes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.table import ROOT, Result, publish

PARTS = ("first_page", "access", "figures", "posting", "writers", "register", "sealing", "naming", "reading")


def main() -> None:
    """Run all parts; end with 1 if a target was missed. With --soak only people at work, for minutes."""
    soak = "--soak" in sys.argv[1:]
    size = "full" if "--full" in sys.argv[1:] else "tenth"
    results = run(["first_page"], "soak") if soak else run(PARTS, size)
    publish(results, "soak.json" if soak else "bench.json")
    sys.exit(0 if all(result.met is not False for result in results) else 1)


def run(parts: Sequence[str], size: str) -> list[Result]:
    """Run parts one after another, each as a process of its own."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="wufei-bench-") as folder:
        for part in parts:
            file = Path(folder) / f"{part}.json"
            command = [sys.executable, "-m", "benchmarks.part", part, size, str(file)]
            subprocess.run(command, cwd=ROOT, check=True)
            results += [Result(**row) for row in json.loads(file.read_text("utf8"))]
    return results


if __name__ == "__main__":
    main()
