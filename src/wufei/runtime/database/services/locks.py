"""Locks of the data directory: one for starting and stopping, one shared by everybody who uses the server."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUPERVISOR_LOCK = "supervisor.lock"
HOLDERS_LOCK = "holders.lock"


@contextmanager
def supervising(data_dir: Path) -> Iterator[None]:
    """Wait until nobody else starts or stops the server of this directory, and keep it so."""
    descriptor = _opened(data_dir / SUPERVISOR_LOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def hold(data_dir: Path) -> int:
    """Join the holders of the server; the lock ends with the process, even a killed one.

    To be called when supervising.
    """
    descriptor = _opened(data_dir / HOLDERS_LOCK)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def leave(descriptor: int) -> bool:
    """Leave the holders and say whether nobody is left. Call when supervising.

    A shared lock turns into an exclusive one exactly if no other holder lives.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@contextmanager
def writing(path: Path) -> Iterator[bool]:
    """Lock a file against every other user of it, and say whether that was possible at once."""
    descriptor = _opened(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Wait for the writer at work, then keep others out while this reads; no lock file, no writer."""
    if not path.exists():
        yield
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def is_held(data_dir: Path) -> bool:
    """Say whether any process holds the server."""
    path = data_dir / HOLDERS_LOCK
    if not path.exists():
        return False
    descriptor = _opened(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
