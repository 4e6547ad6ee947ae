"""Bring the data of an older major version of PostgreSQL to the one that this program brings."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from wufei.kernel.errors import ConflictError, ExternalError
from wufei.kernel.text import Text
from wufei.runtime.database.core.control import Control, initdb_options, read_control
from wufei.runtime.database.services import cluster, locks, server
from wufei.runtime.database.services.account import Account, told
from wufei.runtime.database.services.archive import RECORD, check_room
from wufei.runtime.database.services.binaries import MAJOR_VERSION, reachable_program
from wufei.runtime.database.services.secrets import Secrets, ensure_secrets, password_file
from wufei.runtime.database.services.server import Report, silent

KNOWN_PLACES = ("/usr/lib/postgresql/{version}/bin", "/usr/pgsql-{version}/bin")
"""Where Debian and Red Hat put the programs of each major version."""

DRAFT = "postgres.upgrading"
NEEDED = ("pg_ctl", "postgres", "pg_controldata")


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade has led to.

    Attributes
    ----------
    from_version, to_version : str
        Major versions.
    old_data : str
        The old data, untouched; to be removed by hand when all is well.
    transaction_before, transaction_after : int
        The next transaction's number before and after; it never goes back.
    """

    from_version: str
    to_version: str
    old_data: str
    transaction_before: int
    transaction_after: int

    def as_json(self) -> dict[str, object]:
        """Give plain values."""
        return asdict(self)


def upgrade(
    data_dir: Path, *, old_programs: Path | None = None, durable: bool = True, report: Report = silent
) -> Upgraded | None:
    """Upgrade a stopped data directory by copy; None if it is of this version already.

    Parameters
    ----------
    data_dir : Path
        Wufei's data directory.
    old_programs : Path, optional
        The programs of the old version; by default where the system's packages put them.
    durable : bool
        False only for tests, as in `server.start`.
    report : callable
        Told about long steps.

    Raises
    ------
    ConflictError
        ``upgrade.none``, ``upgrade.in-use``, ``upgrade.version``, ``upgrade.programs-missing``,
        ``upgrade.old-data-there``, ``backup.disk-full``, ``upgrade.transactions``.
    ExternalError
        ``upgrade.failed``: what pg_upgrade says.
    """
    if not data_dir.is_dir():
        raise _no_data(data_dir)
    account = server.prepare(data_dir)
    with locks.supervising(data_dir):
        cluster_dir = data_dir / cluster.CLUSTER
        cluster.finish_upgrade(cluster_dir)
        version = _version(cluster_dir)
        if version == str(MAJOR_VERSION):
            return None
        kept = _check(data_dir, version)
        programs = _old_programs(version, old_programs, account)
        before = _control(cluster_dir, programs, account)
        secrets = ensure_secrets(data_dir)
        if not before.is_shut_down:
            report(Text("旧数据库未正常关闭，正在恢复……", "The old database was not shut down; recovering …"))
            _shut_down(cluster_dir, programs, account)
            before = _control(cluster_dir, programs, account)
        report(Text("正在升级数据库……", "Upgrading the database …"))
        new = _converted(cluster_dir, programs, account, secrets, before, durable=durable)
        # The archived log of the old version cannot be replayed by the new one: backups begin anew.
        (data_dir / RECORD).unlink(missing_ok=True)
        _put_in_place(new, cluster_dir, kept)
    after = _next_transaction(data_dir, report, durable=durable)
    _check_goes_on(before.next_transaction, after)
    return Upgraded(version, str(MAJOR_VERSION), str(kept), before.next_transaction, after)


def _version(cluster_dir: Path) -> str:
    marker = cluster_dir / "PG_VERSION"
    if not marker.exists():
        raise _no_data(cluster_dir)
    return marker.read_text("ascii", errors="replace").strip()


def _no_data(path: Path) -> ConflictError:
    return ConflictError(
        "upgrade.none",
        Text(f"{path} 里没有数据库，无需升级。", f"There is no database in {path}: nothing to upgrade."),
    )


def _check(data_dir: Path, version: str) -> Path:
    """Check what can be checked before anything is started, and give the place for the old data."""
    if locks.is_held(data_dir) or server.running(data_dir) is not None:
        raise ConflictError(
            "upgrade.in-use",
            Text(
                f"{data_dir} 的数据库正在运行。请先停止所有 wufei 进程。",
                f"The database in {data_dir} is running. Stop every wufei process first.",
            ),
        )
    if version not in cluster.UPGRADABLE:
        listed = ", ".join(cluster.UPGRADABLE)
        raise ConflictError(
            "upgrade.version",
            Text(
                f"数据由 PostgreSQL {version} 建立；可升级的版本：{listed}。请使用与数据相配的 Wufei。",
                f"The data are of PostgreSQL {version}; {listed} can be upgraded. Use the fitting Wufei.",
            ),
        )
    kept = data_dir / f"{cluster.CLUSTER}-{version}"
    if kept.exists():
        raise ConflictError(
            "upgrade.old-data-there",
            Text(
                f"{kept} 已存在（上次升级保留的旧数据）。请先移走或删除。",
                f"{kept} exists, the old data of an earlier upgrade. Move or remove it first.",
            ),
        )
    check_room(data_dir, _size_bytes(data_dir / cluster.CLUSTER) + cluster.FREE_BYTES_MIN)
    return kept


