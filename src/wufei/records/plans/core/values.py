"""Values as plans write them: numbers with caps and bounds, ranges, words, blanks."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from wufei.kernel.errors import InputError
from wufei.kernel.units import Unit, half_width, parse_number, parse_unit


class Op(StrEnum):
    """How a planned value binds the figure. 以上 and 以下 include the number itself (民法典 第1259条)."""

    EQUAL = "eq"
    AT_LEAST = "ge"
    MORE_THAN = "gt"
    AT_MOST = "le"
    LESS_THAN = "lt"
    RANGE = "range"
    TEXT = "text"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class PlanValue:
    """A planned or base value: the text as written and what was understood of it.

    Attributes
    ----------
    text : str
        As written in the plan.
    op : Op
        ``text`` for words such as 应利用尽利用, ``blank`` for a dash or an X.
    value : Decimal or None
        The number, or the lower end of a range; in the plan's own unit (95 for 95%).
    high : Decimal or None
        The upper end of a range.
    unit : str
        Canonical unit symbol; as written where the unit is not known; empty for a plain number.
    """

    text: str
    op: Op
    value: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the value can be compared with a figure."""
        return self.value is not None

    @property
    def known_unit(self) -> Unit | None:
        """The unit, or None where the plan's word for it is not known."""
        return _known_unit(self.unit)

    def in_base_units(self) -> Fraction | None:
        """Return the number in base units (95% is 0.95), or None for words, blanks and unknown units."""
        unit = self.known_unit
        return None if self.value is None or unit is None else Fraction(self.value) * unit.factor


_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
# A unit does not begin with a digit, but may hold one: m2, m3.
_UNIT = r"(?:[^\d\s,.;。、][^,.;。、]*)?"
_BARE = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})")
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})\s*(?P<low_unit>(?:[^\d,.;~-]|(?<=m)[23])*?)\s*(?:-|~|至|到)\s*"
    rf"(?P<high>{_NUMBER})\s*(?P<unit>{_UNIT})"
)
# `half_width` has turned dashes into "-" and crosses into "·" by now.
_BLANK = re.compile(r"(?:[-/]*|[xX·]+\s*(?P<unit>%?))")
# 达到 and 保持 say when or how long, not how much, so they are dropped; the bound is what remains.
_LEAD = re.compile(
    r"^(?:力争|争取|确保|稳定|持续|保持|维持|达到|提高到|提高至|提升到|提升至|降低到|降低至|降至|下降到|增加到|控制|在|到|约|大约|近)+"
)
_TAIL = re.compile(r"(?:左右|上下)$")
# Behind a value: the year or prices it is of, and a footnote's star (`half_width` makes it "·").
_REMARK = re.compile(r"\([^()]*(?:年|价|口径)[^()]*\)$|(?<=[\d%])·$")
_BEFORE = (
    (re.compile(r"^(?:不得?(?:超过|高于|大于|多于)|至多|最多|小于等于|≤|≦|⩽|<=)"), Op.AT_MOST),
    (re.compile(r"^(?:不得?(?:少于|低于|小于|低)|至少|最少|大于等于|≥|≧|⩾|>=)"), Op.AT_LEAST),
    (re.compile(r"^(?:大于|超过|突破|高于|多于|>)"), Op.MORE_THAN),
    (re.compile(r"^(?:小于|低于|少于|不足|不满|<)"), Op.LESS_THAN),
)
_AFTER = (
    (re.compile(r"(?:及|或|\(含\))?以上|(?<=[\d%])\+$"), Op.AT_LEAST),
    (re.compile(r"(?:及|或|\(含\))?(?:以下|以内|之内)"), Op.AT_MOST),
)
_LONGEST_UNKNOWN_UNIT = 3
_NO_UNIT = re.compile(r"^[年月日]|\d")


def parse_value(text: str) -> PlanValue:
    """Return what a cell of a plan's indicator table says; never fails, words stay words."""
    joined = "".join(text.split("\n"))
    plain = half_width(joined)
    blank = _BLANK.fullmatch(plain)
    plain = _REMARK.sub("", plain)
    if blank:
        return PlanValue(joined, Op.BLANK, unit=blank["unit"] or "")
    return _read_range(joined, plain) or _read_bound(joined, plain) or PlanValue(joined, Op.TEXT)


def _read_range(text: str, plain: str) -> PlanValue | None:
    match = _RANGE.fullmatch(_TAIL.sub("", _LEAD.sub("", plain)))
    if match is None or (match["low_unit"] and match["low_unit"].strip() != match["unit"].strip()):
        return None
    unit = _read_unit(match["unit"])
    low, high = parse_number(match["low"]), parse_number(match["high"])
    if unit is None or low > high:
        return None
    return PlanValue(text, Op.RANGE, low, high, unit)


def _read_bound(text: str, plain: str) -> PlanValue | None:
    rest, op = _LEAD.sub("", plain), Op.EQUAL
    for pattern, meant in _BEFORE:
        rest, found = pattern.subn("", rest)
        op = meant if found else op
    for pattern, meant in _AFTER:
        rest, found = pattern.subn("", rest, count=1)
        op = meant if found else op
    match = _BARE.fullmatch(_TAIL.sub("", rest).strip())
    unit = _read_unit(match["unit"]) if match else None
    if match is None or unit is None:
        return None
    return PlanValue(text, op, parse_number(match["number"]), None, unit)


def _read_unit(written: str) -> str | None:
    """Return the canonical unit, the word itself if it may be a unit, or None if it is plain prose."""
    word = written.strip()
    known = _known_unit(word)
    if known is not None:
        return known.symbol
    if _NO_UNIT.search(word):
        return None
    if word == "个百分点":
        return word
    return word if "/" in word or len(word) <= _LONGEST_UNKNOWN_UNIT else None


@lru_cache(maxsize=4096)
def _known_unit(word: str) -> Unit | None:
    try:
        return parse_unit(word)
    except InputError:
        return None
