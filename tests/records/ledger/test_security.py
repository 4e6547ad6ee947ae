"""What the database itself refuses to the application's role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.utils import DatabaseError, IntegrityError

from wufei.records.ledger.core.accounts import Kind, account_digest, account_text
from wufei.records.ledger.core.steps import ALLOWED
from wufei.records.ledger.core.transfers import Posting, Step, single
from wufei.records.ledger.services import post, reverse
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session

Yard = Any
TABLES = ("account", "balance", "transfer", "posting", "finish", "reversal")
APPEND_ONLY = ("account", "transfer", "posting", "finish", "reversal", "balance")


def run(statement: str, *values: object, alias: str = "default") -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def count(table: str, book: str) -> int:
    where = {
        "balance": "account_id IN (SELECT id FROM ledger_account WHERE book = %s)",
        "finish": "account_id IN (SELECT id FROM ledger_account WHERE book = %s)",
        "reversal": "transfer_id IN (SELECT id FROM ledger_transfer WHERE book = %s)",
    }.get(table, "book = %s")
    return int(run(f"SELECT count(*) FROM ledger_{table} WHERE {where}", book)[0][0])


@pytest.fixture
def filled(operator: Scope, yard: Yard) -> Yard:
    leg = yard.leg("m")
    back = yard.generate(9)
    there = (
        yard.generate(5),
        yard.transfer(yard.stock, leg, 5, Step.DISPATCH),
        yard.transfer(leg, yard.other, 5, Step.RECEIVE),
    )
    post(operator, Posting(back.id, (back, *there), (leg,)), now=yard.now)
    reverse(operator, back.id, reason="withdrawn", now=yard.now)
    return yard


def test_raw_sql_outside_a_session_sees_nothing(filled: Yard) -> None:
    for table in TABLES:
        assert run(f"SELECT count(*) FROM ledger_{table}") == [(0,)]


def test_a_session_sees_its_region_and_no_other(filled: Yard, region_factory: Callable[..., int]) -> None:
    here = Scope(1, 1, Role.CLERK, region_ids=frozenset({filled.region_id}))
    with session(here):
        assert {table: count(table, filled.book) for table in TABLES} == {
            "account": 4,
            "balance": 3,
            "transfer": 5,
            "posting": 2,
            "finish": 1,
            "reversal": 1,
        }
    elsewhere = Scope(1, 1, Role.CLERK, region_ids=frozenset({region_factory()}))
    with session(elsewhere):
        assert {count(table, filled.book) for table in TABLES} == {0}


def test_a_producer_sees_only_its_own_transfers(filled: Yard) -> None:
    with session(Scope(1, 1, Role.PRODUCER, party_ids=frozenset({filled.other_id}))):
        assert count("transfer", filled.book) == 1
        assert count("account", filled.book) == 1


def test_the_system_role_reads_all_and_writes_nothing(filled: Yard) -> None:
    ((seen,),) = run("SELECT count(*) FROM ledger_transfer WHERE book = %s", filled.book, alias="system")
    assert seen == 5
    with pytest.raises(DatabaseError, match="permission denied"):
        run("INSERT INTO ledger_reversal SELECT * FROM ledger_reversal", alias="system")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_change_or_remove_rows(db: None, table: str, statement: str) -> None:
    column = {"reversal": "reversal_id", "finish": "posting_id", "balance": "grams"}.get(table, "book")
    with pytest.raises(DatabaseError, match="permission denied"), session(Scope.operator()):
        run(statement.format(f"ledger_{table}", column, column))


def test_partitions_cannot_be_reached_by_their_own_name(db: None) -> None:
    names = run(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = 'ledger_transfer'::regclass",
        alias="system",
    )
    assert names
    for (name,) in names:
        for statement in (f"SELECT count(*) FROM {name}", f"INSERT INTO {name} DEFAULT VALUES"):
            with pytest.raises(DatabaseError, match="permission denied"), session(Scope.operator()):
                run(statement)


def copied(yard: Yard, **changes: str) -> str:
    """An INSERT that copies the first transfer of the yard with some columns changed."""
    ((columns,),) = run(
        "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attnum > 0 "
        "AND attgenerated = '' AND attrelid = 'ledger_transfer'::regclass AND attname <> 'xid'",
        alias="system",
    )
    changes["id"] = "overlay(id::text placing substr(gen_random_uuid()::text, 20) from 20)::uuid"
    values = ",".join(changes.get(name, name) for name in columns.split(","))
    return (
        f"INSERT INTO ledger_transfer ({columns}) SELECT {values} FROM ledger_transfer "
        f"WHERE book = '{yard.book}' AND step = 'generate' AND reverses IS NULL ORDER BY grams DESC LIMIT 1"
    )


def test_a_faithful_copy_by_raw_sql_moves_the_balance_too(filled: Yard, operator: Scope) -> None:
    with session(operator):
        run(copied(filled))
        ((grams,),) = run(
            "SELECT grams FROM ledger_balance JOIN ledger_account ON id = account_id "
            "WHERE book = %s AND kind = 'stock' AND ledger_account.holder_id = %s",
            filled.book,
            filled.holder_id,
        )
        # Rows without a posting would make every later `verify` of this database fail.
        transaction.set_rollback(True)
    assert grams == 9


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"grams": "-grams"}, "ledger_transfer_grams"),
        ({"grams": "0"}, "ledger_transfer_grams"),
        ({"target_account_id": "source_account_id"}, "ledger_transfer_two_accounts"),
        ({"step": "'use'"}, "ledger_transfer_step"),
        ({"step": "'dance'"}, "ledger_transfer_step"),
        ({"evidence": "'hearsay'"}, "ledger_transfer_evidence"),
        ({"precision": "'quarter'"}, "ledger_transfer_precision"),
        ({"uncertainty_ppm": "1000001"}, "ledger_transfer_uncertainty"),
        ({"target_holder_id": "target_holder_id + 1"}, "ledger.account-differs"),
        ({"book": "'actual'"}, "ledger.account-differs"),
        ({"stream": "'SW01'"}, "ledger.account-differs"),
        ({"origin_sector": "'household'"}, "ledger.account-differs"),
        ({"origin_region_id": "origin_region_id + 1"}, "ledger_transfer_origin"),
        ({"source_region_id": "source_region_id + 1"}, "ledger_transfer_origin"),
        (
            {"source_account_id": "target_account_id", "target_account_id": "source_account_id"},
            "account-differs",
        ),
        ({"reverses": "gen_random_uuid()"}, "ledger."),
        ({"reverses": "id"}, "ledger."),
        (
            {
                "reverses": "id",
                "source_account_id": "target_account_id",
                "target_account_id": "source_account_id",
                "evidence": "'estimated'",
            },
            "ledger.reversal-differs",
        ),
    ],
)
def test_a_forged_row_is_refused_by_the_database(
    filled: Yard, operator: Scope, changes: dict[str, str], match: str
) -> None:
    with pytest.raises(IntegrityError, match=match), session(operator):
        run(copied(filled, **changes))


def test_a_stranger_cannot_insert_a_row_by_raw_sql(
    filled: Yard, operator: Scope, region_factory: Callable[..., int]
) -> None:
    with session(operator):
        statement = copied(filled)
        (row,) = run(statement.split(") ", 1)[1])
    stranger = Scope(1, 1, Role.CLERK, region_ids=frozenset({region_factory()}))
    marks = ", ".join(["%s"] * len(row))
    insert = statement.split(" SELECT ", 1)[0]
    with pytest.raises(DatabaseError, match="row-level security"), session(stranger):
        run(f"{insert} VALUES ({marks})", *row)


def test_the_functions_tell_a_stranger_nothing_of_a_stock(
    filled: Yard, region_factory: Callable[..., int]
) -> None:
    keys = [
        str(row[0])
        for row in run("SELECT key FROM ledger_account WHERE book = %s", filled.book, alias="system")
    ]
    with session(Scope(1, 1, Role.CLERK, region_ids=frozenset({region_factory()}))):
        told = run("SELECT id, grams FROM ledger_lock_accounts(%s::uuid[])", keys)
        sides = run("SELECT * FROM ledger_sides(ARRAY(SELECT id FROM ledger_transfer))")
    kinds = dict(run("SELECT id, kind FROM ledger_account WHERE book = %s", filled.book, alias="system"))
    assert {kinds[number] for number, grams in told if grams is not None} <= {Kind.TRANSIT}
    assert sides == []


def test_the_steps_of_the_database_are_those_of_the_table(db: None) -> None:
    ((definition,),) = run(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ledger_transfer_step' "
        "AND conrelid = 'ledger_transfer'::regclass",
        alias="system",
    )
    condition = definition.removeprefix("CHECK (").removesuffix(")")
    rows = run(
        "SELECT step, source_kind, target_kind FROM unnest(%s::text[]) step, "
        "unnest(%s::text[]) source_kind, unnest(%s::text[]) target_kind, "
        f"(SELECT 'utilise'::text) AS m (method) WHERE {condition}",
        [str(step) for step in Step],
        [str(kind) for kind in Kind],
        [str(kind) for kind in Kind],
        alias="system",
    )
    assert {(Step(step), Kind(source), Kind(target)) for step, source, target in rows} == ALLOWED


def test_the_database_names_an_account_as_python_does(filled: Yard, operator: Scope) -> None:
    for key in (filled.origin, filled.stock, filled.leg("m")):
        found = run(
            "SELECT kind FROM ledger_account WHERE key = %s",
            account_digest(account_text(key)),
            alias="system",
        )
        assert found == [(str(key.kind),)]


def test_a_single_reversal_row_answers_who_took_it_back(filled: Yard, operator: Scope) -> None:
    one = filled.generate(3)
    post(operator, single(one), now=filled.now)
    reverse(operator, one.id, reason="withdrawn", now=filled.now)
    found = run("SELECT count(*) FROM ledger_reversal WHERE transfer_id = %s", one.id, alias="system")
    assert found == [(1,)]
