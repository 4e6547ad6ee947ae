"""Files that cannot be read are refused with a word on what to do; what can be read of a bad one is kept."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from benchmarks.plans.content import content_of
from benchmarks.plans.files import FORMATS, as_pdf, as_word
from benchmarks.plans.layouts import Words, elements
from benchmarks.plans.ways import WAYS
from wufei.kernel.errors import InputError
from wufei.records.plans.core.reading import files
from wufei.records.plans.core.reading.files import read_plan_file

PLAN = content_of(5)
ELEMENTS = elements(WAYS[0], PLAN)


def zipped(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def locked_pdf():
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt="secret")
    canvas.drawString(100, 100, "plan")
    canvas.save()
    return buffer.getvalue()


def refused(content):
    with pytest.raises(InputError) as caught:
        read_plan_file(content, "方案.docx")
    assert "方案.docx" in caught.value.message.zh
    assert caught.value.message.en
    return caught.value.code


WORD = as_word(ELEMENTS)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "plan-file.empty"),
        (b" \n\t", "plan-file.empty"),
        (WORD[: len(WORD) // 2], "files.damaged"),
        (zipped(word__document_xml=b"<w:document>"), "plan-file.damaged"),
        (zipped(readme_xml=b"<a/>"), "plan-file.other-kind"),
        (as_pdf(ELEMENTS)[:300], "plan-file.damaged"),
        (locked_pdf(), "plan-file.encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "plan-file.old-format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
            "plan-file.encrypted",
        ),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "plan-file.other-kind"),
        (b"{\\rtf1 plan}", "plan-file.other-kind"),
        (zipped(word__document_xml=b"<" + b"a" * 90_000_000), "files.bomb"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(content, code):
    assert refused(content) == code


def test_a_document_too_large_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(files, "_DOCUMENT_BYTES_MAX", 1000)
    assert refused(WORD) == "plan-file.too-large"


def test_a_document_without_words_is_read_and_said_to_hold_nothing():
    for content in (as_word([]), as_pdf([Words("")]), b"<html><body></body></html>"):
        (nothing,) = read_plan_file(content, "x").findings
        assert nothing.code == "plan.nothing-read"


def scanned_pages(count):
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    from PIL import Image  # noqa: PLC0415 (only here)

    picture = io.BytesIO()
    Image.new("L", (200, 300), 200).save(picture, "PNG")
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415 (only here)

    for _ in range(count):
        canvas.drawImage(ImageReader(io.BytesIO(picture.getvalue())), 0, 0, 500, 700)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_scanned_pages_are_reported_and_not_guessed():
    plan = read_plan_file(scanned_pages(3), "scan.pdf")
    scanned = plan.findings[0]
    assert (scanned.code, scanned.where, scanned.severity) == ("plan.pages-scanned", "第1-3页", "error")
    assert "OCR" in scanned.fix.zh
    assert plan.indicators == ()


def test_pages_beyond_the_limit_are_said_and_those_before_are_read(monkeypatch):
    monkeypatch.setattr(files, "PAGES_MAX", 2)
    plan = read_plan_file(as_pdf(ELEMENTS), "long.pdf")
    assert plan.indicators
    (left_out,) = [each for each in plan.findings if each.code == "plan.pages-left-out"]
    assert left_out.value.startswith("3-")


def test_of_two_plans_in_a_file_the_first_is_read_and_the_second_said():
    second = content_of(9)
    both = [*ELEMENTS, *elements(WAYS[2], second)]
    alone = read_plan_file(as_word(ELEMENTS), "one.docx")
    plan = read_plan_file(as_word(both), "two.docx")
    (two,) = [each for each in plan.findings if each.code == "plan.two-plans"]
    assert second.number in two.value
    assert plan.head == alone.head
    assert (plan.indicators, plan.tasks, plan.projects) == (alone.indicators, alone.tasks, alone.projects)


def test_one_plan_is_never_taken_for_two():
    for at, layout in enumerate(WAYS):
        plan = read_plan_file(
            as_word(elements(layout, content_of(at, target_years=layout.target_years))), "x"
        )
        assert "plan.two-plans" not in {each.code for each in plan.findings}


TRADITIONAL = str.maketrans(
    "废设实标现状值环废综务区资联处级动达关业农产机构计划责单约预间类单级组织",
    "廢設實標現狀值環廢綜務區資聯處級動達關業農產機構計劃責單約預間類單級組織",
)


def test_traditional_characters_are_read_as_simplified_ones():
    text = FORMATS["txt"](ELEMENTS).decode()
    plan = read_plan_file(text.translate(TRADITIONAL).encode(), "繁.txt")
    alone = read_plan_file(text.encode(), "简.txt")
    assert "plan.traditional" in {each.code for each in plan.findings}
    assert "plan.traditional" not in {each.code for each in alone.findings}
    assert plan.indicators == alone.indicators
    assert plan.tasks == alone.tasks


@settings(max_examples=100)
@given(
    st.text(
        alphabet=st.sampled_from(
            list("一二、（）()1.23%年月区局委\t\n |到达率指标序号目标值责任单位2025：；。“”X-—★ab<>td/")
        ),
        max_size=300,
    )
)
def test_reading_never_fails_on_any_text(text):
    try:
        plan = read_plan_file(text.encode(), "x.txt")
    except InputError as error:
        assert error.code == "plan-file.empty"  # noqa: PT017 (any other error fails)
    else:
        for each in (*plan.indicators, *plan.tasks, *plan.projects, *plan.targets):
            assert each.place.label


@settings(max_examples=40)
@given(
    st.integers(0, 10_000),
    st.binary(min_size=1, max_size=40),
    st.sampled_from(["txt", "docx", "html", "xlsx"]),
)
def test_a_file_with_damaged_bytes_is_read_or_refused_in_words(at, bytes_, ending):
    content = bytearray(_SMALL[ending])
    start = at % len(content)
    content[start : start + len(bytes_)] = bytes_
    try:
        read_plan_file(bytes(content), "x")
    except InputError as error:
        assert error.message.zh  # noqa: PT017 (any other error fails)


@settings(max_examples=15)
@given(st.integers(0, 50_000), st.binary(min_size=1, max_size=40))
def test_a_pdf_with_damaged_bytes_is_read_or_refused_in_words(at, bytes_):
    content = bytearray(_SMALL_PDF)
    start = at % len(content)
    content[start : start + len(bytes_)] = bytes_
    try:
        read_plan_file(bytes(content), "x")
    except InputError as error:
        assert error.message.zh  # noqa: PT017 (any other error fails)


_FEW = [ELEMENTS[0], ELEMENTS[1], *ELEMENTS[-4:]]
_SMALL = {ending: FORMATS[ending](_FEW) for ending in ("txt", "docx", "html", "xlsx")}
_SMALL_PDF = as_pdf(_FEW)
