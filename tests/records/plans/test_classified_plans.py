"""A plan that is marked 秘密 or above is refused, wherever the mark stands, and nothing of it is kept."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.plans.content import content_of
from benchmarks.plans.files import as_word
from benchmarks.plans.layouts import elements
from benchmarks.plans.ways import WAYS
from tests.records.plans.document import PLAN
from wufei.kernel.errors import InputError
from wufei.records.plans.core.marking import refuse_classified
from wufei.records.plans.core.reading.files import blocks_of_file
from wufei.records.plans.models import PlanDraft
from wufei.records.plans.services import take_in
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.files.models import File
from wufei.runtime.identity.services import create_user

WORD = as_word(elements(WAYS[0], content_of(5)))


def with_head(words):
    """Give the Word document with a running head."""
    buffer = io.BytesIO(WORD)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/header7.xml", f"<w:hdr><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:hdr>")
    return buffer.getvalue()


def pdf_with_head(words, pages=4):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for number in range(pages):
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(60, 800, words)
        canvas.drawString(60, 700 - number, f"第{number}段正文，建设“无废城市”。")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def refused(content, name="方案.docx"):
    with pytest.raises(InputError) as caught:
        refuse_classified(content, name, blocks_of_file(content, name)[0])
    assert caught.value.code == "plan-file.classified"
    assert "涉密渠道" in caught.value.message.zh
    assert caught.value.message.en
    return caught.value.value, caught.value.field


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (f"机密★3年\n{PLAN}".encode(), "方案.txt", ("机密", "第1行")),
        (PLAN.encode(), "方案（秘密）.txt", ("秘密", "方案（秘密）.txt")),
        (with_head("绝密★长期"), "方案.docx", ("绝密", "页眉页脚")),
        (pdf_with_head("秘密★1年"), "方案.pdf", ("秘密", "第1页")),
    ],
)
def test_a_mark_is_found_where_it_stands(content, name, found):
    assert refused(content, name) == found


@pytest.mark.parametrize(
    "content",
    [PLAN.encode(), with_head("内部资料"), f"{PLAN}依法保守商业秘密。".encode(), pdf_with_head("方案")],
)
def test_what_bears_no_mark_is_read(content):
    refuse_classified(content, "方案", blocks_of_file(content, "方案")[0])


@pytest.mark.usefixtures("db")
def test_nothing_of_a_marked_file_is_kept(region_factory):
    region_id = region_factory()
    scope = Scope(
        create_user(username=f"o-{region_id}", password="p"),
        None,
        Role.OFFICE,
        region_ids=frozenset({region_id}),
    )
    with pytest.raises(InputError):
        take_in(scope, content=f"秘密★1年\n{PLAN}".encode(), name="x.txt", region_id=region_id, now=NOW)
    with session(scope):
        assert not PlanDraft.objects.filter(region_id=region_id).exists()
        assert not File.objects.filter(region_id=region_id).exists()


NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
