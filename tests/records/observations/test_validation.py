"""What an observation must be like before it may be recorded."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.findings import Severity
from wufei.kernel.period import Period
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.catalogue.core.metrics import load_metrics
from wufei.records.observations.core.metric_rules import MetricRule, load_metric_rules
from wufei.records.observations.core.observation import EVIDENCE, NewObservation, ObservationKind
from wufei.records.observations.core.validation import check_observation, in_metric_unit, plain

RULES = {
    "people": MetricRule("people", "人"),
    "money": MetricRule("money", "万元"),
    "rate": MetricRule("rate", "%"),
    "intensity": MetricRule("intensity", "t/万元"),
    "rules": MetricRule("rules", "", textual=True),
    "some-decrease": MetricRule("some-decrease", "%", signed=True),
}
TODAY = date(2025, 6, 30)
GOOD = NewObservation(
    book="actual",
    metric="people",
    region_id=1,
    period=Period.parse("2024"),
    value=Decimal(16),
    unit="万人",
    kind=ObservationKind.PUBLISHED,
    source_title="统计公报",
    where="file.csv:2 people",
)


def codes(observation):
    return [finding.code for finding in check_observation(observation, RULES, TODAY)]


def test_a_complete_observation_has_no_finding():
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"metric": "unheard-of"}, "metric"),
        ({"source_title": "  "}, "source"),
        ({"period": Period.parse("2026")}, "future"),
        ({"period": Period.parse("2025-07-01")}, "future"),
        ({"confirmed_on": date(2025, 7, 1)}, "future"),
        ({"value": Decimal(-1)}, "negative"),
        ({"unit": "t"}, "unit"),
        ({"unit": ""}, "unit"),
        ({"unit": "no such unit"}, "unit"),
        ({"metric": "rate", "unit": ""}, "unit"),
        ({"metric": "rate", "unit": "人"}, "unit"),
        ({"metric": "intensity", "unit": "t"}, "unit"),
        ({"value": None}, "empty"),
        ({"value": Decimal("NaN")}, "number"),
        ({"value": Decimal("Infinity")}, "number"),
        ({"value": Decimal(10) ** 26}, "number"),
        ({"value": Decimal(10) ** 25, "unit": "万人"}, "number"),
        ({"value": Decimal("1E+999999")}, "number"),
        ({"value": Decimal("1E-999999")}, "number"),
        ({"book": "my book"}, "book"),
        ({"book": "published:"}, "book"),
        ({"book": "scenario:" + "x" * 60}, "book"),
        ({"evidence": "hearsay"}, "evidence"),
        ({"relative_ppm": -1}, "uncertainty"),
        ({"department": "x" * 2001}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": "a\ud800"}, "text"),
    ],
)
def test_one_defect_is_one_error_with_place_rule_and_fix(change, code):
    (finding,) = check_observation(replace(GOOD, **change), RULES, TODAY)
    assert (finding.code, finding.severity) == (f"observations.{code}", Severity.ERROR)
    assert finding.where == "file.csv:2 people"
    for text in (finding.message, finding.rule, finding.fix):
        assert text.zh
        assert text.en


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"period": Period.parse("2025")}, "unfinished"),
        ({"value": None, "text": "较好"}, "words"),
        (
            {
                "kind": ObservationKind.REPORTED,
                "confirmed_by": "区统计局",
                "confirmed_on": date(2025, 5, 1),
            },
            "unconfirmed",
        ),
        ({"kind": ObservationKind.REPORTED, "department": "区统计局"}, "unconfirmed"),
    ],
)
def test_what_is_odd_but_possible_is_a_warning(change, code):
    (finding,) = check_observation(replace(GOOD, **change), RULES, TODAY)
    assert (finding.code, finding.severity) == (f"observations.{code}", Severity.WARNING)


@pytest.mark.parametrize(
    "change",
    [
        {"period": Period.parse("2025"), "provisional": True},
        {"period": Period.parse("2025-06-30"), "provisional": True},
        {"confirmed_on": TODAY},
        {"metric": "rate", "unit": "%", "value": Decimal(57)},
        {"metric": "rate", "unit": "‰", "value": Decimal(570)},
        {"metric": "intensity", "unit": "吨/万元", "value": Decimal("0.03")},
        {"metric": "some-decrease", "unit": "%", "value": Decimal(-3)},
        {"metric": "rules", "unit": "", "value": None, "text": "完成制定"},
        {"metric": "rules", "unit": "", "value": Decimal(3)},
        {"kind": ObservationKind.REPORTED, "department": "区统计局", "provisional": True},
        {
            "kind": ObservationKind.REPORTED,
            "department": "区统计局",
            "confirmed_by": "区统计局",
            "confirmed_on": date(2025, 5, 1),
        },
        {"value": Decimal(0)},
        *({"evidence": evidence} for evidence in EVIDENCE),
    ],
)
def test_what_is_allowed_raises_no_alarm(change):
    assert codes(replace(GOOD, **change)) == []


def test_several_defects_are_all_reported():
    bad = replace(GOOD, source_title="", unit="t", value=Decimal(-1), book="x y")
    assert set(codes(bad)) == {f"observations.{code}" for code in ("source", "unit", "negative", "book")}


@given(value=st.decimals(0, 10**12, places=6), unit=st.sampled_from(["元", "万元", "亿元", "百万元"]))
def test_a_value_keeps_its_size_in_the_unit_of_the_metric(value, unit):
    yuan = {"元": 1, "万元": 10**4, "亿元": 10**8, "百万元": 10**6}[unit]
    told = in_metric_unit(replace(GOOD, metric="money", value=value, unit=unit), RULES["money"])
    assert told.unit == "万元"
    assert abs(told.value * 10**4 - value * yuan) <= Decimal("1e-8")
    assert in_metric_unit(told, RULES["money"]) == told


def test_words_keep_their_text_and_take_the_unit_of_the_metric():
    told = in_metric_unit(replace(GOOD, value=None, text="较好", unit=""), RULES["people"])
    assert (told.value, told.text, told.unit) == (None, "较好", "人")


@given(st.decimals(-(10**20), 10**20, places=12))
def test_a_plain_number_is_equal_and_has_no_trailing_zeros(value):
    kept = plain(value)
    assert kept == value
    assert kept.as_tuple().exponent <= 0
    assert kept == kept.to_integral_value() or kept.as_tuple().digits[-1] != 0


def test_every_metric_and_every_indicator_can_be_observed_in_its_own_unit():
    rules = load_metric_rules()
    assert set(rules) == set(load_metrics()) | set(load_indicators())
    assert rules["general-industrial-waste-utilisation-rate"].unit == "%"
    assert rules["zero-waste-regulations"].textual
    signed = {key for key, rule in rules.items() if rule.signed}
    assert {"industrial-hazardous-waste-landfill-decrease", "recyclables-recovery-growth"} <= signed
    assert "household-waste-collected" not in signed
