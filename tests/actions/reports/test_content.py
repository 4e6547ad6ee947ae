"""A document comes back from its JSON as it was, and its canonical bytes are the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.actions.reports.conftest import make_field
from wufei.actions.reports.core.content import as_json, from_json
from wufei.actions.reports.core.document import Kind, Sentence
from wufei.actions.reports.core.drafting import text_of
from wufei.actions.reports.core.drafts import Frame, briefing, progress_assessment
from wufei.kernel.period import Period
from wufei.runtime.signing.core.canonical import as_json as canonical_json
from wufei.runtime.signing.core.canonical import digest_of


@pytest.mark.parametrize("kind", list(Kind))
def test_a_document_comes_back_as_it_was(document, kind):
    made = document(kind)
    again = from_json(canonical_json(as_json(made)))
    assert again == made
    assert digest_of(as_json(again)) == digest_of(as_json(made))


def test_one_changed_digit_changes_the_digest(document):
    made = document()
    other = replace(made, figures=(make_field("96.0887", previous="93.2"), *made.figures[1:]))
    assert digest_of(as_json(other)) != digest_of(as_json(made))


FRAME = Frame("示例区", Period.parse("2025Q3"), "区无废办", "示例方案")
FIGURES = (
    make_field("96.5", period="2025Q3"),
    make_field("93", period="2025Q3", key="F2", name="回收利用率"),
    make_field(None, period="2025Q3", key="F3", name="资源化率"),
    make_field(
        None,
        period="2025Q3",
        key="F5",
        name="协调机制",
        indicator="zero-waste-coordination-mechanism",
        unit="",
    ),
    make_field("50", period="2025Q3", key="F4", name="覆盖率", target="", base=""),
)


def test_the_briefing_counts_and_sorts_its_figures_and_follows_a_correction():
    made = briefing(FRAME, FIGURES)
    text = text_of(made)
    assert (
        "《示例方案》所列指标共5项。按目前可得数据，已达到目标1项，达到序时进度0项，晚于节点或未达到目标1项"
        in text
    )
    assert "暂无数据2项。" in text
    assert text.index("已达到目标的指标") < text.index("为96.5%") < text.index("晚于节点或未达到目标的指标")
    assert "达到序时进度的指标" not in text
    assert "资源化率、协调机制。" in text
    mended = replace(
        made, figures=(made.figures[0], make_field("97", period="2025Q3", key="F2"), *made.figures[2:])
    )
    assert "已达到目标2项" in text_of(mended)


def test_the_sections_of_the_tasks_join_at_the_end():
    from wufei.actions.reports.core.document import Paragraph, Section  # noqa: PLC0415 - one test

    made = briefing(FRAME, FIGURES, tasks=(Section("任务推进情况", (Paragraph((Sentence("F1"),)),)),))
    assert made.sections[-1].title == "任务推进情况"
    assert made.head.title == "示例区2025年第三季度“无废城市”建设进展情况"


def test_a_progress_assessment_has_the_same_findings_under_its_own_title():
    assert "进展评价" in progress_assessment(FRAME, FIGURES).head.title
