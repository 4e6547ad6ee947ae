"""When waste arises and when it is written down: daily masses and calendars of a year."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]

GRAMS_PER_TONNE = 1_000_000
_NOISE_SHARE = 0.12
# A daily round runs a little fuller after the weekend; a workshop rests on it.
_WEEK = {
    "daily": (1.08, 1.0, 0.98, 0.98, 0.99, 1.0, 0.97),
    "workdays": (1.05, 1.02, 1.0, 1.0, 0.93, 0.0, 0.0),
}


def days_of(year: int) -> tuple[date, ...]:
    """All days of a year."""
    first = date(year, 1, 1)
    return tuple(first + timedelta(days=i) for i in range((date(year + 1, 1, 1) - first).days))


def daily_masses(
    rng: np.random.Generator,
    days: tuple[date, ...],
    *,
    t_per_year: float,
    rhythm: str,
    season: tuple[float, ...],
    trend: float,
) -> Days:
    """Masses of every day of a year in grams.

    Returns
    -------
    array, shape (day,)
        Grams, >= 0: weekday x season x trend x noise, scaled so that the expected sum is the yearly mass.
    """
    weekday = np.array([_WEEK[rhythm][day.weekday()] for day in days])
    month = np.array([season[day.month - 1] for day in days])
    drift = 1.0 + trend * (np.arange(len(days)) / len(days) - 0.5)
    shape = weekday * month * drift
    noise = np.clip(rng.normal(1.0, _NOISE_SHARE, len(days)), 0.2, 1.8)
    grams: Days = np.rint(shape / shape.sum() * t_per_year * GRAMS_PER_TONNE * noise).astype(np.int64)
    return grams


def marked_days(days: tuple[date, ...], calendar: str, offset: int = 0) -> NDArray[np.bool_]:
    """Days on which something regular happens.

    Parameters
    ----------
    days : tuple of date
        All days of a year.
    calendar : str
        ``daily``, ``alternate-days``, ``twice-weekly``, ``weekly``, ``fortnightly``, ``monthly``,
        ``quarterly`` or ``late-months`` (written as one line per month; see `whole_months`).
    offset : int
        Shifts weekly and longer calendars, so that not every truck drives on the same day.
    """
    position = np.arange(len(days))
    weekday = np.array([day.weekday() for day in days])
    match calendar:
        case "daily":
            marked = position >= 0
        case "alternate-days":
            marked = position % 2 == 1
        case "twice-weekly":
            marked = np.isin(weekday, ((1 + offset) % 4, (1 + offset) % 4 + 3 - offset % 2))
        case "weekly":
            marked = weekday == offset % 5
        case "fortnightly":
            marked = (weekday == offset % 5) & (position // 7 % 2 == offset % 2)
        case "monthly" | "quarterly":
            step = 3 if calendar == "quarterly" else 1
            marked = np.array([day.day == 20 + offset % 7 and day.month % step == 0 for day in days])
        case _:
            raise ValueError(f"calendar {calendar!r} is not known")
    return marked


def gathered(masses: Days, marked: NDArray[np.bool_]) -> Days:
    """Sum the masses since the last marked day onto each marked day; the tail falls on the last day."""
    ends = marked.copy()
    ends[-1] = True
    cumulated = np.cumsum(masses)
    result = np.zeros_like(masses)
    result[ends] = np.diff(cumulated[ends], prepend=0)
    return result


def whole_months(masses: Days, days: tuple[date, ...]) -> tuple[int, ...]:
    """Sum the masses of each month."""
    month = np.array([day.month for day in days])
    return tuple(int(masses[month == number].sum()) for number in range(1, 13))


def rounded(masses: Days, step_g: int) -> Days:
    """Round masses to what a scale shows, carrying the remainder on so that the year keeps its sum.

    Notes
    -----
    Rounding the running total and taking differences keeps every partial sum within half a step.
    """
    totals: Days = (np.cumsum(masses) + step_g // 2) // step_g * step_g
    return np.diff(totals, prepend=np.int64(0))
