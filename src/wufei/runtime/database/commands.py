"""`wufei manage …`: Django's own commands, on the right database role."""

from __future__ import annotations

import typer
from django.core.management import ManagementUtility

from wufei.runtime.database.services.migrations import OWNER_ALIAS

OWNERS_COMMANDS = frozenset({"migrate", "sqlflush", "flush", "sqlmigrate", "dbshell", "inspectdb"})
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("manage", context_settings=PASS_ON)(manage)


def manage(context: typer.Context) -> None:
    """Run a command of Django: wufei manage migrate, wufei manage shell … (对数据库执行 Django 命令)."""
    arguments = list(context.args)
    named = any(argument.startswith("--database") for argument in arguments)
    if arguments and arguments[0] in OWNERS_COMMANDS and not named:
        # Only the owner may change tables; the application's role cannot.
        arguments.append(f"--database={OWNER_ALIAS}")
    ManagementUtility(["wufei manage", *arguments]).execute()
