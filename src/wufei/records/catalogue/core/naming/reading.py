"""Reading a name: which words it is made of, also if misspelt, in pinyin or in English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from wufei.records.catalogue.core.naming.latin import latin_guesses, mended_english
from wufei.records.catalogue.core.naming.sounds import readings, syllables_of
from wufei.records.catalogue.core.naming.text import plain
from wufei.records.catalogue.core.naming.tokens import How, Token
from wufei.records.catalogue.core.naming.words import Kind, Lexicon, gaps_of

_SOUNDS_MAX = 16
_IDLE = {"noise": 2.0, "place": 4.0}
_MENDED_KINDS = frozenset({Kind.THING, Kind.STUFF, Kind.SOURCE})
_SOUNDS_NEAR = 88
_ALONE = frozenset("桶瓶罐废液炭")
"""Characters that are recognised by sound alone where a name begins or ends with them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A name taken apart: its words in order, and the stretches that no word covers."""

    text: str
    tokens: tuple[Token, ...]
    unknown: tuple[tuple[int, int], ...]

    @property
    def unknown_share(self) -> float:
        """Part of the characters that no word covers, 0 to 1."""
        letters = sum(not letter.isspace() for letter in self.text)
        return sum(end - start for start, end in self.unknown) / letters if letters else 0.0


def read(text: str, lexicon: Lexicon) -> Reading:
    """Take a name apart into known words; misspelt stretches are tried by sound, then by letters."""
    typed = plain(text)
    written = mended_english(typed, lexicon)
    first = _cover(written, _exact(written, lexicon))
    reading = _reading(written, first)
    if not reading.unknown:
        return reading
    guesses = [
        *_guesses(written, reading.unknown, lexicon),
        *latin_guesses(written, reading.unknown, lexicon),
    ]
    if not guesses:
        return reading
    return _reading(written, _cover(written, [*_exact(written, lexicon), *guesses]))


def graver(reading: Reading, lexicon: Lexicon) -> Reading:
    """Give a reading with words replaced that sound like a hazardous one: 鸡油 may be a slip for 机油."""
    return replace(reading, tokens=tuple(_graver(token, lexicon) for token in reading.tokens))


def _graver(token: Token, lexicon: Lexicon) -> Token:
    if len(token.word) < 2 or token.word.isascii() or lexicon.concepts[token.concept].hazardous:
        return token
    word = lexicon.sounds.get(syllables_of(token.word), token.word)
    # 鸡油 and 机油 name the same sort of thing; 电视 and 电石 do not, and nobody takes one for the other.
    if word[-1] != token.word[-1] or not lexicon.concept_of(word).hazardous:
        return token
    return replace(token, word=word, concept=lexicon.words[word], how=How.SOUND)


def _exact(written: str, lexicon: Lexicon) -> list[Token]:
    found = []
    for start in range(len(written)):
        if written[start].isspace() or _inside_a_word(written, start):
            continue
        for end in range(start + 1, min(len(written), start + lexicon.longest) + 1):
            word = written[start:end]
            if word in lexicon.words and not _inside_a_word(written, end):
                found.append(Token(start, end, word, word, lexicon.words[word], How.EXACT))
    return found


def _inside_a_word(written: str, place: int) -> bool:
    """Say whether a place lies between two Latin letters, or between two digits."""
    if not 0 < place < len(written):
        return False
    before, after = written[place - 1], written[place]
    if not (before.isascii() and after.isascii()):
        return False
    return (before.isalpha() and after.isalpha()) or (before.isdigit() and after.isdigit())


def _cover(written: str, edges: Iterable[Token]) -> list[Token]:
    """Choose the words that cover most of a name with the fewest pieces."""
    by_end: dict[int, list[Token]] = {}
    for edge in edges:
        by_end.setdefault(edge.end, []).append(edge)
    best: list[tuple[float, Token | None]] = [(0.0, None)]
    for end in range(1, len(written) + 1):
        letter = written[end - 1]
        skip = 0.0 if letter.isspace() or letter.isdigit() else -4.0
        options: list[tuple[float, Token | None]] = [(best[end - 1][0] + skip, None)]
        options += [(best[token.start][0] + _worth(token), token) for token in by_end.get(end, ())]
        best.append(max(options, key=lambda option: option[0]))
    chosen: list[Token] = []
    place = len(written)
    while place:
        token = best[place][1]
        if token:
            chosen.append(token)
        place = token.start if token else place - 1
    return chosen[::-1]


_PENALTY = {How.EXACT: 0.0, How.SOUND: 8.0, How.NEAR: 20.0, How.PINYIN: 1.0, How.INITIALS: 2.0}


def _worth(token: Token) -> float:
    length = token.end - token.start
    idle = _IDLE.get(token.concept, 0.0)
    return (13.0 if length > 1 else 10.0) * length - 3.0 - idle - _PENALTY[token.how]


def _reading(written: str, tokens: list[Token]) -> Reading:
    known = {place for token in tokens for place in range(token.start, token.end)}
    # Unknown characters before 厂, 店, 站 name a place, not the waste.
    for token in tokens:
        place = token.start - 1
        while token.concept == "place" and place >= 0 and place not in known and not written[place].isspace():
            known.add(place)
            place -= 1
    gaps: list[tuple[int, int]] = []
    for place, letter in enumerate(written):
        if place in known or letter.isspace() or letter.isdigit():
            continue
        if gaps and gaps[-1][1] == place:
            gaps[-1] = (gaps[-1][0], place + 1)
        else:
            gaps.append((place, place + 1))
    return Reading(written, tuple(tokens), tuple(gaps))


def _guesses(written: str, unknown: Iterable[tuple[int, int]], lexicon: Lexicon) -> Iterator[Token]:
    """Give Chinese words that a stretch around an unknown character may stand for."""
    spans = {
        (start, end)
        for gap_start, gap_end in unknown
        for place in range(gap_start, gap_end)
        for start in range(max(0, place - 6), place + 1)
        for end in range(place + 1, min(len(written), start + 8) + 1)
    }
    for start, end in sorted(spans):
        stretch = written[start:end]
        if "废" in stretch or not all("\u4e00" <= letter <= "\u9fff" for letter in stretch):
            continue
        for word, how in [*_by_sound(stretch, lexicon), *_by_letters(stretch, lexicon)]:
            if how is How.SOUND and len(word) == 1 and not _may_stand_alone(word, start, end, written):
                continue
            yield Token(start, end, stretch, word, lexicon.words[word], how)


def _may_stand_alone(word: str, start: int, end: int, written: str) -> bool:
    return word in _ALONE and (end == len(written) or (start == 0 and word == "废" and end < len(written)))


def _by_sound(stretch: str, lexicon: Lexicon) -> Iterator[tuple[str, How]]:
    if len(stretch) == 1:
        sounds = set(readings(stretch))
        for alone in _ALONE:
            if alone in lexicon.words and set(readings(alone)) & sounds:
                yield alone, How.SOUND
        return
    for count, syllables in enumerate(product(*(readings(letter) for letter in stretch))):
        if count >= _SOUNDS_MAX:
            return
        word = lexicon.sounds.get(syllables)
        # Two characters that share none with the word are more often another word than a slip.
        if word and (len(word) > 2 or set(word) & set(stretch)):
            yield word, How.SOUND


def _by_letters(stretch: str, lexicon: Lexicon) -> Iterator[tuple[str, How]]:
    """Give words of three or more characters that differ by one character, or by two that changed places."""
    if len(stretch) < 2:
        return
    tried = {word for gap in gaps_of(stretch) for word in lexicon.gaps.get(gap, ())}
    tried |= set(lexicon.gaps.get(stretch, ())) | {gap for gap in gaps_of(stretch) if len(gap) >= 3}
    for word in sorted(tried):
        if word not in lexicon.words or lexicon.concept_of(word).kind not in _MENDED_KINDS:
            continue
        if DamerauLevenshtein.distance(stretch, word) == 1 and _plausible(stretch, word):
            yield word, How.NEAR


def _plausible(stretch: str, word: str) -> bool:
    """Say whether a difference looks like a slip: one character of four, or one of three that sounds near."""
    if len(word) >= 4 or sorted(stretch) == sorted(word):
        return True
    if len(stretch) != len(word):
        return False
    return fuzz.ratio(" ".join(syllables_of(stretch)), " ".join(syllables_of(word))) > _SOUNDS_NEAR
