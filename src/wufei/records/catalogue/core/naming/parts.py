"""Which word of a name is the thing, and which only say where it comes from or what it held."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.records.catalogue.core.naming.reading import Reading
from wufei.records.catalogue.core.naming.tokens import Token
from wufei.records.catalogue.core.naming.words import Kind, Lexicon

_NOTHING_NAMED = frozenset({"matter"})
"""A name that only tells the source is read as some waste of it."""

_NAMED = (Kind.THING, Kind.STUFF)
_ADJECTIVES = frozenset({"contaminated", "soiled", "stained", "soaked"})


@dataclass(frozen=True, slots=True)
class Parts:
    """A name by what its words do.

    Attributes
    ----------
    head : Token or None
        The thing itself; None if nothing in the name is one.
    kinds : frozenset of str
        All that the thing is a kind of.
    marks : frozenset of str
        All that the other words mean, with what they are kinds of.
    others : tuple of Token
        The other words that count.
    tail_unknown : bool
        Whether unknown characters follow the thing: then the real thing may be what we do not know.
    """

    head: Token | None
    kinds: frozenset[str]
    marks: frozenset[str]
    others: tuple[Token, ...]
    tail_unknown: bool


def parts_of(reading: Reading, lexicon: Lexicon) -> Parts:
    """Tell the thing from what describes it."""
    telling = [token for token in reading.tokens if _kind(token, lexicon) is not Kind.NOISE]
    head = _head(telling, lexicon)
    others = tuple(token for token in telling if token is not head)
    marks = frozenset[str]().union(*(lexicon.lineage[token.concept] for token in others))
    kinds = lexicon.lineage[head.concept] if head else _NOTHING_NAMED
    end = head.end if head else 0
    tail = sum(stop - start for start, stop in reading.unknown if start >= end)
    return Parts(head, kinds, marks, others, head is not None and tail >= 2)


def _kind(token: Token, lexicon: Lexicon) -> Kind:
    return lexicon.concepts[token.concept].kind


def _head(tokens: list[Token], lexicon: Lexicon) -> Token | None:
    """Choose the thing: in Chinese the last one named, unless what follows only says what clings to it."""
    named = [token for token in tokens if _kind(token, lexicon) in _NAMED]
    if not named:
        generic = [token for token in tokens if _kind(token, lexicon) is Kind.GENERIC]
        coded = [token for token in tokens if lexicon.concepts[token.concept].codes]
        telling = generic or coded
        return telling[-1] if telling else None
    for mark in (token for token in tokens if token.concept == "contact"):
        before = [token for token in named if token.end <= mark.start]
        after = [token for token in named if token.start >= mark.end]
        if not before or not after:
            continue
        if mark.word.isascii():
            adjective = mark.word in _ADJECTIVES and after[0].start <= mark.end + 1
            return after[-1] if adjective else _english_head(mark, before[-1], after[-1], lexicon)
        if _kind(before[-1], lexicon) is Kind.THING and all(
            _kind(token, lexicon) is Kind.STUFF for token in after
        ):
            return before[-1]
    return named[-1]


def _english_head(mark: Token, before: Token, after: Token, lexicon: Lexicon) -> Token:
    """In English the thing stands before “with” and “of”; but a drum of oil is oil."""
    measure = mark.word == "of" and "container" in lexicon.lineage[before.concept]
    return after if measure else before
