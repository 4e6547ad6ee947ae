"""The card of a case as a document: its figures are fields, and the sentences about them follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from wufei.actions.cases.core.case import STREAMS, Content
from wufei.actions.reports.core.document import Document, Head, Kind, Paragraph, Section, Sentence
from wufei.actions.reports.core.fields import FigureField


def card(content: Content, fields: Sequence[FigureField], *, office: str, synthetic: bool) -> Document:
    """Write a case as a document; a part of which nothing is said is left out.

    Parameters
    ----------
    fields : sequence of FigureField
        What the indicators gave for `Content.asked`; each is a content control with its way back.
    office : str
        Whose case it is.
    """
    about = f"适用类别：{'、'.join(STREAMS[each].zh for each in content.streams)}。供稿：{office}。"
    parts = (
        ("背景与问题", _paragraphs(content.problem)),
        ("主要做法", _paragraphs(content.practice)),
        ("成效", (*_paragraphs(content.result), *_results(content, fields))),
        ("推广条件", _paragraphs(content.conditions)),
        ("教训与提醒", _paragraphs(content.pitfalls)),
    )
    sections = tuple(Section(title, blocks) for title, blocks in parts if blocks)
    first = Section(sections[0].title, (Paragraph((about,)), *sections[0].blocks))
    head = Head(Kind.CASE, content.title, office)
    return Document(head, (first, *sections[1:]), figures=tuple(fields), synthetic=synthetic)


def money_words(content: Content) -> str:
    """Say what it cost and saves, as the author gives it; empty where nothing is given."""
    said = [
        f"{words}{_plain(amount)}万元"
        for words, amount in (("投入", content.cost_wan), ("每年节约", content.saving_wan))
        if amount is not None
    ]
    if not said:
        return ""
    source = f"，来源：{content.money_source}" if content.money_source else ""
    return f"{'，'.join(said)}（自报{source}）。"


def _results(content: Content, fields: Sequence[FigureField]) -> Iterator[Paragraph]:
    yield from (Paragraph((Sentence(field.key),)) for field in fields)
    for claim in content.claims:
        yield Paragraph((f"{claim.year}年{claim.name}：{claim.value}（自报，来源：{claim.source}）。",))
    if money := money_words(content):
        yield Paragraph((money,))


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph((line.strip(),)) for line in text.splitlines() if line.strip())


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
