"""The rule writes what an official would: up or down, reached or not, late or not, to the printed digits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.reports.conftest import FACTORIES, INTENSITY, make_field
from wufei.actions.reports.core.document import Listing, Part, Section, Sentence, Shown, Tally
from wufei.actions.reports.core.drafting import (
    part_text,
    plain,
    sentence_of,
    shown_sections,
    text_of,
    written,
)
from wufei.actions.reports.core.fields import corrected, printed, rounded
from wufei.kernel.errors import InputError
from wufei.measures.indicators.core.figures import Status


def said(field):
    return plain(sentence_of(field), (field,))


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (
            make_field("96.0886", previous="93.2"),
            "2024年综合利用率为96.09%（测算值），较2023年（93.2%）上升2.89个百分点，已达到2025年目标（95%）。",
        ),
        (
            make_field("91.99", previous="93.2"),
            (
                "2024年综合利用率为91.99%（测算值），较2023年（93.2%）下降1.21个百分点，"
                "未达到2025年目标（95%），相差3.01个百分点，晚于节点（按序时本期应为94%）。"
            ),
        ),
        (
            make_field("94.5", previous="94.5"),
            "2024年综合利用率为94.5%（测算值），与2023年持平，尚未达到2025年目标（95%），达到序时进度。",
        ),
        (
            make_field("94.2", period="2025"),
            "2025年综合利用率为94.2%（测算值），未达到2025年目标（95%），相差0.8个百分点。",
        ),
        (
            make_field("94.2", period="2026", basis="reported"),
            "2026年综合利用率为94.2%（上报值），未达到2025年目标（95%），相差0.8个百分点，已晚于目标年度。",
        ),
        (
            make_field(
                "7", previous="5", indicator=FACTORIES, unit="家", base="0", target="12", period="2025"
            ),
            "2025年综合利用率为7家（测算值），较2023年（5家）增加2家，未达到2025年目标（12家），相差5家。",
        ),
        (
            make_field(
                "0.0123444",
                previous="0.0133",
                indicator=INTENSITY,
                unit="t/万元",
                base="0.015",
                target="0.012",
            ),
            (
                "2024年综合利用率为0.0123吨/万元（测算值），较2023年（0.0133吨/万元）下降7.5%，"
                "尚未达到2025年目标（0.012吨/万元），达到序时进度。"
            ),
        ),
        (
            make_field("91.99", target="应利用尽利用"),
            "2024年综合利用率为91.99%（测算值）；2025年目标（应利用尽利用）为文字表述，不作数值比较。",
        ),
        (make_field("91.99", target="", base=""), "2024年综合利用率为91.99%（测算值）。"),
        (make_field(None), "2024年综合利用率暂无数据。"),
        (
            make_field(None, text="已建立制度", basis="reported"),
            "2024年综合利用率：已建立制度（上报值）。",
        ),
        (
            make_field("90.1", period="2024Q3", target="不低于90%"),
            "2024年第三季度综合利用率为90.1%（测算值），已达到2025年目标（不低于90%）。",
        ),
    ],
)
def test_a_figure_becomes_the_sentence_an_official_would_write(field, expected):
    assert said(field) == expected


def test_what_a_department_corrects_is_judged_and_written_anew_by_the_same_rule():
    late = make_field("91.99", previous="93.2")
    mended = corrected(late, Decimal("95.4"))
    assert mended.status is Status.MET
    assert said(mended) == (
        "2024年综合利用率为95.4%（部门更正值），较2023年（93.2%）上升2.2个百分点，已达到2025年目标（95%）。"
    )
    assert mended.original == "91.99%"
    assert corrected(mended, Decimal(96)).original == "91.99%"


def test_a_value_just_short_of_its_target_is_not_printed_as_the_target():
    field = make_field("94.99996")
    assert printed(field, field.value) == "94.99996%"


def test_digits_that_were_reported_stay():
    assert printed(make_field("94.123", basis="reported"), Decimal("94.123")) == "94.123%"


@given(
    st.decimals(0, 100, places=6),
    st.decimals(0, 100, places=6),
)
def test_the_printed_change_is_the_difference_of_the_printed_numbers(value, before):
    field = make_field(str(value), previous=str(before))
    shown = part_text(field, Part.CHANGE).removesuffix("个百分点")
    difference = abs(rounded(field, field.value) - rounded(field, field.previous.value))
    assert Decimal(shown) == difference
    words = said(field)
    assert ("持平" in words) == (difference == 0)


@given(st.decimals(0, 100, places=9))
def test_the_printed_number_stands_to_the_target_as_the_exact_one(value):
    field = make_field(str(value))
    assert field.judgement(rounded(field, field.value)).status is field.status


def test_counts_and_sentences_are_written_out_when_the_document_is():
    figures = (make_field("96"), make_field("80", key="F2"))
    marks = written(("达到", Tally(("met",)), "项，共", Tally(), "项。", Sentence("F2")), figures)
    assert plain(marks, figures).startswith("达到1项，共2项。2024年综合利用率为80%")
    assert Shown("F2") in marks


def test_a_text_that_names_a_figure_nobody_has_says_which():
    with pytest.raises(InputError) as caught:
        written((Shown("F9"),), ())
    assert caught.value.code == "report.no-figure"
    assert "F9" in caught.value.message.zh


def test_a_section_whose_list_is_empty_today_is_left_out_and_not_counted(document):
    made = document()
    statuses = {field.status.value for field in made.figures}
    assert "not-numeric" not in statuses
    some, none = Section("甲", (Listing(tuple(statuses)),)), Section("乙", (Listing(("not-numeric",)),))
    made = replace(made, sections=(none, some, made.sections[0]))
    assert [(number, each.title) for number, each in shown_sections(made)] == [(1, "甲"), (2, "总体情况")]
    assert "乙" not in text_of(made)
