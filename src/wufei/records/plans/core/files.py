"""Plan files read whole or not at all: every defect is a Finding, and a file with one gives no plan."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from wufei.kernel.errors import InvariantError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.kernel.units import parse_unit
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans.core import file_rules
from wufei.records.plans.core.plan import (
    Attribute,
    Counted,
    DeclaredTotal,
    LineSet,
    LineType,
    Plan,
    PlanLine,
    PlanProject,
    PlanTask,
    Source,
    TextTarget,
)
from wufei.records.plans.core.values import PlanValue, parse_value

_DATA = Path(__file__).parent.parent / "data"
_COUNT = (("count", 1),)
_FIX = Text("按规则补正后重新导入；本文件没有任何内容被导入", "Mend it and load again; nothing was loaded")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a plan file gave: the plan, or the Findings that kept it out."""

    plan: Plan | None
    findings: tuple[Finding, ...]


@lru_cache(maxsize=1)
def load_plans() -> tuple[Plan, ...]:
    """Return the plans that come with Wufei, in the order of their ids.

    Raises
    ------
    InvariantError
        ``plan-file.defect`` when a packaged file is broken, which only a bad release can bring about.
    """
    units = {indicator.id: indicator.unit for indicator in load_indicators().values()}
    plans = []
    for path in sorted(_DATA.glob("*.yaml")):
        reading = read_plan(path.read_text(encoding="utf-8"), file=path.name, indicator_units=units)
        if reading.plan is None:
            first = reading.findings[0]
            raise InvariantError("plan-file.defect", Text(f"{first.where}：{first.message.zh}"))
        plans.append(reading.plan)
    return tuple(plans)


def read_plan(content: str, *, file: str, indicator_units: Mapping[str, str]) -> Reading:
    """Return the plan in a YAML file, or every defect of the file.

    Parameters
    ----------
    content : str
        The file's text.
    file : str
        Its name, for the place of Findings.
    indicator_units : Mapping
        Unit by indicator id; an id that is missing here is unknown.
    """
    try:
        document = yaml.safe_load(content)
    except yaml.YAMLError as error:
        return Reading(None, (_finding("unreadable", file, str(error)[:200], _READABLE),))
    if not isinstance(document, Mapping):
        return Reading(None, (_finding("unreadable", file, type(document).__name__, _READABLE),))
    shape = tuple(_shape_findings(document, file))
    if shape:
        return Reading(None, shape)
    plan = _plan(document)
    content_findings = tuple(_content_findings(plan, document, file, indicator_units))
    return Reading(None if content_findings else plan, content_findings)


_READABLE = Text("文件是 YAML 映射", "The file is a YAML mapping")


def _shape_findings(document: Mapping[str, Any], file: str) -> Iterator[Finding]:
    yield from _field_findings(document, file_rules.PLAN_RULES, file, "")
    source = document.get("source")
    if isinstance(source, Mapping):
        yield from _field_findings(source, file_rules.SOURCE_RULES, file, "source.")
    parts = (
        ("declared_totals", file_rules.TOTAL_RULES),
        ("lines", file_rules.LINE_RULES),
        ("text_targets", file_rules.TEXT_TARGET_RULES),
        ("tasks", file_rules.TASK_RULES),
        ("projects", file_rules.PROJECT_RULES),
    )
    for name, rules in parts:
        items = document.get(name)
        for ordinal, item in enumerate(items if isinstance(items, list) else (), start=1):
            if isinstance(item, Mapping):
                yield from _field_findings(item, rules, file, f"{name}[{_item_label(item, ordinal)}].")


def _item_label(item: Mapping[str, Any], ordinal: int) -> str:
    own = "自选" if item.get("set") == LineSet.OWN.value else ""
    return f"{own}#{item['number']}" if "number" in item else str(ordinal)


