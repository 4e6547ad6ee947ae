"""A small district of the ledger: one region, two holders, and short ways to write transfers there."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connections

from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.amounts import in_grams
from wufei.records.ledger.core.intents import Event
from wufei.records.ledger.core.pools import Origin, Pool, Store
from wufei.records.ledger.core.transfers import Evidence, Step, Transfer
from wufei.records.ledger.services import open_stock
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.database.services import Holder
from wufei.runtime.database.services.roles import OWNER, grant_rights


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


@pytest.fixture
def sealed_database(server: Holder, database: str, db: None) -> Iterator[str]:
    """A database of its own, whose log is empty: sealing is of all that a database holds."""
    name = f"wufei_seal_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE wufei_template OWNER {OWNER}')
    with server.connect(name) as connection:
        grant_rights(connection, name)
    _point_to(name)
    yield name
    _point_to(database)
    with server.connect() as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def settle(db: None) -> Callable[[], None]:
    """Wait until no transaction of this server, in whatever database, holds back what was committed here."""
    statement = """
        SELECT coalesce(max(xid), '0') < pg_snapshot_xmin(pg_current_snapshot()) FROM ledger_transfer
    """

    def wait() -> None:
        until = time.monotonic() + 60
        with connections["system"].cursor() as cursor:
            while cursor.execute(statement) and not cursor.fetchone()[0]:
                assert time.monotonic() < until
                time.sleep(0.02)

    return wait


def _point_to(name: str) -> None:
    for alias in ("default", "system", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


@dataclass(frozen=True)
class Mixed:
    """A store whose mass comes from three districts, and a plant beside it."""

    yard: Yard
    origins: tuple[Origin, ...]

    @property
    def store(self) -> Store:
        return Store(self.yard.book, self.yard.region_id, "SW03", self.yard.holder_id)

    def store_of(self, holder_id: int, stream: str = "SW03") -> Store:
        return replace(self.store, holder_id=holder_id, stream=stream)

    def event(self, **changes: object) -> Event:
        at = self.yard.now - timedelta(days=1)
        return replace(Event(new_id(self.yard.now), at, Precision.DAY, Evidence.WEIGHBRIDGE), **changes)

    def open(self, scope: Scope, store: Store, *grams: int) -> None:
        for origin, mass in zip(self.origins, grams, strict=False):
            receipt = open_stock(
                scope,
                event=self.event(),
                account=store.pool.account(origin),
                amount=in_grams(mass),
                now=self.yard.now,
            )
            assert receipt.outcome == "posted", receipt

    def held(self, scope: Scope, pool: Pool) -> list[int]:
        """Grams of a pool, in the order of the origins."""
        with session(scope):
            page = queries.accounts(scope, book=pool.book, region_id=pool.region_id, limit=1000)
            by_key = {row.key: queries.balance(scope, row.id) for row in page.rows}
        return [by_key.get(pool.account(origin), 0) for origin in self.origins]


@pytest.fixture
def mixed(yard: Yard, region_factory: Callable[..., int]) -> Mixed:
    """Three origins that no other test knows."""
    sectors = ("industry", "household", "municipal")
    return Mixed(yard, tuple(Origin(region_factory(), sector) for sector in sectors))
