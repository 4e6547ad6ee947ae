"""Hold the plans that ship as data against the published texts they were taken from.

``make accept PLANS=DIR`` reads every ``*.txt`` of a folder that is not part of the project, finds the shipped
plan whose title stands in it, and looks up each cell of each line (name, values, units) in the text.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

from wufei.records.plans.core.files import load_plans
from wufei.records.plans.core.plan import Plan


def main() -> None:
    """Print cells found and missing per plan; end with 1 if any cell is missing or no text fits a plan."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None
    if folder is None or not folder.is_dir():
        sys.exit("make accept PLANS=DIR needs a folder of published plans as *.txt")
    texts = {path.name: path.read_text("utf8") for path in sorted(folder.glob("*.txt"))}
    missing = compared = 0
    for plan in load_plans():
        for name, text in texts.items():
            if _plain(plan.title.zh) in _plain(text):
                found, lost = _compare(plan, text)
                compared, missing = compared + 1, missing + len(lost)
                print(f"{plan.id} against {name}: {found} cells found, {len(lost)} missing")
                print("\n".join(f"  {line}" for line in lost))
    print(f"{compared} plans compared, {missing} cells missing")
    sys.exit(1 if missing or not compared else 0)


def _compare(plan: Plan, text: str) -> tuple[int, list[str]]:
    plain, found, lost = _plain(text), 0, []
    for line in plan.lines:
        cells = [line.name, line.baseline.text, *(value.text for _, value in line.targets), *line.units]
        for cell in filter(None, cells):
            if _plain(cell) in plain:
                found += 1
            else:
                lost.append(f"{line.no} {line.name}: “{cell}” does not stand in the text")
    return found, lost


def _plain(text: str) -> str:
    return re.sub(r"[\s“”\"'‘’]", "", unicodedata.normalize("NFKC", text))


if __name__ == "__main__":
    main()
