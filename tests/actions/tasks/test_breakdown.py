"""A task becomes yearly goals and quarterly nodes by rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wufei.actions.tasks.core.breakdown import breakdown
from wufei.actions.tasks.core.task import Quarter, Task

YEARS = st.builds(
    lambda first, count: list(range(first, first + count)), st.integers(2015, 2040), st.integers(1, 8)
)
DAYS = st.dates(date(2016, 1, 1), date(2044, 12, 31))


def task(**changed):
    given_ = {
        "id": 1,
        "title": "建设再生水厂",
        "text": "建设再生水厂。",
        "due_on": date(2027, 6, 30),
        "lasting": False,
    }
    return Task(**given_ | changed)


@given(YEARS, DAYS)
def test_each_year_up_to_the_due_day_is_there_once(years, due_on):
    drafted = [draft.year for draft in breakdown(task(due_on=due_on), years)]
    assert drafted == list(range(min(*years, due_on.year), due_on.year + 1))


@given(YEARS, DAYS, st.booleans(), st.integers(2015, 2045), st.integers(1, 4))
def test_nodes_grow_to_the_whole_and_none_ends_after_the_quarter_of_the_due_day(
    years, due_on, lasting, year, number
):
    since = Quarter(year, number)
    for draft in breakdown(task(due_on=due_on, lasting=lasting), years, since):
        shares = [node.share for node in draft.nodes]
        assert shares == sorted(set(shares))
        assert shares[-1] == 1
        assert all(node.quarter.year == draft.year and node.text for node in draft.nodes)
        if not lasting and draft.year == due_on.year:
            assert draft.nodes[-1].quarter.ends_on >= due_on
            assert (draft.nodes[-1].quarter.ends_on - due_on).days < 92


def test_what_lasts_is_the_same_in_every_year():
    first, second = breakdown(task(due_on=None, lasting=True), [2026, 2027])
    assert [(node.quarter.number, node.share) for node in first.nodes] == [
        (node.quarter.number, node.share) for node in second.nodes
    ]
    assert first.goal == second.goal == "持续推进：建设再生水厂"


def test_a_clause_that_names_a_year_is_the_goal_of_that_year():
    text = "推进分类。到2026年，覆盖率达到95%；2027年底前，覆盖率达到98%以上。"
    drafts = {
        draft.year: draft.goal
        for draft in breakdown(task(text=text, due_on=date(2027, 12, 31)), [2025, 2026])
    }
    assert drafts[2026] == "到2026年，覆盖率达到95%"
    assert drafts[2027] == "2027年底前，覆盖率达到98%以上"
    assert "33%" in drafts[2025]


def test_a_span_of_years_speaks_of_each_of_them():
    text = "2026-2028年每年创建10个无废细胞。"
    drafts = breakdown(task(text=text, due_on=date(2028, 12, 31)), [2026])
    assert {draft.goal for draft in drafts} == {"2026-2028年每年创建10个无废细胞"}


def test_a_task_taken_up_in_autumn_has_no_node_of_the_spring():
    (draft,) = breakdown(task(due_on=date(2026, 12, 31)), [2026], Quarter(2026, 3))
    assert [(node.quarter.number, node.share) for node in draft.nodes] == [
        (3, Decimal("0.5")),
        (4, Decimal(1)),
    ]


def test_a_task_whose_day_is_past_keeps_its_last_node():
    (draft,) = breakdown(task(due_on=date(2025, 6, 30)), [2026], Quarter(2026, 1))
    assert [node.quarter for node in draft.nodes] == [Quarter(2025, 2)]
