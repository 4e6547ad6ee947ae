"""Quantities: a number, its unit and the text they were read from."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.kernel.units.atoms import PREFIXES
from wufei.kernel.units.numerals import NUMBER, decimal_of, decimal_text, half_width, parse_number
from wufei.kernel.units.unit import Part, Unit, parse_compound, parse_unit

_QUANTITY = re.compile(rf"(?P<number>{NUMBER})\s*(?P<unit>.*)")
_ABOUT_BEFORE = re.compile(r"^(?:大约|约为|约|将近|接近|近)\s*")
_ABOUT_AFTER = re.compile(r"\s*(?:左右|上下)$")
_ABOUT_WITHIN = re.compile(r"^((?:万亿|亿|万|千|百)?)(?:余|多)(?!年)")
_MASS = (("mass", 1),)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its unit, the text as written, and whether the text calls it approximate (约, 左右)."""

    value: Decimal
    unit: Unit
    text: str
    approximate: bool = False

    def to(self, unit: Unit | str) -> Decimal:
        """Return the value in another unit of the same kind."""
        return self.unit.to(_unit(unit), self.value)


def parse_quantity(text: str) -> Quantity:
    """Return the quantity written in ``text``, such as ``约17.97万吨`` or ``0.500kg/亩``.

    Raises
    ------
    InputError
        ``quantity.malformed`` when the text does not begin with a number, ``unit.unknown`` when what
        follows is not a unit.
    """
    plain, about = _without_about(half_width(text))
    match = _QUANTITY.fullmatch(plain)
    if match is None:
        raise InputError("quantity.malformed", "quantity", text, _malformed(text))
    unit, counted_about = _ABOUT_WITHIN.subn(r"\1", match["unit"])
    return Quantity(parse_number(match["number"]), parse_unit(unit), text, about or bool(counted_about))


def grams_of(value: Decimal, unit: Unit | str) -> int:
    """Return the mass in whole grams; a part of a gram is rounded half to even.

    `is_whole_grams` tells whether anything was rounded.

    Raises
    ------
    InputError
        ``unit.not-mass`` when the unit is not a mass: volumes and counts need a dated conversion.
    """
    return round(_exact_grams(value, unit))


def is_whole_grams(value: Decimal, unit: Unit | str) -> bool:
    """Return whether `grams_of` gives this mass without rounding."""
    return _exact_grams(value, unit).denominator == 1


def format_quantity(value: Decimal, unit_symbol: str, lang: str = "zh") -> str:
    """Return the quantity as a document prints it: 17.97万吨, 0.0124 t/万元, 95%; in English 179,700 t."""
    compound = parse_compound(unit_symbol)
    if lang.startswith("en"):
        scale = Fraction(1)
        for part in compound.over:
            scale *= PREFIXES.get(part.prefix, 1)
        value = value if scale == 1 else decimal_of(Fraction(value) * scale)
        unit = _english(compound.over, compound.under)
        gap = "" if unit in ("", "%", "‰") or unit.startswith("/") else " "
        return f"{value:,f}{gap}{unit}"
    if not compound.under and len(compound.over) <= 1:
        return decimal_text(value) + "".join(_chinese(part) for part in compound.over)
    return f"{decimal_text(value)} {parse_unit(unit_symbol).symbol}"


def _exact_grams(value: Decimal, unit: Unit | str) -> Fraction:
    known = _unit(unit)
    if known.dims != _MASS:
        raise InputError("unit.not-mass", "unit", known.symbol, _not_mass(known))
    return Fraction(value) * known.factor


def _unit(unit: Unit | str) -> Unit:
    return parse_unit(unit) if isinstance(unit, str) else unit


def _without_about(plain: str) -> tuple[str, bool]:
    shorter = _ABOUT_AFTER.sub("", _ABOUT_BEFORE.sub("", plain))
    return shorter, shorter != plain


def _chinese(part: Part) -> str:
    return part.prefix + (part.atom.zh if part.atom else "")


def _english(over: tuple[Part, ...], under: tuple[Part, ...]) -> str:
    above = "·".join(filter(None, (part.atom.en for part in over if part.atom)))
    below = "·".join(filter(None, map(_english_below, under)))
    if not below:
        return above
    return f"{above}/({below})" if len(under) > 1 else f"{above}/{below}"


def _english_below(part: Part) -> str:
    # Below the slash a prefix cannot move into the value without changing what the reader compares.
    amount = f"{PREFIXES[part.prefix]:,} " if part.prefix else ""
    name = (part.atom.en or "unit") if part.atom else ""
    return f"{amount}{name.replace('persons', 'person')}".strip()


def _malformed(text: str) -> Text:
    return Text(
        zh=f"“{text[:60]}”不是一个量；应以数字开头、后接单位，请改成如 17.97万吨 或 0.5 kg/亩 的写法",
        en=f"“{text[:60]}” is not a quantity; it should be a number followed by a unit, "
        "for example 17.97万吨 or 0.5 kg/亩",
    )


def _not_mass(unit: Unit) -> Text:
    return Text(
        zh=f"“{unit.symbol or '无单位'}”不是质量单位，不能直接折成克；"
        "请用吨、千克等，或先用带日期的换算系数折算",
        en=f"“{unit.symbol or 'no unit'}” is not a mass; use t, kg and the like, "
        "or convert first by a dated conversion",
    )
