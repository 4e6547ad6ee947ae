"""Dates in the cells of a ledger file, as people and programs write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.kernel.units import half_width
from wufei.records.ledger.core.checks import LOCAL
from wufei.runtime.files.core.dates import DateForm, date_value

_DOTTED = re.compile(r"(\d{4})[.](\d{1,2})(?:[.](\d{1,2}))?", re.ASCII)
_DIGITS = re.compile(r"\d{4,8}(?:[.]\d+)?", re.ASCII)
_WITH_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:T| +)"
    r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:[.]\d+)?秒?)?分?",
    re.ASCII,
)
_YEARS = range(1900, 2101)
# 1950 to 2100 as numbers of days: a date whose cell lost its format.
_SERIALS = range(18_264, 73_051)


@lru_cache(maxsize=8192)
def read_date(value: str | Decimal | datetime | Period) -> tuple[datetime, Precision]:
    """Give the instant in UTC, and how exactly it is known.

    Parameters
    ----------
    value : str, Decimal, datetime or Period
        A number may be a year, 202503, 20250309 or the serial number of a day. An instant without zone is one
        of Asia/Shanghai; a day or month begins at midnight there.

    Raises
    ------
    InputError
        It is no date.
    """
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    if isinstance(value, str):
        value = _read(half_width(value))
    if isinstance(value, datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=LOCAL)
        return zoned.astimezone(UTC), Precision.INSTANT
    try:
        return datetime.combine(value.start, time(0), LOCAL).astimezone(UTC), value.precision
    except OverflowError as error:
        raise _malformed(str(value)) from error


def _read(text: str) -> Period | datetime:
    try:
        if match := _WITH_TIME.fullmatch(text):
            return datetime(*(int(part or 0) for part in match.groups()), tzinfo=LOCAL)  # type: ignore[arg-type, misc]
        if match := _DOTTED.fullmatch(text):
            return Period.parse("-".join(part for part in match.groups() if part))
        if _DIGITS.fullmatch(text):
            return _of_digits(text)
        if "T" in text or "+" in text:
            return datetime.fromisoformat(text)
    except ValueError as error:
        raise _malformed(text) from error
    return Period.parse(text)


def _of_digits(text: str) -> Period | datetime:
    whole, _, part = text.partition(".")
    number = int(whole)
    if number in _SERIALS and len(whole) == 5:
        dated = date_value(float(text), DateForm.DAY)
        if dated is not None:
            return dated
    if not part and number in _YEARS:
        return Period.year_of(number)
    if not part and len(whole) == 6:
        return Period.month_of(number // 100, number % 100)
    if not part and len(whole) == 8:
        return Period(Precision.DAY, date(number // 10_000, number // 100 % 100, number % 100))
    raise _malformed(text)


def _malformed(text: str) -> InputError:
    return InputError(
        "ledger.date-form",
        "date",
        text,
        Text(f"日期“{text}”无法识别。", f"The date “{text}” is not understood."),
    )
