"""Doubts that the text raises: against the table, against itself, about totals, about zero beside a share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import match_indicator
from wufei.records.plans.core.reading.blocks import Paragraph, Place, squeezed
from wufei.records.plans.core.reading.result import ReadIndicator, ReadPlan, ReadTarget
from wufei.records.plans.core.text_checks import agree
from wufei.records.plans.core.values import Op, PlanValue


def text_doubts(plan: ReadPlan, paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Give the Findings where two places of a document say different things."""
    yield from _against_the_table(plan)
    yield from _against_each_other(plan.targets)
    yield from _totals(plan, paragraphs)
    yield from _kinds_and_their_sum(plan, paragraphs)
    yield from _zero_beside_a_share(plan, paragraphs)


# ── the same target twice


def _against_the_table(plan: ReadPlan) -> Iterator[Finding]:
    by_key = {_key(each.name): each for each in reversed(plan.indicators)}
    by_id = {known: each for each in reversed(plan.indicators) if (known := match_indicator(each.name))}
    for target in plan.targets:
        known = match_indicator(target.name)
        line = by_id.get(known) if known else None
        line = line or _named_in(_key(target.name), by_key)
        value = dict(line.targets).get(target.year) if line else None
        if line is not None and value is not None and not agree(target.value, value):
            yield _differs(
                target, Text(f"指标表（{line.place.label}）", f"the table ({line.place.label})"), value
            )


def _named_in(words: str, by_key: Mapping[str, ReadIndicator]) -> ReadIndicator | None:
    """Find the indicator that words of the text name: the same, but for what leads it in."""
    if words in by_key:
        return by_key[words]
    ends = (key for key in by_key if len(key) >= _LONG_ENOUGH and words.endswith(key))
    return next((by_key[key] for key in ends if len(words) - len(key) <= _LEAD_IN_MAX), None)


_LONG_ENOUGH, _LEAD_IN_MAX = 6, 6


def _against_each_other(targets: Sequence[ReadTarget]) -> Iterator[Finding]:
    by_name: dict[tuple[str, int | None], list[ReadTarget]] = {}
    for target in targets:
        by_name.setdefault((_key(target.name), target.year), []).append(target)
    for same in by_name.values():
        for first, second in pairwise(same):
            if first.year is not None and not agree(first.value, second.value):
                yield _differs(second, Text(first.place.label, first.place.label), first.value)


def _key(name: str) -> str:
    plain = squeezed(name)
    return re.sub(
        r"^(?:全区|全市|全县|本区|我区|区域|辖区)(?:内|的)?|的(?=比例|比重|占比)|\([^()]*\)$", "", plain
    )


def _differs(target: ReadTarget, place: Text, value: PlanValue) -> Finding:
    when = f"{target.year}年" if target.year else ""
    return Finding(
        "plan.text-differs",
        Severity.ERROR,
        target.place.label,
        Text(
            f"正文称{when}{target.name}“{target.value.text}”，{place.zh}为“{value.text}”",
            f"The text sets {target.name} {target.year or ''} at “{target.value.text}”, "
            f"{place.en} at “{value.text}”",
        ),
        target.value.text,
        Text("正文、附件与指标表的同一目标一致", "Text, annexes and table set the same target"),
        Text("核对原文，统一为一个数", "Check the document and keep one number"),
    )


# ── totals

_SYSTEM = re.compile(r"指标体系|指标共|共[有设计]?\d+[个项]?[^，。]{0,6}指标|指标\d+[个项]")
_COUNTED = re.compile(r"(\d{1,3})\s*[个项]\s*(一级|二级|三级|必选|可选|自选|约束性|预期性)?\s*指标")
_TASKS = re.compile(
    r"共(?:有|计|安排|提出|部署|分解|明确|包括)?\s*(\d{1,3})\s*[项条](?:重点|主要|具体|工作)*任务"
)


