"""The doctor finds what is wrong and says how to mend it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.text import Text
from wufei.runtime.database.services import start
from wufei.runtime.doctor.core import Check, State, exit_code
from wufei.runtime.doctor.services import check_up
from wufei.runtime.environment import Environment, environment

RUN = [sys.executable, "-c", "from wufei.cli import main; main()", "doctor", "--json"]


def _by_part(checks: list[Check]) -> dict[str, Check]:
    return {check.part: check for check in checks}


@pytest.fixture
def here(db: None, database_environment: dict[str, str]) -> Environment:
    return environment(database_environment)


@given(st.lists(st.sampled_from(list(State))))
def test_only_a_failed_part_fails_the_check_up(states: list[State]) -> None:
    checks = [Check("part", Text("部分"), state, Text("")) for state in states]
    assert exit_code(checks) == (1 if State.FAILED in states else 0)


def test_a_healthy_installation_has_no_failed_part(here: Environment) -> None:
    found = _by_part(check_up(here))
    ailing = {
        name: check for name, check in found.items() if check.state is State.FAILED and name != "assets"
    }
    assert ailing == {}
    assert {
        "python",
        "data-dir",
        "database",
        "role-default",
        "migrations",
        "clock",
        "sealing",
        "outbox",
    } <= set(found)


def test_whatever_is_not_well_says_what_to_do_in_both_languages(tmp_path: Path) -> None:
    for check in check_up(Environment(data_dir=tmp_path / "none")):
        assert (check.state is State.OK) == (not check.fix)
        assert bool(check.fix.en) == bool(check.fix.zh)


def test_a_check_up_makes_no_data_directory(tmp_path: Path) -> None:
    found = _by_part(check_up(Environment(data_dir=tmp_path / "none")))
    assert found["database"].state is State.WARNING
    assert not (tmp_path / "none").exists()


def test_an_open_data_directory_fails_with_the_command_that_closes_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    check = _by_part(check_up(Environment(data_dir=tmp_path)))["data-dir"]
    assert check.state is State.FAILED
    assert f"chmod 700 {tmp_path}" in check.fix.en


def test_open_secrets_fail(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{}", "utf8")
    (tmp_path / "secrets.json").chmod(0o644)
    check = _by_part(check_up(Environment(data_dir=tmp_path)))["secrets"]
    assert check.state is State.FAILED


def test_a_damaged_database_fails_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir(mode=0o700)
    tmp_path.chmod(0o700)
    check = _by_part(check_up(Environment(data_dir=tmp_path)))["database"]
    assert check.state is State.FAILED
    assert check.fix.en


def test_a_role_that_passes_row_level_security_fails(here: Environment, server: object) -> None:
    with server.connect() as connection:  # type: ignore[attr-defined]
        connection.execute("ALTER ROLE wufei_system BYPASSRLS")
        try:
            check = _by_part(check_up(here))["role-system"]
        finally:
            connection.execute("ALTER ROLE wufei_system NOBYPASSRLS")
    assert check.state is State.FAILED
    assert "ALTER ROLE wufei_system" in check.fix.en


def test_a_clock_far_from_the_databases_warns(here: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUFEI_NOW", "2020-01-01T00:00:00+00:00")
    assert _by_part(check_up(here))["clock"].state is State.WARNING


def test_a_waiting_migration_fails(here: Environment) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT id, name FROM django_migrations WHERE app = 'access' ORDER BY name DESC LIMIT 1"
        )
        latest, name = cursor.fetchone()
        cursor.execute("UPDATE django_migrations SET name = 'kept' WHERE id = %s", [latest])
    try:
        check = _by_part(check_up(here))["migrations"]
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE django_migrations SET name = %s WHERE id = %s", [name, latest])
    assert check.state is State.FAILED


def test_the_command_prints_json_and_leaves_the_server_to_others(
    database_environment: dict[str, str],
) -> None:
    done = subprocess.run(RUN, env=database_environment, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert told["ok"] is (done.returncode == 0)
    assert {"database", "migrations"} <= {check["part"] for check in told["checks"]}
    assert os.environ.get("WUFEI_DATA_DIR") != database_environment["WUFEI_DATA_DIR"]


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the server's account may enter, as pytest's own may not be."""
    path = Path(tempfile.mkdtemp(prefix="wufei-doctor-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.mark.database
def test_a_log_that_does_not_reach_its_archive_warns_until_it_does(place: Path) -> None:
    data_dir, away = place / "data", place / "away"
    with start(data_dir, durable=False) as holder, holder.connect() as connection:
        _archive(connection, f"test -d {away}")
        warned = _told_by_doctor(data_dir)["archiving"]
        assert warned["state"] == "warning"
        assert "fails" in warned["found"]
        assert warned["fix"]
        away.mkdir(mode=0o755)
        _archive(connection, "true")
        assert _told_by_doctor(data_dir)["archiving"]["state"] == "ok"


def _archive(connection: psycopg.Connection, command: str) -> None:
    """Archive by this command, and wait for what comes of the next segment."""
    tried = "SELECT archived_count + failed_count FROM pg_stat_archiver"
    connection.execute(f"ALTER SYSTEM SET archive_command = '{command}'".encode())
    connection.execute("SELECT pg_reload_conf()")
    (before,) = connection.execute(tried).fetchone()  # type: ignore[misc]
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS written ()")
    connection.execute("SELECT pg_switch_wal()")
    until = time.monotonic() + 90
    while connection.execute(tried).fetchone() == (before,):
        assert time.monotonic() < until
        time.sleep(0.1)


def _told_by_doctor(data_dir: Path) -> dict[str, dict[str, str]]:
    environment = os.environ | {"WUFEI_DATA_DIR": str(data_dir)}
    done = subprocess.run(
        [*RUN, "--language", "en"], env=environment, capture_output=True, text=True, check=False
    )
    return {check["part"]: check for check in json.loads(done.stdout)["checks"]}
