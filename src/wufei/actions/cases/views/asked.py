"""Ids that a page of cases was sent."""

from __future__ import annotations

_DIGITS_MAX = 15


def id_of(text: str) -> int | None:
    """Read an id; None where it is none."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _DIGITS_MAX else None
