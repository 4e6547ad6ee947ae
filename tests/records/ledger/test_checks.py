"""What is refused about a posting before any balance is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.findings import Severity
from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.records.catalogue.core.conversions import load_conversions
from wufei.records.ledger.core.accounts import AccountKey, Kind, account_digest, account_text
from wufei.records.ledger.core.checks import Rules, check_posting
from wufei.records.ledger.core.model import Ledger
from wufei.records.ledger.core.steps import ALLOWED, allowed_kinds
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer, content_hash, single
from wufei.records.ledger.core.vocabulary import load_vocabulary

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RULES = Rules(load_vocabulary(), NOW)
BOOK = "scenario:test"
ORIGIN = AccountKey(BOOK, Kind.ORIGIN, 1, "SW03", 1, "industry")
STOCK = AccountKey(BOOK, Kind.STOCK, 1, "SW03", 1, "industry", holder_id=7)
GOOD = Transfer(
    id=new_id(NOW),
    source=ORIGIN,
    target=STOCK,
    grams=1_500_000,
    step=Step.GENERATE,
    occurred_at=NOW - timedelta(hours=1),
    precision=Precision.INSTANT,
    quantity=Decimal("1.5"),
    unit="t",
    evidence=Evidence.WEIGHBRIDGE,
)


def found(**changes: object) -> dict[str, str]:
    """Codes and places that a changed transfer earns."""
    receipt = Ledger(RULES).post(single(replace(GOOD, **changes)))
    return {one.code.removeprefix("ledger."): one.where for one in receipt.findings}


def test_a_good_transfer_has_no_finding() -> None:
    assert found() == {}


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"grams": 0}, "grams-not-positive", "transfer 1, grams"),
        ({"grams": -5}, "grams-not-positive", "transfer 1, grams"),
        ({"grams": 10**18 + 1}, "grams-beyond-reason", "transfer 1, grams"),
        ({"quantity": Decimal("NaN")}, "quantity-not-positive", "transfer 1, quantity"),
        ({"quantity": Decimal("sNaN")}, "quantity-not-positive", "transfer 1, quantity"),
        ({"quantity": Decimal("1E+900")}, "quantity-beyond-reason", "transfer 1, quantity"),
        ({"quantity": Decimal("1." + "0" * 28 + "1")}, "quantity-beyond-reason", "transfer 1, quantity"),
        ({"unit": "t\n"}, "unknown-unit", "transfer 1, unit"),
        ({"quantity": Decimal(-1)}, "quantity-not-positive", "transfer 1, quantity"),
        ({"quantity": Decimal(1500)}, "grams-differ-from-quantity", "transfer 1, grams"),
        ({"unit": "kg"}, "grams-differ-from-quantity", "transfer 1, grams"),
        ({"unit": "stone"}, "unknown-unit", "transfer 1, unit"),
        ({"unit": "m3"}, "conversion-missing", "transfer 1, conversion"),
        ({"unit": "m3", "conversion": "guess"}, "unknown-conversion", "transfer 1, conversion"),
        ({"unit": "stone", "conversion": "waste-oil-litre"}, "unknown-unit", "transfer 1, unit"),
        ({"unit": "L", "conversion": "waste-oil-litre"}, "grams-differ-from-quantity", "transfer 1, grams"),
        ({"unit": "t", "conversion": "waste-oil-litre"}, "conversion-does-not-fit", "transfer 1, conversion"),
        ({"unit": "L", "conversion": "waste-oil-litre"}, "conversion-does-not-fit", "transfer 1, conversion"),
        ({"quantity": Decimal("1E+9999999")}, "quantity-beyond-reason", "transfer 1, quantity"),
        ({"quantity": Decimal("1E-9999999")}, "quantity-beyond-reason", "transfer 1, quantity"),
        ({"uncertainty_ppm": -1}, "uncertainty-bounds", "transfer 1, uncertainty_ppm"),
        ({"uncertainty_ppm": 1_000_001}, "uncertainty-bounds", "transfer 1, uncertainty_ppm"),
        ({"dry_share_ppm": 1_000_001}, "dry-share-bounds", "transfer 1, dry_share_ppm"),
        ({"occurred_at": NOW + timedelta(seconds=1)}, "future-date", "transfer 1, occurred_at"),
        ({"occurred_at": datetime.max.replace(tzinfo=UTC)}, "future-date", "transfer 1, occurred_at"),
        (
            {"occurred_at": datetime.max.replace(tzinfo=UTC), "precision": Precision.DAY},
            "future-date",
            "transfer 1, occurred_at",
        ),
        ({"occurred_at": datetime(202, 6, 1, tzinfo=UTC)}, "date-too-early", "transfer 1, occurred_at"),
        ({"occurred_at": datetime(2026, 1, 1)}, "time-zone-missing", "transfer 1, occurred_at"),  # noqa: DTZ001
        ({"precision": Precision.QUARTER}, "precision-not-kept", "transfer 1, precision"),
        ({"method": "magic"}, "unknown-method", "transfer 1, method"),
        ({"document": "a\tb"}, "text-form", "transfer 1, document"),
        ({"document": "x" * 201}, "text-form", "transfer 1, document"),
        ({"amends_period": "2025\n"}, "period-form", "transfer 1, amends_period"),
        ({"amends_period": "last year"}, "period-form", "transfer 1, amends_period"),
        ({"document": "\ud800"}, "text-form", "transfer 1, document"),
        ({"step": Step.MOVE}, "kinds-not-allowed", "transfer 1, step"),
        ({"target": replace(STOCK, stream="SW02")}, "stream-changes", "transfer 1, stream"),
        ({"target": replace(STOCK, stream="SW999")}, "unknown-stream", "transfer 1, target.stream"),
        ({"target": replace(STOCK, book="actual")}, "books-mixed", "transfer 1, book"),
        ({"target": replace(STOCK, book="mine")}, "unknown-book", "transfer 1, target.book"),
        ({"target": replace(STOCK, origin_region_id=2)}, "origin-changes", "transfer 1, origin"),
        ({"target": replace(STOCK, region_id=2)}, "origin-elsewhere", "transfer 1, origin"),
        ({"source": replace(ORIGIN, region_id=2)}, "origin-elsewhere", "transfer 1, origin"),
        ({"target": replace(STOCK, stream="\ud800")}, "unknown-stream", "transfer 1, target.stream"),
        (
            {"target": replace(STOCK, origin_sector="space")},
            "unknown-sector",
            "transfer 1, target.origin_sector",
        ),
        ({"target": replace(STOCK, ref="leg")}, "ref-unexpected", "transfer 1, target.ref"),
        ({"source": replace(ORIGIN, holder_id=7)}, "boundary-with-holder", "transfer 1, source.holder_id"),
        ({"target": replace(STOCK, kind=Kind.TRANSIT)}, "ref-missing", "transfer 1, target.ref"),
        ({"target": replace(STOCK, kind=Kind.TRANSIT, ref="\x1f")}, "text-form", "transfer 1, target.ref"),
        ({"id": UUID(int=0)}, "id-not-v7", "transfer 1, id"),
        ({"id": new_id(datetime(1999, 1, 1, tzinfo=UTC))}, "id-too-old", "transfer 1, id"),
        ({"id": uuid4()}, "id-not-v7", "transfer 1, id"),
        ({"id": new_id(NOW + timedelta(days=8))}, "id-too-far-ahead", "transfer 1, id"),
        ({"id": UUID("ffffffff-ffff-7000-8000-000000000000")}, "id-too-far-ahead", "transfer 1, id"),
    ],
)
def test_bad_input_is_found_at_its_place(changes: dict[str, object], code: str, where: str) -> None:
    assert found(**changes).get(code) == where


def test_every_finding_names_value_rule_and_fix_in_both_languages() -> None:
    receipt = Ledger(RULES).post(single(replace(GOOD, grams=-5, unit="stone", method="magic")))
    for one in receipt.findings:
        assert one.severity is Severity.ERROR
        for text in (one.message, one.rule, one.fix):
            assert text.zh
            assert text.en
        assert one.value in one.message.zh
        assert one.value in one.message.en


@pytest.mark.parametrize(
    ("at", "precision"),
    [
        (NOW + timedelta(hours=6), Precision.DAY),
        (datetime(2025, 12, 31, 16, tzinfo=UTC), Precision.YEAR),
        (datetime(2026, 2, 28, 16, tzinfo=UTC), Precision.MONTH),
    ],
)
def test_a_period_that_has_begun_is_not_in_the_future(at: datetime, precision: Precision) -> None:
    assert found(occurred_at=at, precision=precision) == {}


def test_tomorrow_in_shanghai_is_in_the_future_though_it_is_today_in_utc() -> None:
    tomorrow = datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert "future-date" in found(occurred_at=tomorrow, precision=Precision.DAY)


def test_a_conversion_gives_the_grams() -> None:
    oil = {"stream": "HW08"}
    changes = {"source": replace(ORIGIN, **oil), "target": replace(STOCK, **oil), "unit": "L"}
    assert found(**changes, conversion="waste-oil-litre", quantity=Decimal(10), grams=9000) == {}


def test_a_conversion_is_used_from_its_first_day_on() -> None:
    oil = {"stream": "HW08"}
    changes = {"source": replace(ORIGIN, **oil), "target": replace(STOCK, **oil), "unit": "L"}
    amount = {"conversion": "waste-oil-litre", "quantity": Decimal(10), "grams": 9000}
    begun_on = next(one.effective_on for one in load_conversions() if one.id == "waste-oil-litre")
    first = datetime(begun_on.year, begun_on.month, begun_on.day, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert found(**changes, **amount, occurred_at=first) == {}
    before = first - timedelta(microseconds=1)
    assert found(**changes, **amount, occurred_at=before).keys() == {"conversion-does-not-fit"}


def test_nobody_makes_waste_of_another_region() -> None:
    run = AccountKey(BOOK, Kind.PROCESS, 1, "", 2, "household", holder_id=8, ref="r")
    ash = AccountKey(BOOK, Kind.STOCK, 1, "HW18", 2, "industry", holder_id=8)
    assert "origin-elsewhere" in found(source=run, target=ash, step=Step.NEW_WASTE)
    unknown = replace(ORIGIN, kind=Kind.UNATTRIBUTED)
    culprit = replace(ORIGIN, region_id=2, origin_region_id=2)
    assert found(source=culprit, target=unknown, step=Step.ATTRIBUTE_DUMP) == {}
    accused = replace(ORIGIN, origin_region_id=2)
    assert found(source=accused, target=unknown, step=Step.ATTRIBUTE_DUMP).keys() == {"origin-elsewhere"}


def test_grams_may_be_rounded_once() -> None:
    assert found(unit="kg", quantity=Decimal("0.0015"), grams=2) == {}
    assert "grams-differ-from-quantity" in found(unit="kg", quantity=Decimal("0.0015"), grams=3)


@pytest.mark.parametrize("step", list(Step))
def test_a_step_joins_only_the_kinds_of_the_table(step: Step) -> None:
    for source, target in product(Kind, Kind):
        one = replace(
            GOOD, step=step, source=replace(ORIGIN, kind=source), target=replace(STOCK, kind=target)
        )
        codes = {item.code for item in check_posting(single(one), RULES)}
        assert ("ledger.kinds-not-allowed" in codes) is ((step, source, target) not in ALLOWED)


def test_the_table_covers_every_step_and_leads_nowhere_twice() -> None:
    assert all(allowed_kinds(step) for step in Step)
    assert (Step.GENERATE, Kind.ORIGIN, Kind.STOCK) in ALLOWED
    assert all(source is not target or source is Kind.STOCK for _, source, target in ALLOWED)


def test_new_waste_gets_the_plant_as_its_origin() -> None:
    run = AccountKey(BOOK, Kind.PROCESS, 1, "", 1, "household", holder_id=8, ref="r")
    ash = AccountKey(BOOK, Kind.STOCK, 1, "HW18", 1, "industry", holder_id=8)
    assert found(source=run, target=ash, step=Step.NEW_WASTE).keys() == {"stock-below-zero"}
    assert "origin-changes" in found(source=run, target=ash, step=Step.TREAT_OUT)


def test_a_process_has_no_stream_and_going_in_needs_a_method() -> None:
    run = AccountKey(BOOK, Kind.PROCESS, 1, "SW03", 1, "industry", holder_id=8, ref="r")
    codes = found(source=STOCK, target=run, step=Step.TREAT_IN)
    assert {"process-with-stream", "method-missing"} <= codes.keys()


def test_a_posting_as_a_whole_is_checked() -> None:
    other = replace(GOOD, source=replace(ORIGIN, book="actual"), target=replace(STOCK, book="actual"))
    posting = Posting(new_id(NOW), (GOOD, other), (STOCK,), reason="because")
    codes = {one.code.removeprefix("ledger.") for one in check_posting(posting, RULES)}
    assert codes == {"books-mixed", "id-twice", "finish-kind", "unknown-reason"}
    assert [one.code for one in check_posting(Posting(new_id(NOW), ()), RULES)] == ["ledger.posting-empty"]


def test_the_hash_does_not_depend_on_how_values_are_written() -> None:
    shanghai = GOOD.occurred_at.astimezone(tz=None)
    same = replace(GOOD, quantity=Decimal("1.500"), occurred_at=shanghai)
    assert content_hash(single(same)) == content_hash(single(GOOD))


@given(
    field=st.sampled_from(
        ["grams", "uncertainty_ppm", "document", "method", "unit", "container", "reverses"]
    ),
    seed=st.integers(1, 10**6),
)
def test_the_hash_changes_with_every_field(field: str, seed: int) -> None:
    values = {"grams": seed, "uncertainty_ppm": seed, "container": UUID(int=seed), "reverses": UUID(int=seed)}
    other = replace(GOOD, **{field: values.get(field, f"x{seed}")})
    assert (content_hash(single(other)) == content_hash(single(GOOD))) is (other == GOOD)


ACCOUNTS = st.builds(
    AccountKey,
    book=st.sampled_from(["actual", BOOK]),
    kind=st.sampled_from(Kind),
    region_id=st.integers(1, 3),
    stream=st.sampled_from(["", "SW03"]),
    origin_region_id=st.integers(1, 3),
    origin_sector=st.sampled_from(["industry", "household"]),
    holder_id=st.none() | st.integers(1, 3),
    site_id=st.none() | st.integers(1, 3),
    ref=st.sampled_from(["", "1", "1-2"]),
)


@given(ACCOUNTS, ACCOUNTS)
def test_two_accounts_share_a_digest_only_if_they_are_one(one: AccountKey, other: AccountKey) -> None:
    assert (account_digest(account_text(one)) == account_digest(account_text(other))) is (one == other)
