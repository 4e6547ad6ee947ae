"""The in-memory ledger against a second, independent one that only knows a dictionary of integers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.checks import Rules
from wufei.records.ledger.core.model import Ledger, reversal_of
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer, single
from wufei.records.ledger.core.vocabulary import load_vocabulary

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RULES = Rules(load_vocabulary(), NOW)
BOOK = "scenario:test"

ORIGIN = AccountKey(BOOK, Kind.ORIGIN, 1, "SW03", 1, "industry")
USED = AccountKey(BOOK, Kind.USED, 1, "SW03", 1, "industry")


def stock(holder: int = 7) -> AccountKey:
    return AccountKey(BOOK, Kind.STOCK, 1, "SW03", 1, "industry", holder_id=holder)


def leg(ref: str) -> AccountKey:
    return AccountKey(BOOK, Kind.TRANSIT, 1, "SW03", 1, "industry", holder_id=7, ref=ref)


def run(ref: str) -> AccountKey:
    return AccountKey(BOOK, Kind.PROCESS, 1, "", 1, "industry", holder_id=8, ref=ref)


def transfer(source: AccountKey, target: AccountKey, grams: int, step: Step, **changes: object) -> Transfer:
    made = Transfer(
        id=new_id(NOW),
        source=source,
        target=target,
        grams=grams,
        step=step,
        occurred_at=NOW - timedelta(days=1),
        precision=Precision.DAY,
        quantity=Decimal(grams),
        unit="g",
        evidence=Evidence.SCALE,
        method="utilise" if step is Step.TREAT_IN else "",
    )
    return replace(made, **changes)


def generated(grams: int, holder: int = 7) -> Transfer:
    return transfer(ORIGIN, stock(holder), grams, Step.GENERATE)


def codes(receipt: object) -> set[str]:
    return {finding.code.removeprefix("ledger.") for finding in receipt.findings}


class LedgerMachine(RuleBasedStateMachine):
    """Random postings; the naive side keeps grams per account name and refuses by hand-written rules."""

    posted = Bundle("posted")

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger(RULES)
        self.grams: dict[AccountKey, int] = {}
        self.closed: set[AccountKey] = set()
        self.taken_back: set[UUID] = set()

    def expect(self, moves: list[tuple[AccountKey, AccountKey, int]], closes: list[AccountKey]) -> bool:
        after = dict(self.grams)
        for source, target, grams in moves:
            if source in self.closed or target in self.closed:
                return False
            after[source] = after.get(source, 0) - grams
            after[target] = after.get(target, 0) + grams
        held = {Kind.STOCK, Kind.TRANSIT, Kind.PROCESS}
        if any(grams < 0 and key.kind in held for key, grams in after.items()):
            return False
        if any(key in self.closed or after.get(key, 0) for key in closes):
            return False
        self.grams = after
        self.closed.update(closes)
        return True

    def post(self, transfers: list[Transfer], closes: list[AccountKey]) -> Posting | None:
        posting = Posting(new_id(NOW), tuple(transfers), tuple(closes))
        good = self.expect([(one.source, one.target, one.grams) for one in transfers], closes)
        assert self.ledger.post(posting).outcome == ("posted" if good else "refused")
        return posting if good else None

    @rule(target=posted, grams=st.integers(1, 900), holder=st.sampled_from([7, 8]))
    def generate(self, grams: int, holder: int) -> object:
        return self.post([generated(grams, holder)], [])

    @rule(target=posted, grams=st.integers(1, 900), ref=st.sampled_from("abc"), finish=st.booleans())
    def ship(self, grams: int, ref: str, finish: bool) -> object:
        one = transfer(stock(7), leg(ref), grams, Step.DISPATCH)
        two = transfer(leg(ref), stock(8), grams, Step.RECEIVE)
        return self.post([one, two], [leg(ref)] if finish else [])

    @rule(target=posted, grams=st.integers(1, 900), ref=st.sampled_from("abc"))
    def dispatch(self, grams: int, ref: str) -> object:
        return self.post([transfer(stock(7), leg(ref), grams, Step.DISPATCH)], [])

    @rule(target=posted, grams=st.integers(2, 900), ref=st.sampled_from("xy"), finish=st.booleans())
    def treat(self, grams: int, ref: str, finish: bool) -> object:
        went_in = transfer(stock(8), run(ref), grams, Step.TREAT_IN)
        came_out = transfer(run(ref), USED, grams // 2, Step.TREAT_OUT)
        return self.post([came_out, went_in], [run(ref)] if finish else [])

    @rule(posting=posted)
    def repeat(self, posting: Posting | None) -> None:
        if posting is not None:
            assert self.ledger.post(posting).outcome == "repeated"

    @rule(posting=posted)
    def same_id_other_content(self, posting: Posting | None) -> None:
        if posting is not None:
            changed = replace(posting.transfers[0], document="other")
            receipt = self.ledger.post(replace(posting, transfers=(changed,)))
            assert codes(receipt) == {"id-with-other-content"}

    @rule(posting=consumes(posted))
    def take_back(self, posting: Posting | None) -> None:
        if posting is None:
            return
        original = posting.transfers[0]
        back = reversal_of(original, transfer(USED, ORIGIN, 1, Step.USE))
        good = self.expect([(original.target, original.source, original.grams)], [])
        assert (self.ledger.post(single(back)).outcome == "posted") is good
        if good:
            again = reversal_of(original, transfer(USED, ORIGIN, 1, Step.USE))
            assert "reversal-twice" in codes(self.ledger.post(single(again)))

    @invariant()
    def every_balance_is_equal(self) -> None:
        ours = {key: state.balance_g for key, state in self.ledger.accounts.items() if state.balance_g}
        assert ours == {key: grams for key, grams in self.grams.items() if grams}

    @invariant()
    def a_book_sums_to_zero(self) -> None:
        assert sum(state.balance_g for state in self.ledger.accounts.values()) == 0


LedgerMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
test_the_ledger_equals_a_dictionary_of_integers = LedgerMachine.TestCase


def ledger_with(*transfers: Transfer) -> Ledger:
    ledger = Ledger(RULES)
    for one in transfers:
        assert ledger.post(single(one)).outcome == "posted"
    return ledger


def test_a_shortage_names_the_balance_and_the_missing_mass() -> None:
    ledger = ledger_with(generated(400))
    receipt = ledger.post(single(transfer(stock(), USED, 1000, Step.USE)))
    assert receipt.outcome == "refused"
    (found,) = receipt.findings
    assert (found.code, found.value) == ("ledger.stock-below-zero", "400")
    assert "600" in found.message.zh
    assert "600" in found.message.en
    assert found.where == "transfer 1, source"


def test_a_tolerant_site_may_go_below_zero_and_it_is_said_at_once() -> None:
    ledger = ledger_with(generated(400))
    ledger.account(stock()).strict = False
    receipt = ledger.post(single(transfer(stock(), USED, 1000, Step.USE)))
    assert (receipt.outcome, codes(receipt)) == ("posted", {"tolerant-stock-below-zero"})
    assert ledger.account(stock()).balance_g == -600


def test_a_posting_is_judged_by_its_end() -> None:
    ledger = ledger_with()
    early = transfer(stock(), USED, 50, Step.USE)
    assert ledger.post(Posting(new_id(NOW), (early, generated(50)))).outcome == "posted"


def test_nothing_of_a_refused_posting_remains() -> None:
    ledger = ledger_with(generated(10))
    bad = Posting(new_id(NOW), (generated(5), transfer(stock(9), USED, 1, Step.USE)))
    assert ledger.post(bad).outcome == "refused"
    assert ledger.account(stock()).balance_g == 10
    assert ledger.post(single(bad.transfers[0])).outcome == "posted"


def test_an_account_is_finished_only_when_empty_and_then_takes_nothing() -> None:
    ledger = ledger_with(generated(10))
    there = transfer(stock(), leg("m"), 10, Step.DISPATCH)
    assert codes(ledger.post(Posting(new_id(NOW), (there,), (leg("m"),)))) == {"finish-not-empty"}
    assert ledger.post(single(there)).outcome == "posted"
    back = transfer(leg("m"), stock(), 10, Step.RETURN)
    assert ledger.post(Posting(new_id(NOW), (back,), (leg("m"),))).outcome == "posted"
    later = transfer(stock(), leg("m"), 1, Step.DISPATCH)
    assert codes(ledger.post(single(later))) == {"account-finished"}


def test_a_reversal_restores_the_balance() -> None:
    first = generated(10)
    ledger = ledger_with(generated(3), first)
    assert ledger.post(single(reversal_of(first, generated(1)))).outcome == "posted"
    assert ledger.account(stock()).balance_g == 3
    assert ledger.account(ORIGIN).balance_g == -3


def test_a_reversal_is_never_reversed() -> None:
    first = generated(10)
    back = reversal_of(first, generated(1))
    ledger = ledger_with(first, back)
    assert "reversal-of-reversal" in codes(ledger.post(single(reversal_of(back, generated(1)))))


@pytest.mark.parametrize("change", [{"grams": 9}, {"occurred_at": NOW}, {"document": "x"}])
def test_a_reversal_copies_what_it_takes_back(change: dict[str, object]) -> None:
    first = generated(10)
    ledger = ledger_with(first)
    back = replace(reversal_of(first, generated(1)), **change)
    assert "reversal-differs" in codes(ledger.post(single(back)))


def test_an_unknown_transfer_cannot_be_reversed() -> None:
    back = reversal_of(generated(10), generated(1))
    assert codes(ledger_with().post(single(back))) == {"reversal-unknown"}


def test_one_posting_cannot_reverse_a_transfer_twice() -> None:
    first = generated(10)
    ledger = ledger_with(first, generated(20))
    twice = tuple(reversal_of(first, generated(1)) for _ in range(2))
    assert "reversal-twice" in codes(ledger.post(Posting(new_id(NOW), twice)))


def test_a_transfer_id_used_by_another_posting_is_a_conflict() -> None:
    first = generated(10)
    ledger = ledger_with(first)
    assert codes(ledger.post(Posting(new_id(NOW), (first,)))) == {"id-with-other-content"}


def test_an_id_is_that_of_a_posting_or_of_a_transfer_of_another_whichever_came_first() -> None:
    whole, other = Posting(new_id(NOW), (generated(1), generated(2))), generated(3)
    as_transfer = Posting(new_id(NOW), (replace(other, id=whole.id),))
    for first, second in ((whole, as_transfer), (as_transfer, whole)):
        ledger = Ledger(RULES)
        assert ledger.post(first).outcome == "posted"
        assert codes(ledger.post(second)) == {"id-with-other-content"}
        assert ledger.post(first).outcome == "repeated"
        # The database says of both only that the id is taken.
        ledger.postings.clear()
        ledger.transfers.clear()
        ledger.taken = {first.id, *(one.id for one in first.transfers)}
        assert codes(ledger.post(second)) == {"id-with-other-content"}


@pytest.mark.parametrize(("grams", "jumps"), [(1_000_000, True), (299_000, False), (4, False), (3, True)])
def test_a_mass_three_hundred_times_the_usual_warns_but_is_posted(grams: int, jumps: bool) -> None:
    ledger = ledger_with(*(generated(1000) for _ in range(5)))
    receipt = ledger.post(single(generated(grams)))
    assert receipt.outcome == "posted"
    assert codes(receipt) == ({"mass-jump"} if jumps else set())


def test_the_usual_mass_is_the_median_of_the_last_fifty() -> None:
    ledger = ledger_with(*(generated(10) for _ in range(60)), *(generated(100_000) for _ in range(26)))
    assert codes(ledger.post(single(generated(100_000)))) == set()
    assert "mass-jump" in codes(ledger.post(single(generated(10))))
