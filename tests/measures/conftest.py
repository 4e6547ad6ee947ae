"""Two districts in the database: waste of the first is handled by a plant in the second."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from wufei.kernel.ids import new_id
from wufei.kernel.period import Period, Precision
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.as_of import AsOf
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer, single
from wufei.records.ledger.queries import latest_sealed, sealing_lag
from wufei.records.ledger.services import ensure_key, post, post_many, seal
from wufei.records.observations.core.observation import NewObservation, ObservationKind
from wufei.records.observations.services import record
from wufei.runtime import clock
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import regions_by_id

TONNE = 1_000_000
DAY = datetime(2025, 5, 20, 4, tzinfo=UTC)


@dataclass
class City:
    """Writes transfers and observations of two districts A and B into one book."""

    book: str
    a: int
    b: int
    holders: dict[int, int]
    ids: list[uuid.UUID] = field(default_factory=list)

    @property
    def a_key(self) -> str:
        return regions_by_id([self.a])[self.a].key

    def stock(self, region: int, origin: int, stream: str, sector: str) -> AccountKey:
        holder = self.holders[region]
        return AccountKey(self.book, Kind.STOCK, region, stream, origin, sector, holder_id=holder)

    def transfer(
        self, source: AccountKey, target: AccountKey, tonnes: object, step: Step, **changes
    ) -> Transfer:
        made = Transfer(
            id=new_id(clock.now()),
            source=source,
            target=target,
            grams=int(Decimal(str(tonnes)) * TONNE),
            step=step,
            occurred_at=DAY,
            precision=Precision.DAY,
            quantity=Decimal(str(tonnes)),
            unit="t",
            evidence=Evidence.WEIGHBRIDGE,
        )
        return replace(made, **changes)

    def generate(self, tonnes, *, region=None, stream="SW03", sector="industry", **changes) -> Transfer:
        region = region or self.a
        origin = AccountKey(self.book, Kind.ORIGIN, region, stream, region, sector)
        return self.transfer(
            origin, self.stock(region, region, stream, sector), tonnes, Step.GENERATE, **changes
        )

    def move(self, tonnes, *, stream="SW03", sector="industry", **changes) -> Transfer:
        """Carry waste of A from A to B."""
        source = self.stock(self.a, self.a, stream, sector)
        target = self.stock(self.b, self.a, stream, sector)
        return self.transfer(source, target, tonnes, Step.MOVE, **changes)

    def treat(self, tonnes, method, *, region=None, origin=None, stream="SW03", sector="industry", **changes):
        region, origin = region or self.b, origin or self.a
        source = self.stock(region, origin, stream, sector)
        run = replace(source, kind=Kind.PROCESS, stream="", ref=uuid.uuid4().hex[:8])
        return self.transfer(source, run, tonnes, Step.TREAT_IN, method=method, **changes)

    def post(self, *transfers: Transfer) -> None:
        for transfer in transfers:
            receipt = post(Scope.operator(), single(transfer), now=clock.now())
            assert receipt.outcome == "posted", receipt.findings
            self.ids.append(transfer.id)

    def post_many(self, transfers) -> None:
        postings: list[Posting] = [single(each) for each in transfers]
        report = post_many(Scope.operator(), postings, now=clock.now())
        assert report.refused == 0, report.findings[:3]

    def observe(
        self, metric, value, unit, *, region=None, year=2025, text="", kind="published", **changes
    ) -> None:
        observation = NewObservation(
            book=self.book,
            metric=metric,
            region_id=region or self.a,
            period=Period.year_of(year),
            value=None if value is None else Decimal(str(value)),
            unit=unit,
            text=text or f"{value}{unit}",
            kind=ObservationKind(kind),
            source_title="统计公报",
            **changes,
        )
        with session(Scope.operator()):
            report = record(Scope.operator(), observations=[observation], now=clock.now())
        assert len(report.recorded) == 1, report.findings

    def scope(self, role: Role, *regions: int) -> Scope:
        return Scope(None, None, role, region_ids=frozenset(regions))


@pytest.fixture
def seal_all(db: None, tmp_path: Path) -> Callable[[], AsOf]:
    """Seal all that was posted and give the state; transactions of other tests hold it back for a moment."""

    def seal_until_done() -> AsOf:
        operator, until = Scope.operator(), time.monotonic() + 60
        while sealing_lag(operator).transfers:
            seal(ensure_key(tmp_path), now=clock.now())
            assert time.monotonic() < until
        state = latest_sealed(operator)
        assert state is not None
        return state

    return seal_until_done


@pytest.fixture
def city(region_factory: Callable[..., int], party_factory: Callable[..., int], book: str) -> City:
    """Two empty districts and a book of their own."""
    a, b = region_factory(), region_factory()
    return City(book, a, b, {a: party_factory(region_id=a), b: party_factory(region_id=b)})


@pytest.fixture
def busy_city(city: City) -> City:
    """A makes 100 t; B's plant uses 60 t of them in two runs and tips 20 t; 20 t stay in stock."""
    return busy(city)


@pytest.fixture
def published_city(city: City) -> City:
    """The same in a book that everyone may read."""
    return busy(replace(city, book=f"published:{uuid.uuid4().hex[:12]}"))


def busy(city: City) -> City:
    """Post a day's work."""
    city.post(
        city.generate(100),
        city.move(80),
        city.treat(45, "recycle-material", uncertainty_ppm=20_000),
        city.treat(15, "building-material", evidence=Evidence.ESTIMATED, uncertainty_ppm=100_000),
        city.treat(20, "landfill"),
    )
    city.observe("industrial-added-value", 2, "亿元")
    return city
