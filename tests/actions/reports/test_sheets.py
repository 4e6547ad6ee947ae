"""调度表, 考核打分表 and data pack as sheets: columns, one page wide, heads repeated, numbers as numbers."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.actions.reports.conftest import make_field
from wufei.actions.reports.core.document import Kind, Sentence
from wufei.actions.reports.core.layouts import load_layout
from wufei.actions.reports.core.sheets import (
    ScheduleRow,
    ScoreRow,
    Slip,
    data_pack,
    document_of_scores,
    schedule_sheet,
    score_sheet,
    slip_document,
)
from wufei.actions.reports.core.writing.docx import write_docx
from wufei.actions.reports.core.writing.xlsx import write_xlsx
from wufei.kernel.errors import InputError

SCHEDULE = load_layout(Kind.SCHEDULE)
SCORES = load_layout(Kind.SCORES)


def row(**changes):
    told = {
        "task": "建成分拣中心",
        "goal": "2座",
        "lead": "区城管委",
        "support": "各镇街",
        "progress": "完成选址",
        "problems": "无",
        "next_step": "开工",
        "due": "2025年12月",
        "state": "进度滞后",
    }
    return ScheduleRow(**(told | changes))


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_the_schedule_lies_across_one_page_wide_and_repeats_its_head():
    sheet = opened(
        write_xlsx(schedule_sheet("调度表", "区无废办", "9月30日", [row()] * 3, SCHEDULE), SCHEDULE)
    )
    assert sheet["A1"].value == "调度表"
    assert [cell.value for cell in sheet[3]] == [
        "序号", "任务", "年度目标", "牵头", "责任", "进展", "存在问题", "下一步", "时限", "状态",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[4]][:3] == [1, "建成分拣中心", "2座"]
    assert sheet.max_row == 6
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet["A2"].value == "填报单位：区无废办"
    assert sheet["F2"].value == "数据截至：9月30日"
    assert sheet["B4"].font.name == "仿宋_GB2312"
    assert sheet["B4"].alignment.wrap_text


def test_a_long_cell_makes_its_row_high_enough():
    rows = [row(), row(progress="完成选址及初步设计。" * 20)]
    sheet = opened(write_xlsx(schedule_sheet("表", "办", "", rows, SCHEDULE), SCHEDULE))
    # 200 characters, 17 to a line of 35 columns: 12 lines.
    assert sheet.row_dimensions[5].height >= 12 * 11
    assert sheet.row_dimensions[4].height < 60


SCORED = [
    ScoreRow("指标", "回收率", Decimal(10), "目标 40%；上报值 38.5%", "10 × 85%", Decimal("8.5"), "未达到"),
    ScoreRow("任务", "分拣中心", Decimal(5), "状态 已完成", "5 × 100%", Decimal(5), "已完成"),
    ScoreRow("指标", "满意度", Decimal(3), "", "", None, "没有数据"),
    ScoreRow("扣分", "数据造假", None, "", "", Decimal(-2), "=CMD()", "-1 → -2：核实"),
]


def test_a_score_sheet_shows_every_point_and_their_sum_in_both_forms():
    sheet = score_sheet("打分表", "区城管委", SCORED, SCORES, standing="办法一　已公布")
    page = opened(write_xlsx(sheet, SCORES))
    assert [cell.value for cell in page[3]] == [column.title for column in SCORES.columns]
    assert [cell.value for cell in page[4]] == [
        1, "指标", "回收率", 10, "目标 40%；上报值 38.5%", "10 × 85%", 8.5, "未达到", None,
    ]  # fmt: skip
    assert [page["G6"].value, page["D7"].value, page["G7"].value] == ["无数据", None, -2]
    assert [(page[at].value, page[at].data_type) for at in ("H7", "I7")] == [
        ("=CMD()", "s"),
        ("-1 → -2：核实", "s"),
    ]
    assert [cell.value for cell in page[8]] == [
        None,
        "合计",
        None,
        18,
        None,
        None,
        11.5,
        "尚有3分无数据",
        None,
    ]
    assert (page["A2"].value, page["E2"].value) == ("被考核单位：区城管委", "办法一　已公布")
    file = docx.Document(io.BytesIO(write_docx(document_of_scores(sheet, "区无废办", SCORES), SCORES)))
    remark, table, sign = file.tables
    assert [cell.text for cell in table.rows[1].cells][:4] == ["1", "指标", "回收率", "10"]
    assert table.rows[5].cells[6].text == "11.5"
    assert [cell.text for cell in remark.rows[0].cells] == ["被考核单位：区城管委", "办法一　已公布"]
    assert "被考核单位负责人（签字）" in sign.rows[0].cells[0].text


def sheets():
    """Give a sheet of every kind, each with a row that is longer than its columns."""
    long = "已完成选址，正在办理规划手续。" * 12
    bulletin = load_layout(Kind.BULLETIN)
    field = make_field("96.0886", previous="93.2", name=long)
    return {
        Kind.SCHEDULE: (
            schedule_sheet("调度表", "办", "今天", [row(progress=long)] * 40, SCHEDULE),
            SCHEDULE,
        ),
        Kind.SCORES: (score_sheet("打分表", "局", [replace(SCORED[0], reason=long)] * 40, SCORES), SCORES),
        Kind.BULLETIN: (data_pack("数据", "区局", "今天", [field] * 40, bulletin), bulletin),
    }


@pytest.mark.parametrize("kind", [Kind.SCHEDULE, Kind.SCORES, Kind.BULLETIN])
def test_every_sheet_prints_across_one_page_wide_with_its_head_on_each_page(kind):
    sheet, layout = sheets()[kind]
    page = opened(write_xlsx(sheet, layout))
    setup = page.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$3:$3"
    assert page.freeze_panes == "A4"
    assert page.oddFooter.center.text
    assert page.print_options.horizontalCentered
    # A column is some 1.95 mm wide for each of its signs: the print is not made smaller than four fifths.
    wide = sum(column.width for column in layout.columns) * 1.95
    assert layout.page.text_mm / wide > 0.8
    assert [page.column_dimensions[cell.column_letter].width for cell in page[3]] == [
        column.width for column in layout.columns
    ]


@pytest.mark.parametrize("kind", [Kind.SCHEDULE, Kind.SCORES, Kind.BULLETIN])
def test_every_cell_is_wrapped_in_its_lines_and_its_row_high_enough_for_all_of_it(kind):
    sheet, layout = sheets()[kind]
    page = opened(write_xlsx(sheet, layout))
    size = layout.styles["table"].size_pt
    for cells in page.iter_rows(min_row=3, max_row=4):
        for cell, column in zip(cells, layout.columns, strict=True):
            assert cell.alignment.wrap_text
            assert cell.border.left.style == cell.border.top.style == "thin"
            signs = sum(2 if ord(sign) > 0x2E80 else 1 for sign in str(cell.value or ""))
            assert page.row_dimensions[cell.row].height >= signs / column.width * size


@pytest.mark.parametrize("text", ["=1+1", "+86 10", "-5%", "@SUM(A1)", '=HYPERLINK("x")', "\t=1+1"])
@pytest.mark.parametrize("kind", [Kind.SCHEDULE, Kind.SCORES, Kind.BULLETIN])
def test_what_begins_like_a_formula_stays_words(kind, text):
    made = {
        Kind.SCHEDULE: lambda: schedule_sheet(text, text, text, [row(task=text)], SCHEDULE),
        Kind.SCORES: lambda: score_sheet(text, text, [replace(SCORED[0], item=text)], SCORES),
        Kind.BULLETIN: lambda: data_pack(text, text, text, [make_field("1", name=text)], load_layout(kind)),
    }[kind]()
    content = write_xlsx(made, load_layout(kind))
    page = opened(content)
    held = [cell for cells in page.iter_rows() for cell in cells if text.strip() in str(cell.value or "")]
    assert len(held) >= 2
    assert {cell.data_type for cell in held} == {"s"}
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")


def test_the_data_pack_gives_numbers_with_unit_basis_and_source():
    layout = load_layout(Kind.BULLETIN)
    pack = data_pack("数据", "区局", "x", [make_field("96.0886", previous="93.2"), make_field(None)], layout)
    page = opened(write_xlsx(pack, layout))
    found = dict(zip([c.value for c in page[3]], [c.value for c in page[4]], strict=True))
    assert found["数值"] == 96.09
    assert (found["单位"], found["口径"], found["上期值"]) == ("%", "测算值", "93.2%")
    assert found["流水笔数"] == 17
    assert found["数据来源"].startswith("/indicators/figures/")


def test_a_slip_says_what_is_asked_of_whom_until_when_and_marks_its_figures():
    layout = load_layout(Kind.SUPERVISION)
    field = make_field("91.99")
    slip = Slip(
        "建成分拣中心", "方案第12项", "2座", "主体完工", (Sentence("F1"),), "书面反馈", "区城管委", "各镇街",
        date(2025, 10, 8), date(2025, 10, 20),
    )  # fmt: skip
    file = docx.Document(io.BytesIO(write_docx(slip_document("督办单", slip, [field], layout), layout)))
    rows = [[cell.text for cell in each.cells] for each in file.tables[0].rows]
    assert ["承办单位", "区城管委", "协办单位", "各镇街"] in rows
    assert ["签发日期", "2025年10月8日", "回复时限", "2025年10月20日"] in rows
    assert any("领导批示" in each[0] for each in rows)
    assert file.paragraphs[1].text == "编号：〔　　〕　　号"


def test_the_same_sheet_gives_the_same_bytes():
    sheet = schedule_sheet("表", "办", "", [row()], SCHEDULE)
    first = write_xlsx(sheet, SCHEDULE)
    time.sleep(1)
    assert write_xlsx(sheet, SCHEDULE) == first


@settings(max_examples=25)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_text_is_kept_as_words(text):
    page = opened(write_xlsx(schedule_sheet("表", "办", "", [row(progress=text)], SCHEDULE), SCHEDULE))
    bad = {*range(0x20), 0xFFFE, 0xFFFF} - {0x9, 0xA}
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    cell = page["F4"]
    assert cell.value == "".join("\ufffd" if ord(sign) in bad else sign for sign in kept)
    assert cell.data_type == "s"


def test_a_sheet_marked_secret_is_refused():
    with pytest.raises(InputError) as caught:
        write_xlsx(schedule_sheet("表", "办", "", [row(progress="机密★1年")], SCHEDULE), SCHEDULE)
    assert caught.value.code == "report.classified"
