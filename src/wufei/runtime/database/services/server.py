"""The life of the embedded server: the first holder starts it, everybody shares it, the last one stops it."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import psycopg

from wufei.kernel.errors import ConflictError, ExternalError, WufeiError
from wufei.kernel.text import Text
from wufei.runtime.database.core.endpoint import EMBEDDED_PORT, Endpoint, parse_postmaster, socket_directory
from wufei.runtime.database.services import cluster, locks
from wufei.runtime.database.services.account import Account, server_account
from wufei.runtime.database.services.archive import keep_private
from wufei.runtime.database.services.binaries import reachable_program
from wufei.runtime.database.services.secrets import Secrets, ensure_secrets

Report = Callable[[Text], None]

WITHOUT_LIMIT_S = 365 * 24 * 3600
"""Recovery after a crash takes as long as it takes; pg_ctl wants a number."""

POLL_S = 0.02
REPORT_EVERY_S = 3.0
GIVE_WAY_S = 20.0
STILL_DYING = ("already exists", "is still in use")
LOG_BYTES_MAX = 16 << 20
LOG = "server.log"


def silent(_: Text) -> None:
    """Report nothing."""


class Holder:
    """One process's share in a running server; release it, or use it as a context."""

    def __init__(self, data_dir: Path, endpoint: Endpoint, secrets: Secrets, descriptor: int) -> None:
        self.data_dir = data_dir
        self.endpoint = endpoint
        self.secrets = secrets
        self._descriptor: int | None = descriptor
        self._process_id = os.getpid()

    def connect(self, database: str = "postgres", user: str = cluster.SUPERUSER) -> psycopg.Connection:
        """Connect as the superuser or one of the three roles; only for supervision and tests."""
        passwords = {
            cluster.SUPERUSER: self.secrets.superuser,
            "wufei_owner": self.secrets.owner,
            "wufei_app": self.secrets.app,
            "wufei_system": self.secrets.system,
        }
        return psycopg.connect(
            host=self.endpoint.host,
            port=self.endpoint.port,
            user=user,
            password=passwords[user],
            dbname=database,
            autocommit=True,
        )

    def release(self) -> bool:
        """Leave the server and say whether it was stopped, because nobody else holds it."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return False
        if os.getpid() != self._process_id:
            # A forked child shares its parent's lock: it may close its copy, but never stop the server.
            os.close(descriptor)
            return False
        keep_private(self.data_dir)
        with locks.supervising(self.data_dir):
            last = locks.leave(descriptor)
            if last:
                _stop(self.data_dir)
        return last

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def start(
    data_dir: Path,
    *,
    durable: bool = True,
    report: Report = silent,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Holder:
    """Start the server of a data directory, or join it if it runs.

    Parameters
    ----------
    data_dir : Path
        Wufei's data directory; made with mode 700 (710 for the server's own group where root runs it).
    durable : bool
        False only for tests: what is written may be lost when the machine stops.
    report : callable
        Told about long steps, such as recovery after a crash.
    settings : mapping
        Settings of the server for this start alone, such as those of a restore.

    Raises
    ------
    ConflictError
        The data are of another major version, damaged, or in use by a server that is not ours.
    ExternalError
        The disk is full, or the server does not start for a reason that its log gives.
    """
    account = prepare(data_dir)
    with locks.supervising(data_dir):
        secrets = ensure_secrets(data_dir)
        endpoint = running(data_dir)
        if endpoint is None:
            _prepare_cluster(data_dir, account, secrets, durable=durable, report=report)
            _configure(data_dir, account, durable=durable, more=settings)
            endpoint = _started(data_dir, account, report)
        descriptor = locks.hold(data_dir)
    holder = Holder(data_dir, endpoint, secrets, descriptor)
    try:
        holder.connect().close()
    except psycopg.OperationalError as error:
        holder.release()
        raise _foreign(data_dir, str(error)) from error
    return holder


def prepare(data_dir: Path) -> Account:
    """Make the data directory private and give the account of the server.

    Raises
    ------
    ConflictError
        ``database.directory``: it belongs to another user; ``database.directory-closed``: a directory above
        it keeps the server out.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        account = server_account(data_dir / cluster.CLUSTER)
        account.share(data_dir)
    except PermissionError as error:
        raise ConflictError(
            "database.directory",
            Text(
                f"数据目录 {data_dir} 属于其他用户，无法使用。请以该用户运行，或改用另一个 WUFEI_DATA_DIR。",
                f"The data directory {data_dir} belongs to another user. Run as that user, or choose another "
                "WUFEI_DATA_DIR.",
            ),
        ) from error
    if account.switched and not account.enters(data_dir):
        raise _closed(data_dir, account)
    return account


