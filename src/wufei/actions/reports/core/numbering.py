"""Numbers of headings: 一、 （一） 1."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_TEN = 10


def chinese_number(value: int) -> str:
    """Write 1 to 99 as headings do: 一, 十, 二十一."""
    tens, ones = divmod(value, _TEN)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def heading_number(level: int, counts: list[int]) -> str:
    """Count a heading below a section and give its number; `counts` are those of levels 2 and 3 so far."""
    if level == 2:
        counts[:] = [counts[0] + 1, 0]
        return f"（{chinese_number(counts[0])}）"
    if level >= 3:
        counts[1] += 1
        return f"{counts[1]}."
    return ""
