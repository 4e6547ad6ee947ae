"""What a plan that was read leaves in doubt is said, with its place; what is right stays silent."""

from decimal import Decimal

import pytest

from benchmarks.plans.content import content_of
from benchmarks.plans.files import as_text
from benchmarks.plans.layouts import elements
from benchmarks.plans.ways import WAYS
from wufei.kernel.findings import Severity
from wufei.records.plans.core.reading.files import read_plan_file

HEAD = "序号\t指标\t2020年\t2025年目标\t责任单位"
TITLE = "青屏区“无废城市”建设实施方案\n基准年为2020年。\n"


def table(*rows):
    return HEAD + "\n" + "\n".join("\t".join(row) for row in rows) + "\n"


def found(text, code):
    plan = read_plan_file((TITLE + text).encode(), "plan.txt")
    return [each for each in plan.findings if each.code == code]


def items(*texts):
    return "一、重点任务\n" + "\n".join(texts) + "\n"


def test_a_missing_number_is_said_with_its_place():
    rows = [(no, f"指标{no}覆盖率", "50%", "60%", "区教委") for no in ("1", "2", "4", "5")]
    (gap,) = found(table(*rows), "plan.numbering-gap")
    assert (gap.value, gap.severity, gap.where) == ("3", Severity.WARNING, "第6行")
    assert "3" in gap.message.en
    assert gap.fix.zh
    assert gap.fix.en


def test_an_item_that_names_nobody_is_no_gap_but_a_note():
    text = items(
        "1.甲工作。做好甲。（区教委）",
        "2.乙工作。做好乙。",
        "3.丙工作。做好丙。（区水务局）",
        "4.丁。做丁。（区教委）",
    )
    assert found(text, "plan.numbering-gap") == []
    (note,) = found(text, "plan.item-without-units")
    assert (note.value, note.where, note.severity) == ("2", "第5行", Severity.NOTE)


def test_numbers_that_begin_anew_in_each_section_are_no_gap():
    text = "一、甲\n1.子。做。（区教委）\n2.丑。做。（区教委）\n3.寅。做。（区教委）\n"
    text += "二、乙\n1.卯。做。（区教委）\n2.辰。做。（区教委）\n"
    assert found(text, "plan.numbering-gap") == []


def test_two_units_that_run_together_are_parted_and_said():
    text = items("1.甲工作。做好甲。（区生态环境局区科委、区水务局）")
    (glued,) = found(text, "plan.units-glued")
    assert glued.value == "区生态环境局区科委"
    plan = read_plan_file((TITLE + text).encode(), "plan.txt")
    assert (*plan.tasks[0].lead, *plan.tasks[0].support) == ("区生态环境局", "区科委", "区水务局")


@pytest.mark.parametrize(
    "whole", ["区城市管理委员会", "北京市规划自然资源委密云分局", "区委区政府督查室", "高新区管委会"]
)
def test_one_unit_whose_name_holds_another_ending_is_not_parted(whole):
    assert found(items(f"1.甲工作。做好甲。（{whole}、区水务局）"), "plan.units-glued") == []


def test_a_target_of_the_text_that_is_not_the_table_s_is_an_error():
    text = table(
        ("1", "生活垃圾回收利用率", "30%", "45%", "区城管委"),
        ("2", "秸秆综合利用率", "90%", "98%", "区农业农村局"),
    )
    text += "到2025年，生活垃圾回收利用率达到40%以上，秸秆综合利用率达到98%以上。\n"
    (differs,) = found(text, "plan.text-differs")
    assert differs.severity is Severity.ERROR
    assert "45%" in differs.message.zh
    assert "第4行" in differs.message.zh


def test_the_same_name_with_another_year_is_another_target():
    text = "到2025年，生活垃圾回收利用率达到40%。到2030年，生活垃圾回收利用率达到50%。\n"
    assert found(text, "plan.text-differs") == []


def test_declared_totals_are_counted():
    rows = table(("1", "甲覆盖率", "50%", "60%", "区教委"), ("2", "乙覆盖率", "50%", "60%", "区教委"))
    (differs,) = found("指标体系共有3个指标。\n" + rows, "plan.totals-differ")
    assert (differs.value, differs.severity) == ("3", Severity.ERROR)
    assert found("指标体系共有2个指标。\n" + rows, "plan.totals-differ") == []


