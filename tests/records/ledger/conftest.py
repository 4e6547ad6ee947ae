"""A small district of the ledger: one region, two holders, and short ways to write transfers there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Evidence, Step, Transfer


@dataclass(frozen=True)
class Yard:
    """Accounts of one stream in one book and region, made for one test."""

    book: str
    region_id: int
    holder_id: int
    other_id: int
    now: datetime

    @property
    def origin(self) -> AccountKey:
        return AccountKey(self.book, Kind.ORIGIN, self.region_id, "SW03", self.region_id, "industry")

    @property
    def used(self) -> AccountKey:
        return replace(self.origin, kind=Kind.USED)

    @property
    def stock(self) -> AccountKey:
        return replace(self.origin, kind=Kind.STOCK, holder_id=self.holder_id)

    @property
    def other(self) -> AccountKey:
        return replace(self.stock, holder_id=self.other_id)

    def leg(self, ref: str) -> AccountKey:
        return replace(self.stock, kind=Kind.TRANSIT, ref=ref)

    def run(self, ref: str) -> AccountKey:
        return replace(self.other, kind=Kind.PROCESS, stream="", ref=ref)

    def transfer(
        self, source: AccountKey, target: AccountKey, grams: int, step: Step, **changes: object
    ) -> Transfer:
        made = Transfer(
            id=new_id(self.now),
            source=source,
            target=target,
            grams=grams,
            step=step,
            occurred_at=self.now - timedelta(days=1),
            precision=Precision.DAY,
            quantity=Decimal(grams),
            unit="g",
            evidence=Evidence.SCALE,
            method="utilise" if step is Step.TREAT_IN else "",
        )
        return replace(made, **changes)

    def generate(self, grams: int, **changes: object) -> Transfer:
        return self.transfer(self.origin, self.stock, grams, Step.GENERATE, **changes)

    def use(self, grams: int, **changes: object) -> Transfer:
        return self.transfer(self.stock, self.used, grams, Step.USE, **changes)


@pytest.fixture
def now() -> datetime:
    """The clock of these tests."""
    return datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def yard(
    book: str, region_factory: Callable[..., int], party_factory: Callable[..., int], now: datetime
) -> Yard:
    """A region of its own with two holders."""
    region_id = region_factory()
    return Yard(book, region_id, party_factory(region_id=region_id), party_factory(region_id=region_id), now)
