"""The indicator names, and how a plan's own wording finds them."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.units import parse_unit
from wufei.records.catalogue.core import indicators
from wufei.records.catalogue.core.indicators import Direction, IndicatorKind, load_indicators, match_indicator
from wufei.records.catalogue.core.metrics import load_metrics

NAMES = load_indicators()


def lines_of(plan: str) -> Counter[str]:
    """Count how often each line number of a plan is claimed by an indicator."""
    codes = [code for name in NAMES.values() for code in name.official_code.split()]
    return Counter(code.removeprefix(f"{plan}#") for code in codes if code.startswith(f"{plan}#"))


@pytest.mark.parametrize(("plan", "lines"), [("miyun-2022", 57), ("bda-2020", 37), ("bda-2020-own", 6)])
def test_every_line_of_a_plan_belongs_to_exactly_one_indicator(plan, lines):
    assert lines_of(plan) == Counter(str(number) for number in range(1, lines + 1))


def test_every_indicator_has_the_four_official_parts_in_both_languages():
    for name in NAMES.values():
        for part in (name.name, name.meaning, name.calculation, name.trend, name.department, name.source):
            assert part.zh, name.id
            assert part.en, name.id


def test_texts_have_no_unit_and_numbers_have_a_known_one():
    for name in NAMES.values():
        assert (name.unit == "") == (name.kind is IndicatorKind.TEXT), name.id
        parse_unit(name.unit)


def test_directions_follow_from_the_meaning():
    assert NAMES["general-industrial-waste-utilisation-rate"].direction is Direction.UP
    assert NAMES["household-waste-landfilled"].direction is Direction.DOWN
    assert NAMES["criminal-cases"].direction is Direction.NONE


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("一般工业固体废物综合利用率", "general-industrial-waste-utilisation-rate"),
        (" 一般工业固体废物\n综合利用率★", "general-industrial-waste-utilisation-rate"),
        ("主要医疗卫生机构可回收物回收率a", "major-hospitals-recyclables-recovery-rate"),
        ("工业危险废物填埋处置量下降幅度 b", "industrial-hazardous-waste-landfill-decrease"),
        ("开展「无废城市细胞」建设的单位数量", "zero-waste-cells"),
        ('开展"无废城市细胞"建设的单位数量', "zero-waste-cells"),
        ("碳中和(低碳)示范小区数量", "carbon-neutral-estates"),
        ("绿色食品,有机农产品产量占比", "green-organic-produce-share"),
        ("“无废城市”建设地方性法规或政策性文件制定", "zero-waste-regulations"),
        ("17．一般工业固体废物综合利用率", "general-industrial-waste-utilisation-rate"),
        ("Residents", None),
        ("工业固体废物综合利用率", None),
        ("", None),
    ],
)
def test_a_plans_wording_finds_its_indicator_and_nothing_by_mere_likeness(wording, expected):
    assert match_indicator(wording) == expected


def test_shorter_and_longer_names_are_not_confused():
    assert match_indicator("工业固体废物产生强度") == "industrial-waste-intensity"
    assert match_indicator("一般工业固体废物产生强度") == "general-industrial-waste-intensity"
    assert match_indicator("医疗卫生机构可回收物资源回收率") == "hospitals-recyclables-recovery-rate"


def full_width(text: str) -> str:
    """Write ASCII letters, digits and signs in their full-width form."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


@given(
    st.sampled_from(sorted(NAMES)),
    st.lists(st.sampled_from(["“", "”", " ", "\n", "\u3000", "★", "'"]), max_size=6),
    st.data(),
)
def test_quotes_spaces_stars_and_full_width_never_hide_a_name(indicator, noise, data):
    wording = full_width(NAMES[indicator].name.zh)
    for sign in noise:
        place = data.draw(st.integers(0, len(wording)))
        wording = wording[:place] + sign + wording[place:]
    assert match_indicator(wording) == indicator


def test_metrics_are_distinct_from_indicators_so_that_reported_values_cannot_be_taken_for_quantities():
    assert not set(load_metrics()) & set(NAMES)


def test_every_metric_has_both_names_and_a_known_unit():
    for metric in load_metrics().values():
        assert metric.name.zh, metric.id
        assert metric.name.en, metric.id
        assert parse_unit(metric.unit).dims, metric.id


def test_a_department_nobody_uses_or_knows_would_show():
    folder = Path(indicators.__file__).parent.parent / "data"
    with (folder / "indicator-departments.csv").open(encoding="utf-8") as file:
        known = {row["name_zh"] for row in csv.DictReader(file)}
    used = {part for name in NAMES.values() for part in name.department.zh.split("、")}
    assert used == known
