"""Where this installation's log is archived to, and the server's settings for it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text
from wufei.runtime.database.core.backups import PRIVATE_FILES, is_stamp
from wufei.runtime.database.core.tuning import as_configuration
from wufei.runtime.database.core.wal import archive_settings
from wufei.runtime.database.services.account import Account
from wufei.runtime.database.services.secrets import write_private

RECORD = "backup.json"
CONFIGURATION = "archive.conf"
WAL, DATA, PRIVATE, BASE_RECORD, LOCK = "wal", "data", "private", "base.json", "lock"


@dataclass(frozen=True, slots=True)
class Archive:
    """The backup directory of an installation, and the directory in it that holds this history of it.

    A restored or upgraded installation begins a history of its own: two servers never write to one archive.

    Attributes
    ----------
    directory : Path
        The backup directory.
    history : str
        The name of the directory in it.
    private : tuple of str
        The private files that its latest base backup holds.
    """

    directory: Path
    history: str
    private: tuple[str, ...] = ()

    @property
    def place(self) -> Path:
        """Where the base backups, the log and the marks are."""
        return self.directory / self.history

    @property
    def wal(self) -> Path:
        """Where the server archives its log."""
        return self.place / WAL


def read_archive(data_dir: Path) -> Archive | None:
    """Give where the log of an installation is archived to; None before its first backup."""
    path = data_dir / RECORD
    if not path.exists():
        return None
    try:
        values = json.loads(path.read_text("utf8"))
        private = tuple(str(name) for name in values["private"])
        return Archive(Path(values["directory"]), str(values["history"]), private)
    except (ValueError, KeyError, TypeError) as error:
        raise ConflictError(
            "backup.record-damaged",
            Text(
                f"{path} 已损坏。请删除它，然后执行 wufei backup，重新开始备份。",
                f"{path} is damaged. Remove it, then run wufei backup to begin backups anew.",
            ),
        ) from error


def write_archive(data_dir: Path, archive: Archive) -> None:
    """Remember where the log of an installation is archived to."""
    values = asdict(archive) | {"directory": str(archive.directory)}
    write_private(data_dir / RECORD, json.dumps(values, ensure_ascii=False, indent=2) + "\n")


def configure_archive(data_dir: Path, cluster_dir: Path, account: Account) -> None:
    """Write the archive's settings for the server; none where nothing is set up.

    Written anew at every start: a restored or copied data directory never goes on in another one's archive.
    """
    archive = read_archive(data_dir)
    path, draft = cluster_dir / CONFIGURATION, cluster_dir / f"{CONFIGURATION}.new"
    draft.write_text(as_configuration(archive_settings(archive.wal)) if archive else "", "utf8")
    account.own(draft)
    draft.replace(path)


def keep_private(data_dir: Path) -> None:
    """Add private files that were made after the latest base backup, such as the key of the first sealing.

    The backup's disk is looked at only if there are any, and may be away: no command must fail for that.
    """
    try:
        archive = read_archive(data_dir)
        if archive is None or not set(_private(data_dir)) - set(archive.private):
            return
        bases = sorted(path for path in archive.place.iterdir() if is_stamp(path.name))
        if bases:
            names = copy_private(data_dir, bases[-1] / PRIVATE)
            write_archive(data_dir, replace(archive, private=names))
    except (OSError, ConflictError):
        return


def copy_private(source: Path, target: Path) -> tuple[str, ...]:
    """Copy the private files that are missing in a directory, each with its checksum, and name them all."""
    target.mkdir(mode=0o700, exist_ok=True)
    names = _private(source)
    for name in names:
        if not (target / name).exists():
            text = (source / name).read_text("utf8")
            write_private(target / f"{name}.sha256", hashlib.sha256(text.encode()).hexdigest() + "\n")
            write_private(target / name, text)
    return names


def _private(data_dir: Path) -> tuple[str, ...]:
    return tuple(name for name in PRIVATE_FILES if (data_dir / name).exists())


def restore_private(bases: list[Path], target: Path) -> None:
    """Bring the private files back from the first of several base backups that has them.

    Raises
    ------
    ConflictError
        ``restore.private-damaged``: a file is not the one that was kept; ``restore.private-missing``.
    """
    for name in PRIVATE_FILES:
        found = next((base / PRIVATE / name for base in bases if (base / PRIVATE / name).exists()), None)
        if found is None:
            continue
        text = found.read_text("utf8", errors="replace")
        kept = found.with_name(f"{name}.sha256")
        if not kept.exists() or hashlib.sha256(text.encode()).hexdigest() != kept.read_text("utf8").strip():
            raise ConflictError(
                "restore.private-damaged",
                Text(
                    f"备份中的 {found} 已损坏（校验和不符）。请改用另一份备份中的同名文件。",
                    f"{found} in the backup is damaged: its checksum differs. Use the one of another backup.",
                ),
            )
        write_private(target / name, text)
    if not (target / PRIVATE_FILES[0]).exists():
        raise ConflictError(
            "restore.private-missing",
            Text(
                f"备份中没有 {PRIVATE_FILES[0]}，没有它数据库打不开。请从保存私密文件的地方补齐。",
                f"The backup has no {PRIVATE_FILES[0]}, without which the database does not open.",
            ),
        )


def check_room(directory: Path, needed_bytes: int) -> None:
    """Refuse to fill a disk.

    Raises
    ------
    ConflictError
        ``backup.disk-full``.
    """
    free_bytes = shutil.disk_usage(directory).free
    if free_bytes < needed_bytes:
        free_mb, needed_mb = free_bytes >> 20, needed_bytes >> 20
        raise ConflictError(
            "backup.disk-full",
            Text(
                f"{directory} 所在磁盘剩余 {free_mb} MB，需要约 {needed_mb} MB。请清理，或换更大的磁盘。",
                f"The disk of {directory} has {free_mb} MB left; about {needed_mb} MB are needed. Free some "
                "space, or choose a larger disk.",
            ),
        )


def waiting_segments(data_dir: Path) -> int:
    """Count the segments of the log that wait to be archived; many mean that it does not succeed."""
    status = data_dir / "postgres" / "pg_wal" / "archive_status"
    return sum(1 for path in status.iterdir() if path.suffix == ".ready") if status.is_dir() else 0


def synced(path: Path) -> None:
    """Make sure that what a directory lists outlasts a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
