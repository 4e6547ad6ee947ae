"""What a backup directory holds: histories, their base backups and marks, and how far their log goes."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wufei.kernel.errors import ConflictError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.database.core.backups import (
    Base,
    Bounds,
    Mark,
    is_stamp,
    last_known_segment,
    read_base,
    read_mark,
)
from wufei.runtime.database.core.wal import PACKED, SEGMENT, Chain, chain, last_ended
from wufei.runtime.database.services.account import own_account
from wufei.runtime.database.services.archive import BASE_RECORD, DATA, WAL
from wufei.runtime.database.services.binaries import program
from wufei.runtime.database.services.secrets import write_private

MARKS = "marks.json"
READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Holdings:
    """One history in a backup directory."""

    place: Path
    bases: tuple[Base, ...]
    marks: tuple[Mark, ...]

    @property
    def wal(self) -> Path:
        """Where its archived log is."""
        return self.place / WAL

    def bounds(self) -> Bounds:
        """Give the span of instants that can be restored from its first base backup on."""
        first = min(self.bases, key=lambda base: base.finished_at)
        return Bounds(first.finished_at, last_ended_in(self.wal, self.chain_from(first)))

    def chain_from(self, base: Base) -> Chain:
        """Follow the log from the start of a base backup, whose own part lies in the backup too."""
        names = {path.name for path in (self.place / base.id / DATA / "pg_wal").iterdir()}
        names |= {path.name.removesuffix(PACKED) for path in self.wal.iterdir() if path.suffix == PACKED}
        segments = {name for name in names if SEGMENT.fullmatch(name)}
        last = last_known_segment(self.bases, self.marks)
        return chain(segments, base.first_segment, base.segment_bytes, last=last)


def histories(directory: Path) -> list[Holdings]:
    """List the histories in a backup directory, or the one that it is itself; the latest last.

    Raises
    ------
    NotFoundError
        The directory does not exist.
    ConflictError
        ``restore.no-backup``: it holds no backup; ``backup.record-damaged``.
    """
    if not directory.is_dir():
        raise NotFoundError(
            "backup", directory, Text("目录不存在，或磁盘未挂载。", "No such directory; is the disk mounted?")
        )
    places = [directory, *sorted(path for path in directory.iterdir() if path.is_dir())]
    found = [read_holdings(place) for place in places if (place / WAL).is_dir()]
    found = [held for held in found if held.bases]
    if not found:
        raise ConflictError(
            "restore.no-backup",
            Text(
                f"{directory} 里没有完整的备份。请给出 wufei backup 写入的目录。",
                f"{directory} holds no complete backup. Name the directory that wufei backup wrote to.",
            ),
        )
    return sorted(found, key=lambda held: max(base.finished_at for base in held.bases))


def read_holdings(place: Path) -> Holdings:
    """Read which base backups and marks a history has.

    Raises
    ------
    ConflictError
        ``backup.record-damaged``.
    """
    bases, path = [], place / MARKS
    try:
        for entry in sorted(place.iterdir()):
            if is_stamp(entry.name):
                path = entry / BASE_RECORD
                bases.append(read_base(json.loads(path.read_text("utf8"))))
        path = place / MARKS
        marks = [read_mark(values) for values in json.loads(path.read_text("utf8"))] if path.exists() else []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConflictError(
            "backup.record-damaged",
            Text(
                f"备份记录 {path} 缺失或损坏：{error}。请把这份备份移出目录后再试。",
                f"The record {path} of a backup is missing or damaged: {error}. Move that backup elsewhere "
                "and try again.",
            ),
        ) from error
    return Holdings(place, tuple(bases), tuple(marks))


def write_marks(place: Path, marks: Sequence[Mark]) -> None:
    """Write the marks of a history."""
    text = json.dumps([mark.as_json() for mark in marks], ensure_ascii=False, indent=2)
    write_private(place / MARKS, text + "\n")


def packed(wal: Path, segment: str) -> Path:
    """Give the archived file of a segment."""
    return wal / f"{segment}{PACKED}"


def whole(wal: Path, found: Chain) -> Chain:
    """Read a chain through and end it at the first segment whose checksum does not hold."""
    for index, name in enumerate(found.segments):
        path = packed(wal, name)
        if path.exists() and not _is_whole(path):
            return Chain(found.segments[:index], name)
    return found


def last_ended_in(wal: Path, found: Chain) -> datetime | None:
    """Say when the last transaction in a chain ended; None if none did, or none of it is in the archive."""
    archived = [name for name in found.segments if packed(wal, name).exists()]
    with tempfile.TemporaryDirectory(prefix="wufei-") as scratch:
        for name in reversed(archived):
            try:
                with gzip.open(packed(wal, name)) as source, Path(scratch, name).open("wb") as target:
                    shutil.copyfileobj(source, target, READ_BYTES)
            except (OSError, EOFError, zlib.error):
                return None
            # It ends with a complaint about what follows the last record: only the list counts.
            arguments = ("--rmgr=Transaction", f"--path={scratch}", name, archived[-1])
            ended = last_ended(own_account().run(program("pg_waldump"), *arguments).stdout)
            if ended is not None:
                return ended
    return None


def _is_whole(path: Path) -> bool:
    try:
        with gzip.open(path) as file:
            while file.read(READ_BYTES):
                pass
    except (OSError, EOFError, zlib.error):
        return False
    return True
