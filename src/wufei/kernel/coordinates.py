"""Positions between WGS-84 (kept), GCJ-02 (tiles of Chinese map services) and BD-09 (Baidu)."""

from __future__ import annotations

from math import atan2, cos, pi, sin, sqrt

# Krasovsky 1940 as the published reverse engineering of GCJ-02 uses it.
_A = 6378245.0
_EE = 0.006693421622965943
_BD_PI = pi * 3000 / 180
_STEPS_MAX = 12
_ENOUGH_DEG = 1e-9

Position = tuple[float, float]
"""Longitude and latitude in degrees."""


def wgs_to_gcj(longitude: float, latitude: float) -> Position:
    """Give the GCJ-02 position of a WGS-84 one; outside a rough rectangle around China it is the same."""
    if _abroad(longitude, latitude):
        return longitude, latitude
    x, y = longitude - 105.0, latitude - 35.0
    radians = latitude / 180 * pi
    magic = 1 - _EE * sin(radians) ** 2
    north = _shift_north(x, y) * 180 / (_A * (1 - _EE) / (magic * sqrt(magic)) * pi)
    east = _shift_east(x, y) * 180 / (_A / sqrt(magic) * cos(radians) * pi)
    return longitude + east, latitude + north


def gcj_to_wgs(longitude: float, latitude: float) -> Position:
    """Give the WGS-84 position of a GCJ-02 one.

    Notes
    -----
    Fixed-point iteration ``w <- w - (f(w) - g)``; the shift varies slowly, so few steps reach 1e-9 degrees.
    """
    if _abroad(longitude, latitude):
        return longitude, latitude
    east, north = longitude, latitude
    for _ in range(_STEPS_MAX):
        there = wgs_to_gcj(east, north)
        off = there[0] - longitude, there[1] - latitude
        east, north = east - off[0], north - off[1]
        if max(abs(off[0]), abs(off[1])) < _ENOUGH_DEG:
            break
    return east, north


def gcj_to_bd(longitude: float, latitude: float) -> Position:
    """Give the BD-09 position of a GCJ-02 one."""
    radius = sqrt(longitude**2 + latitude**2) + 0.00002 * sin(latitude * _BD_PI)
    angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * _BD_PI)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def bd_to_gcj(longitude: float, latitude: float) -> Position:
    """Give the GCJ-02 position of a BD-09 one."""
    x, y = longitude - 0.0065, latitude - 0.006
    radius = sqrt(x * x + y * y) - 0.00002 * sin(y * _BD_PI)
    angle = atan2(y, x) - 0.000003 * cos(x * _BD_PI)
    return radius * cos(angle), radius * sin(angle)


def _abroad(longitude: float, latitude: float) -> bool:
    return not (72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271)


def _waves(value: float) -> float:
    return (20 * sin(value * pi) + 40 * sin(value / 3 * pi)) * 2 / 3


def _shift_north(x: float, y: float) -> float:
    shift = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    shift += (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    shift += _waves(y)
    return shift + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3


def _shift_east(x: float, y: float) -> float:
    shift = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    shift += (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    shift += _waves(x)
    return shift + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
