"""Units and quantities as Chinese documents write them; the only place where units are converted."""

from wufei.kernel.units.numerals import decimal_text, half_width, parse_number
from wufei.kernel.units.quantity import (
    Quantity,
    format_quantity,
    grams_of,
    is_whole_grams,
    parse_quantity,
)
from wufei.kernel.units.unit import Unit, parse_unit

__all__ = [
    "Quantity",
    "Unit",
    "decimal_text",
    "format_quantity",
    "grams_of",
    "half_width",
    "is_whole_grams",
    "parse_number",
    "parse_quantity",
    "parse_unit",
]
