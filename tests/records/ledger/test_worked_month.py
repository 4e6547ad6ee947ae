"""The worked month of docs/methods/ledger.md, through the doors; every number of the page is compared."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections

from wufei.kernel.ids import new_id
from wufei.kernel.period import Period, Precision
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.amounts import Amount, measured
from wufei.records.ledger.core.intents import Event
from wufei.records.ledger.core.pools import Leg, Pool, Store
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.runs import Input, Loss, Output, Run, moisture_g
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer, single
from wufei.records.ledger.services import close_period, dispatch, draw, post, receive, run_once, seal
from wufei.records.ledger.services.knowledge import read_transfers
from wufei.records.ledger.services.posting import driver_cursor
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

PAGE = Path(__file__).parents[3] / "docs" / "methods" / "ledger.md"
SLUDGE, ASH = "SW07", "HW18"
GRAMS_PER_KG = 1_000
OPERATOR = Scope.operator()
APRIL = datetime(2026, 4, 2, 2, tzinfo=UTC)
MARCH = Period.month_of(2026, 3)


def kg(mass: int) -> Amount:
    return measured(Decimal(mass), "kg")


@dataclass
class Month:
    """Two towns and their firms, and the postings of March in order."""

    book: str
    a: int
    b: int
    k: int
    l: int  # noqa: E741 - the page calls it so
    m: int
    p: int
    postings: list[UUID] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return Store(self.book, self.a, SLUDGE, self.m)

    @property
    def leg(self) -> Leg:
        return Leg(self.book, self.b, SLUDGE, self.p, "联单-7/1")

    @property
    def plant(self) -> Store:
        return Store(self.book, self.b, SLUDGE, self.p)

    @property
    def run(self) -> Run:
        return Run(self.book, self.b, SLUDGE, self.p, "run-20")

    @property
    def ash(self) -> Pool:
        return Store(self.book, self.b, ASH, self.p).pool

    def event(self, day: int) -> Event:
        at = datetime(2026, 3, day, 2, tzinfo=UTC)
        made = Event(new_id(at), at, Precision.DAY, Evidence.WEIGHBRIDGE)
        self.postings.append(made.id)
        return made

    def generated(self, day: int, region: int, holder: int, mass_kg: int, **changes: object) -> Posting:
        at = datetime(2026, 3, day, 2, tzinfo=UTC)
        origin = AccountKey(self.book, Kind.ORIGIN, region, SLUDGE, region, "industry")
        stock = AccountKey(self.book, Kind.STOCK, region, SLUDGE, region, "industry", holder_id=holder)
        made = Transfer(
            id=new_id(at),
            source=origin,
            target=stock,
            grams=mass_kg * GRAMS_PER_KG,
            step=Step.GENERATE,
            occurred_at=at,
            precision=Precision.DAY,
            quantity=Decimal(mass_kg),
            unit="kg",
            evidence=Evidence.SCALE,
            **changes,
        )
        return single(made)


def done(receipt: Receipt) -> list[str]:
    assert receipt.outcome == "posted", receipt.findings
    return [found.code for found in receipt.findings]


@pytest.fixture
def month(
    sealed_database: str, book: str, region_factory: Callable[..., int], party_factory: Callable[..., int]
) -> Month:
    a, b = region_factory(), region_factory()
    here = {"k": a, "l": b, "m": a, "p": b}
    made = Month(book, a, b, **{name: party_factory(region_id=region) for name, region in here.items()})
    for day, region, holder, mass_kg in ((3, a, made.k, 12_000), (5, b, made.l, 8_000)):
        posting = made.generated(day, region, holder, mass_kg)
        done(post(OPERATOR, posting, now=APRIL))
        made.postings.append(posting.id)
    _treat(made)
    return made


def _treat(month: Month) -> None:
    """From the store of the carrier to the ash of the plant."""
    for region, holder, mass_kg in ((month.a, month.k, 12_000), (month.b, month.l, 8_000)):
        yard = Store(month.book, region, SLUDGE, holder)
        moved = {"store": yard, "to": month.store.pool, "step": Step.MOVE, "amount": kg(mass_kg)}
        done(draw(OPERATOR, event=month.event(6), now=APRIL, **moved))
    sent = {"store": month.store, "leg": month.leg, "amount": kg(10_000)}
    done(dispatch(OPERATOR, event=month.event(10), now=APRIL, **sent))
    weighed = {"leg": month.leg, "store": month.plant, "amount": kg(9_940)}
    assert done(receive(OPERATOR, event=month.event(11), now=APRIL, **weighed)) == [
        "ledger.leg-difference-large"
    ]
    water_kg = moisture_g(9_940 * GRAMS_PER_KG, 200_000, 800_000) // GRAMS_PER_KG
    treated = run_once(
        OPERATOR,
        event=month.event(20),
        run=month.run,
        inputs=(Input(month.plant, kg(9_940), "incinerate"),),
        outputs=(
            Loss(SLUDGE, kg(water_kg)),
            Output(month.run.boundary(Kind.ENERGY, SLUDGE), kg(2_000)),
            Output(month.ash, kg(480), sector="municipal"),
        ),
        now=APRIL,
    )
    assert done(treated) == ["ledger.run-unexplained-rest"]


def table(heading: str) -> list[list[str]]:
    """The rows of the page's table that begins with this heading."""
    lines = PAGE.read_text("utf8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def moved(month: Month) -> list[tuple[str, str, int, int]]:
    """Day and step of each line of the month, and the kilograms of both origins."""
    lines: dict[tuple[int, str, str], dict[int, int]] = {}
    for number, posting_id in enumerate(month.postings):
        with session(OPERATOR), connections["default"].cursor() as cursor:
            cursor.execute("SELECT id FROM ledger_transfer WHERE posting_id = %s ORDER BY id", [posting_id])
            ids = [row[0] for row in cursor.fetchall()]
        with session(OPERATOR), driver_cursor() as cursor:
            for one in read_transfers(cursor, ids).values():
                target = f" {one.target.kind}" if one.step is Step.TREAT_OUT else ""
                key = (number, f"{one.occurred_at:%Y-%m-%d}", f"{one.step}{target}")
                shares = lines.setdefault(key, {month.a: 0, month.b: 0})
                shares[one.source.origin_region_id] += one.grams // GRAMS_PER_KG
    return [(day, step, shares[month.a], shares[month.b]) for (_, day, step), shares in lines.items()]


def test_every_step_of_the_page_is_what_the_ledger_holds(month: Month) -> None:
    said = [(day, step, int(of_a), int(of_b)) for day, step, _, of_a, of_b in table("day")]
    assert sorted(said) == sorted(moved(month))
    # Nothing is plugged: what went into the run comes out of it.
    of_run = [row for row in said if row[0] == "2026-03-20"]
    (fed,) = [row[2:] for row in of_run if row[1] == "treat-in"]
    out = [row[2:] for row in of_run if row[1] != "treat-in"]
    assert fed == (sum(a for a, _ in out), sum(b for _, b in out))


def test_the_balances_of_the_page_are_those_of_the_ledger(month: Month) -> None:
    pools = (month.store.pool, month.leg.pool, month.run.pool, month.ash)
    held: dict[tuple[Pool, int], int] = defaultdict(int)
    with session(OPERATOR):
        for region in (month.a, month.b):
            page = queries.accounts(OPERATOR, book=month.book, region_id=region, limit=1000)
            for row in page.rows:
                key = row.key
                pool = Pool(
                    key.book, key.kind, key.region_id, key.stream, key.holder_id, key.site_id, key.ref
                )
                held[pool, key.origin_region_id] += (row.balance_g or 0) // GRAMS_PER_KG
    said = [(int(of_a), int(of_b)) for _, of_a, of_b in table("at the end of March")]
    assert said == [(held[pool, month.a], held[pool, month.b]) for pool in pools]
    assert queries.book_imbalance(OPERATOR, month.book) == 0


def test_the_two_figures_of_the_closed_month_are_those_of_the_page(
    month: Month, settle: Callable[[], None]
) -> None:
    key = Ed25519PrivateKey.generate()
    settle()
    seal(key, now=APRIL)
    office = Scope(1, 1, Role.OFFICE, region_ids=frozenset({month.a}))
    closing = close_period(office, book=month.book, period=MARCH, region_id=month.a, now=APRIL)
    forgotten = month.generated(28, month.a, month.k, 300)
    late = APRIL + timedelta(days=7)
    assert [found.code for found in post(office, forgotten, now=late).findings] == ["ledger.period-closed"]
    (one,) = month.generated(28, month.a, month.k, 300, amends_period="2026-03").transfers
    done(post(office, Posting(one.id, (one,), reason="typed-wrong"), now=late))
    with session(office):
        flows = queries.closed_flows(office, closing.id)
        (amending,) = queries.amending_transfers(office, closing.id, limit=9).rows
    made = [flow for flow in flows if flow.step == Step.GENERATE]
    figures = [sum(flow.published_g for flow in made), sum(flow.revised_g for flow in made)]
    assert [int(row[1]) for row in table("generated in A, March")] == [g // GRAMS_PER_KG for g in figures]
    assert (amending.id, amending.occurred_on) == (one.id, date(2026, 3, 28))


def test_the_commands_of_the_page_exist() -> None:
    from wufei.records.ledger.commands import app  # noqa: PLC0415 - commands import models

    named = set(re.findall(r"`wufei ledger ([a-z-]+)", PAGE.read_text("utf8")))
    known = {command.name for group in app.registered_groups for command in _commands(group.typer_instance)}
    assert named
    assert named <= known


def _commands(app: object) -> list[object]:
    return list(getattr(app, "registered_commands", ()))
