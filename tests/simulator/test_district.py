"""The synthetic district is reproducible, balances to the gram, and its books tell the truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice

import numpy as np
import pytest

from wufei.kernel.ids import id_instant
from wufei.kernel.period import Precision
from wufei.records.catalogue.core.groupings import members_of
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.checks import Rules
from wufei.records.ledger.core.model import Ledger
from wufei.records.ledger.core.transfers import Evidence, Step
from wufei.records.ledger.core.vocabulary import load_vocabulary
from wufei.simulator.chart import Places
from wufei.simulator.district import simulate_district
from wufei.simulator.truth import What

LATER = datetime(2026, 6, 1, tzinfo=UTC)


def places_of(district):
    return Places(
        regions={region.key: number for number, region in enumerate(district.regions, 1)},
        parties={party.key: number for number, party in enumerate(district.parties, 101)},
        sites={site.key: number for number, site in enumerate(district.sites, 1001)},
    )


def simulate(seed):
    return simulate_district(np.random.default_rng(seed), 2025)


@cache
def simulated(seed):
    """A district that no test changes."""
    return simulate(seed)


@cache
def postings_of(seed):
    """All that happened there in the year, in its order."""
    return list(simulated(seed).postings(places_of(simulated(seed))))


@pytest.fixture
def district():
    return simulated(2025)


@pytest.fixture
def postings():
    return postings_of(2025)


@pytest.fixture(scope="module")
def transfers():
    return [transfer for posting in postings_of(2025) for transfer in posting.transfers]


@pytest.fixture(scope="module")
def standing(transfers):
    """Transfers that were neither taken back nor take one back."""
    gone = {t.reverses for t in transfers if t.reverses}
    return [t for t in transfers if t.reverses is None and t.id not in gone]


def booked(standing, steps, *, members=None, origin=None, place_of=lambda t: t.source.region_id, place=None):
    """A naive sum over standing transfers, independent of the simulator's own."""
    total = 0
    for transfer in standing:
        key = transfer.target if transfer.source.kind is Kind.PROCESS else transfer.source
        if transfer.step not in steps:
            continue
        if members is not None and (key.stream, key.origin_sector) not in members:
            continue
        if origin is not None and key.origin_region_id != origin:
            continue
        if place is not None and place_of(transfer) != place:
            continue
        total += transfer.grams
    return total


def test_the_same_seed_writes_the_same_year_and_another_seed_another():
    first, again, other = simulate(7), simulate(7), simulate(8)
    some = [list(islice(d.postings(places_of(d)), 500)) for d in (first, again, other)]
    assert some[0] == some[1]
    assert some[0] != some[2]
    assert first.truth == again.truth


def test_a_second_reading_of_the_postings_gives_the_same_identifiers(district, postings):
    assert [p.id for p in district.postings(places_of(district))] == [p.id for p in postings]


@pytest.mark.parametrize("seed", [2025, 99])
def test_the_ledger_accepts_every_posting_without_a_remark(seed):
    ledger = Ledger(Rules(load_vocabulary(), LATER))
    receipts = [ledger.post(posting) for posting in postings_of(seed)]
    assert Counter(receipt.outcome for receipt in receipts) == {"posted": len(receipts)}
    assert [f.code for r in receipts for f in r.findings] == []
    assert sum(state.balance_g for state in ledger.accounts.values()) == 0
    stock_kinds = {Kind.STOCK, Kind.DUMPED}
    stored = sum(s.balance_g for s in ledger.accounts.values() if s.key.kind in stock_kinds)
    assert stored == sum(simulated(seed).truth.stored_g.values())
    assert all(
        state.balance_g == 0
        for state in ledger.accounts.values()
        if state.key.kind in {Kind.TRANSIT, Kind.PROCESS, Kind.UNATTRIBUTED}
    )


@pytest.mark.parametrize("seed", [2025, 3])
def test_what_came_in_equals_what_went_out_and_what_is_stored(seed):
    truth = simulated(seed).truth
    came = sum(truth.mass_g(what) for what in (What.GENERATED, What.IMPORTED, What.FOUND))
    # Residues that count as newly made were already counted as input of their run.
    new = sum(grams for cell, grams in truth.cells.items() if cell.what is What.GENERATED and cell.method)
    went = sum(
        truth.mass_g(what)
        for what in (
            What.USED,
            What.USED_ON_THE_SPOT,
            What.ENERGY,
            What.DISCHARGED,
            What.LANDFILLED,
            What.LOST,
            What.EXPORTED,
            What.STOCKTAKE,
            What.WEIGHED_LESS,
        )
    )
    assert came - new == went + sum(truth.stored_g.values())


GROUPS = [
    "stat.general-industrial",
    "stat.industrial-hazardous",
    "stat.medical",
    "stat.household",
    "stat.recyclables",
    "stat.kitchen",
    "stat.construction",
    "stat.sewage-sludge",
    "stat.green",
    "stat.straw",
    "stat.manure",
]


