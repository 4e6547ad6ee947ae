"""The database and its three roles: owner (migrations), app (row security applies), system (reads all)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

import psycopg
from psycopg import sql

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text
from wufei.runtime.database.services.secrets import Secrets

OWNER, APP, SYSTEM = "wufei_owner", "wufei_app", "wufei_system"

_DATABASE_RIGHTS: tuple[LiteralString, ...] = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}, {system}",
    "GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {database} TO {owner}",
)

_SCHEMA_RIGHTS: tuple[LiteralString, ...] = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {app}, {system}",
    "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
)

_DEFAULT_RIGHTS: tuple[LiteralString, ...] = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {system}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}, {system}",
)


def ensure_roles(connection: psycopg.Connection, secrets: Secrets) -> None:
    """Create the roles that are missing; the connection may create roles and is in autocommit."""
    passwords = {OWNER: secrets.owner, APP: secrets.app, SYSTEM: secrets.system}
    for role, password in passwords.items():
        if not role_exists(connection, role):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )


def role_exists(connection: psycopg.Connection, role: str) -> bool:
    """Say whether a role exists on the server."""
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None


def ensure_database(connection: psycopg.Connection, name: str) -> bool:
    """Create the database if it is missing, and say whether it was."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return False
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
    )
    return True


def grant_rights(connection: psycopg.Connection, database: str) -> None:
    """Let the roles into the database and its schema; the connection is to that database."""
    _execute(connection, _DATABASE_RIGHTS + _SCHEMA_RIGHTS, {"database": database})


def close_to_others(connection: psycopg.Connection, database: str) -> None:
    """Keep every other role out of the embedded database; a site's own server is not ours to close."""
    _execute(connection, ("REVOKE ALL ON DATABASE {database} FROM PUBLIC",), {"database": database})


def grant_default_rights(connection: psycopg.Connection) -> None:
    """Let app and system use the tables that owner will make; the connection is owner's."""
    _execute(connection, _DEFAULT_RIGHTS, {})


def missing_roles(roles: list[str], database: str) -> ConflictError:
    """Say which statements the administrator of an external server has to run."""
    statements = " ".join(f"CREATE ROLE {role} LOGIN PASSWORD '…';" for role in roles)
    rights = (
        f"GRANT CREATE ON SCHEMA public TO {OWNER}; "
        f"GRANT TEMPORARY ON DATABASE {database} TO {APP}, {SYSTEM};"
    )
    variables = "WUFEI_OWNER_PASSWORD, WUFEI_APP_PASSWORD, WUFEI_SYSTEM_PASSWORD"
    return ConflictError(
        "database.roles-missing",
        Text(
            f"外部数据库缺少角色，且当前用户无权创建。请管理员执行：{statements} {rights} "
            f"并用 {variables} 提供口令。",
            "The external database lacks roles, and its user may not create them. Ask its administrator "
            f"to run: {statements} {rights} Then give the passwords in {variables}.",
        ),
    )


def _execute(
    connection: psycopg.Connection, statements: tuple[LiteralString, ...], names: Mapping[str, str]
) -> None:
    roles = {"owner": OWNER, "app": APP, "system": SYSTEM} | dict(names)
    identifiers = {key: sql.Identifier(name) for key, name in roles.items()}
    for statement in statements:
        connection.execute(sql.SQL(statement).format(**identifiers))
