"""What was read of an assessment is kept; a person takes it over into an enterprise's file, nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import ProgrammingError
from hypothesis import given
from hypothesis import strategies as st

from tests.records.plans.eia_document import EIA
from tests.records.plans.test_draft_services import office
from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.records.plans import queries
from wufei.records.plans.core.eia.kept import eia_of, kept_eia
from wufei.records.plans.core.eia.read import read_eia_file
from wufei.records.plans.core.eia.taking import Standing, merged_lines, readable_code
from wufei.records.plans.models import EiaReading
from wufei.records.plans.services import Chosen, take_in_eia, take_over
from wufei.records.registry.core.drafts import PlaceDraft
from wufei.records.registry.core.papers import Line
from wufei.records.registry.models import Change
from wufei.records.registry.queries import papers_of, places_of
from wufei.records.registry.services import save_places
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import parties_by_id

ON = date(2026, 3, 20)
NOW = datetime(2026, 3, 20, 4, tzinfo=UTC)
SCRAP = "900-001-S17"
CHOSEN = Chosen(
    frozenset({0}),
    {0: "900-214-08", 1: "900-006-09", 2: SCRAP},
    "京环审〔2026〕1号",
    "试验区生态环境局",
    date(2026, 3, 18),
)
GRAMS = 1_000_000


@pytest.fixture
def firm(db, party_factory):
    return parties_by_id([party_factory()]).popitem()[1]


def read_in(firm, role=Role.OFFICE):
    scope = office(firm.region_id, role)
    made = take_in_eia(scope, content=EIA.encode(), name="环评.txt", region_id=firm.region_id, on=ON, now=NOW)
    return scope, made


def shown(scope, reading_id, firm):
    with session(scope):
        return queries.preview(scope, queries.get_eia_reading(scope, reading_id), firm, on=ON)


def file_of(firm):
    operator = Scope.operator()
    with session(operator):
        return places_of([firm.id]), papers_of(operator, [firm.id], on=ON)


def test_what_is_kept_is_what_was_read_without_the_words_of_the_document():
    eia, _ = read_eia_file(EIA.encode(), "环评.txt")
    kept = kept_eia(eia)
    assert eia_of(kept) == replace(eia, text="", findings=())
    assert "建设规模" in eia.text
    assert kept["text"] == ""


def test_ticked_lines_are_entered_and_the_same_again_changes_nothing(firm):
    scope, reading_id = read_in(firm)
    before = shown(scope, reading_id, firm)
    assert [(each.name, each.standing, bool(each.doubt)) for each in before.wastes] == [
        ("废机油", Standing.NEW, False),
        ("废切削液", Standing.NEW, False),
        ("金属边角料", Standing.NEW, True),
        ("生活垃圾", Standing.NEW, True),
    ]
    done = take_over(scope, reading_id, party_key=firm.key, chosen=CHOSEN, on=ON)
    assert (done.made, done.changed, done.findings) == (2, 0, ())
    ((store,), (paper,)) = file_of(firm)
    assert (store.code, store.name, store.capacity, store.codes) == (
        "TS001",
        "危废暂存间",
        Decimal(5),
        ("900-214-08", "900-006-09"),
    )
    assert (paper.kind.key, paper.number, paper.valid_from) == ("eia", "京环审〔2026〕1号", date(2026, 3, 18))
    assert set(paper.lines) == {
        Line("900-214-08", "废机油", 3_200_000),
        Line("900-006-09", "废切削液", 1_500_000),
        Line(SCRAP, "金属边角料", 12 * GRAMS),
    }
    with session(Scope.operator()):
        changes = Change.objects.filter(party_id=firm.id).count()
    again = take_over(scope, reading_id, party_key=firm.key, chosen=CHOSEN, on=ON)
    assert (again.made, again.changed, again.same) == (0, 0, 2)
    with session(Scope.operator()):
        assert Change.objects.filter(party_id=firm.id).count() == changes
    after = shown(scope, reading_id, firm)
    assert [each.standing for each in after.wastes] == [Standing.SAME] * 3 + [Standing.NEW]
    assert after.stores[0].standing is Standing.SAME
    assert queries_row(scope).party.id == firm.id


def queries_row(scope):
    with session(scope):
        return queries.eia_readings(scope)[0]


def test_lines_taken_over_later_join_those_that_are_there(firm):
    scope, reading_id = read_in(firm)
    for at in (0, 1):
        part = replace(CHOSEN, stores=frozenset(), wastes={at: CHOSEN.wastes[at]})
        take_over(scope, reading_id, party_key=firm.key, chosen=part, on=ON)
    places, (paper,) = file_of(firm)
    assert places == ()
    assert [line.way for line in paper.lines] == ["废切削液", "废机油"]


def test_a_store_of_that_name_keeps_its_number_grade_and_codes(firm):
    operator = Scope.operator()
    old = PlaceDraft(
        firm.id,
        "store",
        "W7",
        "危废暂存间",
        capacity=Decimal(3),
        codes=("HW49",),
        attributes={"strict_grade": "库"},
    )
    save_places(operator, [old])
    scope, reading_id = read_in(firm)
    (line,) = shown(scope, reading_id, firm).stores
    assert (line.standing, line.before.capacity) == (Standing.CHANGED, 3)
    take_over(scope, reading_id, party_key=firm.key, chosen=replace(CHOSEN, wastes={}), on=ON)
    ((store,), papers) = file_of(firm)
    assert (store.code, store.capacity, store.codes) == (
        "W7",
        Decimal(5),
        ("HW49", "900-214-08", "900-006-09"),
    )
    assert [value for _, value in store.attributes] == ["库"]
    assert papers == ()


@pytest.mark.parametrize(
    ("chosen", "code", "field"),
    [
        (Chosen(frozenset(), {}), "eia.nothing-chosen", ""),
        (replace(CHOSEN, number=" "), "eia.number", "number"),
        (replace(CHOSEN, approved_on=None), "eia.approved-on", "approved_on"),
        (replace(CHOSEN, approved_on=date(2026, 3, 21)), "eia.approved-on", "approved_on"),
        (replace(CHOSEN, wastes={2: "900-999-99"}), "eia.code", "code-2"),
    ],
)
def test_what_is_missing_is_said_at_its_place_and_nothing_is_entered(firm, chosen, code, field):
    scope, reading_id = read_in(firm)
    with pytest.raises(InputError) as refused:
        take_over(scope, reading_id, party_key=firm.key, chosen=chosen, on=ON)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert file_of(firm) == ((), ())


def test_a_reviewer_reads_and_previews_but_enters_nothing(firm):
    scope, reading_id = read_in(firm, Role.REVIEWER)
    assert len(shown(scope, reading_id, firm).wastes) == 4
    with pytest.raises(AccessError):
        take_over(scope, reading_id, party_key=firm.key, chosen=CHOSEN, on=ON)
    assert file_of(firm) == ((), ())


def test_an_office_elsewhere_sees_neither_reading_nor_enterprise(firm, region_factory):
    _, reading_id = read_in(firm)
    other = office(region_factory())
    with session(other):
        assert queries.eia_readings(other) == []
        assert queries.firms_like(other, firm.key) == []
        with pytest.raises(NotFoundError):
            queries.get_eia_reading(other, reading_id)
        with pytest.raises(NotFoundError):
            queries.firm_named(other, firm.key)
    with pytest.raises(NotFoundError):
        take_over(other, reading_id, party_key=firm.key, chosen=CHOSEN, on=ON)
    with pytest.raises(AccessError):
        take_in_eia(other, content=EIA.encode(), name="x", region_id=firm.region_id, on=ON, now=NOW)


def test_row_level_security_alone_hides_a_reading_and_refuses_to_write_one(firm, region_factory):
    scope, reading_id = read_in(firm)
    with session(office(region_factory())):
        assert not EiaReading.objects.filter(id=reading_id).exists()
        assert EiaReading.objects.filter(id=reading_id).update(taken={"codes": {}}) == 0
    with pytest.raises(ProgrammingError), session(scope):
        EiaReading.objects.filter(id=reading_id).update(content={})
    with pytest.raises(ProgrammingError), session(office(region_factory())):
        EiaReading.objects.create(
            id=new_id(NOW),
            region_id=firm.region_id,
            file_name="x",
            sha256="",
            content={},
            findings=[],
            made_at=NOW,
        )


def test_a_secret_file_is_refused_and_nothing_of_it_is_kept(firm):
    scope = office(firm.region_id)
    with pytest.raises(InputError) as refused:
        take_in_eia(
            scope, content=f"秘密★1年\n{EIA}".encode(), name="x.txt", region_id=firm.region_id, on=ON, now=NOW
        )
    assert refused.value.code == "plan-file.classified"
    with session(scope):
        assert queries.eia_readings(scope) == []


LINES = st.builds(
    Line,
    st.sampled_from(["900-214-08", "HW08", SCRAP]),
    st.sampled_from(["甲", "乙"]),
    st.none() | st.integers(0, 10**9),
)


@given(st.lists(LINES, max_size=6), st.lists(LINES, max_size=6))
def test_merged_lines_hold_each_code_and_name_once_and_lose_no_mass(there, taken):
    merged = merged_lines(there, taken)
    keys = [(line.code, line.way) for line in merged]
    assert sorted(keys) == sorted({(line.code, line.way) for line in (*there, *taken)})
    for line in merged:
        new = [each.quota_g for each in taken if (each.code, each.way) == (line.code, line.way)]
        if new:
            assert line.quota_g == (None if None in new else sum(new))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("hw08", "HW08"),
        ("900—214—08", "900-214-08"),
        ("900-000-49", "900-000-49"),
        ("900-999-99", ""),
        ("", ""),
    ],
)
def test_a_code_is_one_of_the_lists_or_nothing(written, code):
    assert readable_code(written, {"900-214-08"}) == code
