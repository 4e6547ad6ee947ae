"""Passwords of the database roles and the key that signs sessions: generated once, kept for good."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text
from wufei.runtime.database.services.account import Account

SECRETS_FILE = "secrets.json"


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The generated secrets; empty strings where no data directory exists yet."""

    superuser: str = ""
    owner: str = ""
    app: str = ""
    system: str = ""
    signing_key: str = ""


def read_secrets(data_dir: Path, values: Mapping[str, str] | None = None) -> Secrets:
    """Read the secrets; ``WUFEI_OWNER_PASSWORD`` and its kin stand before the generated ones.

    A data directory that does not exist yet gives empty secrets, so that settings can always be read.
    """
    read = os.environ if values is None else values
    path = data_dir / SECRETS_FILE
    found = _parsed(path) if path.exists() else Secrets()
    given = {
        name: read[variable]
        for name, variable in {
            "owner": "WUFEI_OWNER_PASSWORD",
            "app": "WUFEI_APP_PASSWORD",
            "system": "WUFEI_SYSTEM_PASSWORD",
            "signing_key": "WUFEI_SECRET_KEY",
        }.items()
        if read.get(variable)
    }
    return replace(found, **given)


def ensure_secrets(data_dir: Path) -> Secrets:
    """Generate what is missing, then read it all; the caller holds the lock of the data directory."""
    path = data_dir / SECRETS_FILE
    found = _parsed(path) if path.exists() else Secrets()
    complete = {name: value or secrets.token_urlsafe(32) for name, value in asdict(found).items()}
    if complete != asdict(found):
        write_private(path, json.dumps(complete, indent=2) + "\n")
    return read_secrets(data_dir)


def _parsed(path: Path) -> Secrets:
    try:
        values = json.loads(path.read_text("utf8"))
        return Secrets(**{field.name: str(values.get(field.name, "")) for field in fields(Secrets)})
    except (ValueError, AttributeError) as error:
        raise ConflictError(
            "database.secrets-damaged",
            Text(
                f"口令文件 {path} 已损坏，无法读取。请从备份恢复该文件；没有它数据库打不开。",
                f"The file of passwords {path} is damaged. Restore it from a backup; the database does not "
                "open without it.",
            ),
        ) from error


@contextmanager
def password_file(account: Account, user: str, password: str) -> Iterator[dict[str, str]]:
    """Hand a password to PostgreSQL's programs in a file that only their account reads, for a while."""
    with tempfile.TemporaryDirectory(prefix="wufei-") as name:
        path = Path(name, "pgpass")
        write_private(path, f"*:*:*:{user}:" + password.replace("\\", "\\\\").replace(":", "\\:") + "\n")
        account.own(path)
        account.own(path.parent)
        yield {"PGPASSFILE": str(path)}


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
