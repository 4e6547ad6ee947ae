"""A name as typed, made ready for reading: widths, letters, traditional characters, amounts, brackets."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from wufei.records.catalogue.core.naming.words import NAMING_DIRECTORY
from wufei.records.catalogue.core.rows import read_rows, refuse_broken

CHARACTERS_MAX = 160
"""Longer texts are read up to here: a name is short, and reading stays fast."""

_RAW_MAX = 600
_BRACKETS = re.compile(r"[(\[{【〔《<]([^()\[\]{}【】〔〕《》<>]*)[)\]}】〕》>]")
_COUNT = r"(?:\d+(?:\.\d+)?|(?<![一-鿿])[一二两三四五六七八九十几半数百]+)"
_UNIT = (
    r"(?:公斤|千克|kg|吨|斤|毫升|升|ml|l|立方米|立方|m3|t|g|克|个|只|支|根|台|套|件|条|张|块|批|车|箱|"
    r"大桶|小桶|桶|袋|罐|盒|片|把|副|双|组|辆|份|多)"
)
_AMOUNT = re.compile(
    rf"(?:大约|大概|约|共|总共|有)?{_COUNT}多?{_UNIT}(?:左右|多)?(?![a-z0-9])", re.IGNORECASE
)
_PUNCTUATION = re.compile(r"[^\w一-鿿]+|_+")


@lru_cache(maxsize=1)
def variants() -> dict[int, str]:
    """Give traditional characters with their simplified ones (characters from OpenCC, Apache-2.0)."""
    rows, findings = read_rows(NAMING_DIRECTORY, "variants.csv", "traditional")
    refuse_broken(findings)
    return {ord(row.text("traditional")): row.text("simplified") for row in rows}


def plain(text: str) -> str:
    """Give a name as words and single spaces, in simplified characters and lower case.

    What stands in brackets comes first, as it describes what stands before it; amounts fall away if
    something is left without them.
    """
    written = unicodedata.normalize("NFKC", text[:_RAW_MAX]).lower().translate(variants())
    inside = " ".join(_BRACKETS.findall(written))
    written = f"{inside} {_BRACKETS.sub(' ', written)}" if inside else written
    without = _spaced(_AMOUNT.sub(" ", written))
    return (without if _says_something(without) else _spaced(written))[:CHARACTERS_MAX].strip()


def _spaced(written: str) -> str:
    return _PUNCTUATION.sub(" ", written).strip()


def _says_something(written: str) -> bool:
    return any(letter.isalpha() for letter in written.replace("废", ""))
