"""Doubts about rows: numbers missing or repeated, units that run together, values that say something odd."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators, match_indicator
from wufei.records.plans.core.line_checks import line_findings
from wufei.records.plans.core.plan import Attribute, LineSet, LineType, PlanLine
from wufei.records.plans.core.reading.blocks import Paragraph, squeezed
from wufei.records.plans.core.reading.items import number_and_rank
from wufei.records.plans.core.reading.result import ReadIndicator, ReadPlan, ReadProject, ReadTask
from wufei.records.plans.core.values import Op, PlanValue

_Item = ReadIndicator | ReadTask | ReadProject
_BLANK = PlanValue("", Op.BLANK)


def row_doubts(plan: ReadPlan, paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Give the Findings on indicators, tasks and projects, one by one and side by side."""
    for items in (plan.indicators, plan.tasks, plan.projects):
        yield from _gaps(items, paragraphs)
        for item in items:
            yield from _glued(item)
    yield from _repeated_numbers(plan.indicators)
    yield from _repeated(plan.indicators, lambda each: (squeezed(each.name), each.level1), _name_of)
    yield from _repeated(
        plan.tasks, lambda each: (squeezed(each.text), each.title), lambda each: each.text[:20]
    )
    yield from _repeated(
        plan.projects, lambda each: (squeezed(each.name), squeezed(each.content)), lambda each: each.name
    )
    for indicator in plan.indicators:
        yield from _values(indicator)
    yield from _parts(plan.indicators)


def _name_of(each: ReadIndicator) -> str:
    return each.name


# ── numbers


