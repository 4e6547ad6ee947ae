"""Raw SQL as the application's role: a scope that covers nothing of it reads nothing and writes nothing.

The tables and functions come from the catalogue of the database, so a new one is tested by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections, transaction
from django.db.utils import DatabaseError
from psycopg.types.json import Jsonb

from wufei.kernel.ids import new_id
from wufei.kernel.period import Period
from wufei.records.ledger import queries
from wufei.records.ledger.core.append_only import APPEND_ONLY, DERIVED, KEPT_CURRENT, LOADS
from wufei.records.ledger.core.sheet.files import Upload
from wufei.records.ledger.core.transfers import Posting, Step, single
from wufei.records.ledger.services import (
    check_nightly,
    close_period,
    follow_lots,
    load_file,
    post,
    reverse,
    seal,
)
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.database.services import Holder
from wufei.runtime.identity.core.kinds import GRANTED_ROLES

Yard = Any
PLACES = ("none", "nothing", "another region", "another party")
# Roots say nothing of any transfer: everybody may know them, and keep them. What is closed, every writer must
# know, and whether the ledger is sound, everybody.
READ_BY_ALL = ("ledger_check_run", "ledger_closing", "ledger_head")
HIDDEN_FROM_ALL = {"ledger_node", "ledger_lot_account", "ledger_identifier"}
REFUSED = "permission denied|row-level security|must be owner"


def run(statement: str, *values: object) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def answer(statement: str, *values: object) -> list[tuple[Any, ...]] | None:
    """What the statement gives, or None where the database refuses it as not permitted."""
    refusal: DatabaseError | None = None
    try:
        with transaction.atomic():
            return run(statement, *values)
    except DatabaseError as error:
        refusal = error
    assert re.search(REFUSED, str(refusal)), (statement, refusal)
    return None


class Ground:
    """A database with a row in every table of the ledger, and who rules it."""

    def __init__(
        self, superuser: psycopg.Connection, scopes: dict[str, Callable[[Role], Scope | None]]
    ) -> None:
        self.superuser, self.scopes = superuser, scopes

    def rule(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        cursor = self.superuser.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []

    @property
    def tables(self) -> list[str]:
        found = self.rule(
            "SELECT relname FROM pg_class WHERE relname LIKE 'ledger\\_%' AND relkind = ANY ('{r,p,v,m,f}') "
            "AND NOT relispartition AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        return [row[0] for row in found]

    @property
    def partitions(self) -> list[str]:
        return [
            row[0] for row in self.rule("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
        ]

    @contextmanager
    def as_role(self, role: Role, place: str) -> Iterator[None]:
        """One role with a scope of one kind; `none` is a connection to which nobody gave a scope."""
        scope = self.scopes[place](role)
        with ExitStack() as stack:
            stack.enter_context(session(scope) if scope else transaction.atomic())
            yield
            transaction.set_rollback(True)

    def attempt(
        self, role: Role, place: str, statement: str, *values: object
    ) -> list[tuple[Any, ...]] | None:
        """What the statement gives to that role, or None where the database refuses it."""
        with self.as_role(role, place):
            return answer(statement, *values)

    def copy_of_a_row(self, table: str) -> tuple[str, list[Any]]:
        """An INSERT of a row that is there, under another key."""
        columns = dict(
            self.rule(
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass "
                "AND attnum > 0 AND attgenerated = '' AND attidentity <> 'a' AND NOT attisdropped "
                "AND attname <> 'xid' ORDER BY attnum",
                table,
            )
        )
        (row,) = self.rule(f"SELECT {', '.join(columns)} FROM {table} LIMIT 1")
        values = [
            Jsonb(value) if kind == "jsonb" else value
            for kind, value in zip(columns.values(), row, strict=True)
        ]
        values[0] = new_id_like(values[0])
        marks = ", ".join(["%s"] * len(columns))
        return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values

    def counts(self) -> dict[str, int]:
        return {table: self.rule(f"SELECT count(*) FROM {table}")[0][0] for table in self.tables}


def new_id_like(value: Any) -> Any:
    if isinstance(value, UUID):
        return UUID(int=value.int ^ 0xFFFF)
    # A key that the database makes itself is not among the columns.
    return value + 1000 if isinstance(value, int) else value


@pytest.fixture
def ground(
    sealed_database: str,
    server: Holder,
    yard: Yard,
    region_factory: Callable[..., int],
    party_factory: Callable[..., int],
    settle: Callable[[], None],
) -> Iterator[Ground]:
    operator, leg, back = Scope.operator(), yard.leg("m"), yard.generate(9)
    moves = (yard.generate(5), yard.transfer(yard.stock, leg, 5, Step.DISPATCH))
    received = yard.transfer(leg, yard.other, 5, Step.RECEIVE)
    post(operator, Posting(new_id(yard.now), (*moves, received), (leg,)), now=yard.now)
    post(operator, single(back), now=yard.now)
    reverse(operator, back.id, reason="withdrawn", now=yard.now)
    for grams in range(1, 20):
        post(operator, single(yard.generate(grams)), now=yard.now)
    wrong = b"date,step,stream,quantity (t),holder\n2026-02-30,generate,SW03,x,nobody\n"
    load_file(operator, Upload(wrong, "wrong.csv"), keep_good=True, now=yard.now)
    post(operator, single(yard.transfer(yard.stock, yard.leg("old"), 1, Step.DISPATCH)), now=yard.now)
    settle()
    seal(Ed25519PrivateKey.generate(), now=yard.now)
    close_period(
        operator, book=yard.book, period=Period.month_of(2026, 1), region_id=yard.region_id, now=yard.now
    )
    follow_lots(operator, now=yard.now)
    check_nightly(operator, now=yard.now + timedelta(days=90), keys=())
    region, party = region_factory(), party_factory()
    scopes: dict[str, Callable[[Role], Scope | None]] = {
        "none": lambda _: None,
        "nothing": lambda role: Scope(1, 1, role),
        "another region": lambda role: Scope(1, 1, role, region_ids=frozenset({region})),
        "another party": lambda role: Scope(1, 1, role, party_ids=frozenset({party})),
    }
    with server.connect(sealed_database) as superuser:
        superuser.execute("ANALYZE")
        yield Ground(superuser, scopes)


def test_every_table_of_the_ledger_stands_in_a_list(ground: Ground) -> None:
    assert set(ground.tables) == {*APPEND_ONLY, *KEPT_CURRENT, *DERIVED, *LOADS}


def test_the_operator_reads_rows_in_every_table_so_there_is_something_to_hide(ground: Ground) -> None:
    for table in set(ground.tables) - HIDDEN_FROM_ALL:
        with session(Scope.operator()):
            assert run(f"SELECT count(*) FROM {table}")[0][0] > 0, table


def test_a_scope_that_covers_nothing_of_it_reads_nothing(ground: Ground) -> None:
    seen = {}
    for role, place, table in product(GRANTED_ROLES, PLACES, [*ground.tables, *ground.partitions]):
        for statement in (f"SELECT * FROM {table}", f"TABLE {table} LIMIT 1"):
            rows = ground.attempt(role, place, statement)
            if rows:
                seen[role, place, table] = len(rows)
    # One of each.
    assert seen == dict.fromkeys(product(GRANTED_ROLES, PLACES, READ_BY_ALL), 1)


def test_what_the_planner_knows_of_the_rows_is_hidden_too(ground: Ground) -> None:
    statement = "SELECT tablename, attname FROM pg_stats WHERE tablename LIKE 'ledger\\_%%'"
    known = {table for table, _ in ground.rule(statement.replace("%%", "%"))}
    assert "ledger_transfer" in known
    with session(Scope.operator()):
        assert run(statement.replace("%%", "%")) == []


WRITES = (
    "UPDATE {table} SET {column} = {column}",
    "UPDATE {table} SET {column} = DEFAULT",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "SELECT * FROM {table} FOR UPDATE",
    "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "CREATE POLICY mine ON {table} USING (true)",
    "CREATE TRIGGER mine AFTER INSERT ON {table} EXECUTE FUNCTION ledger_check_finish()",
    "DROP TABLE {table}",
    "ALTER TABLE {table} OWNER TO wufei_app",
)


def test_no_scope_writes_changes_or_removes_a_row_of_another(ground: Ground) -> None:
    before, done = ground.counts(), []
    for table in ground.tables:
        column = ground.rule(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
            "AND attidentity <> 'a' ORDER BY attnum LIMIT 1",
            table,
        )[0][0]
        copied, values = ground.copy_of_a_row(table)
        for role, place in product(GRANTED_ROLES, PLACES):
            for statement in WRITES:
                given = ground.attempt(role, place, statement.format(table=table, column=column))
                # Locking rows needs the right to change them; of rows that one cannot see there are none.
                done += [(role, place, statement, table)] if given is not None else []
            if ground.attempt(role, place, copied, *values) is not None:
                done.append((role, place, "INSERT", table))
        # A grant of what one does not have is no error, it just gives nothing.
        ground.attempt(Role.OFFICE, "nothing", f"GRANT ALL ON {table} TO wufei_app, PUBLIC")
    assert done == []
    assert ground.counts() == before
    assert queries.verify(Scope.operator()) == []


ESCAPES = (
    "SET ROLE wufei_owner",
    "SET ROLE wufei_system",
    "SET SESSION AUTHORIZATION postgres",
    "SET session_replication_role = replica",
    "ALTER ROLE wufei_app BYPASSRLS",
    "ALTER ROLE wufei_app SUPERUSER",
    "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION wufei_sees_all() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "ALTER FUNCTION wufei_regions() OWNER TO wufei_app",
    "CREATE TABLE public.mine AS SELECT 1",
    "SELECT pg_read_file('postgresql.conf')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY pg_class TO '/tmp/mine'",
    "SELECT lo_import('/etc/passwd')",
    "SELECT ledger_record_reversals(ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()])",
    "SELECT rolpassword FROM pg_authid",
)


def test_the_application_cannot_become_somebody_else(ground: Ground) -> None:
    with session(Scope.operator()):
        run("SET LOCAL row_security = off")
        assert answer("SELECT * FROM ledger_transfer") is None
    assert [statement for statement in ESCAPES if answer(statement) is not None] == []


def test_functions_that_look_past_row_security_are_closed_to_others_and_name_their_schema(
    ground: Ground,
) -> None:
    """Otherwise a table of the caller's own could stand before ours."""
    found = ground.rule(
        "SELECT proname, coalesce(proconfig::text, ''), has_function_privilege('public', oid, 'EXECUTE'), "
        "prorettype = 'trigger'::regtype "
        "FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert {row[0] for row in found} >= {"ledger_lock_accounts", "ledger_apply_transfers"}
    assert [name for name, config, _, _ in found if "search_path=public, pg_temp" not in config] == []
    # A trigger function cannot be called at all.
    assert [name for name, _, public, trigger in found if public and not trigger] == []
