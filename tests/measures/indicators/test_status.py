"""Met, on track, behind: bounds, caps, ranges, texts, and the straight line between base and target."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.period import Period
from wufei.kernel.units import parse_unit
from wufei.measures.indicators.core.figures import Status
from wufei.measures.indicators.core.status import Promise, judge, printed_places
from wufei.records.catalogue.core.indicators import Direction, IndicatorKind
from wufei.records.plans.core.values import Op, PlanValue, parse_value


def status(value, base, target, *, year=2023, direction="up", unit="%", kind="number", period=None):
    promise = Promise(
        unit=parse_unit(unit),
        direction=Direction(direction),
        kind=IndicatorKind(kind),
        base=parse_value(base),
        base_year=2020,
        target=parse_value(target),
        target_year=2025,
    )
    number = None if value is None else Decimal(str(value))
    return judge(number, promise, period or Period.year_of(year)).status.value


@pytest.mark.parametrize(
    ("value", "target", "direction", "expected"),
    [
        (95, "95%", "up", "met"),
        ("94.999", "95%", "up", "behind"),
        (95, "大于95%", "up", "behind"),
        (99, "保持99%以上", "up", "met"),
        (5, "5%", "down", "met"),
        (6, "不超过5%", "down", "behind"),
        (5, "不超过5%", "up", "met"),
        (0, "0", "none", "met"),
        (1, "0", "none", "behind"),
    ],
)
def test_after_the_target_year_only_the_bound_counts(value, target, direction, expected):
    assert status(value, "40%", target, year=2026, direction=direction) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(64, "on-track"), ("63.9", "on-track"), (63, "behind"), (90, "met")]
)
def test_before_the_target_year_the_straight_line_counts(value, expected):
    # From 40 at the end of 2020 to 80 at the end of 2025: 64 at the end of 2023, give or take half a point.
    assert status(value, "40%", "80%") == expected


def test_a_downward_line_is_good_below():
    assert status("3.1", "5.0 t/万元", "0.0 t/万元", direction="down", unit="t/万元") == "behind"
    assert status("1.9", "5.0 t/万元", "0.0 t/万元", direction="down", unit="t/万元") == "on-track"


def test_in_the_base_year_a_value_that_prints_as_the_base_is_on_track():
    assert status("56.86", "57%", "65%", year=2020) == "on-track"
    assert status("56.4", "57%", "65%", year=2020) == "behind"


def test_a_cap_above_the_base_is_met_below_the_cap_and_behind_above_it():
    cap = {"base": "17.97万吨", "target": "不超过23万吨", "unit": "t", "direction": "down"}
    assert status(200_000, **cap) == "met"
    assert status(230_001, **cap) == "behind"


def test_a_range_is_met_inside_and_beyond_its_good_end():
    ranged = {"base": "0个", "target": "1-2个", "unit": "个", "kind": "count"}
    assert status(1, **ranged) == "met"
    assert status(3, **ranged) == "met"
    assert status(0, **ranged, year=2026) == "behind"
    assert status(3, **(ranged | {"direction": "down"}), year=2026) == "behind"
    assert status(3, **(ranged | {"direction": "none"}), year=2026) == "behind"


@pytest.mark.parametrize("target", ["应转移尽转移；应利用尽利用", "期末汇总", "保持零贮存处置量"])
def test_words_are_not_compared(target):
    assert status(50, "40%", target) == "not-numeric"
    assert status(None, "40%", target) == "not-numeric"


def test_an_indicator_in_words_is_never_compared():
    assert status(None, "40%", "80%", kind="text", unit="") == "not-numeric"


def test_without_a_target_there_is_no_status_and_without_a_value_nothing_to_compare():
    assert status(50, "40%", "-") == "no-target"
    assert status(None, "40%", "-") == "not-computable"
    assert status(None, "40%", "80%") == "not-computable"


def test_a_blank_base_leaves_no_line_so_only_the_target_counts():
    assert status(49, "-", "50%") == "behind"
    assert status(50, "-", "50%") == "met"


def test_units_of_one_kind_are_converted_and_others_are_not_compared():
    assert status(180_000, "20万吨", "18万吨", unit="t", direction="down") == "met"
    assert status(50, "40%", "80 t") == "not-numeric"
    assert status(7, "5", "7", unit="家", kind="count") == "met"


def test_a_yearly_amount_is_not_compared_with_a_month_but_a_rate_is():
    march = Period.parse("2023-03")
    assert status(100, "20万吨", "18万吨", unit="t", direction="down", period=march) == "no-target"
    assert status(100, "40%", "80%", period=march) == "met"


def test_months_move_along_the_line():
    # Half-way through the five years the line is half-way, too.
    assert status(61, "40.0%", "80.0%", period=Period.parse("2023-06")) == "on-track"
    assert status(59, "40.0%", "80.0%", period=Period.parse("2023-06")) == "behind"


def test_printed_digits_are_kept_although_storage_drops_zeros():
    assert printed_places(PlanValue("0.030 吨/万元", Op.EQUAL, Decimal("0.03"), None, "t/万元")) == 3
    assert printed_places(parse_value("100%")) == 0


@given(
    base=st.integers(0, 100),
    target=st.integers(0, 100),
    value=st.decimals(0, 100, places=3),
    year=st.integers(2018, 2030),
)
def test_a_better_value_never_has_a_worse_status(base, target, value, year):
    order = {Status.BEHIND: 0, Status.ON_TRACK: 1, Status.MET: 2}

    def rank(number):
        return order[Status(status(number, f"{base}%", f"{target}%", year=year))]

    assert rank(value) <= rank(value + 1)


@given(base=st.integers(0, 100), target=st.integers(0, 100), value=st.decimals(0, 100, places=3))
def test_up_and_down_are_mirror_images(base, target, value):
    up = status(value, f"{base}%", f"{target}%")
    down = status(100 - value, f"{100 - base}%", f"{100 - target}%", direction="down")
    assert up == down
