"""What plans that the reader had never seen taught it, each in a few lines."""

import io

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from wufei.records.plans.core.reading.as_json import plan_json
from wufei.records.plans.core.reading.files import read_plan_file

TITLE = "云河区“无废城市”建设实施方案"


def read(content, name="plan"):
    return plan_json(read_plan_file(content if isinstance(content, bytes) else content.encode(), name))


def who(plan):
    return [
        (each["no"], each["section"], each["lead"], each["support"], each["due"]) for each in plan["tasks"]
    ]


def said(plan):
    return [
        (each["name"], each["year"], each["op"], each["value"], each["unit"])
        for each in plan["targets_in_text"]
    ]


# ── heads


@pytest.mark.parametrize(
    ("lines", "title", "number", "issued_on"),
    [
        # A letter that names other documents before its own.
        (
            """云政办发〔2024〕3号
根据《省政府办公厅关于印发〈全省“无废城市”建设工作方案〉的通知》（省办发〔2022〕4号），研究制定了《云河区“无废城市”建设实施方案》，现印发给你们。
云河区人民政府办公室
二〇二四年一月十五日""",
            TITLE,
            "云政办发〔2024〕3号",
            "2024-01-15",
        ),
        # A date right above the title is no part of it.
        ("云河区人民政府办公室\n2023年12月21日\n云河区“无废城市”建设实施方案", TITLE, "", "2023-12-21"),
        # A number in the text is that of another document.
        (
            "云河区“无废城市”建设实施方案\n为落实《工作方案》（环固体〔2021〕114号）要求，制定本方案。",
            TITLE,
            "",
            "",
        ),
        # The number in brackets below the title.
        (
            "云河区“无废城市”建设实施方案\n（云政发〔2025〕7号 2025年2月3日）",
            TITLE,
            "云政发〔2025〕7号",
            "2025-02-03",
        ),
        ("附件\n云河区“无废城市”建设\n实施方案\n（2023—2025年）", TITLE + "（2023—2025年）", "", ""),
    ],
)
def test_title_number_and_date_are_the_plans_own(lines, title, number, issued_on):
    head = read(f"{lines}\n一、目标\n到2025年，秸秆综合利用率达到95%。\n")["plan"]
    assert (head["title"], head["number"], head["issued_on"]) == (title, number, issued_on)
    assert head["region"] == "云河区"


def test_a_portal_says_the_number_in_a_table_of_its_own():
    page = """<html><body><table><tr><td><table><tr><td>发文字号：</td><td>云府办发〔2024〕7号</td></tr>
    <tr><td>成文日期：</td><td>2024年04月12日</td><td>索引号：</td><td>A1</td></tr></table>
    <p>云河区“无废城市”建设实施方案</p><p>到2026年，农膜回收率达到<b>85%</b>以上。</p></td></tr></table></body></html>"""
    head = read(page)["plan"]
    assert (head["number"], head["issued_on"], head["target_years"]) == (
        "云府办发〔2024〕7号",
        "2024-04-12",
        [2026],
    )


def test_the_years_of_tasks_are_not_those_of_the_plan():
    text = f"""{TITLE}
一、目标
到2025年，回收利用率达到40%。2030年，全面建成“无废城市”。
二、任务
1.建厂。到2024年，建成处理厂1座。（区城管委）
"""
    assert read(text)["plan"]["target_years"] == [2025, 2030]


# ── tasks of the text


def test_units_are_named_in_the_last_sentence():
    text = f"""{TITLE}
二、主要任务
（一）建设“无废”工地。推行全装修，由区住建委牵头，区城管委、各街道配合，2025年6月底前完成。
"""
    (task,) = read(text)["tasks"]
    assert (task["lead"], task["support"], task["due"]) == (
        ["区住建委"],
        ["区城管委", "各街道"],
        "2025年6月底前",
    )
    assert task["text"].endswith("2025年6月底前完成。")


