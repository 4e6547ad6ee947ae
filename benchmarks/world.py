"""A database of its own for the benchmarks, in a folder that goes away."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wufei.runtime.database.services import migrate
from wufei.runtime.environment import environment
from wufei.runtime.process import running


@contextmanager
def world() -> Iterator[Path]:
    """Open an empty, migrated database in a folder that goes away, and give the folder."""
    folder = Path(tempfile.mkdtemp(prefix="wufei-bench-"))
    # Run by root, the server is another account and must be able to pass through.
    folder.chmod(0o711)
    os.environ["WUFEI_DATA_DIR"] = str(folder / "data")
    try:
        with running(environment()):
            migrate()
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