def _gaps(items: Sequence[_Item], paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Say which numbers are missing between two that follow each other; a list may begin anew."""
    numbered = [(item, int(item.no)) for item in items if item.no.isdecimal()]
    if len(numbered) < _LIST_MIN:
        return
    for (above, one), (below, two) in pairwise(numbered):
        if (
            isinstance(above, ReadTask)
            and isinstance(below, ReadTask)
            and above.section != below.section
            and two <= one
        ):
            continue
        for missing in range(one + 1, two) if two > one else ():
            yield _gap(missing, above, below, _unread_item(missing, above, below, paragraphs))
    if numbered and 1 < numbered[0][1] <= _FIRST_MAX:
        first = numbered[0]
        for missing in range(1, first[1]):
            yield _gap(missing, first[0], first[0], _unread_item(missing, None, first[0], paragraphs))


_LIST_MIN, _FIRST_MAX = 3, 3


def _unread_item(
    no: int, above: _Item | None, below: _Item, paragraphs: Sequence[Paragraph]
) -> Paragraph | None:
    """Find the paragraph with a number that was not read as a task, as it names nobody."""
    start = above.place.block if above else 0
    between = (each for each in paragraphs if start <= each.place.block <= below.place.block)
    return next((each for each in between if number_and_rank(each)[0] == str(no)), None)


def _gap(no: int, above: _Item, below: _Item, unread: Paragraph | None) -> Finding:
    if unread is not None:
        return Finding(
            "plan.item-without-units",
            Severity.NOTE,
            unread.place.label,
            Text(
                f"第{no}项“{unread.text[:20]}…”没有写明责任单位，未作为任务读入",
                f"Item {no} “{unread.text[:20]}…” names nobody who is responsible and was not read as a task",
            ),
            str(no),
            Text("任务写明责任单位", "A task names who is responsible"),
            Text("补上责任单位；若只是说明，可不处理", "Add the units; if it is only a remark, leave it"),
        )
    return Finding(
        "plan.numbering-gap",
        Severity.WARNING,
        below.place.label,
        Text(
            f"序号{no}缺失（{above.no}之后是{below.no}），可能漏了一行",
            f"Number {no} is missing ({below.no} follows {above.no}); a line may be lost",
        ),
        str(no),
        Text("序号从1起连续", "Numbers run from 1 without a gap"),
        Text("对照原文补上该行，或更正序号", "Add the line from the document, or mend the numbers"),
    )


def _repeated_numbers(indicators: Sequence[ReadIndicator]) -> Iterator[Finding]:
    for above, below in pairwise(each for each in indicators if each.no):
        if above.no == below.no and above.place.block == below.place.block and above.name != below.name:
            yield Finding(
                "plan.number-repeated",
                Severity.WARNING,
                below.place.label,
                Text(f"序号{below.no}出现两次", f"Number {below.no} occurs twice"),
                below.no,
                Text("同一张表中序号不重复", "A number occurs once in a table"),
                Text("更正序号", "Mend the numbers"),
            )


_Any = TypeVar("_Any", ReadIndicator, ReadTask, ReadProject)


def _repeated(
    items: Sequence[_Any], key: Callable[[_Any], Hashable], name: Callable[[_Any], str]
) -> Iterator[Finding]:
    seen: dict[Hashable, _Any] = {}
    for item in items:
        first = seen.setdefault(key(item), item)
        if first is not item:
            yield Finding(
                "plan.repeated",
                Severity.WARNING,
                item.place.label,
                Text(
                    f"“{name(item)}”与{first.place.label}的内容相同",
                    f"“{name(item)}” says the same as {first.place.label}",
                ),
                name(item),
                Text("同一事项只出现一次", "A thing occurs once"),
                Text("合并两行，或写明区别", "Merge the two, or say how they differ"),
            )


# ── units


def _glued(item: _Item) -> Iterator[Finding]:
    for name, parts in item.glued:
        mended = "、".join(parts)
        yield Finding(
            "plan.units-glued",
            Severity.WARNING,
            item.place.label,
            Text(
                f"“{name}”像是{len(parts)}个单位，中间少了顿号，已按“{mended}”读入",
                f"“{name}” seems to be {len(parts)} units with the 、 lost; it was read as “{mended}”",
            ),
            name,
            Text("单位之间用顿号隔开", "Units are parted by 、"),
            Text(f"确认后改为“{mended}”", f"If so, write “{mended}”"),
        )


# ── values


def _values(each: ReadIndicator) -> Iterator[Finding]:
    """Judge base against targets as for plans that are on record: worse, lost digits, units, shares."""
    known = match_indicator(each.name)
    line = PlanLine(
        no=0,
        set=LineSet.MAIN,
        level1=each.level1,
        level2=each.level2,
        name=each.name,
        indicator_id=known or "",
        type=LineType.MAY,
        attribute=Attribute.NONE,
        baseline=each.baseline or _BLANK,
        targets=tuple((year or 0, value) for year, value in each.targets),
    )
    direction = load_indicators()[known].direction.value if known else _direction(each.name)
    said: set[tuple[str, str]] = set()
    for found in line_findings(line, each.place.label, direction):
        # A line without units lacks them in every value: said once.
        key = (found.code, "" if found.code == "plan.unit-missing" else found.value + found.message.zh)
        if key not in said:
            said.add(key)
            yield found


_UP = re.compile(
    r"(?:综合利用|回收利用|资源化利用|资源化|回收|无害化处置|无害化处理|处置|覆盖|合格|办结|普及|满意|立案|使用)(?:率|比例|占比|程度|度)$|(?:下降|降低|减少|增长|提高)(?:幅度|率|比例)$|满意度$"
)
_DOWN = re.compile(r"强度$|填埋(?:处置)?(?:率|量|占比|比例)$|(?:农药|化肥|肥料)(?:施用|使用)(?:量|强度)$")


def _direction(name: str) -> str:
    """Tell which way is better by the name, where the catalogue does not know it; ``none`` in doubt."""
    if _DOWN.search(name):
        return "down"
    return "up" if _UP.search(name) and "填埋" not in name else "none"


def _parts(indicators: Sequence[ReadIndicator]) -> Iterator[Finding]:
    """Hold an indicator against the parts below it: 其中, in rows without a number."""
    whole: ReadIndicator | None = None
    parts: list[ReadIndicator] = []
    for each in (*indicators, None):
        is_part = (
            each is not None and not each.no and (bool(parts) or each.name.startswith(("其中", "其中：")))
        )
        if each is not None and is_part and whole is not None:
            parts.append(each)
            continue
        if whole is not None and parts:
            yield from _sum(whole, parts)
        whole, parts = each, []


def _sum(whole: ReadIndicator, parts: Sequence[ReadIndicator]) -> Iterator[Finding]:
    columns = [(whole.baseline, [part.baseline for part in parts])]
    for at, (_, value) in enumerate(whole.targets):
        columns.append((value, [part.targets[at][1] for part in parts if at < len(part.targets)]))
    for total, values in columns:
        numbers = [value.value for value in values if value is not None and value.value is not None]
        if total is None or total.value is None or total.unit == "%" or len(numbers) != len(parts):
            continue
        same_unit = all(value is not None and value.unit == total.unit for value in values)
        summed = sum(numbers)
        if same_unit and (summed > total.value or (len(parts) > 1 and summed != total.value)):
            yield Finding(
                "plan.parts-differ",
                Severity.WARNING,
                whole.place.label,
                Text(
                    f"{whole.name}为“{total.text}”，各分项之和为{summed}{total.unit}",
                    f"{whole.name} is “{total.text}”, its parts sum to {summed}{total.unit}",
                ),
                total.text,
                Text("分项之和等于合计", "Parts sum to the whole"),
                Text("核对合计与分项", "Check the whole and its parts"),
            )