def test_the_last_of_small_items_names_the_units_of_all():
    text = f"""{TITLE}
（一）工业
1.绿色制造。推行绿色设计。
①完成清洁生产审核。
②建立企业培育库。【牵头单位：区经信局；配合单位：区发展改革委】
2.利用尾矿。推进充填。【牵头单位：区规自分局】
（二）完善收运
1.补齐短板。
2.优化路线。
责任单位：区城管委、各镇
完成时限：2025年10月
"""
    plan = read(text)
    assert who(plan) == [
        ("1", "工业", ["区经信局"], ["区发展改革委"], ""),
        ("2", "工业", ["区规自分局"], [], ""),
        ("二", "", ["区城管委"], ["各镇"], "2025年10月"),
    ]
    assert "②建立企业培育库" in plan["tasks"][0]["text"]


def test_actions_are_numbered_and_headings_may_end_with_a_full_stop():
    text = f"""{TITLE}
行动一：生活垃圾减量行动
任务1：净菜上市。推广净菜。（区商务局）
行动二：建筑垃圾利用行动
任务2：新建处置场1处。（区城管委）
（三）能源转型行动。
1.替代煤炭。减少用煤。（区发展改革委等部门）
"""
    assert [(each["section"], each["lead"]) for each in read(text)["tasks"]] == [
        ("生活垃圾减量行动", ["区商务局"]),
        ("建筑垃圾利用行动", ["区城管委"]),
        ("能源转型行动", ["区发展改革委"]),
    ]


def test_a_remark_on_how_to_read_lists_is_nobody():
    text = f"{TITLE}\n1.准入。从严把关。责任单位：区发展改革委、各镇政府（列首位的为牵头单位，下同）。\n"
    assert who(read(text)) == [("1", "", ["区发展改革委"], ["各镇政府"], "")]


# ── targets and indicators of the text


def test_paragraphs_below_a_heading_of_indicators_are_indicators_with_their_base():
    text = f"""{TITLE}
（三）主要指标
1.农膜回收率。到2025年不低于85%。
2.人均垃圾日产生量：2022年为1.02千克/人·天，到2025年控制在0.95千克/人·天以内。
"""
    plan = read(text.replace(TITLE, TITLE + "（2023—2025年）"))
    assert [(each["no"], each["name"], each["targets"][0]["op"]) for each in plan["indicators"]] == [
        ("1", "农膜回收率", "ge"),
        ("2", "人均垃圾日产生量", "le"),
    ]
    assert plan["indicators"][1]["baseline"]["value"] == 1.02
    assert (plan["plan"]["base_year"], said(plan)) == (2022, [])
    assert plan["tasks"] == []


def test_targets_in_the_words_of_other_plans():
    text = f"""{TITLE}
一、目标
2026年，综合利用率由2023年的68%提高到72%，用水量、能耗比2020年分别降低16%、13.5%左右，建筑垃圾利用率突破80%。
到2027年，新增处理能力1000吨/日，回收利用率≥40%，产业产值达到3万亿元，“无废文化”宣传达到80万人次以上。
"""
    assert said(read(text)) == [
        ("综合利用率", 2026, "eq", 72, "%"),
        ("用水量比2020年降低", 2026, "eq", 16, "%"),
        ("能耗比2020年降低", 2026, "eq", 13.5, "%"),
        ("建筑垃圾利用率", 2026, "gt", 80, "%"),
        ("新增处理能力", 2027, "eq", 1000, "t/d"),
        ("回收利用率", 2027, "ge", 40, "%"),
        ("产业产值", 2027, "eq", 3, "万亿元"),
        ("“无废文化”宣传", 2027, "ge", 80, "万人次"),
    ]


# ── tables


def test_a_number_stands_before_the_words_and_what_is_measured_behind_them():
    text = """指标名称及单位\t2023年完成值\t2025年计划目标\t指标性质\t责任单位
一、产出指标
1.主要资源产出率（元/吨）\t6800\t〔8160〕\t必选\t市发展改革委
2.化肥施用量（万吨，折纯）\t3.15\t≤3.12\t预期性\t市农业农村局
"""
    first, second = read(text)["indicators"]
    assert (first["no"], first["name"], first["type"], first["attribute"]) == (
        "1",
        "主要资源产出率",
        "必选",
        "",
    )
    assert (first["targets"][0]["value"], first["targets"][0]["unit"]) == (8160, "元/t")
    assert (second["name"], second["attribute"]) == ("化肥施用量", "预期性")
    assert second["targets"][0] == {"year": 2025, "text": "≤3.12", "op": "le", "value": 3.12, "unit": "万吨"}


