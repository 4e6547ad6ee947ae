"""A series as a small line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.runtime.pages.core.sparkline import HEIGHT, MARGIN, WIDTH, sparkline, way_done

VALUES = st.one_of(st.none(), st.floats(min_value=-1e9, max_value=1e9))


@given(st.lists(VALUES, max_size=30), st.one_of(st.none(), st.floats(min_value=-1e9, max_value=1e9)))
def test_every_point_lies_inside_the_box_and_gaps_lift_the_pen(values, target):
    drawn = sparkline(values, target)
    known = [value for value in values if value is not None]
    if len(known) < 2:
        assert drawn is None
        return
    points = re.findall(r"([ML])(\S+) (\S+)", drawn.line)
    assert len(points) == len(known)
    assert all(0 <= float(x) <= WIDTH and MARGIN <= float(y) <= HEIGHT - MARGIN for _, x, y in points)
    runs = sum(1 for i, v in enumerate(values) if v is not None and (i == 0 or values[i - 1] is None))
    assert sum(1 for sign, _, _ in points if sign == "M") == runs
    assert bool(drawn.area) == (len(known) == len(values))


def test_a_higher_value_is_drawn_higher():
    drawn = sparkline([1.0, 2.0], target=3.0)
    (_, low), (_, high) = [map(float, part.split()) for part in re.findall(r"[ML](\S+ \S+)", drawn.line)]
    assert low > high > drawn.target == MARGIN


@pytest.mark.parametrize(
    ("base", "now", "target", "done"),
    [(76, 81.5, 87, 0.5), (10, 4, 2, 0.75), (50, 40, 60, 0.0), (50, 70, 60, 1.0), (5, 5, 5, None)],
)
def test_the_way_from_base_to_target_counts_in_either_direction(base, now, target, done):
    assert way_done(base, now, target) == done
