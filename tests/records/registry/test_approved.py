"""What an enterprise made beside what its approvals foresee: by code, by category, by book."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.records.registry.core.approved import approved_findings, approved_masses
from wufei.records.registry.core.papers import Line

T = 1_000_000
OIL, FLUID, SCRAP = "900-214-08", "900-006-09", "900-001-S17"
LINES = (Line(OIL, "废机油", 3 * T), Line(FLUID, "废切削液", None), Line(SCRAP, "边角料", 12 * T))


def told(lines, made):
    masses = approved_masses(lines, made)
    return {each.code: each for each in masses}, {
        each.code.partition(".")[2] for each in approved_findings(masses, 2026)
    }


def test_over_within_without_mass_and_unnamed_are_told_apart():
    found, codes = told(
        LINES, {"a": {OIL: 4 * T, FLUID: T, SCRAP: 12 * T, "900-039-49": T, "900-002-S17": T}}
    )
    assert (found[OIL].over, found[SCRAP].over, found[FLUID].over) == (True, False, False)
    assert found[FLUID].approved_g is None
    assert found["900-039-49"].unforeseen
    assert "900-002-S17" not in found, "general waste that no approval names is no defect"
    assert codes == {"approved-exceeded", "approved-unnamed"}


@pytest.mark.parametrize(("made", "over"), [(3 * T, False), (4 * T + 1, True)])
def test_a_ledger_by_category_is_compared_with_the_sum_of_the_category(made, over):
    lines = (Line(OIL, "废机油", 3 * T), Line("900-249-08", "废矿物油", T))
    found, _ = told(lines, {"a": {"HW08": made}})
    assert found["HW08"].over is over
    assert found["HW08"].approved_g == 4 * T
    assert OIL not in found, "by category the ledger says nothing of a code"


def test_two_approvals_of_one_code_are_added_and_two_books_are_not():
    lines = (Line(OIL, "废机油", 3 * T), Line(OIL, "废机油", 2 * T))
    masses = approved_masses(lines, {"a": {OIL: 4 * T}, "b": {OIL: 4 * T}})
    assert [(each.book, each.approved_g, each.over) for each in masses] == [
        ("a", 5 * T, False),
        ("b", 5 * T, False),
    ]


def test_without_an_approval_nothing_is_compared_and_without_a_ledger_nothing_is_over():
    assert approved_masses((), {"a": {OIL: T}}) == []
    masses = approved_masses(LINES, {})
    assert [each.made_g for each in masses] == [0, 0, 0]
    assert approved_findings(masses, 2026) == []


GRAMS = st.integers(0, 20 * T)


@given(st.tuples(GRAMS, GRAMS, GRAMS))
def test_only_what_is_more_than_foreseen_or_unnamed_is_a_finding(made):
    made = dict(zip((OIL, SCRAP, "900-039-49"), made, strict=True))
    masses = approved_masses(LINES, {"a": made})
    foreseen = {OIL: 3 * T, SCRAP: 12 * T}
    wanted = {code for code, grams in made.items() if grams > foreseen.get(code, 0)}
    assert {each.where for each in approved_findings(masses, 2026)} == wanted
