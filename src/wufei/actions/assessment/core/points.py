"""Exact points: spread over lines without losing one, attained in proportion, rounded to 0.01."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from wufei.actions.assessment.core.facts import Sense

CENT = Decimal("0.01")
"""All points are whole multiples of this; a score is rounded half up once, at its line."""

_ONE, _NOTHING = Fraction(1), Fraction(0)


def apportioned(points: Decimal, weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Spread points over keys by weight so that they sum to exactly the points given.

    Parameters
    ----------
    points : Decimal
        A multiple of 0.01, >= 0.
    weights : mapping of str to Decimal
        At least one above 0.

    Notes
    -----
    Largest remainder: each key gets its share rounded down to 0.01, and the hundredths left over go to the
    largest remainders, of equal ones by key. The order of the mapping changes nothing.
    """
    whole = sum((Fraction(weight) for weight in weights.values()), _NOTHING)
    cents = int(points / CENT)
    exact = {key: cents * Fraction(weight) / whole for key, weight in weights.items()}
    given = {key: int(share) for key, share in exact.items()}
    left = cents - sum(given.values())
    by_remainder = sorted(exact, key=lambda key: (given[key] - exact[key], key))
    for key in by_remainder[:left]:
        given[key] += 1
    return {key: number * CENT for key, number in given.items()}


def attained(value: Decimal, required: Decimal, sense: Sense) -> Fraction:
    """Give how much of what is required was attained, 0..1.

    Notes
    -----
    More is better: value / required. Less is better: required / value. A requirement of 0 or less is either
    held or not, and so is one that is to be met exactly.
    """
    got, asked = Fraction(value), Fraction(required)
    if sense is Sense.EXACT:
        return _ONE if got == asked else _NOTHING
    if (got >= asked) if sense is Sense.MORE else (got <= asked):
        return _ONE
    if asked <= 0 or got <= 0:
        return _NOTHING
    return got / asked if sense is Sense.MORE else asked / got


def scored(points: Decimal, share: Fraction) -> Decimal:
    """Give points times a share (0..1), rounded half up to 0.01."""
    exact = Fraction(points) * share / Fraction(CENT)
    return (Decimal((2 * exact.numerator + exact.denominator) // (2 * exact.denominator)) * CENT).quantize(
        CENT, ROUND_HALF_UP
    )
