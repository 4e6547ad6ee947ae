"""Numbers as documents type them: full-width digits, thousands separators, several minus signs."""

import re
from decimal import Context, Decimal
from fractions import Fraction

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

# The full-width block mirrors ASCII at a fixed distance. Unicode's NFKC is not used, because it would
# also turn a circled ① (a list number) into the digit 1 and so change a quantity silently.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LOOK_ALIKES = str.maketrans(
    {
        "\u3000": " ", "\u00a0": " ", "\u200b": "", "\ufeff": "",
        "−": "-", "–": "-", "—": "-", "﹣": "-",
        "・": "·", "•": "·", "⋅": "·", "∙": "·", "×": "·", "*": "·",
        "²": "2", "³": "3", "㎏": "kg", "㎎": "mg", "㎡": "m2", "㎥": "m3", "㎞": "km", "㎢": "km2",
        "﹪": "%", "〜": "~", "µ": "μ",
    }
)  # fmt: skip

NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?"
_NUMBER = re.compile(NUMBER)
_LONGEST_NUMBER = 40
_DIGITS_OF_ENDLESS = 28


def half_width(text: str) -> str:
    """Return the text with full-width letters, digits and signs, and their look-alikes, in plain form."""
    return text.translate(_FULL_WIDTH).translate(_LOOK_ALIKES).strip()


def parse_number(text: str) -> Decimal:
    """Return the number written in ``text``, exactly and with its trailing zeros.

    Raises
    ------
    InputError
        ``number.malformed`` when the text is not one number with correctly placed separators.
    """
    plain = half_width(text)
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        raise InputError("number.malformed", "number", text, _malformed(text))
    return Decimal(plain.replace(",", ""))


def decimal_text(value: Decimal) -> str:
    """Return the number in plain digits, never with an exponent."""
    return format(value, "f")


def decimal_of(exact: Fraction) -> Decimal:
    """Return the fraction as a decimal: exact where it ends, else half-even to 28 significant digits."""
    places, rest = _ending_places(exact.denominator)
    if rest == 1:
        return Decimal(exact.numerator * 10**places // exact.denominator).scaleb(
            -places, Context(prec=10_000)
        )
    context = Context(prec=_DIGITS_OF_ENDLESS)
    return context.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def _ending_places(denominator: int) -> tuple[int, int]:
    """Return the decimal places a fraction needs, and what of its denominator is neither 2 nor 5."""
    counts = []
    for prime in (2, 5):
        count = 0
        while denominator % prime == 0:
            denominator //= prime
            count += 1
        counts.append(count)
    return max(counts), denominator


def _malformed(text: str) -> Text:
    shown = text[:_LONGEST_NUMBER]
    return Text(
        zh=f"“{shown}”不是一个数；只能是数字、小数点和每三位一个的千位分隔符，请改成如 1,234.5 的写法",
        en=f"“{shown}” is not a number; use digits, a decimal point and a separator every three digits, "
        "for example 1,234.5",
    )
