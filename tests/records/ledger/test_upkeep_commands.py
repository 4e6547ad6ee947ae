"""`lots` and `nightly` by hand say what the worker does by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from wufei.kernel.errors import NotFoundError
from wufei.records.ledger.commands.upkeep import app
from wufei.records.ledger.core.transfers import single
from wufei.records.ledger.services import ensure_key, post, seal
from wufei.runtime.access.core import Scope
from wufei.runtime.database.services import Holder
from wufei.runtime.identity.queries import regions_by_id

Yard = Any
Settle = Callable[[], None]


@pytest.fixture
def filled(
    sealed_database: str,
    yard: Yard,
    operator: Scope,
    settle: Settle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Yard:
    monkeypatch.setenv("WUFEI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WUFEI_NOW", "2026-03-01T08:00:00+00:00")
    for grams, day in ((3_000_000, 1), (2_000_000, 20)):
        at = datetime(2025, 12, day, 4, tzinfo=UTC)
        post(operator, single(yard.generate(grams, occurred_at=at)), now=yard.now)
    settle()
    seal(ensure_key(tmp_path), now=yard.now)
    return yard


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def test_lots_are_made_anew_and_shown_by_age(filled: Yard) -> None:
    region = regions_by_id([filled.region_id])[filled.region_id].key
    done = run("lots", "--rebuild", "--region", region, "--book", filled.book)
    assert done.exit_code == 0
    assert "2 笔 transfers" in done.output
    assert "2025-12-01 · 0.000 · 5.000 · 0.000 · 0.000 t" in done.output
    shown = json.loads(run("lots", "--region", region, "--book", filled.book, "--json").output)
    assert shown["stocks"][0]["by_age_g"] == [0, 5_000_000, 0, 0]
    with pytest.raises(NotFoundError, match="--region"):
        run("lots")


def test_the_nightly_checks_end_with_1_only_if_a_record_was_changed(
    filled: Yard, server: Holder, sealed_database: str
) -> None:
    done = run("nightly")
    assert (done.exit_code, "记录未被改动" in done.output) == (0, True)
    with server.connect(sealed_database) as superuser:
        superuser.execute("UPDATE ledger_transfer SET document = 'forged' WHERE grams = 2000000")
    done = run("nightly", "--json")
    assert done.exit_code == 1
    shown = json.loads(done.output)
    assert not shown["intact"]
    assert "ledger.sealed-row-changed" in {one["code"] for one in shown["findings"]}
    assert {one["region"] for one in shown["findings"]} >= {filled.region_id}
