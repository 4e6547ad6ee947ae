"""A cell of an indicator table is understood as a reader would."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.units import decimal_text, parse_unit
from wufei.records.plans.core.values import Op, PlanValue, parse_value

UNITS = ["%", "个", "家", "万吨", "t/万元", "kg/亩", "千克每人每日", "亿元", ""]
PHRASES = [
    ("不超过{}", Op.AT_MOST),
    ("{}以下", Op.AT_MOST),
    ("大于{}", Op.MORE_THAN),
    ("保持{}以上", Op.AT_LEAST),
    ("不少于{}", Op.AT_LEAST),
    ("稳定在{}", Op.EQUAL),
    ("低于{}", Op.LESS_THAN),
    ("不低于{}", Op.AT_LEAST),
    ("达到{}以上", Op.AT_LEAST),
    ("{}", Op.EQUAL),
]

numbers = st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(("phrase", "op"), PHRASES)
@given(number=numbers, unit=st.sampled_from(UNITS))
def test_any_number_in_any_phrasing_is_read_back(phrase: str, op: Op, number: Decimal, unit: str) -> None:
    text = phrase.format(decimal_text(number) + unit)
    assert parse_value(text) == PlanValue(text, op, number, None, parse_unit(unit).symbol)


@given(low=numbers, more=numbers, dash=st.sampled_from("-~～—至"), unit=st.sampled_from(UNITS))
def test_a_range_keeps_both_ends(low: Decimal, more: Decimal, dash: str, unit: str) -> None:
    text = f"{decimal_text(low)}{dash}{decimal_text(low + more)}{unit}"
    assert parse_value(text) == PlanValue(text, Op.RANGE, low, low + more, parse_unit(unit).symbol)


@given(st.text(max_size=40))
def test_no_text_is_too_strange_and_its_words_are_kept(text: str) -> None:
    assert parse_value(text).text == text.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "op", "value", "unit"),
    [
        ("不超过23万吨", "le", "23", "万吨"),
        ("0.500kg/亩\n以下", "le", "0.500", "kg/亩"),
        ("稳定在61.5kg/亩", "eq", "61.5", "kg/亩"),
        ("大于99%", "gt", "99", "%"),
        ("保持99%以上", "ge", "99", "%"),
        ("稳定保持在100%", "eq", "100", "%"),
        ("2家以上", "ge", "2", "家"),
        ("不少于20个", "ge", "20", "个"),
        ("20 个", "eq", "20", "个"),
        ("1.25 千克每人每日", "eq", "1.25", "kg/(人·d)"),
        ("0.030 吨/万元", "eq", "0.030", "t/万元"),
        ("控制在0.5万立方米以内", "le", "0.5", "万立方米"),
        ("≥９５％", "ge", "95", "%"),
        ("约50%左右", "eq", "50", "%"),
        ("30亿元", "eq", "30", "亿元"),
        ("9,133吨", "eq", "9133", "t"),
        ("0", "eq", "0", ""),
        ("12 m2", "eq", "12", "m2"),
        ("5担", "eq", "5", "担"),
    ],
)
def test_wordings_of_real_plans(text: str, op: str, value: str, unit: str) -> None:
    read = parse_value(text)
    assert (read.op, read.value, read.unit) == (op, Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"), [("1-2个", 1, 2, "个"), ("1-2", 1, 2, ""), ("90%～95%", 90, 95, "%")]
)
def test_ranges_of_real_plans(text: str, low: int, high: int, unit: str) -> None:
    read = parse_value(text)
    assert (read.op, read.value, read.high, read.unit) == ("range", low, high, unit)


@pytest.mark.parametrize(
    "text",
    [
        "应转移尽转移；应利用尽利用",
        "保持零填埋\n处置量",
        "期末汇总",
        "暂无",
        "2025年底前完成",
        "产生单位 95%; 经营单位 100%",
        "建立“无废城市”建设协调机制",
        "2-1个",
    ],
)
def test_words_stay_words(text: str) -> None:
    read = parse_value(text)
    assert (read.op, read.value, read.is_number) == ("text", None, False)


@pytest.mark.parametrize(
    ("text", "unit"), [("-", ""), ("—", ""), ("－", ""), ("/", ""), ("", ""), ("X%", "%"), ("××", "")]
)
def test_dashes_and_crosses_are_blanks(text: str, unit: str) -> None:
    read = parse_value(text)
    assert (read.op, read.value, read.unit) == ("blank", None, unit)


def test_an_unknown_unit_gives_no_number_to_compare() -> None:
    assert parse_value("5担").in_base_units() is None
    assert parse_value("5担").known_unit is None
