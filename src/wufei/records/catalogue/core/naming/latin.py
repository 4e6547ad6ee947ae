"""Stretches of Latin letters that are no word as they stand: misspelt English, pinyin, first letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process

from wufei.records.catalogue.core.naming.tokens import How, Token
from wufei.records.catalogue.core.naming.words import Kind, Lexicon

_SPELLED_MAX = 48
_INITIALS_MAX = 6
_NEAR_LETTERS_MIN = 5
_NEAR_RATIO = 84
_RUN = re.compile(r"[a-z]+(?: [a-z]+)*")
_WORD = re.compile(r"[a-z]+")
_WASTE_INITIAL = "f"


def latin_guesses(written: str, unknown: Iterable[tuple[int, int]], lexicon: Lexicon) -> Iterator[Token]:
    """Give words that the Latin stretches of a name may stand for."""
    gaps = list(unknown)
    for match in _RUN.finditer(written):
        if not any(start < match.end() and match.start() < end for start, end in gaps):
            continue
        spelled = _spelled(match.group(), match.start(), lexicon)
        yield from spelled or _from_initials(match.group(), match.start(), lexicon)


def mended_english(written: str, lexicon: Lexicon) -> str:
    """Give a name with misspelt English words put right; pinyin stays as it is."""
    return _WORD.sub(lambda match: _nearest(match.group(), lexicon), written)


def _nearest(word: str, lexicon: Lexicon) -> str:
    if not _NEAR_LETTERS_MIN <= len(word) <= _SPELLED_MAX or word in lexicon.english:
        return word
    if _spelled(word, 0, lexicon):
        return word
    found = process.extractOne(word, lexicon.english, scorer=fuzz.ratio, score_cutoff=_NEAR_RATIO)
    return found[0] if found else word


def _spelled(run: str, offset: int, lexicon: Lexicon) -> list[Token]:
    """Read a stretch as pinyin, all of it or not at all, with the fewest words."""
    places = [place for place, letter in enumerate(run) if letter != " "]
    letters = run.replace(" ", "")
    if len(letters) > _SPELLED_MAX:
        return []
    best: list[tuple[int, list[tuple[int, int]]] | None] = [(0, [])]
    longest = max(map(len, lexicon.spelt), default=0) if letters else 0
    for end in range(1, len(letters) + 1):
        options = [
            (before[0] + 1, [*before[1], (start, end)])
            for start in range(max(0, end - longest), end)
            if (before := best[start]) is not None and letters[start:end] in lexicon.spelt
        ]
        best.append(min(options, key=lambda option: option[0], default=None))
    whole = best[-1]
    if not whole or not letters:
        return []
    return [
        _token(
            offset + places[start],
            offset + places[end - 1] + 1,
            run,
            lexicon.spelt[letters[start:end]],
            lexicon,
            How.PINYIN,
        )
        for start, end in whole[1]
    ]


def _from_initials(run: str, offset: int, lexicon: Lexicon) -> list[Token]:
    """Read a short stretch as the first letters of a word, with 废 before it or without."""
    if " " in run or not 2 <= len(run) <= _INITIALS_MAX:
        return []
    whole = _likeliest(run, lexicon)
    rest = _likeliest(run[1:], lexicon) if run.startswith(_WASTE_INITIAL) and len(run) > 2 else ""
    tokens = []
    if rest:
        tokens = [
            _token(offset, offset + 1, run, "废", lexicon, How.INITIALS),
            _token(offset + 1, offset + len(run), run, rest, lexicon, How.INITIALS),
        ]
    elif whole:
        tokens = [_token(offset, offset + len(run), run, whole, lexicon, How.INITIALS)]
    return tokens


def _likeliest(letters: str, lexicon: Lexicon) -> str:
    found = [
        word
        for word in lexicon.initials.get(letters, ())
        if lexicon.concept_of(word).kind in {Kind.STUFF, Kind.THING}
    ]
    return found[0] if found else ""


def _token(start: int, end: int, run: str, word: str, lexicon: Lexicon, how: How) -> Token:
    return Token(start, end, run, word, lexicon.words[word], how)
