"""Whatever a superuser changes, removes, adds or exchanges: `wufei ledger verify` fails and names the row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner

from wufei.kernel.errors import ConflictError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.records.ledger import queries
from wufei.records.ledger.commands import app
from wufei.records.ledger.core.append_only import APPEND_ONLY, KEPT_CURRENT, UNSEALED
from wufei.records.ledger.core.heads import heads_text
from wufei.records.ledger.core.leaves import FIELDS, VERSION
from wufei.records.ledger.core.proofs import check_proof, proof_text, read_proof
from wufei.records.ledger.core.transfers import Posting, Step, single
from wufei.records.ledger.services import ensure_key, post, post_many, reverse, seal
from wufei.runtime.access.core import Scope
from wufei.runtime.database.services import Holder

Yard = Any
Settle = Callable[[], None]

TABLES = (*(table for table in APPEND_ONLY if table not in UNSEALED), *KEPT_CURRENT)
FAR = 1_000_000
# The smallest change of a value of each type, also where there was none.
CHANGED = {
    "bigint": f"coalesce({{0}}, 0) + {FAR}",
    "integer": "coalesce({0}, 0) + 1",
    "smallint": "{0} + 100",
    "text": "{0} || 'x'",
    "uuid": "CASE WHEN {0} IS NULL THEN gen_random_uuid() ELSE overlay({0}::text placing "
    "CASE right({0}::text, 1) WHEN '0' THEN '1' ELSE '0' END from 36)::uuid END",
    "timestamp with time zone": "{0} + interval '1 microsecond'",
    "date": "{0} + 1",
    "boolean": "NOT {0}",
    "numeric": "{0} + 0.0000001",
    "bytea": "set_byte({0}, 7, get_byte({0}, 7) # 1)",
    "xid8": "({0}::text::bigint - 1)::text::xid8",
    "bigint[]": f"{{0}} || {FAR}::bigint",
}


@dataclass
class Ground:
    """A sealed yard in a database without constraints, and the superuser who dropped them."""

    superuser: psycopg.Connection
    yard: Yard
    settle: Settle
    data_dir: Path
    chosen: UUID
    posting: UUID
    stock: int
    leg: int
    sequence: int

    @property
    def victims(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """A row of each table, and the names under which a defect of it may be told."""
        moved = (f"transfer {self.chosen}", f"posting {self.posting}")
        leaves = f"leaves {self.sequence} to {self.sequence}"
        return {
            "ledger_account": (f"id = {self.stock}", (f"account {self.stock}", *moved)),
            "ledger_balance": (f"account_id = {self.stock}", (f"account {self.stock}",)),
            "ledger_posting": (f"id = '{self.posting}'", moved),
            "ledger_transfer": (f"id = '{self.chosen}'", moved),
            "ledger_identifier": (f"id = '{self.chosen}'", moved[:1]),
            "ledger_reversal": ("true", ("transfer ",)),
            "ledger_finish": ("true", (f"account {self.leg}", moved[1])),
            "ledger_leaf": (f"transfer_id = '{self.chosen}'", (moved[0], leaves)),
            "ledger_node": ("level = 4 AND index = 1", ("leaves 16 to 31",)),
            "ledger_head": ("size = 70", ("head 70", f"head {70 + FAR}", "leaves 3 to 69")),
        }

    def rule(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement as the superuser, past triggers and row security."""
        cursor = self.superuser.execute(statement.encode())
        assert cursor.rowcount != 0, statement
        return cursor.fetchall() if cursor.description else []

    @contextmanager
    def after(self, *statements: str) -> Iterator[list[str]]:
        """What verify names after the statements; then everything is put back."""
        for statement in statements:
            self.rule(statement)
        yield self.verified()
        for table in TABLES:
            names = ", ".join(name for name, _, derived in self.columns(table) if not derived)
            self.superuser.execute(f"DELETE FROM {table}".encode())
            self.superuser.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM kept_{table}".encode())

    def verified(self) -> list[str]:
        """Run `wufei ledger verify --json`; give the code and place of each defect."""
        result = CliRunner().invoke(app, ["verify", "--json"])
        assert isinstance(result.exception, SystemExit | None), result.exception
        found = [
            f"{one['code'].removeprefix('ledger.')}: {one['where']}" for one in json.loads(result.output)
        ]
        assert result.exit_code == (1 if found else 0)
        return found

    def columns(self, table: str) -> list[tuple[str, str, bool]]:
        statement = """
            SELECT attname, format_type(atttypid, NULL), attgenerated <> '' FROM pg_attribute
            WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
        """
        return self.superuser.execute(statement, [table]).fetchall()


