"""Compare the rows of the store with the disk: content that is missing, and content that no row names."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from django.db import connections

from wufei.runtime.files.core.rows import STORE
from wufei.runtime.files.models import Comparison

EXAMPLES_MAX = 10
_ROWS = "SELECT DISTINCT sha256, size_bytes FROM files_file WHERE sha256 LIKE %s AND kept_at <= %s"


def compare(data_dir: Path, *, now: datetime) -> None:
    """Count contents, missing (or of another size) and orphaned ones, and note it; nothing is repaired.

    One of 256 parts of the store is in memory at a time. A file kept meanwhile is left out of both counts.
    """
    contents = missing = orphans = 0
    examples: list[str] = []
    for number in range(256):
        prefix = f"{number:02x}"
        on_disk = _on_disk(data_dir / STORE / prefix, prefix, now)
        with connections["system"].cursor() as cursor:
            cursor.execute(_ROWS, [f"{prefix}%", now])
            known = dict(cursor.fetchall())
        lost = sorted(sha256 for sha256, size in known.items() if on_disk.get(sha256) != size)
        spare = sorted(set(on_disk) - set(known))
        contents += len(known)
        missing += len(lost)
        orphans += len(spare)
        examples += [f"- {sha256}" for sha256 in lost] + [f"+ {sha256}" for sha256 in spare]
        del examples[EXAMPLES_MAX:]
    Comparison.objects.using("system").create(
        compared_at=now, contents=contents, missing=missing, orphans=orphans, examples=examples
    )


def _on_disk(directory: Path, prefix: str, now: datetime) -> dict[str, int]:
    if not directory.is_dir():
        return {}
    found = {}
    with os.scandir(directory) as entries:
        for entry in entries:
            seen = entry.stat()
            if not entry.name.startswith(".") and seen.st_mtime <= now.timestamp():
                found[prefix + entry.name] = seen.st_size
    return found
