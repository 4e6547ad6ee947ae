"""Where a database server answers, and how its address is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

SOCKET_PATH_MAX_BYTES = 100
"""The kernel allows 107 bytes for the address of a Unix socket; a few stay free."""

EMBEDDED_PORT = 5432
SOCKET_FILE = f".s.PGSQL.{EMBEDDED_PORT}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The place where a server answers: a socket directory or a host name, and a port."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Address:
    """A whole address of an external database, as ``WUFEI_DATABASE_URL`` gives it."""

    endpoint: Endpoint
    user: str
    password: str
    database: str
    options: tuple[tuple[str, str], ...]


def socket_directory(data_dir: Path, temporary_dir: Path) -> Path:
    """Give the directory for the server's socket: in the data directory, or a short one if that is long."""
    inside = data_dir / "run"
    if len(bytes(inside / SOCKET_FILE)) <= SOCKET_PATH_MAX_BYTES:
        return inside
    digest = hashlib.sha256(bytes(data_dir)).hexdigest()[:16]
    return temporary_dir / f"wufei-{digest}"


def parse_postmaster(text: str) -> tuple[int, Endpoint] | None:
    """Read ``postmaster.pid``: the server's process and its endpoint; None while it is incomplete.

    Notes
    -----
    Lines: process, data directory, start time, port, socket directory, listen address, shared memory, state.
    """
    lines = text.splitlines()
    if len(lines) < 6 or not lines[0].strip().isdigit() or not lines[3].strip().isdigit():
        return None
    socket, listen = lines[4].strip(), lines[5].strip()
    host = socket or ("127.0.0.1" if listen in {"*", ""} else listen)
    return int(lines[0]), Endpoint(host, int(lines[3]))


def parse_address(url: str) -> Address:
    """Read ``postgresql://user:password@host:port/database?sslmode=require``.

    Raises
    ------
    InputError
        ``database.address``: another scheme, or a part that is missing.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.username or not parts.path.strip("/"):
        raise InputError(
            "database.address",
            "WUFEI_DATABASE_URL",
            f"{parts.scheme}://{parts.hostname or ''}{parts.path}",
            Text(
                "WUFEI_DATABASE_URL 应形如 postgresql://用户:口令@主机:5432/数据库。",
                "WUFEI_DATABASE_URL must look like postgresql://user:password@host:5432/database.",
            ),
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "localhost")
    return Address(
        Endpoint(host, parts.port or EMBEDDED_PORT),
        unquote(parts.username),
        unquote(parts.password or ""),
        unquote(parts.path.strip("/")),
        tuple(sorted(options.items())),
    )
