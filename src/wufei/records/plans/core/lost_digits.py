"""What a target may have been before a digit or its decimal point was lost."""

from collections.abc import Iterator
from decimal import Decimal

from wufei.records.plans.core.values import PlanValue

# A real setback is rarely fivefold, and a lost digit or point changes a number by about tenfold.
_FOLD = 5
_PLACES = 3


def likely_targets(base: PlanValue, target: PlanValue, direction: str) -> tuple[Decimal, ...]:
    """Return the mended targets nearest to the base, at most two; none when no slip explains the target.

    Parameters
    ----------
    base, target : PlanValue
        Numbers in the same unit; the target is worse than the base.
    direction : str
        ``up`` or ``down``: which way is better.

    Notes
    -----
    One digit may be missing anywhere (44.7% -> 5%: 45% or 50%), or the decimal point may be lost or
    misplaced by up to three places (3.70% -> 350%: 3.50%). A mended target is not worse than the base,
    and a share is at most 100 %.
    """
    if base.value is None or target.value is None or target.high is not None:
        return ()
    if base.unit != target.unit or not base.value:
        return ()
    up = direction == "up"
    far = target.value * _FOLD <= base.value if up else target.value >= base.value * _FOLD
    if not far:
        return ()
    most = Decimal(100) if target.unit == "%" else None
    mended = [*_with_a_digit(target.value), *_with_the_point_moved(target.value, up=up)]
    fits = {
        value
        for value in mended
        if (value >= base.value if up else value <= base.value) and (most is None or value <= most)
    }
    return tuple(_nearest(fits, target.value, base.value))


def _nearest(fits: set[Decimal], target: Decimal, base: Decimal) -> Iterator[Decimal]:
    """Yield the nearest value that ends like the target, then the nearest that begins like it."""
    written = format(target, "f")
    ordered = sorted(fits, key=lambda value: abs(value - base))
    ends = [value for value in ordered if format(value, "f").endswith(written)]
    begins = [value for value in ordered if format(value, "f").startswith(written)]
    yielded = list(dict.fromkeys([*ends[:1], *begins[:1]])) or ordered[:1]
    yield from yielded


def _with_a_digit(value: Decimal) -> Iterator[Decimal]:
    written = format(value, "f")
    for place in range(len(written) + 1):
        for digit in "0123456789":
            yield Decimal(written[:place] + digit + written[place:])


def _with_the_point_moved(value: Decimal, *, up: bool) -> Iterator[Decimal]:
    for places in range(1, _PLACES + 1):
        yield value.scaleb(places if up else -places)
