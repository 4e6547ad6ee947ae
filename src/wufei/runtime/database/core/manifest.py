"""The manifest that `pg_basebackup` writes: every file of a base backup with its checksum."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text

LAST_LINE = b'"Manifest-Checksum"'


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A file of a base backup: its path in it, its size in bytes, its SHA-256 in hexadecimal digits."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LogRange:
    """A part of the log without which a base backup is not consistent."""

    timeline: int
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a base backup holds."""

    files: tuple[ManifestFile, ...]
    ranges: tuple[LogRange, ...]


def read_manifest(content: bytes) -> Manifest:
    """Read a manifest, after a look that it is as it was written.

    Raises
    ------
    ConflictError
        ``backup.damaged``.

    References
    ----------
    PostgreSQL 18, chapter "Backup Manifest Format": the checksum is of all bytes before its own line.
    """
    try:
        values = json.loads(content)
        if hashlib.sha256(content[: content.rindex(LAST_LINE)]).hexdigest() != values["Manifest-Checksum"]:
            raise damaged("backup_manifest")
        files = tuple(
            ManifestFile(
                entry["Path"] if "Path" in entry else bytes.fromhex(entry["Encoded-Path"]).decode("utf8"),
                int(entry["Size"]),
                entry["Checksum"],
            )
            for entry in values["Files"]
        )
        ranges = tuple(
            LogRange(int(entry["Timeline"]), entry["Start-LSN"], entry["End-LSN"])
            for entry in values["WAL-Ranges"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(f"backup_manifest: {error}") from error
    return Manifest(files, ranges)


def damaged(reason: str) -> ConflictError:
    """Say that a base backup is not what was written."""
    return ConflictError(
        "backup.damaged",
        Text(
            f"备份已损坏，未通过校验：{reason}。请把这份备份移出目录后再试（会从前一份开始），并检查磁盘。",
            f"The backup is damaged: {reason}. Move it elsewhere and try again, so that the one before it is "
            "used; look at the disk it is on.",
        ),
    )
