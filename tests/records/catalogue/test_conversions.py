"""Conversions of volumes, pieces and dry solids to grams."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import NotFoundError
from wufei.records.catalogue.core.conversions import ConversionUnit, conversion_for, load_conversions
from wufei.records.catalogue.core.sources import Status
from wufei.records.catalogue.core.streams import load_streams


def test_every_construction_stream_turns_cubic_metres_into_grams():
    for code in ("SW70", "SW71", "SW72", "SW73", "SW74", "CDW-UNSORTED"):
        found = conversion_for(code, "m3", date(2025, 6, 1))
        assert 500_000 <= found.grams_per_unit <= 2_500_000
        assert (found.status, found.source.title.en) == (Status.TO_BE_CONFIRMED, "engineering practice")
        assert found.relative_ppm > 0


def test_a_tonne_of_dry_solids_is_five_tonnes_of_sludge_at_80_percent_moisture():
    dry_share = 1 - Decimal("0.80")
    assert conversion_for("SW90", "tDS", date(2025, 1, 1)).grams_per_unit == 1_000_000 / dry_share


def test_pieces_of_pesticide_packaging_weigh_what_the_plan_published():
    published_g, published_pieces = Decimal("6.6") * 1_000_000, 320_000
    found = conversion_for("AGRI-PESTPACK", "个", date(2020, 12, 31))
    assert found.grams_per_unit == published_g / published_pieces


@pytest.mark.parametrize(
    ("stream", "unit", "on"),
    [
        ("SW70", "m3", date(2015, 12, 31)),
        ("SW70", "L", date(2025, 1, 1)),
        ("HW01", "m3", date(2025, 1, 1)),
    ],
)
def test_without_a_conversion_in_force_the_answer_says_to_report_tonnes(stream, unit, on):
    with pytest.raises(NotFoundError, match="tonnes"):
        conversion_for(stream, unit, on)


@given(on=st.dates(date(2016, 1, 1), date(2040, 1, 1)), found=st.sampled_from(load_conversions()))
def test_the_conversion_of_a_day_has_begun_and_no_later_one_has(on, found):
    same = [c for c in load_conversions() if (c.stream, c.unit) == (found.stream, found.unit)]
    begun = [c for c in same if c.effective_on <= on]
    if begun:
        in_force = conversion_for(found.stream, found.unit, on)
        assert in_force in begun
        assert all(other.effective_on <= in_force.effective_on for other in begun)


def test_every_conversion_has_unit_date_source_uncertainty_and_a_known_stream():
    assert len({found.id for found in load_conversions()}) == len(load_conversions())
    for found in load_conversions():
        assert found.stream in load_streams()
        assert found.unit in set(ConversionUnit)
        assert found.source.clause
        assert 0 < found.relative_ppm < 1_000_000
