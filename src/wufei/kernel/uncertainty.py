"""Relative standard uncertainty, kept as integer parts per million so that sums stay exact.

Notes
-----
Independent errors add in quadrature (GUM, JCGM 100:2008, 5.1.2): the variance of a sum is the sum of
variances, and the relative variance of a quotient is the sum of the relative variances. Correlated weighings
(one scale, one bias) are not modelled: the result is then too small, which the method note on screen says.
"""

from __future__ import annotations

from math import isqrt

PPM = 1_000_000


def variance_g2(mass_g: int, relative_ppm: int) -> int:
    """Variance of one mass, in square grams, rounded up.

    Parameters
    ----------
    mass_g : int
        Mass in grams.
    relative_ppm : int
        Relative standard uncertainty in parts per million, >= 0.
    """
    return -(-((mass_g * relative_ppm) ** 2) // PPM**2)


def relative_ppm(variance: int, mass_g: int) -> int:
    """Relative standard uncertainty of a total in parts per million; 0 where the total is 0."""
    if mass_g == 0:
        return 0
    return isqrt(variance * PPM**2 // mass_g**2)


def quotient_ppm(numerator_ppm: int, denominator_ppm: int) -> int:
    """Relative standard uncertainty of a quotient or product of two independent quantities."""
    return isqrt(numerator_ppm**2 + denominator_ppm**2)
