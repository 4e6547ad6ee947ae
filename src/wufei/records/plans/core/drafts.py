"""A plan between its reading and its publishing: every line with its place, accepted, mended or left out.

A draft is plain JSON, so that it is kept as it is shown. `draft_of` makes it from what was read, `plan_of`
makes the plan of it or says what is missing; what people write into it is checked by `mending`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import match_indicator, plain_wording
from wufei.records.plans.core.plan import (
    Attribute,
    LineSet,
    LineType,
    Plan,
    PlanLine,
    PlanProject,
    PlanTask,
    Source,
    TextTarget,
)
from wufei.records.plans.core.reading.blocks import Block, Paragraph, Place
from wufei.records.plans.core.reading.result import ReadIndicator, ReadPlan, ReadProject, ReadTarget, ReadTask
from wufei.records.plans.core.values import Op, PlanValue, parse_value

Json = dict[str, Any]


class Part(StrEnum):
    """The lists of a draft."""

    INDICATORS = "indicators"
    TASKS = "tasks"
    PROJECTS = "projects"
    TARGETS = "targets"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _PARTS[self]


_PARTS = {
    Part.INDICATORS: Text("指标", "Indicators"),
    Part.TASKS: Text("任务", "Tasks"),
    Part.PROJECTS: Text("项目", "Projects"),
    Part.TARGETS: Text("正文目标", "Targets in the text"),
}


class Standing(StrEnum):
    """What became of a line: as read, accepted by a person, mended by one, or left out."""

    READ = "read"
    ACCEPTED = "accepted"
    MENDED = "mended"
    DROPPED = "dropped"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.READ: Text("待核对", "To check"),
    Standing.ACCEPTED: Text("已采用", "Accepted"),
    Standing.MENDED: Text("已修改", "Mended"),
    Standing.DROPPED: Text("不采用", "Left out"),
}

HEAD_FIELDS = ("title", "number", "issuer", "issued_on", "base_year", "target_years")
FIELDS: Mapping[Part, tuple[str, ...]] = {
    Part.INDICATORS: ("no", "level1", "level2", "name", "type", "attribute", "indicator", "units"),
    Part.TASKS: ("no", "section", "title", "text", "lead", "support", "due"),
    Part.PROJECTS: ("no", "field", "name", "content", "units", "due"),
    Part.TARGETS: ("name", "year", "indicator"),
}
"""What a person may mend of a line, besides its values: ``baseline``, ``target-2025`` or ``value``."""

UNIT_FIELDS = frozenset({"units", "lead", "support"})


def draft_of(read: ReadPlan, issuer: str = "") -> Json:
    """Make a draft of what was read; an indicator is matched to its definition where it has one."""
    head = read.head
    return {
        "head": {
            "title": head.title,
            "region": head.region,
            "number": head.number,
            "issuer": issuer,
            "issued_on": head.issued_on,
            "base_year": head.base_year,
            "target_years": list(head.target_years),
        },
        "indicators": [_indicator(each) for each in read.indicators],
        "tasks": [
            _line(each, "no", "section", "title", "text", "lead", "support", "due") for each in read.tasks
        ],
        "projects": [_line(each, "no", "field", "name", "content", "units", "due") for each in read.projects],
        "targets": [
            {
                **_line(each, "name", "year"),
                "indicator": match_indicator(each.name) or "",
                "value": value_json(each.value),
            }
            for each in read.targets
        ],
    }


def with_learnt(content: Json, learnt: Mapping[str, str]) -> Json:
    """Give a draft whose indicators have the definitions that people chose for their names before.

    Parameters
    ----------
    learnt : mapping of str to str
        The id of a definition by the `plain_wording` of a name; what people chose goes before what words say.
    """
    parts = ("indicators", "targets")
    return {**content, **{part: [_learnt(item, learnt) for item in content[part]] for part in parts}}


def _learnt(item: Json, learnt: Mapping[str, str]) -> Json:
    return {**item, "indicator": learnt.get(plain_wording(item["name"]), item["indicator"])}


def _indicator(read: ReadIndicator) -> Json:
    return {
        **_line(read, "no", "level1", "level2", "name", "type", "attribute", "units"),
        "indicator": match_indicator(read.name) or "",
        "baseline": value_json(read.baseline) if read.baseline else None,
        "targets": [[year, value_json(value)] for year, value in read.targets],
    }


def _line(read: ReadIndicator | ReadTask | ReadProject | ReadTarget, *names: str) -> Json:
    """Give some fields of a line that was read, and that nobody has looked at it yet."""
    values = ((name, getattr(read, name)) for name in names)
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in values},
        **_fresh(read.place),
    }


def blocks_json(blocks: Sequence[Block]) -> list[Json]:
    """Give the document as it is shown beside the draft: paragraphs and tables with their places."""
    return [
        {"text": block.text, "label": block.place.label, "heading": block.heading}
        if isinstance(block, Paragraph)
        else {
            "rows": [list(row.cells) for row in block.rows],
            "labels": [row.place.label for row in block.rows],
            "label": block.place.label,
        }
        for block in blocks
    ]


def anchors(blocks: Sequence[Json]) -> dict[str, str]:
    """Give the anchor of each place by the words in which a Finding names it."""
    found: dict[str, str] = {}
    for at, block in enumerate(blocks):
        for row, label in enumerate(block.get("labels", ())):
            found.setdefault(label, f"b-{at}-{row}")
        found.setdefault(block["label"], f"b-{at}")
    return found


def value_json(value: PlanValue) -> Json:
    """Give a value as JSON; numbers as texts, so that none is rounded."""
    return {
        "text": value.text,
        "op": value.op.value,
        "value": None if value.value is None else str(value.value),
        "high": None if value.high is None else str(value.high),
        "unit": value.unit,
    }


def value_of(said: Json | None) -> PlanValue:
    """Give the value of JSON; none is a blank."""
    if said is None:
        return parse_value("")
    number, high = (None if said[key] is None else Decimal(said[key]) for key in ("value", "high"))
    return PlanValue(said["text"], Op(said["op"]), number, high, said["unit"])


def _fresh(place: Place) -> Json:
    anchor = f"b-{place.block}" if place.row is None else f"b-{place.block}-{place.row}"
    return {"place": place.label, "anchor": anchor, "standing": Standing.READ.value}


@dataclass(frozen=True, slots=True)
class Made:
    """A plan, or what keeps it from being one; ``findings`` are errors only where there is no plan."""

    plan: Plan | None
    findings: tuple[Finding, ...]


def plan_of(draft: Json, *, key: str, region_key: str, file_name: str) -> Made:
    """Make the plan of a draft: every line that was not left out.

    A target without a year belongs to the only target year, where there is just one.
    """
    head = draft["head"]
    found = list(_lacking(draft))
    if found:
        return Made(None, tuple(found))
    target_years = tuple(sorted(head["target_years"]))
    lines = tuple(_lines(_standing(draft, Part.INDICATORS), target_years))
    named = {year for line in lines for year, _ in line.targets}
    plan = Plan(
        id=key,
        title=Text(head["title"]),
        region_key=region_key,
        number=head["number"],
        issuer=head["issuer"],
        issued_on=Period.parse(head["issued_on"]),
        base_year=int(head["base_year"]),
        target_years=tuple(sorted({*target_years, *named})),
        declared_totals=(),
        lines=lines,
        text_targets=tuple(_text_targets(_standing(draft, Part.TARGETS), target_years)),
        source=Source(head["title"], file_name),
        status="official",
        tasks=tuple(
            PlanTask(
                code,
                each["no"],
                each["section"][:200],
                each["title"][:300],
                each["text"],
                tuple(each["lead"]),
                tuple(each["support"]),
                each["due"][:120],
                each["place"][:200],
            )
            for code, each in _coded(_standing(draft, Part.TASKS))
        ),
        projects=tuple(
            PlanProject(
                code,
                each["no"],
                each["field"][:120],
                each["name"][:300],
                each["content"],
                tuple(each["units"]),
                each["due"][:120],
                each["place"][:200],
            )
            for code, each in _coded(_standing(draft, Part.PROJECTS))
        ),
    )
    return Made(plan, ())


def stamp(said: Json) -> str:
    """Give a short mark of what a line or the head says; another mark means that somebody changed it.

    That a line was accepted changes nothing of it; that it was left out does.
    """
    plain = {**said, "standing": said.get("standing") == Standing.DROPPED}
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def waiting(draft: Json, part: Part) -> list[int]:
    """Give the positions of the lines that nobody has looked at."""
    return [at for at, each in enumerate(draft[part.value]) if each["standing"] == Standing.READ]


def group_of(part: Part, item: Json) -> str:
    """Give the heading under which a line stands: the first level, the section, the field, the year."""
    name = {Part.INDICATORS: "level1", Part.TASKS: "section", Part.PROJECTS: "field", Part.TARGETS: "year"}[
        part
    ]
    return str(item[name] or "")


def units_of(draft: Json) -> Counter[str]:
    """Count how often each name of a unit stands in the lines that were not left out."""
    return Counter(
        unit
        for part in (Part.INDICATORS, Part.TASKS, Part.PROJECTS)
        for each in _standing(draft, part)
        for name in UNIT_FIELDS
        for unit in each.get(name, ())
    )


def _standing(draft: Json, part: Part) -> list[Json]:
    return [each for each in draft[part.value] if each["standing"] != Standing.DROPPED]


def _lacking(draft: Json) -> Iterable[Finding]:
    if not any(_standing(draft, part) for part in (Part.INDICATORS, Part.TASKS)):
        message = Text("没有可发布的指标或任务。", "There is no indicator and no task to publish.")
        fix = Text("请恢复不采用的行，或换一份能读出内容的文件。", "Take lines back, or read another file.")
        yield Finding("plan-draft.nothing", Severity.ERROR, "indicators", message, fix=fix)
        return
    head = draft["head"]
    wanted = {
        "title": Text("标题", "the title"),
        "issued_on": Text("印发日期", "the day of issue"),
        "base_year": Text("基准年", "the base year"),
        "target_years": Text("目标年", "the target years"),
    }
    for name, words in wanted.items():
        if not head[name]:
            message = Text(f"缺少{words.zh}。", f"There is no {words.en.removeprefix('the ')}.")
            fix = Text(f"请在“文件信息”中填写{words.zh}。", f"Give {words.en} under “Document”.")
            yield Finding(f"plan-draft.no-{name.replace('_', '-')}", Severity.ERROR, name, message, fix=fix)
    if head["base_year"] and head["target_years"] and min(head["target_years"]) < head["base_year"]:
        message = Text("目标年早于基准年。", "A target year lies before the base year.")
        fix = Text("请核对基准年和目标年。", "Check both.")
        yield Finding("plan-draft.years", Severity.ERROR, "target_years", message, fix=fix)


def _lines(items: Sequence[Json], target_years: tuple[int, ...]) -> Iterable[PlanLine]:
    numbers = [int(each["no"]) if each["no"].isdecimal() else 0 for each in items]
    # A sub-row without a number, or a table that begins anew: then the place in the list is the number.
    printed = all(numbers) and len(set(numbers)) == len(numbers)
    for position, (number, each) in enumerate(zip(numbers, items, strict=True), start=1):
        targets: dict[int, PlanValue] = {}
        for year, value in each["targets"]:
            of = year or (target_years[0] if len(target_years) == 1 else None)
            if of is not None:
                targets.setdefault(int(of), value_of(value))
        yield PlanLine(
            no=number if printed else position,
            set=LineSet.MAIN,
            level1=each["level1"][:120],
            level2=each["level2"][:120],
            name=each["name"],
            indicator_id=each["indicator"],
            type=LineType(each["type"]) if each["type"] in set(LineType) else LineType.NONE,
            attribute=Attribute(each["attribute"]) if each["attribute"] in set(Attribute) else Attribute.NONE,
            baseline=value_of(each["baseline"]),
            targets=tuple(sorted(targets.items())),
            units=tuple(each["units"]),
        )


def _text_targets(items: Sequence[Json], target_years: tuple[int, ...]) -> Iterable[TextTarget]:
    for each in items:
        year = each["year"] or (target_years[-1] if target_years else None)
        if year is not None:
            yield TextTarget(
                int(year), each["name"], each["indicator"], value_of(each["value"]), each["place"]
            )


def _coded(items: Sequence[Json]) -> Iterable[tuple[str, Json]]:
    """Give each item what tells it apart: its number, or its position where numbers begin anew."""
    taken: set[str] = set()
    for position, each in enumerate(items, start=1):
        number = each["no"].strip().rstrip(".．、")[:20]
        code = number if number and number not in taken else f"p{position}"
        taken.add(code)
        yield code, each
