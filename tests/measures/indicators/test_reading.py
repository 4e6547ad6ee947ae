"""Figures from the database: one pass, books, scopes, lineage, plan checks."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.period import Period
from wufei.measures.indicators import queries
from wufei.measures.indicators.core.figures import Status
from wufei.records.ledger.core.transfers import Evidence, Reason
from wufei.records.ledger.queries import find_as_of
from wufei.records.ledger.services import reverse
from wufei.records.plans.core.files import load_plans
from wufei.records.plans.services import load_plan
from wufei.runtime import clock
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import regions_by_id

YEAR = Period.year_of(2025)
RATE = "general-industrial-waste-utilisation-rate"
OPERATOR = Scope.operator()


def figure_id(city, indicator=RATE, period="2025", key=None):
    return f"{indicator}@{key or city.a_key}/{period}/{city.book}"


def test_a_districts_utilisation_is_its_own_although_the_plant_stands_elsewhere(busy_city):
    found = queries.compute(OPERATOR, region_ids=[busy_city.a, busy_city.b], period=YEAR, book=busy_city.book)
    rates = {figure.region.id: figure for figure in found.figures if figure.indicator == RATE}
    assert rates[busy_city.a].value == 60
    assert rates[busy_city.b].value is None
    assert rates[busy_city.b].status is Status.NOT_COMPUTABLE
    assert len(found.figures) == 2 * 86
    assert found.books[busy_city.a_key] == busy_city.book


def test_a_figure_carries_quality_selection_and_observations(busy_city):
    figure = queries.figure(OPERATOR, figure_id(busy_city, "general-industrial-waste-intensity"))
    assert figure.value == Decimal("0.005")
    assert figure.quality.weighed_share == 1
    generated, money = figure.quantities
    assert generated.selection.region_ids == frozenset({busy_city.a})
    assert generated.transfers == 1
    assert len(money.observation_ids) == 1
    rate = queries.figure(OPERATOR, figure_id(busy_city))
    assert rate.quality.estimated_share == Decimal(15) / 160
    # 0.9 t and 1.5 t of 60 t, added in quadrature: 2.915 %.
    assert rate.quality.relative_ppm == 29_154


def test_all_regions_are_read_in_as_many_queries_as_one(busy_city):
    def counted(regions):
        with (
            CaptureQueriesContext(connections["system"]) as flows,
            CaptureQueriesContext(connections["default"]) as rest,
        ):
            queries.compute(OPERATOR, region_ids=regions, period=YEAR, book=busy_city.book)
        return sum("sum(t.signed_grams)" in query["sql"] for query in flows), len(rest)

    assert counted([busy_city.a]) == counted([busy_city.a, busy_city.b])
    assert counted([busy_city.a])[0] == 1


def test_the_book_is_actual_if_it_has_transfers_else_the_only_one(region_factory, party_factory, busy_city):
    region = region_factory()
    holder = party_factory(region_id=region)
    published = replace(
        busy_city, book=f"published:{uuid.uuid4().hex[:8]}", a=region, holders={region: holder}, ids=[]
    )
    published.post(published.generate(5))
    found = queries.compute(OPERATOR, region_ids=[region], period=YEAR)
    assert list(found.books.values()) == [published.book]
    replace(published, book="declared").post(replace(published, book="declared").generate(6))
    with pytest.raises(InputError) as refused:
        queries.compute(OPERATOR, region_ids=[region], period=YEAR)
    assert refused.value.code == "figure.book-ambiguous"
    assert published.book in refused.value.message.zh
    actual = replace(published, book="actual")
    actual.post(actual.generate(7))
    assert list(queries.compute(OPERATOR, region_ids=[region], period=YEAR).books.values()) == ["actual"]
    books = {row.book: row.transfers for row in queries.books_of(OPERATOR, region)}
    assert books == {"actual": 1, "declared": 1, published.book: 1}


def test_a_book_of_observations_alone_is_found_too(city):
    published = replace(city, book=f"published:{uuid.uuid4().hex[:8]}")
    year = clock.today_on().year - 1
    published.observe("villages", 4, "个", year=year)
    published.observe("villages-sorting", 3, "个", year=year)
    found = queries.compute(OPERATOR, region_ids=[city.a], period=Period.year_of(year))
    coverage = next(figure for figure in found.figures if figure.indicator == "rural-sorting-coverage")
    assert (coverage.value, coverage.book) == (75, published.book)
    assert [(row.book, row.transfers) for row in queries.books_of(OPERATOR, city.a)] == [(published.book, 0)]


def test_observations_of_a_single_firm_or_of_another_period_are_no_district_figure(city, party_factory):
    city.observe("villages", 4, "个", party_id=city.holders[city.a])
    city.observe("villages", 5, "个", year=2024)
    found = queries.figure(OPERATOR, figure_id(city, "rural-sorting-coverage"))
    assert found.quantities[1].value is None


def test_a_province_sums_administrative_districts_but_no_synthetic_area(
    region_factory, party_factory, book, city
):
    key = f"test-{uuid.uuid4().hex[:8]}"
    province = region_factory(key=key, kind="province")
    kinds = ("district", "synthetic")
    children = {kind: region_factory(kind=kind, parent_key=key) for kind in kinds}
    for region in children.values():
        one = replace(city, a=region, holders={region: party_factory(region_id=region)})
        one.post(one.generate(10))
    found = queries.figure(OPERATOR, f"general-industrial-waste-intensity@{key}/2025/{city.book}")
    assert found.quantities[0].grams == 10_000_000
    assert found.quantities[0].selection.region_ids == {province, children["district"]}


def test_trace_gives_every_transfer_with_its_share(busy_city):
    trace = queries.trace(OPERATOR, figure_id(busy_city))
    used = next(part for part in trace.quantities if part.quantity.name == "used")
    assert {each.row.id: each.share for each in used.transfers} == {
        busy_city.ids[2]: Decimal("0.75"),
        busy_city.ids[3]: Decimal("0.25"),
    }
    assert used.hidden_transfers == 0
    for part in trace.quantities:
        assert sum(each.row.signed_grams for each in part.transfers) == part.quantity.grams


def test_taking_back_one_transfer_of_a_lineage_takes_its_share_of_the_rate(busy_city):
    trace = queries.trace(OPERATOR, figure_id(busy_city), quantity="used")
    (part,) = trace.quantities
    taken = part.transfers[0]
    reverse(OPERATOR, taken.row.id, reason=Reason.COUNTED_TWICE, now=clock.now())
    after = queries.figure(OPERATOR, figure_id(busy_city))
    assert after.value == trace.figure.value * (1 - taken.share)


def test_pages_turn_within_one_quantity(busy_city):
    first = queries.trace(OPERATOR, figure_id(busy_city), quantity="used", limit=1).quantities[0]
    second = queries.trace(
        OPERATOR, figure_id(busy_city), quantity="used", limit=1, after=first.after
    ).quantities[0]
    seen = [each.row.id for each in (*first.transfers, *second.transfers)]
    assert sorted(seen) == sorted(busy_city.ids[2:4])
    assert second.after is None
    with pytest.raises(InputError, match="after"):
        queries.trace(OPERATOR, figure_id(busy_city), after=first.after)
    with pytest.raises(NotFoundError):
        queries.trace(OPERATOR, figure_id(busy_city), quantity="wishes")


def test_the_same_as_of_gives_the_same_number_and_the_same_rows(busy_city, seal_all):
    seal_all()
    live = queries.figure(OPERATOR, figure_id(busy_city))
    assert live.as_of.sealed
    assert {part.selection.as_of for part in live.quantities if part.selection} == {live.as_of.sequence}
    busy_city.post(busy_city.generate(100))
    now = queries.figure(OPERATOR, figure_id(busy_city))
    assert not now.as_of.sealed
    assert {part.selection.as_of for part in now.quantities if part.selection} == {None}
    seal_all()
    then = queries.figure(OPERATOR, figure_id(busy_city), as_of=live.as_of)
    assert (now.value, then.value) == (30, 60)
    assert then == live
    trace = queries.trace(OPERATOR, figure_id(busy_city), quantity="generated", as_of=live.as_of)
    assert [each.row.id for each in trace.quantities[0].transfers] == [busy_city.ids[0]]
    named = find_as_of(OPERATOR, str(live.as_of.sequence))
    assert queries.figure(OPERATOR, figure_id(busy_city), as_of=named).value == 60


def test_an_observation_that_was_recorded_later_moves_the_instant_and_not_the_sequence(busy_city, seal_all):
    sealed = seal_all()
    intensity = figure_id(busy_city, "general-industrial-waste-intensity")
    busy_city.observe("industrial-added-value", 4, "亿元", year=2024)
    first = queries.figure(OPERATOR, intensity)
    busy_city.observe("industrial-added-value", 5, "亿元", region=busy_city.b)
    second = queries.figure(OPERATOR, intensity)
    assert first.as_of.sequence == second.as_of.sequence == sealed.sequence
    assert sealed.at < first.as_of.at < second.as_of.at
    assert queries.figure(OPERATOR, intensity, as_of=first.as_of) == first


@pytest.mark.parametrize("text", ["", "tomorrow", "1e3", "2000-01-01", "99999999999999999999999"])
def test_an_as_of_that_names_no_sealed_state_is_refused_with_an_example(db, text):
    with pytest.raises(InputError) as refused:
        find_as_of(OPERATOR, text)
    assert "30142" in refused.value.message.en


def test_the_public_gets_published_figures_but_not_the_rows(published_city):
    public = Scope.public()
    assert queries.figure(public, figure_id(published_city)).value == 60
    trace = queries.trace(public, figure_id(published_city, "general-industrial-waste-intensity"))
    for part in trace.quantities:
        assert part.transfers == ()
        assert part.observations == ()
        assert part.withheld.zh
        assert part.withheld.en


def test_the_public_gets_no_figure_of_a_book_that_is_not_published(busy_city):
    public = Scope.public()
    with pytest.raises(AccessError):
        queries.figure(public, figure_id(busy_city))
    with pytest.raises(AccessError):
        queries.series(public, RATE, busy_city.a, busy_city.book, [YEAR])
    assert queries.books_of(public, busy_city.a) == []


def test_where_no_book_is_named_the_public_gets_the_published_one_or_none(published_city):
    actual = replace(published_city, book="actual", ids=[])
    actual.post(actual.generate(1))
    public = Scope.public()
    found = queries.compute(public, region_ids=[actual.a], period=YEAR)
    assert found.books[actual.a_key] == published_city.book
    assert [row.book for row in queries.books_of(public, actual.a)] == [published_city.book]
    assert queries.compute(OPERATOR, region_ids=[actual.a], period=YEAR).books[actual.a_key] == "actual"
    with pytest.raises(AccessError):
        queries.compute(public, region_ids=[actual.a], period=Period.year_of(2024))


def test_an_officer_reads_figures_of_the_own_district_only(busy_city):
    officer = busy_city.scope(Role.OFFICE, busy_city.a)
    assert queries.figure(officer, figure_id(busy_city)).value == 60
    with pytest.raises(AccessError):
        queries.compute(officer, region_ids=[busy_city.a, busy_city.b], period=YEAR, book=busy_city.book)
    assert queries.books_of(officer, busy_city.b) == []
    producer = Scope(None, None, Role.PRODUCER, party_ids=frozenset({busy_city.holders[busy_city.a]}))
    with pytest.raises(AccessError):
        queries.figure(producer, figure_id(busy_city))


def test_an_officer_sees_the_own_waste_at_a_plant_elsewhere(busy_city):
    officer = busy_city.scope(Role.OFFICE, busy_city.a)
    trace = queries.trace(officer, figure_id(busy_city), quantity="used")
    assert len(trace.quantities[0].transfers) == 2


def test_reading_a_figure_leaves_the_callers_scope_as_it_was(busy_city):
    officer = busy_city.scope(Role.OFFICE, busy_city.b)
    with session(officer):
        queries.compute(OPERATOR, region_ids=[busy_city.a], period=YEAR, book=busy_city.book)
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT wufei_sees_all(), wufei_regions()")
            assert cursor.fetchone() == (False, [busy_city.b])


def test_unknown_names_are_not_found_and_bad_ids_are_explained(busy_city):
    with pytest.raises(NotFoundError):
        queries.figure(OPERATOR, figure_id(busy_city, "happiness"))
    with pytest.raises(NotFoundError):
        queries.figure(OPERATOR, figure_id(busy_city, key="ATLANTIS"))
    with pytest.raises(InputError) as refused:
        queries.figure(OPERATOR, "happiness")
    assert "@" in refused.value.message.zh
    with pytest.raises(NotFoundError):
        queries.compute(OPERATOR, region_ids=[-5], period=YEAR)


def test_a_series_of_months_sums_to_the_year_and_says_none_where_nothing_is_known(busy_city):
    indicator = "household-waste-collected"
    waste = {"stream": "SW64", "sector": "household"}
    february = busy_city.generate(3, **waste, occurred_at=clock.now().replace(year=2025, month=2, day=3))
    busy_city.post(february, busy_city.generate(4, **waste))
    months = Period.year_of(2025).months()
    found = dict(queries.series(OPERATOR, indicator, busy_city.a, busy_city.book, [*months, YEAR]))
    assert found[months[1]] == 3
    assert found[months[4]] == 4
    assert found[months[0]] is None
    assert found[YEAR] == 7
    assert queries.series(OPERATOR, indicator, busy_city.a, busy_city.book, []) == []


def test_a_series_uses_the_observations_of_each_period(city):
    for year, sorting in ((2024, 2), (2025, 3)):
        city.observe("villages", 4, "个", year=year)
        city.observe("villages-sorting", sorting, "个", year=year)
    years = [Period.year_of(2024), YEAR]
    found = queries.series(OPERATOR, "rural-sorting-coverage", city.a, city.book, years)
    assert found == [(years[0], 50), (years[1], 75)]


@pytest.fixture
def planned(city):
    """A plan of district A: BDA's, under an id of its own, with the account it publishes."""
    with session(OPERATOR):
        original = next(plan for plan in load_plans() if plan.id == "bda-2020")
        plan = replace(original, id=f"test-{uuid.uuid4().hex[:8]}", region_key=city.a_key)
        load_plan(OPERATOR, plan)
    published = replace(city, book=f"published:{plan.id}", ids=[])
    date = clock.now().replace(year=2018, month=6)
    industrial = {"stream": "GI-UNSORTED", "occurred_at": date}
    made, used = 233_500, 233_500 - 9_133
    published.post(
        published.generate(made, **industrial),
        published.treat(
            used, "utilise", region=city.a, evidence=Evidence.DERIVED_BY_DIFFERENCE, **industrial
        ),
        published.treat(9_133, "store-or-dispose", region=city.a, **industrial),
    )
    published.observe("secondary-industry-added-value", "1000.1", "亿元", year=2018)
    return plan, published