def _field_findings(
    item: Mapping[str, Any], rules: Mapping[str, file_rules.FieldRule], file: str, place: str
) -> Iterator[Finding]:
    for name, field in rules.items():
        where = f"{file} {place}{name}"
        if item.get(name) is None:
            if field.required:
                code = "source-missing" if name == "source" or place == "source." else "field-missing"
                yield _finding(code, where, "", field.rule)
        elif not field.accepts(item[name]):
            yield _finding("field-wrong", where, str(item[name]), field.rule)
    for name in item:
        if name not in rules:
            known = "、".join(rules)
            yield _finding(
                "field-unknown",
                f"{file} {place}{name}",
                str(item[name]),
                Text(f"字段只能是 {known}", f"Fields are {known}"),
            )


def _content_findings(
    plan: Plan, document: Mapping[str, Any], file: str, indicator_units: Mapping[str, str]
) -> Iterator[Finding]:
    footnotes = document.get("footnotes") or {}
    seen: set[tuple[LineSet, int]] = set()
    for line, item in zip(plan.lines, document["lines"], strict=True):
        where = f"{file} lines[{line.label}]"
        if (line.set, line.no) in seen:
            yield _finding("number-repeated", f"{where}.number", str(line.no), _ONCE)
        seen.add((line.set, line.no))
        yield from _target_findings(plan, line, where)
        yield from _indicator_findings(line, where, indicator_units)
        for mark in item.get("notes") or ():
            if mark not in footnotes:
                yield _finding("note-unknown", f"{where}.notes", mark, _NOTES)
    for name, items in (("tasks", plan.tasks), ("projects", plan.projects)):
        many = Counter(item.code for item in items)
        for code in (code for code, count in many.items() if count > 1):
            yield _finding("number-repeated", f"{file} {name}[{code}].number", code, _ONCE)
    for ordinal, target in enumerate(plan.text_targets, start=1):
        if target.indicator_id and target.indicator_id not in indicator_units:
            yield _finding(
                "indicator-unknown", f"{file} text_targets[{ordinal}].indicator", target.indicator_id, _KNOWN
            )


_ONCE = Text("同一张表中序号不重复", "A number occurs once in a table")
_NOTES = Text("脚注记号在 footnotes 中有文字", "A mark has its words under footnotes")
_KNOWN = Text("指标编号在指标目录中", "The indicator id is in the catalogue")
_TARGETS = Text("target_years 的每一年都有目标", "Every year of target_years has a target")
_YEARS = Text("目标年份在 target_years 中", "The year of a target is in target_years")


def _target_findings(plan: Plan, line: PlanLine, where: str) -> Iterator[Finding]:
    years = dict(line.targets)
    for year in plan.target_years:
        if year not in years:
            yield _finding("target-missing", f"{where}.target", str(year), _TARGETS)
    for year in years:
        if year not in plan.target_years:
            yield _finding("field-wrong", f"{where}.target", str(year), _YEARS)


def _indicator_findings(line: PlanLine, where: str, indicator_units: Mapping[str, str]) -> Iterator[Finding]:
    if line.indicator_id not in indicator_units:
        yield _finding("indicator-unknown", f"{where}.indicator", line.indicator_id, _KNOWN)
        return
    expected = indicator_units[line.indicator_id]
    values = (("base", line.baseline), *((f"target.{year}", value) for year, value in line.targets))
    for name, value in values:
        if not _unit_fits(value, expected):
            rule = Text(
                f"单位与指标的单位“{expected or '无'}”同类",
                f"The unit is of the kind of “{expected or 'none'}”",
            )
            yield _finding("unit-wrong", f"{where}.{name}", value.text, rule)


def _unit_fits(value: PlanValue, expected: str) -> bool:
    if not value.value:
        return True
    unit = value.known_unit
    if unit is None:
        return False
    wanted = parse_unit(expected)
    # Plans leave out the measure word of a count, and a text indicator may be answered by a number.
    bare_count = not value.unit and wanted.dims in ((), _COUNT) and expected != "%"
    return (
        bare_count or not expected or (unit.dims == wanted.dims and (value.unit == "%") == (expected == "%"))
    )


