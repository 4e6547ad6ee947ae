"""The published account in the ledger: rates come out, what is unknown stays open, ids come again."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.demo.account_file import read_account
from wufei.demo.account_postings import PUBLISHED_AT, account_postings, named_id
from wufei.kernel.ids import id_instant
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.checks import Rules, local_date
from wufei.records.ledger.core.model import Ledger
from wufei.records.ledger.core.transfers import Step
from wufei.records.ledger.core.vocabulary import load_vocabulary

SHIPPED = Path(str(resources.files("wufei.demo") / "data" / "bda-2018-account.yaml"))
TONNE_G = 1_000_000


@pytest.fixture
def postings():
    return account_postings(read_account(SHIPPED).account, region_id=1, holder_id=2)


@pytest.fixture
def ledger(postings):
    ledger = Ledger(Rules(load_vocabulary(), datetime(2026, 6, 1, tzinfo=UTC)))
    receipts = [ledger.post(posting) for posting in postings]
    assert {receipt.outcome for receipt in receipts} == {"posted"}
    assert [f for receipt in receipts for f in receipt.findings] == []
    return ledger


def share(postings, stream):
    made = fed = 0
    for transfer in (t for posting in postings for t in posting.transfers):
        if stream in {transfer.source.stream, transfer.target.stream}:
            made += transfer.grams * (transfer.step is Step.GENERATE)
            fed += transfer.grams * (transfer.step is Step.TREAT_IN and transfer.method == "utilise")
    return round(100 * Fraction(fed, made))


@pytest.mark.parametrize(
    ("stream", "percent"), [("GI-UNSORTED", 96), ("HW-UNSORTED", 57), ("CDW-UNSORTED", 13)]
)
def test_the_published_rates_come_out(postings, stream, percent):
    assert share(postings, stream) == percent


def test_a_second_load_is_all_repeated(ledger, postings):
    again = account_postings(read_account(SHIPPED).account, region_id=1, holder_id=2)
    assert {ledger.post(posting).outcome for posting in again} == {"repeated"}


def test_what_the_source_does_not_say_stays_open_or_in_stock(ledger):
    balances = {
        (state.key.kind, state.key.stream or state.key.ref): state.balance_g
        for state in ledger.accounts.values()
        if state.balanced and state.balance_g
    }
    assert balances == {
        (Kind.PROCESS, "bda-2018-account:general-industrial-stored"): 9_133 * TONNE_G,
        (Kind.PROCESS, "bda-2018-account:industrial-hazardous-disposed"): 21_700 * TONNE_G,
        (Kind.STOCK, "MSW-UNSORTED"): 74_100 * TONNE_G,
        (Kind.STOCK, "HW01"): 240 * TONNE_G,
        (Kind.STOCK, "SW61"): 30_000 * TONNE_G,
        (Kind.STOCK, "GREEN"): 57_000 * TONNE_G,
        (Kind.STOCK, "SW90"): 21_500 * TONNE_G,
    }


def test_every_transfer_names_its_source_and_only_the_year_is_claimed(postings):
    for transfer in (t for posting in postings for t in posting.transfers):
        assert transfer.document.startswith("北京经济技术开发区“无废城市”建设试点实施方案")
        assert transfer.precision == "year"
        assert str(local_date(transfer.occurred_at)) == "2018-01-01"
        assert transfer.source.book == "published:bda-2020"


@given(st.text(), st.text())
def test_a_name_always_gives_the_same_identifier_and_another_name_another(name, other):
    assert named_id(name) == named_id(name)
    assert (named_id(name) == named_id(other)) == (name == other)
    assert id_instant(named_id(name)) == PUBLISHED_AT
