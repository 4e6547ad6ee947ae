"""The parts of the reader: places, shapes of tables, lists of units, who is responsible, targets, heads."""

import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.plans.content import UNITS, content_of
from benchmarks.plans.files import as_excel, as_text, as_word
from benchmarks.plans.layouts import elements
from benchmarks.plans.ways import WAYS
from wufei.records.plans.core.reading.blocks import Paragraph, Place, Table, is_page_number, joined, squeezed
from wufei.records.plans.core.reading.columns import layout_of
from wufei.records.plans.core.reading.files import blocks_of_file, read_plan_file
from wufei.records.plans.core.reading.head import head_of
from wufei.records.plans.core.reading.html_blocks import blocks_of_html
from wufei.records.plans.core.reading.items import items_of
from wufei.records.plans.core.reading.responsible import responsible_at_end, responsible_in
from wufei.records.plans.core.reading.roles import Kind, Role
from wufei.records.plans.core.reading.targets import targets_of
from wufei.records.plans.core.reading.text_blocks import blocks_of_text
from wufei.records.plans.core.reading.units import is_units, split_units
from wufei.records.plans.core.reading.word_blocks import blocks_of_word, chinese_number
from wufei.records.plans.core.values import Op, parse_value


def paragraphs(*texts):
    return [Paragraph(text, Place(at, None, f"第{at + 1}行")) for at, text in enumerate(texts)]


def cells_of(blocks):
    (table,) = [block for block in blocks if isinstance(block, Table)]
    return [row.cells for row in table.rows]


# ── places


@pytest.mark.parametrize("at", range(len(WAYS)), ids=lambda at: WAYS[at].name)
def test_every_item_points_at_the_line_that_it_came_from(at):
    layout = WAYS[at]
    text = as_text(elements(layout, content_of(at, target_years=layout.target_years))).decode()
    lines = text.split("\n")
    plan = read_plan_file(text.encode(), "x")
    for each in (*plan.indicators, *plan.tasks, *plan.projects, *plan.targets):
        words = getattr(each, "name", "") or each.text
        start = int(each.place.label.removeprefix("第").removesuffix("行")) - 1
        near = squeezed("".join(lines[start : start + 40]))
        assert squeezed(words)[:12].strip("★") in near.replace("★", "").replace("|", "")


def test_a_cell_of_a_workbook_has_the_place_that_people_see():
    blocks, _ = blocks_of_file(as_excel(elements(WAYS[0], content_of(1))), "x")
    tables = [block for block in blocks if isinstance(block, Table)]
    assert tables[0].rows[0].place.label == "附件1!2"
    assert tables[1].rows[3].place.label == "附件2!5"


# ── shapes of tables in text


def test_cells_on_lines_of_their_own_with_broken_cells():
    text = "\t序号\n\t指标\n\t目标值\n\n\t1\n\t甲\n长名\n\t5%\n\n\t2\n\t乙\n\t\n\n表后的话。"
    assert cells_of(blocks_of_text(text)) == [
        ("序号", "指标", "目标值"),
        ("1", "甲\n长名", "5%"),
        ("2", "乙", ""),
    ]


def test_rows_joined_by_tabs_with_empty_cells_and_a_cell_broken_over_lines():
    text = "序号\t指标\t目标\n一、组\t\t\n1\t甲\n长名\t5%\n"
    assert cells_of(blocks_of_text(text))[1:] == [("一、组", "", ""), ("1", "甲\n长名", "5%")]


def test_rows_between_strokes_as_in_markdown():
    assert cells_of(blocks_of_text("| a | b |\n|---|:--|\n| 1 | x<br>y |\n")) == [("a", "b"), ("1", "x\ny")]


def test_columns_parted_by_spaces():
    text = "序号   指标        目标\n1      甲覆盖率    50%\n2      乙覆盖率    60%\n3      丙覆盖率    70%\n"
    assert cells_of(blocks_of_text(text))[1] == ("1", "甲覆盖率", "50%")


def test_lines_cut_at_the_edge_of_a_page_are_one_paragraph():
    whole = "为加强固体废物治理制定本方案并认真组织实施" * 24
    cut = "\n".join(("　　" + whole)[start : start + 30] for start in range(0, len(whole) + 2, 30))
    assert [block.text for block in blocks_of_text(cut)] == [whole]


def test_page_numbers_are_no_words():
    assert all(map(is_page_number, ("- 16 -", "—3—", "第3页", "第 3 页 共 9 页")))
    assert not any(map(is_page_number, ("2025", "3.建设", "")))


