"""Everyday names to codes: candidates with reasons, look-alikes, and the question that an unclear name needs.

Every answer comes from a word or a rule in ``data/naming``; nothing is learnt and nothing is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from wufei.kernel.text import Text
from wufei.records.catalogue.core.codes import is_hazardous
from wufei.records.catalogue.core.items import Item, load_items
from wufei.records.catalogue.core.naming.answers import Answer, Candidate, Status
from wufei.records.catalogue.core.naming.parts import Parts, parts_of
from wufei.records.catalogue.core.naming.reading import Reading, graver, read
from wufei.records.catalogue.core.naming.rules import (
    OWN_CODES,
    LookAlike,
    Question,
    Rule,
    Rulebook,
    load_rulebook,
)
from wufei.records.catalogue.core.naming.tokens import How
from wufei.records.catalogue.core.naming.wording import basis_of, read_as, reason_of
from wufei.records.catalogue.core.naming.words import Kind, Lexicon, load_lexicon
from wufei.records.catalogue.core.streams import load_streams

LIMIT = 5
_NEAREST = 3
_UNKNOWN_SHARE = 0.3
"""From this share of unknown characters on a general answer stands under a question."""
_LEAD, _STEP, _LEAST = 0.95, 0.2, 0.1
_CONDITIONAL, _CONDITIONAL_STEP = 0.55, 0.08
_HOW_SURE = {How.EXACT: 1.0, How.PINYIN: 0.95, How.SOUND: 0.9, How.NEAR: 0.8, How.INITIALS: 0.75}
_SOILED = "900-041-49"
_NEVER_SOILED = frozenset(
    {"food", "green", "manure", "straw", "husk", "carcass", "e-waste", "vehicle-waste", "li-battery"}
)
"""Things whose name may hold that of a harmful substance without being soiled: 油麦菜, 汽油发电机."""
_MATERIALS = frozenset(
    {"glass", "plastic", "steel", "nonferrous", "paper", "wood", "tyre", "ceramic", "soil"}
)


@dataclass(frozen=True, slots=True)
class _Finding:
    codes: tuple[str, ...]
    ask: str
    rule: Rule | None
    more: tuple[str, ...]


def find(text: str, *, on: date, limit: int = LIMIT, listed: Mapping[str, Item] | None = None) -> Answer:
    """Find the codes that an everyday name may have.

    Parameters
    ----------
    text : str
        Any name: slang, brand, pinyin, English, misspelt; longer texts are read up to 160 characters.
    on : date
        The day on which the codes must be in force.
    limit : int
        Most candidates to give.
    listed : mapping of str to Item, optional
        The items in force on the day by code, such as those of imported official lists; by default those
        that come with Wufei.

    Returns
    -------
    Answer
        The same for the same text, day and data. Whatever may be hazardous stands before what is not, or
        stands under a question.
    """
    lexicon, book = load_lexicon(), load_rulebook()
    listed = _own_list(on) if listed is None else listed
    reading = read(text, lexicon)
    if not reading.text:
        return _empty(text)
    parts = parts_of(reading, lexicon)
    found = _guarded(_found(parts, lexicon, book), parts, lexicon)
    found = _slip(found, reading, lexicon, book)
    found = replace(found, more=(*found.more, *_mentioned(parts, lexicon)))
    if not found.codes and not found.ask:
        return _undetermined(text, reading, parts, listed)
    # If the lists no longer have the likeliest code, what remains is only near.
    doubtful = _doubtful(found, reading, parts) or any(code not in listed for code in found.codes[:1])
    ask = found.ask or ("nearest" if doubtful else "")
    question = book.questions.get(ask)
    codes = list(dict.fromkeys([*found.codes, *_of_question(question), *found.more]))
    items = [listed[code] for code in codes if code in listed]
    sure = _sureness(reading)
    status = Status.ASKS if question else Status.CLEAR
    if not items or (parts.tail_unknown and not items[0].hazardous):
        status = Status.UNDETERMINED
    candidates = _candidates(items[: max(1, limit)], found.rule, question, parts, lexicon)
    candidates = tuple(replace(one, score=round(one.score * sure, 3)) for one in candidates)
    return Answer(
        text[:200],
        status,
        read_as(reading, parts, lexicon),
        candidates,
        _not_it(items, candidates, book, listed),
        question,
        _MESSAGES[status],
    )


@lru_cache(maxsize=64)
def _own_list(on: date) -> Mapping[str, Item]:
    return {code: item for code, item in load_items().items() if item.in_force(on)}


def _found(parts: Parts, lexicon: Lexicon, book: Rulebook) -> _Finding:
    """Give what the first fitting rule says, else what the thing has by itself; further rules give more."""
    own, ask = _own(parts, lexicon)
    fitting = [rule for rule in book.rules if rule.fits(parts.kinds, parts.marks)]
    if not fitting:
        return _Finding(own, ask, None, ())
    first = fitting[0]
    codes = tuple(code for part in first.codes for code in (own if part == OWN_CODES else (part,)))
    more = [code for rule in fitting[1:3] for code in rule.codes if code != OWN_CODES]
    return _Finding(codes, first.ask, first, (*more, *own) if not first.ask else tuple(more))


def _own(parts: Parts, lexicon: Lexicon) -> tuple[tuple[str, ...], str]:
    """Give the codes and question of the thing, or of the nearest kind above it that has some."""
    waiting = [parts.head.concept] if parts.head else []
    while waiting:
        concept = lexicon.concepts[waiting.pop(0)]
        if concept.codes or concept.ask:
            return concept.codes, concept.ask
        waiting += concept.parents
    return (), ""


def _guarded(found: _Finding, parts: Parts, lexicon: Lexicon) -> _Finding:
    """Never let something soiled with harmful matter pass as general waste without a question."""
    soiled = "toxic" in parts.marks and "clean" not in parts.marks
    soiled = soiled and (bool(parts.marks & {"contact", "poison"}) or not parts.kinds & _NEVER_SOILED)
    named = "hazard-word" in parts.marks
    if not _general(found):
        return found
    if not (soiled or named):
        return _of_a_part(found, parts, lexicon)
    if found.rule and any("toxic" in lexicon.lineage[key] for need in found.rule.needs for key in need):
        return found
    return _Finding((_SOILED, *found.codes), found.ask or "contaminated", found.rule, found.more)


def _of_a_part(found: _Finding, parts: Parts, lexicon: Lexicon) -> _Finding:
    """Ask whether a material belongs to a hazardous thing that the name mentions: 显像管的玻璃."""
    whole = [lexicon.concepts[token.concept] for token in parts.others]
    codes = [one.codes[0] for one in whole if one.kind is Kind.THING and one.hazardous]
    if not codes or "clean" in parts.marks or not parts.kinds & _MATERIALS:
        return found
    return _Finding((codes[0], *found.codes), found.ask or "matter", found.rule, found.more)


def _mentioned(parts: Parts, lexicon: Lexicon) -> tuple[str, ...]:
    """Give the hazardous codes of what the name also mentions: it may be the thing, or a second one."""
    concepts = (lexicon.concepts[token.concept] for token in parts.others)
    return tuple(concept.codes[0] for concept in concepts if concept.hazardous)


def _slip(found: _Finding, reading: Reading, lexicon: Lexicon, book: Rulebook) -> _Finding:
    """Ask whether a general answer rests on a word that only sounds like a hazardous one."""
    other = graver(reading, lexicon)
    if not _general(found) or other == reading:
        return found
    meant = _found(parts_of(other, lexicon), lexicon, book)
    if not meant.codes or _general(meant):
        return found
    return _Finding((meant.codes[0], *found.codes), found.ask or "slip", None, found.more)


def _doubtful(found: _Finding, reading: Reading, parts: Parts) -> bool:
    """Say whether a general answer rests on too little: an unknown end, or a word that was only guessed."""
    if parts.tail_unknown:
        return True
    guessed = any(token.how in {How.NEAR, How.INITIALS} for token in reading.tokens)
    guessed = guessed or (parts.head is not None and parts.head.how is How.SOUND)
    guessed = guessed or reading.unknown_share >= _UNKNOWN_SHARE
    return guessed and _general(found)


def _general(found: _Finding) -> bool:
    """Say whether something was found and its likeliest code is not hazardous."""
    return bool(found.codes) and not is_hazardous(found.codes[0])


def _candidates(
    items: list[Item], rule: Rule | None, question: Question | None, parts: Parts, lexicon: Lexicon
) -> tuple[Candidate, ...]:
    top, step = (_CONDITIONAL, _CONDITIONAL_STEP) if question else (_LEAD, _STEP)
    return tuple(
        _candidate(
            item,
            top - step * place,
            reason_of(item, parts, lexicon, None if place else rule, question),
            conditional=question is not None,
        )
        for place, item in enumerate(items)
    )


def _of_question(question: Question | None) -> list[str]:
    return [code for answer in question.answers for code in answer.codes] if question else []


def _sureness(reading: Reading) -> float:
    how = min((_HOW_SURE[token.how] for token in reading.tokens), default=1.0)
    return how * (1 - 0.3 * min(1.0, reading.unknown_share))


def _candidate(item: Item, score: float, reason: Text, *, conditional: bool) -> Candidate:
    legal_class = load_streams()[item.category].legal_class
    bounded = round(max(_LEAST, score), 3)
    return Candidate(item.code, item.name, bounded, reason, legal_class, basis_of(item), conditional)


def _not_it(
    items: list[Item], candidates: tuple[Candidate, ...], book: Rulebook, listed: Mapping[str, Item]
) -> tuple[LookAlike, ...]:
    if not items:
        return ()
    offered = {one.code for one in candidates}
    given = tuple(
        LookAlike(code, listed[code].name, why)
        for code, why in book.lookalikes.get(items[0].code, ())
        if code not in offered and code in listed
    )
    return given or ((LookAlike("", items[0].name, items[0].excludes),) if items[0].excludes else ())


def _undetermined(text: str, reading: Reading, parts: Parts, listed: Mapping[str, Item]) -> Answer:
    """Keep the name as 待定; what it only mentions is offered as nearest."""
    lexicon, book = load_lexicon(), load_rulebook()
    near = list(dict.fromkeys(code for t in parts.others for code in lexicon.concepts[t.concept].codes))
    items = [listed[code] for code in near if code in listed]
    question = book.questions["nearest"]
    candidates = _candidates(items[:_NEAREST], None, question, parts, lexicon)
    return Answer(
        text[:200],
        Status.UNDETERMINED,
        read_as(reading, parts, lexicon),
        candidates,
        (),
        question,
        _MESSAGES[Status.UNDETERMINED],
    )


def _empty(text: str) -> Answer:
    return Answer(text[:200], Status.EMPTY, Text(""), (), (), None, _MESSAGES[Status.EMPTY])


_MESSAGES = {
    Status.CLEAR: Text("第一个就是最可能的代码。", "The first one is the likeliest code."),
    Status.ASKS: Text(
        "光看名称定不了，请回答下面的问题；回答之前按危险废物对待。",
        "The name alone does not tell. Answer the question; until then treat it as hazardous.",
    ),
    Status.UNDETERMINED: Text(
        "没有代码能直接对上，先存为“待定”，按危险废物暂存，再看环评或鉴别。",
        "No code fits. Keep it as undetermined, store it like hazardous waste, then see the assessment.",
    ),
    Status.EMPTY: Text(
        "请输入废物的名称，如“废机油”“空油漆桶”。", "Type the name of the waste, such as “used engine oil”."
    ),
}
