"""What is marked 秘密, 机密 or 绝密 is refused with the rule and what to do; talk of secrets is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wufei.actions.reports.core.classified import refuse_file_name
from wufei.actions.reports.core.document import Kind, Paragraph, Section
from wufei.actions.reports.core.layouts import load_layout
from wufei.actions.reports.core.writing.docx import write_docx
from wufei.kernel.errors import InputError
from wufei.kernel.secrecy import degree_of


@pytest.mark.parametrize("degree", ["秘密", "机密", "绝密", "秘密★1年", "机 密", "绝密级"])
def test_a_document_of_a_degree_is_refused_with_rule_and_fix(document, degree):
    with pytest.raises(InputError) as caught:
        write_docx(document(classification=degree), load_layout(Kind.BRIEFING))
    assert caught.value.code == "report.classified"
    assert "保守国家秘密法" in caught.value.message.zh
    assert "涉密渠道" in caught.value.message.zh
    assert caught.value.message.en


def test_a_mark_within_the_text_is_found(document):
    made = document()
    marked = replace(made, sections=(Section("", (Paragraph(("标题\n密级：机密\n正文",)),)),))
    with pytest.raises(InputError):
        write_docx(marked, load_layout(Kind.BRIEFING))


@pytest.mark.parametrize(
    "text", ["", "公开", "内部", "企业的商业秘密依法保护。", "不得泄露国家秘密。", "秘密举报渠道"]
)
def test_talk_of_secrets_is_no_mark(text):
    assert degree_of(text) == ""


@pytest.mark.parametrize("name", ["【机密】纪要.pdf", "秘密_报告.pdf", "通知（绝密）.pdf"])
def test_a_scan_named_as_secret_is_refused(name):
    with pytest.raises(InputError):
        refuse_file_name(name)


def test_an_ordinary_scan_is_taken():
    refuse_file_name("商业秘密保护办法.pdf")
