"""Spans of the calendar in which waste is counted: day, month, quarter, half year, year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text


class Precision(StrEnum):
    """How exactly a date is known. A yearly record never enters a day chart."""

    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


_MONTHS = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.HALF: 6, Precision.YEAR: 12}
_QUARTER_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_HALF_SIGNS = {"1": 1, "2": 2, "上": 1, "下": 2}
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－／ＱＨ", "0123456789-/QH")
# The day after the last period must still be a day of the calendar.
_LAST_YEAR = 9998
_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_YEAR = re.compile(r"(\d{4})年?(?:度|全年)?", re.ASCII)
_QUARTER = re.compile(r"(\d{4})(?:-?[Qq]([1-4])|年第?([一二三四1-4])季度?)", re.ASCII)
_HALF = re.compile(r"(\d{4})(?:-?[Hh]([12])|年?([上下])半年)", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})月?", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})日?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A whole day, month, quarter, half year or year.

    Attributes
    ----------
    precision : Precision
        One of day, month, quarter, half, year.
    start : date
        First day.
    """

    precision: Precision
    start: date

    def __post_init__(self) -> None:
        months = _MONTHS.get(self.precision)
        if self.precision is Precision.INSTANT:
            raise ValueError("a period is a day, month, quarter, half or year, not an instant")
        if self.start.year > _LAST_YEAR:
            raise ValueError(f"a period ends by {_LAST_YEAR}, not in {self.start.year}")
        if months and (self.start.day != 1 or (self.start.month - 1) % months):
            raise ValueError(f"a {self.precision} does not start on {self.start}")

    @classmethod
    def year_of(cls, year: int) -> Period:
        """The calendar year."""
        return cls(Precision.YEAR, date(year, 1, 1))

    @classmethod
    def month_of(cls, year: int, month: int) -> Period:
        """The calendar month."""
        return cls(Precision.MONTH, date(year, month, 1))

    @classmethod
    def containing(cls, day: date, precision: Precision) -> Period:
        """The period of a precision in which a day lies."""
        if precision is Precision.DAY:
            return cls(precision, day)
        months = _MONTHS[precision]
        return cls(precision, date(day.year, (day.month - 1) // months * months + 1, 1))

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2025``, ``2025H1``, ``2025Q1``, ``2025-03``, ``2025-03-05`` or the Chinese forms, 全角 too.

        Raises
        ------
        InputError
            If the text is none of these or no day of the calendar.
        """
        plain = text.strip().translate(_FULL_WIDTH).replace(" ", "")
        try:
            period = _parse_plain(plain)
        except ValueError:
            period = None
        if period is None:
            raise InputError(
                "period.form",
                "period",
                text,
                Text(
                    f"时段“{text}”无法识别；请写作 2025、2025H1、2025Q1、2025-03 或 2025-03-05。",
                    f"Period “{text}” is not understood; write 2025, 2025H1, 2025Q1, 2025-03 or 2025-03-05.",
                ),
            )
        return period

    @classmethod
    def half_of(cls, year: int, half: int) -> Period:
        """The first or second half (1, 2) of a calendar year."""
        return cls(Precision.HALF, date(year, half * 6 - 5, 1))

    @property
    def end(self) -> date:
        """First day after the period."""
        if self.precision is Precision.DAY:
            return self.start + timedelta(days=1)
        return _add_months(self.start, _MONTHS[self.precision])

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days

    def contains(self, day: date) -> bool:
        """Say whether a day lies in the period."""
        return self.start <= day < self.end

    def months(self) -> tuple[Period, ...]:
        """The months of a month, quarter, half or year; the month around a day."""
        if self.precision is Precision.DAY:
            return (Period.containing(self.start, Precision.MONTH),)
        count = _MONTHS[self.precision]
        return tuple(Period(Precision.MONTH, _add_months(self.start, i)) for i in range(count))

    def label(self, language: str = "zh-hans") -> str:
        """Write the period as people read it."""
        year, month = self.start.year, self.start.month
        quarter, half = (month - 1) // 3 + 1, (month - 1) // 6 + 1
        if language.startswith("en"):
            name = _ENGLISH_MONTHS[month - 1]
            words = {
                Precision.YEAR: f"{year}",
                Precision.HALF: f"H{half} {year}",
                Precision.QUARTER: f"Q{quarter} {year}",
                Precision.MONTH: f"{name} {year}",
                Precision.DAY: f"{self.start.day} {name} {year}",
            }
        else:
            words = {
                Precision.YEAR: f"{year}年",
                Precision.HALF: f"{year}年{'上下'[half - 1]}半年",
                Precision.QUARTER: f"{year}年第{'一二三四'[quarter - 1]}季度",
                Precision.MONTH: f"{year}年{month}月",
                Precision.DAY: f"{year}年{month}月{self.start.day}日",
            }
        return words[self.precision]

    def __str__(self) -> str:
        year, month = self.start.year, self.start.month
        match self.precision:
            case Precision.YEAR:
                return f"{year:04d}"
            case Precision.HALF:
                return f"{year:04d}H{(month - 1) // 6 + 1}"
            case Precision.QUARTER:
                return f"{year:04d}Q{(month - 1) // 3 + 1}"
            case Precision.MONTH:
                return f"{year:04d}-{month:02d}"
            case _:
                return self.start.isoformat()


def _parse_plain(text: str) -> Period | None:
    if match := _YEAR.fullmatch(text):
        return Period.year_of(int(match[1]))
    if match := _HALF.fullmatch(text):
        return Period.half_of(int(match[1]), _HALF_SIGNS[match[2] or match[3]])
    if match := _QUARTER.fullmatch(text):
        return Period(
            Precision.QUARTER, date(int(match[1]), _QUARTER_DIGITS[match[2] or match[3]] * 3 - 2, 1)
        )
    if match := _MONTH.fullmatch(text):
        return Period.month_of(int(match[1]), int(match[2]))
    if match := _DAY.fullmatch(text):
        return Period(Precision.DAY, date(int(match[1]), int(match[2]), int(match[3])))
    return None


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, day.day)
