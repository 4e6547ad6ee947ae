"""Migrations leave the rows of append-only tables as they are: they add nullable columns, and little else.

Which tables those are stands in `core/append_only.py` of the rooms.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

ANY_CASE = re.IGNORECASE
SRC = Path(__file__).resolve().parents[2] / "src" / "wufei"

# All that ALTER TABLE may do: nothing of it changes what a row says, or who may change it.
ALTERATIONS = (
    r"ADD (CONSTRAINT|CHECK|FOREIGN KEY|UNIQUE|PRIMARY KEY|EXCLUDE)\b",
    r"(DROP|VALIDATE|RENAME|ALTER) CONSTRAINT\b",
    r"(ENABLE|FORCE) ROW LEVEL SECURITY$",
    r"ENABLE TRIGGER\b",
    r"ATTACH PARTITION\b",
    r"SET \(|RESET \(",
    r"ALTER (COLUMN )?\w+ SET STATISTICS\b",
)
COLUMN = r"ADD (COLUMN )?(IF NOT EXISTS )?\w+ \w"
FORBIDDEN = (
    r"\bUPDATE (ONLY )?{table}\b",
    r"\bDELETE FROM (ONLY )?{table}\b",
    r"\bMERGE INTO (ONLY )?{table}\b",
    r"\bTRUNCATE (?!ON\b).*\b{table}\b",
    r"\bDROP TABLE\b.*\b{table}\b",
    r"\bINSERT INTO {table}\b.*\bDO UPDATE\b",
    r"\bGRANT\b.*\b(UPDATE|DELETE|TRUNCATE|ALL)\b.* ON\b.*\b{table}\b",
    r"\bDISABLE (TRIGGER|RULE)\b.*\b{table}\b",
    r"\bCREATE (OR REPLACE )?RULE\b.*\b{table}\b",
)
# Operations of Django that change a table which exists.
ON_A_FIELD = (migrations.RemoveField, migrations.AlterField, migrations.RenameField)
ON_A_MODEL = (migrations.DeleteModel, migrations.RenameModel, migrations.AlterModelTable)


PRUNED = {
    # The audit log is never changed, and goes when its time is over: then the system deletes, nobody else.
    "audit.0001_table": "audit_event: GRANT SELECT, INSERT, DELETE ON audit_event TO wufei_system",
}


def append_only() -> dict[str, str]:
    """Every append-only table with the app whose room lists it."""
    tables: dict[str, str] = {}
    for path in sorted(SRC.glob("*/*/core/append_only.py")):
        floor, room = path.relative_to(SRC).parts[:2]
        tables |= dict.fromkeys(import_module(f"wufei.{floor}.{room}.core.append_only").APPEND_ONLY, room)
    return tables


def sql_defects(text: str, tables: Iterable[str]) -> Iterator[str]:
    """Statements that change what append-only tables hold, also inside the functions that SQL makes."""
    plain = re.sub(r"/\*.*?\*/|--[^\n]*", " ", text, flags=re.DOTALL).replace('"', "")
    plain = re.sub(r"\bpublic\.", "", plain)
    for statement in re.sub(r"\s+", " ", plain).split(";"):
        for table in tables:
            if re.search(rf"\b{table}(_\d{{4}}_\d\d)?\b", statement):
                yield from (f"{table}: {statement.strip()}" for _ in _why_not(statement, table))


def _why_not(statement: str, table: str) -> Iterator[str]:
    name = rf"{table}(_\d{{4}}_\d\d)?"
    for pattern in FORBIDDEN:
        if re.search(pattern.format(table=name), statement, ANY_CASE):
            yield pattern
    altered = re.search(rf"\bALTER TABLE (IF EXISTS )?(ONLY )?{name} (?P<actions>.*)", statement, ANY_CASE)
    actions = altered["actions"] if altered else ""
    if "EXECUTE" in statement:
        # The text of a function that makes SQL ends with its quotation mark.
        actions = actions.partition("'")[0]
    for action in filter(None, _actions(actions)):
        if not (_is_nullable_column(action) or any(re.match(one, action, ANY_CASE) for one in ALTERATIONS)):
            yield action


def _actions(text: str) -> list[str]:
    """Split the actions of ALTER TABLE at the commas that stand in no parentheses."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _is_nullable_column(action: str) -> bool:
    # A default would make old rows say what nobody has said.
    column = re.match(COLUMN, action, ANY_CASE) and not re.match(ALTERATIONS[0], action, ANY_CASE)
    return bool(column) and not re.search(
        r"\b(NOT NULL|DEFAULT|PRIMARY KEY|IDENTITY|SERIAL)\b", action, ANY_CASE
    )


