"""Masses as a person declares them, and how one is parted without losing a gram or a digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.conversions import Conversion
from wufei.records.ledger.core.checks import GRAMS_MAX
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.vocabulary import unit_grams

# A transfer keeps at most 28 digits. Products of two amounts have twice as many, and must be exact.
_DIGITS_MAX = 28
_WIDE = Context(prec=80, rounding=ROUND_HALF_EVEN)
# A quantity that does not end, such as a third, is cut 20 places below its first digit: far below a gram.
_PLACES_KEPT = 20
_QUANTITY_MIN = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Amount:
    """A mass with the quantity that was declared for it.

    Attributes
    ----------
    grams : int
        Mass, > 0.
    quantity, unit : Decimal, str
        As declared.
    conversion : str
        The catalogue's conversion where the unit is not one of mass.
    """

    grams: int
    quantity: Decimal
    unit: str = "g"
    conversion: str = ""


def in_grams(grams: int) -> Amount:
    """Give a mass that was declared in grams."""
    return Amount(grams, Decimal(grams))


def measured(quantity: Decimal, unit: str, conversion: Conversion | None = None) -> Amount:
    """Turn a declared quantity into whole grams, rounding once, half to even.

    Parameters
    ----------
    quantity : Decimal
        In `unit`, within the bounds of a transfer.
    conversion : Conversion, optional
        Needed where the unit is not one of mass.

    Raises
    ------
    InputError
        Nobody knows the unit, it is not one of mass and no conversion of it is given, or the quantity is
        beyond reason.
    """
    factor = conversion.grams_per_unit if conversion and conversion.unit == unit else unit_grams(unit)
    if factor is None:
        raise _refusal("conversion-missing", "unit", unit)
    if not (quantity.is_finite() and _QUANTITY_MIN <= quantity <= GRAMS_MAX):
        raise _refusal("quantity-beyond-reason", "quantity", quantity)
    grams = int(_WIDE.multiply(quantity, factor).to_integral_value(ROUND_HALF_EVEN))
    return Amount(grams, quantity, unit, conversion.id if conversion else "")


def check_amount(amount: Amount, where: str) -> list[Finding]:
    """List why an amount cannot be parted; whether grams and quantity agree is checked with the posting."""
    found = []
    if amount.grams <= 0:
        found.append(finding("grams-not-positive", f"{where}, grams", amount.grams))
    elif amount.grams > GRAMS_MAX:
        found.append(finding("grams-beyond-reason", f"{where}, grams", amount.grams, limit=GRAMS_MAX))
    quantity = amount.quantity
    if not (quantity.is_finite() and quantity > 0):
        found.append(finding("quantity-not-positive", f"{where}, quantity", quantity))
    elif not (_QUANTITY_MIN <= quantity <= GRAMS_MAX and +quantity == quantity):
        found.append(finding("quantity-beyond-reason", f"{where}, quantity", f"{quantity:.3e}"))
    return found


def parts(amount: Amount, grams: Sequence[int]) -> list[Amount]:
    """Part an amount; the quantities are in proportion to the grams and add up to the declared one exactly.

    Parameters
    ----------
    grams : sequence of int
        Of each part, > 0, together those of the amount.

    Notes
    -----
    A part deviates from its own conversion by its share of the deviation of the whole, so half a gram for
    the whole is never more than half a gram for a part.
    """
    quantities = [_proportion(amount, part) for part in grams[:-1]]
    rest = amount.quantity
    for quantity in quantities:
        rest = _WIDE.subtract(rest, quantity)
    return [
        Amount(part, quantity, amount.unit, amount.conversion)
        for part, quantity in zip(grams, [*quantities, rest], strict=True)
    ]


def _proportion(amount: Amount, part: int) -> Decimal:
    exact = _WIDE.divide(_WIDE.multiply(amount.quantity, Decimal(part)), Decimal(amount.grams)).normalize(
        _WIDE
    )
    first = amount.quantity.adjusted()
    # Digits further down than those of the whole would make the rest too long to be kept.
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and exponent > first - _DIGITS_MAX:
        return exact
    return exact.quantize(Decimal(1).scaleb(first - _PLACES_KEPT), context=_WIDE)


def _refusal(code: str, field: str, value: object) -> InputError:
    told = finding(code, field, value)
    message = Text(f"{told.message.zh}{told.fix.zh}", f"{told.message.en} {told.fix.en}")
    return InputError(told.code, field, value, message)