def _plan(document: Mapping[str, Any]) -> Plan:
    source = document["source"]
    footnotes = {mark: Text.parse(words) for mark, words in (document.get("footnotes") or {}).items()}
    return Plan(
        id=document["id"],
        title=Text.parse(document["title"]),
        region_key=document["region"],
        number=document["number"],
        issuer=document["issuer"],
        issued_on=Period.parse(str(document["issued_on"])),
        base_year=document["base_year"],
        target_years=tuple(sorted(document["target_years"])),
        declared_totals=tuple(
            DeclaredTotal(Counted(item["counted"]), item.get("value", ""), item["count"])
            for item in document["declared_totals"]
        ),
        lines=tuple(_line(item, footnotes) for item in document["lines"]),
        text_targets=tuple(_text_target(item) for item in document.get("text_targets") or ()),
        source=Source(source["title"], source["clause"], Text.parse(source.get("note") or "")),
        status=document["status"],
        doubts=_texts(document.get("doubts")),
        tasks=tuple(_task(item) for item in document.get("tasks") or ()),
        projects=tuple(_project(item) for item in document.get("projects") or ()),
    )


def _task(item: Mapping[str, Any]) -> PlanTask:
    return PlanTask(
        code=item["number"],
        no=item["number"],
        section=item["section"],
        title=item["title"],
        text=item.get("text", ""),
        lead=tuple(item["lead"]),
        support=tuple(item["support"]),
        due=item["due"],
    )


def _project(item: Mapping[str, Any]) -> PlanProject:
    return PlanProject(
        code=item["number"],
        no=item["number"],
        field=item["field"],
        name=item["name"],
        content=item.get("content", ""),
        units=tuple(item["units"]),
        due=item["due"],
    )


def _line(item: Mapping[str, Any], footnotes: Mapping[str, Text]) -> PlanLine:
    return PlanLine(
        no=item["number"],
        set=LineSet(item.get("set", LineSet.MAIN.value)),
        level1=item["level1"],
        level2=item["level2"],
        name=item["name"],
        indicator_id=item["indicator"],
        type=LineType(item["type"]),
        attribute=Attribute(item.get("attribute", "")),
        baseline=parse_value(item["base"]),
        targets=tuple((year, parse_value(text)) for year, text in sorted(item["target"].items())),
        units=tuple(item.get("units") or ()),
        notes=tuple(footnotes[mark] for mark in item.get("notes") or () if mark in footnotes),
        doubts=_texts(item.get("doubts")),
    )


def _text_target(item: Mapping[str, Any]) -> TextTarget:
    return TextTarget(
        year=item["year"],
        name=item["name"],
        indicator_id=item.get("indicator", ""),
        value=parse_value(item["value"]),
        clause=item["clause"],
    )


def _texts(items: list[Any] | None) -> tuple[Text, ...]:
    return tuple(Text.parse(item) for item in items or ())


_WORDS = {
    "unreadable": Text("文件无法读取", "The file cannot be read"),
    "source-missing": Text("缺少来源", "The source is missing"),
    "field-missing": Text("缺少字段", "A field is missing"),
    "field-wrong": Text("字段的值不对", "A field has a wrong value"),
    "field-unknown": Text("不认识的字段", "A field is not known"),
    "number-repeated": Text("序号重复", "A number is repeated"),
    "target-missing": Text("缺少目标值", "A target is missing"),
    "indicator-unknown": Text("指标编号不在目录中", "An indicator id is unknown"),
    "unit-wrong": Text("单位与指标不符", "A unit does not fit the indicator"),
    "note-unknown": Text("脚注没有文字", "A footnote has no words"),
}


def _finding(kind: str, where: str, value: str, rule: Text) -> Finding:
    words = _WORDS[kind]
    shown = f"：“{value}”" if value else ""
    return Finding(
        code=f"plan-file.{kind}",
        severity=Severity.ERROR,
        where=where,
        value=value,
        message=Text(f"{words.zh}{shown}", f"{words.en}{f': “{value}”' if value else ''}"),
        rule=rule,
        fix=_FIX,
    )
