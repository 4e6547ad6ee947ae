"""What a page of documents was sent: kinds, whole numbers, days."""

from __future__ import annotations

from datetime import date

from wufei.actions.reports.core.document import Kind
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

_YEAR_DIGITS = 4
_DIGITS_MAX = 6


def kind_named(text: str) -> Kind | None:
    """Read a kind; nothing where there is none of the name."""
    return Kind(text) if text in {kind.value for kind in Kind} else None


def year_named(text: str) -> int:
    """Read a year, a quarter or a half.

    Raises
    ------
    InputError
        ``report.period``: it is no number.
    """
    if not text.isascii() or not text.isdecimal() or len(text) > _YEAR_DIGITS:
        raise InputError("report.period", "year", text, _PERIOD)
    return int(text)


def whole_typed(text: str) -> int | None:
    """Read a whole number above zero; nothing where it was left empty.

    Raises
    ------
    InputError
        ``report.number``: it is none.
    """
    plain = text.strip()
    if not plain:
        return None
    if not plain.isascii() or not plain.isdecimal() or not int(plain) or len(plain) > _DIGITS_MAX:
        raise InputError("report.number", "number", text, _number(text))
    return int(plain)


def day_typed(text: str) -> date | None:
    """Read a day; nothing where it was left empty.

    Raises
    ------
    InputError
        ``report.day``: it is none.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError("report.day", "issued_on", text, _no_day(text)) from error


def _number(text: str) -> Text:
    return Text(
        f"“{text}”不是有效的数；期号、份数、顺序请填正整数，暂无则留空。",
        f"“{text}” is no number; issue, copies and order are whole numbers above zero, or empty.",
    )


def _no_day(text: str) -> Text:
    return Text(f"日期“{text}”不可识别；请写作 2025-10-15。", f"“{text}” is no day; write 2025-10-15.")


_PERIOD = Text("请选择年份和时段。", "Choose a year and a period.")
