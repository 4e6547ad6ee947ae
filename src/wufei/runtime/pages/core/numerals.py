"""Numbers as pages print them: sensible digits, and a mass in the unit a reader would choose."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from wufei.kernel.units import decimal_text, format_quantity

# A reader compares three or four digits; what is finer is noise beside the uncertainty of waste data.
DIGITS = 4

_WAN = 10_000
_CHINESE = {"t": "吨", "kg": "千克", "g": "克", "d": "日"}
_SYMBOL = re.compile(r"(?<![A-Za-z])(?:kg|t|g|d)(?![A-Za-z0-9])")
_GRAMS_PER_KG = 1_000
_GRAMS_PER_T = 1_000_000
_GRAMS_PER_WAN_T = 10_000 * _GRAMS_PER_T


def sensible(value: Decimal, digits: int = DIGITS) -> Decimal:
    """Return the value with at most ``digits`` significant digits; whole numbers keep all of theirs.

    12.3456 becomes 12.35, 0.0123456 becomes 0.01235, 233500 stays 233500.
    """
    if not value:
        return Decimal(0)
    places = digits - 1 - value.adjusted()
    if places <= 0:
        return value.quantize(Decimal(1), ROUND_HALF_EVEN)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    plain = rounded.normalize()
    return plain.quantize(Decimal(1)) if plain == plain.to_integral() else plain


def quantity_parts(value: Decimal, unit: str, language: str, digits: int = DIGITS) -> tuple[str, str]:
    """Return the number and the unit as two strings, so that a page can set the unit smaller."""
    english = language.startswith("en")
    if unit == "万元" and abs(value) >= _WAN and not english:
        # 10001000万元 is 1000.1亿元 in every Chinese document; the fifth digit still tells two figures apart.
        value, unit, digits = value / _WAN, "亿元", max(digits, DIGITS + 1)
    whole = format_quantity(sensible(value, digits), unit, "en" if english else "zh")
    end = next((i for i, sign in enumerate(whole) if sign not in "+-0123456789,."), len(whole))
    number, named = _grouped(whole[:end]), whole[end:].strip()
    return number, named if english else _in_chinese(named)


def mass_parts(grams: int, language: str) -> tuple[str, str]:
    """Return a mass as number and unit: 23.35 万吨, 133 吨, 2.5 千克; in English t and kg."""
    english = language.startswith("en")
    size = abs(grams)
    if not english and size >= _GRAMS_PER_WAN_T:
        return _plain(grams, _GRAMS_PER_WAN_T), "万吨"
    if size >= _GRAMS_PER_T or grams == 0:
        return _plain(grams, _GRAMS_PER_T), "t" if english else "吨"
    if size >= _GRAMS_PER_KG:
        return _plain(grams, _GRAMS_PER_KG), "kg" if english else "千克"
    return _plain(grams, 1), "g" if english else "克"


def exact_mass(grams: int, language: str) -> str:
    """Return a mass to the gram, for a ledger row: 9,133 吨, 0.018105 吨."""
    unit = "t" if language.startswith("en") else "吨"
    return f"{_grouped(decimal_text((Decimal(grams) / _GRAMS_PER_T).normalize()))} {unit}"


def tonnes(grams: int) -> float:
    """Return a mass in tonnes for charts and spreadsheets."""
    return grams / _GRAMS_PER_T


def percent_text(share: float | Decimal) -> str:
    """Return a share of 0..1 in percent: 0.9609 is 96.1%, 0.000574 is 0.057%."""
    percent = Decimal(str(share)) * 100
    if abs(percent) < 1:
        return f"{decimal_text(sensible(percent, 2))}%"
    return f"{decimal_text(percent.quantize(Decimal('0.1'), ROUND_HALF_EVEN).normalize())}%"


def _in_chinese(unit: str) -> str:
    """Write a compound unit as Chinese documents do: kg/(人·d) is 千克/(人·日)."""
    return _SYMBOL.sub(lambda found: _CHINESE[found[0]], unit) if "/" in unit else unit


def _plain(grams: int, per: int) -> str:
    return _grouped(decimal_text(sensible(Decimal(grams) / per)))


def _grouped(digits: str) -> str:
    """Put thousands separators from five digits on; 2018 or 9133 read better without."""
    plain = digits.replace(",", "")
    whole, dot, fraction = plain.partition(".")
    if len(whole.lstrip("+-")) < 5:
        return plain
    return f"{int(whole):,}{dot}{fraction}"
