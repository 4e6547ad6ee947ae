"""Have files looked through for viruses: by clamd, or by a command; what cannot be scanned stays held."""

from __future__ import annotations

import shlex
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connections, transaction

from wufei.kernel.errors import ExternalError
from wufei.kernel.text import Text
from wufei.runtime.files.core.rows import STORE, place_of_content

CHUNK_BYTES = 1 << 20
WITHIN_S = 60.0
_ANSWER_BYTES_MAX = 4096
_BATCH = 20
_CLAMD_PORT = 3310
_FOUND_MAX = 200
_HELD = """
    SELECT id, sha256 FROM files_file WHERE state = 'held' ORDER BY kept_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
_SCANNED = "UPDATE files_file SET state = %s, found = %s, scanned_at = %s WHERE id = %s"


def scan_held(scanner: str, data_dir: Path, *, now: datetime) -> int:
    """Scan the files that are held, the oldest first, and give how many were scanned.

    Parameters
    ----------
    scanner : str
        ``clamd://host:port``, ``unix:/path/of/clamd.socket``, or a command that reads the file from its
        standard input and ends with 0 (clean) or 1 (a virus, named in its output), as clamscan does.

    Raises
    ------
    ExternalError
        ``files.scanner``: it does not answer as it should. What was not scanned stays held.
    """
    with transaction.atomic(using="system"), connections["system"].cursor() as cursor:
        cursor.execute(_HELD, [_BATCH])
        waiting = cursor.fetchall()
    for file_id, sha256 in waiting:
        path = data_dir / STORE / place_of_content(sha256)
        if not path.is_file():
            # The nightly comparison tells of it; others are not held up.
            continue
        found = scan(scanner, path)
        with connections["system"].cursor() as cursor:
            cursor.execute(_SCANNED, ["refused" if found else "kept", found[:_FOUND_MAX], now, file_id])
    return len(waiting)


def scan(scanner: str, path: Path) -> str:
    """Name the virus in a file; empty if there is none."""
    try:
        if scanner.startswith(("clamd://", "unix:")):
            return _by_clamd(scanner, path)
        return _by_command(scanner, path)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise _no_answer(scanner, str(error)) from error


def ping(scanner: str) -> str:
    """Say what is the matter with the scanner; empty if it answers. A command is known only by using it."""
    if not scanner.startswith(("clamd://", "unix:")):
        return ""
    try:
        with _connected(scanner) as connection:
            connection.sendall(b"zPING\0")
            answer = _answer(connection)
    except (OSError, ValueError) as error:
        return str(error) or type(error).__name__
    return "" if answer == "PONG" else answer


def _by_clamd(scanner: str, path: Path) -> str:
    """Send a file as INSTREAM: chunks behind their lengths (4 bytes, network order), at the end a 0."""
    with _connected(scanner) as connection, path.open("rb") as content:
        connection.sendall(b"zINSTREAM\0")
        while chunk := content.read(CHUNK_BYTES):
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
        answer = _answer(connection)
    said = answer.removeprefix("stream: ")
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    if said != "OK":
        raise _no_answer(scanner, answer)
    return ""


def _by_command(command: str, path: Path) -> str:
    with path.open("rb") as content:
        done = subprocess.run(
            shlex.split(command), stdin=content, capture_output=True, timeout=WITHIN_S, check=False
        )
    said = done.stdout.decode("utf8", "replace").strip()
    if done.returncode == 1:
        return said.splitlines()[0] if said else "found"
    if done.returncode != 0:
        raise _no_answer(command, done.stderr.decode("utf8", "replace").strip() or str(done.returncode))
    return ""


@contextmanager
def _connected(scanner: str) -> Iterator[socket.socket]:
    if scanner.startswith("unix:"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(WITHIN_S)
            connection.connect(scanner.removeprefix("unix:"))
            yield connection
        return
    parts = urlsplit(scanner)
    with socket.create_connection((parts.hostname or "", parts.port or _CLAMD_PORT), WITHIN_S) as connection:
        yield connection


def _answer(connection: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < _ANSWER_BYTES_MAX:
        more = connection.recv(_ANSWER_BYTES_MAX)
        if not more:
            break
        said += more
    return said.rstrip(b"\0\n").decode("utf8", "replace")


def _no_answer(scanner: str, reason: str) -> ExternalError:
    message = Text(
        f"查毒程序 {scanner} 没有正常应答：{reason[:200]}。文件保持“待查毒”。请检查它是否在运行。",
        f"The virus scanner {scanner} did not answer as it should: {reason[:200]}. "
        "Files stay held. Is it running?",
    )
    return ExternalError("files.scanner", message)
