"""Shapes of files that blind hold-outs brought: what programs make of a plan when they save or print it."""

import io

import docx
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from wufei.records.plans.core.reading.as_json import plan_json
from wufei.records.plans.core.reading.files import read_plan_file

TITLE = "云河县“无废城市”建设实施方案"


def read(content):
    return plan_json(read_plan_file(content if isinstance(content, bytes) else content.encode(), "plan"))


def saved(document):
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def who(plan):
    return [(each["no"], each["lead"], each["support"], each["due"]) for each in plan["tasks"]]


# ── Word


def test_marks_of_footnotes_are_no_part_of_names_and_squares_stay():
    document = docx.Document()
    document.add_paragraph(TITLE)
    aim = document.add_paragraph("到2026年，回收利用率")
    aim.add_run("1").font.superscript = True
    aim.add_run("达到42%，新增绿地面积达到10万m")
    aim.add_run("2").font.superscript = True
    plan = read(saved(document))
    assert [each["name"] for each in plan["targets_in_text"]] == ["回收利用率", "新增绿地面积"]
    page = read(f"<html><body><p>{TITLE}</p><p>到2026年，回收利用率<sup>[1]</sup>达到42%。</p></body></html>")
    assert [each["name"] for each in page["targets_in_text"]] == ["回收利用率"]


def test_a_cell_that_holds_nothing_but_the_number_of_word_is_numbered():
    document = docx.Document()
    document.add_paragraph(TITLE)
    table = document.add_table(rows=1, cols=3)
    for cell, head in zip(table.rows[0].cells, ("序号", "工作任务", "责任单位"), strict=True):
        cell.text = head
    for words, units in (
        ("推进秸秆利用", "县农业农村局"),
        ("整治堆场", "县城管局"),
        ("审核企业", "县工信局"),
    ):
        cells = table.add_row().cells
        cells[0].paragraphs[0].style = document.styles["List Number"]
        cells[1].text, cells[2].text = words, units
    assert [no for no, *_ in who(read(saved(document)))] == ["1", "2", "3"]


def test_a_box_is_text_and_its_items_below_projects_are_projects():
    document = docx.Document()
    document.add_paragraph(TITLE)
    box = document.add_table(rows=2, cols=1)
    box.cell(0, 0).text = "专栏1 固体废物重点工程"
    box.cell(1, 0).text = (
        "1.利用中心：新增废酸利用能力8万吨/年，2025年底前建成。（县生态环境局）\n"
        "2.分拣中心：分拣能力10万吨/年。（县工信局、县商务局）"
    )
    first, second = read(saved(document))["projects"]
    assert (first["no"], first["name"], first["content"]) == ("1", "利用中心", "新增废酸利用能力8万吨/年")
    assert (first["due"], first["unit"]) == ("2025年底前建成", ["县生态环境局"])
    assert second["unit"] == ["县工信局", "县商务局"]


def test_one_table_on_two_pages_with_its_head_again_carries_its_groups():
    head = "<tr><th>类别</th><th>序号</th><th>指标</th><th>2020年</th><th>2025年目标</th></tr>"
    rows = [
        f"<tr><td>{level}</td><td>{no}</td><td>第{no}项利用率</td><td>50%</td><td>60%</td></tr>"
        for no, level in enumerate(("减量", "", "", "利用", "", ""), start=1)
    ]
    title = "<tr><td colspan=5>云河县建设指标表</td></tr>"
    parts = ("".join(rows[:4]), "".join(rows[4:]))
    tables = "<p>（续表）</p>".join(
        f"<table>{title if not at else ''}{head}{part}</table>" for at, part in enumerate(parts)
    )
    plan = read(f"<html><body><p>{TITLE}</p>{tables}</body></html>")
    assert [each["level1"] for each in plan["indicators"]] == ["减量"] * 3 + ["利用"] * 3


# ── PDF


def drawn(rows, columns, *, top=780, pitch=24):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setFont("STSong-Light", 10)
    canvas.drawString(150, 810, TITLE)
    for at, row in enumerate(rows):
        for left, words in zip(columns, row, strict=True):
            half = pitch / 2 if words.startswith("~") else 0
            canvas.drawString(left, top - at * pitch - half, words.lstrip("~"))
    canvas.save()
    return buffer.getvalue()


