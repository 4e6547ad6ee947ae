"""A PostgreSQL of the site's own is prepared as far as its user may."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from wufei.kernel.errors import ConflictError, ExternalError
from wufei.runtime.database.services import Holder, django_databases, open_database, read_secrets
from wufei.runtime.database.services.preparation import EXTERNAL_VERSION_MIN
from wufei.runtime.environment import Environment

MakeEnvironment = Callable[..., Environment]


@pytest.fixture
def site_database(server: Holder) -> str:
    """An empty database on the tests' server, as an administrator would hand it over."""
    name = f"site_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return name


@pytest.fixture
def external(
    server: Holder, site_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MakeEnvironment:
    # The roles belong to the whole server and exist already, with the passwords of the tests.
    for role in ("owner", "app", "system"):
        monkeypatch.setenv(f"WUFEI_{role.upper()}_PASSWORD", getattr(server.secrets, role))
    monkeypatch.setattr(
        "wufei.runtime.database.services.server.prepare", lambda path: path.mkdir(exist_ok=True)
    )

    def make(user: str = "postgres", password: str = "") -> Environment:
        shown = quote(password or server.secrets.superuser, safe="")
        host = quote(server.endpoint.host, safe="")
        url = f"postgresql://{user}:{shown}@/{site_database}?host={host}"
        return Environment(data_dir=tmp_path / uuid.uuid4().hex, database_url=url)

    return make


@pytest.fixture
def plain_user(server: Holder, site_database: str) -> Iterator[str]:
    name = f"plain_{uuid.uuid4().hex[:12]}"
    role = sql.Identifier(name)
    with server.connect() as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'plain'").format(role))
    yield name
    with server.connect() as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


def test_an_external_database_gets_the_rights_of_the_three_roles(external: MakeEnvironment) -> None:
    environment = external()
    assert open_database(environment) is None
    aliases = django_databases(environment)
    assert {alias: values["USER"] for alias, values in aliases.items()} == {
        "default": "wufei_app",
        "system": "wufei_system",
        "owner": "wufei_owner",
    }
    with _connected(aliases["owner"]) as owner:
        owner.execute("CREATE TABLE record (number int)")
    with _connected(aliases["default"]) as app:
        app.execute("INSERT INTO record VALUES (1)")
    with _connected(aliases["system"]) as system:
        assert system.execute("SELECT number FROM record").fetchall() == [(1,)]


def test_opening_twice_changes_nothing(external: MakeEnvironment) -> None:
    environment = external()
    open_database(environment)
    before = read_secrets(environment.data_dir)
    open_database(environment)
    assert read_secrets(environment.data_dir) == before


def test_a_user_without_power_is_enough_where_the_roles_exist(
    external: MakeEnvironment, plain_user: str
) -> None:
    open_database(external())
    assert open_database(external(plain_user, "plain")) is None


def test_a_user_without_power_is_told_what_the_administrator_has_to_run(
    external: MakeEnvironment, plain_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wufei.runtime.database.services.roles.APP", "wufei_app_missing")
    with pytest.raises(ConflictError) as caught:
        open_database(external(plain_user, "plain"))
    assert caught.value.code == "database.roles-missing"
    assert "CREATE ROLE wufei_app_missing LOGIN PASSWORD" in caught.value.message.en
    assert "WUFEI_APP_PASSWORD" in caught.value.message.zh


def test_a_wrong_password_is_told_with_place_and_user(external: MakeEnvironment) -> None:
    with pytest.raises(ExternalError) as caught:
        open_database(external("postgres", "wrong"))
    assert caught.value.code == "database.unreachable"
    assert "postgres" in caught.value.message.en
    assert "wrong" not in caught.value.message.en


def test_a_server_that_is_too_old_is_refused(
    external: MakeEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert EXTERNAL_VERSION_MIN == 150000
    monkeypatch.setattr("wufei.runtime.database.services.preparation.EXTERNAL_VERSION_MIN", 990000)
    with pytest.raises(ConflictError) as caught:
        open_database(external())
    assert caught.value.code == "database.version"


def _connected(alias: dict[str, object]) -> psycopg.Connection:
    return psycopg.connect(
        host=str(alias["HOST"]),
        port=str(alias["PORT"]),
        user=str(alias["USER"]),
        password=str(alias["PASSWORD"]),
        dbname=str(alias["NAME"]),
        autocommit=True,
    )
