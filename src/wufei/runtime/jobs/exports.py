"""What the rooms' modules ``jobs`` and the like export; known only as Django's applications."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from wufei.runtime.jobs.core import Job, Watched


def exported(name: str, *, by: str = "jobs") -> Iterator[Any]:
    """Give the items of the tuples of this name in the modules ``by`` of all applications, in order."""
    for application in apps.get_app_configs():
        module = f"{application.name}.{by}"
        if application.name.startswith("wufei.") and find_spec(module) is not None:
            yield from getattr(import_module(module), name, ())


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
