"""Bring the database of this environment to life: server, roles, database, rights."""

from __future__ import annotations

from typing import Any

import psycopg

from wufei.kernel.errors import ConflictError, ExternalError
from wufei.kernel.text import Text
from wufei.runtime.database.core.backups import PRIVATE_FILES
from wufei.runtime.database.core.endpoint import Address, parse_address
from wufei.runtime.database.services import roles, server
from wufei.runtime.database.services.cluster import CLUSTER
from wufei.runtime.database.services.secrets import Secrets, ensure_secrets, read_secrets
from wufei.runtime.database.services.server import Holder, Report, silent
from wufei.runtime.environment import Environment

EXTERNAL_VERSION_MIN = 150000
SET_UP_LOCK = 7_201_118
"""An advisory lock, any number, that guards the making of roles and rights."""


def open_database(
    environment: Environment, *, durable: bool = True, report: Report = silent
) -> Holder | None:
    """Start or reach the database, with its roles and rights; None for an external server.

    Raises
    ------
    ConflictError, ExternalError
        As `server.start`; for an external one also ``database.roles-missing``, ``database.unreachable``.
    """
    if environment.database_url:
        _open_external(environment)
        return None
    holder = server.start(environment.data_dir, durable=durable, report=report)
    try:
        _ensure_embedded(holder, environment.database_name)
    except psycopg.Error:
        holder.release()
        raise
    return holder


def open_existing(environment: Environment, *, durable: bool = True, report: Report = silent) -> Holder:
    """Start or reach the embedded database that there is; none is made.

    Raises
    ------
    ConflictError
        ``database.not-embedded``, ``database.none``; as `server.start`.
    """
    check_embedded(environment)
    if not database_exists(environment):
        raise ConflictError(
            "database.none",
            Text(
                f"{environment.data_dir} 里没有数据库。请检查 WUFEI_DATA_DIR。",
                f"There is no database in {environment.data_dir}. Check WUFEI_DATA_DIR.",
            ),
        )
    return server.start(environment.data_dir, durable=durable, report=report)


def database_exists(environment: Environment) -> bool:
    """Say whether there is a database to open, running or not; an external one is taken at its word."""
    return bool(environment.database_url) or (environment.data_dir / CLUSTER).exists()


def check_embedded(environment: Environment) -> None:
    """Refuse to back up, restore or upgrade a server of the site's own: its administrator does.

    Raises
    ------
    ConflictError
        ``database.not-embedded``.
    """
    if not environment.database_url:
        return
    files = "、".join(PRIVATE_FILES)
    raise ConflictError(
        "database.not-embedded",
        Text(
            "本命令只用于内嵌数据库，而 WUFEI_DATABASE_URL 指向单位自己的 PostgreSQL。请其管理员用物理备份"
            "（pg_basebackup 加 WAL 归档，或 pgBackRest）和 pg_upgrade。不要用 pg_dump 恢复到新服务器："
            f"事务计数会从头开始，封存将停止。另请自行备份 {environment.data_dir} 中的 {files}。",
            "This command is for the embedded database, and WUFEI_DATABASE_URL names a PostgreSQL of the "
            "site's own. Its administrator should use physical backups (pg_basebackup with WAL archiving, or "
            "pgBackRest) and pg_upgrade. Do not restore a pg_dump into a new server: it resets transaction "
            f"numbers, and sealing stops. Keep {', '.join(PRIVATE_FILES)} of {environment.data_dir} as well.",
        ),
    )


def django_databases(environment: Environment) -> dict[str, dict[str, Any]]:
    """Give the three connections of Django's settings: ``default`` (app), ``system`` and ``owner``."""
    secrets = read_secrets(environment.data_dir)
    logins = {
        "default": (roles.APP, secrets.app),
        "system": (roles.SYSTEM, secrets.system),
        "owner": (roles.OWNER, secrets.owner),
    }
    if environment.database_url:
        address = parse_address(environment.database_url)
        endpoint, name, options = address.endpoint, address.database, dict(address.options)
    else:
        endpoint, name, options = (
            server.expected_endpoint(environment.data_dir),
            environment.database_name,
            {},
        )
    return {
        alias: {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": user,
            "PASSWORD": password,
            "HOST": endpoint.host,
            "PORT": str(endpoint.port),
            "OPTIONS": options,
            "CONN_MAX_AGE": 300,
            "CONN_HEALTH_CHECKS": True,
        }
        for alias, (user, password) in logins.items()
    }


def _ensure_embedded(holder: Holder, name: str) -> None:
    """Make roles, database and rights; every start repeats it, so that an interrupted first one is mended."""
    with holder.connect() as connection:
        # Two first holders would otherwise trip over each other in the catalogue.
        connection.execute("SELECT pg_advisory_lock(%s)", [SET_UP_LOCK])
        roles.ensure_roles(connection, holder.secrets)
        roles.ensure_database(connection, name)
        with holder.connect(name) as inside:
            roles.close_to_others(inside, name)
            roles.grant_rights(inside, name)
        with holder.connect(name, roles.OWNER) as inside:
            roles.grant_default_rights(inside)


def _open_external(environment: Environment) -> None:
    address = parse_address(environment.database_url)
    server.prepare(environment.data_dir)
    secrets = ensure_secrets(environment.data_dir)
    with _connected(address, address.user, address.password) as connection:
        if connection.info.server_version < EXTERNAL_VERSION_MIN:
            found = connection.info.server_version // 10000
            raise ConflictError(
                "database.version",
                Text(
                    f"外部 PostgreSQL 版本为 {found}，至少需要 15。请升级。",
                    f"The external PostgreSQL is version {found}; at least 15 is needed. Upgrade it.",
                ),
            )
        _ensure_external_roles(connection, secrets, address)
    with _connected(address, roles.OWNER, secrets.owner) as connection:
        roles.grant_default_rights(connection)


def _ensure_external_roles(connection: psycopg.Connection, secrets: Secrets, address: Address) -> None:
    try:
        roles.ensure_roles(connection, secrets)
        roles.grant_rights(connection, address.database)
    except psycopg.errors.InsufficientPrivilege as error:
        missing = [
            role for role in (roles.OWNER, roles.APP, roles.SYSTEM) if not roles.role_exists(connection, role)
        ]
        if missing:
            raise roles.missing_roles(missing, address.database) from error


def _connected(address: Address, user: str, password: str) -> psycopg.Connection:
    options: dict[str, Any] = dict(address.options)
    try:
        return psycopg.connect(
            host=address.endpoint.host,
            port=address.endpoint.port,
            user=user,
            password=password,
            dbname=address.database,
            autocommit=True,
            **options,
        )
    except psycopg.OperationalError as error:
        place = f"{address.endpoint.host}:{address.endpoint.port}"
        raise ExternalError(
            "database.unreachable",
            Text(
                f"无法以 {user} 连接外部数据库 {place}：{error}。请检查 WUFEI_DATABASE_URL、口令与网络。",
                f"The external database {place} cannot be reached as {user}: {error}. "
                "Check WUFEI_DATABASE_URL, the passwords and the network.",
            ),
        ) from error
