"""`python -m tools.name_table`: how well everyday names find their codes, as the table of docs/methods/name-to-code.md.

The names are written by hand in tests/records/catalogue/naming; a third was set apart by a hash before tuning.
With ``--misses`` the names that miss are listed, those of the tuning set only unless ``--all`` is given.
"""

from __future__ import annotations

import csv
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


def table(names: Iterable[Named]) -> list[str]:
    """Give the lines of the table, one per set."""
    rows = ["| set | names | top-1 | top-3 | hazardous as general |", "|---|---|---|---|---|"]
    named = list(names)
    for part in dict.fromkeys(one.part for one in named):
        own = [one for one in named if one.part == part]
        first, third = (sum(one.right(n) for one in own) for n in (1, 3))
        unsafe = sum(one.unsafe for one in own)
        rows.append(
            f"| {part} | {len(own)} | {first / len(own):.1%} ({first}) | {third / len(own):.1%} ({third}) | {unsafe} |"
        )
    return rows


def main() -> None:
    """Print the table, and what misses."""
    named = measured()
    hidden = set() if "--all" in sys.argv else {"held-out"}
    shown = [one for one in named if one.part not in hidden]
    print("\n".join(table(named if "--all" in sys.argv else shown)))
    if "--misses" in sys.argv:
        for one in shown:
            if not one.right(1) or one.unsafe:
                codes = " ".join(candidate.code for candidate in one.answer.candidates)
                sign = "!!" if one.unsafe else ("3 " if one.right(3) else "x ")
                print(f"{sign} {one.part} {one.name} | {one.expected} | {one.answer.status} {codes} | {one.answer.understood}")


if __name__ == "__main__":
    main()
