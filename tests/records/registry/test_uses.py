"""What became of a paper: quota taken by category or item, and contracts kept by what was received."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wufei.records.registry.core.contracts import Cycle
from wufei.records.registry.core.papers import Line
from wufei.records.registry.core.uses import LOOK_BACK_DAYS, covers, kept, taken_g

FIRM, PLANT, OTHER = 1, 2, 3
TODAY_ON = date(2026, 3, 20)


@dataclass(frozen=True)
class Load:
    on: date
    stream: str
    sender_id: int
    receiver_id: int
    grams: int


def load(on, stream="900-249-08", grams=1_000, sender_id=FIRM, receiver_id=PLANT):
    return Load(on, stream, sender_id, receiver_id, grams)


def test_a_line_covers_its_item_and_a_category_all_its_items():
    assert covers("900-249-08", "900-249-08")
    assert covers("HW08", "900-249-08")
    assert covers("HW08", "HW08")
    assert covers("SW17", "900-003-S17")
    assert not covers("HW09", "900-249-08")
    # A stream kept by category says nothing of one item in it.
    assert not covers("900-249-08", "HW08")


def test_a_licence_counts_what_its_holder_received_in_the_year():
    lines = (Line("HW08", "R9", 5_000), Line("HW12", "D10", None))
    moved = [
        load(date(2026, 1, 5)),
        load(date(2026, 2, 5), sender_id=OTHER, grams=30),
        load(date(2025, 12, 31), grams=7),
        load(date(2026, 2, 6), stream="900-252-12", grams=400),
        load(date(2026, 2, 7), sender_id=PLANT, receiver_id=OTHER, grams=9_999),
    ]
    assert taken_g(lines, party_id=PLANT, other_party_id=None, year=2026, moved=moved) == (1_030, 400)


def test_a_permit_of_reuse_counts_only_its_pair_and_its_direction():
    moved = [
        load(date(2026, 1, 5), "SW59"),
        load(date(2026, 1, 6), "SW59", sender_id=PLANT, receiver_id=FIRM, grams=5),
        load(date(2026, 1, 7), "SW59", sender_id=OTHER, grams=6),
    ]
    lines = (Line("SW59", "", 2_000),)
    assert taken_g(lines, party_id=FIRM, other_party_id=PLANT, year=2026, moved=moved) == (1_000,)


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(["HW08", "900-249-08", "HW09"]), st.integers(1, 99))
    )
)
def test_the_lines_of_disjoint_categories_sum_to_all_that_they_cover(rows):
    moved = [load(TODAY_ON - timedelta(days=ago), stream, grams) for ago, stream, grams in rows]
    lines = (Line("HW08"), Line("HW09"))
    naive = sum(each.grams for each in moved if each.on.year == 2026)
    assert sum(taken_g(lines, party_id=PLANT, other_party_id=None, year=2026, moved=moved)) == naive


def kept_monthly(moved, lines=(), start=date(2026, 1, 1), end=date(2026, 12, 31)):
    return kept(lines, parties=(FIRM, PLANT), span=(start, end), cycle=Cycle.MONTH, moved=moved, on=TODAY_ON)


def test_a_contract_is_kept_by_what_the_collector_received():
    found = kept_monthly([load(date(2026, 1, 20)), load(date(2026, 2, 10), receiver_id=OTHER)])
    assert [turn.start for turn in found.missed] == [date(2026, 2, 1)]
    assert found.last_on == date(2026, 1, 20)
    assert found.current is not None
    assert (found.current.start, found.current.end) == (date(2026, 3, 1), date(2026, 3, 31))


def test_a_contract_for_one_code_is_not_kept_by_another():
    moved = [load(date(2026, 1, 20), "HW49"), load(date(2026, 2, 20), "HW08")]
    found = kept_monthly(moved, (Line("HW08"),))
    assert [turn.start for turn in found.missed] == [date(2026, 1, 1)]


def test_old_turns_are_not_told_and_a_contract_without_an_end_runs_on():
    found = kept_monthly([], start=date(2015, 1, 1), end=None)
    assert found.missed
    assert min(turn.start for turn in found.missed) >= TODAY_ON - timedelta(days=LOOK_BACK_DAYS)
    assert found.current is not None
    assert found.current.start == date(2026, 3, 1)


def test_what_is_still_to_come_keeps_nothing():
    assert kept_monthly([load(date(2026, 3, 25))]).last_on is None