def operation_defects(app: str, operation: Operation, tables: dict[str, str], names: dict) -> Iterator[str]:
    """What an operation of a migration does to append-only tables; `names` gives the table of each model."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from operation_defects(app, inner, tables, names)
    elif isinstance(operation, migrations.RunSQL):
        for statement in [operation.sql] if isinstance(operation.sql, str) else operation.sql:
            yield from sql_defects(statement if isinstance(statement, str) else statement[0], tables)
    elif isinstance(operation, migrations.RunPython):
        source = inspect.getsource(operation.code)
        if app in tables.values() or any(word in source for word in {*tables, *tables.values()}):
            yield f"{app}: {operation.code.__name__} in Python, which nobody can check; write SQL"
    else:
        yield from _django_defects(app, operation, tables, names)


def _django_defects(app: str, operation: Operation, tables: dict[str, str], names: dict) -> Iterator[str]:
    if isinstance(operation, (migrations.AddField, *ON_A_FIELD)):
        model, allowed = operation.model_name_lower, _adds_nullable(operation)
    elif isinstance(operation, ON_A_MODEL):
        model, allowed = getattr(operation, "old_name_lower", None) or operation.name_lower, False
    else:
        return
    table = names.get((app, model))
    if table in tables and not allowed:
        yield f"{table}: {operation.describe()}"


def _adds_nullable(operation: Operation) -> bool:
    field = operation.field if isinstance(operation, migrations.AddField) else None
    return field is not None and field.null and not field.has_default() and not field.has_db_default()


def project() -> tuple[MigrationLoader, dict[tuple[str, str], str]]:
    """All migrations of Wufei, and the table of each model they have ever made."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    names = {}
    for (app, _), migration in loader.disk_migrations.items():
        for operation in _with_states(migration.operations):
            if isinstance(operation, migrations.CreateModel):
                table = operation.options.get("db_table") or f"{app}_{operation.name_lower}"
                names[app, operation.name_lower] = table
    return loader, names


