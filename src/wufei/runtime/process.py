"""A process with Django and the database ready, for commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.apps import apps
from django.db import connections

from wufei.runtime.database.services import Report, open_database, silent
from wufei.runtime.environment import Environment
from wufei.runtime.logs import set_up_logs


@contextmanager
def running(environment: Environment, *, report: Report = silent) -> Iterator[None]:
    """Open the database, set Django up, and release both at the end.

    Where Django is ready already (in tests, inside another command) nothing is opened or released: whoever
    made it ready knows which database it talks to.
    """
    if apps.ready:
        yield
        return
    set_up_logs(environment)
    holder = open_database(environment, report=report)
    try:
        set_up_django()
        yield
        connections.close_all()
    finally:
        if holder is not None:
            holder.release()


def set_up_django() -> None:
    """Load settings and rooms; settings read the secrets, so the data directory is made before."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wufei.runtime.settings")
    django.setup()