@pytest.fixture
def ground(
    sealed_database: str,
    yard: Yard,
    server: Holder,
    settle: Settle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Ground]:
    monkeypatch.setenv("WUFEI_DATA_DIR", str(tmp_path))
    operator, key, leg = Scope.operator(), ensure_key(tmp_path), yard.leg("m")
    back, received = yard.generate(9), yard.transfer(leg, yard.other, 5, Step.RECEIVE)
    moves = (yard.generate(5), yard.transfer(yard.stock, leg, 5, Step.DISPATCH), received)
    first = Posting(new_id(yard.now), moves, (leg,))
    post(operator, first, now=yard.now)
    settle()
    seal(key, now=yard.now)
    post(operator, single(back), now=yard.now)
    reverse(operator, back.id, reason="withdrawn", now=yard.now)
    post_many(operator, [single(yard.generate(n)) for n in range(1, 66)], now=yard.now)
    settle()
    seal(key, now=yard.now)
    with server.connect(sealed_database) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for table in TABLES:
            superuser.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}".encode())
        drop_constraints(superuser)
        (stock,) = one(superuser, f"SELECT target_account_id FROM ledger_transfer WHERE id = '{received.id}'")
        (closed,) = one(superuser, "SELECT account_id FROM ledger_finish")
        (sequence,) = one(superuser, f"SELECT sequence FROM ledger_leaf WHERE transfer_id = '{received.id}'")
        yield Ground(
            superuser, yard, settle, tmp_path, received.id, first.id, int(stock), int(closed), int(sequence)
        )


def one(superuser: psycopg.Connection, statement: str) -> tuple[Any, ...]:
    row = superuser.execute(statement.encode()).fetchone()
    assert row is not None
    return row


def drop_constraints(superuser: psycopg.Connection) -> None:
    """Whoever rules the database is bound by no CHECK."""
    found = superuser.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND coninhcount = 0 "
        "AND conrelid = ANY (%s::regclass[])",
        [list(TABLES)],
    ).fetchall()
    assert found
    for table, name in found:
        superuser.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())


def test_an_untouched_ledger_is_sound(ground: Ground) -> None:
    assert ground.verified() == []


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_value_in_any_column_is_found_and_named(ground: Ground, table: str) -> None:
    where, names = ground.victims[table]
    columns = [(name, kind) for name, kind, derived in ground.columns(table) if not derived]
    assert columns
    passed = {}
    for column, kind in columns:
        if (table, column) == ("ledger_head", "horizon"):
            continue
        change = CHANGED[kind].format(column)
        with ground.after(f"UPDATE {table} SET {column} = {change} WHERE {where}") as found:
            if not any(name in defect for defect in found for name in names):
                passed[column] = found
    assert passed == {}
    assert ground.verified() == []


def test_a_derived_column_that_follows_no_longer_is_found_and_named(ground: Ground) -> None:
    derived = [
        (table, name, kind)
        for table in TABLES
        for name, kind, is_derived in ground.columns(table)
        if is_derived
    ]
    assert {name for _, name, _ in derived} >= {"signed_grams", "occurred_on", "key"}
    passed = []
    for table, column, kind in derived:
        ground.superuser.execute(f"ALTER TABLE {table} ALTER COLUMN {column} DROP EXPRESSION".encode())
        where, names = ground.victims[table]
        ground.rule(f"UPDATE {table} SET {column} = {CHANGED[kind].format(column)} WHERE {where}")
        if f"derived-differs: {names[0]}" not in ground.verified():
            passed.append(column)
    assert passed == []


