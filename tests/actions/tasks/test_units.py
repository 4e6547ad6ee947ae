"""A unit of a plan without a department is a Finding with near names."""

from __future__ import annotations

from wufei.actions.tasks.core.units import unit_finding
from wufei.records.plans.core.departments import Office, matches

NAMES = {1: "区生态环境局", 2: "区发展和改革委员会"}


def finding(where: str, unit: str):
    (match,) = matches([unit], [Office(number, (name,)) for number, name in NAMES.items()])
    return unit_finding(where, match, NAMES)


def test_an_unknown_unit_is_a_finding_with_near_names():
    found = finding("miyun#1", "区发展改革委员会")
    assert found.code == "task.unit"
    assert "区发展和改革委员会" in found.fix.zh
    assert found.message.en


def test_words_that_name_nobody_are_only_a_note():
    assert finding("x", "各镇街").severity.value == "note"
