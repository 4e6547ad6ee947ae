"""Treatment runs: what went in is accounted for, origin by origin, and nothing is plugged."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from wufei.kernel.errors import AccessError, ConflictError, InputError
from wufei.kernel.findings import Severity
from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.records.ledger import queries
from wufei.records.ledger.core import runs
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.amounts import Amount, in_grams, measured
from wufei.records.ledger.core.checks import Rules
from wufei.records.ledger.core.counts import opening
from wufei.records.ledger.core.intents import Draft, Event, Held, Intent, Line, build, says_same
from wufei.records.ledger.core.model import Ledger
from wufei.records.ledger.core.pools import Origin, Pool, Store, origin_of, pool_of
from wufei.records.ledger.core.runs import Input, Loss, Output, Run, moisture_g
from wufei.records.ledger.core.transfers import Evidence, Step
from wufei.records.ledger.core.vocabulary import load_vocabulary
from wufei.records.ledger.services import (
    feed,
    finish_run,
    open_run,
    post,
    reclassify,
    run_once,
)
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

Mixed = Any
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
BOOK = "scenario:runs"
PLANT = 3
ORIGINS = (Origin(1, "industry"), Origin(2, "household"), Origin(4, "industry"))


def event(**changes: Any) -> Event:
    return replace(Event(new_id(NOW), NOW, Precision.INSTANT, Evidence.WEIGHBRIDGE), **changes)


def store(stream: str, holder: int = 7) -> Store:
    return Store(BOOK, PLANT, stream, holder)


def plant_run(ref: str) -> Run:
    return Run(BOOK, PLANT, "SW03", 7, ref)


@dataclass
class World:
    """The in-memory ledger, and beside it the same flows in fractions, as they would be without rounding."""

    ledger: Ledger = field(default_factory=lambda: Ledger(Rules(load_vocabulary(), NOW)))
    exact: dict[Pool, dict[Origin, Fraction]] = field(default_factory=dict)
    off_g: Fraction = Fraction(0)

    def held(self) -> Held:
        known = {key: state.balance_g for key, state in self.ledger.accounts.items()}
        finished = {pool_of(key) for key, state in self.ledger.accounts.items() if state.finished}
        return Held(known, frozenset(finished))

    def open(self, into: Store, origin: Origin, grams: int) -> None:
        posting = opening(event(), into.pool.account(origin), in_grams(grams))
        assert self.ledger.post(posting).outcome == "posted"
        self._exactly(Pool(BOOK, Kind.OPENING, PLANT, into.stream), {origin: -Fraction(grams)})
        self._exactly(into.pool, {origin: Fraction(grams)})

    def carry_out(self, intent: Intent) -> Draft:
        draft = build(intent, self.held())
        assert draft.posting is not None, draft.findings
        receipt = self.ledger.post(draft.posting)
        assert receipt.outcome == "posted", receipt
        assert says_same(intent, draft.posting.transfers)
        # A gram for each transfer. What a run yields beyond its input follows what the run holds, so it also
        # carries on, in proportion, what that was rounded by.
        growth = 1 + Fraction(max(-draft.rest_g, 0), draft.total_g) if draft.rest_g else 1
        self.off_g = (self.off_g + len(draft.posting.transfers)) * growth
        into = [line for line in intent.lines if line.source != intent.finishes]
        out = [line for line in intent.lines if line.source == intent.finishes]
        for line in into:
            self._flow(line)
        if draft.rest_g < 0:
            self._part(intent.rest, intent.finishes, Fraction(-draft.rest_g), weights_of=intent.finishes)
        for line in out:
            self._flow(line)
        if draft.rest_g > 0:
            self._part(intent.finishes, intent.rest, Fraction(draft.rest_g), weights_of=intent.finishes)
        return draft

    def _flow(self, line: Line) -> None:
        self._part(
            line.source, line.target, Fraction(line.amount.grams), weights_of=line.source, to=line.origin
        )

    def _part(
        self, source: Pool, target: Pool, grams: Fraction, *, weights_of: Pool, to: Origin | None = None
    ) -> None:
        weights = dict(self.exact[weights_of])
        whole = sum(weights.values())
        for origin, weight in weights.items():
            share = grams * weight / whole
            self._exactly(source, {origin: -share})
            self._exactly(target, {to or origin: share})

    def _exactly(self, pool: Pool, change: dict[Origin, Fraction]) -> None:
        balances = self.exact.setdefault(pool, {})
        for origin, grams in change.items():
            balances[origin] = balances.get(origin, Fraction(0)) + grams

    def check(self) -> None:
        told: dict[Pool, dict[Origin, int]] = {}
        for key, state in self.ledger.accounts.items():
            told.setdefault(pool_of(key), {})[origin_of(key)] = state.balance_g
        for pool in told.keys() | self.exact.keys():
            ours, theirs = told.get(pool, {}), self.exact.get(pool, {})
            assert sum(ours.values()) == sum(theirs.values())
            for origin in ours.keys() | theirs.keys():
                off = abs(ours.get(origin, 0) - theirs.get(origin, Fraction(0)))
                assert off <= self.off_g
        assert sum(sum(balances.values()) for balances in told.values()) == 0
        assert all(state.balance_g == 0 for state in self.ledger.accounts.values() if state.finished)
        runs_left = [state for key, state in self.ledger.accounts.items() if key.kind is Kind.PROCESS]
        assert all(state.finished and state.balance_g == 0 for state in runs_left)

    def mass_of(self, pool: Pool) -> int:
        return sum(self.held().of(pool).values())


STREAMS = ("SW03", "SW07", "SW61")
MASSES = st.integers(1, 10**7)


@settings(max_examples=60)
@given(st.data())
def test_any_sequence_of_draws_and_runs_conserves_every_origin(data: st.DataObject) -> None:
    world = World()
    for stream in STREAMS:
        for origin in data.draw(st.sets(st.sampled_from(ORIGINS), min_size=1)):
            world.open(store(stream), origin, data.draw(MASSES))
    for number in range(data.draw(st.integers(1, 6))):
        full = [stream for stream in STREAMS if world.mass_of(store(stream).pool) > 0]
        if not full:
            break
        if data.draw(st.booleans()):
            stream = data.draw(st.sampled_from(full))
            grams = data.draw(st.integers(1, world.mass_of(store(stream).pool)))
            target = store(stream, holder=8).pool
            world.carry_out(Intent(event(), (Line(store(stream).pool, target, in_grams(grams), Step.MOVE),)))
        else:
            world.carry_out(any_run(world, data, full, f"r-{number}"))
        world.check()


def any_run(world: World, data: st.DataObject, full: list[str], ref: str) -> Intent:
    run = plant_run(ref)
    chosen = data.draw(st.lists(st.sampled_from(full), min_size=1, unique=True))
    inputs = [
        Input(
            store(stream),
            in_grams(data.draw(st.integers(1, world.mass_of(store(stream).pool)))),
            "incinerate",
        )
        for stream in chosen
    ]
    outputs: list[Output | Loss] = []
    for kind in data.draw(st.lists(st.sampled_from(["residue", "new", "energy", "loss"]), max_size=4)):
        amount = in_grams(data.draw(st.integers(1, 4 * 10**6)))
        if kind == "residue":
            outputs.append(Output(store("SW02").pool, amount))
        elif kind == "new":
            outputs.append(Output(store("HW18").pool, amount, sector="industry"))
        elif kind == "energy":
            outputs.append(Output(run.boundary(Kind.ENERGY, chosen[0]), amount, "energy"))
        else:
            outputs.append(Loss(chosen[0], amount))
    return runs.whole(event(), run, inputs, outputs)


def test_a_run_worked_out_by_hand() -> None:
    world = World()
    world.open(store("SW03"), ORIGINS[0], 600)
    world.open(store("SW03"), ORIGINS[1], 300)
    world.open(store("SW61"), ORIGINS[1], 100)
    run = plant_run("r-1")
    inputs = [
        Input(store("SW03"), in_grams(900), "incinerate"),
        Input(store("SW61"), in_grams(100), "incinerate"),
    ]
    outputs = [
        Output(store("SW02").pool, in_grams(250)),
        Output(store("HW18").pool, in_grams(50), sector="municipal"),
        Output(run.boundary(Kind.ENERGY, "SW03"), in_grams(400)),
        Loss("SW61", in_grams(290), Evidence.ESTIMATED, 50_000),
    ]
    draft = world.carry_out(runs.whole(event(uncertainty_ppm=1000), run, inputs, outputs))
    held = world.held()
    # 600 g and 400 g went in, so each output is 60 % and 40 %; 10 g are left: 6 g and 4 g.
    by_origin = {
        "residue": held.of(store("SW02").pool),
        "energy": held.of(run.boundary(Kind.ENERGY, "SW03")),
        "lost": held.of(run.boundary(Kind.DISCHARGED, "SW61")),
        "rest": held.of(run.boundary(Kind.DIFFERENCE, "SW03")),
    }
    assert {name: sorted(grams.values()) for name, grams in by_origin.items()} == {
        "residue": [100, 150],
        "energy": [160, 240],
        "lost": [116, 174],
        "rest": [4, 6],
    }
    new = held.of(store("HW18").pool)
    assert {origin_of(key): grams for key, grams in new.items()} == {Origin(PLANT, "municipal"): 50}
    (told,) = runs.rest_findings(run, draft)
    assert (told.code, told.severity, told.value) == (
        "ledger.run-unexplained-rest",
        Severity.WARNING,
        "10",
    )
    assert "+1.000%" in told.message.zh
    assert "+1.000%" in told.message.en
    assert told.where == "run r-1"
    settled = [one for one in draft.posting.transfers if one.step is Step.SETTLE_DIFFERENCE]
    assert {one.evidence for one in settled} == {Evidence.DERIVED_BY_DIFFERENCE}
    # sqrt(1000^2 + 990^2) = 1407 g, of which 0.1 % is 1.407 g: 14.07 % of the 10 g that are left.
    assert {one.uncertainty_ppm for one in settled} == {140_700}
    assert {one.uncertainty_ppm for one in draft.posting.transfers if one not in settled} == {1000, 50_000}


def test_a_run_that_yields_more_than_it_took_draws_on_difference_and_says_so() -> None:
    world = World()
    world.open(store("SW03"), ORIGINS[0], 70)
    world.open(store("SW03"), ORIGINS[1], 30)
    run = plant_run("r-1")
    given_out = [Output(store("SW02").pool, in_grams(110))]
    draft = world.carry_out(
        runs.whole(event(), run, [Input(store("SW03"), in_grams(100), "utilise")], given_out)
    )
    assert sorted(world.held().of(store("SW02").pool).values()) == [33, 77]
    assert sorted(world.held().of(run.boundary(Kind.DIFFERENCE, "SW03")).values()) == [-7, -3]
    (told,) = runs.rest_findings(run, draft)
    assert (told.value, "-10.000%" in told.message.en) == ("-10", True)
    world.check()


def test_a_run_that_adds_up_says_nothing() -> None:
    world = World()
    world.open(store("SW03"), ORIGINS[0], 70)
    run = plant_run("r-1")
    inputs = [Input(store("SW03"), in_grams(70), "utilise")]
    draft = world.carry_out(runs.whole(event(), run, inputs, [Loss("SW03", in_grams(70))]))
    assert runs.rest_findings(run, draft) == ()


@given(st.integers(0, 10**12), st.integers(1, 10**6), st.integers(1, 10**6))
def test_moisture_conserves_the_dry_mass(grams: int, one_ppm: int, other_ppm: int) -> None:
    before, after = sorted((one_ppm, other_ppm))
    lost = moisture_g(grams, before, after)
    assert 0 <= lost <= grams
    # Half a gram of water is half a gram of the mass after, of which `after` parts are dry.
    assert abs(Fraction(grams * before - (grams - lost) * after)) <= Fraction(after, 2)


def test_moisture_worked_out_by_hand() -> None:
    # Sludge of 80 % water dried to 40 %: a third of its mass is left.
    assert moisture_g(3_000_000, 200_000, 600_000) == 2_000_000
    assert moisture_g(10, 0, 0) == 0
    assert moisture_g(10, 0, 5) == 10
    assert moisture_g(10, 300_000, 300_000) == 0


@pytest.mark.parametrize(("before", "after"), [(500_000, 400_000), (-1, 5), (5, 1_000_001)])
def test_a_mass_that_became_wetter_is_refused_with_what_to_do(before: int, after: int) -> None:
    with pytest.raises(InputError) as caught:
        moisture_g(10, before, after)
    assert str(after) in caught.value.message.zh
    assert "input" in caught.value.message.en


def run_of(mixed: Mixed, ref: str = "run-1") -> Run:
    return Run(mixed.yard.book, mixed.yard.region_id, "SW03", mixed.yard.holder_id, ref)


def codes(receipt: Any) -> list[str]:
    return [finding.code.removeprefix("ledger.") for finding in receipt.findings]


def finished(mixed: Mixed, scope: Scope, run: Run) -> set[tuple[int, bool]]:
    with session(scope):
        page = queries.accounts(scope, book=run.book, region_id=run.region_id, kind=Kind.PROCESS, limit=1000)
    return {(row.balance_g, row.finished) for row in page.rows if row.key.ref == run.ref}


def test_a_run_stays_open_for_days_is_fed_by_several_streams_and_ends_empty(
    operator: Scope, mixed: Mixed
) -> None:
    kitchen = mixed.store_of(mixed.yard.holder_id, "SW61")
    mixed.open(operator, mixed.store, 600, 300, 100)
    mixed.open(operator, kitchen, 50, 50)
    run, now = run_of(mixed), mixed.yard.now
    first = [Input(mixed.store, in_grams(500), "incinerate", dry_share_ppm=400_000)]
    second = [Input(mixed.store, in_grams(300), "incinerate"), Input(kitchen, in_grams(100), "incinerate")]
    first_event, second_event, last_event = mixed.event(), mixed.event(), mixed.event()
    assert open_run(operator, event=first_event, run=run, inputs=first, now=now).outcome == "posted"
    assert codes(open_run(operator, event=mixed.event(), run=run, inputs=first, now=now)) == ["run-exists"]
    assert feed(operator, event=second_event, run=run, inputs=second, now=now).outcome == "posted"
    assert mixed.held(operator, run.pool) == [530, 290, 80]
    outputs = [
        Output(mixed.store_of(mixed.yard.holder_id, "SW02").pool, measured(Decimal("0.2"), "kg")),
        Output(mixed.store_of(mixed.yard.holder_id, "HW18").pool, in_grams(9), sector="municipal"),
        Output(run.boundary(Kind.ENERGY, "SW03"), in_grams(500), "energy", evidence=Evidence.ESTIMATED),
    ]
    water = moisture_g(500, 400_000, 800_000)
    done = {"event": last_event, "run": run, "outputs": outputs, "losses": [Loss("SW03", in_grams(150))]}
    assert water == 250
    receipt = finish_run(operator, **done, now=now)
    assert (receipt.outcome, codes(receipt)) == ("posted", ["run-unexplained-rest"])
    assert receipt.findings[0].value == "41"
    assert finished(mixed, operator, run) == {(0, True)}
    # Every one of the calls again changes nothing, though all balances have moved.
    assert open_run(operator, event=first_event, run=run, inputs=first, now=now).outcome == "repeated"
    assert feed(operator, event=second_event, run=run, inputs=second, now=now).outcome == "repeated"
    assert finish_run(operator, **done, now=now).outcome == "repeated"
    with pytest.raises(ConflictError):
        finish_run(operator, **(done | {"losses": []}), now=now)
    with pytest.raises(ConflictError):
        feed(operator, event=second_event, run=run, inputs=first, now=now)
    late = feed(operator, event=mixed.event(), run=run, inputs=first, now=now)
    assert (late.outcome, codes(late)) == ("refused", ["account-finished"])


def test_a_run_that_nobody_opened_is_neither_fed_nor_finished(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 600)
    run, now = run_of(mixed, "nowhere"), mixed.yard.now
    inputs = [Input(mixed.store, in_grams(5), "incinerate")]
    assert codes(feed(operator, event=mixed.event(), run=run, inputs=inputs, now=now)) == ["run-unknown"]
    ended = finish_run(operator, event=mixed.event(), run=run, outputs=[], now=now)
    assert codes(ended) == ["posting-empty", "run-unknown"]
    whole = {"run": run, "outputs": [Loss("SW03", in_grams(5))], "now": now}
    assert codes(run_once(operator, event=mixed.event(), inputs=[], **whole)) == ["nothing-to-finish"]
    no_method = [replace(inputs[0], method="")]
    assert "method-missing" in codes(run_once(operator, event=mixed.event(), inputs=no_method, **whole))
    too_much = [replace(inputs[0], amount=in_grams(601))]
    assert codes(run_once(operator, event=mixed.event(), inputs=too_much, **whole)) == ["store-short"]
    assert mixed.held(operator, mixed.store.pool)[0] == 600


def test_a_run_at_once_is_repeated_and_its_rest_is_booked_in_the_database(
    operator: Scope, mixed: Mixed
) -> None:
    mixed.open(operator, mixed.store, 60, 30, 10)
    run, happened = run_of(mixed), mixed.event()
    ash = mixed.store_of(mixed.yard.holder_id, "SW02")
    for grams in (55, 120):
        run = run_of(mixed, f"run-{grams}")
        happened = mixed.event()
        mixed.open(operator, mixed.store, 60, 30, 10)
        said = {
            "event": happened,
            "run": run,
            "inputs": [Input(mixed.store, in_grams(100), "incinerate")],
            "outputs": [Output(ash.pool, in_grams(grams))],
            "now": mixed.yard.now,
        }
        receipt = run_once(operator, **said)
        assert (receipt.outcome, codes(receipt)) == ("posted", ["run-unexplained-rest"])
        assert finished(mixed, operator, run) == {(0, True)}
        assert run_once(operator, **said).outcome == "repeated"
    assert queries.verify(operator) == []
    assert queries.book_imbalance(operator, mixed.yard.book) == 0
    # 45 g were missing of the first run, the second one gave 20 g too many.
    assert sum(mixed.held(operator, run.boundary(Kind.DIFFERENCE, "SW03"))) == 25
    assert sum(mixed.held(operator, ash.pool)) == 175


def test_reclassified_waste_keeps_its_origins_and_its_grams(operator: Scope, mixed: Mixed) -> None:
    mixed.open(operator, mixed.store, 600, 300, 100)
    happened = mixed.event(document="鉴别报告-1")
    said = {"event": happened, "store": mixed.store, "becomes": "HW18", "now": mixed.yard.now}
    amount = Amount(500, Decimal("0.5"), "kg")
    assert reclassify(operator, amount=amount, **said).outcome == "posted"
    hazardous = mixed.store_of(mixed.yard.holder_id, "HW18")
    assert mixed.held(operator, hazardous.pool) == [300, 150, 50]
    assert mixed.held(operator, mixed.store.pool) == [300, 150, 50]
    run = run_of(mixed, str(happened.id))
    assert finished(mixed, operator, run) == {(0, True)}
    assert reclassify(operator, amount=amount, **said).outcome == "repeated"
    with pytest.raises(ConflictError):
        reclassify(operator, amount=amount, **(said | {"becomes": "HW48"}))
    unknown = reclassify(operator, amount=amount, **(said | {"becomes": "HW99", "event": mixed.event()}))
    assert "unknown-stream" in codes(unknown)


def test_a_stranger_neither_opens_feeds_nor_finishes_a_run(
    operator: Scope, mixed: Mixed, region_factory: Callable[..., int]
) -> None:
    mixed.open(operator, mixed.store, 600, 300, 100)
    run, now = run_of(mixed), mixed.yard.now
    inputs = [Input(mixed.store, in_grams(5), "incinerate")]
    open_run(operator, event=mixed.event(), run=run, inputs=inputs, now=now)
    lost = [Loss("SW03", in_grams(5))]
    for scope in (
        Scope(1, 1, Role.CLERK, region_ids=frozenset({region_factory()})),
        Scope(1, 1, Role.PRODUCER, party_ids=frozenset({mixed.yard.other_id})),
        Scope(1, 1, Role.LEADER, region_ids=frozenset({mixed.yard.region_id})),
    ):
        other = run_of(mixed, "other")
        for refused in (
            lambda who=scope, new=other: open_run(who, event=mixed.event(), run=new, inputs=inputs, now=now),
            lambda who=scope: feed(who, event=mixed.event(), run=run, inputs=inputs, now=now),
            lambda who=scope: finish_run(who, event=mixed.event(), run=run, outputs=[], losses=lost, now=now),
            lambda who=scope: reclassify(
                who, event=mixed.event(), store=mixed.store, becomes="HW18", amount=in_grams(1), now=now
            ),
        ):
            with pytest.raises(AccessError):
                refused()
    own = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({mixed.yard.holder_id}))
    assert finish_run(own, event=mixed.event(), run=run, outputs=[], losses=lost, now=now).outcome == "posted"


def test_a_run_is_never_fed_behind_the_back_of_whoever_finishes_it(operator: Scope, mixed: Mixed) -> None:
    # Each rival feed brings an origin that the run has not seen, so no row of it can be locked.
    mixed.open(operator, mixed.store, 600)
    stores = [mixed.store_of(mixed.yard.holder_id, stream) for stream in ("SW02", "SW07")]
    for origin, other in zip(mixed.origins[1:], stores, strict=True):
        made = opening(mixed.event(), other.pool.account(origin), in_grams(50))
        assert post(operator, made, now=mixed.yard.now).outcome == "posted"
    now = mixed.yard.now
    for attempt in range(4):
        run = run_of(mixed, f"race-{attempt}")
        inputs = [Input(mixed.store, in_grams(100), "incinerate")]
        open_run(operator, event=mixed.event(), run=run, inputs=inputs, now=now)

        def work(number: int, run: Run = run) -> str:
            try:
                if number == 2:
                    lost = [Loss("SW03", in_grams(100))]
                    return str(
                        finish_run(
                            operator, event=mixed.event(), run=run, outputs=[], losses=lost, now=now
                        ).outcome
                    )
                more = [Input(stores[number], in_grams(10), "incinerate")]
                return str(feed(operator, event=mixed.event(), run=run, inputs=more, now=now).outcome)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(3) as pool:
            outcomes = list(pool.map(work, range(3)))
        assert outcomes[2] == "posted"
        assert finished(mixed, operator, run) == {(0, True)}
