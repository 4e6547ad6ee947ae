"""Codes, categories and kinds of waste out of the words of a document."""

from __future__ import annotations

import re

from wufei.kernel.units import half_width
from wufei.records.plans.core.eia.values import Kind

# Between category and code there may be no sign: HW08900-249-08.
CODE = re.compile(r"(?:(?<=W\d\d)|(?<![\d-]))\d{3}-\d{3}-S?\d{2}(?!\d)")
CATEGORY = re.compile(r"[HS]W\d{2}(?=\d{3}-\d{3}-|\D|$)")
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.OPEN, re.compile(r"[需待应]鉴别|疑似|属性不明|进行鉴别")),
    (Kind.HAZARDOUS, re.compile(r"HW\d|危险废物|危废|医疗废物|\d{3}-\d{3}-\d{2}(?!\d)")),
    (Kind.GENERAL, re.compile(r"SW\d|一般|[I1ⅠⅡ]+类|-S\d{2}")),
    (Kind.HOUSEHOLD, re.compile(r"生活垃圾|生活固废|餐厨|厨余")),
)
_NOT_HAZARDOUS = re.compile(r"(?:不属于|非|不涉及|不是)(?:危险废物|危废)")
_PLACES = re.compile(
    r"(?:危险废物|危废|一般固废)(?:暂存|贮存|储存)?(?:间|库|房|仓库|暂存点|场所)|危险废物(?:处理|处置)?资质"
)
_DASHES = str.maketrans(dict.fromkeys("—–－‐‑−﹣", "-"))


def plain(text: str) -> str:
    """Give text for finding codes in it: half width, plain dashes, no spaces."""
    return re.sub(r"\s", "", half_width(text).translate(_DASHES)).replace("hw", "HW")


def codes_in(text: str) -> tuple[str, ...]:
    """Give all item codes in a text, each once."""
    return tuple(dict.fromkeys(CODE.findall(plain(text))))


def category_in(text: str) -> str:
    """Give the first category, ``HW08`` or ``SW17``; empty if there is none."""
    found = CATEGORY.search(plain(text))
    return found[0] if found else ""


def kind_in(text: str) -> Kind:
    """Say what words tell of a kind; names of stores and of licences tell nothing."""
    words = _PLACES.sub("", plain(text))
    kinds = _KINDS
    if _NOT_HAZARDOUS.search(words):
        words, kinds = _NOT_HAZARDOUS.sub("一般", words), _KINDS[1:]
    return next((kind for kind, pattern in kinds if pattern.search(words)), Kind.UNSAID)
