"""A sentence or name in Chinese with its English counterpart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Words shown to people: Chinese always, English where it is known.

    Attributes
    ----------
    zh : str
        The Chinese wording; the one that counts.
    en : str
        The English wording; empty where nobody has written it yet.
    """

    zh: str
    en: str = ""

    @classmethod
    def parse(cls, value: str | Mapping[str, str]) -> Text:
        """Read a name as data files write it: plain Chinese, or a mapping ``{zh, en}``."""
        if isinstance(value, str):
            return cls(value)
        return cls(str(value["zh"]), str(value.get("en") or ""))

    def in_language(self, language: str) -> str:
        """Give the wording for a language tag such as ``zh-hans`` or ``en``; a missing English falls back."""
        if language.startswith("en") and self.en:
            return self.en
        return self.zh

    def __str__(self) -> str:
        return self.zh

    def __bool__(self) -> bool:
        return bool(self.zh)
