"""Short plans in the manners of other places: what each of them taught the reader stays read."""

from wufei.records.plans.core.reading.as_json import plan_json
from wufei.records.plans.core.reading.files import read_plan_file


def read(text):
    return plan_json(read_plan_file(text.encode(), "plan.txt"))


def tasks(text):
    return [
        (each["no"], each["section"], each["lead"], each["support"], each["due"])
        for each in read(text)["tasks"]
    ]


def targets(text):
    return [
        (each["name"], each["year"], each["op"], each["value"], each["unit"])
        for each in read(text)["targets_in_text"]
    ]


def test_second_names_deadlines_verbs_and_leaders_in_the_bracket_of_an_item():
    text = """云河区“无废城市”建设工作方案
二、重点任务
（一）工业领域
1.推进制造。（区经济和信息化局（区大数据局）、区委宣传部（区文明办）、各有关部门，长期）
2.强化监管。（区生态环境局牵头，区发改委、区经信局等按职责分工负责）
3.完善制度。责任单位：区生态环境局牵头，区发改委、区经信局等配合。
4.规范管理。一是分类（区教委）；二是收运（区城管委、区水务局）。
5.加快建设。（责任领导：张某；责任单位：区商务局、区财政局）
"""
    assert tasks(text) == [
        (
            "1",
            "工业领域",
            ["区经济和信息化局（区大数据局）"],
            ["区委宣传部（区文明办）", "各有关部门"],
            "长期",
        ),
        ("2", "工业领域", ["区生态环境局"], ["区发改委", "区经信局"], ""),
        ("3", "工业领域", ["区生态环境局"], ["区发改委", "区经信局"], ""),
        ("4", "工业领域", ["区教委"], ["区城管委", "区水务局"], ""),
        ("5", "工业领域", ["区商务局"], ["区财政局"], ""),
    ]


def test_years_that_are_past_are_bases_and_numerals_head_groups():
    text = """序号\t指标名称\t单位\t2019年\t2020年\t2025年\t责任单位（排名第一的为牵头单位）
一\t源头减量\t\t\t\t\t
1\t一般工业固体废物产生强度\t吨/万元\t0.45\t0.41\t0.35\t市生态环境局、市工信局
二\t资源化利用\t\t\t\t\t
2\t秸秆综合利用率\t%\t90\t91\t≥95\t市农业农村局
"""
    plan = read(text)
    assert (plan["plan"]["base_year"], plan["plan"]["target_years"]) == (2020, [2025])
    assert [(each["level1"], each["baseline"]["value"], each["units"]) for each in plan["indicators"]] == [
        ("源头减量", 0.41, ["市生态环境局", "市工信局"]),
        ("资源化利用", 91, ["市农业农村局"]),
    ]


def test_a_yearly_work_plan_with_lead_and_others_in_one_cell():
    text = """关于印发2024年云河县“无废城市”建设工作要点的通知
附件
序号\t工作任务\t具体要求\t牵头单位/责任单位\t完成时间
1\t工业固废减量\t完成审核5家\t县生态环境分局/县经信局、县发改局\t12月底前
2\t农膜回收\t回收率达到90%\t县农业农村局/各乡镇\t全年
"""
    plan = read(text)["plan"]
    assert (plan["title"], plan["region"], plan["target_years"]) == (
        "2024年云河县“无废城市”建设工作要点",
        "云河县",
        [2024],
    )
    assert [each[2:] for each in tasks(text)] == [
        (["县生态环境分局"], ["县经信局", "县发改局"], "12月底前"),
        (["县农业农村局"], ["各乡镇"], "全年"),
    ]


def test_targets_of_one_long_sentence():
    text = """澄江市“无废城市”建设实施方案（2022-2025年）
到2025年，全市产生强度较2020年下降10%，生活垃圾回收利用率提升至40%以上，农膜回收率、秸秆综合利用率分别达到85%、95%以上，填埋量占比控制在15%以内，建成“无废工厂”10家、“无废园区”2个，公众满意度不低于90%。
"""
    assert targets(text) == [
        ("产生强度较2020年下降", 2025, "eq", 10, "%"),
        ("生活垃圾回收利用率", 2025, "ge", 40, "%"),
        ("农膜回收率", 2025, "ge", 85, "%"),
        ("秸秆综合利用率", 2025, "ge", 95, "%"),
        ("填埋量占比", 2025, "le", 15, "%"),
        ("“无废工厂”", 2025, "eq", 10, "家"),
        ("“无废园区”", 2025, "eq", 2, "个"),
        ("公众满意度", 2025, "ge", 90, "%"),
    ]


def test_paragraphs_under_a_heading_are_tasks_of_their_own():
    text = """澄江市“无废城市”建设实施方案
三、主要任务
（一）工业
开展清洁生产。推进审核。责任单位：市生态环境局、市工业和信息化局
提升利用水平。推动利用。责任单位：市自然资源局
（二）农业
加强畜禽粪污利用。责任单位：市农业农村局
"""
    assert [each[:3] for each in tasks(text)] == [
        ("", "工业", ["市生态环境局"]),
        ("", "工业", ["市自然资源局"]),
        ("", "农业", ["市农业农村局"]),
    ]


def test_headings_within_tables_of_tasks_and_projects():
    text = """澄江市“无废城市”建设实施方案
附表1
序号\t重点任务\t责任单位
一\t推动工业绿色发展\t
1\t开展清洁生产审核。\t市生态环境局、市工信局
2\t建设绿色矿山\t市自然资源局
二\t农业
3\t推进秸秆综合利用\t市农业农村局
附表2
序号\t项目名称\t建设内容及规模\t总投资\t建设周期\t责任单位
一、工业类\t\t\t\t\t
1\t尾矿利用项目\t年利用尾矿20万吨\t1.2亿元\t2023-2025年\t市自然资源局
"""
    assert [each[:3] for each in tasks(text)] == [
        ("1", "推动工业绿色发展", ["市生态环境局"]),
        ("2", "推动工业绿色发展", ["市自然资源局"]),
        ("3", "农业", ["市农业农村局"]),
    ]
    (project,) = read(text)["projects"]
    assert (project["field"], project["due"], project["unit"]) == ("工业类", "2023-2025年", ["市自然资源局"])


def test_an_office_in_brackets_is_nobody_responsible():
    text = "三、保障措施\n（一）加强领导。成立领导小组（办公室设在区生态环境分局）。\n"
    text += "（二）加强宣传。做好宣传（区委宣传部）。\n"
    assert [each[2] for each in tasks(text)] == [["区委宣传部"]]