def _size_bytes(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def _old_programs(version: str, named: Path | None, account: Account) -> Path:
    """Find the programs of the old version, and make sure that they are of that version."""
    places = [named] if named else [Path(place.format(version=version)) for place in KNOWN_PLACES]
    for place in places:
        complete = all((place / name).exists() for name in NEEDED)
        if complete and f" {version}." in account.run(place / "postgres", "--version").stdout:
            return place
    searched = ", ".join(str(place) for place in places)
    raise ConflictError(
        "upgrade.programs-missing",
        Text(
            f"升级需要 PostgreSQL {version} 的程序，在 {searched} 没有找到。请安装软件包 postgresql-{version}"
            f"（Debian：apt-get install postgresql-{version}），或用 --old-programs 指出其 bin 目录。",
            f"The upgrade needs the programs of PostgreSQL {version}, not found in {searched}. Install the "
            f"system's package postgresql-{version} (Debian: apt-get install postgresql-{version}), or name "
            "their bin directory with --old-programs.",
        ),
    )


def _control(cluster_dir: Path, programs: Path, account: Account) -> Control:
    return read_control(account.run(programs / "pg_controldata", str(cluster_dir)).stdout)


def _shut_down(cluster_dir: Path, programs: Path, account: Account) -> None:
    """Let the old programs recover the old data after a crash, reached by nobody, and stop properly."""
    with tempfile.TemporaryDirectory(prefix="wufei-") as scratch:
        account.own(Path(scratch))
        options = f"-c listen_addresses='' -c unix_socket_directories='{scratch}' -c archive_command=true"
        log = cluster_dir / server.LOG
        common = (f"--pgdata={cluster_dir}", "--wait", f"--timeout={server.WITHOUT_LIMIT_S}")
        for arguments in (("start", f"--options={options}", f"--log={log}"), ("stop", "--mode=fast")):
            done = account.run(programs / "pg_ctl", *arguments, *common)
            if done.returncode != 0:
                raise _failed(done.stdout, log)


def _put_in_place(new: Path, cluster_dir: Path, kept: Path) -> None:
    """Exchange old data for new; where this is interrupted, the next start or upgrade goes on."""
    upgraded = cluster_dir.with_name(cluster.UPGRADED)
    if upgraded.exists():
        shutil.rmtree(upgraded)
    new.rename(upgraded)
    shutil.rmtree(new.parent)
    cluster_dir.rename(kept)
    cluster.finish_upgrade(cluster_dir)


def _converted(
    cluster_dir: Path,
    programs: Path,
    account: Account,
    secrets: Secrets,
    before: Control,
    *,
    durable: bool,
) -> Path:
    """Make an empty cluster like the old one and copy the data into it; the old one stays as it is."""
    data_dir = cluster_dir.parent
    draft = data_dir / DRAFT
    quickly = () if durable else ("--no-sync",)
    new = cluster.initialise(draft, account, secrets.superuser, (*initdb_options(before), *quickly))
    # pg_upgrade starts both servers; they listen on a socket in this directory alone, with passwords as ever.
    with password_file(account, cluster.SUPERUSER, secrets.superuser) as variables:
        _run_upgrade((cluster_dir, new), programs, account, quickly, variables)
    if not before.has_checksums:
        done = account.run(
            reachable_program("pg_checksums", account, data_dir), "--enable", *quickly, f"--pgdata={new}"
        )
        if done.returncode != 0:
            raise _failed(done.stdout, draft)
    return new


def _run_upgrade(
    directories: tuple[Path, Path],
    programs: Path,
    account: Account,
    options: tuple[str, ...],
    variables: Mapping[str, str],
) -> None:
    old, new = directories
    upgrade_program = reachable_program("pg_upgrade", account, old.parent)
    with tempfile.TemporaryDirectory(prefix="wufei-") as scratch:
        account.own(Path(scratch))
        process = account.launch(
            upgrade_program,
            f"--old-datadir={old}",
            f"--new-datadir={new}",
            f"--old-bindir={programs}",
            f"--new-bindir={upgrade_program.parent}",
            f"--socketdir={scratch}",
            f"--username={cluster.SUPERUSER}",
            # The old configuration may archive; what is done to the old server here belongs in no backup.
            "--old-options=-c archive_command=true",
            *options,
            variables=variables,
            directory=Path(scratch),
        )
        output = told(process)
    if process.returncode != 0:
        raise _failed(output, new / "pg_upgrade_output.d")


def _failed(output: str, where: Path) -> ExternalError:
    reason = cluster.tail(output, 8)
    return ExternalError(
        "upgrade.failed",
        Text(
            f"升级失败，旧数据未改动：{reason}。详情见 {where}。",
            f"The upgrade failed; the old data are unchanged: {reason}. See {where}.",
        ),
    )


def _next_transaction(data_dir: Path, report: Report, *, durable: bool) -> int:
    with server.start(data_dir, durable=durable, report=report) as holder, holder.connect() as connection:
        found = connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
    return int(found[0]) if found else 0


def _check_goes_on(before: int, after: int) -> None:
    if after < before:
        raise ConflictError(
            "upgrade.transactions",
            Text(
                f"升级后事务计数从 {before} 退回到 {after}，封存无法继续。请保留旧数据并报告此问题。",
                f"After the upgrade transactions are counted from {after}, before it from {before}: nothing "
                "can be sealed. Keep the old data and report this.",
            ),
        )
