"""Base values of the published plans become reported observations in the words of the plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from wufei.demo.plan_values import base_values
from wufei.kernel.period import Period
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.observations.core.metric_rules import load_metric_rules
from wufei.records.observations.core.validation import check_observation
from wufei.records.plans.core.files import load_plans


def values_of(plan_id):
    plan = next(plan for plan in load_plans() if plan.id == plan_id)
    return {each.metric: each for each in base_values(plan, region_id=1, indicators=load_indicators())}


@pytest.mark.parametrize("plan_id", ["bda-2020", "miyun-2022"])
def test_no_base_value_is_refused(plan_id):
    rules = load_metric_rules()
    findings = [f for o in values_of(plan_id).values() for f in check_observation(o, rules, date(2026, 6, 1))]
    assert [f for f in findings if f.severity == "error"] == []


@pytest.mark.parametrize(
    ("plan_id", "metric", "value", "unit", "text"),
    [
        ("miyun-2022", "household-waste-collected", "17.97", "万吨", "17.97万吨"),
        ("miyun-2022", "general-industrial-waste-intensity", "4.31", "t/万元", "4.31 t/万元"),
        ("miyun-2022", "remaining-mines", "2", "个", "2个"),
        ("bda-2020", "green-factories", "7", "个", "7"),
        ("bda-2020", "liability-insurance-coverage", "0", "%", "0"),
        ("bda-2020", "kitchen-waste-recycling-rate", "44.7", "%", "44.7%"),
    ],
)
def test_numbers_keep_their_unit_and_their_words(plan_id, metric, value, unit, text):
    found = values_of(plan_id)[metric]
    assert (found.value, found.unit, found.text) == (Decimal(value), unit, text)


def test_words_stay_words_and_blanks_are_left_out():
    miyun = values_of("miyun-2022")
    assert miyun["zero-waste-coordination-mechanism"].value is None
    assert miyun["zero-waste-coordination-mechanism"].text == "正在建设"
    assert "cleaner-production-audited-firms-share" not in miyun
    two_numbers = values_of("bda-2020")["hazardous-waste-inspection-pass-rate"]
    assert (two_numbers.value, two_numbers.text) == (None, "产生单位 95%; 经营单位 100%")


def test_every_value_is_of_the_base_year_and_names_plan_and_line():
    for plan_id, year in (("bda-2020", 2018), ("miyun-2022", 2020)):
        for each in values_of(plan_id).values():
            assert each.book == f"published:{plan_id}"
            assert each.period == Period.year_of(year)
            assert each.kind == "reported"
            assert "无废城市" in each.source_title
            assert "#" in each.source_clause


def test_only_a_plan_that_names_its_issuer_and_day_confirms_its_values():
    assert {o.confirmed_by for o in values_of("miyun-2022").values()} == {"北京市密云区人民政府"}
    assert {o.confirmed_on for o in values_of("miyun-2022").values()} == {date(2022, 10, 10)}
    assert {o.confirmed_by for o in values_of("bda-2020").values()} == {""}
