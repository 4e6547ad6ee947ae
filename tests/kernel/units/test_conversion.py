"""Units convert exactly, and only where they measure the same thing."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.kernel.units import Unit, format_quantity, grams_of, is_whole_grams, parse_quantity, parse_unit

SIMPLE = [
    *(
        "g",
        "kg",
        "t",
        "斤",
        "万吨",
        "亿吨",
        "m3",
        "万立方米",
        "L",
        "亩",
        "万亩",
        "公顷",
        "m2",
        "万平方米",
        "km2",
    ),
    *(
        "个",
        "家",
        "台",
        "种",
        "项",
        "件",
        "万人",
        "人",
        "元",
        "万元",
        "亿元",
        "%",
        "年",
        "d",
        "h",
        "kWh",
        "GJ",
    ),
]

values = st.decimals(
    min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=4, allow_nan=False, allow_infinity=False
)
symbols = st.one_of(
    st.sampled_from(SIMPLE),
    st.tuples(st.sampled_from(SIMPLE), st.sampled_from(SIMPLE)).map("/".join),
    st.lists(st.sampled_from(SIMPLE), min_size=3, max_size=3).map(lambda u: f"{u[0]}/({u[1]}·{u[2]})"),
)


@given(symbols)
def test_the_symbol_of_a_unit_reads_back_as_the_unit(symbol: str) -> None:
    unit = parse_unit(symbol)
    assert parse_unit(unit.symbol) == unit


@given(values, symbols)
def test_a_printed_quantity_reads_back_as_itself(value: Decimal, symbol: str) -> None:
    quantity = parse_quantity(format_quantity(value, symbol, "zh"))
    assert quantity.value == value
    assert quantity.unit == parse_unit(symbol)


@given(values, st.sampled_from(SIMPLE), st.sampled_from(SIMPLE))
def test_a_conversion_and_back_changes_nothing(value: Decimal, one: str, two: str) -> None:
    first, second = parse_unit(one), parse_unit(two)
    if not first.measures_like(second):
        with pytest.raises(InputError):
            first.to(second, value)
        return
    there = Fraction(value) * first.factor_to(second)
    assert there * second.factor_to(first) == Fraction(value)
    assert abs(Fraction(first.to(second, value)) - there) <= abs(there) / 10**26


@given(st.integers(min_value=0, max_value=10**20))
def test_whole_grams_survive_a_trip_through_tonnes(grams: int) -> None:
    tonnes = parse_unit("g").to(parse_unit("t"), Decimal(grams))
    assert grams_of(tonnes, "t") == grams
    assert is_whole_grams(tonnes, "t")


@pytest.mark.parametrize(
    ("value", "unit", "grams", "whole"),
    [
        ("23.35", "万吨", 233_500_000_000, True),
        ("9133", "吨", 9_133_000_000, True),
        ("0.0005", "kg", 0, False),
        ("0.0015", "kg", 2, False),
        ("0.0025", "kg", 2, False),
        ("12.5", "公斤", 12_500, True),
    ],
)
def test_grams_are_whole_and_halves_go_to_the_even_gram(
    value: str, unit: str, grams: int, whole: bool
) -> None:
    assert grams_of(Decimal(value), unit) == grams
    assert is_whole_grams(Decimal(value), parse_unit(unit)) is whole


@pytest.mark.parametrize("unit", ["m3", "个", "t/d", "%", ""])
def test_what_is_not_a_mass_has_no_grams(unit: str) -> None:
    with pytest.raises(InputError) as caught:
        grams_of(Decimal(1), unit)
    assert caught.value.code == "unit.not-mass"


def test_units_of_different_kinds_do_not_convert() -> None:
    with pytest.raises(InputError) as caught:
        parse_quantity("3 m3").to("t")
    assert caught.value.code == "unit.incompatible"
    assert isinstance(parse_unit("t"), Unit)


def test_a_third_is_given_to_twenty_eight_digits() -> None:
    assert str(parse_unit("m2").to(parse_unit("亩"), Decimal(2))) == "0.003"
    assert str(parse_unit("亩").to(parse_unit("m2"), Decimal(1))) == "666.6666666666666666666666667"


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        ("17.97", "万吨", "17.97万吨", "179,700 t"),
        ("0.0124", "t/万元", "0.0124 t/万元", "0.0124 t/10,000 CNY"),
        ("95", "%", "95%", "95%"),
        ("9133", "吨", "9133吨", "9,133 t"),
        ("20", "个", "20个", "20"),
        ("7", "", "7", "7"),
        ("3", "万", "3万", "30,000"),
        ("2", "个/万人", "2 个/万人", "2/10,000 person"),
        ("0.500", "kg/亩", "0.500 kg/亩", "0.500 kg/mu"),
        ("1.25", "千克每人每日", "1.25 kg/(人·d)", "1.25 kg/(person·day)"),
        ("16", "万人", "16万人", "160,000 persons"),
        ("18.1", "千克/台", "18.1 kg/台", "18.1 kg/unit"),
        ("30", "亿元", "30亿元", "3,000,000,000 CNY"),
    ],
)
def test_quantities_print_as_documents_write_them(value: str, unit: str, zh: str, en: str) -> None:
    assert format_quantity(Decimal(value), unit, "zh") == zh
    assert format_quantity(Decimal(value), unit, "en") == en
