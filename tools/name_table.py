"""`python -m tools.name_table`: how well everyday names find their codes, as the table of name-to-code.md.

The names are written by hand in tests/records/catalogue/naming; a third of the first ones was set apart by a
hash before tuning and is shown only with ``--all``. With ``--misses`` the names that miss are listed, with
``--json`` the figures are for machines.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from wufei.records.catalogue.core.naming.answers import Answer, Candidate, Status
from wufei.records.catalogue.core.naming.find import find

ROOT = Path(__file__).resolve().parent.parent
NAMES = ROOT / "tests" / "records" / "catalogue" / "naming"
FILES = ("names.csv", "fresh-names.csv")
ON = date(2026, 1, 1)
GREEN = "900-001-S81"


@dataclass(frozen=True, slots=True)
class Named:
    """One name of the evaluation, with the answer."""

    name: str
    expected: str
    kind: str
    part: str
    answer: Answer

    @property
    def wanted(self) -> list[str]:
        """What counts as right."""
        return [one.removeprefix("?") for one in self.expected.split("|")]

    def right(self, first: int) -> bool:
        """Say whether one of the first candidates is right; a wanted question must be asked."""
        if self.kind == "question":
            return self.answer.question is not None
        if self.kind == "undetermined":
            return self.answer.status is not Status.CLEAR
        if "" in self.wanted and self.answer.question is not None:
            return True
        return any(fits(one, wanted) for one in self.answer.candidates[:first] for wanted in self.wanted)

    @property
    def unsafe(self) -> bool:
        """Whether waste that can only be hazardous is answered as general, without a question."""
        hazardous = all(is_hazardous(one) for one in self.wanted if one) and self.kind == "code"
        clear = self.answer.status is Status.CLEAR and bool(self.answer.candidates)
        household_bin = clear and self.answer.candidates[0].code.endswith("S60")
        return hazardous and clear and not self.answer.candidates[0].hazardous and not household_bin


def is_hazardous(code: str) -> bool:
    """Say whether a wanted code or category is hazardous."""
    return code.startswith("HW") or (len(code) == 10 and code[8:].isdigit())


def fits(candidate: Candidate, wanted: str) -> bool:
    """Say whether a candidate is a wanted code, category (``SW17``) or category with a word (``SW17/纸``)."""
    code, _, word = wanted.partition("/")
    number = candidate.code.rpartition("-")[2]
    category = f"SW{number[1:]}" if number.startswith("S") else f"HW{number}"
    if code == "GREEN":
        return candidate.code == GREEN
    if code.startswith("AGRI"):
        return category == "SW80"
    return code in {candidate.code, category} and word in candidate.name.zh


def measured(files: Iterable[str] = FILES) -> list[Named]:
    """Find every name of the evaluation."""
    return list(_measured(files))


def _measured(files: Iterable[str]) -> Iterator[Named]:
    for file in files:
        if not (NAMES / file).exists():
            continue
        with (NAMES / file).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                answer = find(row["name"], on=ON)
                yield Named(row["name"], row["expected"], row["kind"], row["set"], answer)


def figures(names: Iterable[Named]) -> dict[str, dict[str, int]]:
    """Count names, hits and unsafe answers of each set."""
    counted: dict[str, dict[str, int]] = {}
    for one in names:
        own = counted.setdefault(one.part, {"names": 0, "top_1": 0, "top_3": 0, "unsafe": 0})
        own["names"] += 1
        own["top_1"] += one.right(1)
        own["top_3"] += one.right(3)
        own["unsafe"] += one.unsafe
    return counted


def table(names: Iterable[Named]) -> list[str]:
    """Give the lines of the table, one per set."""
    rows = ["| set | names | top-1 | top-3 | hazardous as general |", "|---|---|---|---|---|"]
    for part, own in figures(names).items():
        first, third = (f"{own[key] / own['names']:.1%} ({own[key]})" for key in ("top_1", "top_3"))
        rows.append(f"| {part} | {own['names']} | {first} | {third} | {own['unsafe']} |")
    return rows


def misses(names: Iterable[Named]) -> Iterator[str]:
    """Tell each name whose first candidate is not right."""
    for one in names:
        if not one.right(1) or one.unsafe:
            codes = " ".join(candidate.code for candidate in one.answer.candidates)
            sign = "!!" if one.unsafe else ("3 " if one.right(3) else "x ")
            yield f"{sign} {one.part} {one.name} | {one.expected} | {one.answer.status} {codes}"
            yield f"     {one.answer.understood}"


def main() -> None:
    """Print the table, and what misses."""
    shown = [one for one in measured() if "--all" in sys.argv or one.part != "held-out"]
    if "--json" in sys.argv:
        print(json.dumps(figures(shown)))
        return
    print("\n".join(table(shown)))
    if "--misses" in sys.argv:
        print("\n".join(misses(shown)))


if __name__ == "__main__":
    main()
