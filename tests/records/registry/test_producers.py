"""Management classes and industry codes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.records.registry.core.producers import ManagementClass, management_class, parse_industry_code


@pytest.mark.parametrize(
    ("tonnes", "expected"),
    [
        ("0", "registered"),
        ("9.999999", "registered"),
        ("10", "simplified"),
        ("99.999999", "simplified"),
        ("100", "key"),
        ("50300", "key"),
    ],
)
def test_ten_and_a_hundred_tonnes_part_the_classes(tonnes, expected):
    assert management_class(Decimal(tonnes)) == expected


@given(first=st.decimals(0, 10**6, places=3), second=st.decimals(0, 10**6, places=3))
def test_more_waste_never_means_a_looser_class(first, second):
    strictness = [ManagementClass.REGISTERED, ManagementClass.SIMPLIFIED, ManagementClass.KEY]
    low, high = sorted((first, second))
    assert strictness.index(management_class(low)) <= strictness.index(management_class(high))


def test_classes_are_named_as_the_standard_does():
    assert [kind.label.zh for kind in ManagementClass] == ["重点监管", "简化管理", "登记管理"]


@pytest.mark.parametrize(("written", "code"), [(" c3612", "C3612"), ("36", "36"), ("772", "772")])
def test_an_industry_code_is_read_with_or_without_its_section(written, code):
    assert parse_industry_code(written) == code


@pytest.mark.parametrize("written", ["", "U10", "C", "36125", "汽车"])
def test_another_form_of_industry_code_is_refused_with_an_example(written):
    with pytest.raises(InputError, match="C3612"):
        parse_industry_code(written)
