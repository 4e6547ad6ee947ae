"""How Chinese characters sound, without tones; a character may have several readings."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, pinyin


@lru_cache(maxsize=16_384)
def readings(letter: str) -> tuple[str, ...]:
    """Give the readings of a character, the commonest first; of anything else itself."""
    return tuple(dict.fromkeys(pinyin(letter, style=Style.NORMAL, heteronym=True)[0]))


def syllables_of(word: str) -> tuple[str, ...]:
    """Give a word by the commonest reading of each character."""
    return tuple(readings(letter)[0] for letter in word)
