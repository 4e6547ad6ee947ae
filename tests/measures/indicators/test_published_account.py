"""Numbers to reproduce: BDA 2018 gives 96, 57 and 13 %, and says what does not fit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wufei.kernel.findings import Severity
from wufei.kernel.period import Period
from wufei.measures.indicators.core.checks import Evidence, figure_findings, part_findings, readable
from wufei.measures.indicators.core.definitions import load_definitions
from wufei.measures.indicators.core.evaluate import compute_figures
from wufei.measures.indicators.core.figures import Status
from wufei.measures.indicators.core.sums import generated_by_group
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.records.plans.core.checks import plan_findings

DIRECTIONS = {name.id: name.direction.value for name in load_indicators().values()}
YEAR = Period.year_of(2018)


@pytest.fixture(scope="module")
def account(bench, bda, bda_rows, bda_observations):
    """All figures of the account."""
    return bench.figures(
        bda_rows,
        observations=bda_observations,
        places=[bda()],
        plans={1: bench.plan("bda-2020")},
        period=YEAR,
        book=bench.bda_book,
    )


@pytest.mark.parametrize(
    ("indicator", "printed", "published"),
    [
        ("general-industrial-waste-utilisation-rate", "96", "96%"),
        ("industrial-hazardous-waste-utilisation-rate", "57", "57%"),
        ("construction-waste-utilisation-rate", "13", "13%"),
    ],
)
def test_the_three_rates_come_out_as_published(account, indicator, printed, published):
    figure = account[indicator]
    assert round(figure.value) == int(printed)
    assert figure.baseline.text == published
    assert figure.status is Status.ON_TRACK
    assert figure.quality.derived_share > 0
    assert figure.by == "origin"
    assert figure.basis == "computed"
    assert figure.quantities[0].selection.methods


def test_rates_whose_whereabouts_are_not_published_are_not_computed(account):
    for indicator in ("household-waste-recycling-rate", "kitchen-waste-recycling-rate"):
        assert account[indicator].status is Status.NOT_COMPUTABLE
        assert "去向" in account[indicator].reason.zh


def test_nothing_is_judged_by_a_target_that_must_be_mended(bench, bda, bda_observations):
    """44.7 % would “meet” the 5 % that lost a digit."""
    indicator, region = "kitchen-waste-recycling-rate", bda()
    given = {"unit": "%", "kind": "reported", "book": bench.bda_book, "region_id": region.id}
    reported = bench.observed(indicator, "44.7", **given)
    figure = bench.figure(
        indicator,
        [],
        observations=[*bda_observations, reported],
        places=[region],
        plans={region.id: bench.plan("bda-2020")},
        period=YEAR,
        book=bench.bda_book,
    )
    assert figure.reported.value == Decimal("44.7")
    assert figure.status is Status.NO_TARGET
    assert "必须修改" in figure.reason.zh
    assert figure.target.text == "5%"


def check(bench, plan, figures, observations, rows=()):
    observed = {each.metric: each for each in observations}
    findings = figure_findings(plan, Evidence(load_definitions(), figures, observed))
    return [*plan_findings(plan, DIRECTIONS), *findings]


def test_bda_has_exactly_the_expected_findings(bench, account, bda_observations):
    findings = check(bench, bench.plan("bda-2020"), account, bda_observations)
    assert {(each.where, each.severity.value, each.code) for each in findings} == {
        ("bda-2020#13", "error", "plan.digit-lost"),
        ("bda-2020#1", "warning", "plan.denominator-unknown"),
        ("bda-2020#6", "warning", "plan.denominator-unknown"),
        ("bda-2020#9", "note", "plan.rests-on-difference"),
        ("bda-2020#10", "note", "plan.rests-on-difference"),
        ("bda-2020#11", "note", "plan.rests-on-difference"),
        ("bda-2020#10", "note", "plan.reading-doubt"),
        ("bda-2020", "note", "plan.reading-doubt"),
    }


def test_the_checker_says_which_denominator_would_fit_and_what_the_known_ones_give(
    bench, account, bda_observations
):
    findings = check(bench, bench.plan("bda-2020"), account, bda_observations)
    by_line = {each.where: each for each in findings if each.severity is Severity.WARNING}
    money, people = by_line["bda-2020#1"].message, by_line["bda-2020#6"].message
    # 233,500 t / 0.030 t per 10,000 yuan, and 107,900 t / 365 days / 1.25 kg.
    assert "778.3亿元" in money.zh
    assert "77.83 billion CNY" in money.en
    assert "0.02335" in money.zh
    for known in ("1000.1亿元", "1509.5亿元", "509.3亿元", "3841.2亿元"):
        assert known in money.zh
    assert "236500人" in people.zh
    assert "236,500 persons" in people.en
    assert "就业人口 37万人" in people.zh


def test_a_denominator_that_was_published_under_another_name_is_named(bench, account, bda_observations):
    fitting = bench.observed("industrial-added-value", "778.3", unit="亿元")
    findings = check(bench, bench.plan("bda-2020"), account, [*bda_observations, fitting])
    found = next(each for each in findings if each.where == "bda-2020#1")
    assert found.code == "plan.denominator-other"
    assert "与工业增加值相符" in found.message.zh


def test_an_amount_that_differs_from_its_own_quantities_is_a_warning(bench, bda, bda_rows, bda_observations):
    smaller = [row._replace(grams=33_000 * 10**6) if row.method == "landfill" else row for row in bda_rows]
    figures = bench.figures(
        smaller, observations=bda_observations, places=[bda()], period=YEAR, book=bench.bda_book
    )
    findings = check(bench, bench.plan("bda-2020"), figures, bda_observations)
    assert "plan.figure-not-reproduced" in {each.code for each in findings if each.where == "bda-2020#20"}


def test_miyun_raises_no_false_alarm(bench):
    """A cap above the base, a target in words and a real collapse stay silent or mild."""
    plan = bench.plan("miyun-2022")
    figures = bench.figures(
        [], places=[bench.place(1, "110118")], plans={1: plan}, period=Period.year_of(2020)
    )
    findings = check(bench, plan, figures, [])
    assert {each.where for each in findings if each.severity is Severity.ERROR} == set()
    assert {each.where for each in findings if each.severity is Severity.WARNING} == set()
    assert {each.where for each in findings} == {"miyun-2022#1", "miyun-2022#34", "miyun-2022#36"}


def test_parts_are_held_against_the_published_total_in_its_printed_digits(bench, bda_rows):
    inputs = bench.inputs(bda_rows)
    parts = generated_by_group(inputs.cells, bench.bda_book, [1])
    assert sum(parts.values()) == 1_500_440 * 10**6
    plan = bench.plan("bda-2020")
    metric = "solid-waste-generated-total"
    total = bench.observed(metric, 150, unit="万吨", text="约150万吨")
    assert part_findings(plan, parts, total) == []
    assert part_findings(plan, parts, None) == []
    without_sludge = {group: grams for group, grams in parts.items() if group != "stat.sewage-sludge"}
    (found,) = part_findings(plan, without_sludge, total)
    assert found.code == "plan.parts-do-not-sum"
    assert found.severity is Severity.WARNING
    assert "147.9万吨" in found.message.zh


def test_attainment_is_judged_on_the_reported_value_and_the_difference_has_likely_causes(
    bench, bda, bda_rows, bda_observations
):
    indicator = "general-industrial-waste-utilisation-rate"
    reported = bench.observed(
        indicator,
        97,
        unit="%",
        text="97%",
        kind="reported",
        department="生态环境局",
        provisional=True,
        book=bench.bda_book,
    )
    options = {
        "places": [bda()],
        "plans": {1: bench.plan("bda-2020")},
        "period": YEAR,
        "book": bench.bda_book,
    }
    figure = bench.figure(indicator, bda_rows, observations=[*bda_observations, reported], **options)
    assert figure.status is Status.MET
    assert figure.basis == "reported"
    assert figure.reported.value == 97
    assert round(figure.reported.difference, 2) == Decimal("-0.91")
    assert figure.reported.agrees is False
    words = "".join(cause.zh for cause in figure.reported.causes)
    assert "快报" in words
    assert "相减" in words
    assert all(cause.en for cause in figure.reported.causes)
    same = bench.observed(indicator, 96, unit="%", text="96%", kind="reported", book=bench.bda_book)
    agreeing = bench.figure(indicator, bda_rows, observations=[same], **options).reported
    assert agreeing.agrees
    assert agreeing.causes == ()


def test_a_reported_value_stands_where_nothing_can_be_computed(bench):
    indicator = "major-hospitals-recyclables-recovery-rate"
    plan = bench.plan("miyun-2022")
    reported = bench.observed(indicator, None, text="大于99%", kind="reported")
    figure = bench.figure(
        indicator, [], observations=[reported], plans={1: plan}, period=Period.year_of(2020)
    )
    assert figure.value is None
    assert figure.reported.value == 99
    assert figure.status is Status.MET
    assert "缺少" in figure.reported.causes[0].zh


def test_reported_words_are_kept_as_words(bench):
    indicator = "zero-waste-coordination-mechanism"
    reported = bench.observed(indicator, None, text="正在建设", kind="reported")
    figure = bench.figure(indicator, [], observations=[reported])
    assert figure.text == "正在建设"
    assert figure.status is Status.NOT_NUMERIC
    assert figure.basis == ""


def test_a_reported_value_comes_before_a_published_one(bench):
    indicator = "household-waste-collected"
    both = [
        bench.observed(indicator, "17.97", unit="万吨", kind="published"),
        bench.observed(indicator, "18", unit="万吨", kind="reported"),
    ]
    for observations in (both, both[::-1]):
        assert bench.figure(indicator, [], observations=observations).reported.value == 180_000


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        ("7783333.3", "万元", "778.3亿元", "77.83 billion CNY"),
        ("10001000", "万元", "1000亿元", "100 billion CNY"),
        ("9999", "万元", "9999万元", "0.09999 billion CNY"),
        ("236493.15", "人", "236500人", "236,500 persons"),
        ("0.000123456", "t", "0.0001235吨", "0.0001235 t"),
    ],
)
def test_quantities_in_messages_have_four_digits(value, unit, zh, en):
    assert readable(Decimal(value), unit) == type(readable(Decimal(0), unit))(zh, en)


def test_all_figures_of_fifty_regions_take_one_sweep(bench, bda_rows):
    rows = [
        row._replace(origin_region_id=number, place_region_id=number)
        for number in range(1, 51)
        for row in bda_rows
    ]
    places = [bench.place(number) for number in range(1, 51)]
    figures = compute_figures(bench.inputs(rows, places=places, book=bench.bda_book))
    rate = "general-industrial-waste-utilisation-rate"
    assert len(figures) == 50 * 86
    assert {round(figure.value) for figure in figures if figure.indicator == rate} == {96}
