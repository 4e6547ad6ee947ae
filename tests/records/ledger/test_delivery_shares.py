"""Both ends of legs joined: shares of senders, nothing made and nothing lost but rounding."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from wufei.records.ledger.core.deliveries import Delivery, Moved, deliveries_of

DAY = date(2026, 1, 9)


def moved(leg: int, holder_id: int, grams: int) -> Moved:
    return Moved(leg, holder_id, DAY, "HW08", grams)


def test_each_of_two_senders_counts_by_what_it_gave() -> None:
    found = deliveries_of([moved(1, 10, 300), moved(1, 11, 100)], [moved(1, 20, 396)])
    assert found == [Delivery(DAY, "HW08", 10, 20, 297), Delivery(DAY, "HW08", 11, 20, 99)]


def test_what_came_back_and_what_nobody_is_known_to_have_sent_is_no_delivery() -> None:
    assert deliveries_of([moved(1, 10, 300)], [moved(1, 10, 300), moved(2, 20, 5)]) == []


rows = st.lists(st.tuples(st.integers(1, 4), st.integers(10, 13), st.integers(1, 10**9)), max_size=20)


@given(rows, st.lists(st.tuples(st.integers(1, 4), st.integers(20, 22), st.integers(1, 10**9)), max_size=20))
def test_deliveries_add_up_to_what_was_received_of_known_legs(
    given_rows: list[tuple[int, int, int]], taken_rows: list[tuple[int, int, int]]
) -> None:
    found = deliveries_of([moved(*row) for row in given_rows], [moved(*row) for row in taken_rows])
    known = {leg for leg, _, _ in given_rows}
    received = sum(grams for leg, _, grams in taken_rows if leg in known)
    # Each of the pairs is rounded once, by at most half a gram.
    assert abs(sum(each.grams for each in found) - received) * 2 <= len(found)
