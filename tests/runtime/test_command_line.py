"""The command line opens the database when it needs one, and speaks plainly when something is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from wufei.cli import needs_database
from wufei.runtime.database.services import Holder

RUN = [sys.executable, "-c", "from wufei.cli import main; main()"]


def _wufei(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUN, *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("", False),
        ("--help", False),
        ("ledger verify --help", False),
        ("doctor --json", False),
        ("ledger check-proof file.json", False),
        ("ledger verify", True),
        ("manage migrate", True),
    ],
)
def test_help_and_doctor_do_not_start_the_database(line: str, needed: bool) -> None:
    assert needs_database(line.split(), there=False) is needed


def test_a_look_into_the_lists_opens_a_database_that_is_there_and_makes_none() -> None:
    line = ["catalogue", "find", "废机油"]
    assert needs_database(line, there=True)
    assert not needs_database(line, there=False)


def test_a_name_is_found_on_a_machine_without_a_database(tmp_path: Path) -> None:
    nowhere = os.environ | {"WUFEI_DATA_DIR": str(tmp_path / "none"), "WUFEI_DATABASE_URL": ""}
    done = _wufei(nowhere, "catalogue", "find", "废油漆桶", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["candidates"][0]["code"] == "900-041-49"
    assert "没有可用的数据库" in done.stderr
    assert not (tmp_path / "none" / "postgres").exists()


def test_a_name_is_found_beside_a_database_that_was_not_upgraded(
    server: Holder, database_environment: dict[str, str]
) -> None:
    name = f"wufei_older_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        done = _wufei(
            database_environment | {"WUFEI_DATABASE_NAME": name}, "catalogue", "find", "废油漆桶", "--json"
        )
    finally:
        with server.connect() as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["candidates"][0]["code"] == "900-041-49"
    assert "没有可用的数据库" in done.stderr


def test_help_lists_the_commands_and_makes_nothing(tmp_path: Path) -> None:
    done = _wufei(os.environ | {"WUFEI_DATA_DIR": str(tmp_path / "none")}, "--help")
    assert done.returncode == 0
    assert {"manage", "serve", "doctor"} <= set(done.stdout.split())
    assert not (tmp_path / "none").exists()


def test_manage_runs_djangos_commands_on_the_owners_role(database_environment: dict[str, str]) -> None:
    done = _wufei(database_environment, "manage", "migrate", "--plan")
    assert done.returncode == 0, done.stderr
    assert "No planned migration operations." in done.stdout


def test_an_error_of_ours_is_told_without_a_traceback(database_environment: dict[str, str]) -> None:
    done = _wufei(database_environment | {"WUFEI_DATABASE_URL": "mysql://u:hidden@h/d"}, "manage", "check")
    assert done.returncode == 1
    assert "postgresql://" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hidden" not in done.stderr
