"""The lists of streams, methods and sectors."""

import pytest

from wufei.kernel.errors import NotFoundError
from wufei.records.catalogue.core.methods import MethodGroup, load_methods, methods_in
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.catalogue.core.sources import Status, load_sources
from wufei.records.catalogue.core.streams import LegalClass, load_streams

# 固体废物分类与代码目录 (2024): S01-S59 without S08 industrial, S60-S69 household, S70-S79 construction,
# S80-S89 agricultural, S90-S99 other; 35 second-level classes.
SOLID_WASTE_CODES = [
    *(f"SW{number:02d}" for number in (*range(1, 8), *range(9, 18), 59)),
    *(f"SW{number}" for number in (*range(60, 65), *range(70, 75), *range(80, 84), *range(90, 93), 99)),
]


def test_the_catalogue_of_2024_has_its_35_categories_and_no_sw08():
    official = [code for code in load_streams() if code.startswith("SW")]
    assert official == SOLID_WASTE_CODES
    assert len(official) == 35


def test_the_hazardous_list_has_46_categories_and_41_to_44_are_vacant():
    vacant = {41, 42, 43, 44}
    expected = [f"HW{number:02d}" for number in range(1, 51) if number not in vacant]
    assert [code for code in load_streams() if code.startswith("HW") and len(code) == 4] == expected
    assert len(expected) == 46


@pytest.mark.parametrize(
    ("digits", "legal_class"),
    [
        (range(1, 60), LegalClass.GENERAL_INDUSTRIAL),
        (range(60, 70), LegalClass.HOUSEHOLD),
        (range(70, 80), LegalClass.CONSTRUCTION),
        (range(80, 90), LegalClass.AGRICULTURAL),
        (range(90, 100), LegalClass.OTHER),
    ],
)
def test_the_number_of_a_solid_waste_code_gives_its_legal_class(digits, legal_class):
    found = {load_streams()[code].legal_class for code in SOLID_WASTE_CODES if int(code[2:]) in digits}
    assert found == {legal_class}


def test_names_that_nobody_could_confirm_are_marked():
    streams = load_streams()
    assert {streams[code].status for code in SOLID_WASTE_CODES} == {Status.TO_BE_CONFIRMED}
    assert streams["HW08"].status is Status.OFFICIAL
    assert Status.TO_BE_CONFIRMED.label.zh == "待核实"


def test_every_stream_has_both_names_a_date_and_a_source():
    for stream in load_streams().values():
        assert stream.name.zh, stream.code
        assert stream.name.en, stream.code
        assert stream.effective_on.year >= 2016
        assert load_sources()[stream.source.id] == stream.source


def test_a_part_lies_in_the_legal_class_and_category_of_its_parent():
    streams = load_streams()
    parts = [stream for stream in streams.values() if stream.parent]
    assert {part.code for part in parts} >= {"AGRI-STRAW", "AGRI-MANURE", "AGRI-FILM", "AGRI-PESTPACK"}
    for part in parts:
        assert part.legal_class is streams[part.parent].legal_class
        assert part.category == part.parent
    assert streams["SW07"].category == "SW07"
    assert streams["GI-UNSORTED"].category == ""


def test_each_class_with_published_totals_has_an_unsorted_leaf():
    streams = load_streams()
    leaves = {code: streams[f"{code}-UNSORTED"].legal_class for code in ("GI", "HW", "MSW", "CDW")}
    assert leaves == {
        "GI": LegalClass.GENERAL_INDUSTRIAL,
        "HW": LegalClass.HAZARDOUS,
        "MSW": LegalClass.HOUSEHOLD,
        "CDW": LegalClass.CONSTRUCTION,
    }


@pytest.mark.parametrize("code", ["SW08", "HW41", "hw01", "SW1", ""])
def test_vacant_and_misspelt_codes_are_no_streams(code):
    assert code not in load_streams()
    assert load_streams()["HW01"].name.zh == "医疗废物"


def test_every_method_group_has_an_undivided_method_of_its_own_name():
    methods = load_methods()
    for group in MethodGroup:
        assert methods[group.value].group is group
        assert group.value in methods_in(group)
    assert sum(len(methods_in(group)) for group in MethodGroup) == len(methods)


def test_composting_is_biological_and_cement_kilns_are_energy():
    assert {"compost", "digest"} <= methods_in("biological")
    assert "co-process" in methods_in("energy")
    assert "secure-landfill" in methods_in("landfill")


def test_an_unknown_method_group_is_not_found():
    with pytest.raises(NotFoundError):
        methods_in("dispose")


def test_the_sectors_are_the_six_of_the_ledger_and_are_named_in_both_languages():
    assert set(Sector) == {"industry", "household", "medical", "construction", "agriculture", "municipal"}
    assert all(sector.label.zh and sector.label.en for sector in Sector)