def _with_states(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        yield operation
        yield from _with_states(getattr(operation, "state_operations", ()))
        yield from _with_states(getattr(operation, "database_operations", ()))


def test_every_listed_table_is_one_that_a_migration_of_its_room_makes() -> None:
    loader, _ = project()
    made = set()
    for (app, _), migration in loader.disk_migrations.items():
        for operation in _with_states(migration.operations):
            if isinstance(operation, migrations.RunSQL) and isinstance(operation.sql, str):
                made |= {(app, name) for name in re.findall(r"CREATE TABLE (\w+)", operation.sql)}
            elif isinstance(operation, migrations.CreateModel):
                made.add((app, operation.options.get("db_table") or f"{app}_{operation.name_lower}"))
    assert {(app, table) for table, app in append_only().items()} <= made


def test_no_migration_changes_what_an_append_only_table_holds() -> None:
    loader, names = project()
    tables = append_only()
    found = {
        f"{app}.{name}": defect
        for (app, name), migration in loader.disk_migrations.items()
        if migration.__module__.startswith("wufei.")
        for operation in migration.operations
        for defect in operation_defects(app, operation, tables, names)
    }
    assert found == PRUNED


BAD_SQL = (
    "UPDATE ledger_transfer SET grams = 0",
    "update only public.ledger_transfer set grams = 0",
    'UPDATE "ledger_transfer" SET grams = 0',
    "UPDATE\n  ledger_transfer_2026_03 SET grams = 0",
    "SELECT 1; /* quietly */ DELETE FROM ledger_posting WHERE true",
    "TRUNCATE TABLE ledger_node, ledger_leaf",
    "DROP TABLE IF EXISTS ledger_head",
    "MERGE INTO ledger_transfer AS t USING other ON true WHEN MATCHED THEN UPDATE SET grams = 0",
    "INSERT INTO ledger_account (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET ref = 'x'",
    "ALTER TABLE ledger_transfer DROP COLUMN document",
    "ALTER TABLE ledger_transfer DROP document",
    "ALTER TABLE ledger_transfer ALTER COLUMN grams TYPE numeric",
    "ALTER TABLE ledger_transfer ALTER grams SET DATA TYPE numeric USING 0",
    "ALTER TABLE ledger_transfer ALTER COLUMN container SET NOT NULL",
    "ALTER TABLE ledger_transfer ALTER COLUMN signed_grams DROP EXPRESSION",
    "ALTER TABLE ledger_transfer ADD COLUMN note text NOT NULL",
    "ALTER TABLE ledger_transfer ADD COLUMN a text, ADD COLUMN b text NOT NULL DEFAULT ''",
    "ALTER TABLE ledger_transfer ADD note text DEFAULT 'none'",
    "ALTER TABLE ledger_transfer ADD COLUMN note bigint GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE ledger_transfer RENAME COLUMN document TO paper",
    "ALTER TABLE ledger_transfer RENAME TO ledger_old",
    "ALTER TABLE ledger_transfer DETACH PARTITION ledger_transfer_2026_03",
    "ALTER TABLE IF EXISTS ONLY ledger_finish DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE ledger_finish NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE ledger_head DISABLE TRIGGER ALL",
    "GRANT SELECT, UPDATE ON ledger_reversal TO wufei_app",
    "GRANT ALL ON TABLE ledger_reversal TO wufei_system",
    "CREATE RULE quiet AS ON INSERT TO ledger_head DO INSTEAD NOTHING",
    "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT 1; UPDATE ledger_leaf SET version = 2 $$",
    "DO $$ BEGIN EXECUTE 'DELETE FROM observations_observation'; END $$",
)
GOOD_SQL = (
    "ALTER TABLE ledger_transfer ADD COLUMN note text",
    "ALTER TABLE ledger_transfer ADD COLUMN IF NOT EXISTS a text NULL, ADD COLUMN b numeric(10, 2)",
    "ALTER TABLE ledger_transfer ADD COLUMN twice bigint GENERATED ALWAYS AS (grams * 2) STORED",
    "ALTER TABLE ledger_transfer ADD CONSTRAINT some CHECK (grams > 0 AND document IS NOT NULL)",
    "ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_step, ADD CONSTRAINT s CHECK (step <> '')",
    "ALTER TABLE ledger_transfer ENABLE ROW LEVEL SECURITY",
    "CREATE INDEX fast ON ledger_transfer (occurred_on)",
    "REVOKE UPDATE, DELETE, TRUNCATE ON ledger_transfer FROM wufei_app",
    "GRANT SELECT, INSERT ON ledger_transfer TO wufei_app",
    "SELECT 1 FROM ledger_transfer FOR UPDATE",
    "-- UPDATE ledger_transfer SET grams = 0\nSELECT 1",
    "UPDATE ledger_balance SET grams = 0",
    "DELETE FROM plans_planline",
    "ALTER TABLE plans_planline DROP COLUMN notes",
    "CREATE TRIGGER t BEFORE UPDATE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION refuse()",
)


@pytest.mark.parametrize("statement", BAD_SQL)
def test_sql_that_changes_them_is_refused(statement: str) -> None:
    assert list(sql_defects(statement, append_only()))


@pytest.mark.parametrize("statement", GOOD_SQL)
def test_sql_that_only_adds_is_let_pass(statement: str) -> None:
    assert list(sql_defects(statement, append_only())) == []


def fill(apps: object, schema_editor: object) -> None:
    """What a data migration in Python looks like."""


BAD_OPERATIONS = (
    migrations.RunSQL(["SELECT 1", ("UPDATE ledger_transfer SET grams = %s", [0])]),
    migrations.RunPython(fill),
    migrations.AddField("transfer", "note", models.TextField()),
    migrations.AddField("transfer", "note", models.TextField(null=True, default="")),
    migrations.AddField("transfer", "note", models.TextField(null=True, db_default="")),
    migrations.AlterField("transfer", "grams", models.TextField(null=True)),
    migrations.RemoveField("posting", "reason"),
    migrations.RenameField("posting", "reason", "why"),
    migrations.RenameModel("Posting", "Entry"),
    migrations.DeleteModel("Finish"),
    migrations.AlterModelTable("Reversal", "other"),
    migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("transfer", "document")]),
)
GOOD_OPERATIONS = (
    migrations.AddField("transfer", "note", models.TextField(null=True)),
    migrations.RemoveField("balance", "strict"),
    migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("transfer", "document")]),
    migrations.RunSQL("SELECT 1", "DROP TABLE ledger_transfer"),
)


@pytest.mark.parametrize("operation", BAD_OPERATIONS, ids=lambda one: type(one).__name__)
def test_an_operation_of_django_that_changes_them_is_refused(operation: Operation) -> None:
    assert list(operation_defects("ledger", operation, append_only(), project()[1]))


@pytest.mark.parametrize("operation", GOOD_OPERATIONS, ids=lambda one: type(one).__name__)
def test_an_operation_of_django_that_only_adds_is_let_pass(operation: Operation) -> None:
    assert list(operation_defects("ledger", operation, append_only(), project()[1])) == []
