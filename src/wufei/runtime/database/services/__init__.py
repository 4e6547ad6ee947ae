"""The door of the database room."""

from wufei.runtime.database.services.archive import waiting_segments
from wufei.runtime.database.services.backups import backup_directory, set_mark, take_backup
from wufei.runtime.database.services.contents import copy_contents
from wufei.runtime.database.services.holdings import histories
from wufei.runtime.database.services.migrations import migrate, waiting_migrations
from wufei.runtime.database.services.preparation import (
    check_embedded,
    database_exists,
    django_databases,
    open_database,
    open_existing,
)
from wufei.runtime.database.services.restoring import parse_wish, restore
from wufei.runtime.database.services.secrets import Secrets, read_secrets
from wufei.runtime.database.services.server import Holder, Report, silent, start
from wufei.runtime.database.services.upgrading import upgrade

__all__ = [
    "Holder",
    "Report",
    "Secrets",
    "backup_directory",
    "check_embedded",
    "copy_contents",
    "database_exists",
    "django_databases",
    "histories",
    "migrate",
    "open_database",
    "open_existing",
    "parse_wish",
    "read_secrets",
    "restore",
    "set_mark",
    "silent",
    "start",
    "take_backup",
    "upgrade",
    "waiting_migrations",
    "waiting_segments",
]
