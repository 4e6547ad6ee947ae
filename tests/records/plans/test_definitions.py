"""Which definition an indicator of a plan is: the reason for a match, and proposals where there is none."""

from __future__ import annotations

from wufei.records.catalogue.core.indicators import load_indicators, match_indicator
from wufei.records.plans.core.definitions import likely_definitions, why_matched


def test_a_name_that_is_nearly_one_of_an_indicator_is_proposed_with_its_likeness():
    first = likely_definitions("生活垃圾回收利用比率")[0]
    assert first.id == match_indicator("生活垃圾回收利用率")
    assert "名称相近" in first.why.zh
    assert first.why.en


def test_of_names_alike_the_one_of_the_same_unit_comes_first():
    plain = likely_definitions("危险废物利用")
    for other in plain[1:]:
        unit = load_indicators()[other.id].unit
        if unit and unit != load_indicators()[plain[0].id].unit and plain[0].likeness - other.likeness < 5:
            assert likely_definitions("危险废物利用", frozenset({unit}))[0].id == other.id
    assert "单位相同" in likely_definitions("生活垃圾回收利用比率", frozenset({"%"}))[0].why.zh


def test_a_name_like_none_has_no_proposal():
    assert likely_definitions("党建") == ()


def test_the_reason_of_a_match_is_told():
    known = next(each for each in load_indicators().values() if each.aliases)
    assert why_matched(known.name.zh, known.id).zh == "与指标同名"
    assert "另一写法" in why_matched(known.aliases[0], known.id).zh
    assert why_matched("拆房料再生率", known.id).zh == "人工选定（这次或以前的方案）"
