"""Whom a text is for: the kinds of waste and stages that it names, and the departments in charge of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from wufei.actions.tasks.core.responsibility import (
    ALL,
    Responsibility,
    Stage,
    kinds_of_waste,
    responsible,
    wider,
)
from wufei.actions.tasks.core.task import Duty

PROPOSED_MAX = 3
_WORDS = Path(__file__).resolve().parents[1] / "data" / "duty-words.csv"
# Names that are plain words too, and would be found where no waste is meant.
_TOO_PLAIN = frozenset({"其他"})
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Subjects:
    """What a text speaks of, in the order in which it does."""

    streams: tuple[str, ...]
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A department that the list names for what a text speaks of; a person decides.

    Attributes
    ----------
    cells : tuple of (str, Stage)
        The kinds of waste and stages for which it is in charge.
    lines : tuple of Responsibility
        Where the list says so.
    """

    department_id: int
    duty: Duty
    cells: tuple[tuple[str, Stage], ...]
    lines: tuple[Responsibility, ...]


def subjects_of(text: str) -> Subjects:
    """Find kinds of waste and stages in a text; of words that overlap the longest counts.

    >>> subjects_of("完善厨余垃圾分类收集体系")
    Subjects(streams=('SW61',), stages=(<Stage.SORTING: 'sorting'>, <Stage.COLLECTION: 'collection'>))
    """
    words = _words()
    found = dict.fromkeys(words[match[0]] for match in _pattern().finditer(text))
    streams = tuple(key for key in found if not isinstance(key, Stage))
    # A text that names both 生活垃圾 and 厨余垃圾 speaks of the narrower one.
    above = {level for each in streams for level in wider(each)[1:]}
    narrow = tuple(each for each in streams if each not in above)
    return Subjects(narrow, tuple(key for key in found if isinstance(key, Stage)))


def proposals(duties: Sequence[Responsibility], text: str, duty: Duty, on: date) -> tuple[Proposal, ...]:
    """Propose departments for a text: whoever leads, or supports, most of what it speaks of comes first.

    A text that names no kind of waste is one about all of it only if it names a stage; one that names neither
    leads to nobody.
    """
    asked = subjects_of(text)
    if not (asked.streams or asked.stages):
        return ()
    cells: dict[int, list[tuple[str, Stage]]] = {}
    lines: dict[int, dict[int, Responsibility]] = {}
    for stream in asked.streams or (ALL,):
        for stage in asked.stages or tuple(Stage):
            answer = responsible(duties, stream, stage, on)
            for line in answer.leads if duty is Duty.LEAD else answer.supports:
                cells.setdefault(line.department_id, []).append((stream, stage))
                lines.setdefault(line.department_id, {})[line.id] = line
    ranked = sorted(cells, key=lambda each: (-len(set(cells[each])), each))
    return tuple(
        Proposal(each, duty, tuple(dict.fromkeys(cells[each])), tuple(lines[each].values()))
        for each in ranked[:PROPOSED_MAX]
    )


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str | Stage]:
    with _WORDS.open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    names: Iterable[tuple[str, str]] = ((name.zh, key) for key, name in kinds_of_waste().items())
    known: dict[str, str | Stage] = {
        word: key for word, key in names if word not in _TOO_PLAIN and len(word) >= _SHORTEST
    }
    for row in rows:
        known[row["word"]] = Stage(row["key"]) if row["of"] == "stage" else row["key"]
    return known


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_words(), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in longest_first))
