"""Carry the files of the store into the backup and back: named by their SHA-256, none ever changes."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from wufei.runtime.database.services.archive import read_archive

CONTENTS = "files"
"""The store in the data directory, and its copy in a history of the backup."""

READ_BYTES = 1 << 20


def copy_contents(data_dir: Path) -> int:
    """Copy what is in the store and not yet in the backup, and give how many files that were.

    A file is in the store before its row is in the database, so a copy made after the log misses none.
    """
    archive = read_archive(data_dir)
    if archive is None or not archive.place.is_dir() or not (data_dir / CONTENTS).is_dir():
        return 0
    parts = sorted(path for path in (data_dir / CONTENTS).iterdir() if path.is_dir())
    return sum(_copy_part(part, archive.place / CONTENTS / part.name) for part in parts)


def restore_contents(place: Path, data_dir: Path) -> tuple[int, list[str]]:
    """Bring the files back from a history of the backup; give how many, and which are damaged (left out)."""
    copied, damaged = 0, []
    for source in sorted((place / CONTENTS).glob("??/*")):
        if source.name.startswith("."):
            continue
        target = data_dir / CONTENTS / source.parent.name / source.name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with source.open("rb") as read, target.open("xb") as written:
            while chunk := read.read(READ_BYTES):
                digest.update(chunk)
                written.write(chunk)
        if digest.hexdigest() == source.parent.name + source.name:
            copied += 1
        else:
            target.unlink()
            damaged.append(str(source))
    return copied, damaged


def _copy_part(source: Path, target: Path) -> int:
    # A directory changes when a file comes into it: the copy bears the same time, and what is equal is done.
    changed_ns = source.stat().st_mtime_ns
    if target.is_dir() and target.stat().st_mtime_ns == changed_ns:
        return 0
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    known, copied = {path.name for path in target.iterdir()}, 0
    for path in source.iterdir():
        if path.name.startswith(".") or path.name in known:
            continue
        draft = target / f".draft-{path.name}"
        draft.unlink(missing_ok=True)
        _link_or_copy(path, draft)
        draft.rename(target / path.name)
        copied += 1
    os.utime(target, ns=(changed_ns, changed_ns))
    return copied


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:
        # Another disk, or one without links.
        shutil.copyfile(source, target)
        with target.open("rb") as written:
            os.fsync(written.fileno())
