"""Scores: every point a line, no point lost, nothing unknown taken for nought."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.actions.assessment.invented import (
    ECOLOGY,
    STREET,
    URBAN,
    facts,
    indicator,
    report,
    scheme,
    step,
    task,
)
from wufei.actions.assessment.core.facts import Basis, Decision, Entry, Given, Sense, TargetKind
from wufei.actions.assessment.core.points import apportioned, attained, scored
from wufei.actions.assessment.core.scoring import score, score_department
from wufei.actions.assessment.core.sheet import SourceKind
from wufei.actions.tasks.core.supervision import StepKind
from wufei.actions.tasks.core.task import State
from wufei.kernel.text import Text

D = Decimal


def lines_of(sheet, part):
    return {line.key: line for line in sheet.lines if line.part == part}


def test_a_sheet_is_what_the_scheme_gives_by_hand():
    sheet = score_department(scheme(), facts(), ECOLOGY)
    # 40 points for indicators: weights 1 (expected) and 2 (binding). 81 of 90 is 90 %.
    indicators = lines_of(sheet, "indicators")
    assert (indicators["indicator:rate"].points, indicators["indicator:rate"].score) == (
        D("13.33"),
        D("12.00"),
    )
    assert indicators["indicator:second"].score == D("26.67")
    # 40 for tasks: one led (2), one supported (1), both as they should be.
    assert [line.score for line in lines_of(sheet, "tasks").values()] == [D("26.67"), D("13.33")]
    # 12 for reports: of two one came ten days late.
    assert lines_of(sheet, "reports")["reports:1"].score == D("6.00")
    # 8 for answers: nothing was to be answered.
    assert lines_of(sheet, "answers")["answers:none"].score == D("8.00")
    assert sheet.total == D("92.67") == sheet.high


def test_every_line_leads_somewhere_and_says_why_in_both_languages():
    made = facts(
        steps=(step(7, ECOLOGY, StepKind.ORDER, "2025-08-10", ""), step(8, URBAN, StepKind.CIRCULAR, "", ""))
    )
    for sheet in score(scheme(), made):
        for line in sheet.lines:
            assert line.source.ref, line
            said = (line.reason.zh, line.reason.en, line.formula.zh, line.formula.en)
            assert all(said), line
    kinds = {line.source.kind for sheet in score(scheme(), made) for line in sheet.lines}
    assert kinds == {SourceKind.FIGURE, SourceKind.TASK, SourceKind.STEP, SourceKind.RULE}


def test_the_computed_value_is_named_where_none_was_reported():
    made = facts(indicators=(indicator(basis=Basis.COMPUTED),))
    line = score_department(scheme(), made, ECOLOGY).line("indicator:rate")
    assert ("测算值（无上报值）", "81%") in [(name.zh, value.zh) for name, value in line.inputs]


def test_what_has_no_data_leaves_its_points_open_and_is_not_nought():
    made = facts(indicators=(indicator(value=None, basis=Basis.NONE), indicator("second", good=True)))
    sheet = score_department(scheme(), made, ECOLOGY)
    line = sheet.line("indicator:rate")
    assert line.score is None
    assert line.points == D("20.00")
    assert sheet.high - sheet.total == D("20.00")
    assert sheet.open_lines == 1
    unknown = score_department(scheme(), facts(indicators=(made.indicators[0],)), ECOLOGY)
    assert {part.id for part in unknown.parts if part.unknown} == {"indicators"}
    assert score_department(scheme(), facts(tasks=(task(1, None),)), ECOLOGY).line("task:1").score is None


def test_a_blank_target_gives_no_points_and_costs_none():
    blank = indicator(
        "blank", target=TargetKind.BLANK, target_text=Text("X%", "X%"), required=None, value=D(3)
    )
    with_blank = score_department(scheme(), facts(indicators=(*facts().indicators, blank)), ECOLOGY)
    without = score_department(scheme(), facts(), ECOLOGY)
    assert with_blank.line("indicator:blank").points == with_blank.line("indicator:blank").score == 0
    assert with_blank.total == without.total
    assert "X%" in with_blank.line("indicator:blank").reason.zh


def test_a_target_in_words_waits_for_the_officers_judgement():
    words = indicator(
        "words", target=TargetKind.WORDS, target_text=Text("完成制定"), required=None, value=None
    )
    made = facts(indicators=(words,))
    assert score_department(scheme(), made, ECOLOGY).line("indicator:words").score is None
    entered = Given((Entry(ECOLOGY, "indicator:words", D("0.5"), "印发两项"),))
    assert score_department(scheme(), made, ECOLOGY, entered).line("indicator:words").score == D("20.00")


def test_too_little_attained_gives_nothing():
    low = facts(indicators=(indicator(value=D(53)),))
    assert score_department(scheme(), low, ECOLOGY).line("indicator:rate").score == 0
    enough = facts(indicators=(indicator(value=D(54)),))
    assert score_department(scheme(), enough, ECOLOGY).line("indicator:rate").score == D("24.00")


def test_a_part_with_nothing_in_it_gives_its_points_to_the_others():
    sheet = score_department(scheme(), facts(), URBAN)
    assert lines_of(sheet, "indicators")["indicators:none"].points == 0
    # 40 + 12 + 8 of 60 become 66.67 + 20 + 13.33.
    sums = {part.id: part.points for part in sheet.parts}
    assert sums == {"indicators": D(0), "tasks": D("66.67"), "reports": D("20.00"), "answers": D("13.33")}


def test_answers_count_by_their_day_and_an_order_left_unanswered_costs_points():
    made = facts(
        steps=(
            step(1, ECOLOGY, StepKind.ORDER, "2025-08-10", "2025-08-10"),
            step(2, ECOLOGY, StepKind.ORDER, "2025-08-10", "2025-08-11"),
            step(3, ECOLOGY, StepKind.ORDER, "2025-08-10", ""),
            step(4, ECOLOGY, StepKind.ORDER, "2026-01-20", ""),
            step(5, ECOLOGY, StepKind.CIRCULAR, "", ""),
        )
    )
    sheet = score_department(scheme(), made, ECOLOGY)
    assert [line.score for line in lines_of(sheet, "answers").values()] == [D("2.67"), D("1.34"), D(0), D(0)]
    assert sheet.line("answer:4").points == 0
    deductions = lines_of(sheet, "deductions")
    assert {key: line.score for key, line in deductions.items()} == {
        "unanswered:3": D(-1),
        "circular:5": D(-2),
    }


def test_bonus_and_deductions_stop_at_their_caps():
    made = facts(
        steps=(step(5, ECOLOGY, StepKind.CIRCULAR, "", ""), step(6, ECOLOGY, StepKind.CIRCULAR, "", ""))
    )
    entered = Given(
        (
            Entry(ECOLOGY, "bonus:model", D(4), "通报推广"),
            Entry(ECOLOGY, "bonus:award", D(3), "表彰文件"),
            Entry(ECOLOGY, "deductions:incident", D(3), "认定书"),
        )
    )
    sheet = score_department(scheme(), made, ECOLOGY, entered)
    assert sheet.line("cap:bonus").score == D(-2)
    assert sheet.line("cap:deductions").score == D(4)
    base = score_department(scheme(), facts(), ECOLOGY).total
    assert sheet.total == base + 5 - 3


def test_the_later_entry_counts_and_nought_takes_it_back():
    first, second = Entry(URBAN, "bonus:model", D(4), "一"), Entry(URBAN, "bonus:model", D(0), "二")
    assert score_department(scheme(), facts(), URBAN, Given((first,))).line("bonus:model").score == 4
    assert score_department(scheme(), facts(), URBAN, Given((first, second))).line("bonus:model") is None


def test_a_decision_changes_its_line_and_shows_what_was_before():
    points = Given(decisions=(Decision(ECOLOGY, "reports:1", "系统故障", points=D(12)),))
    line = score_department(scheme(), facts(), ECOLOGY, points).line("reports:1")
    assert (line.before, line.score, line.decided) == (D("6.00"), D(12), "系统故障")
    value = Given(decisions=(Decision(ECOLOGY, "indicator:rate", "年报核定", value=D(90)),))
    line = score_department(scheme(), facts(), ECOLOGY, value).line("indicator:rate")
    assert (line.before, line.score, line.changed) == (D("12.00"), D("13.33"), True)
    assert (
        score_department(scheme(), facts(), URBAN, value).total
        == score_department(scheme(), facts(), URBAN).total
    )


@pytest.mark.parametrize(
    ("value", "required", "sense", "share"),
    [
        (90, 90, Sense.MORE, 1),
        (45, 90, Sense.MORE, Fraction(1, 2)),
        (-1, 90, Sense.MORE, 0),
        (0, 0, Sense.MORE, 1),
        (-1, 0, Sense.MORE, 0),
        (50, 100, Sense.LESS, 1),
        (200, 100, Sense.LESS, Fraction(1, 2)),
        (1, 0, Sense.LESS, 0),
        (0, 0, Sense.LESS, 1),
        (3, 3, Sense.EXACT, 1),
        (4, 3, Sense.EXACT, 0),
    ],
)
def test_attainment_goes_the_way_the_indicator_goes(value, required, sense, share):
    assert attained(D(value), D(required), sense) == share


WEIGHTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(1, 999).map(D), min_size=1)


@given(st.integers(0, 10_000), WEIGHTS, st.randoms(use_true_random=False))
def test_no_hundredth_is_lost_when_points_are_spread_and_order_changes_nothing(cents, weights, shuffled):
    points = D(cents) / 100
    spread = apportioned(points, weights)
    assert sum(spread.values()) == points
    whole = sum(weights.values())
    assert all(abs(spread[key] - points * weights[key] / whole) < D("0.01") for key in weights)
    mixed = list(weights.items())
    shuffled.shuffle(mixed)
    assert apportioned(points, dict(mixed)) == spread


NUMBERS = st.decimals(-1000, 1000, places=2)


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from([Sense.MORE, Sense.LESS]), st.integers(0, 4000))
def test_who_attains_more_never_scores_less(one, other, required, sense, cents):
    better, worse = (
        (max(one, other), min(one, other)) if sense is Sense.MORE else (min(one, other), max(one, other))
    )
    points = D(cents) / 100
    good, bad = (scored(points, attained(each, required, sense)) for each in (better, worse))
    assert 0 <= bad <= good <= points


STATES = st.sampled_from([*State, None])
DAYS = st.dates(date(2025, 3, 1), date(2025, 12, 31)).map(date.isoformat) | st.just("")


@st.composite
def many_facts(draw):
    """Facts with any number of everything."""
    departments = st.lists(st.sampled_from([ECOLOGY, URBAN, STREET]), min_size=1, max_size=3, unique=True)
    indicators = [
        indicator(
            f"i{at}",
            departments=tuple(sorted(draw(departments))),
            binding=draw(st.booleans()),
            target=draw(st.sampled_from(list(TargetKind))),
            value=draw(NUMBERS | st.none()),
            required=draw(NUMBERS),
            sense=draw(st.sampled_from(list(Sense))),
        )
        for at in range(draw(st.integers(0, 4)))
    ]
    tasks = [task(at, draw(STATES), tuple(draw(departments))) for at in range(draw(st.integers(0, 4)))]
    reports = [
        report(at, draw(departments)[0], draw(DAYS), draw(DAYS)) for at in range(draw(st.integers(0, 3)))
    ]
    steps = [
        step(at, draw(departments)[0], draw(st.sampled_from(list(StepKind))), draw(DAYS), draw(DAYS))
        for at in range(draw(st.integers(0, 4)))
    ]
    return facts(indicators=tuple(indicators), tasks=tuple(tasks), reports=tuple(reports), steps=tuple(steps))


# Facts with everything take a while to draw on a busy machine.
@settings(max_examples=40)
@given(many_facts(), st.randoms(use_true_random=False))
def test_totals_are_the_sums_of_lines_within_their_bounds_in_any_order(made, mixed):
    rule = scheme()
    other = replace(
        made,
        **{
            name: tuple(mixed.sample(list(getattr(made, name)), len(getattr(made, name))))
            for name in ("indicators", "tasks", "reports", "steps")
        },
    )
    assert score(rule, other) == score(rule, made)
    for sheet in score(rule, made):
        assert sheet.total == sum(line.score for line in sheet.lines if line.score is not None)
        assert sheet.total == sum(part.score for part in sheet.parts)
        base = [line for line in sheet.lines if line.part in {part.id for part in rule.parts}]
        assert sum(line.points for line in base) == 100
        assert all(line.score is None or 0 <= line.score <= line.points for line in base)
        lost = sum(line.score for line in sheet.lines if line.part == "deductions")
        assert -rule.deductions.cap <= lost <= 0
        assert sheet.total <= sheet.high <= 100
        assert all(
            line.score == line.score.quantize(D("0.01")) for line in sheet.lines if line.score is not None
        )


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_better_value_never_lowers_a_total(one, other, required):
    low, high = (
        score_department(
            scheme(), facts(indicators=(indicator(value=value, required=required),)), ECOLOGY
        ).total
        for value in sorted((one, other))
    )
    assert low <= high
