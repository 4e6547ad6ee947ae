"""New, repeated, replaced, contradicted."""

import uuid
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.period import Period
from wufei.records.observations.core.observation import NewObservation, ObservationKind
from wufei.records.observations.core.standing import Outcome, Standing, judge, refuse_taken

ID, OTHER = uuid.UUID(int=7), uuid.UUID(int=8)
TOLD = NewObservation(
    "actual", "gdp", 1, Period.parse("2018"), Decimal(5), "万元", ObservationKind.PUBLISHED, "公报",
    text="5万元",
)  # fmt: skip
STANDING = Standing(ID, TOLD.content)
CORRECTED = replace(TOLD, value=Decimal(6), text="6万元")


def code_of(observation, standing):
    outcome, finding = judge(observation, standing)
    assert outcome is Outcome.REFUSED
    return finding.code


def test_the_first_telling_is_recorded():
    assert judge(TOLD, None) == (Outcome.RECORD, None)


@pytest.mark.parametrize(
    "again", [TOLD, replace(TOLD, value=Decimal("5.00")), replace(TOLD, replaces=OTHER, uuid=OTHER)]
)
def test_the_same_content_again_is_a_repetition(again):
    assert judge(again, STANDING) == (Outcome.REPEATED, None)


@pytest.mark.parametrize(
    "change",
    [
        {"value": Decimal("5.01")},
        {"value": None},
        {"source_title": "年鉴"},
        {"provisional": True},
        {"department": "统计局"},
        {"relative_ppm": 1},
    ],
)
def test_other_content_without_replacing_is_refused_and_says_what_to_replace(change):
    outcome, finding = judge(replace(TOLD, **change), STANDING)
    assert outcome is Outcome.REFUSED
    assert finding.code == "observations.conflict"
    assert str(ID) in finding.fix.zh
    assert str(ID) in finding.fix.en


def test_a_replacement_names_the_standing_one_and_a_reason():
    assert judge(replace(CORRECTED, replaces=ID, reason="年报更正"), STANDING) == (Outcome.RECORD, None)
    assert code_of(replace(CORRECTED, replaces=ID, reason=" "), STANDING) == "observations.reason"
    assert code_of(replace(CORRECTED, replaces=OTHER, reason="x"), STANDING) == "observations.replaces"
    assert code_of(replace(CORRECTED, replaces=ID, reason="x"), None) == "observations.replaces"


def test_an_id_that_is_taken_is_named():
    assert str(OTHER) in refuse_taken(TOLD, OTHER).message.en


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_however_often_values_are_told_each_change_needs_a_replacement(values):
    standing, versions = None, 0
    for number in values:
        told = replace(TOLD, value=Decimal(number))
        outcome, _ = judge(told, standing)
        if outcome is Outcome.REFUSED:
            told = replace(told, replaces=standing.uuid, reason="更正")
            outcome, _ = judge(told, standing)
        if outcome is Outcome.RECORD:
            standing, versions = Standing(uuid.uuid4(), told.content), versions + 1
    changes = sum(1 for before, after in pairwise(values) if before != after)
    assert versions == changes + 1
