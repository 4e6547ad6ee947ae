"""The door of the database room."""

from wufei.runtime.database.services.migrations import migrate, waiting_migrations
from wufei.runtime.database.services.preparation import django_databases, open_database
from wufei.runtime.database.services.secrets import Secrets, read_secrets
from wufei.runtime.database.services.server import Holder, Report, silent, start

__all__ = [
    "Holder",
    "Report",
    "Secrets",
    "django_databases",
    "migrate",
    "open_database",
    "read_secrets",
    "silent",
    "start",
    "waiting_migrations",
]
