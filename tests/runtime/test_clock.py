"""The clock is UTC inside and Asia/Shanghai by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from wufei.runtime.clock import now, today_on


def test_now_is_in_utc_and_moves_on() -> None:
    first = now()
    assert first.tzinfo is UTC
    assert now() >= first


def test_a_fixed_instant_stands_in_for_the_present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUFEI_NOW", "2026-01-01T00:30:00+08:00")
    assert now() == datetime(2025, 12, 31, 16, 30, tzinfo=UTC)
    assert now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("instant", "day"),
    [("2025-12-31T15:59:59+00:00", date(2025, 12, 31)), ("2025-12-31T16:00:00+00:00", date(2026, 1, 1))],
)
def test_a_day_begins_at_midnight_in_shanghai(
    monkeypatch: pytest.MonkeyPatch, instant: str, day: date
) -> None:
    monkeypatch.setenv("WUFEI_NOW", instant)
    assert today_on() == day
