"""A long title is broken where its words allow it, into lines of like length (GB/T 9704, 7.3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

_TOKEN = re.compile(
    r"“[^”]*”|《[^》]{1,12}》|（[^）]*）|\d+年(?:第?[一二三四]季度|[上下]半年|度)?|[0-9A-Za-z.%-]+|.",
    re.DOTALL | re.ASCII,
)
_ENDS = ("的", "和", "与", "及", "、", "，", "：", "”", "》", "）", "年", "季度", "半年", "年度")
_BEGINS = ("“", "《", "（")
_LINES_MAX = 3
_LINE_MIN = 4


def broken(title: str, line_chars: int) -> str:
    """Give a title with line breaks, if it needs several lines and its words say where.

    Parameters
    ----------
    line_chars : int
        Chinese signs that a line holds.

    Notes
    -----
    Words are not known, so a line ends only behind a particle, a number of a year, or beside what stands in
    quotes or brackets. Where that does not fit, the title stays whole and the writing program breaks it.
    """
    tokens = _TOKEN.findall(title)
    lines = -(-width(title) // max(1, line_chars))
    if "\n" in title or not 1 < lines <= _LINES_MAX:
        return title
    places = [at for at in range(1, len(tokens)) if _may_break(tokens[at - 1], tokens[at])]
    found = [_cut(tokens, chosen) for chosen in combinations(places, lines - 1)]
    fitting = [
        each for each in found if _LINE_MIN <= min(map(width, each)) <= max(map(width, each)) <= line_chars
    ]
    return "\n".join(min(fitting, key=_unlike)) if fitting else title


def width(text: str) -> int:
    """Give how many Chinese signs a text is wide; letters and digits are half of one, rounded up."""
    return -(-sum(1 if ord(sign) < 0x2000 else 2 for sign in text) // 2)


def _may_break(before: str, after: str) -> bool:
    if after in ("的", "和", "与", "及", "、", "，", "：", "”", "》", "）", "。"):
        return False
    return before.endswith(_ENDS) or after.startswith(_BEGINS)


def _cut(tokens: Sequence[str], places: Sequence[int]) -> list[str]:
    bounds = (0, *places, len(tokens))
    return ["".join(tokens[start:end]) for start, end in pairwise(bounds)]


def _unlike(lines: Iterable[str]) -> int:
    widths = [width(line) for line in lines]
    return max(widths) - min(widths)
