"""Back the embedded server up while people write: base backups, marks, and the log from then on."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from wufei.kernel.errors import ConflictError, ExternalError
from wufei.kernel.text import Text
from wufei.runtime.database.core.backups import Base, Mark, parse_mark, stamp, surplus
from wufei.runtime.database.core.wal import archive_command, first_segment
from wufei.runtime.database.services import cluster, holdings
from wufei.runtime.database.services.account import Account, server_account
from wufei.runtime.database.services.archive import (
    BASE_RECORD,
    DATA,
    LOCK,
    PRIVATE,
    Archive,
    check_room,
    configure_archive,
    copy_private,
    read_archive,
    synced,
    write_archive,
)
from wufei.runtime.database.services.binaries import reachable_program
from wufei.runtime.database.services.contents import copy_contents
from wufei.runtime.database.services.locks import writing
from wufei.runtime.database.services.secrets import password_file, write_private
from wufei.runtime.database.services.server import POLL_S, Holder, Report, silent
from wufei.runtime.database.services.verification import verify_base
from wufei.runtime.environment import Environment

ARCHIVED_WITHIN_S = 300.0
"""A segment of 16 MiB that is not archived after so long has met a full or sleeping disk."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A base backup that was just taken, where it is, and whether it shares the disk with the data."""

    base: Base
    place: Path
    same_disk: bool


def backup_directory(environment: Environment, named: Path | None) -> Path:
    """Choose the backup directory: the one named, ``WUFEI_BACKUP_DIR``, the last one, or in the data."""
    known = read_archive(environment.data_dir)
    last = known.directory if known else environment.data_dir / "backups"
    return (named or environment.backup_dir or last).expanduser().absolute()


def take_backup(holder: Holder, *, directory: Path, keep: int, report: Report = silent) -> Taken:
    """Take a base backup, check it, archive the log from then on, and remove what is no longer needed.

    Parameters
    ----------
    holder : Holder
        The running server; everybody goes on writing.
    directory : Path
        The backup directory; made with mode 700 if it does not exist.
    keep : int
        How many base backups of this history are kept, >= 1.

    Raises
    ------
    ConflictError
        ``backup.directory``, ``backup.directory-away``, ``backup.disk-full``, ``backup.busy``,
        ``backup.restart``.
    ExternalError
        ``backup.failed``: pg_basebackup says why; ``backup.not-archived``.
    """
    account = server_account(holder.data_dir / cluster.CLUSTER)
    with holder.connect() as connection:
        _check_can_archive(connection)
        _make_directory(directory, account)
        check_room(directory, _size_bytes(connection) + cluster.FREE_BYTES_MIN)
        archive = _archive(holder, account, directory)
        with _alone(archive):
            _archive_from_now(holder, account, archive, connection)
            try:
                base = _base(holder, account, archive, report)
            finally:
                _discard_drafts(archive)
            _check_unbroken(archive, base)
            copy_contents(holder.data_dir)
            _prune(archive, account, holder.data_dir, keep)
    same_disk = archive.place.stat().st_dev == holder.data_dir.stat().st_dev
    return Taken(base, archive.place, same_disk)


def set_mark(holder: Holder, name: str) -> Mark:
    """Name this moment, so that it can be restored by its name; it is archived before this returns.

    Raises
    ------
    InputError
        ``backup.mark-name``.
    ConflictError
        ``backup.none``: there is no base backup yet; ``backup.mark-taken``.
    ExternalError
        ``backup.not-archived``.
    """
    name = parse_mark(name)
    archive = read_archive(holder.data_dir)
    held = holdings.read_holdings(archive.place) if archive and archive.place.is_dir() else None
    if archive is None or held is None or not held.bases:
        raise ConflictError(
            "backup.none",
            Text("还没有备份。请先执行 wufei backup。", "There is no backup yet. Run wufei backup first."),
        )
    with _alone(archive), holder.connect() as connection:
        held = holdings.read_holdings(archive.place)
        if name in {mark.name for mark in held.marks}:
            raise ConflictError(
                "backup.mark-taken",
                Text(f"标记“{name}”已存在，请另取名。", f"The mark “{name}” exists. Choose another name."),
            )
        point = stamp(_now(holder))
        at = _one(connection, "SELECT clock_timestamp(), pg_create_restore_point(%s)", point)[0]
        mark = Mark(name, at, _archived(connection, archive), point)
        copy_contents(holder.data_dir)
        holdings.write_marks(archive.place, [*held.marks, mark])
    return mark


