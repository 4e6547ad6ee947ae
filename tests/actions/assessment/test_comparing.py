"""Ranks, what another weighting does, what a new computation changes, and facts as they are frozen."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.actions.assessment.invented import ECOLOGY, STREET, URBAN, facts, indicator, scheme, task
from wufei.actions.assessment.core.comparing import changes, effects, ranked
from wufei.actions.assessment.core.facts import NOTHING_GIVEN, Basis, Decision, Given
from wufei.actions.assessment.core.freezing import facts_of, plain, sheets_of
from wufei.actions.assessment.core.scheme import with_one_weighting, with_weights
from wufei.actions.assessment.core.scoring import score
from wufei.actions.tasks.core.task import State
from wufei.kernel.errors import InputError
from wufei.runtime.signing.core.canonical import canonical

D = Decimal


def test_equal_totals_share_a_rank_and_the_next_is_left_out():
    made = facts(
        indicators=(),
        reports=(),
        tasks=(task(1, State.DONE, (ECOLOGY, URBAN)), task(2, State.BEHIND, (STREET,))),
    )
    assert [(each.sheet.department_id, each.rank) for each in ranked(score(scheme(), made))] == [
        (ECOLOGY, 1),
        (URBAN, 1),
        (STREET, 3),
    ]


def test_ranks_say_how_far_missing_data_could_move_them():
    made = facts(
        indicators=(indicator(value=None, basis=Basis.NONE),),
        reports=(),
        tasks=(task(1, State.DONE, (ECOLOGY,)), task(2, State.BEHIND, (URBAN,))),
    )
    found = {each.sheet.department_id: each for each in ranked(score(scheme(), made))}
    # Ecology has 54.55 of 100 for sure and may reach 100; urban has 50.00.
    assert (found[ECOLOGY].rank, found[ECOLOGY].best, found[ECOLOGY].worst) == (1, 1, 1)
    assert (found[URBAN].rank, found[URBAN].best, found[URBAN].worst) == (2, 2, 2)
    better = facts(
        indicators=made.indicators,
        reports=(),
        tasks=(task(1, State.BEHIND, (ECOLOGY,)), task(2, State.DONE, (URBAN,))),
    )
    found = {each.sheet.department_id: each for each in ranked(score(scheme(), better))}
    assert (found[ECOLOGY].rank, found[ECOLOGY].best, found[ECOLOGY].worst) == (2, 2, 2)


def test_another_weighting_moves_totals_as_reckoned_by_hand():
    rule, made = scheme(), facts(reports=())
    heavier = with_weights(
        rule, {"rest": {"indicators": D(60), "tasks": D(20), "reports": D(12), "answers": D(8)}}
    )
    found = {each.department_id: each for each in effects(rule, heavier, made, NOTHING_GIVEN)}
    # Of 88 points (no reports) indicators hold 40, then 60: 45.45 and 68.18 of a hundred. The expected one
    # of them (a third) is attained to 90 %: a loss of 1.52, then 2.27.
    assert (found[ECOLOGY].total_before, found[ECOLOGY].total_after) == (D("98.49"), D("97.73"))
    # Urban has tasks (40, then 20) and answers (8): 83.33, then 71.43 points; a third done, two behind.
    assert (found[URBAN].total_before, found[URBAN].total_after) == (D("66.67"), D("71.43"))
    assert found[STREET].moved == 0
    assert found[URBAN].climbed == 0


def test_without_differences_every_group_has_the_same_weights():
    common = with_one_weighting(scheme())
    assert {group.weights for group in common.groups} == {scheme().groups[-1].weights}


@pytest.mark.parametrize("weights", [{"indicators": D(41)}, {"indicators": D(-1), "tasks": D(81)}])
def test_weights_that_are_no_hundred_are_refused(weights):
    with pytest.raises(InputError, match="100"):
        with_weights(scheme(), {"rest": weights})


def test_what_changed_since_is_named_line_by_line():
    before = score(scheme(), facts())
    now = facts(indicators=(indicator(value=D("85.5")), facts().indicators[1]), tasks=facts().tasks[:2])
    found = {
        (each.department_id, each.key): (each.old, each.new) for each in changes(before, score(scheme(), now))
    }
    assert found[ECOLOGY, "indicator:rate"] == (D("12.00"), D("12.66"))
    # A street has tasks (60) and answers (10): 85.71 for tasks, of which the led one weighs two of three.
    assert found[STREET, "task:3"] == (D("57.14"), None)
    assert changes(before, before) == ()


def test_frozen_facts_and_sheets_come_back_as_they_were():
    made = facts(tasks=(task(1, None), *facts().tasks))
    assert facts_of(json.loads(canonical(plain(made)))) == made
    given = Given(decisions=(Decision(ECOLOGY, "reports:1", "理由", points=D(12)),))
    sheets = score(scheme(), made, given)
    assert sheets_of(json.loads(canonical(plain(sheets)))) == sheets
