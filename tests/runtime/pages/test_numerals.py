"""Numbers as pages print them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.runtime.pages.core.numerals import (
    exact_mass,
    mass_parts,
    percent_text,
    quantity_parts,
    sensible,
)


@given(st.decimals(min_value="-1e12", max_value="1e12", places=8))
def test_sensible_digits_stay_within_half_a_unit_of_the_fourth_digit(value):
    shown = sensible(value)
    # Half a unit of the fourth significant digit, or half of one where whole numbers keep all their digits.
    bound = Decimal(1).scaleb(value.adjusted() - 3) / 2 if value else Decimal(0)
    assert abs(shown - value) <= min(max(bound, Decimal(0)), Decimal("0.5")) or abs(shown - value) <= bound


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_whole_numbers_keep_all_their_digits(number):
    assert sensible(Decimal(number)) == number


@pytest.mark.parametrize(
    ("grams", "language", "shown"),
    [
        (233_500_000_000, "zh-hans", ("23.35", "万吨")),
        (9_133_000_000, "zh-hans", ("9133", "吨")),
        (9_999_999_999, "zh-hans", ("10,000", "吨")),
        (12_500, "zh-hans", ("12.5", "千克")),
        (999, "zh-hans", ("999", "克")),
        (0, "zh-hans", ("0", "吨")),
        (-2_000_000, "zh-hans", ("-2", "吨")),
        (233_500_000_000, "en", ("233,500", "t")),
        (12_500, "en", ("12.5", "kg")),
    ],
)
def test_a_mass_is_printed_in_the_unit_a_reader_would_choose(grams, language, shown):
    assert mass_parts(grams, language) == shown


@pytest.mark.parametrize(
    ("value", "unit", "language", "shown"),
    [
        ("96.0886", "%", "zh-hans", ("96.09", "%")),
        ("0.0233477", "t/万元", "zh-hans", ("0.02335", "吨/万元")),
        ("1.25", "kg/(人·d)", "zh-hans", ("1.25", "千克/(人·日)")),
        ("10001000", "万元", "zh-hans", ("1000.1", "亿元")),
        ("9999", "万元", "zh-hans", ("9999", "万元")),
        ("10001000", "万元", "en", ("100,010,000,000", "CNY")),
        ("0.0233477", "t/万元", "en", ("0.02335", "t/10,000 CNY")),
        ("17.97", "万t", "zh-hans", ("17.97", "万吨")),
        ("160000", "人", "zh-hans", ("160,000", "人")),
    ],
)
def test_a_quantity_splits_into_number_and_unit(value, unit, language, shown):
    assert quantity_parts(Decimal(value), unit, language) == shown


def test_a_ledger_row_shows_every_gram():
    assert exact_mass(224_367_000_001, "zh-hans") == "224,367.000001 吨"
    assert exact_mass(-18_105, "en") == "-0.018105 t"


@pytest.mark.parametrize(
    ("share", "shown"), [(0.9609, "96.1%"), (1, "100%"), (0, "0%"), (0.000574, "0.057%"), (0.004, "0.4%")]
)
def test_small_shares_keep_two_digits_instead_of_becoming_zero(share, shown):
    assert percent_text(share) == shown
