"""A database of its own for the demo, loaded once per run by the command's own steps."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections
from rich.console import Console

from wufei.demo.commands import load
from wufei.runtime.database.services import Holder
from wufei.runtime.database.services.roles import OWNER, grant_rights


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Let Django's connections talk to another database, and back again."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    connections.close_all()
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        for alias, old in before.items():
            connections[alias].settings_dict["NAME"] = old


@pytest.fixture(scope="session")
def demo_environment(
    server: Holder, database: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """An empty migrated database and a folder for the marker, as environment variables."""
    name = f"{database}_demo"
    with server.connect() as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE wufei_template OWNER {OWNER}')
    with server.connect(name) as connection:
        grant_rights(connection, name)
    return {
        "WUFEI_DATA_DIR": str(tmp_path_factory.mktemp("demo")),
        "WUFEI_DATABASE_NAME": name,
    }


@pytest.fixture(scope="session")
def first_load(demo_environment: dict[str, str], django_db_blocker: pytest.FixtureRequest) -> str:
    """What the first load printed."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        for variable, value in demo_environment.items():
            patch.setenv(variable, value)
        with pointed_at(demo_environment["WUFEI_DATABASE_NAME"]):
            return printed()


@pytest.fixture
def demo(
    first_load: str,
    demo_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[str]:
    """The loaded demo; gives what the first load printed."""
    for variable, value in demo_environment.items():
        monkeypatch.setenv(variable, value)
    with django_db_blocker.unblock(), pointed_at(demo_environment["WUFEI_DATABASE_NAME"]):
        yield first_load


@pytest.fixture
def marker_file(demo_environment: dict[str, str]) -> Path:
    """The folder where the marker lies."""
    return Path(demo_environment["WUFEI_DATA_DIR"])


def printed() -> str:
    """Load, and give what was printed."""
    out = io.StringIO()
    load(Console(file=out, width=200))
    return out.getvalue()


@pytest.fixture
def load_again() -> object:
    """A function that loads and gives what was printed."""
    return printed


@pytest.fixture
def server_environment(server: Holder, demo_environment: dict[str, str]) -> dict[str, str]:
    """The environment of a process of its own that serves the loaded demo."""
    return (
        os.environ
        | demo_environment
        | {
            "WUFEI_DATA_DIR": str(server.data_dir),
        }
    )
