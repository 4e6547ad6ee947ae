"""Units with prefix and slash: 万吨, t/万元, kg/(人·d), 千克每人每日."""

import difflib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.kernel.units.atoms import PREFIXES, Atom, atoms_by_name
from wufei.kernel.units.numerals import decimal_of, half_width

_LONGEST_UNIT = 60
_EXAMPLES = "t, kg, 万吨, m3, 亩, 元, 万元, 个, %"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement: canonical symbol, size in base units, and powers of its dimensions.

    Attributes
    ----------
    symbol : str
        One spelling per unit (吨, 公吨 and t are all ``t``); empty for a plain number.
    factor : Fraction
        Base units (g, m3, 元, m2, 人, day, J, m) in one of this unit, > 0.
    dims : tuple of (dimension, power)
        Sorted by name, powers never 0; empty for a plain number and for percent.
    """

    symbol: str
    factor: Fraction
    dims: tuple[tuple[str, int], ...]

    def measures_like(self, other: "Unit") -> bool:
        """Return whether values in both units can be compared."""
        return self.dims == other.dims

    def factor_to(self, other: "Unit") -> Fraction:
        """Return how many of ``other`` make one of this unit, exactly.

        Raises
        ------
        InputError
            ``unit.incompatible`` when the two measure different things.
        """
        if not self.measures_like(other):
            raise InputError("unit.incompatible", "unit", self.symbol, _incompatible(self, other))
        return self.factor / other.factor

    def to(self, other: "Unit", value: Decimal) -> Decimal:
        """Return ``value`` of this unit in ``other``: exact if it ends, else 28 digits half-even."""
        return decimal_of(Fraction(value) * self.factor_to(other))


@dataclass(frozen=True, slots=True)
class Part:
    """One simple unit inside a compound, with its 万-like prefix."""

    atom: Atom | None
    prefix: str

    @property
    def symbol(self) -> str:
        """Return the canonical spelling: the symbol alone, Chinese after a Chinese prefix."""
        if self.atom is None:
            return self.prefix
        return self.prefix + self.atom.zh if self.prefix else self.atom.symbol

    @property
    def factor(self) -> Fraction:
        """Return the size in base units."""
        own = self.atom.factor if self.atom else Fraction(1)
        return own * PREFIXES.get(self.prefix, 1)


@dataclass(frozen=True, slots=True)
class Compound:
    """What is above and below the slash."""

    over: tuple[Part, ...]
    under: tuple[Part, ...]


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """Return the unit written in ``text``; the empty text is a plain number.

    Everything after the first slash is divided by, as Chinese documents mean it:
    ``千克/人·日``, ``kg/(人·d)``, ``千克/人/日`` and ``千克每人每日`` are the same unit.

    Raises
    ------
    InputError
        ``unit.unknown`` when a part is not a known unit.
    """
    compound = parse_compound(text)
    factor = Fraction(1)
    powers: Counter[str] = Counter()
    for parts, sign in ((compound.over, 1), (compound.under, -1)):
        for part in parts:
            factor *= part.factor**sign
            if part.atom and part.atom.dimension:
                powers[part.atom.dimension] += sign
    dims = tuple(sorted((name, power) for name, power in powers.items() if power))
    return Unit(_symbol(compound), factor, dims)


def parse_compound(text: str) -> Compound:
    """Return the simple units above and below the slash, in the order written."""
    plain = half_width(text).replace(" ", "").replace("每", "/")
    if not plain:
        return Compound((), ())
    if len(plain) > _LONGEST_UNIT:
        raise _unknown(text, plain)
    exact = _part(plain)
    if exact:
        return Compound((exact,), ())
    over, *under = plain.split("/")
    return Compound(tuple(_parts(over, text)), tuple(part for piece in under for part in _parts(piece, text)))


def _parts(product: str, whole: str) -> Iterable[Part]:
    inner = product[1:-1] if product.startswith("(") and product.endswith(")") else product
    for name in inner.split("·"):
        part = _part(name)
        if part is None:
            raise _unknown(whole, name)
        yield part


def _part(name: str) -> Part | None:
    # The plain name goes first: 千克 and 千米 begin with what could be a prefix.
    known = atoms_by_name()
    if name in known:
        return Part(known[name], "")
    for prefix in PREFIXES:
        rest = name.removeprefix(prefix)
        if rest == name:
            continue
        if not rest:
            return Part(None, prefix)
        if rest in known and known[rest].dimension:
            return Part(known[rest], prefix)
    return None


def _symbol(compound: Compound) -> str:
    over = "·".join(part.symbol for part in compound.over)
    under = "·".join(part.symbol for part in compound.under)
    if not under:
        return over
    return f"{over}/({under})" if len(compound.under) > 1 else f"{over}/{under}"


def _unknown(whole: str, name: str) -> InputError:
    close = difflib.get_close_matches(name[:_LONGEST_UNIT], list(atoms_by_name()), n=3, cutoff=0.5)
    shown = whole[:_LONGEST_UNIT]
    hint_zh = f"；相近的有 {'、'.join(close)}" if close else ""
    hint_en = f"; close ones: {', '.join(close)}" if close else ""
    message = Text(
        zh=f"“{shown}”中的“{name[:_LONGEST_UNIT]}”不是已知单位；请用 {_EXAMPLES}"
        f" 等单位或其组合（如 t/万元）{hint_zh}",
        en=f"“{name[:_LONGEST_UNIT]}” in “{shown}” is not a known unit; use {_EXAMPLES} and the like, "
        f"or a compound such as t/万元{hint_en}",
    )
    return InputError("unit.unknown", "unit", whole, message)


def _incompatible(unit: Unit, other: Unit) -> Text:
    one, two = unit.symbol or "1", other.symbol or "1"
    return Text(
        zh=f"“{one}”与“{two}”量纲不同，不能换算；请改用同一类单位，或给出带日期的换算系数",
        en=f"“{one}” and “{two}” measure different things and do not convert; "
        "use units of one kind, or a dated conversion",
    )
