"""The worked month of docs/methods/ledger.md: its numbers are what the services give, its commands run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from wufei.kernel.ids import new_id
from wufei.kernel.period import Period
from wufei.records.ledger import queries
from wufei.records.ledger.commands import app
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.amounts import Amount, in_grams, measured
from wufei.records.ledger.core.model import reversal_of
from wufei.records.ledger.core.pools import Leg, Origin, Store
from wufei.records.ledger.core.runs import Input, Loss, Output, Run, moisture_g
from wufei.records.ledger.core.transfers import Posting, Step, Transfer, single
from wufei.records.ledger.models import Transfer as StoredTransfer
from wufei.records.ledger.queries import invariants, seals
from wufei.records.ledger.services import (
    close_period,
    dispatch,
    ensure_key,
    open_stock,
    post,
    receive,
    run_once,
    seal,
)
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

PAGE = Path(__file__).resolve().parents[3] / "docs" / "methods" / "ledger.md"
KG = 1000
Table = list[list[str]]


def table(heading: str) -> Table:
    """The rows of the first table under a heading, without its own heading."""
    under = PAGE.read_text("utf8").split(f"## {heading}\n")[1].split("\n## ")[0].split("\n### ")[0]
    rows = [line.strip("|").split("|") for line in under.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows[2:]]


def kg(grams: int) -> str:
    return f"{Decimal(grams) / KG:,.3f}"


def tonnes(quantity: str) -> Amount:
    return measured(Decimal(quantity), "t")


@dataclass
class Month:
    """What happened in February, and what the services said of it."""

    said: dict[str, list[str]]
    drawn: dict[Origin, int]
    balances: list[tuple[str, str, int]]
    flows: list[list[str]]
    days: list[list[str]]
    before_closing: UUID
    refused: list[str]


def day(number: int) -> datetime:
    return datetime(2026, 2, number, 4, tzinfo=UTC)


def days_of(book: str) -> list[list[str]]:
    """Mass by day, step, and where it went."""
    totals: dict[tuple[int, str, str], int] = {}
    for row in StoredTransfer.objects.filter(book=book):
        place = row.occurred_on.day, row.step, row.target_kind
        totals[place] = totals.get(place, 0) + row.grams
    return [[str(on), step, kind, kg(grams)] for (on, step, kind), grams in totals.items()]


def treatment(yard: Any, store: Store) -> dict[str, Any]:
    """What the station puts into its run, and what comes out of it."""
    run = Run(yard.book, yard.region_id, "SW03", yard.other_id, "R-7")
    outputs: list[Output | Loss] = [
        Output(run.boundary(Kind.USED, "SW03"), tonnes("8"), "utilise"),
        Output(Store(yard.book, yard.region_id, "SW59", yard.other_id).pool, tonnes("1.9")),
        Loss("SW03", in_grams(moisture_g(12_000_000, 800_000, 960_000))),
    ]
    inputs = [Input(store, tonnes("12"), "utilise", 800_000)]
    return {"run": run, "inputs": inputs, "outputs": outputs}


def corrected(yard: Any, second: Transfer) -> tuple[Transfer, Posting]:
    """The right weight by itself, and the posting that takes the wrong one back and amends February."""
    right = replace(second, id=new_id(yard.now), grams=7_500_000, quantity=Decimal("7.5"))
    back = reversal_of(second, replace(second, id=new_id(yard.now), amends_period="2026-02"))
    amended = replace(right, amends_period="2026-02")
    return right, Posting(new_id(yard.now), (back, amended), reason="typed-wrong")


def codes_of(receipt: Any) -> list[str]:
    return [found.code.removeprefix("ledger.") for found in receipt.findings]


def told(receipt: Any) -> list[str]:
    return [receipt.outcome, *codes_of(receipt)]


def posted_days(operator: Scope, mixed: Any, said: dict[str, list[str]]) -> tuple[Transfer, Transfer, UUID]:
    """Post the days of the page as they happened, and give what was generated and the posting of the run."""
    yard, own = mixed.yard, mixed.store
    store = mixed.store_of(yard.other_id)

    def event(number: int) -> Any:
        return mixed.event(occurred_at=day(number))

    # The station begins with what two districts had brought before the ledger began.
    for origin, mass in zip(mixed.origins[:2], ("6", "3"), strict=True):
        terms = {"account": store.pool.account(origin), "amount": tonnes(mass)}
        said["open"] = told(open_stock(operator, event=event(1), now=yard.now, **terms))
    first, second = (
        yard.generate(grams, occurred_at=day(number), quantity=Decimal(grams) / 1_000_000, unit="t")
        for number, grams in ((2, 12_000_000), (9, 8_000_000))
    )
    for name, made in (("first", first), ("second", second)):
        said[name] = told(post(operator, single(made), now=yard.now))
    way = {"leg": Leg(yard.book, yard.region_id, "SW03", yard.other_id, "2026-0001/1"), "now": yard.now}
    sent = dispatch(operator, event=event(12), store=own, amount=tonnes("15"), **way)
    said["sent"] = told(sent)
    came = receive(operator, event=event(12), store=store, amount=tonnes("14.97"), **way)
    said["received"] = told(came)
    fed = event(20)
    said["run"] = told(run_once(operator, event=fed, now=yard.now, **treatment(yard, store)))
    return first, second, fed.id


def drawn_by(posting_id: UUID) -> dict[Origin, int]:
    """Grams that a run took from each origin."""
    rows = StoredTransfer.objects.filter(posting_id=posting_id, step=Step.TREAT_IN.value)
    return {Origin(row.origin_region_id, row.origin_sector): row.grams for row in rows}


def flows_of(office: Scope, closing_id: UUID) -> list[list[str]]:
    """What the closing published beside what is true now."""
    with session(office):
        return [
            [flow.step, flow.stream, kg(flow.published_g), kg(flow.revised_g)]
            for flow in queries.closed_flows(office, closing_id)
        ]


def balances_of(operator: Scope, yard: Any) -> list[tuple[str, str, int]]:
    """Where the mass is: kind and stream of every account with its grams."""
    with session(operator):
        page = queries.accounts(operator, book=yard.book, region_id=yard.region_id, limit=1000)
        return [(row.key.kind.value, row.key.stream, queries.balance(operator, row.id)) for row in page.rows]


@pytest.fixture
def month(
    sealed_database: str,
    operator: Scope,
    mixed: Any,
    settle: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Month:
    monkeypatch.setenv("WUFEI_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir(mode=0o700)
    key, yard = ensure_key(tmp_path / "data"), mixed.yard
    said: dict[str, list[str]] = {}

    def sealed() -> None:
        settle()
        while seal(key, now=yard.now).more:
            pass

    first, second, run_id = posted_days(operator, mixed, said)
    with session(operator):
        drawn, days = drawn_by(run_id), days_of(yard.book)
    sealed()
    office = Scope(5, 1, Role.OFFICE, region_ids=frozenset({yard.region_id}))
    closing = close_period(
        office, book=yard.book, period=Period.month_of(2026, 2), region_id=yard.region_id, now=yard.now
    )
    right, correction = corrected(yard, second)
    late = post(replace(office, role=Role.CLERK), single(right), now=yard.now)
    said["correction"] = told(post(office, correction, now=yard.now))
    sealed()
    flows, balances = flows_of(office, closing.id), balances_of(operator, yard)
    return Month(said, drawn, balances, flows, days, first.id, codes_of(late))


def test_every_number_of_the_page_is_what_the_services_give(month: Month, mixed: Any) -> None:
    remarks = {"run": ["run-unexplained-rest"]}
    assert month.said == {name: ["posted", *remarks.get(name, [])] for name in month.said}
    assert month.refused == ["period-closed"]

    parts = [month.drawn[origin] for origin in (*mixed.origins[:2], Origin(mixed.yard.region_id, "industry"))]
    assert [row[-1] for row in table("What the run drew")] == [kg(part) for part in (*parts, sum(parts))]
    shares = [Decimal(row[1].replace(",", "")) for row in table("What the run drew")]
    assert shares[3] == sum(shares[:3])
    assert sum(parts) == 12_000_000
    # Proportional to what the store held, to less than a gram each.
    exact = [12_000_000 * share / shares[3] for share in shares[:3]]
    assert all(abs(part - whole) < 1 for part, whole in zip(parts, exact, strict=True))

    stands: dict[tuple[str, str], int] = {}
    for kind, stream, grams in month.balances:
        stands[kind, stream] = stands.get((kind, stream), 0) + grams
    shown = {(row[0], row[1]): row[2] for row in table("Where it is at the end")[:-1]}
    assert shown == {place: kg(grams) for place, grams in stands.items() if grams}
    assert table("Where it is at the end")[-1][2] == kg(sum(stands.values())) == "0.000"

    assert table("What the closing says") == month.flows


def test_every_day_of_the_page_is_what_was_posted(month: Month) -> None:
    assert sorted(row[:4] for row in table("The days")) == sorted(month.days)


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf8"), re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_every_command_of_the_page_runs_and_check_proof_needs_no_database(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = set()
    for line in commands():
        program, group, *words = shlex.split(line.replace("ID", str(month.before_closing)))
        assert (program, group) == ("wufei", "ledger")
        if words[0] == "check-proof":
            elsewhere = os.environ | {"WUFEI_DATA_DIR": str(tmp_path / "none")}
            code = "from wufei.cli import main; main()"
            result = subprocess.run(
                [sys.executable, "-c", code, group, *words], env=elsewhere, capture_output=True, check=False
            )
            assert result.returncode == 0, result.stderr
            assert not (tmp_path / "none").exists()
        else:
            run = CliRunner().invoke(app, words)
            assert run.exit_code == 0, (line, run.output)
        done.add(words[0])
    assert done == {"verify", "heads", "prove", "check-proof"}


def test_every_finding_of_verify_is_explained() -> None:
    explained = {row[0] for row in table("What a Finding of verify means")}
    of_seals = [value for value in vars(seals).values() if isinstance(value, seals.Check)]
    assert explained == {check.code for check in (*invariants.CHECKS, *of_seals)}
