"""Room for whole database directories, short enough for a socket."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    """A directory that the server's account may enter, as pytest's own may not be."""
    path = Path(tempfile.mkdtemp(prefix="wufei-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def target(room: Path) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(dir=room, prefix="restored-"))
    path.rmdir()
    yield path
    shutil.rmtree(path, ignore_errors=True)
