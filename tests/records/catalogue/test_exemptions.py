"""The list of exemptions: a step is exempt only if every condition is known to hold."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.records.catalogue.core.codes import is_hazardous
from wufei.records.catalogue.core.exemptions import (
    ALL_HAZARDOUS,
    Outcome,
    Step,
    decide,
    exemption_for,
    exemptions_of,
    load_conditions,
    load_exemptions,
)
from wufei.records.catalogue.core.sources import Status

FACTS = sorted(load_conditions())


def ids(decision):
    return [one.exemption.id for one in decision.lines]


def test_every_line_says_what_is_exempted_what_remains_and_that_it_is_unconfirmed():
    for line in load_exemptions():
        for text in (line.waste, line.exempted, line.remains, *(one.text for one in line.conditions)):
            assert text.zh
            assert text.en
        assert line.conditions
        assert line.status is Status.TO_BE_CONFIRMED


@pytest.mark.parametrize(
    ("code", "step", "facts"),
    [
        ("900-023-29", Step.DISPOSE, {"from-household-life", "not-collected-separately"}),
        ("900-023-29", Step.COLLECT, {"from-household-life", "in-sorting-scheme"}),
        (
            "841-001-01",
            Step.COLLECT,
            {"at-most-19-beds", "no-major-epidemic", "disinfected-and-collected-by-rule"},
        ),
        ("900-003-04", Step.COLLECT, {"pesticide-packaging", "to-set-collection-point"}),
        ("772-002-18", Step.DISPOSE, {"cement-kiln-standard"}),
        ("772-002-18", Step.DISPOSE, {"fly-ash-landfill-standard", "into-household-landfill"}),
        ("900-052-31", Step.TRANSPORT, {"battery-unbroken", "sheltered-vehicle"}),
        ("900-249-08", Step.USE, {"iron-drum", "drained-and-baled", "for-metal-smelting"}),
        ("900-041-49", Step.STORE, {"oily-rags", "not-collected-separately"}),
        ("900-300-34", Step.USE, {"only-corrosive", "as-raw-material"}),
    ],
)
def test_a_case_that_meets_all_conditions_is_exempt_and_without_one_of_them_it_is_not(code, step, facts):
    whole = dict.fromkeys(facts, True)
    assert exemption_for(code, step, whole).outcome is Outcome.EXEMPT
    for fact in facts:
        assert exemption_for(code, step, whole | {fact: False}).outcome is not Outcome.EXEMPT
        unknown = {key: value for key, value in whole.items() if key != fact}
        assert exemption_for(code, step, unknown).outcome is not Outcome.EXEMPT


def test_what_nobody_said_leaves_the_step_open_and_names_what_is_missing():
    decision = exemption_for("900-052-31", Step.TRANSPORT, {"battery-unbroken": True})
    assert decision.outcome is Outcome.OPEN
    assert [one.id for one in decision.lines[0].missing] == ["sheltered-vehicle"]


def test_a_broken_battery_is_carried_as_hazardous_waste():
    decision = exemption_for(
        "900-052-31", Step.TRANSPORT, {"battery-unbroken": False, "sheltered-vehicle": True}
    )
    assert decision.outcome is Outcome.NOT_EXEMPT
    assert [one.id for one in decision.lines[0].failed] == ["battery-unbroken"]


def test_the_exemption_of_one_step_is_none_of_another():
    facts = {"battery-unbroken": True, "sheltered-vehicle": True}
    assert exemption_for("900-052-31", Step.STORE, facts).outcome is Outcome.NOT_EXEMPT
    assert exemption_for("900-052-31", Step.WHOLE, facts).outcome is Outcome.NOT_EXEMPT


def test_waste_without_a_line_is_not_exempt_and_general_lines_need_a_fact_that_speaks_for_them():
    assert exemption_for("900-039-49", Step.DISPOSE, {}).lines == ()
    assert exemption_for("900-039-49", Step.DISPOSE, {}).outcome is Outcome.NOT_EXEMPT
    assert ids(exemption_for("900-039-49", Step.USE, {"risk-controlled": True})) == ["point-to-point-use"]


def test_waste_that_is_not_hazardous_needs_no_exemption():
    facts = dict.fromkeys(FACTS, True)
    assert exemption_for("900-001-S17", Step.DISPOSE, facts).lines == ()


def test_a_line_of_a_category_holds_for_each_of_its_items():
    assert {line.id for line in exemptions_of("841-003-01")} >= {
        "medical-small-collect",
        "pathological-treated-dispose",
    }
    assert not any(ALL_HAZARDOUS in line.codes for line in exemptions_of("841-003-01"))


@given(
    line=st.sampled_from(load_exemptions()),
    facts=st.dictionaries(st.sampled_from(FACTS), st.booleans()),
    step=st.sampled_from(list(Step)),
)
def test_exempt_means_that_some_line_for_the_step_has_all_its_conditions(line, facts, step):
    code = "900-039-49" if ALL_HAZARDOUS in line.codes else line.codes[0]
    code = {"HW01": "841-001-01", "HW34": "900-300-34"}.get(code, code)
    expected = any(
        one.speaks_of(code)
        and one.step in {step, Step.WHOLE}
        and all(facts.get(condition.id) is True for condition in one.conditions)
        for one in load_exemptions()
    )
    assert is_hazardous(code)
    assert (exemption_for(code, step, facts).outcome is Outcome.EXEMPT) == expected


@given(facts=st.dictionaries(st.sampled_from(FACTS), st.booleans()), more=st.sampled_from(FACTS))
def test_one_fact_more_that_holds_never_takes_an_exemption_away(facts, more):
    for code in ("772-002-18", "841-001-01", "900-249-08"):
        before = exemption_for(code, Step.DISPOSE, facts).outcome
        if before is Outcome.EXEMPT:
            assert exemption_for(code, Step.DISPOSE, facts | {more: True}).outcome is Outcome.EXEMPT


def test_a_line_holds_only_between_its_days():
    facts = {"battery-unbroken": True, "sheltered-vehicle": True}
    (line,) = (line for line in load_exemptions() if line.id == "lead-battery-transport")
    ended = replace(line, valid_to=date(2030, 1, 1))

    def outcome(on):
        return decide([ended], "900-052-31", Step.TRANSPORT, facts, on).outcome

    assert outcome(date(2024, 12, 31)) is Outcome.NOT_EXEMPT
    assert outcome(date(2029, 12, 31)) is Outcome.EXEMPT
    assert outcome(date(2030, 1, 1)) is Outcome.NOT_EXEMPT