def test_an_aim_heads_what_is_done_for_it_and_a_sum_heads_projects():
    text = """工作目标\t工作措施\t责任领导\t牵头单位\t责任单位\t完成时限
利用率达到85%\t延伸产业链\t张某\t县工信局\t县发改局\t2025年
利用率达到85%\t整治堆场\t李某\t县应急局\t相关镇\t2024年
治理率达到98%\t配齐保洁员\t王某\t县住建局\t各镇\t常态化推进

序号\t项目名称\t建设性质\t建设内容\t总投资\t责任主体\t年限
一\t产业循环类\t\t\t52000\t\t
1\t钢渣利用项目\t新建\t年处理60万吨\t32000\t白塔钢铁有限公司\t2024
"""
    plan = read(text)
    assert [(each["section"], each["text"], each["due"]) for each in plan["tasks"]][1:] == [
        ("利用率达到85%", "整治堆场", "2024年"),
        ("治理率达到98%", "配齐保洁员", "常态化推进"),
    ]
    (project,) = plan["projects"]
    assert (project["field"], project["name"], project["content"]) == (
        "产业循环类",
        "钢渣利用项目",
        "年处理60万吨",
    )


# ── files


def test_percent_cells_are_read_as_people_see_them_and_tables_below_each_other_are_apart():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["表1 指标"],
        ["序号", "指标名称", "2020年", "2025年"],
        [1, "秸秆综合利用率", 0.915, 0.95],
        ["表2 任务"],
        ["序号", "任务内容", "牵头单位", "完成时间"],
        [1, "推广饲料化", "县农业农村局", "2024年"],
    ):
        sheet.append(row)
    sheet["C3"].number_format, sheet["D3"].number_format = "0.0%", "0%"
    buffer = io.BytesIO()
    book.save(buffer)
    plan = read(buffer.getvalue())
    (indicator,) = plan["indicators"]
    assert (indicator["baseline"]["text"], indicator["targets"][0]["text"]) == ("91.5%", "95%")
    assert [each["text"] for each in plan["tasks"]] == ["推广饲料化"]


_BOX = """<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><w:t>二、目标</w:t></w:r><w:r>
<mc:AlternateContent><mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>
</mc:AlternateContent></w:r></w:p>"""
_INSIDE = "<w:txbxContent><w:p><w:r><w:t>到2025年，废钢利用量达到85万吨。</w:t></w:r></w:p></w:txbxContent>"


def test_a_text_box_of_word_is_read_once_and_behind_its_paragraph():
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.element.body.sectPr.addprevious(parse_xml(_BOX.format(box=_INSIDE)))
    buffer = io.BytesIO()
    document.save(buffer)
    plan = read(buffer.getvalue())
    assert said(plan) == [("废钢利用量", 2025, "eq", 85, "万吨")]
    assert plan["targets_in_text"][0]["source"] == "第3段"


def test_a_table_without_lines_is_read_from_the_pages_of_a_pdf():
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setFont("STSong-Light", 10)
    canvas.drawString(150, 800, TITLE)
    columns = (60, 110, 260, 330, 420)
    rows = (
        ("序号", "工作任务", "牵头单位", "配合单位", "完成时间"),
        ("1", "新建处理厂一座，", "区城管委", "区发展改革委、", "2024年底"),
        ("", "配套建设道路", "", "区规自分局", ""),
        ("2", "改造中转站", "区城管委", "各镇政府", "2025年底"),
        ("3", "推进两网融合", "区商务局", "区供销社", "2025年底"),
    )
    top = 760
    for number, *others in rows:
        top -= 24 if number else 12
        for left, words in zip(columns, (number, *others), strict=True):
            canvas.drawString(left, top, words)
    canvas.drawString(60, top - 40, "注：各单位按职责分工负责。")
    canvas.save()
    tasks = read(buffer.getvalue())["tasks"]
    assert [(each["no"], each["text"], each["support"], each["due"]) for each in tasks] == [
        ("1", "新建处理厂一座，配套建设道路", ["区发展改革委", "区规自分局"], "2024年底"),
        ("2", "改造中转站", ["各镇政府"], "2025年底"),
        ("3", "推进两网融合", ["区供销社"], "2025年底"),
    ]


