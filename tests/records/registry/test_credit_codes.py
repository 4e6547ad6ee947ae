"""Unified social credit codes: form, check character, and what the check detects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Severity
from wufei.records.registry.core.uscc import (
    ALPHABET,
    check_character,
    check_uscc,
    normal_uscc,
    parse_uscc,
)

# GB 32100-2015 prints these weights; 3**(i-1) mod 31 is our way to them.
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

bodies = st.text(st.sampled_from(ALPHABET), min_size=17, max_size=17)


def test_the_alphabet_has_31_signs_and_none_that_are_taken_for_another():
    assert len(ALPHABET) == 31
    assert not set("IOSVZ") & set(ALPHABET)
    assert sorted(ALPHABET) == list(ALPHABET)


@given(bodies)
def test_the_check_character_completes_the_weighted_sum_to_a_multiple_of_31(body):
    values = [ALPHABET.index(sign) for sign in body]
    total = sum(value * weight for value, weight in zip(values, WEIGHTS, strict=True))
    assert (total + ALPHABET.index(check_character(body))) % 31 == 0


# Codes of registered firms as other projects and documents print them.
@pytest.mark.parametrize(
    "code",
    [
        "91110000600037341L",
        "91310115591693856A",
        "911302307808371268",
        "91440300708461136T",
        "92371000MA3MXH0E3W",
    ],
)
def test_codes_of_real_firms_pass(code):
    assert check_uscc(code) == ()
    assert parse_uscc(code) == code


def test_an_early_pilot_code_warns_and_is_kept():
    (finding,) = check_uscc("91350211M00013FA1N", "名录第 3 行")
    assert (finding.code, finding.severity, finding.where) == (
        "registry.uscc-check",
        Severity.WARNING,
        "名录第 3 行",
    )
    assert "试点" in finding.fix.zh
    assert parse_uscc("91350211M00013FA1N") == "91350211M00013FA1N"


@pytest.mark.parametrize(
    "code", ["12345", "", "91110000600037341L0", "91110000600037341O", "9111000060003734!L"]
)
def test_a_code_of_wrong_length_or_alphabet_is_refused(code):
    (finding,) = check_uscc(code)
    assert finding.severity is Severity.ERROR
    with pytest.raises(InputError, match="GB 32100-2015"):
        parse_uscc(code)


@given(body=bodies, place=st.integers(0, 17), shift=st.integers(1, 30))
def test_any_one_changed_character_is_detected(body, place, shift):
    code = list(body + check_character(body))
    code[place] = ALPHABET[(ALPHABET.index(code[place]) + shift) % 31]
    assert [finding.code for finding in check_uscc("".join(code))] == ["registry.uscc-check"]


@given(body=bodies, place=st.integers(0, 15))
def test_two_neighbours_changed_over_are_detected(body, place):
    code = list(body + check_character(body))
    code[place], code[place + 1] = code[place + 1], code[place]
    swapped = "".join(code)
    assert bool(check_uscc(swapped)) == (body[place] != body[place + 1])


@given(bodies)
def test_full_width_lower_case_and_blanks_mean_the_same_code(body):
    code = body + check_character(body)
    written = "".join(chr(ord(sign) + 0xFEE0) for sign in code.lower())
    assert normal_uscc(f" {written[:8]} {written[8:]}") == code