def test_a_horizon_that_was_moved_is_found_and_named(ground: Ground) -> None:
    """Between two rounds a horizon says nothing; moved past a transfer it would hide that from the sealer."""
    moved = (
        (3, "'3'", "head 3"),
        # What the next round sealed then lies before its own beginning.
        (3, "(SELECT max(xid) FROM ledger_transfer)", "head 70"),
        (70, "'99999999999'", "head 70"),
    )
    for size, horizon, told in moved:
        statement = f"UPDATE ledger_head SET horizon = {horizon}::xid8 WHERE size = {size}"
        with ground.after(statement) as found:
            assert f"head-horizon-differs: {told}" in found


@pytest.mark.parametrize("table", TABLES)
def test_a_removed_row_is_found_and_named(ground: Ground, table: str) -> None:
    where, names = ground.victims[table]
    with ground.after(f"DELETE FROM {table} WHERE {where}") as found:
        assert any(name in defect for defect in found for name in names), found


# What an added row has instead of the values of the row that it copies, and how it is told.
ADDED = {
    "ledger_account": ({"id": FAR, "ref": "'x'"}, f"account-unused: account {FAR}"),
    "ledger_balance": ({"account_id": FAR}, f"balance-row-differs: account {FAR}"),
    "ledger_posting": ({"id": "uuidv7()"}, "content-differs: posting "),
    "ledger_transfer": ({"id": "uuidv7()"}, "transfer-unsealed: transfer "),
    "ledger_identifier": ({"id": "uuidv7()"}, "identifier-differs: identifier "),
    "ledger_reversal": (
        {"transfer_id": "uuidv7()", "reversal_id": "uuidv7()"},
        "reversal-differs: transfer ",
    ),
    "ledger_finish": (
        {"account_id": "(SELECT account_id FROM ledger_balance WHERE grams > 0 LIMIT 1)"},
        "finish-not-empty: account ",
    ),
    "ledger_leaf": (
        {"sequence": 70, "transfer_id": "'00000000-0000-7000-8000-000000000001'"},
        "sealed-row-missing: transfer 00000000-0000-7000-8000-000000000001",
    ),
    "ledger_node": ({"index": 99}, "node-differs: 1 nodes above no leaf"),
    "ledger_head": ({"size": 71}, "head-differs: head 71"),
}


@pytest.mark.parametrize("table", TABLES)
def test_an_added_row_is_found_and_named(ground: Ground, table: str) -> None:
    where, _ = ground.victims[table]
    values, told = ADDED[table]
    names = [name for name, _, derived in ground.columns(table) if not derived]
    selected = ", ".join(str(values.get(name, name)) for name in names)
    statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {selected} FROM {table} WHERE {where}"
    with ground.after(statement) as found:
        assert any(defect.startswith(told) for defect in found), found


def test_a_whole_posting_added_behind_the_sealer_is_found(ground: Ground) -> None:
    """Consistent in itself, with a transaction so early or so late that no sealer would come by."""
    forged = ground.yard.generate(7)
    post(Scope.operator(), single(forged), now=ground.yard.now)
    for xid, code in (("3", "transfer-unsealed"), ("9999999999", "transaction-impossible")):
        with ground.after(
            f"UPDATE ledger_transfer SET xid = '{xid}' WHERE id = '{forged.id}'",
            f"UPDATE ledger_posting SET xid = '{xid}' WHERE id = '{forged.id}'",
        ) as found:
            assert f"{code}: transfer {forged.id}" in found
        # Putting back has removed the posting that came after the copy.
        assert ground.verified() == []
        post(Scope.operator(), single(forged), now=ground.yard.now)


def test_an_identifier_of_a_posting_and_of_a_transfer_of_another_is_found(ground: Ground) -> None:
    with ground.after(
        f"UPDATE ledger_posting SET id = '{ground.chosen}' WHERE transfers = 1 AND reason <> ''"
    ) as found:
        assert f"id-twice: posting {ground.chosen}" in found


