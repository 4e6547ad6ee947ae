"""生态环境保护责任清单: who is in charge of which kind of waste at which stage, on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from wufei.actions.tasks.core.task import Duty
from wufei.kernel.text import Text
from wufei.records.catalogue.core.groupings import load_groupings
from wufei.records.catalogue.core.streams import LegalClass, load_streams


class Stage(StrEnum):
    """A stage of a kind of waste, from where it comes about to what is told of it."""

    GENERATION = "generation"
    SORTING = "sorting"
    COLLECTION = "collection"
    STORAGE = "storage"
    TRANSPORT = "transport"
    USE = "use"
    DISPOSAL = "disposal"
    OVERSIGHT = "oversight"
    ENFORCEMENT = "enforcement"
    PUBLICITY = "publicity"

    @property
    def label(self) -> Text:
        """The word used in lists."""
        return _STAGES[self]


_STAGES = {
    Stage.GENERATION: Text("产生", "Generation"),
    Stage.SORTING: Text("分类", "Sorting"),
    Stage.COLLECTION: Text("收集", "Collection"),
    Stage.STORAGE: Text("贮存", "Storage"),
    Stage.TRANSPORT: Text("运输", "Transport"),
    Stage.USE: Text("利用", "Use"),
    Stage.DISPOSAL: Text("处置", "Disposal"),
    Stage.OVERSIGHT: Text("监管", "Oversight"),
    Stage.ENFORCEMENT: Text("执法", "Enforcement"),
    Stage.PUBLICITY: Text("宣传", "Publicity"),
}
CHAIN = tuple(Stage)[: list(Stage).index(Stage.OVERSIGHT)]
"""全过程: from 产生 to 处置."""

ALL = "all"
"""All solid waste."""

MEDICAL = "HW01"
"""Medical waste has a row of its own in every list: others than those of hazardous waste run it."""


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One line of a list: a department leads or supports some stages of a kind of waste, by a document.

    Attributes
    ----------
    stream : str
        `ALL`, a `LegalClass`, or the code of a stream.
    from_on, to_on : date
        The first and, once it is known, the last day on which it holds.
    withdrawn : bool
        Entered by mistake: it never held.
    """

    id: int
    stream: str
    stages: tuple[Stage, ...]
    department_id: int
    duty: Duty
    content: str
    document: str
    article: str
    from_on: date
    to_on: date | None = None
    withdrawn: bool = False

    def holds(self, on: date) -> bool:
        """Say whether it holds on a day."""
        return not self.withdrawn and self.from_on <= on and (self.to_on is None or on <= self.to_on)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who is responsible: lines of those who lead, of those who support, and of what they speak.

    Attributes
    ----------
    level : str
        The kind of waste, as wide as the lines that lead speak of it; empty where nobody leads.
    """

    stream: str
    stage: Stage
    level: str
    leads: tuple[Responsibility, ...]
    supports: tuple[Responsibility, ...]

    @property
    def is_gap(self) -> bool:
        """Say whether nobody leads."""
        return not self.leads

    @property
    def overlaps(self) -> bool:
        """Say whether two departments lead."""
        return len({each.department_id for each in self.leads}) > 1

    @property
    def inherited(self) -> bool:
        """Say whether the answer is that of a wider kind of waste."""
        return bool(self.level) and self.level != self.stream


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A kind of waste with the answer for each stage, in their order."""

    stream: str
    name: Text
    cells: tuple[Answer, ...]


@lru_cache(maxsize=1)
def kinds_of_waste() -> Mapping[str, Text]:
    """Give what a list may speak of, by key: all waste, the legal classes, the streams."""
    groupings = load_groupings(date.max)
    classes = {each.value: groupings[f"legal.{each.value}"].name for each in LegalClass}
    streams = {code: stream.name for code, stream in load_streams().items()}
    return {ALL: Text("全部固体废物", "All solid waste")} | classes | streams


@lru_cache(maxsize=1)
def _keys_by_name() -> Mapping[str, str]:
    named = {word: key for key, name in kinds_of_waste().items() for word in (name.en, name.zh, key) if word}
    return {word.casefold(): key for word, key in named.items()}


def kind_named(text: str) -> str | None:
    """Give the key of a kind of waste from its key, Chinese or English name; None if there is none.

    >>> kind_named("厨余垃圾")
    'SW61'
    """
    return _keys_by_name().get(text.strip().casefold())


def wider(stream: str) -> tuple[str, ...]:
    """Give a kind of waste and the wider ones above it, the narrowest first.

    >>> wider("AGRI-STRAW")
    ('AGRI-STRAW', 'SW80', 'agricultural', 'all')
    """
    known = load_streams().get(stream)
    if known is None:
        return (stream,) if stream == ALL else (stream, ALL)
    parent = (known.parent,) if known.parent else ()
    return (stream, *parent, known.legal_class.value, ALL)


def responsible(duties: Iterable[Responsibility], stream: str, stage: Stage, on: date) -> Answer:
    """Say who is responsible for a stage of a kind of waste on a day.

    Notes
    -----
    Of lines that lead, those of the narrowest kind of waste count: whoever leads for kitchen waste leads
    there, also where another leads for household waste. Who supports a wider kind supports the narrower ones
    too, unless they lead.
    """
    there = [each for each in duties if stage in each.stages and each.holds(on)]
    levels = wider(stream)
    by_level = {level: [each for each in there if each.stream == level] for level in levels}
    level, leads = next(
        (
            (level, leading)
            for level in levels
            if (leading := [each for each in by_level[level] if each.duty is Duty.LEAD])
        ),
        ("", []),
    )
    in_lead = {each.department_id for each in leads}
    supports: dict[int, Responsibility] = {}
    for each in (one for level in levels for one in by_level[level]):
        if each.duty is Duty.SUPPORT and each.department_id not in in_lead:
            supports.setdefault(each.department_id, each)
    return Answer(stream, stage, level, tuple(leads), tuple(supports.values()))


def matrix(duties: Sequence[Responsibility], on: date) -> tuple[MatrixRow, ...]:
    """Give the answers by stage for each legal class, medical waste, and what has lines of its own."""
    own = {each.stream for each in duties if each.holds(on)} - {ALL}
    asked = {each.value for each in LegalClass} | {MEDICAL} | own
    rows = [key for key in kinds_of_waste() if key in asked]
    # A stream stands below its class.
    order = {each.value: number for number, each in enumerate(LegalClass)}
    rows.sort(key=lambda key: order[_class_of(key)])
    names = kinds_of_waste()
    return tuple(
        MatrixRow(key, names[key], tuple(responsible(duties, key, stage, on) for stage in Stage))
        for key in rows
    )


def _class_of(key: str) -> str:
    known = load_streams().get(key)
    return known.legal_class.value if known else key