def running(data_dir: Path) -> Endpoint | None:
    """Give the endpoint of the server that runs on this directory; wait while it starts or stops."""
    while True:
        found = _postmaster(data_dir)
        if found is None or not _is_alive(found[0]):
            return None
        answer = psycopg.pq.PGconn.ping(f"host='{found[1].host}' port={found[1].port}".encode())
        if answer == psycopg.pq.Ping.OK:
            return found[1]
        if answer != psycopg.pq.Ping.REJECT:
            # The process number was given to another program since the server died.
            return None
        time.sleep(POLL_S)


def expected_endpoint(data_dir: Path) -> Endpoint:
    """Give the endpoint of a running server, or the one it will have."""
    found = _postmaster(data_dir)
    return found[1] if found else Endpoint(str(_socket_dir(data_dir)), EMBEDDED_PORT)


def abandon(data_dir: Path) -> None:
    """Stop at once a server whose data are about to be thrown away, even one that is still starting."""
    cluster_dir = data_dir / cluster.CLUSTER
    if (cluster_dir / "postmaster.pid").exists():
        account = server_account(cluster_dir)
        arguments = ("stop", "--mode=immediate", "--wait", f"--pgdata={cluster_dir}")
        account.run(reachable_program("pg_ctl", account, data_dir), *arguments)


def _socket_dir(data_dir: Path) -> Path:
    return socket_directory(data_dir, Path(tempfile.gettempdir()))


def _postmaster(data_dir: Path) -> tuple[int, Endpoint] | None:
    try:
        return parse_postmaster((data_dir / cluster.CLUSTER / "postmaster.pid").read_text("utf8"))
    except (FileNotFoundError, PermissionError):
        return None


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _prepare_cluster(
    data_dir: Path, account: Account, secrets: Secrets, *, durable: bool, report: Report
) -> None:
    cluster_dir = data_dir / cluster.CLUSTER
    cluster.check_space(data_dir)
    cluster.finish_upgrade(cluster_dir)
    if not cluster_dir.exists():
        report(Text("正在建立数据库……", "Making the database …"))
        cluster.create(cluster_dir, account, secrets.superuser, durable=durable)
    cluster.check_version(cluster_dir)


def _configure(data_dir: Path, account: Account, *, durable: bool, more: Mapping[str, str]) -> None:
    socket_dir = _private_socket_dir(data_dir, account)
    cluster.configure(data_dir / cluster.CLUSTER, account, socket_dir, durable=durable, more=more)


def _started(data_dir: Path, account: Account, report: Report) -> Endpoint:
    cluster_dir = data_dir / cluster.CLUSTER
    _launch(cluster_dir, account, report)
    endpoint = running(data_dir)
    if endpoint is None:
        raise _refused(cluster_dir, _log_tail(cluster_dir / LOG, 0))
    return endpoint


