"""The settings that the surroundings of a process give it, read once from environment variables."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})

ROOT_DATA_DIR = Path("/var/lib/wufei")


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says.

    Attributes
    ----------
    data_dir : Path
        Where Wufei keeps its database, secrets and files (``WUFEI_DATA_DIR``).
    database_url : str
        A PostgreSQL of the site's own (``WUFEI_DATABASE_URL``); empty for the embedded server.
    database_name : str
        The database inside that server (``WUFEI_DATABASE_NAME``).
    backup_dir : Path or None
        Where backups go (``WUFEI_BACKUP_DIR``); None if it says nothing.
    debug : bool
        Show tracebacks in the browser (``WUFEI_DEBUG``); never in production.
    allowed_hosts : tuple of str
        Host names besides loopback that may be asked for (``WUFEI_ALLOWED_HOSTS``, by commas).
    https : bool
        The site is reached by HTTPS, so that cookies are sent by HTTPS only (``WUFEI_HTTPS``).
    log_format : str
        ``console`` or ``json`` (``WUFEI_LOG_FORMAT``); by default what suits the terminal.
    log_level : str
        ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR`` (``WUFEI_LOG_LEVEL``).
    tiles, tiles_grid : str
        Address of map tiles with {z}, {x}, {y} (``WUFEI_TILES``), empty: maps show points only; and whether
        they are drawn in ``wgs84`` or ``gcj02`` (``WUFEI_TILES_GRID``).
    """

    data_dir: Path
    database_url: str = ""
    database_name: str = "wufei"
    backup_dir: Path | None = None
    debug: bool = False
    allowed_hosts: tuple[str, ...] = ()
    https: bool = False
    log_format: str = "console"
    log_level: str = "WARNING"
    tiles: str = ""
    tiles_grid: str = "wgs84"


def default_data_dir(user_id: int) -> Path:
    """Give the data directory of a user who named none.

    The server that root starts runs as a user of its own, who cannot enter root's home: root's data are in
    ``/var/lib/wufei``, everyone else's where their system keeps data of programs.
    """
    if user_id == 0:
        return ROOT_DATA_DIR
    return Path(platformdirs.user_data_dir("wufei", appauthor=False))


def environment(values: Mapping[str, str] | None = None) -> Environment:
    """Read the environment variables of this process, or the ones given."""
    read = os.environ if values is None else values
    named = read.get("WUFEI_DATA_DIR", "")
    hosts = tuple(host.strip() for host in read.get("WUFEI_ALLOWED_HOSTS", "").split(",") if host.strip())
    backups = read.get("WUFEI_BACKUP_DIR", "")
    terminal = "console" if sys.stderr.isatty() else "json"
    return Environment(
        data_dir=Path(named).expanduser().absolute() if named else default_data_dir(os.geteuid()),
        database_url=read.get("WUFEI_DATABASE_URL", ""),
        database_name=read.get("WUFEI_DATABASE_NAME", "wufei"),
        backup_dir=Path(backups).expanduser().absolute() if backups else None,
        debug=_is_true(read, "WUFEI_DEBUG"),
        allowed_hosts=hosts,
        https=_is_true(read, "WUFEI_HTTPS"),
        log_format=read.get("WUFEI_LOG_FORMAT", terminal),
        log_level=read.get("WUFEI_LOG_LEVEL", "WARNING").upper(),
        tiles=read.get("WUFEI_TILES", "").strip(),
        tiles_grid=read.get("WUFEI_TILES_GRID", "wgs84").strip().lower(),
    )


def _is_true(values: Mapping[str, str], name: str) -> bool:
    return values.get(name, "").strip().lower() in TRUE_WORDS
