"""The key that signs heads: a file outside the database, so that whoever rules the database cannot sign."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text

KEY_FILE = "sealing.key"
_PRIVATE = 0o600


def ensure_key(data_dir: Path) -> Ed25519PrivateKey:
    """Read the signing key of a data directory; the first time, make it, readable by its owner alone.

    Raises
    ------
    ConflictError
        The file is damaged, or others may read it.
    """
    path = data_dir / KEY_FILE
    try:
        # Whoever comes second finds the whole file: it is written beside and linked under its name.
        draft = data_dir / f"{KEY_FILE}.{os.getpid()}.new"
        if not path.exists():
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
            with os.fdopen(descriptor, "w") as file:
                file.write(Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                path.hardlink_to(draft)
            finally:
                draft.unlink()
    except FileExistsError:
        pass
    return _read(path)


def public_key(data_dir: Path) -> bytes | None:
    """Give the public half of the key of a data directory, or None where there is no key yet."""
    path = data_dir / KEY_FILE
    return _read(path).public_key().public_bytes_raw() if path.exists() else None


def _read(path: Path) -> Ed25519PrivateKey:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise ConflictError(
            "ledger.key-exposed",
            Text(
                f"签名密钥 {path} 的权限为 {mode:o}，他人可读。请执行 chmod 600 {path}，并核查是否已泄露。",
                f"The signing key {path} has mode {mode:o}, so that others can read it. Run chmod 600 {path} "
                "and find out whether it leaked.",
            ),
        )
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii")))
    except ValueError as error:
        raise ConflictError(
            "ledger.key-damaged",
            Text(
                f"签名密钥 {path} 已损坏。请从备份恢复；没有它不能继续封存。",
                f"The signing key {path} is damaged. Restore it from a backup; without it nothing is sealed.",
            ),
        ) from error