def _make_directory(directory: Path, account: Account) -> None:
    try:
        if not directory.is_dir():
            directory.mkdir(mode=0o700, parents=True)
            account.share(directory)
    except OSError as error:
        raise _unusable(directory, str(error)) from error


def _archive(holder: Holder, account: Account, directory: Path) -> Archive:
    """Give the place for this installation's history, made if this is the first backup there."""
    known = read_archive(holder.data_dir)
    if known is not None and known.directory == directory:
        if not known.wal.is_dir():
            raise ConflictError(
                "backup.directory-away",
                Text(
                    f"备份目录 {known.place} 不见了，磁盘是否已挂载？若备份已丢失，"
                    f"请删除 {holder.data_dir / 'backup.json'} 后重新备份。",
                    f"The backups in {known.place} are gone: is the disk mounted? If they are lost, remove "
                    f"{holder.data_dir / 'backup.json'} and back up anew.",
                ),
            )
        return known
    begun = stamp(_now(holder)).partition(".")[0]
    archive = Archive(directory, f"{begun}-{secrets.token_hex(3)}")
    try:
        archive.place.mkdir(mode=0o700)
        account.share(archive.place)
        archive.wal.mkdir(mode=0o700)
        account.own(archive.wal)
        entered = account.enters(archive.wal)
    except OSError as error:
        raise _unusable(directory, str(error)) from error
    if not entered:
        shutil.rmtree(archive.place)
        raise _unusable(directory, f"chmod o+x {directory}")
    return archive


def _unusable(directory: Path, reason: str) -> ConflictError:
    return ConflictError(
        "backup.directory",
        Text(
            f"不能备份到 {directory}：{reason}。目录及其上级须能由本程序写入、由数据库账户进入。",
            f"Cannot back up to {directory}: {reason}. This program must be able to write there, and the "
            "database's account to enter it.",
        ),
    )


@contextmanager
def _alone(archive: Archive) -> Iterator[None]:
    """Keep a second backup of the same installation, and a restore from it, out."""
    with writing(archive.place / LOCK) as alone:
        if not alone:
            raise ConflictError(
                "backup.busy",
                Text(
                    "另一个备份或恢复正在使用该目录，请稍后再试。",
                    "Another backup or a restore uses the directory. Try again later.",
                ),
            )
        yield


def _check_can_archive(connection: psycopg.Connection[Any]) -> None:
    if _one(connection, "SHOW archive_mode")[0] != "on":
        raise ConflictError(
            "backup.restart",
            Text(
                "正在运行的数据库由旧版程序启动，尚不能归档。请停止全部 wufei 进程后再备份。",
                "The running database was started by an older version and cannot archive. Stop every wufei "
                "process, then back up.",
            ),
        )


def _archive_from_now(
    holder: Holder, account: Account, archive: Archive, connection: psycopg.Connection[Any]
) -> None:
    write_archive(holder.data_dir, archive)
    configure_archive(holder.data_dir, holder.data_dir / cluster.CLUSTER, account)
    connection.execute("SELECT pg_reload_conf()")
    expected = archive_command(archive.wal)
    until = time.monotonic() + ARCHIVED_WITHIN_S
    # Each process takes the new settings at its next leisure; this one stands for the others.
    while _one(connection, "SHOW archive_command")[0] != expected:
        if time.monotonic() > until:
            raise _not_archived(expected)
        time.sleep(POLL_S)


def _base(holder: Holder, account: Account, archive: Archive, report: Report) -> Base:
    """Copy the data directory under a draft's name; it gets its own when everything is there and checked."""
    _discard_drafts(archive)
    started_at = _now(holder)
    draft = archive.place / f".draft-{stamp(started_at)}"
    draft.mkdir(mode=0o700)
    account.share(draft)
    data = draft / DATA
    data.mkdir(mode=0o700)
    account.own(data)
    report(Text("正在备份数据库……", "Backing the database up …"))
    _run_basebackup(holder, account, data)
    report(Text("正在校验备份……", "Checking the backup …"))
    verify_base(data)
    names = copy_private(holder.data_dir, draft / PRIVATE)
    write_archive(holder.data_dir, replace(archive, private=names))
    with holder.connect() as connection:
        finished_at, version, segment_bytes = _one(
            connection,
            "SELECT clock_timestamp(), current_setting('server_version'), setting::bigint "
            "FROM pg_settings WHERE name = 'wal_segment_size'",
        )
        base = Base(
            id=stamp(started_at),
            started_at=started_at,
            finished_at=finished_at,
            first_segment=first_segment((data / "backup_label").read_text("utf8")),
            last_segment=_archived(connection, archive),
            segment_bytes=segment_bytes,
            size_bytes=sum(path.stat().st_size for path in data.rglob("*") if path.is_file()),
            version=version,
        )
    write_private(draft / BASE_RECORD, json.dumps(base.as_json(), indent=2) + "\n")
    draft.rename(archive.place / base.id)
    synced(archive.place)
    return base