def test_parts_sum_to_the_whole():
    good = (
        ("1", "回收网点数量", "10个", "20个", "区商务局"),
        ("", "其中：城区网点", "6个", "12个", "区商务局"),
        ("", "农村网点", "4个", "8个", "区商务局"),
    )
    bad = (*good[:2], ("", "农村网点", "4个", "9个", "区商务局"))
    assert found(table(*good), "plan.parts-differ") == []
    (differs,) = found(table(*bad), "plan.parts-differ")
    assert (differs.value, differs.where) == ("20个", "第4行")


def test_kinds_and_their_sum_are_multiplied():
    assert (
        found("建设“无废小区”“无废机关”“无废校园”数量均不少于6个，合计不少于18个。\n", "plan.parts-differ")
        == []
    )
    (differs,) = found(
        "建设“无废小区”“无废机关”“无废校园”数量均不少于6个，合计不少于20个。\n", "plan.parts-differ"
    )
    assert differs.value == "20"


def test_a_share_of_landfill_beside_none_is_asked_about():
    text = "到2027年，危险废物填埋率低于30%。\n一、任务\n"
    text += "1.管控。自2027年起，危险废物动态保持零填埋。（区生态环境局）\n"
    (beside,) = found(text, "plan.zero-beside-share")
    assert beside.severity is Severity.EXPLAIN
    assert found(text.replace("危险废物动态", "生活垃圾"), "plan.zero-beside-share") == []


@pytest.mark.parametrize(
    ("base", "target", "code"),
    [
        ("60%", "50%", "plan.target-worse-than-base"),
        ("44.7%", "5%", "plan.digit-lost"),
        ("44%", "X%", "plan.target-missing"),
        ("44%", "120%", "plan.share-above-hundred"),
        ("44%", "50斛", "plan.unit-unknown"),
    ],
)
def test_values_that_say_something_odd(base, target, code):
    (odd,) = found(
        table(
            ("1", "生活垃圾回收利用率", base, target, "区城管委"), ("2", "甲覆盖率", "50%", "60%", "区教委")
        ),
        code,
    )
    assert odd.where == "第4行"


def test_the_same_line_twice_is_said():
    row = ("1", "生活垃圾回收利用率", "40%", "50%", "区城管委")
    (again,) = found(table(row, ("2", *row[1:])), "plan.repeated")
    assert "第4行" in again.message.zh


def test_a_table_without_head_is_said_and_the_rest_is_read():
    text = "1\t甲覆盖率\t50%\t60%\n2\t乙覆盖率\t50%\t60%\n3\t丙覆盖率\t50%\t60%\n到2025年，回收率达到45%。\n"
    (without,) = found(text, "plan.table-without-head")
    assert without.where == "第3行"
    plan = read_plan_file((TITLE + text).encode(), "plan.txt")
    assert [target.value.value for target in plan.targets] == [Decimal(45)]


def test_a_table_of_other_things_is_not_complained_about():
    text = "序号\t规划名称\t发布时间\n1\t甲规划\t2020年3月\n2\t乙规划\t2021年3月\n3\t丙规划\t2021年5月\n"
    text += "到2025年，回收率达到45%。\n"
    assert found(text, "plan.table-without-head") == []


def test_every_finding_speaks_both_languages_and_says_rule_and_fix():
    rows = [(no, "回收利用率", "60%", "5%", "区教委区科委局") for no in ("1", "2", "4")]
    findings = read_plan_file(("方案\n指标体系共有9个指标。\n" + table(*rows)).encode(), "x").findings
    assert len({each.code for each in findings}) >= 4
    for each in findings:
        assert each.message.zh
        assert each.message.en
        assert each.rule.en
        assert each.fix.en


# What the plans of the generator hold in truth: blank targets, and nothing else.
@pytest.mark.parametrize("at", range(len(WAYS)), ids=lambda at: WAYS[at].name)
def test_plans_without_faults_raise_no_false_alarm(at):
    layout = WAYS[at]
    for seed in (1, 2):
        plan = content_of(100 * seed + at, target_years=layout.target_years)
        blanks = sum(any(value.op == "blank" for value in each.targets) for each in plan.indicators)
        findings = read_plan_file(as_text(elements(layout, plan)), "x").findings
        alarms = [each for each in findings if each.code != "plan.target-missing"]
        assert alarms == []
        assert len(findings) == blanks
