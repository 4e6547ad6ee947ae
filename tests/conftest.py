"""One database server for the whole run, a copy of a migrated template for each worker, real commits.

Nothing is rolled back after a test: tests stay independent, each with regions, parties and books of its own.
"""

from __future__ import annotations

import fcntl
import ipaddress
import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from playwright.sync_api import sync_playwright

from tests.browsing import Windows, chromium_running, site_running
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.database.services import Holder, start
from wufei.runtime.database.services.roles import (
    OWNER,
    ensure_database,
    ensure_roles,
    grant_default_rights,
    grant_rights,
)
from wufei.runtime.identity.services import save_party, save_region

TEMPLATE = "wufei_template"
ALIASES = {"default": "wufei_app", "system": "wufei_system", "owner": OWNER}


# Whoever needs one of these needs the server: `make check` leaves such tests out.
SERVER_FIXTURES = frozenset({"server", "database", "db", "test_data_dir"})

# Speed is proven by `make bench`: on a busy machine a slow example says nothing about what it shows.
hypothesis.settings.register_profile(
    "wufei", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("wufei")
hypothesis.settings.register_profile("soak", max_examples=2000)
hypothesis.settings.register_profile("soak-database", max_examples=100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that needs the database server."""
    for item in items:
        if SERVER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)


class NetworkForbiddenError(Exception):
    """A test tried to reach something beyond this machine."""


@pytest.fixture(scope="session")
def test_data_dir() -> Iterator[Path]:
    """The data directory that all workers of this run share; short, so that the socket fits."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    path = Path(tempfile.gettempdir()) / f"wufei-test-{run[:12]}"
    yield path
    if not (path / "postgres" / "postmaster.pid").exists():
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def server(test_data_dir: Path) -> Iterator[Holder]:
    """The embedded server; the last worker stops it."""
    with start(test_data_dir, durable=False) as holder:
        yield holder


@pytest.fixture(scope="session")
def database(server: Holder, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """The name of this worker's own database, migrated, with Django's connections pointing to it."""
    with (server.data_dir / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with server.connect() as connection:
            ensure_roles(connection, server.secrets)
            made = ensure_database(connection, TEMPLATE)
        if made:
            with server.connect(TEMPLATE) as connection:
                grant_rights(connection, TEMPLATE)
            with server.connect(TEMPLATE, OWNER) as connection:
                grant_default_rights(connection)
            with django_db_blocker.unblock():
                _use_database(server, TEMPLATE)
                call_command("migrate", database="owner", verbosity=0, interactive=False)
                connections.close_all()
        name = "wufei_" + os.environ.get("PYTEST_XDIST_WORKER", "main")
        with server.connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE} OWNER {OWNER}')
        with server.connect(name) as connection:
            grant_rights(connection, name)
    _use_database(server, name)
    yield name
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def db(database: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Let the test use the database; what it writes stays."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture
def database_environment(server: Holder, database: str) -> dict[str, str]:
    """The environment for a command that runs as a process of its own on this worker's database."""
    return os.environ | {"WUFEI_DATA_DIR": str(server.data_dir), "WUFEI_DATABASE_NAME": database}


@pytest.fixture
def operator() -> Scope:
    """The scope of the local command line."""
    return Scope.operator()


@pytest.fixture
def operator_session(db: None, operator: Scope) -> Iterator[None]:
    """A transaction that sees everything; committed when the test ends."""
    with session(operator):
        yield


@pytest.fixture
def region_factory(db: None) -> Callable[..., int]:
    """Make a region that no other test knows and give its id."""

    def make(*, key: str = "", kind: str = "synthetic", parent_key: str | None = None) -> int:
        name = key or f"test-{uuid.uuid4().hex[:12]}"
        return save_region(
            key=name,
            name=Text(f"试验区{name}", f"Test {name}"),
            kind=kind,
            parent_key=parent_key,
            synthetic=kind == "synthetic",
        )

    return make


@pytest.fixture
def party_factory(db: None, region_factory: Callable[..., int]) -> Callable[..., int]:
    """Make a party that no other test knows and give its id."""

    def make(*, region_id: int | None = None, key: str = "", kind: str = "enterprise") -> int:
        name = key or f"test-{uuid.uuid4().hex[:12]}"
        return save_party(
            key=name,
            name=Text(f"试验单位{name}", f"Test party {name}"),
            kind=kind,
            region_id=region_factory() if region_id is None else region_id,
            synthetic=True,
        )

    return make


@pytest.fixture
def site(db: None) -> Iterator[str]:
    """The address of the site, served by this worker."""
    with site_running() as address:
        yield address


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of this worker's Chromium."""
    with chromium_running(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture
def open_page(chromium: str, site: str) -> Iterator[Windows]:
    """Open windows of the site; whatever the browser complains of fails the test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect(chromium)
        windows = Windows(browser, site)
        yield windows
        browser.close()
    assert windows.complaints == []


@pytest.fixture
def book() -> str:
    """A book that no other test writes to."""
    return f"scenario:test-{uuid.uuid4().hex[:12]}"


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid the network: only sockets in the file system and loopback may be connected."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and not _is_loopback(address):
            raise NetworkForbiddenError(address)
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> None:
    """Hash passwords quickly: hundreds of people sign in during the tests.

    The site's own hashers stay readable: a command that runs as a process of its own hashes with them.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def _is_loopback(address: object) -> bool:
    host = address[0] if isinstance(address, tuple) else ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _use_database(server: Holder, name: str) -> None:
    passwords = {
        "default": server.secrets.app,
        "system": server.secrets.system,
        "owner": server.secrets.owner,
    }
    for alias, user in ALIASES.items():
        connections[alias].settings_dict.update(
            NAME=name,
            USER=user,
            PASSWORD=passwords[alias],
            HOST=server.endpoint.host,
            PORT=str(server.endpoint.port),
            CONN_MAX_AGE=0,
        )
