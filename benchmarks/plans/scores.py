"""How many fields of a plan were read right, field by field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from wufei.kernel.errors import InputError
from wufei.kernel.units import parse_unit

_FIELDS = {
    "indicators": ("no", "level1", "level2", "name", "type", "attribute", "units"),
    "tasks": ("no", "section", "title", "text", "lead", "support", "due"),
    "projects": ("no", "field", "name", "content", "unit", "due"),
    "targets_in_text": ("name", "year", "op", "value", "unit"),
}
_KEYS = {"indicators": "name", "tasks": "text", "projects": "content", "targets_in_text": "name"}
_VALUE_FIELDS = ("text", "op", "value", "unit")


@dataclass(slots=True)
class Score:
    """Fields right and wrong; ``misses`` say which were wrong."""

    right: int = 0
    wrong: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Fields right, 0 to 1."""
        return self.right / max(1, self.right + self.wrong)

    def add(self, other: Score) -> None:
        """Count another plan too."""
        self.right += other.right
        self.wrong += other.wrong
        self.misses += other.misses


def score(expected: dict[str, Any], read: dict[str, Any]) -> Score:
    """Compare what was read with what stands in the plan; a row too many counts as wrong in every field."""
    result = Score()
    for name, value in expected["plan"].items():
        _judge(result, f"plan.{name}", value, read["plan"].get(name))
    for part, names in _FIELDS.items():
        pairs = _paired(expected[part], read[part], _KEYS[part])
        for at, (want, got) in enumerate(pairs):
            for name in names:
                _judge(result, f"{part}[{at}].{name}", _of(want, name), _of(got, name))
            if part == "indicators":
                _judge_values(result, f"{part}[{at}]", want, got)
    return result


def _judge_values(result: Score, where: str, want: dict[str, Any] | None, got: dict[str, Any] | None) -> None:
    values = [("baseline", _of(want, "baseline"), _of(got, "baseline"))]
    theirs = {each["year"]: each for each in (_of(got, "targets") or [])}
    values += [
        (f"target {target['year']}", target, theirs.pop(target["year"], None))
        for target in _of(want, "targets") or []
    ]
    values += [(f"target {year}", None, each) for year, each in theirs.items()]
    for name, one, two in values:
        for part in _VALUE_FIELDS:
            if one is not None or two is not None:
                _judge(result, f"{where}.{name}.{part}", _of(one, part), _of(two, part))


def _judge(result: Score, where: str, want: object, got: object) -> None:
    if _plain(want) == _plain(got) and (want is None) == (got is None):
        result.right += 1
    else:
        result.wrong += 1
        result.misses.append(f"{where}: {want!r} was read as {got!r}")


def _of(each: dict[str, Any] | None, name: str) -> Any:
    return None if each is None else each.get(name)


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    text = re.sub(r"[\s“”\"]", "", unicodedata.normalize("NFKC", "" if value is None else str(value)))
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        pass
    try:
        return parse_unit(text).symbol
    except InputError:
        return text


def _paired(
    want: Sequence[dict[str, Any]], got: Sequence[dict[str, Any]], key: str
) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    """Pair rows by their words, in order; what has no partner is paired with None."""
    left = list(got)
    for each in want:
        same = next((at for at, other in enumerate(left) if _plain(other[key]) == _plain(each[key])), None)
        if same is None:
            same = next((at for at, other in enumerate(left) if _near(each, other, key)), None)
        yield each, left.pop(same) if same is not None else None
    for other in left:
        yield None, other


def _near(one: dict[str, Any], two: dict[str, Any], key: str) -> bool:
    """Say whether two rows are the same one, read wrong in part."""
    first, second = str(_plain(one[key])), str(_plain(two[key]))
    return bool(first and second) and (
        first[:6] == second[:6] or (bool(one.get("no")) and one.get("no") == two.get("no"))
    )
