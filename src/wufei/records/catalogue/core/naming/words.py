"""Words of everyday names: what each means, how it sounds, and which code it has by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.naming.sounds import syllables_of
from wufei.records.catalogue.core.rows import (
    DATA_DIRECTORY,
    Row,
    gathered,
    once_each,
    read_rows,
    refuse_broken,
)

NAMING_DIRECTORY = DATA_DIRECTORY / "naming"
_Sound = TypeVar("_Sound", str, tuple[str, ...])

WORD_FILES = ("words-marks.csv", "words-sources.csv", "words-stuff.csv", "words-things.csv")
_SPOKEN_MIN = 4
"""Shorter English words are mostly abbreviations, and do not name a concept."""


class Kind(StrEnum):
    """What a word does in a name."""

    STATE = "state"
    """废, 空, 过期."""
    MARK = "mark"
    """沾染, 洗净, 水性."""
    NOISE = "noise"
    """Says nothing about the waste."""
    GENERIC = "generic"
    """废料, 危废: names a thing only if nothing else does."""
    SOURCE = "source"
    """The step or place: 喷漆, 医院."""
    STUFF = "stuff"
    """A substance; the waste itself, or what a container held."""
    THING = "thing"
    """An object: 桶, 滤芯, 污泥."""


@dataclass(frozen=True, slots=True)
class Concept:
    """What one or more words mean.

    Attributes
    ----------
    id : str
        Key, such as ``engine-oil``.
    kind : Kind
        What it does in a name.
    parents : tuple of str
        What it is a kind of.
    codes : tuple of str
        Its codes where no rule says otherwise, the likeliest first.
    ask : str
        The question to ask; empty if the name alone is clear.
    words : tuple of str
        Simplified Chinese and English, lower case; the first Chinese one names it.
    """

    id: str
    kind: Kind
    parents: tuple[str, ...]
    codes: tuple[str, ...]
    ask: str
    words: tuple[str, ...]

    @property
    def hazardous(self) -> bool:
        """Whether its likeliest code is one of the hazardous list."""
        return bool(self.codes) and self.codes[0][8:].isdigit()

    @property
    def name(self) -> Text:
        """The word that names it."""
        english = [word for word in self.words if word.isascii()]
        chinese = [word for word in self.words if not word.isascii()]
        spoken = [word for word in english if len(word) >= _SPOKEN_MIN] or english
        return Text((chinese or english)[0], (spoken or [self.id])[0])


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words with their indexes.

    Attributes
    ----------
    concepts : Mapping[str, Concept]
        By key.
    lineage : Mapping[str, frozenset of str]
        A concept with all it is a kind of.
    words : Mapping[str, str]
        Word to concept.
    sounds : Mapping[tuple of str, str]
        Syllables without tones to the first Chinese word that sounds so.
    spelt : Mapping[str, str]
        Syllables written together, such as ``jiyou``, to the word.
    initials : Mapping[str, tuple of str]
        First letters, such as ``jy``, to words.
    gaps : Mapping[str, tuple of str]
        A word of three or more characters with one left out, to the words it may be.
    english : frozenset of str
        Single English words, also those of phrases.
    longest : int
        Characters of the longest word.
    """

    concepts: Mapping[str, Concept]
    lineage: Mapping[str, frozenset[str]]
    words: Mapping[str, str]
    sounds: Mapping[tuple[str, ...], str]
    spelt: Mapping[str, str]
    initials: Mapping[str, tuple[str, ...]]
    gaps: Mapping[str, tuple[str, ...]]
    english: frozenset[str]
    longest: int

    def concept_of(self, word: str) -> Concept:
        """Give what a word means."""
        return self.concepts[self.words[word]]


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Give the words that come with Wufei.

    Raises
    ------
    InputError
        A file is defective; the message lists every defect.
    """
    lexicon, findings = parse_lexicon(NAMING_DIRECTORY)
    refuse_broken(findings)
    return lexicon


def parse_lexicon(directory: Path) -> tuple[Lexicon, list[Finding]]:
    """Read the files of words; what is wrong becomes Findings."""
    rows: list[Row] = []
    findings: list[Finding] = []
    for file in WORD_FILES:
        more, found = read_rows(directory, file, "id")
        rows += more
        findings += found
    concepts = {concept.id: concept for row in once_each(rows, "id") if (concept := _concept(row))}
    words: dict[str, str] = {}
    for row in rows:
        _refuse_unknown_parents(row, concepts)
        if row.text("id") in concepts:
            _take_words(row, concepts[row.text("id")], words)
    _take_plurals(words)
    return _lexicon(concepts, words), findings + gathered(rows)


def _concept(row: Row) -> Concept | None:
    key, kind, written = row.required("id"), row.choice("kind", Kind), row.required("words")
    if not key or kind is None or not written:
        return None
    words = tuple(dict.fromkeys(word.strip().lower() for word in written.split("|") if word.strip()))
    return Concept(
        key,
        kind,
        tuple(row.text("is_a").split()),
        tuple(row.text("code").split()),
        row.text("ask"),
        words,
    )


def _refuse_unknown_parents(row: Row, concepts: Mapping[str, Concept]) -> None:
    for parent in row.text("is_a").split():
        if parent not in concepts:
            row.refuse(
                "unknown-word",
                parent,
                Text(f"上级“{parent}”不存在。", f"“{parent}” is no concept."),
                Text("is_a 栏只写已有的标识。", "is_a names concepts that exist."),
                Text("请改正标识或补上该条。", "Mend the key or add it."),
            )


def _take_words(row: Row, concept: Concept, words: dict[str, str]) -> None:
    for word in concept.words:
        if words.setdefault(word, concept.id) != concept.id:
            row.refuse(
                "repeated",
                word,
                Text(f"“{word}”已属于 {words[word]}。", f"“{word}” already belongs to {words[word]}."),
                Text("一个词只有一个意思。", "A word has one meaning."),
                Text("请从其中一条删去。", "Take it out of one of them."),
            )


def _take_plurals(words: dict[str, str]) -> None:
    for word, key in list(words.items()):
        if word.isascii() and word[-1:].isalpha() and not word.endswith("s"):
            words.setdefault(word + "s", key)


def _lexicon(concepts: dict[str, Concept], words: dict[str, str]) -> Lexicon:
    sounds: dict[tuple[str, ...], str] = {}
    spelt: dict[str, str] = {}
    initials: dict[str, list[str]] = {}
    gaps: dict[str, list[str]] = {}

    def meant(word: str) -> Concept:
        return concepts[words[word]]

    for word, key in words.items():
        if word.isascii():
            continue
        kind = concepts[key].kind
        if kind is not Kind.NOISE and all("\u4e00" <= letter <= "\u9fff" for letter in word):
            syllables = syllables_of(word)
            _keep_graver(sounds, syllables, word, meant)
            _keep_graver(spelt, "".join(syllables), word, meant)
            initials.setdefault("".join(syllable[0] for syllable in syllables), []).append(word)
        if len(word) >= 3 and kind is not Kind.NOISE:
            for gap in gaps_of(word):
                gaps.setdefault(gap, []).append(word)
    return Lexicon(
        MappingProxyType(concepts),
        MappingProxyType({key: _lineage(key, concepts) for key in concepts}),
        MappingProxyType(words),
        MappingProxyType(sounds),
        MappingProxyType(spelt),
        MappingProxyType({letters: tuple(found) for letters, found in initials.items()}),
        MappingProxyType({gap: tuple(found) for gap, found in gaps.items()}),
        frozenset(part for word in words if word.isascii() for part in word.split() if part.isalpha()),
        max(map(len, words), default=0),
    )


def _keep_graver(index: dict[_Sound, str], sound: _Sound, word: str, meant: Callable[[str], Concept]) -> None:
    """Of words that sound alike keep the first, unless only the later one may be hazardous."""
    if sound not in index or (meant(word).hazardous and not meant(index[sound]).hazardous):
        index[sound] = word


def gaps_of(word: str) -> Iterable[str]:
    """Give a word with each of its characters left out in turn."""
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def _lineage(key: str, concepts: Mapping[str, Concept]) -> frozenset[str]:
    found, waiting = set(), [key]
    while waiting:
        one = waiting.pop()
        if one not in found and one in concepts:
            found.add(one)
            waiting += concepts[one].parents
    return frozenset(found)