@given(st.text(max_size=200))
def test_any_text_gives_blocks_whose_places_rise(text):
    blocks = blocks_of_text(text)
    assert [block.place.block for block in blocks] == list(range(len(blocks)))


# ── Word and pages


def word(body, **parts):
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{name}"><w:body>{body}</w:body></w:document>'
        )
        for part, content in parts.items():
            archive.writestr(f"word/{part}.xml", content.replace(">", f' xmlns:w="{name}">', 1))
    return buffer.getvalue()


def run(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_word_counts_what_was_inserted_and_not_what_was_deleted():
    body = "<w:p><w:r><w:t>甲</w:t></w:r><w:del><w:r><w:delText>乙</w:delText></w:r></w:del>"
    body += "<w:ins><w:r><w:t>丙</w:t></w:r></w:ins></w:p>"
    assert [block.text for block in blocks_of_word(word(body))] == ["甲丙"]


def test_word_s_own_numbers_are_read_with_their_form():
    body = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        f"<w:r><w:t>{text}</w:t></w:r></w:p>"
        for level, text in ((0, "甲"), (1, "子"), (1, "丑"), (0, "乙"), (1, "寅"))
    )
    numbering = (
        '<w:numbering><w:abstractNum w:abstractNumId="5"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="（%1）"/></w:lvl><w:lvl w:ilvl="1">'
        '<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num></w:numbering>'
    )
    read = [block.text for block in blocks_of_word(word(body, numbering=numbering))]
    assert read == ["（一）甲", "1.子", "2.丑", "（二）乙", "1.寅"]


def test_word_cells_that_are_merged_say_the_same_in_every_row_and_column():
    cell = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"
    restart, going_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = cell.format(restart, run("甲")) + cell.format('<w:gridSpan w:val="2"/>', run("乙"))
    more = cell.format(going_on, run("")) + cell.format("", run("丙")) + cell.format("", run("丁"))
    (table,) = blocks_of_word(word(f"<w:tbl><w:tr>{rows}</w:tr><w:tr>{more}</w:tr></w:tbl>"))
    assert [row.cells for row in table.rows] == [("甲", "乙", "乙"), ("甲", "丙", "丁")]
    assert table.rows[1].carried == {0}


@given(st.integers(1, 99))
def test_chinese_numbers_count_without_repeating(number):
    assert chinese_number(number) != chinese_number(number + 1 if number < 99 else 1)
    assert len(chinese_number(number)) <= 3


def test_tables_that_lay_a_page_out_are_opened_and_scripts_are_silent():
    page = "<html><body><script>var a='<td>x</td>'</script><table><tr><td>左<td><table><tr><td>甲<td>乙"
    page += "<tr><td>丙<td>丁</table><p>后文<br>又一行</table></body>"
    blocks = blocks_of_html(page)
    assert [getattr(block, "text", "表") for block in blocks] == ["左", "表", "后文", "又一行"]
    assert cells_of(blocks) == [("甲", "乙"), ("丙", "丁")]


def test_rows_and_columns_of_a_page_that_cover_others():
    page = "<table><tr><td rowspan=2>甲<td colspan=2>乙<td rowspan=3>末</tr><tr><td>丙<td>丁</tr>"
    page += "<tr><td>a<td>b<td>c</tr></table>"
    assert cells_of(blocks_of_html(page)) == [
        ("甲", "乙", "乙", "末"),
        ("甲", "丙", "丁", "末"),
        ("a", "b", "c", "末"),
    ]


# ── heads of tables


def heads(*names, row=("1",)):
    text = "\t".join(names) + "\n" + "\t".join([*row, *["x"] * (len(names) - len(row))]) + "\n"
    (table,) = blocks_of_text(text)
    return layout_of(table)


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("序号", "指标名称", "现状值（2020年）", "目标值（2025年）"), Kind.INDICATORS),
        (("指标", "2022年", "2027年", "责任部门"), Kind.INDICATORS),
        (("序号", "主要任务", "具体内容", "牵头部门", "责任部门", "完成时限"), Kind.TASKS),
        (("序号", "工作任务", "责任分工", "时间要求"), Kind.TASKS),
        (("序号", "项目名称", "建设规模", "总投资", "责任单位"), Kind.PROJECTS),
        (("序号", "规划名称", "发布时间", "主要内容"), Kind.OTHER),
        (("姓名", "职务", "电话"), Kind.OTHER),
    ],
)
def test_a_head_tells_what_a_table_lists(names, kind):
    assert heads(*names).kind is kind


