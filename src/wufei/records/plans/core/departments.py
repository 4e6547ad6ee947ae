"""Which department a plan means: 区发改委 is 区发展和改革委员会; what no rule tells is only proposed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz.fuzz import ratio

from wufei.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Office:
    """A department with all names it is known by, the full one first."""

    id: int
    names: tuple[str, ...]


class Why(StrEnum):
    """Why a name is surely that of a department."""

    NAME = "name"
    ALIAS = "alias"
    SHORT = "short"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _WHYS[self]


_WHYS = {
    Why.NAME: Text("与部门名称一致", "It is the department's name"),
    Why.ALIAS: Text("已记住的简称", "A short name learnt before"),
    Why.SHORT: Text("按惯例写全后一致", "The same once usual short forms are written out"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """What a name means: ``sure`` by its name or an alias; else ``likely`` ones, the likeliest first.

    ``why`` says what made it sure; ``likeness`` goes with ``likely``, 0 to 100.
    """

    name: str
    sure: int | None = None
    likely: tuple[int, ...] = ()
    is_group: bool = False
    why: Why | None = None
    likeness: tuple[float, ...] = ()


LIKELY_MIN = 62.0
LIKELY_SHOWN = 3

# Short forms that governments use throughout; each of the left is said for the right.
_SHORT = (
    ("发改委", "发展和改革委员会"),
    ("发展改革委", "发展和改革委员会"),
    ("经信局", "经济和信息化局"),
    ("经信委", "经济和信息化委员会"),
    ("工信局", "工业和信息化局"),
    ("住建委", "住房和城乡建设委员会"),
    ("住建局", "住房和城乡建设局"),
    ("住房城乡建设委", "住房和城乡建设委员会"),
    ("住房城乡建设局", "住房和城乡建设局"),
    ("城管委", "城市管理委员会"),
    ("城市管理委", "城市管理委员会"),
    ("城管局", "城市管理局"),
    ("卫健委", "卫生健康委员会"),
    ("卫生健康委", "卫生健康委员会"),
    ("教委", "教育委员会"),
    ("科委", "科学技术委员会"),
    ("科信局", "科学技术和经济信息化局"),
    ("农委", "农业农村委员会"),
    ("国资委", "国有资产监督管理委员会"),
    ("市场监管局", "市场监督管理局"),
    ("规自分局", "规划和自然资源分局"),
    ("规划自然资源分局", "规划和自然资源分局"),
    ("园林局", "园林绿化局"),
    ("环保局", "生态环境局"),
    ("文旅局", "文化和旅游局"),
    ("人社局", "人力资源和社会保障局"),
    ("应急局", "应急管理局"),
    ("金融办", "金融服务办公室"),
    ("机关事务局", "机关事务管理局"),
)
_GROUPS = re.compile(
    r"^各|^相关|^有关|有关部门|相关部门|有关单位|相关单位|等部门|等单位|成员单位|产废单位|企业$"
)
# 北京市密云区, 密云区, 区, 市; but not 市场监督管理局 and 市政.
_PLACE = re.compile(r"^(?:[^市区县旗]{2,3}市)?(?:[^市区县旗]{0,3}[区县旗]|市(?!场|政|民))?")
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")


def matches(names: Iterable[str], offices: Sequence[Office]) -> list[Match]:
    """Match names of units to departments; of two that bear one name neither is sure.

    Collective names (各有关部门, 各街道) are told as groups: they name no one department.
    """
    known: dict[str, set[int]] = {}
    for office in offices:
        for name in office.names:
            known.setdefault(plain_office(name), set()).add(office.id)
    by_id = {office.id: office for office in offices}
    found = [_match(name, known) for name in names]
    return [
        each if each.sure is None else replace(each, why=_why(each.name, by_id[each.sure])) for each in found
    ]


def _why(name: str, office: Office) -> Why:
    if name == office.names[0]:
        return Why.NAME
    return Why.ALIAS if name in office.names else Why.SHORT


def plain_office(name: str) -> str:
    """Give a name of an office for comparing: short forms written out, no place in front, no brackets.

    >>> plain_office("区发改委") == plain_office("密云区发展和改革委员会")
    True
    """
    text = _BRACKETS.sub("", re.sub(r"\s", "", name))
    place = _PLACE.match(text)
    # The city's bureau is not the district's: only of a district is the place left out.
    city = "市" if place is not None and place[0].endswith("市") else ""
    text = city + (text[place.end() :] if place is not None else text) or text
    for short, full in _SHORT:
        if text.endswith(short) and not text.endswith(full):
            return text.removesuffix(short) + full
    return f"{text}员会" if text.endswith("委") else text


def is_group(name: str) -> bool:
    """Say whether a name means several units (各有关部门)."""
    return _GROUPS.search(_BRACKETS.sub("", name)) is not None


def _match(name: str, known: dict[str, set[int]]) -> Match:
    plain = plain_office(name)
    bearers = known.get(plain, set())
    if len(bearers) == 1:
        return Match(name, sure=next(iter(bearers)))
    if bearers:
        return Match(name, likely=tuple(sorted(bearers)), likeness=(100.0,) * len(bearers))
    if is_group(name):
        return Match(name, is_group=True)
    scored: dict[int, float] = {}
    for other, ids in known.items():
        score = ratio(plain, other)
        for office_id in ids:
            scored[office_id] = max(score, scored.get(office_id, 0.0))
    near = sorted(
        (item for item in scored.items() if item[1] >= LIKELY_MIN), key=lambda item: (-item[1], item[0])
    )
    shown = near[:LIKELY_SHOWN]
    return Match(name, likely=tuple(each for each, _ in shown), likeness=tuple(score for _, score in shown))
