"""Look at each part that Wufei needs, and say how to mend what is not well."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from django.contrib.staticfiles import finders
from django.db import DatabaseError, connections

from wufei.kernel.errors import WufeiError
from wufei.kernel.text import Text
from wufei.runtime import clock
from wufei.runtime.database.services import Holder, open_database, waiting_migrations, waiting_segments
from wufei.runtime.database.services.binaries import program
from wufei.runtime.database.services.cluster import CLUSTER
from wufei.runtime.database.services.secrets import SECRETS_FILE
from wufei.runtime.doctor.core import Check, State
from wufei.runtime.environment import Environment
from wufei.runtime.jobs.exports import look_at_all

PYTHON_MIN = (3, 11)
FREE_BYTES_WARN = 2 << 30
CLOCK_APART_MAX_S = 5.0
SEGMENTS_WAITING_MAX = 8
"""Segments of 16 MB: a load leaves a few for a moment; more mean that archiving does not keep up."""
ALIASES = ("default", "system", "owner")
NO_DATA = Text("运行 wufei demo 或 wufei serve 时会自动建立。", "wufei demo or wufei serve makes it.")


def check_up(environment: Environment) -> list[Check]:
    """Check all parts; the database is opened for it if it exists, and released."""
    checks = [_python(), *_directory(environment.data_dir), _programs(environment), _assets()]
    made = environment.database_url or (environment.data_dir / CLUSTER).exists()
    if not made:
        found = Text("尚未建立", "not made yet")
        return [*checks, Check("database", Text("数据库", "Database"), State.WARNING, found, NO_DATA)]
    return [*checks, *_database(environment)]


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info[:2] >= PYTHON_MIN
    fix = Text("请安装 Python 3.11 后重新 make setup。", "Install Python 3.11 and run make setup again.")
    return Check(
        "python", Text("Python"), State.OK if good else State.FAILED, Text(version), Text("") if good else fix
    )


def _directory(data_dir: Path) -> Iterator[Check]:
    title = Text("数据目录", "Data directory")
    if not data_dir.exists():
        yield Check(
            "data-dir",
            title,
            State.WARNING,
            Text(f"{data_dir} 尚不存在", f"{data_dir} does not exist"),
            NO_DATA,
        )
        return
    mode = stat.S_IMODE(data_dir.stat().st_mode)
    if mode & stat.S_IRWXO or mode & (stat.S_IRGRP | stat.S_IWGRP):
        fix = Text(f"请执行 chmod 700 {data_dir}。", f"Run chmod 700 {data_dir}.")
        yield Check("data-dir", title, State.FAILED, Text(f"{data_dir} ({mode:o})"), fix)
    else:
        yield Check("data-dir", title, State.OK, Text(f"{data_dir} ({mode:o})"))
    yield _disk(data_dir)
    secrets = data_dir / SECRETS_FILE
    if secrets.exists():
        mode = stat.S_IMODE(secrets.stat().st_mode)
        private = mode == 0o600
        fix = Text("") if private else Text(f"请执行 chmod 600 {secrets}。", f"Run chmod 600 {secrets}.")
        state = State.OK if private else State.FAILED
        yield Check("secrets", Text("口令文件", "Secrets"), state, Text(f"{secrets.name} ({mode:o})"), fix)


def _disk(data_dir: Path) -> Check:
    free_bytes = shutil.disk_usage(data_dir).free
    enough = free_bytes >= FREE_BYTES_WARN
    free_gb = f"{free_bytes / (1 << 30):.1f} GB"
    fix = Text("请清理磁盘或更换 WUFEI_DATA_DIR。", "Free some space, or choose another WUFEI_DATA_DIR.")
    return Check(
        "disk",
        Text("磁盘空间", "Disk"),
        State.OK if enough else State.WARNING,
        Text(f"剩余 {free_gb}", f"{free_gb} free"),
        Text("") if enough else fix,
    )


def _programs(environment: Environment) -> Check:
    title = Text("数据库程序", "Database programs")
    if environment.database_url:
        return Check("programs", title, State.OK, Text("使用外部数据库", "an external database is used"))
    try:
        return Check("programs", title, State.OK, Text(str(program("postgres").parent)))
    except WufeiError as error:
        return Check("programs", title, State.FAILED, Text("缺失", "missing"), error.message)


def _assets() -> Check:
    title = Text("网页资源", "Web assets")
    if finders.find("vendor"):
        return Check("assets", title, State.OK, Text("已就位", "in place"))
    fix = Text("请执行 make setup。", "Run make setup.")
    return Check("assets", title, State.FAILED, Text("缺少 static/vendor", "static/vendor is missing"), fix)


def _database(environment: Environment) -> Iterator[Check]:
    title = Text("数据库", "Database")
    holder: Holder | None = None
    try:
        holder = open_database(environment)
        yield Check("database", title, State.OK, Text(_version()))
        yield from (_role(alias) for alias in ALIASES)
        migrations = _migrations()
        yield migrations
        yield _clock()
        if not environment.database_url:
            yield _archiving(environment.data_dir)
        if migrations.state is State.OK:
            yield from _watched()
    except WufeiError as error:
        yield Check("database", title, State.FAILED, Text("无法打开", "does not open"), error.message)
    except DatabaseError as error:
        fix = Text(
            "请检查口令文件是否与数据库同属一份备份。",
            "Check that the file of secrets belongs to the same backup as the database.",
        )
        yield Check("database", title, State.FAILED, Text(str(error).strip()), fix)
    finally:
        connections.close_all()
        if holder is not None:
            holder.release()


def _version() -> str:
    return str(_one("default", "SELECT 'PostgreSQL ' || current_setting('server_version')")[0])


def _role(alias: str) -> Check:
    """Check that a role signs in and that no power of its lets it pass row-level security."""
    name, powerful = _one(
        alias, "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    fix = Text(
        f"请执行 ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS。",
        f"Run ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS.",
    )
    found = (
        Text("绕过行级权限", "passes row-level security")
        if powerful
        else Text("可登录，权限受限", "signs in")
    )
    state = State.FAILED if powerful else State.OK
    return Check(
        f"role-{alias}", Text(f"角色 {name}", f"Role {name}"), state, found, fix if powerful else Text("")
    )


def _migrations() -> Check:
    waiting = waiting_migrations("owner")
    title = Text("数据表", "Tables")
    if not waiting:
        return Check("migrations", title, State.OK, Text("已是最新", "up to date"))
    fix = Text("请执行 wufei manage migrate。", "Run wufei manage migrate.")
    found = Text(f"{len(waiting)} 项迁移未执行", f"{len(waiting)} migrations are waiting")
    return Check("migrations", title, State.FAILED, found, fix)


def _clock() -> Check:
    (database_s,) = _one("default", "SELECT extract(epoch FROM clock_timestamp())::float8")
    apart_s = abs(clock.now().timestamp() - float(str(database_s)))
    close = apart_s <= CLOCK_APART_MAX_S
    fix = Text(
        "请同步两台机器的时间（NTP），并去掉 WUFEI_NOW。",
        "Synchronise the clocks of both machines (NTP) and unset WUFEI_NOW.",
    )
    return Check(
        "clock",
        Text("时钟", "Clock"),
        State.OK if close else State.WARNING,
        Text(f"与数据库相差 {apart_s:.1f} 秒", f"{apart_s:.1f} s apart from the database"),
        Text("") if close else fix,
    )


def _archiving(data_dir: Path) -> Check:
    """Check that the log reaches the archive: what does not is kept, until the disk of the data is full."""
    waiting = waiting_segments(data_dir)
    (failing,) = _one(
        "default",
        "SELECT coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) "
        "FROM pg_stat_archiver",
    )
    ailing = waiting > SEGMENTS_WAITING_MAX or bool(failing and waiting)
    count = Text(f"{waiting} 段日志待归档", f"{waiting} segments of the log wait to be archived")
    failed = Text(f"归档失败，{count.zh}", f"archiving fails; {count.en}")
    fix = Text(
        "请检查备份磁盘是否已挂载、可写且有空间（wufei backup --list）；否则数据盘会被日志占满。",
        "Check that the disk of the backups is mounted, writable and not full (wufei backup --list); "
        "else the log fills the disk of the data.",
    )
    return Check(
        "archiving",
        Text("日志归档", "Archiving of the log"),
        State.WARNING if ailing else State.OK,
        failed if failing and waiting else count,
        fix if ailing else Text(""),
    )


def _watched() -> Iterator[Check]:
    """Ask the rooms how that is which works by itself."""
    for watched in look_at_all():
        state = State.WARNING if watched.alarm else State.OK
        fix = watched.fix if watched.alarm else Text("")
        yield Check(watched.part, watched.title, state, watched.found, fix)


def _one(alias: str, statement: str) -> tuple[object, ...]:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        row: tuple[object, ...] = cursor.fetchone()
        return row
