"""The DOCX of every kind says what GB/T 9704 asks: page, margins, fonts, sizes, spacing, page number."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Length, Mm

from wufei.actions.reports.core.document import Document, Head, Kind, Tail
from wufei.actions.reports.core.editing import parts_of, sections_from
from wufei.actions.reports.core.layouts import load_layout
from wufei.actions.reports.core.packs import Pack, PackDecision, PackTask, meeting_document
from wufei.actions.reports.core.sheets import ScoreRow, Slip, document_of_scores, score_sheet, slip_document
from wufei.actions.reports.core.titles import broken, width
from wufei.actions.reports.core.writing.docx import write_docx
from wufei.actions.tasks.core.task import State

UPRIGHT = (Kind.BRIEFING, Kind.NOTICE, Kind.LETTER, Kind.PROGRESS, Kind.SUPERVISION, Kind.MEETING)
IN_SONG, IN_FANGSONG, IN_KAI, IN_HEI = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"
DAY = date(2025, 10, 15)
TWIPS_PER_PT = 20


def slip():
    told = Slip(
        "建成分拣中心",
        "方案第12项",
        "2座",
        "主体完工",
        ("已选址",),
        "书面反馈",
        "区城管委",
        "各镇街",
        DAY,
        DAY,
    )
    return slip_document("区“无废城市”建设督办单", told, (), load_layout(Kind.SUPERVISION))


def pack():
    task = PackTask("3", "建成分拣中心", "区城管委", "完成选址", State.BEHIND, "晚于一季度节点")
    decided = PackDecision("一个月内办结手续", "区城管委", DAY, "")
    return meeting_document(Pack("推进会", "区无废办", DAY, "/tasks/1", "通报进展", (task,), (decided,), ()))


@pytest.fixture
def written(document):
    """Write a document of a kind by our own layout, and open it."""

    def write(kind):
        made = {Kind.SUPERVISION: slip, Kind.MEETING: pack}.get(kind, lambda: document(kind))()
        return docx.Document(io.BytesIO(write_docx(made, load_layout(kind))))

    return write


def style(file, key):
    return next(each for each in file.styles if each.style_id == f"Wufei{key}")


def font_of(found):
    return found.element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")), found.font.size.pt


@pytest.mark.parametrize("kind", UPRIGHT)
def test_the_page_is_a4_with_the_margins_of_the_standard(written, kind):
    first = written(kind).sections[0]
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    sides = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(side.mm, 1) for side in sides] == [37, 35, 28, 26]
    # The page number stands 7 mm below the text.
    assert round(first.footer_distance.mm) < 35 - 7


@pytest.mark.parametrize("kind", UPRIGHT)
@pytest.mark.parametrize(
    ("key", "font", "size_pt"),
    [
        ("Body", IN_FANGSONG, 16),
        ("Heading1", IN_HEI, 16),
        ("Heading2", IN_KAI, 16),
        ("Heading3", IN_FANGSONG, 16),
        ("Addressee", IN_FANGSONG, 16),
        ("Signature", IN_FANGSONG, 16),
        ("PageNumber", "宋体", 14),
    ],
)
def test_fonts_and_sizes_are_those_of_the_standard(written, kind, key, font, size_pt):
    assert font_of(style(written(kind), key)) == (font, size_pt)


@pytest.mark.parametrize(
    ("kind", "size_pt", "color"),
    [
        *((kind, 22, "000000") for kind in UPRIGHT if kind is not Kind.SUPERVISION),
        (Kind.SUPERVISION, 26, "FF0000"),
    ],
)
def test_the_title_is_set_in_the_font_of_titles_and_centred(written, kind, size_pt, color):
    file = written(kind)
    found = style(file, "Title")
    assert font_of(found) == (IN_SONG, size_pt)
    assert str(found.font.color.rgb) == color
    assert found.paragraph_format.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
    assert [each.style.style_id for each in file.paragraphs].count("WufeiTitle") == 1


@pytest.mark.parametrize("kind", UPRIGHT)
def test_twenty_two_lines_fill_a_page_and_twenty_eight_signs_a_line(written, kind):
    file = written(kind)
    body, page = style(file, "Body"), file.sections[0]
    line = body.element.pPr.find(qn("w:spacing"))
    assert line.get(qn("w:lineRule")) == "exact"
    assert 28 < int(line.get(qn("w:line"))) / TWIPS_PER_PT < 29
    high = Length(page.page_height - page.top_margin - page.bottom_margin)
    lines = high.pt / (int(line.get(qn("w:line"))) / TWIPS_PER_PT)
    assert 22 <= lines < 22.2
    wide = Length(page.page_width - page.left_margin - page.right_margin)
    nearer = int(body.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / TWIPS_PER_PT
    assert 28 <= wide.pt / (body.font.size.pt + nearer) < 28.2
    indent = body.element.pPr.find(qn("w:ind"))
    assert (indent.get(qn("w:firstLineChars")), indent.get(qn("w:firstLine"))) == ("200", "640")
    assert style(file, "Heading1").element.pPr.find(qn("w:spacing")).get(qn("w:line")) == line.get(
        qn("w:line")
    )


@pytest.mark.parametrize("kind", UPRIGHT)
def test_page_numbers_stand_between_dashes_right_on_odd_and_left_on_even_pages(written, kind):
    file = written(kind)
    assert file.settings.odd_and_even_pages_header_footer
    for footer, align, side in (
        (file.sections[0].footer, "right", "rightChars"),
        (file.sections[0].even_page_footer, "left", "leftChars"),
    ):
        (line,) = footer.paragraphs
        assert line.text == "— 1 —"
        assert [each.text.strip() for each in line._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert line._p.pPr.find(qn("w:jc")).get(qn("w:val")) == align
        assert line._p.pPr.find(qn("w:ind")).get(qn(f"w:{side}")) == "100"


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (Kind.NOTICE, "〔　　〕　　号"),
        (Kind.LETTER, "〔　　〕　　号"),
        (Kind.SUPERVISION, "编号：〔　　〕　　号"),
        (Kind.PROGRESS, None),
        (Kind.MEETING, None),
        (Kind.BRIEFING, None),
    ],
)
def test_a_number_is_left_blank_for_the_office_system(written, kind, number):
    found = [each.text for each in written(kind).paragraphs if "〔" in each.text]
    assert found == ([number] if number else [])


def letter(kind, body):
    head = Head(kind, "关于报送进展的通知", "区无废办", issued_on=DAY, addressee="各成员单位")
    bare = Document(head, (), Tail(send_to="市局"))
    made = Document(head, sections_from(parts_of(body), bare), bare.tail)
    return docx.Document(io.BytesIO(write_docx(made, load_layout(kind))))


def test_what_is_typed_has_its_headings_from_the_first_level_on():
    file = letter(
        Kind.NOTICE, "现通知如下。\n# 工作目标\n按期完成。\n# 任务\n## 工业\n推进。\n## 农业\n推进。"
    )
    found = {each.text: each.style.style_id for each in file.paragraphs}
    assert found["一、工作目标"] == found["二、任务"] == "WufeiHeading1"
    assert found["（一）工业"] == found["（二）农业"] == "WufeiHeading2"
    assert found["现通知如下。"] == "WufeiBody"


@pytest.mark.parametrize(
    ("kind", "last", "closing"),
    [
        (Kind.NOTICE, "请按时报送。", ["特此通知。"]),
        (Kind.NOTICE, "特此通知。", ["特此通知。"]),
        (Kind.LETTER, "请予支持为盼。", []),
        (Kind.LETTER, "请按时报送。", ["特此函达。"]),
    ],
)
def test_the_closing_words_stand_once(kind, last, closing):
    texts = [each.text for each in letter(kind, f"现将有关事项告知。\n{last}").paragraphs]
    assert [each for each in texts if each.startswith("特此")] == closing


def test_attachments_stand_under_each_other_behind_the_closing():
    file = letter(Kind.NOTICE, "请按时报送。\n附件：1. 任务清单\n2. 联系人名单")
    texts = [each.text for each in file.paragraphs]
    at = texts.index("附件：1. 任务清单")
    assert texts[at - 2 : at] == ["特此通知。", ""]
    first, second = (each._p.pPr.find(qn("w:ind")) for each in file.paragraphs[at : at + 2])
    assert (first.get(qn("w:leftChars")), first.get(qn("w:hangingChars"))) == ("500", "300")
    assert (second.get(qn("w:leftChars")), second.get(qn("w:firstLineChars"))) == ("500", "0")


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("密云区2025年第二季度“无废城市”建设进展情况", ["密云区2025年第二季度", "“无废城市”建设进展情况"]),
        ("关于开展2025年“无废城市”建设任务调度的通知", ["关于开展2025年“无废城市”", "建设任务调度的通知"]),
        ("关于商请支持再生资源回收试点工作的函", ["关于商请支持再生资源回收试点工作的函"]),
        # Nothing says where its words end: the writing program breaks it.
        ("一" * 30, ["一" * 30]),
    ],
)
def test_a_long_title_is_broken_between_its_words_into_like_lines(title, lines):
    found = broken(title, 20)
    assert found.split("\n") == lines
    assert found.replace("\n", "") == title
    assert all(width(line) <= 20 for line in lines) or lines == [title]


def test_the_score_sheet_lies_across_with_a_table_as_wide_as_the_page(written):
    layout = load_layout(Kind.SCORES)
    rows = [ScoreRow("指标", "回收率", None, "目标 40%", "", None, "无数据")]
    made = document_of_scores(score_sheet("打分表", "区城管委", rows, layout), "区无废办", layout)
    file = docx.Document(io.BytesIO(write_docx(made, layout)))
    page, table = file.sections[0], file.tables[1]
    assert (page.page_width, page.page_height) > (page.page_height, page.page_width)
    wide = page.page_width - page.left_margin - page.right_margin
    assert abs(sum(cell.width for cell in table.rows[0].cells) - wide) < Mm(1)
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    # A head is repeated only at the beginning of a table, and tables that touch are one.
    assert table._tbl.getprevious().tag == qn("w:p")


def test_a_meeting_pack_says_why_a_task_is_late(written):
    file = written(Kind.MEETING)
    assert [cell.text for cell in file.tables[0].rows[0].cells] == ["编号", "任务", "牵头", "进展", "状态"]
    assert file.tables[0].rows[1].cells[4].text == "进度滞后\n晚于一季度节点"
