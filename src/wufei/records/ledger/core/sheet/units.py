"""Amounts in cells: numbers, units, and grams by rounding once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from wufei.kernel.errors import InputError
from wufei.kernel.units import Unit, grams_of, half_width, parse_number, parse_quantity, parse_unit
from wufei.records.catalogue.core.conversions import Conversion, ConversionUnit, conversion_for

_MASS = (("mass", 1),)


@dataclass(frozen=True, slots=True)
class Amount:
    """What a cell says: a number, perhaps with its unit, perhaps called approximate."""

    value: Decimal
    unit: str = ""
    approximate: bool = False


def read_amount(value: str | Decimal) -> Amount:
    """Read the cell of a quantity: 1.5, １，２３４．５, 1.5吨, 约 3 t.

    Raises
    ------
    InputError
        It is no number, or what follows the number is no unit.
    """
    if isinstance(value, Decimal):
        return Amount(value)
    try:
        return Amount(parse_number(value))
    except InputError:
        quantity = parse_quantity(value)
    return Amount(quantity.value, quantity.unit.symbol, quantity.approximate)


@lru_cache(maxsize=512)
def unit_in(text: str) -> str:
    """Give the unit that a text is, in its plain spelling; empty if it is none."""
    plain = half_width(text).removeprefix("单位:").removeprefix("单位").strip()
    if plain in set(ConversionUnit):
        return plain
    try:
        return parse_unit(plain).symbol if plain else ""
    except InputError:
        return ""


@lru_cache(maxsize=512)
def _mass_unit(symbol: str) -> Unit | None:
    if symbol == ConversionUnit.DRY_TONNE:
        return None
    unit = parse_unit(symbol)
    return unit if unit.dims == _MASS else None


@lru_cache(maxsize=4096)
def _conversion(stream: str, unit: str, on: date) -> Conversion:
    return conversion_for(stream, unit, on)


def mass_of(value: Decimal, unit: str, stream: str, on: date) -> tuple[int, str]:
    """Give whole grams, rounded once half to even, and the id of the conversion that gave them.

    Parameters
    ----------
    value : Decimal
        Finite.
    unit : str
        As `unit_in` gives it.
    stream, on : str, date
        Which conversion applies, where the unit is none of mass.

    Raises
    ------
    NotFoundError
        The catalogue has no conversion of this unit for the stream on the day.
    """
    mass = _mass_unit(unit)
    if mass is not None:
        return grams_of(value, mass), ""
    conversion = _conversion(stream, unit, on)
    return round(Fraction(value) * Fraction(conversion.grams_per_unit)), conversion.id
