"""Reasons in words: how a name was read, why a code fits, and what the code rests on."""

from __future__ import annotations

from wufei.kernel.text import Text
from wufei.records.catalogue.core.items import Item
from wufei.records.catalogue.core.naming.parts import Parts
from wufei.records.catalogue.core.naming.reading import Reading
from wufei.records.catalogue.core.naming.rules import Question, Rule
from wufei.records.catalogue.core.naming.tokens import How, Token
from wufei.records.catalogue.core.naming.words import Kind, Lexicon
from wufei.records.catalogue.core.sources import Status

_MENDED = {
    How.SOUND: Text("同音", "sounds alike"),
    How.NEAR: Text("形近或漏字", "a letter differs"),
    How.PINYIN: Text("拼音", "pinyin"),
    How.INITIALS: Text("拼音首字母", "first letters"),
}


def read_as(reading: Reading, parts: Parts, lexicon: Lexicon) -> Text:
    """Tell how a name was read: its words joined by ＋, mended slips, and what nobody knows."""
    told = [
        token
        for token in reading.tokens
        if lexicon.concepts[token.concept].kind not in {Kind.NOISE, Kind.MARK}
    ]
    unknown = [reading.text[start:end] for start, end in reading.unknown]
    chinese = "＋".join(_chinese(token) for token in told) or "没有认识的词"
    english = " + ".join(_english(token, lexicon) for token in told) or "no word that we know"
    if unknown:
        chinese += f"（不认识：{'、'.join(unknown)[:40]}）"
        english += f" (not known: {', '.join(unknown)[:40]})"
    if parts.head:
        chinese += f"；看作“{lexicon.concepts[parts.head.concept].name.zh}”"
        english += f"; taken as {lexicon.concepts[parts.head.concept].name.en}"
    return Text(chinese, english)


def reason_of(
    item: Item, parts: Parts, lexicon: Lexicon, rule: Rule | None, question: Question | None
) -> Text:
    """Tell why a code may fit: the rule, the reply that leads to it, or where the thing is listed."""
    if rule and item.code in rule.codes[:1]:
        return Text(f"{rule.why.zh}。", f"{rule.why.en}.")
    for reply in question.answers if question else ():
        if item.code in reply.codes:
            return Text(f"如果是：{reply.text.zh}。", f"If the answer is: {reply.text.en}.")
    thing = lexicon.concepts[parts.head.concept] if parts.head else None
    if thing and item.code in thing.codes[:1]:
        return Text(
            f"“{thing.name.zh}”列在“{item.name.zh}”一项。",
            f"“{thing.name.en}” stands under “{item.name.en}”.",
        )
    return Text(f"如果实际是“{item.name.zh}”。", f"If it is in fact “{item.name.en}”.")


def basis_of(item: Item) -> Text:
    """Tell the list and category of a code, and whether it is confirmed."""
    unsure = item.status is Status.TO_BE_CONFIRMED
    return Text(
        f"{item.source.title.zh} {item.category}" + ("（待核实）" if unsure else ""),
        f"{item.source.title.en or item.source.title.zh} {item.category}"
        + (" (to be confirmed)" if unsure else ""),
    )


def _chinese(token: Token) -> str:
    mended = _MENDED.get(token.how)
    return f"{token.written}→{token.word}（{mended.zh}）" if mended else token.word


def _english(token: Token, lexicon: Lexicon) -> str:
    name = lexicon.concepts[token.concept].name.en
    mended = _MENDED.get(token.how)
    return f"{token.written} → {name} ({mended.en})" if mended else name