def test_checking_a_plan_uses_the_book_it_published(planned):
    plan, _ = planned
    findings = queries.check_plan(OPERATOR, plan.id)
    found = {(each.where.removeprefix(plan.id), each.code) for each in findings}
    assert ("#1", "plan.denominator-unknown") in found
    assert ("#9", "plan.rests-on-difference") in found
    assert ("#13", "plan.digit-lost") in found
    assert not {where for where, code in found if code == "plan.figure-not-reproduced"}


def test_figures_of_a_planned_region_carry_base_target_and_status(planned):
    plan, published = planned
    found = queries.figure(OPERATOR, figure_id(published, period="2018"))
    assert found.plan_id == plan.id
    assert (found.baseline.text, found.target.text, found.target_year) == ("96%", "97%", 2020)
    assert found.status is Status.ON_TRACK


def test_anyone_may_check_what_is_published_and_the_rest_needs_the_districts_leave(planned, region_factory):
    plan, _ = planned
    codes = {each.code for each in queries.check_plan(Scope.public(), plan.id)}
    assert "plan.denominator-unknown" in codes
    elsewhere = region_factory(key=f"test-{uuid.uuid4().hex[:8]}")
    with session(OPERATOR):
        unpublished = replace(
            plan, id=f"test-{uuid.uuid4().hex[:8]}", region_key=regions_by_id([elsewhere])[elsewhere].key
        )
        load_plan(OPERATOR, unpublished)
    own_text = {each.code for each in queries.check_plan(Scope.public(), unpublished.id)}
    assert "plan.digit-lost" in own_text
    assert "plan.denominator-unknown" not in own_text
    assert {each.code for each in queries.check_plan(OPERATOR, unpublished.id)} == own_text


def test_a_total_that_its_parts_do_not_reach_is_found(planned):
    plan, published = planned
    published.observe("solid-waste-generated-total", 150, "万吨", year=2018, text="约150万吨")
    findings = queries.check_plan(OPERATOR, plan.id)
    assert "plan.parts-do-not-sum" in {each.code for each in findings}
