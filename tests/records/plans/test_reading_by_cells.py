"""Tables whose head is missing, or in words nobody knows, are read by what their columns hold."""

import pytest

from benchmarks.plans.content import content_of
from benchmarks.plans.drawn import drawn
from benchmarks.plans.expected import expected
from benchmarks.plans.files import FORMATS
from benchmarks.plans.layouts import elements
from benchmarks.plans.scores import score
from wufei.records.plans.core.reading.as_json import plan_json
from wufei.records.plans.core.reading.files import read_plan_file

TITLE = "云河县“无废城市”建设实施方案\n"


def read(text):
    return plan_json(read_plan_file((TITLE + text).encode(), "plan.txt"))


def found(plan, code):
    return [each for each in plan["findings"] if each["code"] == code]


@pytest.mark.parametrize("seed", [0, 3, 7])
def test_a_head_in_strange_words_costs_no_column(seed):
    layout = drawn(seed, strange=True)
    plan = content_of(seed, target_years=layout.target_years)
    got = plan_json(read_plan_file(FORMATS["txt"](elements(layout, plan)), "plan"))
    result = score(expected(layout, plan), got)
    assert result.share >= 0.98, result.misses[:20]
    assert found(got, "plan.columns-by-cells")


def test_a_table_without_any_head_is_read_and_said():
    plan = read("""附件 任务清单
1\t推进秸秆利用，建设收储点12个\t县农业农村局\t县供销社、各乡镇\t2025年底前
2\t整治非正规堆放点，逐处销号\t县城管局\t县水利局\t长期坚持
3\t推行清洁生产审核，完成企业6家\t县生态环境分局\t县工信局\t2026年6月
""")
    assert [(each["no"], each["lead"], each["support"], each["due"]) for each in plan["tasks"]] == [
        ("1", ["县农业农村局"], ["县供销社", "各乡镇"], "2025年底前"),
        ("2", ["县城管局"], ["县水利局"], "长期坚持"),
        ("3", ["县生态环境分局"], ["县工信局"], "2026年6月"),
    ]
    assert "牵头单位" in found(plan, "plan.columns-by-cells")[0]["message"]


def test_tables_of_figures_and_of_people_are_no_lists_of_a_plan():
    plan = read("""到2027年，回收利用率达到42%。
种类\t2021年\t2022年\t2023年
粉煤灰\t120.5\t131.2\t140.8
炉渣\t56.1\t58.4\t60.3
污泥\t8.2\t8.8\t9.1

姓名\t单位\t职务
张某\t县生态环境局\t局长
李某\t县发展改革局\t副局长
王某\t县农业农村局\t科长
""")
    assert (plan["indicators"], plan["tasks"], plan["projects"]) == ([], [], [])
    assert len(found(plan, "plan.table-unread")) == 2


def test_weights_are_no_targets_and_who_counts_is_not_responsible():
    plan = read("""序号\t指标\t计量单位\t2024年\t2027年目标\t权重\t数据来源
1\t秸秆综合利用率\t%\t92\t95\t8\t县统计局
2\t农膜回收率\t%\t80\t≥85\t6\t县统计局
3\t回收利用率\t%\t33\t42\t6\t县统计局
""")
    assert [[each["year"] for each in row["targets"]] for row in plan["indicators"]] == [[2027]] * 3
    assert [row["units"] for row in plan["indicators"]] == [[], [], []]
    assert [each["message"] for each in found(plan, "plan.column-unread")] != []


def test_rows_with_cells_merged_away_are_laid_under_the_columns_they_fit():
    rows = (
        ("序号", "类别", "指标名称", "2021年现状值", "2023年目标值", "2025年目标值", "责任部门"),
        ("1", "工业", "产生强度（吨/亿元）", "412", "405", "≤398", "县经信局"),
        ("2", "工业固废综合利用率", "96.1%", "97%以上", "98.5%", "县生态环境分局"),
        ("3", "生活", "垃圾增长率", "2.1%", "零增长", "负增长", "县综合执法局"),
        ("4", "回收利用率", "58.7%", "≥62%", "≥65%", "县综合执法局"),
    )
    text = "\n\n".join("\n".join(f"\t{cell}" for cell in row) for row in rows)
    plan = read(f"{text}\n注：略。\n")
    assert [(each["no"], each["level1"], each["name"]) for each in plan["indicators"]] == [
        ("1", "工业", "产生强度"),
        ("2", "工业", "工业固废综合利用率"),
        ("3", "生活", "垃圾增长率"),
        ("4", "生活", "回收利用率"),
    ]
    assert [each["targets"][-1]["text"] for each in plan["indicators"]] == ["≤398", "98.5%", "负增长", "≥65%"]


def test_what_was_left_is_said():
    plan = read("""一、目标
到2027年，回收利用率达到42%，人口规模稳定，设施用地35公顷。
二、主要任务
（一）工业
1.推行清洁生产，淘汰落后工艺，完善园区设施建设。
2.建设绿色工厂，推广绿色设计和绿色供应链管理。
3.利用粉煤灰，拓宽建材和筑路等综合利用渠道。
""")
    (number,) = found(plan, "plan.number-unread")
    assert "35公顷" in number["message"]
    (items,) = found(plan, "plan.items-unread")
    assert (items["severity"], items["where"]) == ("warning", "第6行")
