"""Failed sign-ins lock for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wufei.runtime.identity.core.sessions import LOCK_WINDOW, failure_name, locked_until

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
AGES_S = st.lists(st.integers(0, 3600), max_size=12)


def _failures(ages_s: list[int]) -> list[datetime]:
    return [AT - timedelta(seconds=age_s) for age_s in ages_s]


def test_four_failures_do_not_lock_and_five_do() -> None:
    assert locked_until(_failures([1, 2, 3, 4]), 5, AT) is None
    assert locked_until(_failures([1, 2, 3, 4, 60]), 5, AT) == AT - timedelta(seconds=60) + LOCK_WINDOW


@given(AGES_S, st.integers(1, 6))
def test_a_lock_means_enough_failures_in_the_window(ages_s: list[int], failures_max: int) -> None:
    young = [age_s for age_s in ages_s if age_s < LOCK_WINDOW.total_seconds()]
    assert (locked_until(_failures(ages_s), failures_max, AT) is not None) == (len(young) >= failures_max)


@given(AGES_S, st.integers(1, 6))
def test_a_lock_ends_by_itself_and_not_before(ages_s: list[int], failures_max: int) -> None:
    end = locked_until(_failures(ages_s), failures_max, AT)
    if end is not None:
        assert end > AT
        assert locked_until(_failures(ages_s), failures_max, end) is None
        assert locked_until(_failures(ages_s), failures_max, end - timedelta(seconds=1)) is not None


@given(st.text(max_size=200))
def test_any_typed_name_can_be_counted_whatever_its_case(typed: str) -> None:
    assert len(failure_name(typed)) <= 64
    assert failure_name(typed.upper()[:64]) == failure_name(typed.upper()[:64].casefold())
