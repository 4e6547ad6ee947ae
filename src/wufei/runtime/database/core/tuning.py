"""Memory and durability settings of the embedded server, derived from the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wufei.runtime.database.core.wal import NO_ARCHIVE

MEGABYTE = 1 << 20

SHARED_MEMORY_MIN_BYTES = 512 * MEGABYTE
"""Below this much ``/dev/shm`` (containers give 64 MB) parallel queries keep their shared memory in files."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine offers: memory and the size of ``/dev/shm``, in bytes."""

    memory_bytes: int
    shared_memory_bytes: int


def server_settings(machine: Machine, *, durable: bool = True) -> dict[str, str]:
    """Give modest settings: a sixteenth of the memory for the shared cache, the rest left to the system.

    Parameters
    ----------
    machine : Machine
        The machine the server runs on.
    durable : bool
        False only for servers of tests, which may lose everything.
    """
    settings = {
        "shared_buffers": _megabytes(machine.memory_bytes // 16, 64, 2048),
        "effective_cache_size": _megabytes(machine.memory_bytes // 2, 256, 1 << 20),
        "work_mem": _megabytes(machine.memory_bytes // 512, 4, 64),
        "maintenance_work_mem": _megabytes(machine.memory_bytes // 32, 32, 1024),
        "max_wal_size": "2GB",
        "wal_compression": "on",
        "max_connections": "100",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "password_encryption": "scram-sha-256",
        "log_min_duration_statement": "5s",
        # On from the start, for a server cannot begin to archive later without a restart.
        "archive_mode": "on",
        "archive_command": NO_ARCHIVE,
    }
    if machine.shared_memory_bytes < SHARED_MEMORY_MIN_BYTES:
        settings["dynamic_shared_memory_type"] = "mmap"
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def as_configuration(settings: Mapping[str, str]) -> str:
    """Write settings as the lines of a PostgreSQL configuration file."""
    return "".join(f"{name} = '{_quoted(value)}'\n" for name, value in settings.items())


def _megabytes(size_bytes: int, low_mb: int, high_mb: int) -> str:
    return f"{min(max(size_bytes // MEGABYTE, low_mb), high_mb)}MB"


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
