"""Texts, errors, findings, region codes and uncertainty."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import AccessError, InputError, NotFoundError, WufeiError
from wufei.kernel.findings import Finding, Severity, has_error
from wufei.kernel.region_code import RegionCode
from wufei.kernel.remarks import remark
from wufei.kernel.text import Text
from wufei.kernel.uncertainty import quotient_ppm, relative_ppm, variance_g2


def test_a_missing_english_wording_falls_back_to_chinese():
    assert Text("联单").in_language("en") == "联单"
    assert Text("联单", "manifest").in_language("en-gb") == "manifest"
    assert Text("联单", "manifest").in_language("zh-hans") == "联单"


def test_a_name_is_read_as_plain_text_or_as_a_mapping():
    assert Text.parse("台账") == Text("台账")
    assert Text.parse({"zh": "台账", "en": "ledger"}) == Text("台账", "ledger")
    assert not Text("")


def test_every_error_is_a_wufei_error_that_carries_code_and_message():
    error = InputError("mass.zero", "row 3", "0", Text("质量为 0", "mass is 0"))
    assert isinstance(error, WufeiError)
    assert (error.field, error.value) == ("row 3", "0")
    assert "mass is 0" in str(error)
    assert NotFoundError("region", "X").message.zh.startswith("找不到")
    assert "ledger.post" in AccessError("ledger.post").message.en


def test_findings_sort_by_gravity_and_speak_the_asked_language():
    finding = Finding("a.b", Severity.WARNING, "第2行", Text("太大", "too large"), value="9")
    assert finding.as_json("en")["message"] == "too large"
    assert finding.as_json()["severity"] == "warning"
    assert [severity.rank for severity in Severity] == [0, 1, 2, 3]
    assert not has_error([finding])
    assert has_error([finding, Finding("a.c", Severity.ERROR, "第3行", Text("错"))])
    assert {severity.label.zh for severity in Severity} == {"必须修改", "核对提示", "需说明", "说明"}


@pytest.mark.parametrize(
    ("digits", "level"), [("110000", "province"), ("130100", "prefecture"), ("110118", "county")]
)
def test_a_code_knows_its_level_and_province(digits, level):
    code = RegionCode.parse(f" {digits} ")
    assert code.level == level
    assert str(code.province) == digits[:2] + "0000"


@pytest.mark.parametrize("text", ["11011", "1101180", "A10118", "010118", "１１０１１８", "110018"])
def test_a_malformed_code_is_refused_with_its_value(text):
    with pytest.raises(InputError) as caught:
        RegionCode.parse(text)
    assert text in caught.value.message.zh


@given(st.integers(1, 10**13), st.integers(0, 10**6))
def test_the_uncertainty_of_one_mass_survives_the_round_trip(mass_g, ppm):
    back = relative_ppm(variance_g2(mass_g, ppm), mass_g)
    # The variance is rounded up to a whole square gram, which matters for grams but never for kilograms.
    assert ppm <= back + 1
    assert back <= ppm + 1 + 10**6 // mass_g


@given(st.lists(st.tuples(st.integers(10**6, 10**12), st.integers(0, 10**6)), min_size=1, max_size=20))
def test_a_sum_is_never_less_certain_than_its_worst_term(terms):
    variance = sum(variance_g2(mass_g, ppm) for mass_g, ppm in terms)
    total_g = sum(mass_g for mass_g, _ in terms)
    assert relative_ppm(variance, total_g) <= max(ppm for _, ppm in terms) + 2


def test_four_equal_weighings_halve_the_relative_uncertainty():
    assert relative_ppm(4 * variance_g2(10**9, 20_000), 4 * 10**9) == 10_000
    assert relative_ppm(0, 0) == 0


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_quotient_adds_in_quadrature(a_ppm, b_ppm):
    assert abs(quotient_ppm(a_ppm, b_ppm) - math.hypot(a_ppm, b_ppm)) <= 1


def test_a_remark_is_kept_whole_or_refused_with_its_length():
    assert remark("reply", " 已办\0结。\n") == "已办结。"
    assert remark("reply", "长" * 5, 5) == "长" * 5
    for text, length in (("", 0), (" \0 ", 0), ("长" * 6, 6)):
        with pytest.raises(InputError) as refused:
            remark("reply", text, 5)
        assert (refused.value.code, refused.value.field) == ("remark", "reply")
        assert f"现有{length}字" in refused.value.message.zh