def _check_unbroken(archive: Archive, base: Base) -> None:
    """Look that no segment was let go between the first backup's settings and their coming into force."""
    missing = holdings.read_holdings(archive.place).chain_from(base).missing
    if missing:
        raise _not_archived(missing)


def _discard_drafts(archive: Archive) -> None:
    for left in archive.place.glob(".draft-*"):
        shutil.rmtree(left)


def _run_basebackup(holder: Holder, account: Account, target: Path) -> None:
    with holder.connect() as connection:
        durable = _one(connection, "SHOW fsync")[0] == "on"
    arguments = (
        *(() if durable else ("--no-sync",)),
        f"--pgdata={target}",
        f"--host={holder.endpoint.host}",
        f"--port={holder.endpoint.port}",
        f"--username={cluster.SUPERUSER}",
        "--no-password",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
    )
    program = reachable_program("pg_basebackup", account, holder.data_dir)
    with password_file(account, cluster.SUPERUSER, holder.secrets.superuser) as variables:
        done = account.run(program, *arguments, variables=variables)
    if done.returncode != 0:
        raise _failed(cluster.tail(done.stdout))


def _failed(reason: str) -> ExternalError:
    return ExternalError(
        "backup.failed",
        Text(
            f"备份失败：{reason}。已有的备份不受影响。", f"The backup failed: {reason}. Others are untouched."
        ),
    )


def _archived(connection: psycopg.Connection[Any], archive: Archive) -> str:
    """Close the log's present segment with an ended transaction, and wait until it is archived."""
    failed = _one(connection, "SELECT failed_count FROM pg_stat_archiver")[0]
    # Its end says up to which instant the archive is known to be whole.
    connection.execute("SELECT pg_current_xact_id()")
    # One byte back, for the position that it gives is the first behind the segment's content.
    name = str(_one(connection, "SELECT pg_walfile_name(pg_switch_wal() - 1)")[0])
    until = time.monotonic() + ARCHIVED_WITHIN_S
    while not holdings.packed(archive.wal, name).exists():
        count, last = _one(connection, "SELECT failed_count, last_failed_wal FROM pg_stat_archiver")
        if count > failed or time.monotonic() > until:
            raise _not_archived(last or name)
        time.sleep(POLL_S)
    return name


def _not_archived(what: str) -> ExternalError:
    return ExternalError(
        "backup.not-archived",
        Text(
            f"日志 {what} 未能归档。请检查备份目录所在的磁盘与 server.log；数据库会保留日志并不断重试。",
            f"The log {what} could not be archived. Look at the disk of the backup directory and at "
            "server.log; the database keeps its log and tries again.",
        ),
    )


def _prune(archive: Archive, account: Account, data_dir: Path, keep: int) -> None:
    """Remove the base backups beyond ``keep``, and the log and the marks before the oldest that stays."""
    held = holdings.read_holdings(archive.place)
    for base in surplus(held.bases, keep):
        # Renamed first: a backup that is half removed must never look like one.
        (archive.place / base.id).rename(archive.place / f".draft-{base.id}")
    _discard_drafts(archive)
    kept = holdings.read_holdings(archive.place)
    oldest = min(kept.bases, key=lambda base: base.finished_at)
    holdings.write_marks(archive.place, [mark for mark in kept.marks if mark.at >= oldest.finished_at])
    program = reachable_program("pg_archivecleanup", account, data_dir)
    arguments = ("--strip-extension=.gz", "--clean-backup-history", str(archive.wal), oldest.first_segment)
    done = account.run(program, *arguments)
    if done.returncode != 0:
        raise _failed(cluster.tail(done.stdout))


def _size_bytes(connection: psycopg.Connection[Any]) -> int:
    return int(_one(connection, "SELECT sum(pg_database_size(oid)) FROM pg_database")[0])


def _now(holder: Holder) -> datetime:
    with holder.connect() as connection:
        now: datetime = _one(connection, "SELECT clock_timestamp()")[0]
    return now


def _one(connection: psycopg.Connection[Any], statement: Any, *values: object) -> tuple[Any, ...]:
    found = connection.execute(statement, values or None).fetchone()
    return tuple(found or ())
