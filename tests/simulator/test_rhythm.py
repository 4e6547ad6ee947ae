"""Masses of days keep their sums through rounding, gathering and calendars."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.simulator.rhythm import (
    daily_masses,
    days_of,
    gathered,
    marked_days,
    rounded,
    whole_months,
)

masses = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=60).map(
    lambda values: np.array(values, dtype=np.int64)
)


@given(masses, st.data())
def test_gathering_moves_mass_to_later_days_and_loses_none(values, data):
    marks = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    result = gathered(values, marks)
    assert result.sum() == values.sum()
    assert all(np.cumsum(result) <= np.cumsum(values))
    assert not result[:-1][~marks[:-1]].any()


@given(masses, st.integers(min_value=1, max_value=20_000))
def test_rounding_keeps_every_partial_sum_within_half_a_step(values, step):
    result = rounded(values, step)
    assert (result % step == 0).all()
    assert (np.abs(np.cumsum(result) - np.cumsum(values)) * 2 <= step).all()
    assert (result >= 0).all()


@given(st.integers(min_value=1990, max_value=2100))
def test_a_year_has_all_its_days(year):
    days = days_of(year)
    assert days[0] == date(year, 1, 1)
    assert days[-1] == date(year, 12, 31)
    assert len(days) == len(set(days))


def test_a_workshop_rests_at_the_weekend_and_the_year_keeps_its_mass():
    days = days_of(2025)
    result = daily_masses(
        np.random.default_rng(1),
        days,
        t_per_year=1000,
        rhythm="workdays",
        season=(1.0,) * 12,
        trend=0.0,
    )
    assert result[[day.weekday() >= 5 for day in days]].sum() == 0
    assert result.sum() == pytest.approx(1e9, rel=0.03)


def test_a_trend_lowers_the_last_month_against_the_first():
    days = days_of(2025)
    result = daily_masses(
        np.random.default_rng(1), days, t_per_year=1000, rhythm="daily", season=(1.0,) * 12, trend=-0.5
    )
    months = whole_months(result, days)
    assert sum(months) == result.sum()
    assert months[11] < 0.8 * months[0]


@pytest.mark.parametrize(
    ("calendar", "low", "high"),
    [
        ("daily", 365, 365),
        ("alternate-days", 182, 183),
        ("twice-weekly", 104, 106),
        ("weekly", 52, 53),
        ("fortnightly", 26, 27),
        ("monthly", 12, 12),
        ("quarterly", 4, 4),
    ],
)
@pytest.mark.parametrize("offset", range(5))
def test_a_calendar_comes_as_often_as_its_name_says(calendar, low, high, offset):
    assert low <= marked_days(days_of(2025), calendar, offset).sum() <= high


def test_an_unknown_calendar_is_refused():
    with pytest.raises(ValueError, match="now and then"):
        marked_days(days_of(2025), "now and then")
