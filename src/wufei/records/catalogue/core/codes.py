"""Codes of items: their form, the category they lie in, and whether they are hazardous waste."""

from __future__ import annotations

import re
from enum import StrEnum

from wufei.records.catalogue.core.streams import LegalClass, load_streams

# 国家危险废物名录, 第五条: industry (3), serial (3), category (2). 固体废物分类与代码目录, 第五条: industry
# (3), serial 001 to 099, S and the number of the category.
_HAZARDOUS = re.compile(r"\d{3}-\d{3}-(\d{2})", re.ASCII)
_GENERAL = re.compile(r"\d{3}-0\d{2}-S(\d{2})", re.ASCII)
# Hazardous waste by identification that is in no item of the list: 900-000 and the category.
_IDENTIFIED = re.compile(r"900-000-\d{2}", re.ASCII)
_DASHES = re.compile(r"[\u2010-\u2015\u2212\uff0d\ufe63\u2500\u4e00]")
_BARE_HAZARDOUS, _BARE_GENERAL = re.compile(r"\d{8}", re.ASCII), re.compile(r"\d{6}S\d{2}", re.ASCII)


class Level(StrEnum):
    """How far a code says what the waste is."""

    CLASS = "class"
    CATEGORY = "category"
    ITEM = "item"


def plain_code(written: str) -> str:
    """Write a code as the lists do: ASCII digits and hyphens, no blanks; digits without hyphens get them."""
    half = "".join(chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" else sign for sign in written)
    code = _DASHES.sub("-", "".join(half.split()).replace("*", "")).upper()
    if _BARE_HAZARDOUS.fullmatch(code) or _BARE_GENERAL.fullmatch(code):
        return f"{code[:3]}-{code[3:6]}-{code[6:]}"
    return code


def category_of(code: str) -> str:
    """Give the category in which a code lies by its form, ``HW08`` or ``SW17``; empty if it has none."""
    if found := _HAZARDOUS.fullmatch(code):
        return f"HW{found[1]}"
    if found := _GENERAL.fullmatch(code):
        return f"SW{found[1]}"
    return ""


def is_identified_only(code: str) -> bool:
    """Say whether a code is that of waste found hazardous by identification, in no item of the list."""
    return _IDENTIFIED.fullmatch(code) is not None and category_of(code) in load_streams()


def level(code: str) -> Level | None:
    """Say whether a code names a class, a category or an item by its form; None if it names nothing known."""
    if category_of(code) in load_streams():
        return Level.ITEM
    if code in load_streams():
        return Level.CATEGORY
    return Level.CLASS if code in set(LegalClass) else None


def is_hazardous(code: str) -> bool:
    """Say whether waste of an item code, category or class is hazardous in law."""
    if code == LegalClass.HAZARDOUS:
        return True
    stream = load_streams().get(category_of(code) or code)
    return stream is not None and stream.legal_class is LegalClass.HAZARDOUS
