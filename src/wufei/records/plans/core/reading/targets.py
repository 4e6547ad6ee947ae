"""Targets in running text: 到2030年…达到91以上, 每万平方米分别低于140吨、210吨."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wufei.records.plans.core.reading.amounts import (
    COUNTERS,
    MEASURED,
    NUMBER,
    UNIT,
    Found,
    named_amounts,
    names_in,
    whole_quotes,
)
from wufei.records.plans.core.reading.blocks import NOTE, Paragraph, clean
from wufei.records.plans.core.reading.result import ReadTarget
from wufei.records.plans.core.values import Op, PlanValue, parse_value

# 较2020年下降 names what is compared with, not when.
_YEAR = re.compile(
    r"(?:到|至|自|截至|截止到?|力争到?|力争在)?\s*(?<![较比以与同由从])(20\d\d)年(?:年?[底末初])?(?:\d{1,2}月[底末初]?)?(?:之?前|起)?[，,、]?"
    r"|“?(十[四五六七]五)”?(?:末|时期末|期末|期间)[，,]?"
)
_PLAN_END = {"十四五": 2025, "十五五": 2030, "十六五": 2035, "十七五": 2040}
_SENTENCE = re.compile(r"[^。；;！？]+[。；;！？]?")


def targets_of(
    paragraphs: Sequence[Paragraph], base_year: int | None, plan_year: int | None = None
) -> Iterator[ReadTarget]:
    """Give the numbers that running text sets as targets, in order.

    A sentence's year is the one it names, else that of the sentence before it in the same paragraph. What
    tells of
    the base year or earlier, or of what has been reached, is no target; nor is the chapter on where the
    place stands.

    Parameters
    ----------
    base_year : int or None
        Of the plan.
    plan_year : int or None
        The only year that the plan aims at: what its chapter of aims means where it names none.
    """
    chapter = _Chapter(plan_year)
    for paragraph in paragraphs:
        chapter.turn_to(paragraph.text)
        if chapter.looks_back:
            continue
        year = chapter.year
        subject = _topic(paragraph.text)
        for piece, named in _pieces(paragraph.text):
            year = named or year
            past = named is None and (_REACHED.search(piece) or (chapter.aims is None and "累计" in piece))
            if past or (year and base_year and year <= base_year):
                continue
            found_here = list(named_amounts(piece, subject))
            yield from _zeros(piece, year, paragraph)
            for found in found_here:
                if year or not found.is_size:
                    yield from _each(found, year, paragraph)
            subject = _subject_after(piece, found_here) or subject
        chapter.remember(paragraph.text, year)


def is_set_for_a_year(target: ReadTarget) -> bool:
    """Say whether a target names its year and is no plain number of things that a task makes."""
    made = target.value.op is Op.EQUAL and _COUNTER.fullmatch(target.value.unit) is not None
    return target.year is not None and not made


_TOPIC = re.compile(r"([^。：:，,；;]{3,40})[。：:]")


def _topic(text: str) -> str:
    """Give what a paragraph is about where it says that first: 1.农膜回收率。到2025年不低于85%."""
    found = _TOPIC.match(_without_item_number(text))
    return clean(found[1]) if found and MEASURED.search(clean(found[1])) else ""


def _subject_after(piece: str, found: Sequence[Found]) -> str:
    """Give what the words up to a year speak of, for numbers behind it that have no name of their own."""
    if found:
        return found[-1].names[-1] if found[-1].names else ""
    names = names_in(piece, 1)
    if names and MEASURED.search(names[0]):
        return names[0]
    made = _MADE.search(piece)
    return whole_quotes(made[1]) if made else ""


# 遴选“无废细胞”，到2027年累计达到80个
_MADE = re.compile(r"(?:创建|建设|培育|遴选|打造|评选|开展|建成)(“[^“”]{2,12}”)[^“”。；;]{0,6}[，,]?\s*$")


@dataclass(slots=True)
class _Chapter:
    """What the chapter so far says of the next paragraph: whether it looks back, and which year it is of.

    ``listed`` is the year of a list below 到2030年，实现以下目标：; ``aims`` are the years that a chapter
    of aims names.
    """

    plan_year: int | None = None
    looks_back: bool = False
    listed: int | None = None
    aims: set[int] | None = None

    @property
    def year(self) -> int | None:
        """The year of a paragraph that names none; a chapter of aims that named one alone speaks of that."""
        if self.aims is None or self.listed:
            return self.listed
        return next(iter(self.aims)) if len(self.aims) == 1 else None if self.aims else self.plan_year

    def turn_to(self, text: str) -> None:
        """Begin a new chapter where a paragraph is its heading; footnotes explain and set nothing."""
        self.looks_back = self.looks_back or text.startswith(NOTE)
        if _CHAPTER.match(text) and len(text) <= _HEADING_MAX:
            self.looks_back = _LOOKS_BACK.search(text) is not None
            self.listed = None
            if _TOP.match(text):
                self.aims = set() if "目标" in text else None

    def remember(self, text: str, year: int | None) -> None:
        """Keep the year of a paragraph for those below it."""
        if text.rstrip().endswith(("：", ":")):
            self.listed = year
        if self.aims is not None and year:
            self.aims.add(year)


def _pieces(text: str) -> Iterator[tuple[str, int | None]]:
    for sentence in _SENTENCE.findall(_without_item_number(text)):
        # Nobody writes sentences of that length: it is no prose, and would keep the patterns busy.
        if len(sentence) <= _SENTENCE_MAX:
            yield from _by_year(sentence)


_SENTENCE_MAX = 2_000


_CHAPTER = re.compile(
    r"(?:第[一二三四五六七八九十\d]+[章部]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|前言)"
)
_TOP = re.compile(r"第[一二三四五六七八九十\d]+[章部]|[一二三四五六七八九十]+、")
_HEADING_MAX = 40
_LOOKS_BACK = re.compile(r"基础|现状|形势|成效|背景|意义|必要|挑战|问题|回顾|优势|机遇|评估")
_REACHED = re.compile(
    r"已[经达建完实全]|目前|去年|上年|同比|近年来|现有|共有|十三五|截至|在册|位列|荣获|获得"
)
_YEARS = range(1990, 2100)


# 原生生活垃圾实现零填埋: a goal in words that means a number, where a year is named.
_ZERO = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,16}?)(?:基本)?(?:实现|保持|达到|做到)?(?P<zero>零(?P<of>填埋|排放|废弃|增长))"
)


def _zeros(piece: str, year: int | None, paragraph: Paragraph) -> Iterator[ReadTarget]:
    for found in _ZERO.finditer(piece) if year else ():
        name = names_in(piece[: found.end("name")], 1)
        if name:
            value = PlanValue(found["zero"], Op.EQUAL, Decimal(0))
            yield ReadTarget(name[0] + found["of"], year, value, paragraph.place)


def _each(found: Found, year: int | None, paragraph: Paragraph) -> Iterator[ReadTarget]:
    for position, text in enumerate(found.texts):
        name = found.names[min(position, len(found.names) - 1)] if found.names else ""
        value = parse_value(text)
        # 期限为2021—2025年 names years, not an amount.
        a_year = not value.unit and value.value is not None and value.value in _YEARS
        # 建设中转站5座, without a year, is what a task makes.
        made = year is None and value.op is Op.EQUAL and _COUNTER.fullmatch(value.unit) is not None
        if value.is_number and name and not (a_year or made or _NO_NAME.fullmatch(name)):
            yield ReadTarget(name, year, value, paragraph.place)


_NO_NAME = re.compile(r"按.{0,8}|(?:每年|全年|年均|平均|共|各|其余|分别|以上|以下)+")
_COUNTER = re.compile(rf"万?(?:{COUNTERS})")


def _by_year(sentence: str) -> Iterator[tuple[str, int | None]]:
    """Cut a sentence where it names a new year."""
    last, year = 0, None
    for match in _YEAR.finditer(sentence):
        if match.start() > last:
            yield sentence[last : match.start()], year
        year = int(match[1]) if match[1] else _PLAN_END[match[2]]
        last = match.end()
    yield sentence[last:], year


def amounts_for_a_year(text: str) -> Iterator[str]:
    """Give the amounts with a unit that sentences set for a year to come, whether targets or not."""
    for piece, named in _pieces(text):
        if named and not _REACHED.search(piece):
            yield from (found[0] for found in _AMOUNT.finditer(_COMPARED.sub("", piece)))


_AMOUNT = re.compile(rf"(?<![\d第.]){NUMBER}\s*{UNIT}(?!方面|[项条]?(?:任务|措施|指标|举措))")
_COMPARED = re.compile(r"(?:由|从)[^，,。；;]{0,12}?(?=提高|提升|增|降|下|减|上升)")


def _without_item_number(text: str) -> str:
    return re.sub(
        r"^\s*(?:\d{1,3}\s*[.．、]|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、)\s*(?!\d)",
        "",
        text,
    )