def test_cells_merged_downward_stand_for_all_their_rows_where_no_lines_are_drawn():
    rows = (
        ("类别", "序号", "指标", "2020年", "2025年", "责任单位"),
        ("", "1", "秸秆综合利用率", "91%", "95%", "县农业农村局"),
        ("源头减量", "2", "农膜回收率", "80%", "85%", "县供销社"),
        ("", "3", "化肥利用率", "38%", "40%", "县农业农村局"),
        ("~利用", "4", "回收利用率", "30%", "42%", "县城管局"),
        ("", "5", "无害化率", "100%", "100%", "县城管局"),
    )
    plan = read(drawn(rows, (60, 140, 180, 330, 400, 470)))
    levels = [each["level1"] for each in plan["indicators"]]
    assert levels == ["源头减量"] * 3 + ["利用"] * 2


def test_columns_that_nearly_touch_are_parted():
    rows = (
        ("序号", "指标", "2024年", "2027年", "责任单位"),
        ("1", "固体废物产生强度", "0.013吨/万元", "0.012吨/万元以下", "县工信局"),
        ("2", "固体废物利用率", "94.8%", "96%", "县工信局"),
        ("3", "农膜回收率", "80%", "90%", "县农业农村局"),
    )
    first, *_ = read(drawn(rows, (60, 100, 212, 274, 420)))["indicators"]
    assert (first["baseline"]["text"], first["targets"][0]["text"]) == ("0.013吨/万元", "0.012吨/万元以下")


# ── text


def test_a_table_that_was_saved_as_lines_of_text_is_read():
    rows = (
        ("序号", "类别", "任务", "工作内容", "责任单位", "完成时限"),
        ("1", "工业", "清洁生产", "审核企业6家。", "县工信局", "县发改局", "2025年6月"),
        ("2", "", "绿色矿山", "建成矿山2座。", "县自然资源局", "长期坚持"),
        ("3", "农业", "秸秆利用", "建设收储点。", "县农业农村局", "2026年"),
    )
    text = "\n".join(cell for row in rows for cell in row)
    plan = read(f"{TITLE}\n附件1\n重点任务清单\n{text}\n备注：首位为牵头单位。\n")
    assert who(plan) == [
        ("1", ["县工信局"], ["县发改局"], "2025年6月"),
        ("2", ["县自然资源局"], [], "长期坚持"),
        ("3", ["县农业农村局"], [], "2026年"),
    ]
    assert [each["section"] for each in plan["tasks"]] == ["工业", "工业", "农业"]


_SIGNS = "甲乙丙丁戊"


HEAD = ("序号", "一级指标", "二级指标", "三级指标", "单位", "2023年现状", "2025年目标", "2027年目标")
TASK = "1.建设分拣中心。建成一处，投入运行。（责任单位：县城管局）"
ROWS = (
    ("1", "源头减量", "工业源头减量", "一般工业固体废物产生强度", "吨/万元", "0.86", "0.80", "0.74"),
    ("2", "绿色工厂数量", "家", "4", "6", "9"),
    ("3", "绿色矿山建成率", "%", "55", "70", "100"),
    ("4", "农业源头减量", "化肥使用量", "万吨", "1.92", "≤1.90", "≤1.88"),
    ("5", "资源化利用", "生活垃圾", "生活垃圾回收利用率", "%", "32", "38", "42"),
    ("6", "其中：农村", "%", "21", "25", "30"),
)


def test_merged_cells_that_were_left_out_of_lines_and_values_like_the_next_number_lose_no_row():
    text = "\n".join((TITLE, *HEAD, *(cell for row in ROWS for cell in row), "三、重点任务", TASK))
    plan = read(text)
    assert [(each["no"], each["level1"], each["level2"], each["name"]) for each in plan["indicators"]] == [
        ("1", "源头减量", "工业源头减量", "一般工业固体废物产生强度"),
        ("2", "源头减量", "工业源头减量", "绿色工厂数量"),
        ("3", "源头减量", "工业源头减量", "绿色矿山建成率"),
        ("4", "源头减量", "农业源头减量", "化肥使用量"),
        ("5", "资源化利用", "生活垃圾", "生活垃圾回收利用率"),
        ("6", "资源化利用", "生活垃圾", "其中：农村"),
    ]
    assert [each["targets"][1]["text"] for each in plan["indicators"]] == [
        "0.74",
        "9",
        "100",
        "≤1.88",
        "42",
        "30",
    ]
    assert [each["no"] for each in plan["tasks"]] == ["1"]