# Two rows that exchange what they say, and how the one or the other is told.
SWAPS = {
    "ledger_transfer": ("id", "grams", "('{a}', '{b}')", ("sealed-row-changed: transfer {a}",)),
    "ledger_posting": ("id", "content_hash", "('{a}', '{b}')", ("content-differs: posting {a}",)),
    "ledger_leaf": ("transfer_id", "hash", "('{a}', '{b}')", ("sealed-row-changed: transfer {a}",)),
    "ledger_balance": ("account_id", "grams", "({stock}, {other})", ("balance-differs: account {stock}",)),
    "ledger_node": ("index", "hash", "(1, 2)", ("node-differs: leaves 16 to 31",)),
    "ledger_head": ("size", "root", "(3, 70)", ("head-differs: head 3", "head-not-signed: head 70")),
}


def test_rows_that_exchange_what_they_say_are_found_and_named(ground: Ground) -> None:
    found = ground.rule("SELECT id FROM ledger_posting WHERE transfers = 1 AND reason = '' ORDER BY id")
    ((other,),) = ground.rule("SELECT account_id FROM ledger_balance ORDER BY grams DESC LIMIT 1")
    words = {"a": found[3][0], "b": found[5][0], "stock": ground.stock, "other": other}
    for table, (key, column, pair, told) in SWAPS.items():
        low = f"SELECT {key} FROM {table} WHERE {key} IN {pair.format(**words)}"
        statement = (
            f"UPDATE {table} AS mine SET {column} = theirs.{column} FROM {table} AS theirs "
            f"WHERE mine.{key} IN ({low}) AND theirs.{key} IN ({low}) AND mine.{key} <> theirs.{key}"
        )
        with ground.after(statement) as defects:
            assert {name.format(**words) for name in told} <= set(defects), table


def test_leaves_that_change_places_are_found_and_named(ground: Ground) -> None:
    exchange = "UPDATE ledger_leaf SET sequence = {} WHERE sequence = {}"
    moves = [exchange.format(*pair) for pair in ((FAR, 20), (20, 21), (21, FAR))]
    with ground.after(*moves) as found:
        assert {"node-differs: leaves 16 to 31", "head-differs: head 70"} <= set(found)


def test_no_proof_is_given_of_a_transfer_any_of_whose_sealed_fields_was_changed(ground: Ground) -> None:
    kinds = {name: kind for name, kind, _ in ground.columns("ledger_transfer")}
    of_posting = {"posting_reason": ("reason", "text"), "posting_hash": ("content_hash", "bytea")}
    whole = proof_text(queries.prove(Scope.operator(), ground.chosen))
    for field in FIELDS[VERSION]:
        column, kind = of_posting.get(field) or (field, kinds[field])
        table = "ledger_posting" if field in of_posting else "ledger_transfer"
        where = ground.victims[table][0]
        with ground.after(f"UPDATE {table} SET {column} = {CHANGED[kind].format(column)} WHERE {where}"):
            with pytest.raises((ConflictError, NotFoundError)) as refused:
                queries.prove(Scope.operator(), ground.chosen)
            assert isinstance(refused.value, ConflictError) or field == "id"
    # Nor can the file be bent to the changed row: any other leaf is not under the root.
    true = read_proof(whole)
    forged = type(true)(
        true.transfer_id, true.sequence, true.leaf[:-1] + bytes([true.leaf[-1] ^ 1]), true.path, true.head
    )
    assert {one.code for one in check_proof(forged)} == {"ledger.proof-not-included"}
    assert check_proof(true) == []


