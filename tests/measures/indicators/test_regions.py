"""Which regions are summed, which book is read, and how a figure's id is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.measures.cube.core.cells import cells_of
from wufei.measures.indicators.core.figures import figure_id, parse_figure_id
from wufei.measures.indicators.core.regions import books_in, choose_book, members_of_places


def test_a_province_sums_what_lies_below_it_but_no_functional_or_synthetic_area(bench):
    places = [
        bench.place(1, kind="province"),
        bench.place(2, parent_id=1),
        bench.place(3, parent_id=2, kind="township"),
        bench.place(4, parent_id=1, kind="functional"),
        bench.place(5, parent_id=1, kind="synthetic", synthetic=True),
        bench.place(6, parent_id=5, synthetic=True),
    ]
    members = members_of_places(places)
    assert members[1] == {1, 2, 3}
    assert members[2] == {2, 3}
    assert members[4] == {4}
    assert members[5] == {5}


def test_a_ring_of_parents_does_not_loop_for_ever(bench):
    members = members_of_places([bench.place(1, parent_id=2), bench.place(2, parent_id=1)])
    assert members == {1: {1, 2}, 2: {1, 2}}


def test_books_come_from_transfers_at_either_end_and_from_observations(bench):
    rows = [
        bench.row("generate", 1),
        bench.row("treat-in", 1, place_region_id=2, book="declared"),
    ]
    transfers, observed = books_in(cells_of(rows), [bench.observed("villages", 1, region_id=3)])
    assert transfers == {1: {"actual", "declared"}, 2: {"declared"}}
    assert observed == {3: {"actual"}}


@pytest.mark.parametrize(
    ("transfers", "observed", "expected"),
    [
        ({"actual", "declared"}, set(), "actual"),
        ({"declared"}, {"published:x"}, "declared"),
        (set(), {"published:x"}, "published:x"),
        (set(), set(), "actual"),
    ],
)
def test_the_book_is_chosen_by_what_it_holds(bench, transfers, observed, expected):
    assert choose_book(bench.place(1), transfers, observed) == expected


def test_several_books_are_listed_instead_of_guessed(bench):
    with pytest.raises(InputError) as refused:
        choose_book(bench.place(1), {"declared", "published:x"}, set())
    assert "declared, published:x" in refused.value.message.zh
    assert "declared, published:x" in refused.value.message.en


@given(
    st.from_regex(r"[a-z]{1,9}(-[a-z]{1,9}){0,3}", fullmatch=True),
    st.from_regex(r"[A-Z0-9]{2,8}", fullmatch=True),
    st.sampled_from(["2018", "2025Q1", "2025-03", "2025-03-05"]),
    st.sampled_from(["actual", "published:bda-2020", "scenario:a/b@c"]),
)
def test_a_figures_id_is_read_back_as_written(indicator, region, period, book):
    key = parse_figure_id(figure_id(indicator, region, Period.parse(period), book))
    assert (key.indicator, key.region_key, str(key.period), key.book) == (indicator, region, period, book)


@pytest.mark.parametrize(
    "text", ["", "a", "a@b", "a@b/2018", "@b/2018/actual", "a@/2018/actual", "a@b/May/actual"]
)
def test_another_form_is_refused(text):
    with pytest.raises(InputError):
        parse_figure_id(text)
