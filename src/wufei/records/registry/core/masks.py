"""Phones and identity numbers as they are shown to whoever may not read them."""

from __future__ import annotations

_PHONE_SHOWN = (3, 4)
_ID_SHOWN = (4, 2)


def masked_phone(phone: str) -> str:
    """Give the first three and last four signs; short ones are hidden whole."""
    return _masked(phone, *_PHONE_SHOWN)


def masked_id(number: str) -> str:
    """Give the first four and last two signs; short ones are hidden whole."""
    return _masked(number, *_ID_SHOWN)


def masked_name(name: str) -> str:
    """Give the family name: the first sign of a Chinese name."""
    return name[:1] + "*" * (len(name) - 1)


def _masked(text: str, first: int, last: int) -> str:
    if len(text) <= first + last:
        return "*" * len(text)
    return text[:first] + "*" * (len(text) - first - last) + text[-last:]
