"""Groupings: disjoint, complete, and cut where law and statistics cut."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import NotFoundError
from wufei.records.catalogue.core.groupings import grouping_of, load_groupings, members_of
from wufei.records.catalogue.core.sectors import Sector
from wufei.records.catalogue.core.sources import Status
from wufei.records.catalogue.core.streams import load_streams

ON = date(2018, 12, 31)
PAIRS = [(code, sector.value) for code in load_streams() for sector in Sector]


@given(pair=st.sampled_from(PAIRS), partition=st.sampled_from(["stat", "legal"]))
def test_every_pair_is_in_exactly_one_top_level_class(pair, partition):
    holders = [
        grouping.id
        for grouping in load_groupings(ON).values()
        if grouping.partition == partition and not grouping.within and pair in grouping.members
    ]
    assert len(holders) == 1
    assert grouping_of(*pair, partition=partition, on=ON) == holders[0]


@given(pair=st.sampled_from(PAIRS))
def test_no_pair_is_in_two_fields_of_a_plan(pair):
    fields = [g for g in load_groupings(ON).values() if g.partition == "plan" and pair in g.members]
    assert len(fields) <= 1


@given(pair=st.sampled_from(PAIRS))
def test_the_legal_grouping_of_a_pair_is_the_legal_class_of_its_stream(pair):
    stream, sector = pair
    assert grouping_of(stream, sector, partition="legal") == f"legal.{load_streams()[stream].legal_class}"


def test_parts_lie_in_their_whole_and_apart_from_each_other():
    groupings = load_groupings(ON)
    parts = [grouping for grouping in groupings.values() if grouping.within]
    assert {part.id for part in parts} >= {
        "stat.straw", "stat.manure", "stat.mulch-film", "stat.pesticide-packaging",
        "stat.recyclables", "stat.household-hazardous", "stat.used-cooking-oil", "stat.emerging",
        "stat.industrial-waste-oil", "stat.social-waste-oil",
    }  # fmt: skip
    for part in parts:
        assert part.members
        assert part.members <= groupings[part.within].members
        siblings = [other for other in parts if other.within == part.within and other is not part]
        assert all(part.members.isdisjoint(other.members) for other in siblings)


@pytest.mark.parametrize(
    ("stream", "sector", "expected"),
    [
        ("HW01", "medical", "stat.medical"),
        ("HW01", "industry", "stat.medical"),
        ("HW08", "industry", "stat.industrial-hazardous"),
        ("HW-UNSORTED", "industry", "stat.industrial-hazardous"),
        ("HW08", "municipal", "stat.social-hazardous"),
        ("SW07", "industry", "stat.general-industrial"),
        ("SW07", "municipal", "stat.sewage-sludge"),
        ("SW90", "municipal", "stat.sewage-sludge"),
        ("SW61", "household", "stat.household"),
        ("SW61", "municipal", "stat.kitchen"),
        ("MSW-UNSORTED", "household", "stat.household"),
        ("CDW-UNSORTED", "construction", "stat.construction"),
        ("GI-UNSORTED", "industry", "stat.general-industrial"),
        ("GREEN", "municipal", "stat.green"),
        ("AGRI-STRAW", "agriculture", "stat.agriculture"),
        ("SW92", "municipal", "stat.other"),
        ("OIL-COOKING", "household", "stat.household"),
        ("OIL-COOKING", "municipal", "stat.kitchen"),
        ("EMERG-BATTERY", "industry", "stat.general-industrial"),
        ("EMERG-PV", "municipal", "stat.other"),
    ],
)
def test_statistics_cut_by_stream_and_sector(stream, sector, expected):
    assert grouping_of(stream, sector) == expected


def test_medical_waste_is_hazardous_in_law_but_not_in_industrial_statistics():
    assert ("HW01", "medical") in members_of("legal.hazardous")
    assert not any(stream == "HW01" for stream, _ in members_of("stat.industrial-hazardous"))


def test_a_pair_in_no_field_of_a_plan_has_no_grouping():
    assert grouping_of("SW92", "municipal", partition="plan") == ""


def test_before_its_first_day_a_grouping_is_not_found():
    with pytest.raises(NotFoundError, match="2015"):
        members_of("stat.medical", date(2015, 12, 31))
    assert load_groupings(date(2015, 12, 31)) == {}


def test_an_unknown_grouping_is_not_found():
    with pytest.raises(NotFoundError):
        members_of("stat.radioactive")


def test_waste_oil_of_industry_and_of_others_are_apart_and_together_all_of_it():
    ours, others = members_of("stat.industrial-waste-oil", ON), members_of("stat.social-waste-oil", ON)
    assert ours.isdisjoint(others)
    assert ours | others == {("HW08", sector.value) for sector in Sector}


def test_emerging_waste_is_a_part_of_recyclable_industrial_waste():
    emerging = {stream for stream, _ in members_of("stat.emerging", ON)}
    assert emerging == {"EMERG-BATTERY", "EMERG-PV", "EMERG-BLADE"}
    assert {load_streams()[code].parent for code in emerging} == {"SW17"}
    assert not any(load_streams()[code].status is Status.OFFICIAL for code in emerging)
