"""`close`, `closings`, `closing` and `reverse` do by hand what the pages do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.records.ledger import queries
from wufei.records.ledger.commands import app
from wufei.records.ledger.core.transfers import Transfer, single
from wufei.records.ledger.services import post
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import parties_by_id, regions_by_id

Yard = Any


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


@pytest.fixture
def made(
    sealed_database: str,
    yard: Yard,
    operator: Scope,
    settle: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Transfer:
    """A transfer of February that waits to be sealed."""
    monkeypatch.setenv("WUFEI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WUFEI_NOW", "2026-03-01T08:00:00+00:00")
    transfer = yard.generate(5_000_000, occurred_at=datetime(2026, 2, 10, 4, tzinfo=UTC))
    post(operator, single(transfer), now=yard.now)
    settle()
    return transfer


def region_of(yard: Yard) -> str:
    return regions_by_id([yard.region_id])[yard.region_id].key


def test_a_month_is_sealed_closed_listed_and_shown(made: Transfer, yard: Yard) -> None:
    assert "还没有关过账" in run("closings").output
    done = run("close", "--book", yard.book, "--period", "2026-02", "--region", region_of(yard))
    assert done.exit_code == 0
    assert "✓ 已关账" in done.output
    (listed,) = json.loads(run("closings", "--json").output)
    assert (listed["period"], listed["region_id"], listed["sequence"]) == ("2026-02", yard.region_id, 1)
    assert f"{listed['id']} · 2026-02" in run("closings").output
    shown = json.loads(run("closing", str(listed["id"]), "--json").output)
    assert [(flow["step"], flow["published_g"]) for flow in shown["flows"]] == [("generate", 5_000_000)]
    assert "产生 generate" in run("closing", str(listed["id"])).output


def test_a_reversal_in_a_closed_month_names_the_period_and_changes_the_revised_figure(
    made: Transfer, yard: Yard, operator: Scope
) -> None:
    closed = json.loads(
        run("close", "--book", yard.book, "--period", "2026-02", "--region", region_of(yard), "--json").output
    )
    refused = run("reverse", str(made.id), "--reason", "typed-wrong")
    assert (refused.exit_code, "已关账期间 2026-02" in refused.output) == (1, True)
    said = json.loads(run("reverse", str(made.id), "--reason", "typed-wrong", "--json").output)
    assert (said["outcome"], said["findings"][0]["code"]) == ("refused", "ledger.period-closed")
    done = run("reverse", str(made.id), "--reason", "typed-wrong", "--amends", "2026-02")
    assert (done.exit_code, "原记录保留" in done.output) == (0, True)
    (flow,) = json.loads(run("closing", str(closed["id"]), "--json").output)["flows"]
    assert (flow["published_g"], flow["revised_g"], flow["revised_rows"]) == (5_000_000, 0, 2)
    with pytest.raises(ConflictError) as caught:
        run("reverse", str(made.id), "--reason", "typed-wrong", "--amends", "2026-02")
    assert caught.value.code == "ledger.reversal-twice"
    with session(operator):
        assert queries.get_transfer(operator, made.id).grams == 5_000_000


def test_a_party_and_a_grouping_are_closed_by_name(made: Transfer, yard: Yard) -> None:
    party = parties_by_id([yard.holder_id])[yard.holder_id].key
    named = ("--period", "2026-02", "--party", party, "--grouping", "stat.medical", "--json")
    closed = json.loads(run("close", "--book", yard.book, *named).output)
    assert (closed["party_id"], closed["region_id"], closed["grouping"]) == (
        yard.holder_id,
        None,
        "stat.medical",
    )
    with pytest.raises(ConflictError) as caught:
        run("close", "--book", yard.book, *named)
    assert caught.value.code == "ledger.closed-already"


def test_what_cannot_be_closed_is_told_before_anything_is_sealed(
    made: Transfer, yard: Yard, operator: Scope
) -> None:
    here = region_of(yard)
    for arguments, error in (
        (("--book", yard.book, "--period", "2026-03", "--region", here), InputError),
        (("--book", yard.book, "--period", "soon", "--region", here), InputError),
        (("--book", "nonsense", "--period", "2026-02", "--region", here), InputError),
        (("--book", yard.book, "--period", "2026-02"), InputError),
        (("--book", yard.book, "--period", "2026-02", "--region", "ATLANTIS"), NotFoundError),
    ):
        with pytest.raises(error):
            run("close", *arguments)
    assert queries.sealing_lag(operator).transfers == 1


def test_an_unknown_reason_or_transfer_is_refused(made: Transfer, yard: Yard) -> None:
    assert run("reverse", str(made.id), "--reason", "boredom").exit_code == 2
    unknown = replace(made, id=yard.generate(1).id)
    with pytest.raises(NotFoundError):
        run("reverse", str(unknown.id), "--reason", "typed-wrong")
    with pytest.raises(NotFoundError):
        run("closing", "999999")


def test_every_command_is_attached() -> None:
    names = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert {"close", "closings", "closing", "reverse"} <= set(names)
