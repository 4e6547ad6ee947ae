"""Words found in a name, and how each was recognised."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """How a word was recognised."""

    EXACT = "exact"
    SOUND = "sound"
    NEAR = "near"
    PINYIN = "pinyin"
    INITIALS = "initials"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a name.

    ``written`` is what stands there, ``word`` how it was understood, ``concept`` the key of its meaning.
    """

    start: int
    end: int
    written: str
    word: str
    concept: str
    how: How
