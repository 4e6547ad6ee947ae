"""The grouped read equals a sum over the rows that were posted."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period, Precision
from wufei.measures.cube.queries import read_books, read_cells, read_span
from wufei.records.ledger.core.transfers import Reason
from wufei.records.ledger.queries import sealed_after
from wufei.records.ledger.services import reverse
from wufei.runtime import clock
from wufei.runtime.access.core import Scope

YEAR = Period.year_of(2025)


def as_counter(cells, *columns):
    """Sum grams by some columns."""
    found = Counter()
    for place in range(len(cells)):
        key = tuple(column.words[column.codes[place]] for column in columns)
        found[key] += int(cells.grams[place])
    return found


def test_random_transfers_equal_their_naive_sum(city):
    dice = random.Random(3)  # noqa: S311 - a seed, so that the test repeats
    start = datetime(2025, 1, 1, 4, tzinfo=UTC)
    made = [
        city.generate(
            dice.randint(1, 4000),
            stream=dice.choice(["SW03", "HW08", "SW07"]),
            region=dice.choice([city.a, city.b]),
            occurred_at=start + timedelta(days=dice.randrange(365)),
            uncertainty_ppm=dice.choice([0, 5_000, 33_333]),
        )
        for _ in range(200)
    ]
    city.post_many(made)
    cells = read_cells(book=city.book, period=YEAR, monthly=True)
    expected = Counter()
    for each in made:
        key = (each.occurred_at.strftime("%Y-%m"), each.source.region_id, (each.source.stream, "industry"))
        expected[key] += each.grams
    assert as_counter(cells, cells.month, cells.origin, cells.waste) == expected
    assert sum(cells.variance_g2ppm2) == sum((each.grams * each.uncertainty_ppm) ** 2 for each in made)
    assert int(cells.transfers.sum()) == 200
    assert cells.book.words == (city.book,)


def test_the_place_is_where_waste_arrives_or_is_handled(busy_city):
    cells = read_cells(book=busy_city.book, period=YEAR)
    by_place = as_counter(cells, cells.step, cells.origin, cells.place)
    a, b = busy_city.a, busy_city.b
    assert by_place == {
        ("generate", a, a): 100_000_000,
        ("move", a, b): 80_000_000,
        ("treat-in", a, b): 80_000_000,
    }
    only = read_cells(book=busy_city.book, period=YEAR, steps=["treat-in"], region_ids=[b])
    assert as_counter(only, only.step) == {("treat-in",): 80_000_000}
    assert len(read_cells(book=busy_city.book, period=YEAR, region_ids=[-1])) == 0


def test_a_reversal_nets_its_transfer_out(busy_city):
    tipped = busy_city.ids[-1]
    reverse(Scope.operator(), tipped, reason=Reason.COUNTED_TWICE, now=clock.now())
    cells = read_cells(book=busy_city.book, period=YEAR, steps=["treat-in"])
    assert as_counter(cells, cells.method)["landfill",] == 0


def test_days_belong_to_the_year_of_shanghai(city):
    new_year = datetime(2024, 12, 31, 16, 30, tzinfo=UTC)
    city.post(city.generate(1, occurred_at=new_year, precision=Precision.INSTANT))
    assert len(read_cells(book=city.book, period=Period.year_of(2024))) == 0
    assert read_cells(book=city.book, period=YEAR).grams.sum() == 1_000_000
    span = read_span(book=city.book, span=(Period.year_of(2024), YEAR), monthly=True)
    assert span.month.words == ("2025-01",)


def test_what_was_sealed_later_is_left_out_of_an_earlier_state(city, seal_all):
    """Also by a sequence in the midst of what was sealed at once, and for rows that are not sealed at all."""
    seal_all()
    city.post(city.generate(1))
    first = seal_all()
    city.post_many([city.generate(2), city.generate(4), city.generate(8)])
    last = seal_all()
    assert last.sequence == first.sequence + 3
    leaves = [
        event.row.grams // 1_000_000 for event in sealed_after(Scope.operator(), first.sequence, limit=9)
    ]
    for more in range(4):
        cells = read_cells(book=city.book, period=YEAR, as_of=first.sequence + more)
        assert cells.grams.sum() == (1 + sum(leaves[:more])) * 1_000_000
    assert read_cells(book=city.book, period=YEAR).as_of == last
    city.post(city.generate(16))
    assert read_cells(book=city.book, period=YEAR, as_of=last.sequence).grams.sum() == 15_000_000
    now = read_cells(book=city.book, period=YEAR)
    assert now.grams.sum() == 31_000_000
    assert (now.as_of.sealed, now.as_of.sequence, now.as_of.pin) == (False, last.sequence, None)
    assert len(read_cells(book=city.book, period=YEAR, as_of=-1)) == 0
    with pytest.raises(InputError, match=r"ledger\.not-sealed-yet"):
        read_cells(book=city.book, period=YEAR, as_of=last.sequence + 1)


def test_a_state_that_a_head_signed_needs_no_look_at_leaves(city, seal_all):
    city.post(city.generate(1))
    first = seal_all()
    city.post_many([city.generate(2), city.generate(3)])
    last = seal_all()
    city.post(city.generate(4))
    for sequence, looked in ((first.sequence, False), (last.sequence - 1, True), (last.sequence, False)):
        with CaptureQueriesContext(connections["system"]) as queries:
            read_cells(book=city.book, period=YEAR, as_of=sequence)
        assert any("ledger_leaf" in query["sql"] for query in queries) == looked


def test_a_scenario_is_read_only_when_it_is_named(busy_city):
    everything = read_cells(book=None, period=YEAR, region_ids=[busy_city.a])
    assert busy_city.book not in everything.book.words
    assert [row.book for row in read_books([busy_city.b])] == [busy_city.book]


def test_one_period_is_one_read_of_the_ledger(busy_city):
    with CaptureQueriesContext(connections["system"]) as queries:
        read_cells(book=busy_city.book, period=YEAR, monthly=True)
    assert sum("sum(t.signed_grams)" in query["sql"] for query in queries) == 1