def test_years_and_roles_of_columns():
    layout = heads(
        "序号", "指标", "单位", "基准年（2021年）", "2023年目标", "2025年目标", "属性", "主要责任部门"
    )
    assert [(column.role, column.year) for column in layout.columns] == [
        *[(Role.NO, None), (Role.NAME, None), (Role.MEASURE, None), (Role.BASE, 2021), (Role.TARGET, 2023)],
        *[(Role.TARGET, 2025), (Role.ATTRIBUTE, None), (Role.SUPPORT, None)],
    ]


# ── units and who is responsible


@given(
    st.lists(st.sampled_from(UNITS), min_size=1, max_size=6, unique=True),
    st.sampled_from(["、", "\n", "，", "；", "、\n"]),
)
def test_a_list_of_units_gives_its_names_in_order(names, between):
    assert split_units(between.join(names)).names == tuple(names)


@given(st.lists(st.sampled_from(UNITS), min_size=1, max_size=5, unique=True), st.integers(4, 12))
def test_names_that_stand_whole_elsewhere_are_told_where_a_column_breaks_them(names, width):
    broken = "\n".join(name[at : at + width] for name in names for at in range(0, len(name), width))
    assert split_units(broken, frozenset(UNITS)).names == tuple(names)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("密云水库综合\n执法大队\n相关镇", ("密云水库综合执法大队", "相关镇")),
        ("区农业农村\n局\n区水务局", ("区农业农村局", "区水务局")),
        ("高新技术产业园\n区管委会", ("高新技术产业园区管委会",)),
        ("责任单位：区教委、各镇街（地区）。", ("区教委", "各镇街（地区）")),
        ("区教委（牵头）、区水务局按职责分工负责", ("区教委", "区水务局")),
        ("人民银行分行\n市商务局", ("人民银行分行", "市商务局")),
        ("", ()),
        ("-", ()),
    ],
)
def test_lists_of_units_with_their_oddities(text, names):
    assert split_units(text).names == names


def test_words_that_are_no_units():
    assert not any(map(is_units, ("2025年", "地膜回收量不少于5吨。", "长期", "")))


@pytest.mark.parametrize(
    ("text", "lead", "support", "due"),
    [
        ("做好甲。（区教委、区水务局）", ("区教委",), ("区水务局",), ""),
        ("做好甲（区教委、各镇街（地区））。", ("区教委",), ("各镇街（地区）",), ""),
        ("做好甲。（区教委牵头，区水务局、区商务局配合）", ("区教委",), ("区水务局", "区商务局"), ""),
        (
            "做好甲。（牵头单位：区教委；配合单位：区水务局；完成时限：2025年底）",
            ("区教委",),
            ("区水务局",),
            "2025年底",
        ),
        ("做好甲。〔牵头单位：区教委，配合单位：区水务局〕", ("区教委",), ("区水务局",), ""),
        ("做好甲。【责任单位：区教委、区水务局】", ("区教委",), ("区水务局",), ""),
        ("做好甲。责任单位：区教委，区水务局。", ("区教委",), ("区水务局",), ""),
        ("做好甲。（区教委、区水务局；长期坚持）", ("区教委",), ("区水务局",), "长期坚持"),
        ("做好甲。（区水务局、区教委（牵头））", ("区教委",), ("区水务局",), ""),
    ],
)
def test_who_is_named_at_the_end_of_an_item(text, lead, support, due):
    found = responsible_at_end(text)
    assert (found.lead, found.support, found.due) == (lead, support, due)
    assert found.rest == "做好甲。"


@pytest.mark.parametrize(
    "text", ["印发方案（试行）", "由各镇街（地区）", "达到45%（2025年）", "推广地膜（厚度0.014毫米以上）"]
)
def test_a_bracket_that_names_nobody(text):
    assert responsible_at_end(text) is None


def test_roles_in_one_cell_with_labels_that_a_column_broke():
    found = responsible_in("牵头单位：区教\n委\n配合单\n位：区水务局、\n区商务局")
    assert (found.lead, found.support) == (("区教委",), ("区水务局", "区商务局"))


# ── items, targets, head


