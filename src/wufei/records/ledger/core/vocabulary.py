"""The words a transfer may use, drawn from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from wufei.kernel.errors import InputError
from wufei.kernel.units import parse_unit
from wufei.records.catalogue.core.conversions import Conversion, load_conversions
from wufei.records.catalogue.core.methods import load_methods
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.catalogue.core.streams import load_streams

_MASS = (("mass", 1),)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Codes in force.

    Attributes
    ----------
    streams, methods, sectors : frozenset of str
        A stream with parts may hold mass itself: then that mass was not broken down further.
    conversions : mapping
        By id, with stream, unit and first day.
    """

    streams: frozenset[str]
    methods: frozenset[str]
    sectors: frozenset[str]
    conversions: Mapping[str, Conversion]


@lru_cache(maxsize=1)
def load_vocabulary() -> Vocabulary:
    """Read the catalogue once."""
    return Vocabulary(
        streams=frozenset(load_streams()),
        methods=frozenset(load_methods()),
        sectors=frozenset(Sector),
        conversions={one.id: one for one in load_conversions()},
    )


@lru_cache(maxsize=512)
def unit_grams(symbol: str) -> Decimal | None:
    """Grams in one unit of mass; None for a unit that is not one of mass.

    Raises
    ------
    InputError
        If nobody knows the unit.
    """
    unit = parse_unit(symbol)
    if unit.dims != _MASS:
        return None
    return Decimal(unit.factor.numerator) / Decimal(unit.factor.denominator)


@lru_cache(maxsize=512)
def is_unit(symbol: str) -> bool:
    """Say whether the unit is known and written plainly."""
    if not symbol.isprintable():
        return False
    try:
        parse_unit(symbol)
    except InputError:
        return False
    return True
