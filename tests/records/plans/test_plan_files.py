"""The plans that come with Wufei are whole, and a broken plan file says everything that is wrong."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import wufei.records.plans.core.files as files_module
from wufei.kernel.errors import InvariantError
from wufei.kernel.findings import Finding, Severity
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans.core.files import Reading, load_plans, read_plan
from wufei.records.plans.core.plan import LineSet, Plan, PlanLine

MIYUN = Path(files_module.__file__).parent.parent / "data" / "miyun-2022.yaml"
PLANS = {plan.id: plan for plan in load_plans()}
UNITS = {indicator.id: indicator.unit for indicator in load_indicators().values()}

# Typed from the published tables, apart from the data files.
MIYUN_LINES = [
    (1, "工业源头减量", "一般工业固体废物产生强度", "必选", "预期性", "4.31 t/万元", "0.1646 t/万元"),
    (6, "工业源头减量", "剩余矿山数量", "自选", "约束性", "2个", "0个"),
    (13, "生活领域源头减量", "生活垃圾清运量", "必选", "预期性", "17.97万吨", "不超过23万吨"),
    (17, "工业固体废物资源化利用", "一般工业固体废物综合利用率", "必选", "约束性", "44.46%", "95%"),
    (
        18,
        "工业固体废物资源化利用",
        "工业危险废物综合利用率",
        "必选",
        "预期性",
        "1.49%",
        "应转移尽转移；应利用尽利用",
    ),
    (25, "农业固体废物资源化利用", "亩均化学农药施用量", "可选", "预期性", "0.554kg/亩", "0.500kg/亩以下"),
    (
        32,
        "生活领域固体废物资源化利用",
        "主要医疗卫生机构可回收物回收率",
        "必选",
        "约束性",
        "大于99%",
        "保持99%以上",
    ),
    (34, "危险废物处置", "工业危险废物填埋处置量下降幅度", "必选", "预期性", "0", "保持零填埋处置量"),
    (37, "一般工业固体废物贮存处置", "完成尾矿库闭库治理工程数量占比", "可选", "约束性", "0", "65%"),
    (49, "监管体系建设", "固体废物管理信息化监管情况", "必选", "约束性", "-", "实现信息化监管"),
    (57, "源头减排", "碳中和（低碳）示范小区数量", "自选", "预期性", "0", "1个"),
]
BDA_STARRED = {1, 2, 4, 6, 9, 11, 12, 14, 15, 16, 18, 20, 22, 24, 26, 27, 28, 32, 37}


def _line(plan: Plan, no: int, line_set: LineSet = LineSet.MAIN) -> PlanLine:
    return next(line for line in plan.lines if (line.set, line.no) == (line_set, no))


def test_miyun_has_the_lines_types_and_attributes_it_declares() -> None:
    plan = PLANS["miyun-2022"]
    assert [line.no for line in plan.lines] == list(range(1, 58))
    assert Counter(line.type.value for line in plan.lines) == {"必选": 24, "可选": 28, "自选": 5}
    assert Counter(line.attribute.value for line in plan.lines) == {"约束性": 25, "预期性": 32}
    assert len({line.level1 for line in plan.lines}) == 6
    assert len({(line.level1, line.level2) for line in plan.lines}) == 18
    assert (plan.base_year, plan.target_years, plan.number) == (2020, (2025,), "密政发〔2022〕39号")
    assert str(plan.issued_on) == "2022-10-10"


@pytest.mark.parametrize("printed", MIYUN_LINES, ids=lambda printed: f"#{printed[0]}")
def test_miyun_lines_say_what_is_printed(printed: tuple[int, str, str, str, str, str, str]) -> None:
    line = _line(PLANS["miyun-2022"], printed[0])
    said = (line.no, line.level2, line.name, line.type, line.attribute, line.baseline.text)
    assert (*said, dict(line.targets)[2025].text) == printed


def test_responsible_units_keep_their_order_and_a_broken_name_is_joined() -> None:
    plan = PLANS["miyun-2022"]
    assert _line(plan, 35).units == ("区卫生健康委", "区生态环境局", "区城管委")
    assert _line(plan, 44).units == (
        *("区生态环境局", "区城管委", "区教委", "区文旅局", "区经信局"),
        *("区机关事务服务中心", "中关村密云园"),
    )


def test_footnotes_stand_at_their_lines() -> None:
    plan = PLANS["miyun-2022"]
    noted = {line.no: line.notes[0].zh[:16] for line in plan.lines if line.notes}
    assert noted == {32: "指标中主要医疗卫生机构是指密云区", 34: "指标中工业危险废物不包括生活垃圾"}


def test_bda_has_37_lines_and_6_own_with_its_stars() -> None:
    plan = PLANS["bda-2020"]
    main = [line for line in plan.lines if line.set is LineSet.MAIN]
    own = [line for line in plan.lines if line.set is LineSet.OWN]
    assert [line.no for line in main] == list(range(1, 38))
    assert [line.no for line in own] == list(range(1, 7))
    assert {line.no for line in main if line.type == "必选"} == BDA_STARRED
    assert {line.type for line in own} == {"自选"}
    assert (plan.base_year, plan.target_years, str(plan.issued_on)) == (2018, (2020,), "2020-01")
    kitchen = _line(plan, 13)
    assert (kitchen.baseline.text, dict(kitchen.targets)[2020].text) == ("44.7%", "5%")


def test_the_same_indicator_has_one_id_in_both_plans() -> None:
    plans = PLANS
    shared = {line.indicator_id for line in plans["miyun-2022"].lines} & {
        line.indicator_id for line in plans["bda-2020"].lines
    }
    assert len(shared) == 14
    assert "general-industrial-waste-utilisation-rate" in shared


@pytest.mark.parametrize("plan_id", ["miyun-2022", "bda-2020"])
def test_every_text_target_and_line_names_a_catalogued_indicator_and_a_source(plan_id: str) -> None:
    plan = PLANS[plan_id]
    assert plan.source.title
    assert plan.source.clause
    assert {line.indicator_id for line in plan.lines} <= set(UNITS)
    assert all(target.clause for target in plan.text_targets)


def _document() -> dict[str, Any]:
    document = yaml.safe_load(MIYUN.read_text(encoding="utf-8"))
    document["lines"] = document["lines"][:2]
    document["text_targets"] = document["text_targets"][:1]
    return dict(document)


def _read(document: object) -> Reading:
    return read_plan(yaml.safe_dump(document, allow_unicode=True), file="x.yaml", indicator_units=UNITS)


def test_a_shortened_plan_still_reads() -> None:
    reading = _read(_document())
    assert reading.plan is not None
    assert reading.findings == ()


BREAKS = [
    ("source-missing", "x.yaml source", lambda d: d.pop("source")),
    ("source-missing", "x.yaml source.clause", lambda d: d["source"].pop("clause")),
    ("field-missing", "x.yaml issued_on", lambda d: d.pop("issued_on")),
    ("field-wrong", "x.yaml issued_on", lambda d: d.update(issued_on="去年")),
    ("field-wrong", "x.yaml base_year", lambda d: d.update(base_year="2020年")),
    ("field-wrong", "x.yaml region", lambda d: d.update(region=110118)),
    ("field-wrong", "x.yaml title", lambda d: d.update(title={"en": "only English"})),
    ("field-wrong", "x.yaml doubts", lambda d: d.update(doubts=[{"zh": "疑", "fr": "doute"}])),
    ("field-wrong", "x.yaml title", lambda d: d.update(title=7)),
    ("field-unknown", "x.yaml colour", lambda d: d.update(colour="green")),
    ("indicator-unknown", "x.yaml lines[#1].indicator", lambda d: d["lines"][0].update(indicator="nonsense")),
    ("unit-wrong", "x.yaml lines[#1].base", lambda d: d["lines"][0].update(base="4.31 kg/亩")),
    ("unit-wrong", "x.yaml lines[#1].target.2025", lambda d: d["lines"][0].update(target={2025: "5担"})),
    ("unit-wrong", "x.yaml lines[#1].base", lambda d: d["lines"][0].update(base="95%")),
    ("number-repeated", "x.yaml lines[#1].number", lambda d: d["lines"][1].update(number=1)),
    ("target-missing", "x.yaml lines[#2].target", lambda d: d["lines"][1].update(target={})),
    ("field-missing", "x.yaml lines[#2].target", lambda d: d["lines"][1].pop("target")),
    (
        "field-wrong",
        "x.yaml lines[#2].target",
        lambda d: d["lines"][1]["target"].update({2030: "0.01 t/万元"}),
    ),
    ("field-wrong", "x.yaml lines[#2].base", lambda d: d["lines"][1].update(base=0.5)),
    ("field-wrong", "x.yaml lines[#2].type", lambda d: d["lines"][1].update(type="随便")),
    ("note-unknown", "x.yaml lines[#2].notes", lambda d: d["lines"][1].update(notes=["z"])),
    ("field-missing", "x.yaml text_targets[1].clause", lambda d: d["text_targets"][0].pop("clause")),
    (
        "indicator-unknown",
        "x.yaml text_targets[1].indicator",
        lambda d: d["text_targets"][0].update(indicator="no"),
    ),
    (
        "field-wrong",
        "x.yaml declared_totals[1].counted",
        lambda d: d["declared_totals"][0].update(counted="pages"),
    ),
    ("field-wrong", "x.yaml lines", lambda d: d.update(lines="many")),
]


@pytest.mark.parametrize(("kind", "where", "damage"), BREAKS, ids=[f"{b[0]}:{b[1][7:]}" for b in BREAKS])
def test_a_broken_file_gives_one_finding_and_no_plan(kind: str, where: str, damage: Any) -> None:
    document = _document()
    damage(document)
    reading = _read(document)
    assert reading.plan is None
    assert [(f.code, f.where, f.severity) for f in reading.findings] == [
        (f"plan-file.{kind}", where, Severity.ERROR)
    ]
    _assert_helpful(reading.findings[0])


def test_all_defects_are_told_at_once() -> None:
    document = _document()
    document.pop("source")
    document["lines"][0]["type"] = "随便"
    document["lines"][1].pop("base")
    assert [finding.where for finding in _read(document).findings] == [
        *("x.yaml source", "x.yaml lines[#1].type", "x.yaml lines[#2].base"),
    ]


@pytest.mark.parametrize("content", ["{a: [", "- 1\n- 2", ""])
def test_what_is_no_mapping_is_unreadable(content: str) -> None:
    reading = read_plan(content, file="x.yaml", indicator_units=UNITS)
    assert reading.plan is None
    assert [finding.code for finding in reading.findings] == ["plan-file.unreadable"]


def _assert_helpful(finding: Finding) -> None:
    for text in (finding.message, finding.rule, finding.fix):
        assert text.zh
        assert text.en


def test_a_broken_packaged_plan_is_a_bug_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.yaml").write_text("id: broken", encoding="utf-8")
    monkeypatch.setattr(files_module, "_DATA", tmp_path)
    with pytest.raises(InvariantError, match=r"broken\.yaml title"):
        load_plans.__wrapped__()


# Typed from the published list of tasks, apart from the data file: number, leading unit, others, deadline.
MIYUN_TASKS = [
    ("1", ("区城管委",), ("密云水库综合执法大队", "相关镇"), "2025年"),
    ("8", ("区农业服务中心", "区农业农村局", "区城管委"), ("相关镇",), "2025年"),
    ("40", ("区城管委",), ("区农业农村局", "各镇街（地区）"), "2023年底"),
    ("76", ("区文旅局",), ("相关镇",), "2023年"),
]


def test_miyuns_tasks_and_projects_are_those_of_its_lists():
    plan = PLANS["miyun-2022"]
    assert [task.no for task in plan.tasks] == [str(number) for number in range(1, 79)]
    assert [project.no for project in plan.projects] == [str(number) for number in range(1, 17)]
    by_number = {task.no: task for task in plan.tasks}
    for number, lead, support, due in MIYUN_TASKS:
        task = by_number[number]
        assert (task.lead, task.support, task.due) == (lead, support, due)
    assert all(task.lead and task.title and task.section for task in plan.tasks)


def test_a_broken_task_is_a_finding_and_keeps_the_plan_out():
    document = yaml.safe_load(MIYUN.read_text("utf8"))
    document["tasks"][0]["lead"] = "区城管委"
    document["tasks"][1]["number"] = 2
    document["projects"][1]["cost"] = "3万元"
    reading = read_plan(yaml.safe_dump(document, allow_unicode=True), file="x.yaml", indicator_units=UNITS)
    assert reading.plan is None
    assert [finding.where for finding in reading.findings] == [
        "x.yaml tasks[#1].lead",
        "x.yaml tasks[#2].number",
        "x.yaml projects[#2].cost",
    ]


def test_a_number_of_a_task_occurs_once():
    document = yaml.safe_load(MIYUN.read_text("utf8"))
    document["tasks"][4]["number"] = "4"
    reading = read_plan(yaml.safe_dump(document, allow_unicode=True), file="x.yaml", indicator_units=UNITS)
    assert [(finding.code, finding.where) for finding in reading.findings] == [
        ("plan-file.number-repeated", "x.yaml tasks[4].number")
    ]
