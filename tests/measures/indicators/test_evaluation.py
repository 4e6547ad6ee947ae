"""One pass over the cells equals naive sums, whatever the order of rows."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wufei.kernel.period import Period
from wufei.measures.cube.core.cells import CellRow
from wufei.measures.indicators.core.evaluate import compute_figures
from wufei.measures.indicators.core.figures import Status
from wufei.records.catalogue.core.groupings import members_of
from wufei.records.catalogue.core.methods import load_methods, methods_in
from wufei.records.ledger.core.transfers import Evidence

REGIONS = (1, 2, 3)
STREAMS = ("GI-UNSORTED", "SW01", "SW07", "HW08", "SW62", "SW61", "SW90", "CDW-UNSORTED")
SECTORS = ("industry", "household", "municipal")
METHODS = ("utilise", "recycled-aggregate", "landfill", "store", "unspecified", "compost")

CELLS = st.builds(
    CellRow,
    book=st.sampled_from(["actual", "declared"]),
    month=st.just(""),
    place_region_id=st.sampled_from(REGIONS),
    origin_region_id=st.sampled_from(REGIONS),
    stream=st.sampled_from(STREAMS),
    origin_sector=st.sampled_from(SECTORS),
    step=st.sampled_from(["generate", "new-waste", "treat-in", "use", "dispatch"]),
    method=st.sampled_from(METHODS),
    evidence=st.sampled_from([each.value for each in Evidence]),
    grams=st.integers(1, 10**13),
    transfers=st.integers(1, 50),
    variance_g2ppm2=st.integers(0, 10**40),
)


def naive(rows, region, group, steps, methods=None):
    """Sum the rows of a quantity by origin, one by one."""
    return sum(
        row.grams
        for row in rows
        if row.book == "actual"
        and row.origin_region_id == region
        and (row.stream, row.origin_sector) in members_of(group)
        and row.step in steps
        and (methods is None or row.method in methods)
    )


@settings(max_examples=150)
@given(st.lists(CELLS, max_size=40))
def test_a_random_district_equals_a_naive_sum(bench, rows):
    indicator = "general-industrial-waste-utilisation-rate"
    figure = bench.figure(indicator, rows)
    used = naive(rows, 1, "stat.general-industrial", {"treat-in", "use"}, methods_in("utilise"))
    generated = naive(rows, 1, "stat.general-industrial", {"generate", "new-waste"})
    quantities = {quantity.name: quantity.grams for quantity in figure.quantities}
    assert quantities == {"used": used, "generated": generated, "used_from_earlier_stock": 0}
    if figure.value is not None:
        exact = Fraction(100 * used, generated)
        assert abs(Fraction(figure.value) - exact) <= exact / 10**27
    else:
        assert figure.status is Status.NOT_COMPUTABLE
        assert figure.reason.zh
        assert figure.reason.en


@settings(max_examples=60)
@given(st.lists(CELLS, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(bench, rows, dice):
    shuffled = list(rows)
    dice.shuffle(shuffled)
    places = [bench.place(number) for number in REGIONS]
    first = bench.inputs(rows, places=places)
    second = bench.inputs(shuffled, places=places)
    assert compute_figures(first) == compute_figures(second)


@settings(max_examples=60)
@given(st.lists(CELLS, min_size=1, max_size=30))
def test_cells_split_in_two_give_the_same_figures(bench, rows):
    halves = [
        part
        for row in rows
        for part in (
            row._replace(
                grams=row.grams // 2, transfers=row.transfers, variance_g2ppm2=row.variance_g2ppm2 // 2
            ),
            row._replace(
                grams=row.grams - row.grams // 2,
                transfers=0,
                variance_g2ppm2=row.variance_g2ppm2 - row.variance_g2ppm2 // 2,
            ),
        )
    ]
    assert compute_figures(bench.inputs(rows)) == compute_figures(bench.inputs(halves))


def test_two_hundred_orders_of_a_long_list_print_the_same_value(bench):
    dice = random.Random(7)  # noqa: S311 - a seed, so that the test repeats
    rows = [bench.row("generate", dice.randint(1, 10**6)) for _ in range(300)]
    rows += [bench.row("treat-in", dice.randint(1, 10**3), method="utilise") for _ in range(300)]
    values = set()
    for _ in range(200):
        dice.shuffle(rows)
        values.add(bench.figure("general-industrial-waste-utilisation-rate", rows).value)
    assert len(values) == 1


def test_a_plants_work_counts_for_the_district_whose_waste_it_is(bench):
    """Golden test of attribution: the only plant stands in the second district."""
    away = {"place_region_id": 2, "origin_region_id": 1}
    rows = [
        bench.row("generate", 100),
        bench.row("treat-in", 80, method="recycle-material", **away),
        bench.row("generate", 50, place_region_id=2, origin_region_id=2),
        bench.row("treat-in", 50, method="store-or-dispose", place_region_id=2, origin_region_id=2),
    ]
    places = [bench.place(1, "A"), bench.place(2, "B")]
    figures = {
        figure.region.key: figure
        for figure in compute_figures(
            bench.inputs(rows, places=places, indicators=["general-industrial-waste-utilisation-rate"])
        )
    }
    assert figures["A"].value == 80
    assert figures["B"].value == 0
    assert figures["A"].by == "origin"


def test_by_place_counts_where_waste_is_handled(bench):
    rows = [
        bench.row("generate", 100),
        bench.row("treat-in", 80, method="landfill", place_region_id=2),
    ]
    inputs = bench.inputs(
        rows, places=[bench.place(1, "A"), bench.place(2, "B")], indicators=["household-waste-landfilled"]
    )
    definition = inputs.definitions[0]
    flows = tuple(
        replace(flow, by="place", group="stat.general-industrial") for flow in definition.quantities
    )
    load = replace(definition, quantities=flows)
    figures = compute_figures(replace(inputs, definitions=[load]))
    assert [(figure.region.key, figure.value) for figure in figures] == [("A", 0), ("B", 80)]


def test_a_province_sums_its_districts(bench):
    rows = [
        bench.row("generate", 100, origin_region_id=2, place_region_id=2),
        bench.row("treat-in", 25, method="utilise", origin_region_id=2, place_region_id=3),
        bench.row("generate", 300, origin_region_id=3, place_region_id=3),
        bench.row("treat-in", 300, method="utilise", origin_region_id=3, place_region_id=3),
    ]
    figure = bench.figure(
        "general-industrial-waste-utilisation-rate",
        rows,
        places=[bench.place(1, "CITY", kind="province")],
        members={1: frozenset({1, 2, 3})},
    )
    assert figure.value == Decimal("81.25")
    assert figure.quantities[0].selection.region_ids == frozenset({1, 2, 3})


def test_intensities_and_per_head_values_come_in_their_units(bench):
    rows = [
        bench.row("generate", 5_000),
        bench.row("generate", 730, stream="SW64", origin_sector="household"),
    ]
    observations = [
        bench.observed("industrial-added-value", 25, unit="亿元"),
        bench.observed("resident-population", "0.2", unit="万人"),
    ]
    figures = bench.figures(rows, observations=observations)
    assert figures["general-industrial-waste-intensity"].value == Decimal("0.02")
    # 730 t over 2,000 people and 365 days.
    assert figures["household-waste-per-head"].value == 1
    leap = bench.figures(rows, observations=observations, period=Period.year_of(2024))
    assert abs(leap["household-waste-per-head"].value - Decimal(730_000) / 2000 / 366) < Decimal("1e-20")


def test_money_per_area_and_counts_keep_their_units(bench):
    observations = [
        bench.observed("pesticide-used", 50),
        bench.observed("sown-area", 10),
        bench.observed("green-factory-count", 7),
        bench.observed("zero-waste-investment-amount", 20_000, unit="万元"),
    ]
    figures = bench.figures([], observations=observations)
    assert figures["pesticide-use-per-mu"].value == Decimal("0.5")
    assert figures["green-factories"].value == 7
    assert figures["zero-waste-investment"].value == 2


def test_earlier_stock_is_zero_where_no_statistic_states_it_and_counts_where_one_does(bench):
    """Dexing 2019: 502.49 of 6,323.75 (10,000 t) used; with 1.588 from earlier stock 7.944 %."""
    rows = [
        bench.row("generate", Decimal(63237500)),
        bench.row("treat-in", Decimal(5024900), method="utilise"),
        bench.row("treat-in", Decimal(589700), method="store-or-dispose"),
        bench.row("treat-in", Decimal(57638700), method="store"),
    ]
    indicator = "general-industrial-waste-utilisation-rate"
    assert round(bench.figure(indicator, rows).value, 3) == Decimal("7.946")
    stock = bench.observed("general-industrial-used-from-earlier-stock", "1.588", unit="万吨")
    assert round(bench.figure(indicator, rows, observations=[stock]).value, 3) == Decimal("7.944")


def test_quality_shares_are_by_mass_and_uncertainty_is_propagated(bench):
    rows = [
        bench.row("generate", 100, evidence="weighbridge", variance_g2ppm2=(3 * 10**12) ** 2),
        bench.row("treat-in", 40, method="utilise", evidence="estimated", variance_g2ppm2=(16 * 10**11) ** 2),
        bench.row("treat-in", 60, method="landfill", evidence="scale"),
    ]
    figure = bench.figure("general-industrial-waste-utilisation-rate", rows)
    quality = figure.quality
    assert (quality.weighed_share, quality.estimated_share) == (Decimal(100) / 140, Decimal(40) / 140)
    assert quality.declared_share == quality.statistical_share == quality.derived_share == 0
    # 3 % and 4 % make 5 %.
    assert quality.relative_ppm == 50_000


def test_a_decrease_from_a_zero_base_stays_zero_or_has_no_value(bench):
    indicator = "industrial-hazardous-waste-landfill-decrease"
    hazardous = {"stream": "HW08"}
    base = [bench.observed("industrial-hazardous-landfilled-base", 0)]
    clean = [bench.row("generate", 10, **hazardous), bench.row("treat-in", 10, method="utilise", **hazardous)]
    kept = bench.figure(indicator, clean, observations=base)
    assert kept.value == 0
    assert "保持为零" in kept.reason.zh
    dirty = [*clean, bench.row("treat-in", 1, method="secure-landfill", **hazardous)]
    risen = bench.figure(indicator, dirty, observations=base)
    assert risen.value is None
    assert risen.status is Status.NOT_COMPUTABLE
    assert "基准年为零" in risen.reason.zh


def test_a_zero_denominator_is_told_instead_of_raised(bench):
    observations = [bench.observed("villages", 0), bench.observed("villages-sorting", 0)]
    figure = bench.figure("rural-sorting-coverage", [], observations=observations)
    assert figure.value is None
    assert "分母为零" in figure.reason.zh
    assert figure.reason.en


def test_all_treatment_without_utilisation_is_a_true_zero(bench):
    rows = [bench.row("generate", 10), bench.row("treat-in", 10, method="landfill")]
    assert bench.figure("general-industrial-waste-utilisation-rate", rows).value == 0


def test_a_published_account_proves_a_zero_only_where_all_waste_is_accounted_for(bench):
    """Published: 107,900 t made, 33,800 t landfilled; nobody printed what became of the rest."""
    book = "published:x"
    indicator = "household-waste-recycling-rate"
    waste = {"stream": "MSW-UNSORTED", "origin_sector": "household", "book": book}
    made = bench.row("generate", 107_900, **waste)
    partly = [made, bench.row("treat-in", 33_800, method="landfill", **waste)]
    figure = bench.figure(indicator, partly, book=book)
    assert figure.value is None
    assert "74100 吨去向未细分" in figure.reason.zh
    wholly = [made, bench.row("treat-in", 107_890, method="landfill", **waste)]
    assert bench.figure(indicator, wholly, book=book).value == 0
    daily = [row._replace(book="actual") for row in partly]
    assert bench.figure(indicator, daily).value == 0


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "没有本区域本期的这类记录"),
        ([("generate", "")], "没有去向记录"),
        ([("generate", ""), ("treat-in", "unspecified")], "10 吨去向未细分"),
    ],
)
def test_unrecorded_whereabouts_are_not_taken_for_zero(bench, rows, words):
    cells = [bench.row(step, 10, method=method) for step, method in rows]
    figure = bench.figure("general-industrial-waste-utilisation-rate", cells)
    assert figure.value is None
    assert figure.status is Status.NOT_COMPUTABLE
    assert words in figure.reason.zh
    assert "台账" in figure.reason.zh
    assert "ledger" in figure.reason.en


def test_a_missing_observation_names_itself_its_unit_and_where_to_enter_it(bench):
    figure = bench.figure("rural-sorting-coverage", [], observations=[bench.observed("villages", 12)])
    assert "开展生活垃圾分类的行政村数（个）" in figure.reason.zh
    assert "wufei observations record" in figure.reason.zh
    assert "行政村数（个）：请" in figure.reason.zh
    assert figure.quantities[1].value == 12
    assert figure.quantities[0].value is None


def test_an_observation_in_a_unit_of_another_kind_is_not_used(bench):
    observations = [bench.observed("villages", 12, unit="t"), bench.observed("villages-sorting", 6)]
    figure = bench.figure("rural-sorting-coverage", [], observations=observations)
    assert figure.value is None
    assert "单位" in figure.reason.zh


def test_partly_unspecified_whereabouts_are_remarked(bench):
    rows = [
        bench.row("generate", 10),
        bench.row("treat-in", 4, method="utilise"),
        bench.row("treat-in", 6, method="unspecified"),
    ]
    figure = bench.figure("general-industrial-waste-utilisation-rate", rows)
    assert figure.value == 40
    assert [finding.code for finding in figure.findings] == ["figure.whereabouts-unspecified"]
    assert figure.findings[0].severity == "note"


def test_direct_use_counts_also_without_a_method(bench):
    rows = [
        bench.row("generate", 10, stream="AGRI-STRAW", origin_sector="agriculture"),
        bench.row("use", 9, stream="AGRI-STRAW", origin_sector="agriculture"),
    ]
    assert bench.figure("straw-utilisation-rate", rows).value == 90


def test_books_are_never_added_together(bench):
    rows = [
        bench.row("generate", 10),
        bench.row("treat-in", 5, method="utilise"),
        bench.row("treat-in", 5, method="landfill"),
        bench.row("treat-in", 100, method="utilise", book="declared"),
    ]
    assert bench.figure("general-industrial-waste-utilisation-rate", rows).value == 50


def test_a_district_without_rows_in_the_cube_is_not_computable_and_does_not_fail(bench):
    rows = [bench.row("generate", 10, origin_region_id=9, place_region_id=9, book="declared")]
    figures = bench.figures(rows)
    assert all(figure.value is None for figure in figures.values())
    assert {figure.status for figure in figures.values()} == {Status.NOT_COMPUTABLE, Status.NOT_NUMERIC}


def test_every_method_belongs_to_a_group_so_no_treatment_is_lost():
    assert set(load_methods()) == set().union(
        *(
            methods_in(group)
            for group in ("utilise", "energy", "biological", "incinerate", "landfill", "store", "unspecified")
        )
    )