@pytest.mark.parametrize("group", GROUPS)
def test_the_books_give_the_true_generation_of_every_class(district, standing, group):
    members = members_of(group)
    here = places_of(district).regions["DEMO"]
    true_g = district.truth.mass_g(What.GENERATED, members=members, origin="DEMO")
    assert true_g > 0
    assert booked(standing, {Step.GENERATE, Step.NEW_WASTE}, members=members, origin=here) == true_g


@pytest.mark.parametrize("group", GROUPS)
def test_the_books_give_the_true_treatment_of_every_class_and_method(district, standing, group):
    members = members_of(group)
    by_method = defaultdict(int)
    for transfer in standing:
        key = transfer.source
        if transfer.step in {Step.TREAT_IN, Step.USE} and (key.stream, key.origin_sector) in members:
            by_method[transfer.method] += transfer.grams
    true = {
        method: district.truth.mass_g(What.TREATED, members=members, methods=frozenset({method}))
        + district.truth.mass_g(What.USED_ON_THE_SPOT, members=members, methods=frozenset({method}))
        for method in by_method
    }
    assert dict(by_method) == true
    assert by_method


def test_waste_treated_beyond_the_border_stays_the_districts_own(district, standing):
    regions = places_of(district).regions
    fly_ash = {("HW18", "industry")}
    there_g = booked(
        standing,
        {Step.TREAT_IN},
        members=fly_ash,
        origin=regions["DEMO"],
        place=regions["DEMO-NEIGHBOUR"],
    )
    assert there_g > 0
    assert there_g == district.truth.mass_g(
        What.TREATED, members=frozenset(fly_ash), origin="DEMO", place="DEMO-NEIGHBOUR"
    )


def test_the_neighbours_waste_is_burnt_here_but_never_counted_as_made_here(district, transfers):
    neighbour = places_of(district).regions["DEMO-NEIGHBOUR"]
    theirs = [t for t in transfers if t.source.origin_region_id == neighbour]
    assert {t.step for t in theirs if t.step is Step.TREAT_IN}
    assert not any(t.step is Step.GENERATE for t in theirs)


def test_the_district_grows_better_over_the_year(standing):
    def landfilled_share(months):
        treated = [
            t
            for t in standing
            if t.step is Step.TREAT_IN
            and t.source.origin_sector == "household"
            and t.occurred_at.month in months
        ]
        return sum(t.grams for t in treated if t.method == "landfill") / sum(t.grams for t in treated)

    assert landfilled_share({10, 11, 12}) < landfilled_share({1, 2, 3}) * 0.7


def test_a_dozen_irregular_but_legal_records_are_among_them(transfers, postings):
    steps = Counter(t.step for t in transfers)
    assert sum(t.reverses is not None for t in transfers) == 5
    assert steps[Step.RETURN] == 2
    assert steps[Step.LOSS] == 2
    for step in (Step.STOCKTAKE, Step.MOVE, Step.FIND_DUMP, Step.ATTRIBUTE_DUMP, Step.CLEAR_DUMP):
        assert steps[step] == 1
    assert steps[Step.RECLASSIFY] == 2
    late = [t for t in transfers if t.precision is Precision.MONTH]
    assert len(late) == 12
    assert all(id_instant(t.id) - t.occurred_at > timedelta(days=30) for t in late)
    assert {p.reason for p in postings} == {"", "typed-wrong"}


def test_evidence_is_mixed_and_grows_better(transfers):
    made = [t for t in transfers if t.step is Step.GENERATE]
    kinds = {t.evidence for t in made}
    assert kinds == {Evidence.SCALE, Evidence.WEIGHBRIDGE, Evidence.DECLARED, Evidence.ESTIMATED}
    assert all(t.uncertainty_ppm > 0 for t in transfers)

    def declared_count(months):
        return sum(t.evidence is Evidence.DECLARED and t.occurred_at.month in months for t in made)

    assert declared_count({10, 11, 12}) < declared_count({1, 2, 3})


def test_the_year_has_a_size_that_a_first_start_can_load(transfers):
    assert 15_000 <= len(transfers) <= 32_000


def test_every_day_lies_in_the_year_and_no_identifier_is_ahead_of_it(transfers):
    assert {t.occurred_at.astimezone(UTC).year for t in transfers} <= {2024, 2025}
    assert max(id_instant(t.id) for t in transfers) < datetime(2026, 1, 7, tzinfo=UTC)


def test_everybody_is_marked_as_invented(district):
    assert all("示例" in p.name.zh and "合成" in p.name.zh for p in district.parties)
    assert all("synthetic" in p.name.en for p in district.parties)
    assert all("合成" in r.name.zh for r in district.regions)
    assert len({p.key for p in district.parties}) == len(district.parties)
    assert {p.region for p in district.parties} <= {r.key for r in district.regions}


def test_all_postings_are_of_the_synthetic_book(transfers):
    assert {t.source.book for t in transfers} | {t.target.book for t in transfers} == {"synthetic"}
