"""A backup is whole, private and checked; it brings back any instant that it covers, or says why not."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from wufei.cli import build_app
from wufei.kernel.errors import ConflictError, ExternalError, InputError, NotFoundError, WufeiError
from wufei.runtime.database.core.wal import next_segment
from wufei.runtime.database.services import (
    Holder,
    backup_directory,
    check_embedded,
    histories,
    open_existing,
    parse_wish,
    restore,
    set_mark,
    start,
    take_backup,
    waiting_segments,
)
from wufei.runtime.database.services.archive import read_archive
from wufei.runtime.database.services.binaries import program
from wufei.runtime.database.services.holdings import read_holdings
from wufei.runtime.database.services.roles import APP, OWNER, SYSTEM, ensure_roles
from wufei.runtime.database.services.server import running
from wufei.runtime.environment import environment

pytestmark = pytest.mark.database

Restore = Callable[..., list[int]]


@dataclass(frozen=True)
class Story:
    """A little history: a row before the backup, then one at a time, with a mark and an instant between."""

    data_dir: Path
    backups: Path
    place: Path
    base: Path
    ended_at: datetime
    third_at: datetime


def insert(holder: Holder, number: int) -> datetime:
    with holder.connect() as connection:
        connection.execute("INSERT INTO line VALUES (%s)", [number])
        found = connection.execute("SELECT clock_timestamp()").fetchone()
    assert found
    at: datetime = found[0]
    return at


def numbers(holder: Holder) -> list[int]:
    with holder.connect() as connection:
        return [row[0] for row in connection.execute("SELECT number FROM line ORDER BY number")]


@pytest.fixture(scope="module")
def story(room: Path) -> Story:
    data_dir, backups = room / "data", room / "backups"
    with start(data_dir, durable=False) as holder:
        with holder.connect() as connection:
            connection.execute("CREATE TABLE line (number int)")
        insert(holder, 1)
        taken = take_backup(holder, directory=backups, keep=3)
        # As the ledger's key, which the first sealing makes.
        (data_dir / "sealing.key").write_text("ab" * 32 + "\n")
        insert(holder, 2)
        set_mark(holder, "monday")
        third_at = insert(holder, 3)
        insert(holder, 4)
    base = taken.place / taken.base.id
    return Story(data_dir, backups, taken.place, base, taken.base.finished_at, third_at)


@pytest.fixture
def copied(story: Story) -> Iterator[Path]:
    """A copy of the backups that a test may damage."""
    path = Path(tempfile.mkdtemp(prefix="wufei-"))
    subprocess.run(["/bin/cp", "-a", f"{story.backups}/.", str(path)], check=True)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def restored(story: Story, target: Path) -> Restore:
    """Restore the story and give the rows it then has."""

    def make(**wish: object) -> list[int]:
        values: dict[str, object] = {"at": "", "mark": "", "latest": False} | wish
        restore(story.backups, target, parse_wish(**values), durable=False)  # type: ignore[arg-type]
        with start(target, durable=False) as holder:
            return numbers(holder)

    return make


def refusal(source: Path, target: Path, **wish: object) -> WufeiError:
    """Try to restore, and give the error; nothing may be left of the attempt."""
    values: dict[str, object] = {"at": "", "mark": "", "latest": not wish} | wish
    with pytest.raises(WufeiError) as caught:
        restore(source, target, parse_wish(**values))  # type: ignore[arg-type]
    assert not target.exists()
    return caught.value


def only(backups: Path) -> Path:
    (held,) = histories(backups)
    return held.place


def test_all_that_was_archived_comes_back_with_the_private_files(
    restored: Restore, story: Story, target: Path
) -> None:
    assert restored(latest=True) == [1, 2, 3, 4]
    for name in ("secrets.json", "sealing.key"):
        assert (target / name).read_bytes() == (story.data_dir / name).read_bytes()
        assert stat.S_IMODE((target / name).stat().st_mode) == 0o600
    assert not (target / "restoring").exists()
    assert not (target / "postgres" / "recovery.signal").exists()


def test_an_instant_comes_back_without_what_came_after_it(restored: Restore, story: Story) -> None:
    assert restored(at=story.third_at.isoformat()) == [1, 2, 3]


def test_a_mark_comes_back_by_its_name_and_an_interrupted_restore_is_no_obstacle(
    restored: Restore, target: Path
) -> None:
    (target / "restoring" / "postgres").mkdir(parents=True)
    (target / "restoring" / "postgres" / "PG_VERSION").write_text("18")
    assert restored(mark="monday") == [1, 2]


def test_instants_outside_are_refused_with_the_bounds(story: Story, target: Path) -> None:
    bounds = histories(story.backups)[0].bounds()
    assert bounds.first_at == story.ended_at
    assert bounds.last_at is not None
    assert bounds.last_at > story.third_at
    before = story.ended_at - timedelta(microseconds=1)
    for at, code in ((before, "restore.before-first"), (bounds.last_at, "restore.after-last")):
        error = refusal(story.backups, target, at=at.isoformat())
        assert isinstance(error, InputError)
        assert error.code == code
        assert bounds.first_at.isoformat() in error.message.zh
        assert bounds.last_at.isoformat() in error.message.en


def test_an_unknown_mark_is_refused_with_the_known_ones(story: Story, target: Path) -> None:
    error = refusal(story.backups, target, mark="sunday")
    assert isinstance(error, NotFoundError)
    assert "monday" in error.message.en


def test_existing_data_are_never_overwritten(story: Story, target: Path) -> None:
    target.mkdir()
    (target / "note.txt").write_text("mine")
    with pytest.raises(ConflictError) as caught:
        restore(story.backups, target, parse_wish(at="", mark="", latest=True))
    assert caught.value.code == "restore.not-empty"
    assert [path.name for path in target.iterdir()] == ["note.txt"]


def test_a_directory_that_is_no_backup_is_refused(story: Story, target: Path, tmp_path: Path) -> None:
    assert refusal(tmp_path, target).code == "restore.no-backup"
    assert refusal(story.base, target).code == "restore.no-backup"
    assert refusal(tmp_path / "away", target).code == "backup.not-found"


def test_one_changed_byte_in_a_base_file_is_found(copied: Path, target: Path) -> None:
    base = next(path for path in only(copied).iterdir() if (path / "data").exists())
    path = max((base / "data" / "base").rglob("*"), key=lambda path: path.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    error = refusal(copied, target)
    assert error.code == "backup.damaged"
    assert path.name in error.message.zh


@pytest.mark.parametrize("change", ["gone", "added"])
def test_a_file_too_few_or_too_many_in_a_base_is_found(copied: Path, target: Path, change: str) -> None:
    base = next(path for path in only(copied).iterdir() if (path / "data").exists())
    path = base / "data" / "global" / ("pg_control" if change == "gone" else "9999")
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(b"")
    error = refusal(copied, target)
    assert error.code == "backup.damaged"
    assert f"global/{path.name}" in error.message.en


def test_a_base_whose_own_log_is_damaged_is_found(copied: Path, target: Path) -> None:
    base = next(path for path in only(copied).iterdir() if (path / "data").exists())
    segment = min(path for path in (base / "data" / "pg_wal").iterdir() if path.is_file())
    content = bytearray(segment.read_bytes())
    content[0x28:0x200] = bytes(0x200 - 0x28)
    segment.write_bytes(content)
    assert refusal(copied, target).code == "backup.damaged"


def test_a_missing_segment_is_named_and_what_is_before_it_can_still_be_restored(
    copied: Path, story: Story, target: Path
) -> None:
    place = only(copied)
    held = histories(copied)[0]
    gone = held.marks[0].segment
    (place / "wal" / f"{gone}.gz").unlink()
    latest, marked = refusal(copied, target), refusal(copied, target, mark="monday")
    assert [latest.code, marked.code] == ["restore.gap", "restore.gap"]
    assert gone in latest.message.zh
    assert gone in marked.message.en
    late = refusal(copied, target, at=story.third_at.isoformat())
    assert late.code == "restore.after-last"
    assert gone in late.message.en
    restore(copied, target, parse_wish(at=story.ended_at.isoformat(), mark="", latest=False), durable=False)
    with start(target, durable=False) as holder:
        assert numbers(holder) == [1]


def test_a_segment_that_a_mark_waited_for_is_missed_even_at_the_end(copied: Path, target: Path) -> None:
    held = histories(copied)[0]
    last = held.marks[0].segment
    for path in (held.place / "wal").iterdir():
        if path.name[:24] >= last:
            path.unlink()
    error = refusal(copied, target)
    assert error.code == "restore.gap"
    assert last in error.message.zh


@pytest.mark.parametrize("change", ["one byte", "cut"])
def test_a_changed_segment_is_found(copied: Path, target: Path, change: str) -> None:
    held = histories(copied)[0]
    name = next_segment(held.bases[0].last_segment, held.bases[0].segment_bytes)
    path = held.place / "wal" / f"{name}.gz"
    content = bytearray(path.read_bytes())
    # Of the checksum: among the packed zeros at the end of a segment another byte may mean the same.
    content[-8] ^= 1
    path.write_bytes(content if change == "one byte" else content[: len(content) // 2])
    error = refusal(copied, target)
    assert error.code == "restore.gap"
    assert name in error.message.zh


def test_a_changed_or_missing_private_file_is_found(copied: Path, target: Path) -> None:
    base = next(path for path in only(copied).iterdir() if (path / "data").exists())
    key = base / "private" / "sealing.key"
    key.write_text("ac" * 32 + "\n")
    error = refusal(copied, target)
    assert error.code == "restore.private-damaged"
    assert "sealing.key" in error.message.zh
    for path in (base / "private").iterdir():
        path.unlink()
    assert refusal(copied, target).code == "restore.private-missing"


def test_a_damaged_record_is_named(copied: Path, target: Path) -> None:
    base = next(path for path in only(copied).iterdir() if (path / "data").exists())
    (base / "base.json").write_text("{}")
    error = refusal(copied, target)
    assert error.code == "backup.record-damaged"
    assert str(base / "base.json") in error.message.zh


def test_a_full_disk_is_refused_before_anything_is_copied(
    story: Story, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wufei.runtime.database.services.restoring.WAL_KEPT_BYTES", 1 << 62)
    assert refusal(story.backups, target).code == "backup.disk-full"


def test_a_backup_of_another_major_version_is_refused(copied: Path, target: Path) -> None:
    base = next(path for path in only(copied).iterdir() if (path / "data").exists())
    record = json.loads((base / "base.json").read_text())
    (base / "base.json").write_text(json.dumps(record | {"version": "19.1"}))
    error = refusal(copied, target)
    assert error.code == "restore.version"
    assert "19.1" in error.message.zh


def test_a_terminated_restore_leaves_neither_data_nor_a_server(story: Story, target: Path) -> None:
    script = "from wufei.cli import main; main()"
    line = ["restore", str(story.backups), "--into", str(target), "--latest"]
    process = subprocess.Popen([sys.executable, "-c", script, *line], stderr=subprocess.DEVNULL)
    pid_file = target / "restoring" / "postgres" / "postmaster.pid"
    until = time.monotonic() + 60
    while not (pid_file.exists() and pid_file.read_text().strip()):
        assert time.monotonic() < until
        assert process.poll() is None
    server = int(pid_file.read_text().splitlines()[0])
    process.terminate()
    assert process.wait() == 128 + signal.SIGTERM
    assert not target.exists()
    while Path(f"/proc/{server}").exists():
        assert time.monotonic() < until


def test_a_backup_is_private(story: Story) -> None:
    top = 0o710 if os.geteuid() == 0 else 0o700
    assert stat.S_IMODE(story.backups.stat().st_mode) == top
    assert stat.S_IMODE(story.place.stat().st_mode) == top
    for name in ("data", "private"):
        assert stat.S_IMODE((story.base / name).stat().st_mode) == 0o700
    assert stat.S_IMODE((story.place / "wal").stat().st_mode) == 0o700
    for path in (story.base / "private").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        # Whoever rules the database, and so the server's account, must not read the key that signs.
        assert path.stat().st_uid == os.geteuid()


@pytest.fixture
def own(story: Story, room: Path) -> Iterator[Path]:
    """A copy of the stopped data directory, which archives nowhere yet."""
    path = Path(tempfile.mkdtemp(dir=room, prefix="own-"))
    subprocess.run(["/bin/cp", "-a", f"{story.data_dir}/.", str(path)], check=True)
    (path / "backup.json").unlink()
    yield path
    shutil.rmtree(path)


def test_older_backups_their_log_and_their_marks_are_removed(own: Path, room: Path, target: Path) -> None:
    backups = own / "backups"
    with start(own, durable=False) as holder:
        with pytest.raises(ConflictError) as caught:
            set_mark(holder, "early")
        assert caught.value.code == "backup.none"
        first = take_backup(holder, directory=backups, keep=1)
        assert first.same_disk
        set_mark(holder, "old")
        with pytest.raises(ConflictError) as caught:
            set_mark(holder, "old")
        assert caught.value.code == "backup.mark-taken"
        second = take_backup(holder, directory=backups, keep=1)
        insert(holder, 5)
        set_mark(holder, "new")
    (held,) = histories(backups)
    assert held.place == first.place == second.place
    assert held.bases == (second.base,)
    assert [mark.name for mark in held.marks] == ["new"]
    segments = sorted(path.name[:24] for path in held.wal.iterdir())
    assert segments[0] == second.base.first_segment
    # What was restored may be backed up into the same directory: it begins a history of its own.
    restore(backups, target, parse_wish(at="", mark="new", latest=False), durable=False)
    with start(target, durable=False) as holder:
        insert(holder, 6)
        third = take_backup(holder, directory=backups, keep=1)
        insert(holder, 7)
    assert third.place != second.place
    assert third.base.first_segment.startswith("00000002")
    assert [found.place for found in histories(backups)] == [second.place, third.place]
    again = target.with_name(f"{target.name}-again")
    error = refusal(backups, again)
    assert error.code == "restore.histories"
    assert str(third.place) in error.message.zh
    done = restore(third.place, again, parse_wish(at="", mark="", latest=True), durable=False)
    assert done.timeline == 3
    with start(again, durable=False) as holder:
        assert numbers(holder) == [1, 2, 3, 4, 5, 6, 7]
    shutil.rmtree(again)


def test_a_backup_meets_its_obstacles_with_words(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backups = own / "backups"
    with start(own, durable=False) as holder:
        (own / "file").write_text("")
        with pytest.raises(ConflictError) as caught:
            take_backup(holder, directory=own / "file", keep=1)
        assert caught.value.code == "backup.directory"
        with monkeypatch.context() as patch:
            patch.setattr("wufei.runtime.database.services.cluster.FREE_BYTES_MIN", 1 << 62)
            with pytest.raises(ConflictError) as caught:
                take_backup(holder, directory=backups, keep=1)
            assert caught.value.code == "backup.disk-full"
            assert list(backups.iterdir()) == []
        taken = take_backup(holder, directory=backups, keep=1)
        with (taken.place / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with pytest.raises(ConflictError) as caught:
                take_backup(holder, directory=backups, keep=1)
        assert caught.value.code == "backup.busy"
        (taken.place / "wal").rename(taken.place / "away")
        with pytest.raises(ConflictError) as caught:
            take_backup(holder, directory=backups, keep=1)
        assert caught.value.code == "backup.directory-away"
        with pytest.raises(ExternalError) as unarchived:
            set_mark(holder, "lost")
        assert unarchived.value.code == "backup.not-archived"
        assert [base.id for base in read_holdings(taken.place).bases] == [taken.base.id]
        assert waiting_segments(own) > 0
        # The server has kept what it could not archive, and brings it as soon as it can.
        (taken.place / "away").rename(taken.place / "wal")
        set_mark(holder, "found")
    assert waiting_segments(own) == 0
    assert histories(backups)[0].bounds().last_at is not None


def test_only_the_superuser_can_copy_the_database_or_touch_its_archive(own: Path) -> None:
    with start(own, durable=False) as holder:
        with holder.connect() as connection:
            ensure_roles(connection, holder.secrets)
        for user in (APP, SYSTEM, OWNER):
            password = getattr(holder.secrets, user.removeprefix("wufei_"))
            done = subprocess.run(
                [
                    program("pg_basebackup"),
                    f"--host={holder.endpoint.host}",
                    f"--username={user}",
                    f"--pgdata={own / 'stolen'}",
                ],
                env=os.environ | {"PGPASSWORD": password},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode != 0
            assert "permission denied" in done.stderr
            with holder.connect("postgres", user) as connection:
                for statement in (
                    "SELECT pg_switch_wal()",
                    "SELECT pg_create_restore_point('x')",
                    "SELECT pg_reload_conf()",
                    "ALTER SYSTEM SET archive_command = 'true'",
                    "COPY (SELECT 1) TO PROGRAM 'true'",
                ):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(statement)


def test_a_server_that_does_not_stop_is_reported(own: Path) -> None:
    holder = start(own, durable=False)
    marker = own / "postgres" / "PG_VERSION"
    marker.rename(own / "away")
    # pg_ctl refuses what does not look like a data directory.
    with pytest.raises(ExternalError) as caught:
        holder.release()
    (own / "away").rename(marker)
    assert caught.value.code == "database.not-stopped"
    assert "not a database cluster directory" in caught.value.message.en
    assert running(own) is not None
    assert start(own, durable=False).release() is True
    assert running(own) is None


def test_a_server_that_an_older_version_started_must_be_started_again(own: Path) -> None:
    with (
        start(own, durable=False, settings={"archive_mode": "off"}) as holder,
        pytest.raises(ConflictError) as caught,
    ):
        take_backup(holder, directory=own / "backups", keep=1)
    assert caught.value.code == "backup.restart"
    assert not (own / "backups").exists()


def test_the_key_of_a_later_sealing_is_added_to_the_backup_when_the_server_is_left(story: Story) -> None:
    archive = read_archive(story.data_dir)
    assert archive is not None
    assert archive.private == ("secrets.json", "sealing.key")
    kept = story.base / "private" / "sealing.key"
    assert kept.read_bytes() == (story.data_dir / "sealing.key").read_bytes()


def test_a_backup_disk_that_is_away_keeps_nobody_from_working(own: Path) -> None:
    record = {"directory": str(own / "away"), "history": "h", "private": []}
    (own / "backup.json").write_text(json.dumps(record))
    with start(own, durable=False) as holder:
        assert numbers(holder) == [1, 2, 3, 4]
    assert not (own / "away").exists()
    assert waiting_segments(own) > 0


def test_data_of_this_version_need_no_upgrade(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUFEI_DATA_DIR", str(own))
    assert json.loads(wufei("upgrade --json").stdout) == {"upgraded": False}


def test_a_server_archives_nothing_before_the_first_backup(own: Path) -> None:
    with start(own, durable=False) as holder, holder.connect() as connection:
        shown = [
            connection.execute(f"SHOW {name}").fetchone() for name in ("archive_mode", "archive_command")
        ]
    assert shown == [("on",), ("true",)]


@pytest.mark.parametrize(
    "line", ["backup", "backup --list", "restore {0} --into {0}/new --latest", "upgrade"]
)
def test_a_site_s_own_server_is_left_to_its_administrator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setenv("WUFEI_DATABASE_URL", "postgresql://u:p@localhost/wufei")
    error = wufei(line.format(tmp_path)).exception
    assert isinstance(error, ConflictError)
    assert error.code == "database.not-embedded"
    for word in ("pg_basebackup", "resets transaction numbers", "sealing.key"):
        assert word in error.message.en


def test_the_commands_back_up_list_and_restore(
    own: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A name that the shell and the configuration file must not take for something else.
    kept = own / "备份-it's-50%"
    monkeypatch.setenv("WUFEI_DATA_DIR", str(own))
    monkeypatch.setenv("WUFEI_BACKUP_DIR", str(kept))
    taken = json.loads(wufei("backup --json --keep 2").stdout)
    assert taken["place"].startswith(str(kept))
    assert taken["same_disk"] is True
    # From now on the same directory, without being told again.
    monkeypatch.delenv("WUFEI_BACKUP_DIR")
    assert "月结" in wufei("backup --mark 月结").stdout
    (listed,) = json.loads(wufei("backup --list --json").stdout)["histories"]
    assert [base["id"] for base in listed["bases"]] == [taken["id"]]
    assert [mark["name"] for mark in listed["marks"]] == ["月结"]
    assert "⚑ 月结" in wufei("backup --list").stdout
    line = f"restore {kept} --into {target} --at {listed['from']} --json"
    restored = json.loads(wufei(line).stdout)
    assert restored["base"] == taken["id"]
    assert restored["data_dir"] == str(target)
    assert restored["timeline"] == 2
    error = wufei(f"restore {kept} --into {target} --latest").exception
    assert isinstance(error, ConflictError)
    assert error.code == "restore.not-empty"


def test_a_directory_without_a_database_is_not_backed_up(target: Path) -> None:
    surroundings = environment({"WUFEI_DATA_DIR": str(target)})
    with pytest.raises(ConflictError) as caught:
        open_existing(surroundings)
    assert caught.value.code == "database.none"
    assert not target.exists()


def test_the_backup_directory_is_the_one_named_then_the_site_s_then_the_last(
    story: Story, tmp_path: Path
) -> None:
    data = {"WUFEI_DATA_DIR": str(story.data_dir)}
    named = environment(data | {"WUFEI_BACKUP_DIR": "/mnt/site"})
    assert backup_directory(named, Path("/mnt/named")) == Path("/mnt/named")
    assert backup_directory(named, None) == Path("/mnt/site")
    assert backup_directory(environment(data), None) == story.backups
    fresh = environment({"WUFEI_DATA_DIR": str(tmp_path)})
    assert backup_directory(fresh, None) == tmp_path / "backups"
    check_embedded(fresh)


def test_a_damaged_record_of_the_archive_stops_the_start_with_what_to_do(own: Path) -> None:
    (own / "backup.json").write_text("{")
    with pytest.raises(ConflictError) as caught:
        start(own, durable=False)
    assert caught.value.code == "backup.record-damaged"
    (own / "backup.json").unlink()
    assert read_archive(own) is None


def wufei(line: str) -> Result:
    return CliRunner().invoke(build_app(), line.split())
