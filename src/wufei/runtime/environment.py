"""The settings that the surroundings of a process give it, read once from environment variables."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

SECOND_FACTOR_MODES = ("off", "remind", "required")

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
    virus_scan : str
        ``clamd://host:port``, ``unix:/path`` or a command that reads standard input (``WUFEI_VIRUS_SCAN``);
        empty for no scan.
    site_url : str
        How people reach the site, such as ``https://wufei.example.org``, for links in mail
        (``WUFEI_SITE_URL``).
    smtp_url : str
        ``smtp[s]://user:password@host:port?from=ADDRESS`` (``WUFEI_SMTP_URL``); empty for no mail.
    webhook_networks : tuple of str
        Networks that are not public and may be called all the same (``WUFEI_WEBHOOK_NETWORKS``, by commas).
    log_format : str
        ``console`` or ``json`` (``WUFEI_LOG_FORMAT``); by default what suits the terminal.
    log_level : str
        ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR`` (``WUFEI_LOG_LEVEL``).
    session_idle_h : float
        Hours after which a session that nobody works in ends (``WUFEI_SESSION_IDLE_HOURS``), > 0.
    session_days : float
        Days after which every session ends (``WUFEI_SESSION_DAYS``), > 0.
    second_factor : str
        ``off``, ``remind`` or ``required`` for who decides for others (``WUFEI_SECOND_FACTOR``).
    oidc_issuer, oidc_client_id, oidc_client_secret : str
        The identity provider and what this site is there (``WUFEI_OIDC_ISSUER``, ``WUFEI_OIDC_CLIENT_ID``,
        ``WUFEI_OIDC_CLIENT_SECRET``); empty without one.
    oidc_title, oidc_title_en : str
        The words on its button (``WUFEI_OIDC_TITLE``, ``WUFEI_OIDC_TITLE_EN``).
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
    virus_scan: str = ""
    site_url: str = ""
    smtp_url: str = ""
    webhook_networks: tuple[str, ...] = ()
    log_format: str = "console"
    log_level: str = "WARNING"
    session_idle_h: float = 12.0
    session_days: float = 7.0
    second_factor: str = "remind"
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_title: str = "统一身份认证"
    oidc_title_en: str = "the identity provider"
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
    hosts = _listed(read, "WUFEI_ALLOWED_HOSTS")
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
        virus_scan=read.get("WUFEI_VIRUS_SCAN", "").strip(),
        site_url=read.get("WUFEI_SITE_URL", "").strip().rstrip("/"),
        smtp_url=read.get("WUFEI_SMTP_URL", "").strip(),
        webhook_networks=_listed(read, "WUFEI_WEBHOOK_NETWORKS"),
        log_format=read.get("WUFEI_LOG_FORMAT", terminal),
        log_level=read.get("WUFEI_LOG_LEVEL", "WARNING").upper(),
        session_idle_h=_positive(read, "WUFEI_SESSION_IDLE_HOURS", 12.0),
        session_days=_positive(read, "WUFEI_SESSION_DAYS", 7.0),
        second_factor=_second_factor(read),
        oidc_issuer=read.get("WUFEI_OIDC_ISSUER", ""),
        oidc_client_id=read.get("WUFEI_OIDC_CLIENT_ID", ""),
        oidc_client_secret=read.get("WUFEI_OIDC_CLIENT_SECRET", ""),
        oidc_title=read.get("WUFEI_OIDC_TITLE", "统一身份认证"),
        oidc_title_en=read.get("WUFEI_OIDC_TITLE_EN", read.get("WUFEI_OIDC_TITLE", "the identity provider")),
        tiles=read.get("WUFEI_TILES", "").strip(),
        tiles_grid=read.get("WUFEI_TILES_GRID", "wgs84").strip().lower(),
    )


def _is_true(values: Mapping[str, str], name: str) -> bool:
    return values.get(name, "").strip().lower() in TRUE_WORDS


def _listed(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in values.get(name, "").split(",") if part.strip())


def _positive(values: Mapping[str, str], name: str, usual: float) -> float:
    text = values.get(name, "").strip()
    if not text:
        return usual
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise InputError(
            "environment.number",
            name,
            text,
            Text(f"环境变量 {name}=“{text}”应为正数。", f"{name}=“{text}” must be a number above zero."),
        )
    return number


def _second_factor(values: Mapping[str, str]) -> str:
    wanted = values.get("WUFEI_SECOND_FACTOR", "remind").strip().lower()
    if wanted not in SECOND_FACTOR_MODES:
        raise InputError(
            "environment.second-factor",
            "WUFEI_SECOND_FACTOR",
            wanted,
            Text(
                f"环境变量 WUFEI_SECOND_FACTOR=“{wanted}”应为 off、remind 或 required。",
                f"WUFEI_SECOND_FACTOR=“{wanted}” must be off, remind or required.",
            ),
        )
    return wanted
