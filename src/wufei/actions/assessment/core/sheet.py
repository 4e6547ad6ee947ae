"""A score sheet: every point a line that says how it came about and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from wufei.actions.assessment.core.scheme import Group
from wufei.kernel.text import Text

BONUS, DEDUCTIONS = "bonus", "deductions"
"""The parts beside those of a scheme."""

_NONE = Decimal(0)


class SourceKind(StrEnum):
    """What a line leads to."""

    FIGURE = "figure"
    TASK = "task"
    STEP = "step"
    FILE = "file"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the input of a line stands: a figure's, task's, step's or file's id, or a rule of the scheme."""

    kind: SourceKind
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet.

    Attributes
    ----------
    points : Decimal
        What it can give; 0 for what is not counted, for bonus the most, for deductions 0.
    score : Decimal or None
        What it gives, to 0.01; None where there is no data, never 0 in its place.
    formula, inputs, reason : Text, tuple of (Text, Text), Text
        How it was computed, of what, and why.
    before : Decimal or None
        What it gave before a decision on an appeal; ``decided`` says why it was changed.
    """

    key: str
    part: str
    item: Text
    points: Decimal
    score: Decimal | None
    formula: Text
    reason: Text
    source: Source
    inputs: tuple[tuple[Text, Text], ...] = ()
    changed: bool = False
    before: Decimal | None = None
    decided: str = ""

    @property
    def open_points(self) -> Decimal:
        """How many points it leaves open."""
        return self.points if self.score is None else _NONE


@dataclass(frozen=True, slots=True)
class PartSum:
    """A part of a sheet: points it can give and gave, and those left open."""

    id: str
    title: Text
    points: Decimal
    score: Decimal
    open_points: Decimal

    @property
    def unknown(self) -> bool:
        """Whether nothing is known of it: then its score is no 0."""
        return self.points > 0 and self.open_points == self.points

    @property
    def empty(self) -> bool:
        """Whether the department has nothing in it."""
        return not self.points and not self.score


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """All points of one department."""

    department_id: int
    group: Group
    parts: tuple[PartSum, ...]
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """The sum of the parts, and so of the lines that have data; it can rise to `high`."""
        return sum((part.score for part in self.parts), _NONE)

    @property
    def high(self) -> Decimal:
        """The total if every line without data gave all its points."""
        return self.total + sum((part.open_points for part in self.parts), _NONE)

    @property
    def open_lines(self) -> int:
        """How many lines have no data."""
        return sum(line.score is None for line in self.lines)

    def line(self, key: str) -> Line | None:
        """Give a line by its key."""
        return next((line for line in self.lines if line.key == key), None)
