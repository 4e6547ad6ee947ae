"""Dumps: found, cleared, treated, attributed, and generated exactly once whatever the order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wufei.kernel.errors import AccessError, ConflictError
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.amounts import in_grams
from wufei.records.ledger.core.dumps import Dump
from wufei.records.ledger.core.pools import Leg, Origin, Pool
from wufei.records.ledger.core.runs import Input, Loss, Run
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.services import (
    attribute_dump,
    clear_dump,
    draw,
    find_dump,
    receive,
    run_once,
)
from wufei.runtime.access.core import Role, Scope

Mixed = Any
X = 90_000


def dump_of(mixed: Mixed, ref: str = "case-1") -> Dump:
    home = Origin(mixed.yard.region_id, "construction")
    return Dump(mixed.yard.book, mixed.yard.region_id, "SW73", home, ref)


def codes(receipt: Any) -> list[str]:
    return [finding.code.removeprefix("ledger.") for finding in receipt.findings]


def standing(mixed: Mixed, kind: Kind) -> int:
    """Grams on all accounts of a kind in the book; a boundary account is summed from its transfers."""
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(moved.grams), 0) FROM ledger_account AS a JOIN LATERAL ("
            "SELECT grams FROM ledger_transfer WHERE target_account_id = a.id "
            "UNION ALL SELECT -grams FROM ledger_transfer WHERE source_account_id = a.id"
            ") AS moved (grams) ON true WHERE a.book = %s AND a.kind = %s",
            [mixed.yard.book, str(kind)],
        )
        return int(cursor.fetchone()[0])


def generated(mixed: Mixed) -> int:
    return -standing(mixed, Kind.ORIGIN)


class Case:
    """One dump and the things that can happen to it."""

    def __init__(self, scope: Scope, mixed: Mixed, ref: str) -> None:
        self.scope, self.mixed, self.dump = scope, mixed, dump_of(mixed, ref)
        self.store = mixed.store_of(mixed.yard.other_id, "SW73")
        self.leg = Leg(mixed.yard.book, mixed.yard.region_id, "SW73", mixed.yard.other_id, ref)

    def say(self, door: Any, grams: int = X, **words: Any) -> Any:
        words = {"event": self.mixed.event(), "now": self.mixed.yard.now} | words
        return door(self.scope, dump=self.dump, amount=in_grams(grams), **words)

    def found(self) -> None:
        assert self.say(find_dump).outcome == "posted"

    def cleared(self) -> None:
        assert self.say(clear_dump, leg=self.leg).outcome == "posted"

    def received(self) -> None:
        arrived = {"leg": self.leg, "store": self.store, "amount": in_grams(X)}
        words = {"event": self.mixed.event(), "now": self.mixed.yard.now}
        assert receive(self.scope, **arrived, **words).outcome == "posted"

    def treated(self) -> None:
        run = Run(self.dump.book, self.dump.region_id, "SW73", self.mixed.yard.other_id, self.dump.ref)
        said = {
            "run": run,
            "inputs": [Input(self.store, in_grams(X), "landfill")],
            "outputs": [Loss("SW73", in_grams(X))],
        }
        words = {"event": self.mixed.event(), "now": self.mixed.yard.now}
        assert run_once(self.scope, **said, **words).outcome == "posted"

    def attributed(self) -> None:
        assert self.say(attribute_dump, culprit=self.mixed.origins[2]).outcome == "posted"


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(["attributed"] + ["on the way"] * 3).map(tuple), st.integers(0, 3), st.booleans())
def test_waste_is_generated_once_whenever_its_dump_is_attributed(
    operator: Scope, mixed: Mixed, order: tuple[str, ...], steps: int, attribute: bool
) -> None:
    before = {kind: standing(mixed, kind) for kind in (Kind.ORIGIN, Kind.UNATTRIBUTED)}
    case = Case(operator, mixed, f"case-{mixed.event().id}")
    case.found()
    way = iter([case.cleared, case.received, case.treated][:steps])
    grown = 0
    for happening in order:
        if happening == "on the way":
            next(way, lambda: None)()
        elif attribute:
            case.attributed()
            grown = X
        assert before[Kind.ORIGIN] - standing(mixed, Kind.ORIGIN) == grown
    assert before[Kind.ORIGIN] - standing(mixed, Kind.ORIGIN) == (X if attribute else 0)
    assert before[Kind.UNATTRIBUTED] - standing(mixed, Kind.UNATTRIBUTED) == (0 if attribute else X)
    if attribute:
        again = case.say(
            attribute_dump, culprit=mixed.origins[2], grams=1 - standing(mixed, Kind.UNATTRIBUTED)
        )
        assert (again.outcome, codes(again)) == ("refused", ["dump-overattributed"])


def test_a_dump_found_cleared_and_treated_is_attributed_last_and_once(operator: Scope, mixed: Mixed) -> None:
    case = Case(operator, mixed, "case-1")
    case.found()
    case.cleared()
    case.received()
    case.treated()
    assert (generated(mixed), standing(mixed, Kind.UNATTRIBUTED)) == (0, -X)
    case.attributed()
    assert (generated(mixed), standing(mixed, Kind.UNATTRIBUTED)) == (X, 0)
    again = case.say(attribute_dump, culprit=mixed.origins[2], grams=1)
    assert (again.outcome, codes(again)) == ("refused", ["dump-overattributed"])
    told = again.findings[0]
    assert (told.value, told.where) == ("1", "amount, grams")
    assert told.fix.en
    assert told.rule.zh
    assert generated(mixed) == X


def test_every_call_again_changes_nothing_and_other_words_are_a_conflict(
    operator: Scope, mixed: Mixed
) -> None:
    case = Case(operator, mixed, "case-1")
    calls = [
        (find_dump, {}),
        (clear_dump, {"leg": case.leg}),
        (attribute_dump, {"culprit": mixed.origins[2]}),
    ]
    made = [(door, words | {"event": mixed.event()}) for door, words in calls]
    assert [case.say(door, **words).outcome for door, words in made] == ["posted"] * 3
    assert [case.say(door, **words).outcome for door, words in made] == ["repeated"] * 3
    for door, words in made:
        with pytest.raises(ConflictError):
            case.say(door, X - 1, **words)
    assert (generated(mixed), standing(mixed, Kind.UNATTRIBUTED)) == (X, 0)


@pytest.mark.parametrize("kind", [Kind.LOST, Kind.DIFFERENCE])
def test_a_traced_dump_comes_from_what_was_lost_and_never_touches_unattributed(
    operator: Scope, mixed: Mixed, kind: Kind
) -> None:
    mixed.open(operator, mixed.store, 70_000, 20_000)
    region_id, origin = mixed.yard.region_id, mixed.origins[0]
    lost = Pool(mixed.yard.book, Kind.LOST, region_id, "SW03")
    draw(
        operator,
        event=mixed.event(),
        store=mixed.store,
        amount=in_grams(90_000),
        to=lost,
        step=Step.LOSS,
        now=mixed.yard.now,
    )
    before = generated(mixed)
    case = Case(operator, mixed, "case-1")
    case.dump = Dump(mixed.yard.book, region_id, "SW03", origin, "case-1")
    traced = Pool(mixed.yard.book, kind, region_id, "SW03").account(origin)
    assert case.say(find_dump, 30_000, traced_to=traced).outcome == "posted"
    assert standing(mixed, Kind.DUMPED) == 30_000
    assert standing(mixed, Kind.LOST) == (60_000 if kind is Kind.LOST else 90_000)
    assert (generated(mixed), standing(mixed, Kind.UNATTRIBUTED)) == (before, 0)
    # It was generated long ago, so there is nothing to attribute.
    again = case.say(attribute_dump, 30_000, culprit=origin)
    assert codes(again) == ["dump-overattributed"]
    for other in (Kind.USED, Kind.UNATTRIBUTED):
        elsewhere = Pool(mixed.yard.book, other, region_id, "SW03").account(origin)
        refused = case.say(find_dump, 1, traced_to=elsewhere)
        assert (refused.outcome, codes(refused)) == ("refused", ["kinds-not-allowed"])
        assert str(other) in refused.findings[0].message.en


def test_no_more_is_cleared_than_lies_there(operator: Scope, mixed: Mixed) -> None:
    case = Case(operator, mixed, "case-1")
    assert codes(case.say(clear_dump, leg=case.leg)) == ["store-short"]
    case.found()
    assert codes(case.say(clear_dump, X + 1, leg=case.leg)) == ["store-short"]
    assert case.say(clear_dump, X, leg=case.leg).outcome == "posted"


def test_a_stranger_neither_finds_clears_nor_attributes_a_dump_here(
    operator: Scope, mixed: Mixed, region_factory: Callable[..., int]
) -> None:
    case = Case(operator, mixed, "case-1")
    case.found()
    # The culprit's own district may not say what was dumped elsewhere.
    culprits = Scope(2, 2, Role.CLERK, region_ids=frozenset({mixed.origins[2].region_id}))
    for scope in (
        Scope(1, 1, Role.CLERK, region_ids=frozenset({region_factory()})),
        culprits,
        Scope(1, 1, Role.PRODUCER, party_ids=frozenset({mixed.yard.other_id})),
        Scope(1, 1, Role.AUDITOR, region_ids=frozenset({mixed.yard.region_id})),
    ):
        case.scope = scope
        for door, words in (
            (find_dump, {}),
            (clear_dump, {"leg": case.leg}),
            (attribute_dump, {"culprit": mixed.origins[2]}),
        ):
            with pytest.raises(AccessError):
                case.say(door, **words)
    case.scope = Scope(3, 3, Role.CLERK, region_ids=frozenset({mixed.yard.region_id}))
    case.attributed()
    assert generated(mixed) == X


def test_rivals_attribute_a_dump_once(operator: Scope, mixed: Mixed) -> None:
    case = Case(operator, mixed, "case-1")
    case.found()

    def work(_: int) -> str:
        try:
            return str(case.say(attribute_dump, culprit=mixed.origins[2]).outcome)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(work, range(6)))
    assert outcomes == ["posted"] + ["refused"] * 5
    assert (generated(mixed), standing(mixed, Kind.UNATTRIBUTED)) == (X, 0)