# ── what is no plan


@pytest.mark.parametrize(
    "text",
    [
        "垃圾清运服务合同\n一、服务内容\n1.清运频次每日不少于2次。\n二、费用\n1.合同总价为120万元。\n",
        "某市召开会议\n去年全市优良天数比例达到85%，今年要完成30个项目。市生态环境局负责同志参加会议。\n",
        "城市固体废物研究\n结果表明，2020年产生量达到36.75亿吨。预计2030年，产生量将达到45亿吨。\n参考文献\n",
    ],
)
def test_a_document_that_is_no_plan_leaves_nothing_behind(text):
    plan = read(text)
    assert [found["code"] for found in plan["findings"]] == ["plan.nothing-read"]
    assert not any(plan[part] for part in ("indicators", "tasks", "projects", "targets_in_text"))


def test_a_notice_that_names_aims_keeps_them_and_is_said_to_be_no_plan():
    plan = read("本报讯 某市提出，到2030年，回收利用率达到50%。去年全市回收量达到3万吨。\n")
    assert [found["code"] for found in plan["findings"]] == ["plan.no-plan"]
    assert said(plan) == [("回收利用率", 2030, "eq", 50, "%")]


def test_signs_that_are_no_digits_do_not_stop_the_reader():
    text = f"{TITLE}\n" + "".join(f"{sign}推进回收。（区商务局）\n" for sign in "①②③④")
    assert [each["no"] for each in read(text)["tasks"]] == ["①", "②", "③", "④"]


# ── shapes that the later hold-outs brought


def test_a_lower_head_of_years_alone_stands_under_the_values():
    rows = (
        ("类别", "序号", "指标", "单位", "基准值", "目标值", "牵头部门"),
        ("2022年", "2025年", "2027年"),
        ("源头减量", "1", "绿色工厂数量", "家", "3", "5", "8", "区经信局"),
        ("", "2", "绿色产品占比", "%", "2.1", "2.8", "≥3.5", "区农业农村局"),
    )
    text = "\n\n".join("\n".join(f"\t{cell}" for cell in row) for row in rows)
    plan = read(f"{TITLE}\n{text}\n注：国家指标。\n")
    assert (plan["plan"]["base_year"], plan["plan"]["target_years"]) == (2022, [2025, 2027])
    first, second = plan["indicators"]
    assert (first["level1"], first["baseline"]["value"], first["units"]) == ("源头减量", 3, ["区经信局"])
    assert [(each["year"], each["op"], each["value"]) for each in second["targets"]] == [
        (2025, "eq", 2.8),
        (2027, "ge", 3.5),
    ]
    assert second["units"] == ["区农业农村局"]


def test_a_goal_of_a_five_year_plan_is_one_for_its_end():
    text = "序号\t指标名称\t2020年\t“十四五”目标\n1\t秸秆综合利用率（%）\t95\t＞97\n"
    (indicator,) = read(text)["indicators"]
    assert indicator["baseline"]["value"] == 95
    assert [(each["year"], each["op"]) for each in indicator["targets"]] == [(2025, "gt")]


def test_items_are_numbered_as_standards_do_and_units_stand_behind_a_title_or_a_space():
    text = f"""{TITLE}
2 重点任务
2.1 工业减废
2.1.1 清洁改造。推广先进工艺。（经发局、生态环境局，2025年）
2.1.2 包装循环。（经发局、商务局）推广可循环周转箱。
2.2 建筑减废
2.2.1 全程管理。实行联单。（责任单位：区住建局 区城管委 各街道）
"""
    assert who(read(text)) == [
        ("2.1.1", "工业减废", ["经发局"], ["生态环境局"], "2025年"),
        ("2.1.2", "工业减废", ["经发局"], ["商务局"], ""),
        ("2.2.1", "建筑减废", ["区住建局"], ["区城管委", "各街道"], ""),
    ]


def test_things_in_quotes_are_counted_and_the_past_year_is_not():
    text = f"{TITLE}\n到2026年，建成“无废细胞”500个，其中“无废园区”10个。去年回收量达到3万吨。\n"
    assert said(read(text)) == [("“无废细胞”", 2026, "eq", 500, "个"), ("“无废园区”", 2026, "eq", 10, "个")]
