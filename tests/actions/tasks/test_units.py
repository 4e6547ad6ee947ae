"""Units of a plan are found among the departments by name, by alias, by the part of the name that tells."""

from __future__ import annotations

import pytest

from wufei.actions.tasks.core.units import Known, is_generic, matched_unit, unit_finding

DEPARTMENTS = (
    Known(1, "区生态环境局（示例）"),
    Known(2, "区发展和改革委员会", ("区发改委",)),
    Known(3, "区城市管理委"),
    Known(4, "市城市管理委"),
)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("区生态环境局", 1),
        ("生态环境局", 1),
        ("区发改委", 2),
        ("区发展和改革委", 2),
        ("区城市管理委", 3),
        ("区城市管理委员会", None),
        ("区水务局", None),
        ("", None),
    ],
)
def test_a_unit_is_found_or_left_to_a_person(unit, expected):
    assert matched_unit(unit, DEPARTMENTS) == expected


def test_an_unknown_unit_is_a_finding_with_near_names():
    finding = unit_finding("miyun#1", "区发展改革委员会", DEPARTMENTS)
    assert finding.code == "task.unit"
    assert "区发展和改革委员会" in finding.fix.zh
    assert finding.message.en


def test_words_that_name_nobody_are_only_a_note():
    assert is_generic("各有关部门")
    assert unit_finding("x", "各镇街", DEPARTMENTS).severity.value == "note"
