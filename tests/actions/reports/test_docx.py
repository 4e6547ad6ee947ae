"""What stands in a DOCX: head, numbering, tail, figures and their annex; the measures are in test_form."""

from __future__ import annotations

import io
import time
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from wufei.actions.reports.core.document import Document, Head, Kind, Paragraph, Section, Table
from wufei.actions.reports.core.layouts import load_layout
from wufei.actions.reports.core.numbering import chinese_number
from wufei.actions.reports.core.writing.docx import write_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def body(content):
    return etree.fromstring(parts(content)["word/document.xml"])


def styles(content):
    sheet = etree.fromstring(parts(content)["word/styles.xml"])
    return {each.get(f"{W}styleId"): each for each in sheet.iter(f"{W}style")}


def style_of(content, key):
    style = styles(content)[f"Wufei{key}"]
    return style.find(f"{W}rPr"), style.find(f"{W}pPr")


def words(element):
    return "".join(each.text or "" for each in element.iter(f"{W}t"))


def lines(content):
    return [words(each) for each in body(content).iter(f"{W}p")]


@pytest.fixture
def notice(document):
    return write_docx(document(Kind.NOTICE), load_layout(Kind.NOTICE))


@pytest.fixture
def briefing(document):
    return write_docx(document(), load_layout(Kind.BRIEFING))


def test_every_paragraph_is_of_a_style_that_the_file_has(notice, briefing):
    for content in (notice, briefing):
        known = styles(content)
        used = {each.get(f"{W}val") for each in body(content).iter(f"{W}pStyle")}
        assert used <= set(known)


def test_a_font_that_a_machine_lacks_has_one_that_stands_in(notice):
    fonts = etree.fromstring(parts(notice)["word/fontTable.xml"])
    found = {each.get(f"{W}name"): each.find(f"{W}altName").get(f"{W}val") for each in fonts}
    assert found["方正小标宋简体"] == "宋体"
    assert found["仿宋_GB2312"] == "仿宋"
    theme = parts(notice)["word/theme/theme1.xml"].decode()
    assert theme.count('<a:ea typeface="宋体"/>') == 2


def test_sections_are_counted_in_chinese_and_levels_below_them_too(notice):
    found = lines(notice)
    for line in ("一、总体情况", "二、进展", "（一）工业", "1.推进", "三、任务"):
        assert line in found
    assert [chinese_number(each) for each in (1, 9, 10, 11, 20, 34)] == [
        "一",
        "九",
        "十",
        "十一",
        "二十",
        "三十四",
    ]


def test_the_number_of_a_letter_is_left_blank_and_addressee_and_signature_are_there(notice):
    found = lines(notice)
    assert found[0] == "〔　　〕　　号"
    assert "各成员单位：" in found
    assert found.index("特此通知。") < found.index("区无废办") < found.index("2025年10月15日")


def test_a_briefing_has_its_own_head_with_a_red_name_and_a_red_rule(briefing):
    found = lines(briefing)
    assert found[:3] == ["内部资料　注意保存", "“无废城市”建设工作简报", "第3期（总第15期）"]
    assert found[3] == "区无废办2025年10月15日"
    imprint = list(body(briefing).iter(f"{W}p"))[3]
    assert len(list(imprint.iter(f"{W}tab"))) == 2
    rule = imprint.find(f"{W}pPr/{W}pBdr/{W}bottom")
    assert (rule.get(f"{W}color"), rule.get(f"{W}val"), rule.get(f"{W}sz")) == ("FF0000", "single", "18")
    run, _ = style_of(briefing, "Name")
    assert run.find(f"{W}color").get(f"{W}val") == "FF0000"
    assert "〔" not in "".join(found)


def test_a_briefing_without_number_keeps_room_for_it(document):
    blank = document(issue=None, total_issue=None, issued_on=None)
    found = lines(write_docx(blank, load_layout(Kind.BRIEFING)))
    assert "第　期（总第　期）" in found
    assert "区无废办　　　　年　月　日" in found


