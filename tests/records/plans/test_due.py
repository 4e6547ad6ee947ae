"""When a task is due, by the words of the plan."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.records.plans.core.due import due_on, is_lasting


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2025年底前", date(2025, 12, 31)),
        ("2025年", date(2025, 12, 31)),
        ("2025", date(2025, 12, 31)),
        ("2023年至2025年", date(2025, 12, 31)),
        ("2021-2025年", date(2025, 12, 31)),
        ("2026年6月底前", date(2026, 6, 30)),
        ("2026年6月15日前", date(2026, 6, 15)),
        ("2024年2月", date(2024, 2, 29)),
        ("2021年6月至2023年", date(2023, 12, 31)),
        ("2026年第三季度", date(2026, 9, 30)),
        ("2026年上半年", date(2026, 6, 30)),
        ("“十五五”期间", date(2030, 12, 31)),
        ("2022年起长期坚持，2025年评估", date(2025, 12, 31)),
        ("长期", None),
        ("持续推进", None),
        ("", None),
        ("2025年13月", None),
        ("12月底前", None),
    ],
)
def test_the_last_day_in_time_is_read(text: str, wanted: date | None) -> None:
    assert due_on(text) == wanted


@pytest.mark.parametrize(
    ("text", "lasting"),
    [("长期坚持", True), ("持续推进", True), ("每年", True), ("2025年", False), ("", False), ("待定", False)],
)
def test_a_task_without_an_end_is_told_from_one_without_a_word(text: str, lasting: bool) -> None:
    assert is_lasting(text) is lasting


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert due_on(text) is None or not is_lasting(text)


@given(st.integers(2000, 2099), st.integers(1, 12))
def test_a_month_ends_on_its_last_day(year: int, month: int) -> None:
    found = due_on(f"{year}年{month}月")
    assert found is not None
    assert (found.year, found.month) == (year, month)
    assert date.fromordinal(found.toordinal() + 1).day == 1
