"""When a task of a plan is due, as far as the plan's words say: 2025年底前, 2026年6月, 长期坚持."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

LASTING = ("长期", "持续", "常态化", "每年", "逐年", "全程")
"""Words of tasks that never end: they are judged year by year."""

_YEAR = re.compile(r"(20\d\d)\s*年?")
_MONTH = re.compile(r"(20\d\d)\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?")
_QUARTER = re.compile(r"(20\d\d)\s*年\s*(?:第)?([一二三四1-4])\s*季度")
_HALF = re.compile(r"(20\d\d)\s*年\s*上半年")
_FIVE_YEARS = {"十三五": 2020, "十四五": 2025, "十五五": 2030, "十六五": 2035}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def due_on(text: str) -> date | None:
    """Give the last day on which a task is in time, or None where the words name no year.

    Of a span (2021-2025年, 2023年至2025年) the end counts; a year means its last day, a month its last day.

    >>> due_on("2025年底前")
    datetime.date(2025, 12, 31)
    """
    named = [*_months(text), *_quarters(text), *_halves(text)]
    years = [int(year) for year in _YEAR.findall(_without(text))]
    years += [year for name, year in _FIVE_YEARS.items() if name in text]
    return max([*named, *(date(year, 12, 31) for year in years)], default=None)


def is_lasting(text: str) -> bool:
    """Say whether the words name a task that goes on and has no last day (长期坚持)."""
    return due_on(text) is None and any(word in text for word in LASTING)


def _months(text: str) -> list[date]:
    found = []
    for year, month, day in _MONTH.findall(text):
        if 1 <= int(month) <= 12:
            last = monthrange(int(year), int(month))[1]
            found.append(date(int(year), int(month), min(int(day or last) or last, last)))
    return found


def _quarters(text: str) -> list[date]:
    ends = [(int(year), 3 * _QUARTERS[quarter]) for year, quarter in _QUARTER.findall(text)]
    return [date(year, month, monthrange(year, month)[1]) for year, month in ends]


def _halves(text: str) -> list[date]:
    return [date(int(year), 6, 30) for year in _HALF.findall(text)]


def _without(text: str) -> str:
    """Take out what was read more exactly, so that its year is not read again as a whole one."""
    for pattern in (_MONTH, _QUARTER, _HALF):
        text = pattern.sub(" ", text)
    return text
