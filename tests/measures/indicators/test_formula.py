"""Formulas: grammar, dimensions, exact values, propagated uncertainty."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.kernel.units import parse_unit
from wufei.measures.indicators.core.formula import (
    DivisionByZeroError,
    Measured,
    denominators_in,
    dims_text,
    evaluate,
    formula_dims,
    formula_text,
    names_in,
    parse_formula,
)


def value_of(text: str, **values: int) -> Fraction:
    found = evaluate(parse_formula(text), {name: Measured(value) for name, value in values.items()})
    return Fraction(found.over, found.under)


def test_products_bind_tighter_than_sums_and_equal_signs_from_the_left():
    assert value_of("1 + 2 * 3") == 7
    assert value_of("8 - 4 - 2") == 2
    assert value_of("16 / 4 / 2") == 2
    assert value_of("(1 + 2) * 3") == 9
    assert value_of("100 * used / (generated + earlier)", used=1, generated=2, earlier=1) == Fraction(100, 3)


def test_a_decimal_number_is_exact():
    assert value_of("0.1 * a", a=3) == Fraction(3, 10)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "a b",
        "(a",
        "a)",
        "a ** b",
        "__import__('os')",
        "a.b",
        "1,5 * a",
        "-a",
        "A",
        "a % b",
        "a\\n;b",
    ],
)
def test_what_is_no_arithmetic_is_refused_with_its_place(text):
    with pytest.raises(InputError) as refused:
        parse_formula(text)
    assert refused.value.code == "formula.malformed"
    assert refused.value.message.en


def test_brackets_without_end_are_refused_instead_of_exhausting_the_stack():
    with pytest.raises(InputError, match="malformed"):
        parse_formula("(" * 5000 + "a" + ")" * 5000)


def test_a_name_may_occur_once_because_uncertainties_would_come_out_wrong():
    with pytest.raises(InputError, match="repeated-name"):
        parse_formula("100 * (base - now) / base")


def test_a_zero_below_the_line_is_an_error_of_its_own():
    with pytest.raises(DivisionByZeroError):
        value_of("a / (b - 2)", a=1, b=2)


def test_names_are_told_from_left_to_right_and_denominators_apart():
    node = parse_formula("generated / (population * days) + 2 * extra")
    assert list(names_in(node)) == ["generated", "population", "days", "extra"]
    assert set(denominators_in(node)) == {"population", "days"}


def test_dimensions_follow_the_arithmetic_and_unlike_quantities_are_not_added():
    units = {"mass": parse_unit("t"), "money": parse_unit("万元"), "people": parse_unit("人")}
    assert formula_dims(parse_formula("mass / money"), units) == parse_unit("t/万元").dims
    assert dims_text(formula_dims(parse_formula("mass / (people * money)"), units)) == "mass/money·person"
    with pytest.raises(InputError, match="unlike"):
        formula_dims(parse_formula("mass + money"), units)


NAMES = st.sampled_from([f"n{number}" for number in range(6)])


@st.composite
def trees(draw, names=None):
    """Draw a random formula as a tree in which each name occurs once."""
    left = list(names or draw(st.lists(NAMES, min_size=1, max_size=6, unique=True)))
    if len(left) == 1:
        return (
            ("name", left[0]) if draw(st.booleans()) else ("*", ("number", Fraction(3, 2)), ("name", left[0]))
        )
    cut = draw(st.integers(1, len(left) - 1))
    sign = draw(st.sampled_from(["+", "-", "*", "/"]))
    return (sign, draw(trees(left[:cut])), draw(trees(left[cut:])))


@given(trees())
def test_a_formula_written_and_read_again_is_the_same(tree):
    assert parse_formula(formula_text(tree)) == tree


@given(trees(), st.lists(st.integers(1, 10**15), min_size=6, max_size=6))
def test_values_equal_those_of_plain_fractions(tree, numbers):
    values = {f"n{place}": number for place, number in enumerate(numbers)}

    def plain(node):
        if node[0] == "name":
            return Fraction(values[node[1]])
        if node[0] == "number":
            return node[1]
        left, right = plain(node[1]), plain(node[2])
        return {"+": left.__add__, "-": left.__sub__, "*": left.__mul__, "/": left.__truediv__}[node[0]](
            right
        )

    try:
        expected = plain(tree)
    except ZeroDivisionError:
        with pytest.raises(DivisionByZeroError):
            evaluate(tree, {name: Measured(value) for name, value in values.items()})
        return
    found = evaluate(tree, {name: Measured(value) for name, value in values.items()})
    assert Fraction(found.over, found.under) == expected
    assert found.under > 0


def test_relative_uncertainties_add_in_quadrature_and_sums_weigh_theirs():
    quotient = evaluate(parse_formula("a / b"), {"a": Measured(5, 1, 30_000), "b": Measured(7, 1, 40_000)})
    assert quotient.ppm == 50_000
    total = evaluate(parse_formula("a + b"), {"a": Measured(300, 1, 10_000), "b": Measured(100, 1, 40_000)})
    # Standard uncertainties 3 and 4 make 5, of a total of 400.
    assert total.ppm == 12_500
    difference = evaluate(parse_formula("1 - a / b"), {"a": Measured(1), "b": Measured(2, 1, 100)})
    assert difference.ppm == 100
