"""Dates in sheets: days since an epoch, told from numbers by the format of the cell alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum, auto

from wufei.kernel.period import Period, Precision

_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
# Formats that programs need not write down; 27 to 36 and 50 to 58 are dates in Chinese editions.
_BUILT_IN_DATES = frozenset({14, 15, 16, 22, 28, 29, 30, 31, 50, 51, 52, 53, 54, 56, 58})
_BUILT_IN_MONTHS = frozenset({17, 27, 36, 55, 57})
_BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47})
_BUILT_IN_PERCENTS = frozenset({9, 10})
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a sheet has no zone
# 29 February 1900, which never was, has the number 60.
_MISCOUNTED = 60
_SERIAL_MAX = 2_958_465
_DAY_S = 86_400


class DateForm(Enum):
    """What a number stands for by its format."""

    NUMBER = auto()
    DAY = auto()
    MONTH = auto()
    TIME = auto()
    PERCENT = auto()


def form_of(number: int, codes: Mapping[int, str]) -> DateForm:
    """Say what a number format makes of a number.

    Parameters
    ----------
    number : int
        Identifier of the format.
    codes : mapping of int to str
        The formats that the book defines itself.
    """
    if number in codes:
        return _form(codes[number])
    if number in _BUILT_IN_DATES:
        return DateForm.DAY
    if number in _BUILT_IN_MONTHS:
        return DateForm.MONTH
    if number in _BUILT_IN_PERCENTS:
        return DateForm.PERCENT
    return DateForm.TIME if number in _BUILT_IN_TIMES else DateForm.NUMBER


def date_value(serial: float, form: DateForm, *, from_1904: bool = False) -> datetime | Period | None:
    """Turn a serial number into a day, a month or an instant; None if it is no date of the calendar.

    Parameters
    ----------
    serial : float
        Days since the epoch of the book.
    form : DateForm
        How the cell shows it: a month stays a month, although its number is that of a day.
    from_1904 : bool
        Whether the book counts from 1904, as old ones for the Macintosh do.
    """
    if not 1 <= serial <= _SERIAL_MAX:
        return None
    epoch = _EPOCH_1904 if from_1904 else _EPOCH
    days = serial if from_1904 or serial >= _MISCOUNTED else serial + 1
    instant = epoch + timedelta(seconds=round(days * _DAY_S))
    if form is DateForm.MONTH:
        return Period.month_of(instant.year, instant.month)
    if instant.hour or instant.minute or instant.second:
        return instant
    return _day(instant.date())


def _day(day: date) -> Period | None:
    try:
        return Period(Precision.DAY, day)
    except ValueError:
        return None


def _form(code: str) -> DateForm:
    plain = _QUOTED.sub("", code.partition(";")[0]).lower()
    if "general" in plain:
        return DateForm.NUMBER
    if "d" in plain:
        return DateForm.DAY
    if "y" in plain:
        return DateForm.MONTH if "m" in plain else DateForm.NUMBER
    if "%" in plain:
        return DateForm.PERCENT
    return DateForm.TIME if "h" in plain or "s" in plain else DateForm.NUMBER