def _private_socket_dir(data_dir: Path, account: Account) -> Path:
    path = _socket_dir(data_dir)
    path.mkdir(mode=0o700, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid not in {os.geteuid(), account.user_id}:
        raise _foreign(data_dir, str(path))
    path.chmod(0o700)
    account.own(path)
    return path


def _launch(cluster_dir: Path, account: Account, report: Report) -> None:
    """Start the server and wait until it answers, however long recovery takes."""
    given_up_at = time.monotonic() + GIVE_WAY_S
    while True:
        log = _attempt(cluster_dir, account, report)
        if log is None:
            return
        # A killed server leaves processes that take a moment to die; until then its place is taken.
        passing = any(sign in log for sign in STILL_DYING) and time.monotonic() < given_up_at
        if not passing:
            raise _refused(cluster_dir, log)
        time.sleep(POLL_S)


def _attempt(cluster_dir: Path, account: Account, report: Report) -> str | None:
    """Run pg_ctl to its end: None if the server answers, else what it has logged."""
    log = cluster_dir / LOG
    before_bytes = _rotated(log)
    arguments = ["start", "--wait", f"--timeout={WITHOUT_LIMIT_S}", f"--pgdata={cluster_dir}", f"--log={log}"]
    process = account.launch(reachable_program("pg_ctl", account, cluster_dir.parent), *arguments)
    told_at = time.monotonic()
    while process.poll() is None:
        time.sleep(POLL_S)
        if time.monotonic() - told_at > REPORT_EVERY_S:
            told_at = time.monotonic()
            last = _log_tail(log, before_bytes).splitlines()[-1:]
            report(Text(f"数据库正在恢复：{''.join(last)}", f"The database is recovering: {''.join(last)}"))
    _drain(process)
    return None if process.returncode == 0 else _log_tail(log, before_bytes)


def _drain(process: subprocess.Popen[str]) -> None:
    if process.stdout is not None:
        process.stdout.close()


def _rotated(log: Path) -> int:
    """Put a long log aside and give the length of the one that is written on."""
    if not log.exists():
        return 0
    if log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
        return 0
    return log.stat().st_size


def _log_tail(log: Path, from_byte: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(from_byte)
        return file.read()[-4000:].decode("utf8", errors="replace").strip()


def _refused(cluster_dir: Path, log: str) -> WufeiError:
    """Turn what the log says into an error that says what to do."""
    reason = " / ".join(log.splitlines()[-4:])
    if "No space left on device" in log:
        return cluster.disk_full(cluster_dir.parent, 0)
    if "lock file" in log and "already exists" in log:
        return _foreign(cluster_dir.parent, reason)
    if "FATAL" in log or "PANIC" in log:
        return cluster.damaged(cluster_dir, reason)
    return ExternalError(
        "database.not-started",
        Text(
            f"数据库未能启动：{reason or '没有日志'}。完整日志在 {cluster_dir / LOG}。",
            f"The database did not start: {reason or 'no log'}. The whole log is in {cluster_dir / LOG}.",
        ),
    )


def _foreign(data_dir: Path, reason: str) -> ConflictError:
    return ConflictError(
        "database.foreign-lock",
        Text(
            f"数据目录 {data_dir} 正被另一个不属于本程序的数据库进程占用（{reason}）。"
            "请先停止那个进程，或改用另一个 WUFEI_DATA_DIR。",
            f"The data directory {data_dir} is in use by a database server that is not ours ({reason}). "
            "Stop that server first, or choose another WUFEI_DATA_DIR.",
        ),
    )


def _closed(data_dir: Path, account: Account) -> ConflictError:
    above = next(path for path in reversed([data_dir, *data_dir.parents]) if not account.enters(path))
    return ConflictError(
        "database.directory-closed",
        Text(
            f"以 root 运行时，数据库由普通系统账户运行，但它无法进入 {above}。"
            f"请把 WUFEI_DATA_DIR 设在可进入的位置（如 /var/lib/wufei），或执行 chmod o+x {above}。",
            f"Run by root, the database runs as an ordinary system account, which cannot enter {above}. "
            "Point WUFEI_DATA_DIR to a place it can enter (such as /var/lib/wufei), or run "
            f"chmod o+x {above}.",
        ),
    )


def _stop(data_dir: Path) -> None:
    """Stop the server at once but cleanly: open transactions are rolled back, nothing needs recovery."""
    cluster_dir = data_dir / cluster.CLUSTER
    if running(data_dir) is None:
        return
    account = server_account(cluster_dir)
    arguments = ["stop", "--mode=fast", "--wait", f"--timeout={WITHOUT_LIMIT_S}", f"--pgdata={cluster_dir}"]
    stopped = account.run(reachable_program("pg_ctl", account, data_dir), *arguments)
    if stopped.returncode != 0 and running(data_dir) is not None:
        reason = cluster.tail(stopped.stdout)
        raise ExternalError(
            "database.not-stopped",
            Text(
                f"数据库未能停止，仍在运行：{reason}。请查看 {cluster_dir / LOG} 后再次执行任一 wufei 命令。",
                f"The database did not stop and still runs: {reason}. See {cluster_dir / LOG}; the next "
                "wufei command stops it when it ends.",
            ),
        )
