"""A scheme is read from YAML; every defect is told with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.assessment.invented import SCHEME
from wufei.actions.assessment.core.reading import TEXT_MAX, read_scheme
from wufei.actions.assessment.queries.schemes import packaged_schemes

LINES = SCHEME.splitlines()


def line_of(words: str) -> int:
    return next(number for number, line in enumerate(LINES, start=1) if words in line)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{indicators: 40, tasks: 40, reports: 12", "{indicators: 41, tasks: 40, reports: 12", "合计 101"),
        ("kind: reports", "kind: report", "应为 indicators、tasks、reports、answers 之一"),
        ("behind: 0.4", "behind: 1.4", "0 至 1"),
        (", behind: 0.4", "", "每种任务状态"),
        ("words: [街道]", "words: []", "有且只有一组"),
        ("appeal_days: 7", "appeal_days: 七", "1 至 60"),
        ("valid: {from: 2024, to: 2027}", "valid: {from: 2024, to: 2023}", "早于起始"),
        ("cap: 5", "cap: 5.001", "两位小数"),
        ("ranking_shown: true", "ranking_shown: perhaps", "true 或 false"),
        ("late_share: 0.5", "lateshare: 0.5", "不认识“lateshare”"),
        ("id: award", "id: model", "重复"),
        ("id: test", "id: 试验", "小写字母"),
        ("title: {zh: 试验办法, en: Test scheme}", "title: ''", "缺少名称"),
        ("tasks: 60", "jobs: 60", "没有名为“jobs”的部分"),
        ("binding_weight: 2", "binding_weight: 0", "大于 0"),
    ],
)
def test_a_defect_is_told_with_its_line(old, new, said):
    assert old in SCHEME
    found, findings = read_scheme(SCHEME.replace(old, new, 1))
    assert found is None
    told = [each for each in findings if said in each.message.zh]
    assert told, [each.message.zh for each in findings]
    assert told[0].message.en
    assert told[0].fix.zh
    # A list or mapping that is empty or short is told where it begins.
    assert told[0].where.startswith("scheme.yaml:")
    if old not in (", behind: 0.4", "words: [街道]", "id: award"):
        assert told[0].where.startswith(f"scheme.yaml:{line_of(old)}#")


def test_all_defects_are_told_at_once():
    broken = SCHEME.replace("cap: 5", "cap: x").replace("appeal_days: 7", "appeal_days: 0")
    assert len(read_scheme(broken)[1]) == 2


@pytest.mark.parametrize(
    "text", ["", "[]", "a: [", "x" * (TEXT_MAX + 1), "- 1\n- 2", "{? [a]: b}", "a: &x [*x]"]
)
def test_what_is_no_scheme_is_refused_with_a_word(text):
    found, findings = read_scheme(text)
    assert found is None
    assert findings


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_word(text):
    found, findings = read_scheme(text)
    assert (found is None) == bool(findings)


def test_the_schemes_that_come_along_are_in_order_and_say_that_they_are_examples():
    rows = packaged_schemes()
    assert [row.key for row in rows] == ["departments", "differentiated"]
    assert {row.scheme.status for row in rows} == {"to-be-confirmed"}
    assert len(rows[1].scheme.groups) == 3
    assert rows[1].scheme.group_of(("某街道办事处",)).id == "territory"
