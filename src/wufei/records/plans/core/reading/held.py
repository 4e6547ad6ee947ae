"""What the cells of a column hold, whatever its head says: numbers, values, units, deadlines, words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from wufei.kernel.errors import InputError
from wufei.kernel.units import parse_unit
from wufei.records.plans.core.reading.blocks import clean, joined
from wufei.records.plans.core.reading.responsible import is_due, responsible_in
from wufei.records.plans.core.reading.units import is_units, names_an_office
from wufei.records.plans.core.values import parse_value


class Holds(StrEnum):
    """What most cells of a column are."""

    NOTHING = "nothing"
    NO = "no"
    TYPE = "type"
    ATTRIBUTE = "attribute"
    MEASURE = "measure"
    DUE = "due"
    VALUE = "value"
    UNITS = "units"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Held:
    """What a column holds; how many cells say something, and of their own; their mean length."""

    holds: Holds
    filled_share: float
    distinct_share: float
    length: float


# What most cells must be for the column to be it; slips and merged cells are the rest.
_MOST, _MANY = 0.7, 0.6


def held(cells: Sequence[str]) -> Held:
    """Tell what a column holds by its cells, those of its head left out."""
    filled = [words for cell in cells if clean(words := joined(cell))]
    said = [words for words in filled if not _DASH.fullmatch(words)]
    if not said:
        return Held(Holds.NOTHING, 0.0, 0.0, 0.0)
    length = sum(map(len, said)) / len(said)
    return Held(_holds(said), len(filled) / len(cells), len(set(said)) / len(cells), length)


_DASH = re.compile(r"[-—–/－\s]*")


def _holds(said: Sequence[str]) -> Holds:
    if _are_numbers(said):
        return Holds.NO
    tests = (
        (Holds.TYPE, _MOST),
        (Holds.ATTRIBUTE, _MOST),
        (Holds.MEASURE, _MOST),
        (Holds.DUE, _MANY),
        (Holds.VALUE, _MANY),
        (Holds.UNITS, _MANY),
    )
    for holds, share in tests:
        if sum(fits(words, holds) for words in said) >= share * len(said):
            return holds
    return Holds.WORDS


def fits(cell: str, holds: Holds) -> bool:
    """Say whether a cell is such as a column of a sort holds."""
    words = joined(cell)
    return _TESTS[holds](words) if holds in _TESTS else False


_NUMBER = re.compile(r"[★☆▲*#]?\s*(\d{1,3}(?:[.-]\d{1,2}){0,2})\s*[.、．)）]?\s*[★☆▲*]?")
_NUMERAL = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．]?")


def _is_number(words: str) -> bool:
    return (_NUMBER.fullmatch(words) or _NUMERAL.fullmatch(words)) is not None


def _are_numbers(said: Sequence[str]) -> bool:
    """Say whether cells count the rows: 1, 2, 3, or 1.1, 1.2, 2.1; amounts do not follow each other."""
    if sum(map(_is_number, said)) < _MOST * len(said):
        return False
    counts = [
        tuple(map(int, re.split(r"[.-]", found[1]))) for each in said if (found := _NUMBER.fullmatch(each))
    ]
    if len(counts) < len(said) / 2:
        return True
    steps = list(pairwise(counts))
    next_ones = sum(two[-1] - one[-1] == 1 or two[-1] == 1 for one, two in steps)
    return counts[0][-1] <= _FIRST_MAX and next_ones >= _MOST * len(steps)


_FIRST_MAX = 3
_TYPE = re.compile(r"(?:必选|可选|自选|必备|选做|必做|基本|特色|自定)(?:指标|性|项)?|[★☆√×○●]")
_ATTRIBUTE = re.compile(r"(?:约束|预期|引导|指导|强制|鼓励|参考|监测)性?(?:指标)?")
_COUNTED = re.compile(
    r"[%％]|无量纲|[百千万亿]{0,2}(?:个|家|座|项|部|台|辆|件|人|人次|户|所|处|条|套|次|种|名|只|头|场|期|份|批)"
)


@lru_cache(maxsize=4096)
def is_measure(words: str) -> bool:
    """Say whether words are a unit of measure: %, 万吨, 吨/万元, 家."""
    if _COUNTED.fullmatch(words):
        return True
    if len(words) > _MEASURE_MAX:
        return False
    try:
        parse_unit(words)
    except InputError:
        return "/" in words and len(words) <= _MEASURE_MAX and not is_units(words)
    return True


_MEASURE_MAX = 12
_BRACKETED = re.compile(r"[\[〔【［（(]([^\]〕】］）)]+)[\]〕】］）)]")


_YEAR = re.compile(r"(?:到|至)?20\d\d年?(?:底|末)?")


def _is_value(words: str) -> bool:
    if _YEAR.fullmatch(words):
        return False
    inner = _BRACKETED.fullmatch(words)
    return parse_value(inner[1] if inner else words).is_number


def _is_who(words: str) -> bool:
    if not names_an_office(words):
        return False
    return is_units(words) or (re.search("[：:]", words) is not None and responsible_in(words) is not None)


_TESTS: dict[Holds, Callable[[str], bool]] = {
    Holds.NO: _is_number,
    Holds.TYPE: lambda words: _TYPE.fullmatch(words) is not None,
    Holds.ATTRIBUTE: lambda words: _ATTRIBUTE.fullmatch(words) is not None,
    Holds.MEASURE: is_measure,
    Holds.DUE: is_due,
    Holds.VALUE: _is_value,
    Holds.UNITS: _is_who,
}
