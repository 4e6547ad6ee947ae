"""A small synthetic district with a plan, records and people of its own, and a site that serves it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from tests.browsing import PASSWORD
from wufei.kernel.ids import new_id
from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer, single
from wufei.records.ledger.queries import sealing_lag
from wufei.records.ledger.services import ensure_key, post_many, seal
from wufei.records.observations.core.observation import NewObservation, ObservationKind
from wufei.records.observations.services import record
from wufei.records.plans.core.plan import Attribute, LineSet, LineType, Plan, PlanLine, Source
from wufei.records.plans.core.values import parse_value
from wufei.records.plans.services import load_plan
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.services import add_membership, create_user, save_party, save_region

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
YEAR = Period.year_of(2025)
RATE = "general-industrial-waste-utilisation-rate"


@dataclass(frozen=True)
class District:
    """What tests need to know of the district."""

    key: str
    region_id: int
    party_id: int
    plan_id: str
    book: str
    users: dict[str, str]
    used_id: uuid.UUID

    @property
    def figure(self) -> str:
        return f"/indicators/figures/{RATE}@{self.key}/2025/{self.book}"


def make_transfers(region_id: int, party_id: int, book: str, count: int = 1) -> list[Transfer]:
    """Write ``count`` days on which 10 t arise and 8 t are used."""
    stock = AccountKey(book, Kind.STOCK, region_id, "GI-UNSORTED", region_id, "industry", party_id)
    boundary = replace(stock, holder_id=None)
    made = []
    for number in range(count):
        at = datetime(2025, 1, 1, 4, tzinfo=UTC) + timedelta(days=number)
        generate = Transfer(
            id=new_id(NOW - timedelta(days=1)),
            source=replace(boundary, kind=Kind.ORIGIN),
            target=stock,
            grams=10_000_000,
            step=Step.GENERATE,
            occurred_at=at,
            precision=Precision.DAY,
            quantity=Decimal(10),
            unit="t",
            evidence=Evidence.WEIGHBRIDGE,
            uncertainty_ppm=4000,
            document=f"TEST-{number}",
        )
        process = replace(stock, kind=Kind.PROCESS, stream="", ref=f"run-{number}")
        use = replace(
            generate,
            id=new_id(NOW - timedelta(days=1)),
            source=stock,
            target=process,
            grams=8_000_000,
            quantity=Decimal(8),
            step=Step.TREAT_IN,
            method="utilise",
            document="",
        )
        made += [generate, use]
    return made


def make_plan(region_key: str) -> Plan:
    """A plan of three lines: a rate, a text, and a target with a lost digit."""
    line = PlanLine(
        no=1,
        set=LineSet.MAIN,
        level1="固体废物资源化利用",
        level2="工业固体废物资源化利用",
        name="一般工业固体废物综合利用率",
        indicator_id=RATE,
        type=LineType.MUST,
        attribute=Attribute.BINDING,
        baseline=parse_value("70%"),
        targets=((2026, parse_value("90%")),),
        units=("试验区生态环境局",),
    )
    kitchen = replace(
        line,
        no=2,
        name="餐厨垃圾回收利用率",
        indicator_id="kitchen-waste-recycling-rate",
        baseline=parse_value("44.7%"),
        targets=((2026, parse_value("5%")),),
    )
    words = replace(
        line,
        no=3,
        level1="保障能力",
        level2="制度体系建设",
        name="“无废城市”建设协调机制",
        indicator_id="zero-waste-coordination-mechanism",
        type=LineType.MAY,
        attribute=Attribute.EXPECTED,
        baseline=parse_value("暂无"),
        targets=((2026, parse_value("建立")),),
    )
    return Plan(
        id=f"plan-{region_key}",
        title=Text("试验区实施方案", "Test district plan"),
        region_key=region_key,
        number="",
        issuer="试验区政府",
        issued_on=Period.parse("2024-06"),
        base_year=2023,
        target_years=(2026,),
        declared_totals=(),
        lines=(line, kitchen, words),
        text_targets=(),
        source=Source("试验区实施方案", "指标体系"),
        status="official",
    )


def post_all(transfers: list[Transfer]) -> None:
    """Write transfers as the operator; every one must be accepted."""
    scope = Scope.operator()
    postings: list[Posting] = [single(transfer) for transfer in transfers]
    with session(scope):
        report = post_many(scope, postings, now=NOW)
    assert report.refused == 0, report.findings


def make_people(region_id: int, party_id: int) -> dict[str, str]:
    """One person per role."""
    users = {}
    for role in ("leader", "office", "clerk", "producer", "auditor"):
        name = f"{role}-{uuid.uuid4().hex[:8]}"
        user = create_user(username=name, password=PASSWORD, display_name=f"试验{role}")
        add_membership(
            user_id=user, role=role, region_id=region_id, party_id=party_id if role == "producer" else None
        )
        users[role] = name
    return users


def make_district(*, days: int = 3, with_plan: bool = True, published: bool = False) -> District:
    """Make a synthetic district that no other test knows."""
    key = f"web-{uuid.uuid4().hex[:10]}"
    book = f"published:{key}" if published else f"scenario:{key}"
    region_id = save_region(
        key=key, name=Text(f"试验区{key}", f"Test district {key}"), kind="synthetic", synthetic=True
    )
    party_id = save_party(
        key=f"{key}-firm",
        name=Text("试验一厂", "Test works one"),
        kind="enterprise",
        region_id=region_id,
        synthetic=True,
    )
    transfers = make_transfers(region_id, party_id, book, days)
    if transfers:
        post_all(transfers)
    if with_plan:
        publish(key, region_id, book)
    users = make_people(region_id, party_id)
    used = transfers[-1].id if transfers else uuid.UUID(int=0)
    return District(key, region_id, party_id, f"plan-{key}", book, users, used)


def publish(key: str, region_id: int, book: str) -> None:
    """Publish the plan and report 79 % for the rate."""
    scope = Scope.operator()
    reported = NewObservation(
        book=book,
        metric=RATE,
        region_id=region_id,
        period=YEAR,
        value=Decimal(79),
        unit="%",
        text="79%",
        kind=ObservationKind.REPORTED,
        source_title="年度自评报告",
        department="生态环境局",
    )
    with session(scope):
        load_plan(scope, make_plan(key))
        report = record(scope, observations=[reported], now=NOW)
    assert len(report.recorded) == 1, report.findings


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day after the records were written, whatever day it is."""
    monkeypatch.setenv("WUFEI_NOW", (NOW + timedelta(days=1)).isoformat())


@pytest.fixture
def district_factory(db: None) -> Callable[..., District]:
    """Make districts with as many days of records as a test needs."""
    return make_district


@pytest.fixture
def district(db: None) -> District:
    """A district with three days of records."""
    return make_district()


@pytest.fixture
def busy_district(db: None) -> District:
    """A district with more transfers than one page shows."""
    return make_district(days=60)


@pytest.fixture
def empty_district(db: None) -> District:
    """A district where nothing has been recorded or promised."""
    return make_district(days=0, with_plan=False)


@pytest.fixture
def signed_in() -> Callable[[District, str], Client]:
    """Give a client that is signed in with a role of a district."""

    def enter(place: District, role: str) -> Client:
        client = Client()
        answer = client.post("/sign-in", {"username": place.users[role], "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return enter


@pytest.fixture
def seal_all(db: None, tmp_path: Path) -> Callable[[], None]:
    """Seal all that was posted; transactions of other tests hold it back for a moment."""

    def seal_until_done() -> None:
        until = time.monotonic() + 60
        while sealing_lag(Scope.operator()).transfers:
            seal(ensure_key(tmp_path), now=clock.now())
            assert time.monotonic() < until

    return seal_until_done
