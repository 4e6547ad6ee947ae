"""Compare a base backup with its manifest, as `pg_verifybackup` does.

The one in the wheel (0.6.0) does not start: its dynamic section lies outside of what is loaded.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from wufei.runtime.database.core.manifest import LogRange, damaged, read_manifest
from wufei.runtime.database.services.account import own_account
from wufei.runtime.database.services.binaries import program
from wufei.runtime.database.services.cluster import tail

MANIFEST = "backup_manifest"
LOG_DIR = "pg_wal"
"""Not in the manifest: its part that is needed is read instead."""


def verify_base(data: Path) -> None:
    """Check that a base backup has every file of its manifest, unchanged, no other, and the log it needs.

    Raises
    ------
    ConflictError
        ``backup.damaged``: names the first file that differs.
    """
    path = data / MANIFEST
    if not path.exists():
        raise damaged(MANIFEST)
    manifest = read_manifest(path.read_bytes())
    listed = {file.path for file in manifest.files} | {MANIFEST}
    found = {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}
    found = {name for name in found if not name.startswith(f"{LOG_DIR}/")}
    for name in sorted(listed ^ found):
        raise damaged(name)
    for file in manifest.files:
        path = data / file.path
        if path.stat().st_size != file.size_bytes or _sha256(path) != file.sha256:
            raise damaged(file.path)
    for part in manifest.ranges:
        _read_log(data, part)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_log(data: Path, part: LogRange) -> None:
    done = own_account().run(
        program("pg_waldump"),
        "--quiet",
        f"--path={data / LOG_DIR}",
        f"--timeline={part.timeline}",
        f"--start={part.start}",
        f"--end={part.end}",
    )
    if done.returncode != 0:
        raise damaged(tail(done.stdout))