def test_the_tail_says_to_whom_it_goes_and_how_many_were_printed(briefing, notice):
    tail = next(
        each for each in body(briefing).iter(f"{W}tbl") if each.find(f"{W}tblPr/{W}tblpPr") is not None
    )
    assert [words(each) for each in tail.iter(f"{W}tr")] == [
        "报：区政府。",
        "送：市局。",
        "发：各镇街。",
        "共印60份",
    ]
    assert tail.find(f"{W}tblPr/{W}tblpPr").get(f"{W}tblpYSpec") == "bottom"
    first = next(tail.iter(f"{W}tcBorders"))
    assert first.find(f"{W}top").get(f"{W}sz") == "8"
    assert "抄送：市局。" in lines(notice)
    assert "区无废办2025年10月15日印发" in lines(notice)


def test_every_figure_is_marked_with_its_key_and_stands_in_the_annex(briefing):
    tree = body(briefing)
    marks = [each.find(f"{W}sdtPr/{W}tag").get(f"{W}val") for each in tree.iter(f"{W}sdt")]
    assert {"F1", "F2"} == set(marks)
    values = {words(each) for each in tree.iter(f"{W}sdt")}
    assert {"96.09%", "91.99%"} <= values
    names = {each.get(f"{W}name") for each in tree.iter(f"{W}bookmarkStart")}
    assert {"lineage_F1", "lineage_F2", "lineage_F3"} <= names
    annex = list(tree.iter(f"{W}tbl"))[-1]
    rows = [[words(cell) for cell in row.iter(f"{W}tc")] for row in annex.iter(f"{W}tr")]
    assert rows[1][:5] == ["F1", "综合利用率", "2024年", "96.09%", "测算值"]
    assert rows[1][7:] == [
        "actual",
        "封存序号 3 · 2025-10-08 12:00",
        "100 * used / generated",
        "17",
        "/indicators/figures/general-industrial-waste-utilisation-rate@BDA/2024/actual",
    ]
    assert annex.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None
    assert len(rows) == 4


def test_identifiers_of_marks_occur_once(briefing):
    tree = body(briefing)
    found = [each.get(f"{W}val") for each in tree.iter(f"{W}id")]
    assert len(found) == len(set(found)) > 0


def test_the_same_document_gives_the_same_bytes_whenever_it_is_written(document):
    layout = load_layout(Kind.BRIEFING)
    first = write_docx(document(), layout)
    time.sleep(1)
    assert write_docx(document(), layout) == first
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {each.date_time for each in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_invented_data_are_marked_on_every_page(document):
    from dataclasses import replace  # noqa: PLC0415 - one test

    made = write_docx(replace(document(), synthetic=True), load_layout(Kind.BRIEFING))
    file = docx.Document(io.BytesIO(made))
    for section in file.sections:
        for header in (section.header, section.even_page_header):
            assert header.paragraphs[0].text == "示例区·合成数据"


SIGNS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=25)
@given(SIGNS, SIGNS, SIGNS)
def test_any_text_is_kept_and_no_sign_breaks_the_file(title, paragraph, cell):
    made = Document(
        Head(Kind.NOTICE, title, office=cell),
        (Section("", (Paragraph((paragraph,)), Table((((cell,), (paragraph,)),), (1, 1)))),),
    )
    content = write_docx(made, load_layout(Kind.NOTICE))
    file = docx.Document(io.BytesIO(content))
    kept = [each.text for each in file.paragraphs]
    assert _plain(title) in kept
    assert _plain(paragraph) in kept
    assert [each.text for each in file.tables[0].rows[0].cells] == [_plain(cell), _plain(paragraph)]


def _plain(text):
    """What is left of a text: line breaks are one kind, what XML has no sign for is U+FFFD."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    bad = {*range(0x20), 0xFFFE, 0xFFFF} - {0x9, 0xA}
    return "".join("\ufffd" if ord(sign) in bad else sign for sign in text)
