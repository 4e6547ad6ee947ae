"""Remember which version of the demo data a database holds, so that a second start takes seconds."""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path

from wufei.runtime.environment import Environment

_SOURCES = (
    ("demo", "*.py"),
    ("demo/data", "*.yaml"),
    ("simulator", "*.py"),
    ("simulator/data", "*.yaml"),
    ("records/plans/data", "*.yaml"),
    ("records/observations/data", "*.yaml"),
    ("records/registry/data", "*.csv"),
    ("records/catalogue/data", "*.csv"),
    ("records/catalogue/data/indicators", "*.yaml"),
)
_HOUSE = Path(__file__).parents[1]


def fingerprint() -> str:
    """Hash everything that the load depends on; equal for equal demo data."""
    digest = blake2b(digest_size=16)
    for folder, pattern in _SOURCES:
        for path in sorted((_HOUSE / folder).glob(pattern)):
            digest.update(f"{folder}/{path.name}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def marker_path(environment: Environment) -> Path:
    """The file that speaks of one database; another database has another one."""
    database = f"{environment.database_url}/{environment.database_name}"
    name = blake2b(database.encode(), digest_size=8).hexdigest()
    return environment.data_dir / f"demo-{name}.json"


def is_marked(environment: Environment) -> bool:
    """Say whether the marker names the present demo data."""
    path = marker_path(environment)
    if not path.is_file():
        return False
    try:
        marked = json.loads(path.read_text("utf8"))
    except ValueError:
        # A marker cut short by a full disk says nothing; loading again is always right.
        return False
    return isinstance(marked, dict) and marked.get("fingerprint") == fingerprint()


def set_mark(environment: Environment) -> None:
    """Write that the load is complete."""
    marker_path(environment).write_text(json.dumps({"fingerprint": fingerprint()}), "utf8")


def clear_mark(environment: Environment) -> None:
    """Take the marker away before a load begins: one that is interrupted starts over."""
    marker_path(environment).unlink(missing_ok=True)