def test_rows_without_a_number_stand_below_the_one_they_are_part_of():
    cells = (
        *("序号", "指标", "2023年基数", "2025年", "牵头单位"),
        *("1", "大宗工业固体废物综合利用率（%）", "52.3", "58", "县工信局"),
        *("其中：煤矸石", "49.8", "57", "县能源局"),
        *("粉煤灰", "66.5", "72", "县工信局"),
        *("2", "煤矸石新增堆存量（万吨）", "182", "≤60", "县能源局"),
        *("3", "堆场整治完成数（处）", "6", "34", "县城管局"),
    )
    plan = read("\n".join((TITLE, *cells, "二、保障措施")))
    assert [(each["no"], each["targets"][0]["text"], each["units"]) for each in plan["indicators"]] == [
        ("1", "58", ["县工信局"]),
        ("", "57", ["县能源局"]),
        ("", "72", ["县工信局"]),
        ("2", "≤60", ["县能源局"]),
        ("3", "34", ["县城管局"]),
    ]


def test_edges_of_pages_stand_in_no_paragraph():
    pages = []
    for sign in _SIGNS:
        item = f"　　1.推进{sign}废物治理。完善{sign}收集贮存体系，规范{sign}企业管理，"
        item += f"健全{sign}电子台账，建立{sign}联动机制，"
        item += f"及时公开{sign}进展情况，接受社会监督，形成{sign}长效机制。"
        item += f"责任单位：县生态环境局、县{sign}改革局。"
        *lines, last = [item[at : at + 24] for at in range(0, len(item), 24)]
        pages += [*lines, "", "          — 1 —", "", "云河县人民政府文件", "", last]
    tasks = read("\n".join([TITLE, "　　一、重点任务", *pages]))["tasks"]
    assert [(each["support"], "文件" in each["text"]) for each in tasks] == [
        ([f"县{sign}改革局"], False) for sign in _SIGNS
    ]


def test_a_table_that_fell_apart_into_lines_is_said():
    pieces = "\n".join(f"{at}项工程\n县城管局\n{at}0%" for at in range(2, 8))
    plan = read(f"{TITLE}\n到2025年，回收利用率达到42%。\n{pieces}\n")
    (broken,) = [each for each in plan["findings"] if each["code"] == "plan.table-in-lines"]
    assert broken["severity"] == "warning"


# ── who is responsible


def test_offices_as_headings_lead_their_items_and_remarks_say_how_to_read_lists():
    text = f"""{TITLE}
一、县生态环境局
1.建立清单，按季度调度进展，编发工作简报。（时限：长期）
2.开展调查，建立名录和电子台账。（配合单位：县统计局；时限：2026年3月底前）
二、县农业农村局（县乡村振兴局）
1.健全地膜回收体系，2026年底前完成布点。（配合单位：各镇）
"""
    assert who(read(text)) == [
        ("1", ["县生态环境局"], [], "长期"),
        ("2", ["县生态环境局"], ["县统计局"], "2026年3月底前"),
        ("1", ["县农业农村局（县乡村振兴局）"], ["各镇"], "2026年底前"),
    ]
    table = "序号\t工作内容\t责任单位\n1\t推进秸秆利用\t县农业农村局、县发改局，县供销社\n"
    table += "2\t整治堆场\t县城管局，各镇\n"
    remark = "责任单位栏内，逗号之前为牵头单位，之后为配合单位。"
    assert [each[1:3] for each in who(read(f"{TITLE}\n{remark}\n{table}3\t审核\t县工信局\n"))] == [
        (["县农业农村局", "县发改局"], ["县供销社"]),
        (["县城管局"], ["各镇"]),
        (["县工信局"], []),
    ]