def _totals(plan: ReadPlan, paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Hold the counts that the text declares against what was read."""
    for paragraph in paragraphs:
        if plan.indicators and _SYSTEM.search(paragraph.text):
            for count, kind in _COUNTED.findall(paragraph.text):
                found = _count(plan.indicators, kind)
                # Rows without a number may count or not: 其中 is a part, and plans count as they like.
                with_parts = len(plan.indicators) if kind in {"", "三级"} else found
                if found and int(count) not in {found, with_parts}:
                    yield _total_differs(paragraph, int(count), f"{kind}指标", found)
        if plan.tasks:
            for count in _TASKS.findall(paragraph.text):
                if int(count) != len(plan.tasks):
                    yield _total_differs(paragraph, int(count), "任务", len(plan.tasks))


def _count(indicators: Sequence[ReadIndicator], kind: str) -> int:
    main = [each for each in indicators if each.no or not any(other.no for other in indicators)]
    if kind == "一级":
        return len({each.level1 for each in main if each.level1})
    if kind == "二级":
        return len({(each.level1, each.level2) for each in main if each.level2})
    if kind in {"", "三级"}:
        return len(main)
    return sum(kind in {each.type, each.attribute} for each in main)


def _total_differs(paragraph: Paragraph, said: int, noun: str, found: int) -> Finding:
    return Finding(
        "plan.totals-differ",
        Severity.ERROR,
        paragraph.place.label,
        Text(
            f"正文称有{said}个{noun}，实际读到{found}个",
            f"The text declares {said} {noun}, {found} were read",
        ),
        str(said),
        Text("正文所述数目与表一致", "The totals in the text are those of the table"),
        Text("核对是否漏行、类型是否标错，或更正正文", "Look for a lost line or type, or mend the text"),
    )


_EACH = re.compile(
    r"(?P<names>[^。；]*?)(?:数量)?均(?:不少于|不低于|达到|为)\s*(?P<each>\d+)\s*(?P<unit>[个家座])[^。；]*?合计(?:不少于|不低于|达到|为)\s*(?P<sum>\d+)"
)


def _kinds_and_their_sum(plan: ReadPlan, paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Check sentences such as “A”“B”“C”均不少于6个，合计不少于18个."""
    places: list[tuple[str, Place]] = [(each.text, each.place) for each in paragraphs]
    places += [(each.content, each.place) for each in plan.projects]
    places += [(each.text, each.place) for each in plan.tasks]
    seen: set[str] = set()
    for text, place in places:
        # The two words are looked for first: the pattern is slow where they are not.
        for found in _EACH.finditer(text) if "均" in text and "合计" in text else ():
            kinds = len(set(re.findall(r"“([^”]+)”", re.split(r"[，,]", found["names"])[-1])))
            least = kinds * int(found["each"])
            if kinds > 1 and least != int(found["sum"]) and found[0] not in seen:
                seen.add(found[0])
                yield Finding(
                    "plan.parts-differ",
                    Severity.WARNING,
                    place.label,
                    Text(
                        f"{kinds}类均不少于{found['each']}{found['unit']}，应为{least}{found['unit']}，却写合计{found['sum']}{found['unit']}",
                        f"{kinds} kinds of {found['each']} each make {least}, "
                        f"the text says {found['sum']} in all",
                    ),
                    found["sum"],
                    Text("分项之和等于合计", "Parts sum to the whole"),
                    Text("核对合计与分项", "Check the whole and its parts"),
                )


# ── zero landfill beside a share

_STUFF = re.compile(r"危险废物|生活垃圾|一般工业固体废物|一般工业固废|建筑垃圾|污泥|飞灰|医疗废物")
_ZERO = re.compile(r"零\s*填埋|填埋(?:量|率)?(?:保持|为|降至|归)零|不再填埋")


@dataclass(frozen=True, slots=True)
class _Zero:
    stuff: str
    words: str
    place: Place


def _zero_beside_a_share(plan: ReadPlan, paragraphs: Sequence[Paragraph]) -> Iterator[Finding]:
    """Say where a waste has a share of landfill as target, and another place says that none is buried."""
    zeros = [
        *_zeros(paragraphs),
        *(
            _Zero(_stuff(e.name), v.text, e.place)
            for e in plan.indicators
            for _, v in e.targets
            if v.op is Op.TEXT and _ZERO.search(v.text)
        ),
    ]
    shares = [(each.name, each.value, each.place) for each in plan.targets]
    shares += [(each.name, value, each.place) for each in plan.indicators for _, value in each.targets]
    for name, value, place in shares:
        if "填埋" not in name or not value.value or re.search(r"下降|降低|减少|能力", name):
            continue
        zero = next((each for each in zeros if each.stuff and each.stuff == _stuff(name)), None)
        if zero is not None:
            yield Finding(
                "plan.zero-beside-share",
                Severity.EXPLAIN,
                place.label,
                Text(
                    f"{name}的目标为“{value.text}”，而{zero.place.label}要求{zero.stuff}“{zero.words}”",
                    f"The target of {name} is “{value.text}”, while {zero.place.label} asks for none "
                    f"({zero.words})",
                ),
                value.text,
                Text("同一废物的填埋要求一致", "One waste has one rule on landfill"),
                Text(
                    "统一口径，或写明各自的范围和起始年份",
                    "Use one rule, or state the scope and year of each",
                ),
            )


def _stuff(words: str) -> str:
    found = _STUFF.search(words)
    return found[0].replace("固体废物", "固废") if found else ""


def _zeros(paragraphs: Sequence[Paragraph]) -> Iterator[_Zero]:
    for paragraph in paragraphs:
        for sentence in re.split(r"[。；]", paragraph.text):
            zero = _ZERO.search(sentence)
            if zero:
                before = [each[0] for each in _STUFF.finditer(sentence[: zero.start()])]
                if before:
                    yield _Zero(before[-1].replace("固体废物", "固废"), zero[0], paragraph.place)
