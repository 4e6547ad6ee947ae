"""Removing one transfer from a lineage changes the figure by exactly its share."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

USED = st.lists(st.integers(1, 10**12), min_size=1, max_size=12)


@settings(max_examples=150)
@given(used=USED, rest=st.integers(1, 10**13), data=st.data())
def test_taking_one_used_transfer_away_takes_its_share_of_the_rate(bench, used, rest, data):
    """The rate is linear in what is used, so it falls by rate x share."""
    generated = bench.row("generate", 0)._replace(grams=sum(used) + rest)
    others = bench.row("treat-in", 0, method="landfill")._replace(grams=rest)
    rows = [bench.row("treat-in", 0, method="utilise")._replace(grams=grams) for grams in used]
    place = data.draw(st.integers(0, len(used) - 1))
    remaining = rows[:place] + rows[place + 1 :]
    indicator = "general-industrial-waste-utilisation-rate"
    before = bench.figure(indicator, [generated, others, *rows])
    after = bench.figure(indicator, [generated, others, *remaining])
    share = Fraction(used[place], before.quantities[0].grams)
    expected = Fraction(100 * sum(used), sum(used) + rest) * (1 - share)
    assert abs(Fraction(after.value) - expected) <= Fraction(1, 10**24)


@settings(max_examples=100)
@given(made=st.lists(st.integers(1, 10**12), min_size=2, max_size=12), data=st.data())
def test_taking_one_generated_transfer_away_divides_the_rate_by_what_is_left(bench, made, data):
    used = bench.row("treat-in", 0, method="utilise")._replace(grams=10**6)
    rows = [bench.row("generate", 0)._replace(grams=grams) for grams in made]
    place = data.draw(st.integers(0, len(made) - 1))
    indicator = "general-industrial-waste-utilisation-rate"
    before = bench.figure(indicator, [used, *rows]).value
    after = bench.figure(indicator, [used, *rows[:place], *rows[place + 1 :]]).value
    share = Fraction(made[place], sum(made))
    assert abs(Fraction(after) * (1 - share) - Fraction(before)) <= Fraction(before) / 10**25


def test_a_reversal_takes_its_transfer_out_of_the_figure(bench):
    rows = [
        bench.row("generate", 100),
        bench.row("treat-in", 50, method="utilise"),
        bench.row("treat-in", 30, method="utilise"),
        bench.row("treat-in", 0, method="utilise")._replace(grams=-30_000_000),
    ]
    figure = bench.figure("general-industrial-waste-utilisation-rate", rows)
    assert figure.value == Decimal(50)
    assert figure.quantities[0].transfers == 3
