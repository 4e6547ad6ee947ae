"""The columns of tables of wastes and stores by their heads, and the units that heads give."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wufei.kernel.text import Text
from wufei.records.plans.core.reading.blocks import squeezed

TITLES: Mapping[str, Text] = {
    "name": Text("废物名称", "Waste"),
    "kind": Text("属性", "Kind"),
    "category": Text("类别", "Category"),
    "code": Text("代码", "Code"),
    "amount": Text("产生量", "Amount"),
    "whole": Text("建成后全厂产生量", "Of the whole plant"),
    "source": Text("产生工序及装置", "Process and plant"),
    "form": Text("形态", "Form"),
    "components": Text("主要成分", "Main components"),
    "harmful": Text("有害成分", "Harmful components"),
    "cycle": Text("产废周期", "Cycle of generation"),
    "hazards": Text("危险特性", "Hazards"),
    "measures": Text("污染防治措施", "Measures"),
    "storage": Text("贮存", "Storage"),
    "outlet": Text("利用处置方式和去向", "Outlet"),
    "receiver": Text("委托单位", "Receiver"),
}
"""Fields of a waste in the order of a page."""

_WASTE = (
    ("cycle", r"产废周期|产生周期|产生频次|产生频率|产生规律"),
    ("_", r"鉴别方法|判定依据|种类判断"),
    ("_", r"现有|原有|在建|已批|(?:扩建|改造|技改|改建)前|以新带老|削减|增减|变化量"),
    ("whole", r"全厂|(?:扩建|改造|技改|改建|建成)后"),
    ("harmful", r"有害成分|有毒有害|有害物质"),
    ("components", r"主要成分|^成分|主要组成"),
    ("hazards", r"危险特性|危险性|^特性$"),
    ("receiver", r"(?:委托|接收|接纳|处置|利用|处理)单位"),
    ("disposed", r"(?:处置|利用|处理|排放|贮存)量"),
    ("amount", r"产生量|产量|年产生|^数量|核算量|估算量"),
    ("code", r"代码|编码"),
    ("source", r"产生工序|产生环节|产污环节|产生装置|产生源|来源|产生点|^工序"),
    (
        "name",
        r"(?:废物|固废|危废|废弃物|副产物)(?:的)?名称|^名称$|^(?:固体废物|固废|危险废物|危废)(?:种类)?$",
    ),
    ("kind", r"属性|性质|固废(?:类别|类型)|固体废物(?:类别|类型)|废物类型"),
    ("category", r"类别"),
    ("form", r"形态|性状|状态"),
    ("storage", r"贮存|暂存|储存"),
    ("measures", r"污染防治措施|防治措施"),
    ("outlet", r"去向|(?:利用|处置|处理)(?:或|及|和|、|/)?(?:利用|处置|处理)?(?:方式|措施|方法|途径)|^措施"),
)
"""``_`` is a column that says nothing of this project: what was there before, how it was judged."""
_ANNEX = (
    ("kind", r"分类$"),
    ("name", r"^污染物名称"),
    ("amount", r"^本(?:项目|工程)排放量"),
    ("whole", r"全厂排放量"),
)
"""The annex of a form, 建设项目污染物排放量汇总表: emissions and, in its last rows, waste of this project."""
_STORE = (
    ("cycle", r"周期|时间|期限"),
    ("capacity", r"(?:贮存|储存|暂存)?能力|最大(?:贮存|储存|暂存)量"),
    ("way", r"(?:贮存|储存|暂存)方式|包装"),
    ("area", r"面积"),
    ("position", r"位置"),
    ("code", r"代码"),
    ("category", r"类别"),
    ("waste", r"(?:危险废物|固体废物|废物|固废|危废)名称"),
    ("store", r"(?:场所|设施|库房|暂存间|贮存间|贮存点).*|贮存库"),
)
_NEEDED = 3
_UNIT = re.compile(r"(?:[（(](?P<inner>[^）)]+)[）)]|(?P<bare>万?(?:吨|t|kg|千克|m3|m³)(?:/(?:a|年))?))\s*$")
_NUMBER = re.compile(r"\d")
_CIRCLED = re.compile(r"[①-⑳]")


@dataclass(frozen=True, slots=True)
class Head:
    """What columns hold: field by column, unit by field; whether it is of stores or the annex, its words."""

    fields: Mapping[int, str]
    units: Mapping[str, str]
    stores: bool
    words: str
    annex: bool = False


def head_of(rows: Sequence[Sequence[str]]) -> Head | None:
    """Give what the columns under these rows of a head hold; None if they head no such table."""
    words = [
        [squeezed(_CIRCLED.sub("", row[column])) if column < len(row) else "" for row in rows]
        for column in range(max(map(len, rows)))
    ]
    if sum(bool(_NUMBER.search(_without_unit(each[-1]))) for each in words) > 1:
        return None
    everything = "|".join(each for column in words for each in column)
    stores = bool(re.search(r"(?:贮存|储存|暂存)能力|最大(?:贮存|储存|暂存)量", everything))
    annex = "固体废物产生量" in everything and "污染物名称" in everything
    fields, units = _fields(words, _STORE if stores else _ANNEX if annex else _WASTE)
    known = set(fields.values())
    named = "store" in known if stores else {"name", "category"} & known and {"amount", "code"} & known
    return Head(fields, units, stores, everything, annex) if named and len(known) >= _NEEDED else None


def with_unit(head: Head, unit: str) -> Head:
    """Give a head whose amounts have a unit where its own words give none."""
    field = "capacity" if head.stores else "amount"
    return head if not unit or head.units.get(field) else replace(head, units={**head.units, field: unit})


def _fields(
    columns: Sequence[Sequence[str]], patterns: tuple[tuple[str, str], ...]
) -> tuple[dict[int, str], dict[str, str]]:
    fields: dict[int, str] = {}
    units: dict[str, str] = {}
    for column, heads in enumerate(columns):
        for words in dict.fromkeys(reversed(heads)):
            name = _field(_without_unit(words), patterns)
            if name == "_":
                break
            if name and name not in fields.values():
                fields[column] = name
                units[name] = next((unit for each in heads if (unit := unit_of(each))), "")
                break
    if "amount" not in fields.values() and "whole" in fields.values():
        fields = {at: "amount" if name == "whole" else name for at, name in fields.items()}
        units["amount"] = units.pop("whole")
    return _with_outlet(fields, columns), units


def _with_outlet(fields: dict[int, str], columns: Sequence[Sequence[str]]) -> dict[int, str]:
    """Give the outlet to the column that says 去向; what another says of treatment are measures."""
    last = next((at for at, heads in enumerate(columns) if any("去向" in each for each in heads)), None)
    if last is None or fields.get(last) == "outlet":
        return fields
    earlier = {at: "measures" if name == "outlet" else name for at, name in fields.items() if at != last}
    return {**earlier, last: "outlet"}


def _field(words: str, patterns: tuple[tuple[str, str], ...]) -> str:
    return next((name for name, pattern in patterns if re.search(pattern, words)), "")


def unit_of(head: str) -> str:
    """Give the unit at the end of a head, as written; empty if there is none."""
    found = _UNIT.search(head)
    return (found["inner"] or found["bare"] or "") if found else ""


def _without_unit(head: str) -> str:
    return _UNIT.sub("", head)
