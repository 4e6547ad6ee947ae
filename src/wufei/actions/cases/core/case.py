"""A case: what the problem was, what was done, what came of it, and what others should know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from wufei.actions.tasks.core.dispatching import subjects_of
from wufei.actions.tasks.core.responsibility import wider
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators


class CaseState(StrEnum):
    """How far a case is."""

    WAITING = "waiting"
    PASSED = "passed"
    PUBLISHED = "published"
    RETIRED = "retired"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _STATES[self]


_STATES = {
    CaseState.WAITING: Text("审核中", "In review"),
    CaseState.PASSED: Text("待发布", "To be published"),
    CaseState.PUBLISHED: Text("已发布", "Published"),
    CaseState.RETIRED: Text("已撤下", "Taken down"),
}

STREAMS = {
    "all": Text("全部固体废物", "All solid waste"),
    "general-industrial": Text("一般工业固体废物", "General industrial waste"),
    "hazardous": Text("危险废物", "Hazardous waste"),
    "medical": Text("医疗废物", "Medical waste"),
    "household": Text("生活垃圾", "Household waste"),
    "kitchen": Text("厨余垃圾", "Kitchen waste"),
    "recyclables": Text("可回收物", "Recyclables"),
    "construction": Text("建筑垃圾", "Construction waste"),
    "agricultural": Text("农业固体废物", "Agricultural waste"),
    "sludge": Text("城镇污水污泥", "Sewage sludge"),
    "garden": Text("园林绿化垃圾", "Garden waste"),
    "other": Text("其他固体废物", "Other solid waste"),
}
"""What cases and questions are about, as the form and the filter offer it."""


_OF_STREAM = {
    "HW01": "medical",
    "SW61": "kitchen",
    "SW62": "recyclables",
    "SW90": "sludge",
    "GREEN": "garden",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that the author gives (自报), in the author's words, with its source."""

    name: str
    value: str
    year: int
    source: str


@dataclass(frozen=True, slots=True)
class Content:
    """What the author wrote.

    Attributes
    ----------
    asked : tuple of (str, int)
        Indicators and years whose figures the card takes from the indicators; never typed.
    cost_wan, saving_wan : Decimal or None
        In 10,000 yuan: spent once, and saved each year; the author's own figures (自报).
    """

    title: str
    streams: tuple[str, ...]
    problem: str
    practice: str
    result: str
    asked: tuple[tuple[str, int], ...]
    claims: tuple[Claim, ...]
    cost_wan: Decimal | None
    saving_wan: Decimal | None
    money_source: str
    conditions: str
    pitfalls: str


def content_of(values: Mapping[str, Any]) -> Content:
    """Read the canonical values of the form; a figure that is asked for twice counts once."""
    asked = [(indicator_named(row["indicator"]) or "", int(row["year"])) for row in values.get("figures", ())]
    return Content(
        title=str(values["title"]).strip(),
        streams=tuple(values["streams"]),
        problem=str(values["problem"]),
        practice=str(values["practice"]),
        result=str(values.get("result", "")),
        asked=tuple(dict.fromkeys(asked)),
        claims=tuple(
            Claim(row["name"], row["value"], int(row["year"]), row["source"])
            for row in values.get("claims", ())
        ),
        cost_wan=_number(values.get("cost_wan")),
        saving_wan=_number(values.get("saving_wan")),
        money_source=str(values.get("money_source", "")),
        conditions=str(values.get("conditions", "")),
        pitfalls=str(values.get("pitfalls", "")),
    )


def indicator_named(text: str) -> str | None:
    """Give the id of an indicator from its id or its Chinese or English name; None if there is none."""
    wanted = text.strip()
    if wanted in load_indicators():
        return wanted
    return next(
        (key for key, each in load_indicators().items() if wanted and wanted in (each.name.zh, each.name.en)),
        None,
    )


def streams_in(text: str) -> tuple[str, ...]:
    """Give the kinds of waste that a text names, as cases know them.

    >>> streams_in("建设秸秆收储点，厨余垃圾就地处理")
    ('agricultural', 'kitchen')
    """
    named = ([_OF_STREAM.get(each, each) for each in wider(stream)] for stream in subjects_of(text).streams)
    found = (next((each for each in levels if each in STREAMS), "") for levels in named)
    return tuple(dict.fromkeys(each for each in found if each))


def words_of(content: Content) -> str:
    """Give all that may be searched for."""
    names = (load_indicators()[key].name.zh for key, _ in content.asked if key)
    kinds = (STREAMS[each].zh for each in content.streams)
    said = (content.title, content.problem, content.practice, content.result, content.conditions)
    return "\n".join((*said, content.pitfalls, *names, *kinds, *(claim.name for claim in content.claims)))


def length_of(content: Content) -> int:
    """Count the characters of the texts, for how densely a card is printed."""
    texts = (content.problem, content.practice, content.result, content.conditions, content.pitfalls)
    return sum(len(text) for text in texts)


def _number(value: object) -> Decimal | None:
    return None if value is None or value == "" else Decimal(str(value))
