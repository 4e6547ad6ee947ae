"""Periods are whole days, months, quarters and years, read as Chinese documents write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period, Precision

SPANS = st.sampled_from([each for each in Precision if each is not Precision.INSTANT])
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(DAYS, SPANS)
def test_a_day_lies_in_its_period_and_not_in_the_next(day, precision):
    period = Period.containing(day, precision)
    assert period.contains(day)
    assert not period.contains(period.end)
    assert Period.containing(period.end, precision).start == period.end


@given(DAYS, SPANS)
def test_what_is_written_is_read_back(day, precision):
    period = Period.containing(day, precision)
    assert Period.parse(str(period)) == period
    assert Period.parse(period.label("zh-hans")) == period


@given(DAYS, st.sampled_from([Precision.MONTH, Precision.QUARTER, Precision.HALF, Precision.YEAR]))
def test_the_months_tile_the_period(day, precision):
    period = Period.containing(day, precision)
    months = period.months()
    assert sum(month.days for month in months) == period.days
    assert months[0].start == period.start
    assert months[-1].end == period.end


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2018年", "2018"),
        ("２０２５年度", "2025"),
        ("2025年第一季度", "2025Q1"),
        ("2025年4季度", "2025Q4"),
        ("2025-Q2", "2025Q2"),
        ("2025年上半年", "2025H1"),
        ("2025 h2", "2025H2"),
        ("2025年3月", "2025-03"),
        ("2025年3", "2025-03"),
        ("2025/3", "2025-03"),
        ("2025年3月5日", "2025-03-05"),
    ],
)
def test_the_forms_of_documents_are_understood(text, key):
    assert str(Period.parse(text)) == key


@pytest.mark.parametrize(
    "text",
    [
        "", "25", "2025-13", "2025年第五季度", "2025年一", "2025-02-30", "明年", "0000",
        "2025H3", "2025年半年", "9999", "9999Q4", "9999-12-31",
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_the_value_and_the_forms(text):
    with pytest.raises(InputError) as caught:
        Period.parse(text)
    assert caught.value.value == text
    assert "2025Q1" in caught.value.message.zh


def test_a_year_has_its_leap_day():
    assert Period.year_of(2024).days == 366
    assert Period.year_of(2023).days == 365


def test_a_quarter_cannot_start_in_february():
    with pytest.raises(ValueError, match="does not start"):
        Period(Precision.QUARTER, date(2025, 2, 1))


def test_an_instant_is_no_period():
    with pytest.raises(ValueError, match="not an instant"):
        Period(Precision.INSTANT, date(2025, 1, 1))


def test_labels_speak_both_languages():
    assert Period.parse("2025Q3").label("en") == "Q3 2025"
    assert Period.parse("2025-03-05").label("en") == "5 Mar 2025"
    assert Period.parse("2025Q3").label("zh-hans") == "2025年第三季度"


@given(DAYS)
def test_a_day_is_one_day_long_and_lies_in_one_month(day):
    period = Period(Precision.DAY, day)
    assert period.days == 1
    assert period.end - day == timedelta(days=1)
    assert period.months()[0].contains(day)
