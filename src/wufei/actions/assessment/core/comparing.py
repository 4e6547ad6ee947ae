"""Ranks with what open lines leave open, two weightings side by side, and what a new computation changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wufei.actions.assessment.core.facts import Facts, Given
from wufei.actions.assessment.core.scheme import Scheme
from wufei.actions.assessment.core.scoring import score
from wufei.actions.assessment.core.sheet import ScoreSheet
from wufei.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a department stands, by what is known; ``best`` and ``worst`` by what open lines leave possible.

    Equal totals share a rank, and the next one is left out (1, 2, 2, 4).
    """

    sheet: ScoreSheet
    rank: int
    best: int
    worst: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What another weighting does to a department."""

    department_id: int
    group_before: Text
    total_before: Decimal
    total_after: Decimal
    rank_before: int
    rank_after: int

    @property
    def moved(self) -> Decimal:
        """How many points it gains."""
        return self.total_after - self.total_before

    @property
    def climbed(self) -> int:
        """How many ranks it rises; below 0 where it falls."""
        return self.rank_before - self.rank_after

    @property
    def fell(self) -> int:
        """How many ranks it falls; below 0 where it rises."""
        return -self.climbed


@dataclass(frozen=True, slots=True)
class Change:
    """A line that says something else now; None where it was, or is, not there or without data."""

    department_id: int
    key: str
    item: Text
    old: Decimal | None
    new: Decimal | None


def ranked(sheets: Sequence[ScoreSheet]) -> tuple[Rank, ...]:
    """Rank sheets by total, the highest first; of equal ones by department id, with the same rank."""
    return tuple(
        Rank(
            sheet,
            1 + sum(other.total > sheet.total for other in sheets),
            1 + sum(other is not sheet and other.total > sheet.high for other in sheets),
            1 + sum(other is not sheet and other.high > sheet.total for other in sheets),
        )
        for sheet in sorted(sheets, key=lambda sheet: (-sheet.total, sheet.department_id))
    )


def effects(before: Scheme, after: Scheme, facts: Facts, given: Given) -> tuple[Effect, ...]:
    """Score the same facts by two weightings and give what changes, in the order of the first ranking."""
    old, new = ranked(score(before, facts, given)), ranked(score(after, facts, given))
    now = {each.sheet.department_id: each for each in new}
    return tuple(
        Effect(
            each.sheet.department_id,
            each.sheet.group.title,
            each.sheet.total,
            now[each.sheet.department_id].sheet.total,
            each.rank,
            now[each.sheet.department_id].rank,
        )
        for each in old
    )


def changes(before: Sequence[ScoreSheet], after: Sequence[ScoreSheet]) -> tuple[Change, ...]:
    """Give the lines whose scores differ between two computations, or that only one of them has."""
    old, new = _scores(before), _scores(after)
    keys = [*old, *(key for key in new if key not in old)]
    return tuple(
        Change(*key, (new.get(key) or old[key])[0], old.get(key, _ABSENT)[1], new.get(key, _ABSENT)[1])
        for key in keys
        if (key in old) != (key in new) or old[key][1] != new[key][1]
    )


_ABSENT = (Text(""), None)


def _scores(sheets: Sequence[ScoreSheet]) -> dict[tuple[int, str], tuple[Text, Decimal | None]]:
    return {
        (sheet.department_id, line.key): (line.item, line.score) for sheet in sheets for line in sheet.lines
    }
