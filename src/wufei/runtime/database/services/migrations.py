"""Bring the tables to the state that this program expects."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

OWNER_ALIAS = "owner"


def migrate() -> int:
    """Run the waiting migrations as the owner of the tables, and say how many there were."""
    waiting = waiting_migrations(OWNER_ALIAS)
    if waiting:
        call_command("migrate", database=OWNER_ALIAS, verbosity=0, interactive=False)
    return len(waiting)


def waiting_migrations(alias: str) -> list[str]:
    """Name the migrations that have not run yet, as ``app.name``."""
    executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
