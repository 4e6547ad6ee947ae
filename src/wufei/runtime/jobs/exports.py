"""What the rooms' modules ``jobs`` and the like export; known only as Django's applications."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from wufei.runtime.jobs.core import Job, Watched


def exported(name: str, *, by: str = "jobs") -> Iterator[Any]:
    """Give the items of the tuples of this name in the modules ``by`` of all applications, in order."""
    for module in _modules(by):
        yield from getattr(import_module(module), name, ())


@cache
def _modules(by: str) -> tuple[str, ...]:
    """Find the modules of this name once: applications do not come and go."""
    names = (f"{each.name}.{by}" for each in apps.get_app_configs() if each.name.startswith("wufei."))
    return tuple(name for name in names if find_spec(name) is not None)


def all_jobs() -> tuple[Job, ...]:
    """Give the jobs of all rooms."""
    return tuple(exported("JOBS"))


def look_at_all() -> tuple[Watched, ...]:
    """Ask every room how that is which works by itself.

    Raises
    ------
    DatabaseError
        The database does not answer.
    """
    return tuple(look() for look in exported("WATCHES"))
