"""Names of the indicators and their four official parts, and how a plan's wording finds them.

A plan names its lines in its own words: with quotes of several shapes, full-width signs, a star or a footnote
letter behind, a line break within. `match_indicator` sees through these and nothing else: two different names
never meet by likeness, because a wrong match would judge a district by the wrong figure.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.kernel.units import half_width, parse_unit
from wufei.records.catalogue.core.sources import Status

_DATA = Path(__file__).parent.parent / "data"
_QUOTES_AND_SPACES = re.compile(r"[\s,、\"'“”‘’「」『』《》〈〉★☆*※·]+")
_FOOTNOTE = re.compile(r"(?<=[\u4e00-\u9fff)])(?:[a-d]|[①-⑨¹²³])$")
_NUMBERING = re.compile(r"^\d{1,3}[.、](?=\D)")


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NONE = "none"

    @property
    def trend(self) -> Text:
        """The words of the official part 指标趋势."""
        return _TRENDS[self]


class IndicatorKind(StrEnum):
    """What a value of the indicator is."""

    NUMBER = "number"
    COUNT = "count"
    TEXT = "text"


_TRENDS = {
    Direction.UP: Text("正向：越高越好", "Positive: higher is better"),
    Direction.DOWN: Text("逆向：越低越好", "Negative: lower is better"),
    Direction.NONE: Text("不以高低论优劣", "Higher or lower says nothing by itself"),
}


@dataclass(frozen=True, slots=True)
class IndicatorName:
    """One indicator as plans and officials know it.

    Attributes
    ----------
    id : str
        Key shared with the definition in `wufei.measures.indicators`.
    name : Text
        The name as the newer plan prints it; other wordings are `aliases`.
    unit : str
        Unit of its value; empty for texts.
    official_code : str
        Numbers in the published indicator systems, such as ``miyun-2022#17 bda-2020#9``.
    meaning, calculation, trend, department : Text
        The four official parts: 指标解释, 计算方法, 指标趋势, 数据来源部门.
    source : Text
        The documents that print the name.
    status : Status
        How far meaning and calculation are sure.
    """

    id: str
    name: Text
    aliases: tuple[str, ...]
    unit: str
    direction: Direction
    kind: IndicatorKind
    official_code: str
    meaning: Text
    calculation: Text
    trend: Text
    department: Text
    status: Status
    source: Text


# Titles of the documents that the `lines` of the data files refer to.
_DOCUMENTS = {
    "miyun-2022": Text(
        "密云区“十四五”时期“无废城市”建设实施方案", "Miyun district zero-waste plan for 2021-2025"
    ),
    "bda-2020": Text(
        "北京经济技术开发区“无废城市”建设试点实施方案（简本）", "BDA zero-waste pilot plan (short version)"
    ),
    "bda-2020-own": Text(
        "北京经济技术开发区“无废城市”建设试点实施方案（简本）自选指标",
        "BDA zero-waste pilot plan, own indicators",
    ),
}


@lru_cache(maxsize=1)
def load_indicators() -> Mapping[str, IndicatorName]:
    """Read all indicator names, keyed by id, in the order of the data files.

    Raises
    ------
    InputError
        ``indicators.repeated`` for an id or name used twice, ``indicators.incomplete`` for a missing part.
    """
    departments = _load_departments()
    names: dict[str, IndicatorName] = {}
    for file in sorted((_DATA / "indicators").glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
            name = _parse(entry, departments, f"{file.name}:{entry.get('id', '?')}")
            if name.id in names:
                raise InputError("indicators.repeated", file.name, name.id, _repeated(name.id))
            names[name.id] = name
    return MappingProxyType(names)


def match_indicator(name: str) -> str | None:
    """Find the indicator a plan's wording means; None when it is none of the known ones."""
    return _ids_by_wording().get(plain_wording(name))


def plain_wording(name: str) -> str:
    """Strip a name of quotes, spaces, stars, numbering, footnote letters and full-width forms."""
    plain = _QUOTES_AND_SPACES.sub("", half_width(name))
    plain = _NUMBERING.sub("", plain)
    return _FOOTNOTE.sub("", plain).rstrip(":;,。").casefold()


@lru_cache(maxsize=1)
def _ids_by_wording() -> Mapping[str, str]:
    ids: dict[str, str] = {}
    for indicator in load_indicators().values():
        for wording in (indicator.name.zh, indicator.name.en, *indicator.aliases):
            plain = plain_wording(wording)
            if plain and ids.setdefault(plain, indicator.id) != indicator.id:
                raise InputError("indicators.repeated", indicator.id, wording, _repeated(wording))
    return MappingProxyType(ids)


def _parse(entry: Mapping[str, Any], departments: Mapping[str, Text], where: str) -> IndicatorName:
    try:
        direction = Direction(entry["direction"])
        parse_unit(entry["unit"])
        return IndicatorName(
            id=str(entry["id"]),
            name=Text.parse(entry["name"]),
            aliases=tuple(entry["aliases"]),
            unit=str(entry["unit"]),
            direction=direction,
            kind=IndicatorKind(entry["kind"]),
            official_code=" ".join(f"{plan}#{number}" for plan, number in entry["lines"].items()),
            meaning=Text.parse(entry["meaning"]),
            calculation=Text.parse(entry["calculation"]),
            trend=direction.trend,
            department=_joined([departments[key] for key in entry["department"]], "、", ", "),
            status=Status(entry["status"]),
            source=_joined([_line(plan, number) for plan, number in entry["lines"].items()], "；", "; "),
        )
    except (KeyError, ValueError) as error:
        raise InputError("indicators.incomplete", where, str(error), _incomplete(where, error)) from error


def _line(plan: str, number: int) -> Text:
    title = _DOCUMENTS[plan]
    return Text(f"{title.zh}第{number}项", f"{title.en}, no. {number}")


def _load_departments() -> Mapping[str, Text]:
    with (_DATA / "indicator-departments.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: Text(row["name_zh"], row["name_en"]) for row in csv.DictReader(file)}


def _joined(texts: list[Text], between_zh: str, between_en: str) -> Text:
    return Text(between_zh.join(text.zh for text in texts), between_en.join(text.en for text in texts))


def _repeated(key: str) -> Text:
    return Text(
        f"指标名称数据中“{key}”用了两次；一个编号或名称只能属于一个指标。",
        f"The indicator names use “{key}” twice; an id or a name belongs to one indicator only.",
    )


def _incomplete(where: str, error: Exception) -> Text:
    return Text(
        f"{where} 缺少或写错了一项：{error}；请补齐 name、unit、direction、kind、lines、department、status。",
        f"{where} lacks a part or has it wrong: {error}; "
        "give name, unit, direction, kind, lines, department, status.",
    )
