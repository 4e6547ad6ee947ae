"""The directory that holds the data of the embedded server: made, checked, configured."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from wufei.kernel.errors import ConflictError, ExternalError
from wufei.kernel.text import Text
from wufei.runtime.database.core.endpoint import EMBEDDED_PORT
from wufei.runtime.database.core.tuning import Machine, as_configuration, server_settings
from wufei.runtime.database.services.account import Account
from wufei.runtime.database.services.archive import CONFIGURATION as ARCHIVE_CONFIGURATION
from wufei.runtime.database.services.archive import configure_archive
from wufei.runtime.database.services.binaries import MAJOR_VERSION, reachable_program

CLUSTER = "postgres"
UPGRADED = "postgres.upgraded"
CONFIGURATION = "wufei.conf"
SUPERUSER = "postgres"
UPGRADABLE = ("15", "16", "17")
FREE_BYTES_MIN = 100 << 20
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - its size is read, nothing is written there


def check_space(data_dir: Path) -> None:
    """Refuse to start on a disk that is all but full: a server that stops half-way costs more.

    Raises
    ------
    ExternalError
        ``database.disk-full``.
    """
    free_bytes = shutil.disk_usage(data_dir).free
    if free_bytes < FREE_BYTES_MIN:
        raise disk_full(data_dir, free_bytes)


def disk_full(data_dir: Path, free_bytes: int) -> ExternalError:
    """Say that the disk is full, and what to do."""
    free_mb, min_mb = free_bytes >> 20, FREE_BYTES_MIN >> 20
    return ExternalError(
        "database.disk-full",
        Text(
            f"{data_dir} 所在磁盘仅剩 {free_mb} MB（至少需要 {min_mb} MB）。请清理磁盘，"
            "或把 WUFEI_DATA_DIR 改到更大的磁盘后再启动。",
            f"The disk of {data_dir} has {free_mb} MB left and at least {min_mb} MB are needed. Free some "
            "space, or point WUFEI_DATA_DIR to a larger disk, and start again.",
        ),
    )


def check_version(cluster_dir: Path) -> None:
    """Refuse data of another major version and directories that are no data directory.

    Raises
    ------
    ConflictError
        ``database.version``, ``database.damaged``.
    """
    marker = cluster_dir / "PG_VERSION"
    if not marker.exists():
        raise damaged(cluster_dir, "PG_VERSION")
    found = marker.read_text("ascii", errors="replace").strip()
    if found != str(MAJOR_VERSION):
        raise ConflictError("database.version", _other_version(cluster_dir, found))


def _other_version(cluster_dir: Path, found: str) -> Text:
    zh = f"{cluster_dir} 由 PostgreSQL {found} 建立，本程序使用 PostgreSQL {MAJOR_VERSION}，不能直接打开。"
    en = (
        f"{cluster_dir} was written by PostgreSQL {found}; this program brings PostgreSQL {MAJOR_VERSION} "
        "and cannot open it. "
    )
    if found in UPGRADABLE:
        return Text(f"{zh}请执行 wufei upgrade 升级。", f"{en}Run wufei upgrade.")
    return Text(
        f"{zh}wufei upgrade 只支持 {'、'.join(UPGRADABLE)} 版；请使用与数据相配的 Wufei 版本。",
        f"{en}wufei upgrade takes {', '.join(UPGRADABLE)}; use the version of Wufei that fits the data.",
    )


def damaged(cluster_dir: Path, evidence: str) -> ConflictError:
    """Say that the data directory cannot be used as it is."""
    return ConflictError(
        "database.damaged",
        Text(
            f"数据目录 {cluster_dir} 不完整或已损坏：{evidence}。请从备份恢复；不要手工删除其中的文件。",
            f"The data directory {cluster_dir} is incomplete or damaged: {evidence}. Restore it from a "
            "backup; do not remove files in it by hand.",
        ),
    )


def create(cluster_dir: Path, account: Account, superuser_password: str, *, durable: bool) -> None:
    """Make a new data directory; a half-made one of an interrupted attempt is discarded.

    The builtin locale sorts by code point on every machine, without ICU and whatever the system offers.
    """
    draft = cluster_dir.with_name(CLUSTER + ".new")
    data = initialise(
        draft,
        account,
        superuser_password,
        (
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(() if durable else ("--no-sync",)),
        ),
    )
    data.rename(cluster_dir)
    shutil.rmtree(draft)


def initialise(draft: Path, account: Account, superuser_password: str, options: Sequence[str]) -> Path:
    """Run ``initdb`` in a directory that is made anew, and give the data directory in it."""
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    data, password_file = draft / "data", draft / "password"
    data.mkdir(mode=0o700)
    password_file.write_text(superuser_password, "utf8")
    password_file.chmod(0o600)
    for path in (draft, data, password_file):
        account.own(path)
    made = account.run(
        reachable_program("initdb", account, draft.parent),
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        *options,
    )
    if made.returncode != 0:
        free_bytes = shutil.disk_usage(draft).free
        shutil.rmtree(draft)
        if "No space left" in made.stdout:
            raise disk_full(draft.parent, free_bytes)
        raise ExternalError(
            "database.not-created",
            Text(
                f"无法在 {draft.parent} 建立数据库：{tail(made.stdout)}",
                f"The database could not be made in {draft.parent}: {tail(made.stdout)}",
            ),
        )
    with (data / "postgresql.conf").open("a", encoding="utf8") as file:
        file.write(f"\ninclude = '{CONFIGURATION}'\n")
    (data / CONFIGURATION).touch(0o600)
    account.own(data / CONFIGURATION)
    return data


def finish_upgrade(cluster_dir: Path) -> None:
    """Put an upgraded data directory in place, where the upgrade was interrupted just before it did."""
    upgraded = cluster_dir.with_name(UPGRADED)
    if upgraded.exists() and not cluster_dir.exists():
        upgraded.rename(cluster_dir)


def configure(
    cluster_dir: Path,
    account: Account,
    socket_dir: Path,
    *,
    durable: bool,
    more: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write our settings; they are derived anew at every start, as the machine may have changed.

    ``more`` holds for this start only.
    """
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "port": str(EMBEDDED_PORT),
        **server_settings(machine(), durable=durable),
        **more,
        # Last, so that it counts; reread without a restart.
        "include": ARCHIVE_CONFIGURATION,
    }
    configure_archive(cluster_dir.parent, cluster_dir, account)
    path = cluster_dir / CONFIGURATION
    path.write_text(as_configuration(settings), "utf8")
    account.own(path)


def machine() -> Machine:
    """Measure this machine, or the container's share of it."""
    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if CGROUP_LIMIT.exists():
        limit = CGROUP_LIMIT.read_text("ascii").strip()
        memory_bytes = min(memory_bytes, int(limit)) if limit.isdigit() else memory_bytes
    shared_bytes = shutil.disk_usage(SHARED_MEMORY).total if SHARED_MEMORY.exists() else memory_bytes
    return Machine(memory_bytes, shared_bytes)


def tail(output: str, lines: int = 3) -> str:
    """Give the last lines of a program's output, as one line."""
    return " / ".join(line.strip() for line in output.strip().splitlines()[-lines:])