def test_items_take_the_nearest_heading_and_paragraphs_to_the_last_that_names_units():
    read = list(
        items_of(
            paragraphs(
                *(
                    "二、任务",
                    "（一）甲域",
                    "1.子。做子。（区教委）",
                    "2.丑",
                    "做丑。",
                    "再做丑。（区水务局、区教委）",
                ),
                *(
                    "（二）乙域",
                    "开展寅。（区商务局）",
                    "推进卯。（区教委）",
                    "三、保障措施",
                    "（一）组织。由区无废办统筹。",
                ),
            ),
            frozenset(),
        )
    )
    assert [(task.no, task.section, task.title, task.text) for task in read] == [
        ("1", "甲域", "子", "做子。"),
        ("2", "甲域", "丑", "做丑。再做丑。"),
        ("", "乙域", "", "开展寅。"),
        ("", "乙域", "", "推进卯。"),
    ]
    assert (read[1].lead, read[1].support) == (("区水务局",), ("区教委",))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("到2030年，指数达到91以上。", [("指数", 2030, Op.AT_LEAST, "91", "")]),
        (
            "到2027年，装配式施工现场、新建施工现场建筑垃圾（不含渣土）产生量每万平方米分别低于140吨、210吨。",
            [
                ("装配式施工现场建筑垃圾（不含渣土）产生量", 2027, Op.LESS_THAN, "140", "t/万平方米"),
                ("新建施工现场建筑垃圾（不含渣土）产生量", 2027, Op.LESS_THAN, "210", "t/万平方米"),
            ],
        ),
        ("到2025年，建设2家以上“无废工厂”。", [("“无废工厂”", 2025, Op.AT_LEAST, "2", "家")]),
        ("到2025年，新增绿色工厂6个，亩均施用量稳定在61.5kg/亩。", [("绿色工厂", 2025, Op.EQUAL, "6", "个"),
          ("亩均施用量", 2025, Op.EQUAL, "61.5", "kg/亩")]),
        ("2027年实现全区覆盖率100%。", [("覆盖率", 2027, Op.EQUAL, "100", "%")]),
        ("2020年，综合利用率达到97%。", []),
        ("目前已建成转运站3座。", []),
        ("期限为2021—2025年。", []),
    ],
)  # fmt: skip
def test_targets_in_running_text(text, read):
    found = targets_of(paragraphs(text), 2020)
    assert [
        (each.name, each.year, each.value.op, f"{each.value.value}", each.value.unit) for each in found
    ] == read


def test_a_list_below_a_year_is_of_that_year():
    found = targets_of(
        paragraphs(
            "到2030年，实现以下目标：",
            "1.回收率达到50%；",
            "2.利用率不低于98%。",
            "二、任务",
            "覆盖率达到9%。",
        ),
        2020,
    )
    assert [each.year for each in found] == [2030, 2030, None]


@pytest.mark.parametrize(
    ("lines", "title", "region", "number"),
    [
        (
            ("北政发〔2023〕5号", "关于印发《北湾市“无废城市”建设实施方案（2023—2025年）》的通知"),
            *("北湾市“无废城市”建设实施方案（2023—2025年）", "北湾市", "北政发〔2023〕5号"),
        ),
        (
            ("北湾县人民政府办公室", "北湾县“无废城市”", "建设工作方案"),
            *("北湾县“无废城市”建设工作方案", "北湾县", ""),
        ),
    ],
)  # fmt: skip
def test_the_head_of_a_plan(lines, title, region, number):
    head = head_of(paragraphs(*lines, "2023年5月6日"), [])
    assert (head.title, head.region, head.number, head.issued_on) == (title, region, number, "2023-05-06")


@pytest.mark.parametrize(
    ("text", "op", "value", "unit"),
    [
        ("≧90%", Op.AT_LEAST, "90", "%"),
        ("大于等于95%", Op.AT_LEAST, "95", "%"),
        ("不得高于0.5", Op.AT_MOST, "0.5", ""),
        ("95%+", Op.AT_LEAST, "95", "%"),
        ("97.3%（2021年）", Op.EQUAL, "97.3", "%"),
        ("≥95%*", Op.AT_LEAST, "95", "%"),
    ],
)
def test_values_with_signs_of_other_keyboards(text, op, value, unit):
    read = parse_value(text)
    assert (read.op, read.value, read.unit) == (op, Decimal(value), unit)
    assert read.text == text


def test_a_broken_cell_is_joined_and_latin_words_stay_apart():
    assert joined("固体废物\n 源头减量") == "固体废物源头减量"
    assert joined("zero\nwaste") == "zero waste"


def test_two_readings_of_one_file_are_the_same():
    content = as_word(elements(WAYS[5], content_of(8)))
    assert read_plan_file(content, "a") == read_plan_file(content, "b")
