"""A series of values as the path of a small line without axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 100.0
HEIGHT = 30.0
# Room for the dot of the last value above and below.
MARGIN = 3.0


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Path data for a view box of `WIDTH` by `HEIGHT`.

    Attributes
    ----------
    line, area : str
        Paths of the line, broken where a value is missing, and of the surface below an unbroken line.
    last : tuple of float
        Where the last known value lies.
    target : float or None
        Height of the target line.
    """

    line: str
    area: str
    last: tuple[float, float]
    target: float | None = None


def sparkline(values: Sequence[float | None], target: float | None = None) -> Sparkline | None:
    """Draw a series; None where fewer than two values are known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    bounds = [*known, target] if target is not None else known
    low, high = min(bounds), max(bounds)
    step = WIDTH / (len(values) - 1)
    points = [
        None if value is None else (round(i * step, 2), _y(value, low, high))
        for i, value in enumerate(values)
    ]
    last = [point for point in points if point is not None][-1]
    whole = len(known) == len(values)
    line = _path(points)
    area = f"{line} L{WIDTH:g} {HEIGHT:g} L0 {HEIGHT:g} Z" if whole else ""
    return Sparkline(line, area, last, None if target is None else _y(target, low, high))


def way_done(base: float, now: float, target: float) -> float | None:
    """Return how much of the way from base to target is done, in 0..1; None where base and target are one."""
    if base == target:
        return None
    return max(0.0, min(1.0, (now - base) / (target - base)))


def _y(value: float, low: float, high: float) -> float:
    share = 0.5 if high == low else (value - low) / (high - low)
    return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 2)


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    parts: list[str] = []
    pen_down = False
    for point in points:
        if point is not None:
            parts.append(f"{'L' if pen_down else 'M'}{point[0]:g} {point[1]:g}")
        pen_down = point is not None
    return " ".join(parts)
