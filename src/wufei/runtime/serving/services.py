"""Serve the site on this machine, until it is told to stop."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

from django.db import connections
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text

TARGET = "wufei.runtime.wsgi:application"
THREADS_PER_WORKER = 4
WORKERS_MAX = 2
STOP_WITHIN_S = 5
POLL_S = 0.05


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = WORKERS_MAX,
    on_ready: Callable[[str], None],
) -> None:
    """Answer requests until SIGINT or SIGTERM; requests under way are finished.

    Parameters
    ----------
    host, port : str, int
        Where to listen; loopback by default. Port 0 takes a free one.
    workers : int
        Processes that answer.
    on_ready : callable
        Told the address as soon as the port is open.

    Raises
    ------
    ConflictError
        ``serving.port``: the port is taken, or not ours to take.
    """
    free = free_port(host, port)
    # Workers are forked: a connection that two processes share would answer one with the other's rows.
    connections.close_all()
    server = Granian(
        TARGET,
        address=host,
        port=free,
        interface=Interfaces.WSGI,
        workers=max(1, min(workers, WORKERS_MAX)),
        blocking_threads=THREADS_PER_WORKER,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN_S,
    )
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host  # noqa: S104 - compared, not bound
    waiting = threading.Thread(
        target=_tell_when_open, args=[host, free, lambda: on_ready(f"http://{shown}:{free}/")], daemon=True
    )
    server.on_startup(waiting.start)
    server.serve()


def _tell_when_open(host: str, port: int, tell: Callable[[], None]) -> None:
    """Wait until a worker listens, then tell: an address that is shown has to answer."""
    while True:
        try:
            socket.create_connection((host, port), timeout=POLL_S).close()
        except OSError:
            time.sleep(POLL_S)
        else:
            tell()
            return


def free_port(host: str, port: int) -> int:
    """Give the port if it can be taken, or any free one for port 0.

    Raises
    ------
    ConflictError
        ``serving.port``.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConflictError(
                "serving.port",
                Text(
                    f"无法监听 {host}:{port}（{error.strerror}）。"
                    "请停止占用该端口的程序，或用 --port 换一个端口。",
                    f"{host}:{port} cannot be listened on ({error.strerror}). Stop the program that uses it, "
                    "or choose another with --port.",
                ),
            ) from error
        return int(probe.getsockname()[1])
