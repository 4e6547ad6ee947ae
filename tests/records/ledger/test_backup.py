"""What was acknowledged outlasts the machine: backups, restores and upgrades keep the ledger whole."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections

from wufei.kernel.errors import ConflictError, ExternalError
from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.kernel.text import Text
from wufei.records.ledger import queries
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Evidence, Step, Transfer, single
from wufei.records.ledger.services import ensure_key, post, public_key, seal
from wufei.records.ledger.services.keys import KEY_FILE
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now
from wufei.runtime.database.core.backups import PRIVATE_FILES
from wufei.runtime.database.services import (
    Holder,
    django_databases,
    open_database,
    parse_wish,
    read_secrets,
    restore,
    start,
    take_backup,
    upgrade,
)
from wufei.runtime.database.services.secrets import ensure_secrets
from wufei.runtime.database.services.server import prepare
from wufei.runtime.environment import Environment, environment
from wufei.runtime.identity.services import save_party, save_region

pytestmark = pytest.mark.database

OLD_PROGRAMS = Path("/usr/lib/postgresql/15/bin")
"""Installed by `make test`; see tools/old_postgres.py."""

Serve = Callable[..., AbstractContextManager[Holder | None]]
OPERATOR = Scope.operator()


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    """A directory that the server's account may enter, as pytest's own may not be."""
    path = Path(tempfile.mkdtemp(prefix="wufei-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def serve(django_db_blocker: pytest.FixtureRequest) -> Serve:
    """Open the database of an environment and let Django talk to it for a while."""

    @contextmanager
    def serving(surroundings: Environment) -> Iterator[Holder | None]:
        holder = open_database(surroundings)
        before = {alias: dict(connections[alias].settings_dict) for alias in ("default", "system", "owner")}
        try:
            with django_db_blocker.unblock():
                _point_to(django_databases(surroundings))
                yield holder
        finally:
            _point_to(before)
            if holder is not None:
                holder.release()

    return serving


def _point_to(databases: dict[str, dict[str, object]]) -> None:
    for alias, settings in databases.items():
        connections[alias].close()
        names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
        connections[alias].settings_dict.update({name: settings[name] for name in names})


def first_stock() -> AccountKey:
    """Tables and a place of one holder, in a new database."""
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    name = Text("试验区", "Test region")
    region_id = save_region(key="test", name=name, kind="synthetic", parent_key=None, synthetic=True)
    holder_id = save_party(key="test", name=name, kind="enterprise", region_id=region_id, synthetic=True)
    return AccountKey("synthetic", Kind.STOCK, region_id, "SW03", region_id, "industry", holder_id=holder_id)


def record(stock: AccountKey) -> uuid.UUID:
    """Post a transfer that is acknowledged when this returns."""
    at = now()
    made = Transfer(
        id=new_id(at),
        source=replace(stock, kind=Kind.ORIGIN, holder_id=None),
        target=stock,
        grams=1000,
        step=Step.GENERATE,
        occurred_at=at - timedelta(days=1),
        precision=Precision.DAY,
        quantity=Decimal(1),
        unit="kg",
        evidence=Evidence.SCALE,
    )
    assert post(OPERATOR, single(made), now=at).outcome == "posted"
    return made.id


def recorded() -> set[uuid.UUID]:
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_transfer")
        return {row[0] for row in cursor.fetchall()}


def sealed(data_dir: Path) -> int:
    """Seal all there is, and give the size of the last head."""
    done = seal(ensure_key(data_dir), now=now())
    assert done.head is not None
    return done.head.size


def assert_sound(data_dir: Path, size: int) -> None:
    """As `wufei ledger verify` does: every invariant, every seal, by the key of this data directory."""
    key = public_key(data_dir)
    assert key is not None
    assert queries.verify(OPERATOR) == []
    assert queries.verify_seals(OPERATOR, keys=(key,)) == []
    assert queries.heads(OPERATOR, limit=1)[0].size == size


def test_the_private_files_of_a_backup_are_those_that_rooms_keep_beside_the_database() -> None:
    assert {"secrets.json", KEY_FILE} == set(PRIVATE_FILES)


@dataclass(frozen=True)
class Story:
    """A bureau that was backed up while somebody wrote, and wrote and sealed on."""

    backups: Path
    stock: AccountKey
    written: list[tuple[datetime, uuid.UUID, datetime]]
    ended_at: datetime
    size: int
    sealed_at: datetime
    everything: set[uuid.UUID]


@pytest.fixture(scope="module")
def story(room: Path, serve: Serve) -> Story:
    surroundings = environment({"WUFEI_DATA_DIR": str(room / "data")})
    data_dir, backups = surroundings.data_dir, room / "backups"
    written: list[tuple[datetime, uuid.UUID, datetime]] = []
    enough = threading.Event()

    def write(stock: AccountKey) -> None:
        try:
            while not enough.is_set():
                begun = now()
                written.append((begun, record(stock), now()))
        finally:
            connections.close_all()

    with serve(surroundings) as holder:
        assert holder is not None
        stock = first_stock()
        record(stock)
        assert sealed(data_dir) == 1
        writer = threading.Thread(target=write, args=[stock])
        writer.start()
        _wait_for(lambda: len(written) > 5)
        base = take_backup(holder, directory=backups, keep=2).base
        count = len(written)
        _wait_for(lambda: len(written) > count + 5)
        enough.set()
        writer.join()
        size = sealed(data_dir)
        sealed_at = now()
        assert size == len(written) + 1
        for _ in range(3):
            record(stock)
        assert sealed(data_dir) == size + 3
        return Story(backups, stock, written, base.finished_at, size, sealed_at, recorded())


def test_what_was_acknowledged_before_the_end_of_a_backup_is_in_it(
    story: Story, room: Path, serve: Serve
) -> None:
    wish = parse_wish(at=story.ended_at.isoformat(), mark="", latest=False)
    restore(story.backups, room / "end", wish, durable=False)
    acknowledged = {id_ for _, id_, at in story.written if at < story.ended_at}
    later = {id_ for begun, id_, _ in story.written if begun > story.ended_at}
    with serve(environment({"WUFEI_DATA_DIR": str(room / "end")})):
        found = recorded()
        assert_sound(room / "end", 1)
    assert min(len(acknowledged), len(later)) > 5
    assert acknowledged <= found
    assert not later & found


def test_an_instant_comes_back_with_the_sequence_it_had_and_sealing_goes_on(
    story: Story, room: Path, serve: Serve
) -> None:
    wish = parse_wish(at=story.sealed_at.isoformat(), mark="", latest=False)
    done = restore(story.backups, room / "then", wish)
    with serve(environment({"WUFEI_DATA_DIR": str(room / "then")})):
        assert len(recorded()) == story.size
        assert_sound(room / "then", story.size)
        # Transactions are counted on, so that sealing goes on too.
        assert done.next_transaction > _last_transaction()
        record(story.stock)
        assert sealed(room / "then") == story.size + 1
        assert_sound(room / "then", story.size + 1)


def test_the_end_of_the_log_comes_back_with_everything(story: Story, room: Path, serve: Serve) -> None:
    restore(story.backups, room / "all", parse_wish(at="", mark="", latest=True), durable=False)
    with serve(environment({"WUFEI_DATA_DIR": str(room / "all")})):
        assert recorded() == story.everything
        assert_sound(room / "all", story.size + 3)


def test_data_of_an_older_postgresql_are_upgraded_and_sealed_on(room: Path, serve: Serve) -> None:
    data_dir = room / "old"
    surroundings = environment({"WUFEI_DATA_DIR": str(data_dir)})
    with old_server(data_dir, room) as url:
        external = replace(surroundings, database_url=url)
        with serve(external):
            stock = first_stock()
            for _ in range(3):
                record(stock)
            assert sealed(data_dir) == 3
            kept, last = recorded(), _last_transaction()
    with pytest.raises(ConflictError) as caught:
        start(data_dir)
    assert caught.value.code == "database.version"
    assert "wufei upgrade" in caught.value.message.zh
    with pytest.raises(ConflictError) as caught:
        upgrade(data_dir, old_programs=room)
    assert caught.value.code == "upgrade.programs-missing"
    assert "apt-get install postgresql-15" in caught.value.message.en
    secrets = data_dir / "secrets.json"
    right = secrets.read_text()
    secrets.write_text(right.replace(read_secrets(data_dir).superuser, "wrong"))
    with pytest.raises(ExternalError) as failed:
        upgrade(data_dir, durable=False)
    assert failed.value.code == "upgrade.failed"
    assert "password" in failed.value.message.en
    secrets.write_text(right)

    (data_dir / "postgres.upgraded" / "left").mkdir(parents=True)
    done = upgrade(data_dir, durable=False)
    assert done is not None
    assert (done.from_version, done.to_version) == ("15", "18")
    assert done.transaction_after >= done.transaction_before > last
    assert (Path(done.old_data) / "PG_VERSION").read_text().strip() == "15"
    with serve(surroundings) as holder:
        assert holder is not None
        assert recorded() == kept
        assert_sound(data_dir, 3)
        record(stock)
        assert sealed(data_dir) == 4
        assert_sound(data_dir, 4)
        with holder.connect() as connection:
            shown = connection.execute("SHOW data_checksums").fetchone()
            methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        assert shown == ("on",)
        assert methods == [("scram-sha-256",)]
        with pytest.raises(ConflictError, match="in-use"):
            _old_again(data_dir)
    assert upgrade(data_dir) is None
    assert not (room / "archived").exists()


def _old_again(data_dir: Path) -> None:
    marker = data_dir / "postgres" / "PG_VERSION"
    now_there = marker.read_text()
    marker.write_text("15\n")
    try:
        upgrade(data_dir)
    finally:
        marker.write_text(now_there)


@contextmanager
def old_server(data_dir: Path, room: Path) -> Iterator[str]:
    """A server of the old version with its data where the embedded one has them; killed at the end."""
    account = prepare(data_dir)
    cluster_dir, socket_dir, password_file = data_dir / "postgres", room / "socket", room / "password"
    password = ensure_secrets(data_dir).superuser
    password_file.write_text(password)
    for path in (cluster_dir, socket_dir):
        path.mkdir(mode=0o700)
    for path in (cluster_dir, socket_dir, password_file):
        account.own(path)

    def run(name: str, *arguments: str) -> None:
        done = account.run(OLD_PROGRAMS / name, f"--pgdata={cluster_dir}", *arguments)
        assert done.returncode == 0, done.stdout

    plain = ("--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--no-sync")
    run("initdb", "--username=postgres", f"--pwfile={password_file}", *plain)
    with (cluster_dir / "postgresql.conf").open("a") as file:
        # As an older Wufei would have it; its archive must not be written to during the upgrade.
        file.write("\ninclude = 'wufei.conf'\n")
    settings = (
        f"unix_socket_directories = '{socket_dir}'\nlisten_addresses = ''\narchive_mode = on\nfsync = off\n"
    )
    (cluster_dir / "wufei.conf").write_text(settings + f"archive_command = 'touch {room}/archived'\n")
    account.own(cluster_dir / "wufei.conf")
    run("pg_ctl", "start", "--wait", f"--log={cluster_dir / 'server.log'}")
    try:
        with psycopg.connect(
            host=str(socket_dir), user="postgres", password=password, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute("CREATE DATABASE wufei")
        yield f"postgresql://postgres:{password}@/wufei?host={socket_dir}"
    finally:
        run("pg_ctl", "stop", "--mode=immediate")


def _last_transaction() -> int:
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT max(xid)::text::bigint FROM ledger_transfer")
        return int(cursor.fetchone()[0])


def _wait_for(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until
        time.sleep(0.02)
