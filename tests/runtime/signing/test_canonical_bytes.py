"""The bytes that are signed are those of RFC 8785, and nothing that has no such bytes is signed."""

import hashlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.runtime.signing.core.canonical import WHOLE_MAX, as_json, canonical, digest_of
from wufei.runtime.signing.core.places import (
    MISSING,
    differences,
    leaves,
    parts_of,
    pointer_of,
    value_at,
    with_values,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers(-WHOLE_MAX, WHOLE_MAX) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def test_strings_are_escaped_as_in_the_example_of_the_rfc():
    # RFC 8785, 3.2.2, member "string", with the octets of 3.2.4.
    value = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"}
    expected = bytes.fromhex(
        "7b22737472696e67223a22e282ac245c75303030665c6e412742"  # {"string":"€$\u000f\nA'B
        "5c225c5c5c5c5c222f227d"  # \"\\\\\"/"}
    )
    assert canonical(value) == expected


def test_literals_are_written_as_in_the_example_of_the_rfc():
    assert canonical({"literals": [None, True, False]}) == b'{"literals":[null,true,false]}'


def test_members_are_sorted_by_utf16_code_units_as_in_the_example_of_the_rfc():
    # RFC 8785, 3.2.3: the order of the values in the sorted result.
    given_members = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical(given_members)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_a_decimal_is_written_as_text_with_all_its_digits():
    assert canonical({"m": Decimal("1.50"), "n": Decimal("1E+3")}) == b'{"m":"1.50","n":"1000"}'


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        Decimal("NaN"),
        Decimal("Infinity"),
        "\ud800",
        {1: 2},
        {2},
        WHOLE_MAX + 1,
        b"x",
    ],
    ids=repr,
)
def test_what_has_no_canonical_bytes_is_refused_with_its_place(value):
    with pytest.raises(InputError) as refused:
        canonical({"deep": [0, value]})
    assert refused.value.code == "signing.not-canonical"
    assert refused.value.field == "/deep/1"


@given(VALUES)
def test_canonical_bytes_read_back_as_the_same_values_and_do_not_depend_on_order(value):
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written
    assert digest_of(value) == hashlib.sha256(written).hexdigest()
    if isinstance(value, dict):
        assert canonical(dict(reversed(value.items()))) == written


@given(VALUES)
def test_every_leaf_is_found_again_at_its_pointer(value):
    for pointer, leaf in leaves(value):
        assert value_at(value, pointer) == leaf
        assert pointer == pointer_of(*parts_of(pointer))


@given(VALUES, st.data())
def test_a_changed_leaf_is_the_only_difference(value, data):
    places = [pointer for pointer, _ in leaves(value)]
    pointer = data.draw(st.sampled_from(places))
    changed = with_values(value, {pointer: "a text that stands nowhere else \U0001f600"})
    assert [each.pointer for each in differences(value, changed)] == [pointer]


@pytest.mark.parametrize(
    ("pointer", "expected"),
    # RFC 6901, 5.
    [
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/m~0n", 8),
        ("/foo/01", MISSING),
        ("/foo/2", MISSING),
    ],
)
def test_pointers_are_read_as_in_the_examples_of_rfc_6901(pointer, expected):
    document = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "m~n": 8}
    assert value_at(document, pointer) == expected


def test_yes_is_not_one_and_a_place_that_went_is_told():
    found = differences({"a": True, "b": 1}, as_json({"a": 1, "c": 1}))
    assert [(each.pointer, each.before, each.after) for each in found] == [
        ("/a", True, 1),
        ("/b", 1, MISSING),
        ("/c", MISSING, 1),
    ]
