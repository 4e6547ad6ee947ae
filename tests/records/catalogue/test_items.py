"""The items that come with Wufei: every code has the right form and category, and says how sure it is."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.records.catalogue.core.codes import (
    Level,
    category_of,
    is_hazardous,
    is_identified_only,
    level,
    plain_code,
)
from wufei.records.catalogue.core.industries import load_industries
from wufei.records.catalogue.core.items import Basis, Group, Hazard, hazards_in, load_items
from wufei.records.catalogue.core.sources import Status
from wufei.records.catalogue.core.streams import LegalClass, load_streams
from wufei.records.catalogue.core.withdrawn import load_withdrawn, successors_of

ITEMS = load_items()
HAZARDOUS = [item for item in ITEMS.values() if item.hazardous]
GENERAL = [item for item in ITEMS.values() if not item.hazardous]


def test_there_are_items_of_every_category_in_use():
    assert len(HAZARDOUS) >= 150
    assert len(GENERAL) >= 60
    official = {code for code in load_streams() if re.fullmatch(r"[HS]W\d{2}", code)}
    assert {item.category for item in ITEMS.values()} == official


def test_codes_have_the_form_of_their_list_and_end_with_their_category():
    for item in HAZARDOUS:
        assert re.fullmatch(r"\d{3}-\d{3}-\d{2}", item.code)
        assert item.category == f"HW{item.code[-2:]}"
    for item in GENERAL:
        assert re.fullmatch(r"\d{3}-0\d{2}-S\d{2}", item.code)
        assert item.category == f"SW{item.code[-2:]}"
        assert 1 <= int(item.code[4:7]) <= 99


def test_no_item_stands_in_a_vacant_category():
    assert not {item.category for item in HAZARDOUS} & {"HW41", "HW42", "HW43", "HW44"}


def test_the_first_digits_name_an_industry_in_both_languages():
    for item in ITEMS.values():
        assert item.industry == load_industries()[item.code[:3]]
        assert item.industry.zh
        assert item.industry.en


def test_every_item_has_names_and_an_everyday_source_in_both_languages():
    for item in ITEMS.values():
        for text in (item.name, item.everyday):
            assert re.search(r"[\u4e00-\u9fff]", text.zh), item.code
            assert text.en, item.code
            assert not re.search(r"[\u4e00-\u9fff]", text.en), item.code
        assert bool(item.excludes.zh) == bool(item.excludes.en), item.code


def test_names_are_short_and_no_two_are_alike():
    names = [item.name.zh for item in ITEMS.values()]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 60


def test_hazardous_waste_has_hazards_and_other_waste_has_none():
    assert all(item.hazard_set for item in HAZARDOUS)
    assert not any(item.hazards for item in GENERAL)


def test_medical_waste_has_its_five_items_with_the_codes_of_hospitals():
    medical = {item.code: item.hazards for item in HAZARDOUS if item.category == "HW01"}
    assert medical == {
        "841-001-01": "In", "841-002-01": "In", "841-003-01": "In", "841-004-01": "T/C/I/R",
        "841-005-01": "T",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "words", "hazards"),
    [
        ("900-214-08", "发动机油", "T,I"),
        ("900-249-08", "矿物油", "T,I"),
        ("900-041-49", "包装物", "T/In"),
        ("900-039-49", "活性炭", "T"),
        ("900-052-31", "铅蓄电池", "T,C"),
        ("900-023-29", "荧光灯管", "T"),
        ("900-252-12", "喷漆", "T,I"),
        ("336-064-17", "磷化", "T/C"),
        ("772-002-18", "焚烧飞灰", "T"),
        ("900-047-49", "实验室", "T/C/I/R"),
        ("900-006-09", "切削", "T"),
    ],
)
def test_items_that_everybody_meets_are_what_people_take_them_for(code, words, hazards):
    assert words in ITEMS[code].name.zh
    assert ITEMS[code].hazards == hazards


def test_nothing_is_called_official_before_an_annex_was_imported():
    assert {item.status for item in ITEMS.values()} == {Status.TO_BE_CONFIRMED}
    assert Basis.ANNEX not in {item.basis for item in ITEMS.values()}
    assert all(basis.label.zh and basis.label.en for basis in Basis)


def test_a_serial_that_nobody_knew_is_marked_as_proposed_and_only_in_the_general_list():
    proposed = {item.code for item in ITEMS.values() if item.basis is Basis.PROPOSED}
    assert proposed
    assert not any(is_hazardous(code) for code in proposed)


def test_the_new_groups_hold_what_they_say():
    groups = {group: {item.code for item in GENERAL if item.group == group} for group in Group}
    assert {"废动力电池", "光伏组件", "风力发电机叶片"} <= {
        word for word in ("废动力电池", "光伏组件", "风力发电机叶片")
        if any(word in ITEMS[code].name.zh for code in groups[Group.EMERGING])
    }  # fmt: skip
    assert all(groups.values())
    assert not any(item.group for item in HAZARDOUS)


def test_a_withdrawn_code_is_not_listed_and_its_successors_are():
    for code, one in load_withdrawn().items():
        assert code not in ITEMS
        assert set(one.successors) <= ITEMS.keys()
        assert category_of(code) in load_streams()
    assert successors_of("900-403-06") == ("900-402-06",)
    assert successors_of("831-001-01") == ("841-001-01",)
    assert successors_of("900-040-49") == ()
    assert successors_of("900-214-08") == ()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (" 900－214－08 ", "900-214-08"),
        ("９００-214-08", "900-214-08"),
        ("90021408", "900-214-08"),
        ("900001s17", "900-001-S17"),
        ("900—001—S17*", "900-001-S17"),
        ("hw08", "HW08"),
        ("900一041一49", "900-041-49"),
    ],
)
def test_codes_are_read_as_people_write_them(written, code):
    assert plain_code(written) == code


@given(written=st.text(max_size=30))
def test_reading_a_code_twice_gives_the_same(written):
    assert plain_code(plain_code(written)) == plain_code(written)


def test_a_code_says_how_far_it_names_the_waste():
    assert level("900-214-08") is Level.ITEM
    assert level("HW08") is Level.CATEGORY
    assert level("hazardous") is Level.CLASS
    assert level("900-214-44") is None
    assert level("anything") is None


def test_what_is_hazardous_follows_from_the_list_the_code_is_of():
    assert is_hazardous("900-214-08")
    assert is_hazardous("900-000-49")
    assert is_identified_only("900-000-49")
    assert is_hazardous("HW01")
    assert is_hazardous(LegalClass.HAZARDOUS)
    assert not is_hazardous("900-001-S17")
    assert not is_hazardous("900-214-43")
    assert not is_identified_only("900-001-49")


@given(
    hazards=st.lists(st.sampled_from(list(Hazard)), min_size=1, unique=True), sign=st.sampled_from([",", "/"])
)
def test_hazards_are_read_back_as_written(hazards, sign):
    assert hazards_in(sign.join(hazards)) == tuple(hazards)


def test_letters_that_are_no_hazard_are_refused():
    assert hazards_in("T,X") is None
    assert hazards_in("") == ()


def test_an_item_is_in_force_from_its_first_day():
    item = ITEMS["900-214-08"]
    assert not item.in_force(date(2024, 12, 31))
    assert item.in_force(date(2025, 1, 1))