@pytest.mark.parametrize("stolen", [False, True])
def test_a_rewritten_history_fails_against_an_exported_head(ground: Ground, *, stolen: bool) -> None:
    """Leaves, nodes and heads are built anew over a changed row, with another key or with the stolen one."""
    file = ground.data_dir / "heads.json"
    file.write_text(heads_text(queries.heads(Scope.operator(), limit=9)))
    proof = ground.data_dir / "proof.json"
    proof.write_text(proof_text(queries.prove(Scope.operator(), ground.chosen)))
    check = ["heads", "--check", str(file), "--json"]
    assert CliRunner().invoke(app, check).exit_code == 0
    ground.rule(f"UPDATE ledger_transfer SET document = '票 9' WHERE id = '{ground.chosen}'")
    for table in ("ledger_leaf", "ledger_node", "ledger_head"):
        ground.rule(f"DELETE FROM {table}")
    if not stolen:
        (ground.data_dir / "sealing.key").unlink()
    ground.settle()
    seal(ensure_key(ground.data_dir), now=ground.yard.now)
    post_many(Scope.operator(), [single(ground.yard.generate(n)) for n in range(1, 9)], now=ground.yard.now)
    ground.settle()
    seal(ensure_key(ground.data_dir), now=ground.yard.now)
    assert not any(defect.startswith(("head", "node", "sealed")) for defect in ground.verified())
    result = CliRunner().invoke(app, check)
    assert result.exit_code == 1
    told = {(one["code"], one["where"]) for one in json.loads(result.output)}
    rewritten = {("ledger.history-rewritten", f"head {size}") for size in (3, 70)}
    keys = {("ledger.head-of-unknown-key", f"head {size}") for size in (3, 70)}
    assert told == rewritten | (set() if stolen else keys)
    # The proof that was handed out still tells what the row said.
    kept = CliRunner().invoke(app, ["check-proof", str(proof), "--heads", str(file)])
    assert kept.exit_code == 0
    forged = queries.prove(Scope.operator(), ground.chosen)
    proof.write_text(proof_text(forged))
    assert CliRunner().invoke(app, ["check-proof", str(proof), "--heads", str(file)]).exit_code == (
        0 if stolen else 1
    )


GUARDS = (
    ("ALTER TABLE ledger_transfer NO FORCE ROW LEVEL SECURITY", "protection-off: ledger_transfer"),
    ("ALTER TABLE ledger_finish DISABLE ROW LEVEL SECURITY", "protection-off: ledger_finish"),
    (
        "ALTER TABLE ledger_head DISABLE TRIGGER ledger_head_whole",
        "protection-off: ledger_head, ledger_head_whole",
    ),
    ("GRANT UPDATE (grams) ON ledger_transfer TO wufei_app", "rights-too-wide: ledger_transfer, UPDATE"),
    ("GRANT DELETE ON ledger_balance TO wufei_system", "rights-too-wide: ledger_balance, DELETE"),
    ("GRANT TRUNCATE ON ledger_posting TO PUBLIC", "rights-too-wide: ledger_posting, TRUNCATE"),
    (
        "GRANT INSERT (hash) ON ledger_node TO wufei_app",
        "seal-rights-too-wide: ledger_node, wufei_app, INSERT",
    ),
)


def test_a_guard_that_is_switched_off_is_found_and_named(ground: Ground) -> None:
    for statement, told in GUARDS:
        ground.superuser.execute(statement.encode())
        assert told in ground.verified()


def test_a_role_that_passes_row_security_by_is_found(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at in a transaction that is taken back: roles belong to the whole server."""
    with ground.superuser.transaction(force_rollback=True):
        ground.superuser.execute("ALTER ROLE wufei_app BYPASSRLS")
        monkeypatch.setattr(
            "wufei.records.ledger.queries.integrity.connections", {"system": ground.superuser}
        )
        found = queries.verify(Scope.operator())
    assert [(one.code, one.where) for one in found] == [("ledger.protection-off", "wufei_app")]


def test_instants_beyond_any_calendar_are_named_too(ground: Ground) -> None:
    """Infinity has no number: verify must name the row that says so, not stumble over it."""
    changes = {
        f"UPDATE ledger_transfer SET occurred_at = 'infinity' WHERE id = '{ground.chosen}'": ground.chosen,
        f"UPDATE ledger_transfer SET recorded_at = '-infinity' WHERE id = '{ground.chosen}'": ground.chosen,
        f"UPDATE ledger_posting SET recorded_at = 'infinity' WHERE id = '{ground.posting}'": ground.posting,
        "UPDATE ledger_head SET at = 'infinity' WHERE size = 70": "head 70",
        "UPDATE ledger_head SET at = '4000-01-01 BC' WHERE size = 3": "head 3",
        f"UPDATE ledger_transfer SET quantity = 'NaN' WHERE id = '{ground.chosen}'": ground.chosen,
    }
    for statement, name in changes.items():
        with ground.after(statement) as found:
            assert any(str(name) in defect for defect in found), statement
