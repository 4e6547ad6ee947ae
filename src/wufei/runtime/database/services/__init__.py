"""The door of the database room."""

from wufei.runtime.database.services.preparation import django_databases, open_database
from wufei.runtime.database.services.secrets import Secrets, read_secrets
from wufei.runtime.database.services.server import Holder, start

__all__ = ["Holder", "Secrets", "django_databases", "open_database", "read_secrets", "start"]
