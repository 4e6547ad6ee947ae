"""What documents write is what we read."""

from decimal import Decimal
from fractions import Fraction

import pytest

from wufei.kernel.errors import InputError
from wufei.kernel.units import half_width, parse_number, parse_quantity, parse_unit

# Base sizes written out by hand: g, m3, 元, m2, 人, day, J.
SIZES = [
    ("g", 1, {"mass": 1}),
    ("克", 1, {"mass": 1}),
    ("kg", 1_000, {"mass": 1}),
    ("千克", 1_000, {"mass": 1}),
    ("公斤", 1_000, {"mass": 1}),
    ("t", 10**6, {"mass": 1}),
    ("吨", 10**6, {"mass": 1}),
    ("万吨", 10**10, {"mass": 1}),
    ("亿吨", 10**14, {"mass": 1}),
    ("m3", 1, {"volume": 1}),
    ("m³", 1, {"volume": 1}),
    ("立方米", 1, {"volume": 1}),
    ("万立方米", 10**4, {"volume": 1}),
    ("平方米", 1, {"area": 1}),
    ("万平方米", 10**4, {"area": 1}),
    ("公顷", 10**4, {"area": 1}),
    ("km2", 10**6, {"area": 1}),
    ("平方公里", 10**6, {"area": 1}),
    ("亩", Fraction(10_000, 15), {"area": 1}),
    ("万亩", Fraction(10_000 * 10_000, 15), {"area": 1}),
    ("元", 1, {"money": 1}),
    ("万元", 10**4, {"money": 1}),
    ("亿元", 10**8, {"money": 1}),
    ("人", 1, {"person": 1}),
    ("万人", 10**4, {"person": 1}),
    ("个", 1, {"count": 1}),
    ("家", 1, {"count": 1}),
    ("台", 1, {"count": 1}),
    ("种", 1, {"count": 1}),
    ("项", 1, {"count": 1}),
    ("件", 1, {"count": 1}),
    ("万个", 10**4, {"count": 1}),
    ("万", 10**4, {}),
    ("个/万人", Fraction(1, 10**4), {"count": 1, "person": -1}),
    ("%", Fraction(1, 100), {}),
    ("％", Fraction(1, 100), {}),
    ("", 1, {}),
    ("t/万元", 100, {"mass": 1, "money": -1}),
    ("吨/万元", 100, {"mass": 1, "money": -1}),
    ("吨／万元", 100, {"mass": 1, "money": -1}),
    ("kg/亩", Fraction(3, 2), {"mass": 1, "area": -1}),
    ("千克/台", 1_000, {"mass": 1, "count": -1}),
    ("千克每人每日", 1_000, {"mass": 1, "person": -1, "time": -1}),
    ("千克/人·日", 1_000, {"mass": 1, "person": -1, "time": -1}),
    ("千克/人/日", 1_000, {"mass": 1, "person": -1, "time": -1}),
    ("kg/(人·d)", 1_000, {"mass": 1, "person": -1, "time": -1}),
    ("kg/（人·d）", 1_000, {"mass": 1, "person": -1, "time": -1}),
    ("次/年", Fraction(1, 365), {"count": 1, "time": -1}),
    ("mg/m3", Fraction(1, 1_000), {"mass": 1, "volume": -1}),
    ("元/吨", Fraction(1, 10**6), {"money": 1, "mass": -1}),
    ("kWh/t", Fraction(36, 10), {"energy": 1, "mass": -1}),
    ("t/t", 1, {}),
]


@pytest.mark.parametrize(("text", "size", "dims"), SIZES)
def test_a_unit_has_the_size_and_dimensions_worked_out_by_hand(
    text: str, size: int | Fraction, dims: dict[str, int]
) -> None:
    unit = parse_unit(text)
    assert unit.factor == size
    assert dict(unit.dims) == dims


@pytest.mark.parametrize(
    ("spellings", "symbol"),
    [
        (("吨", "t", "公吨", "ｔ", " 吨 "), "t"),
        (("千克", "公斤", "kg", "KG", "ｋｇ", "㎏"), "kg"),
        (("吨/万元", "t/万元", "吨每万元", "ｔ／万元"), "t/万元"),
        (("千克每人每日", "千克/人·日", "kg/(人·d)", "kg/人·天", "公斤/人/日"), "kg/(人·d)"),
        (("万m3", "万立方米", "万m³", "万㎥"), "万立方米"),
        (("％", "%"), "%"),
    ],
)
def test_spellings_of_one_unit_are_equal(spellings: tuple[str, ...], symbol: str) -> None:
    assert {parse_unit(text) for text in spellings} == {parse_unit(symbol)}
    assert parse_unit(symbol).symbol == symbol


@pytest.mark.parametrize(
    ("text", "value", "unit", "approximate"),
    [
        ("17.97万吨", "17.97", "万吨", False),
        ("约23.35万吨", "23.35", "万吨", True),
        ("16万人左右", "16", "万人", True),
        ("32万余个", "32", "万个", True),
        ("0.500kg/亩", "0.500", "kg/亩", False),
        ("１２．５％", "12.5", "%", False),
        ("9,133吨", "9133", "t", False),
        ("９，１３３　吨", "9133", "t", False),
        ("30亿元", "30", "亿元", False),
        ("−3.5%", "-3.5", "%", False),
        ("7", "7", "", False),
        ("18.1 千克/台", "18.1", "kg/台", False),
        ("1.2E+05 t", "120000", "t", False),
    ],
)
def test_a_quantity_keeps_number_unit_and_whether_it_is_approximate(
    text: str, value: str, unit: str, approximate: bool
) -> None:
    quantity = parse_quantity(text)
    assert quantity.value == Decimal(value)
    assert quantity.unit == parse_unit(unit)
    assert quantity.approximate is approximate
    assert quantity.text == text


def test_a_number_keeps_its_trailing_zeros() -> None:
    assert str(parse_number("0.500")) == "0.500"


def test_a_circled_number_is_not_a_digit() -> None:
    assert half_width("①５") == "①5"
    with pytest.raises(InputError) as caught:
        parse_quantity("①5吨")
    assert caught.value.code == "quantity.malformed"


@pytest.mark.parametrize(
    "text", ["", "abc", "1,23", "12,34.5", "1.2.3", "--1", "nan", "1e999", "9" * 60, "½"]
)
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_number(text)
    assert caught.value.code == "number.malformed"


@pytest.mark.parametrize("text", ["担", "t/担", "吨/", "/亩", "吨//人", "Mg", "万%", "t/(万元/a)", "吨" * 80])
def test_an_unknown_unit_is_refused_with_value_rule_and_fix(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_unit(text)
    error = caught.value
    assert (error.code, error.field, error.value) == ("unit.unknown", "unit", text)
    assert "不是已知单位" in error.message.zh
    assert "请用" in error.message.zh
    assert "is not a known unit; use" in error.message.en


def test_a_misspelt_unit_is_answered_with_its_neighbours() -> None:
    with pytest.raises(InputError) as caught:
        parse_unit("平方m")
    assert "平方米" in caught.value.message.zh
