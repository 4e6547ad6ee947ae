"""Amounts of a year and times of storage, as assessments write them."""

from __future__ import annotations

import re
from decimal import Decimal

from wufei.kernel.errors import InputError
from wufei.kernel.units import grams_of, half_width, parse_quantity
from wufei.records.plans.core.eia.values import Amount

_GRAMS = 1_000_000
_YEARLY = re.compile(r"(?:/|每|·)?(?:\(?a\)?|年|yr)(?:-1|⁻¹)?$")
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")
_YEARS = (
    (re.compile(r"半年"), Decimal("0.5")),
    (re.compile(r"(?:每|一|1)?个?季度?|每季"), Decimal("0.25")),
    (re.compile(r"(?:每|一)个?月"), Decimal(1) / 12),
    (re.compile(r"(?:每|一)(?:周|星期)"), Decimal(1) / 52),
    (re.compile(r"(?:每|一)[天日]|日产日清"), Decimal(1) / 365),
    (re.compile(r"(?:每|一|≤)年|^年$|/年|/a$"), Decimal(1)),
)
_COUNTED = re.compile(r"(\d+(?:\.\d+)?)(个?月|年|a|天|日|d|周|季)")
_PARTS = {"年": 1, "a": 1, "月": 12, "天": 365, "日": 365, "d": 365, "周": 52, "季": 4}


def amount_of(text: str, unit: str = "") -> Amount | None:
    """Read an amount; the unit of the head counts where the cell gives none.

    Parameters
    ----------
    text : str
        ``3.2``, ``约3.2t/a``, ``0.5万t/a``, ``12m3/a``.
    unit : str
        What the head says, such as ``t/a`` or ``吨/年``.

    Returns
    -------
    Amount or None
        None for an empty cell or a dash; a value of None where no number could be read.
    """
    plain = half_width(text).replace(" ", "").replace("\n", "")
    if not plain.strip("-—–/无"):
        return None
    number = _NUMBER.fullmatch(plain)
    whole = plain + half_width(unit).replace(" ", "") if number else plain
    yearly = _YEARLY.sub("", whole)
    try:
        read = parse_quantity(yearly)
    except InputError:
        return Amount(text.strip() if not number else whole)
    if read.value < 0:
        return Amount(whole)
    symbol = _NUMBER.sub("", yearly, count=1).lstrip("约")
    return Amount(whole, read.value, symbol, _tonnes(read.value, symbol))


def _tonnes(value: Decimal, symbol: str) -> Decimal | None:
    if not symbol:
        return None
    try:
        return Decimal(grams_of(value, symbol)) / _GRAMS
    except InputError:
        return None


def years_of(text: str) -> Decimal | None:
    """Give a time of storage or generation in years; None where none can be read.

    ``半年``, ``3个月``, ``90天``, ``1年``, ``每季度``.
    """
    plain = half_width(text).replace(" ", "")
    counted = _COUNTED.search(plain)
    if counted:
        return Decimal(counted[1]) / _PARTS[counted[2].removeprefix("个")]
    return next((years for pattern, years in _YEARS if pattern.search(plain)), None)
