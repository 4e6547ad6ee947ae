"""Positions between WGS-84, GCJ-02 and BD-09 against pairs that other projects assert."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.coordinates import bd_to_gcj, gcj_to_bd, gcj_to_wgs, wgs_to_gcj

# (latitude, longitude). Sources: tests of googollee/eviltransform (python/test.py), Shanghai and Beijing;
# wandergis/coordtransform and its ports for the pairs of 39.915, 116.404.
WGS_GCJ = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ((39.915, 116.404), (39.91640428150164, 116.41024449916938)),
]
BD_GCJ = [
    ((39.915, 116.404), (39.90865673957631, 116.39762729119315)),
    ((22.548514883102943, 114.06611219325782), (22.542860065931386, 114.05956013578918)),
]
ABROAD = [(39.7392, -104.9903), (-22.9068, -43.1729), (64.0464, -16.1776), (0, 0)]

BEIJING = st.tuples(st.floats(115.4, 117.6), st.floats(39.4, 41.1))


@pytest.mark.parametrize(("wgs", "gcj"), WGS_GCJ)
def test_gcj_is_what_the_published_pairs_say(wgs, gcj):
    assert wgs_to_gcj(wgs[1], wgs[0]) == pytest.approx((gcj[1], gcj[0]), abs=1e-6)


@pytest.mark.parametrize(("bd", "gcj"), BD_GCJ)
def test_bd_is_what_the_published_pairs_say(bd, gcj):
    assert bd_to_gcj(bd[1], bd[0]) == pytest.approx((gcj[1], gcj[0]), abs=1e-9)


def test_wgs_to_bd_is_what_the_published_pair_says():
    assert gcj_to_bd(*wgs_to_gcj(116.404, 39.915)) == pytest.approx(
        (116.41662724378733, 39.922699552216216), abs=1e-9
    )


@pytest.mark.parametrize("place", ABROAD)
def test_nothing_is_moved_outside_china(place):
    assert wgs_to_gcj(place[1], place[0]) == (place[1], place[0])
    assert gcj_to_wgs(place[1], place[0]) == (place[1], place[0])


@given(BEIJING)
def test_the_way_back_ends_within_a_millimetre(place):
    assert math.dist(gcj_to_wgs(*wgs_to_gcj(*place)), place) < 1e-8


@given(BEIJING)
def test_bd_and_back_ends_within_a_metre(place):
    assert math.dist(bd_to_gcj(*gcj_to_bd(*place)), place) < 1e-5


@given(BEIJING)
def test_the_shift_in_beijing_is_some_hundred_metres(place):
    assert 0.001 < math.dist(wgs_to_gcj(*place), place) < 0.02
