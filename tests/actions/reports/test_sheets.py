"""调度表, 考核打分表 and data pack as sheets: columns, one page wide, heads repeated, numbers as numbers."""

from __future__ import annotations

import io
import time
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


def test_a_score_sheet_shows_every_point_and_their_sum_in_both_forms():
    rows = [
        ScoreRow("指标", "回收率", Decimal(10), "40%", "38.5%", Decimal("8.5"), "每低1个百分点扣1分"),
        ScoreRow("任务", "分拣中心", Decimal(5), "2座", "2座", Decimal(5), "完成"),
    ]
    sheet = score_sheet("打分表", "区城管委", rows, SCORES)
    page = opened(write_xlsx(sheet, SCORES))
    assert [cell.value for cell in page[6]][1:7] == ["合计", None, 15, None, None, 13.5]
    file = docx.Document(io.BytesIO(write_docx(document_of_scores(sheet, "区无废办", SCORES), SCORES)))
    table = file.tables[1]
    assert [cell.text for cell in table.rows[1].cells][:4] == ["1", "指标", "回收率", "10"]
    assert table.rows[3].cells[6].text == "13.5"
    assert file.tables[0].rows[0].cells[0].text == "被考核单位：区城管委"


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


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_text_is_kept_as_words(text):
    page = opened(write_xlsx(schedule_sheet("表", "办", "", [row(progress=text)], SCHEDULE), SCHEDULE))
    bad = {*range(0x20), 0xFFFE, 0xFFFF} - {0x9, 0xA}
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    cell = page["F4"]
    assert cell.value == "".join("\ufffd" if ord(sign) in bad else sign for sign in kept)
    assert cell.data_type == "s"


def test_a_formula_stays_words():
    page = opened(write_xlsx(schedule_sheet("表", "办", "", [row(task="=1+1")], SCHEDULE), SCHEDULE))
    assert (page["B4"].value, page["B4"].data_type) == ("=1+1", "s")


def test_a_sheet_marked_secret_is_refused():
    with pytest.raises(InputError) as caught:
        write_xlsx(schedule_sheet("表", "办", "", [row(progress="机密★1年")], SCHEDULE), SCHEDULE)
    assert caught.value.code == "report.classified"
