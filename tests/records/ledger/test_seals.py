"""What a superuser changes after sealing is found and named, no proof of it passes, and no role can do it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections
from django.db.utils import DatabaseError
from typer.testing import CliRunner

from wufei.kernel.errors import AccessError, ConflictError, InputError, NotFoundError
from wufei.kernel.ids import new_id
from wufei.records.ledger import queries
from wufei.records.ledger.commands import app, sealing
from wufei.records.ledger.core.heads import heads_text, read_heads
from wufei.records.ledger.core.proofs import check_proof, proof_text
from wufei.records.ledger.core.transfers import Posting, Step, Transfer, single
from wufei.records.ledger.services import ensure_key, post, post_many, public_key, reverse, seal
from wufei.records.ledger.services.sealing import LOCK
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.database.services import Holder

Yard = Any
Settle = Callable[[], None]
LEAVES = 70
TABLES = ("transfer", "posting", "leaf", "node", "head")


class Log:
    """A sealed yard: seventy transfers, one of them chosen, another reversed; and a superuser."""

    def __init__(self, yard: Yard, key: Ed25519PrivateKey, server: Holder, name: str, settle: Settle) -> None:
        self.yard, self.key, self.server, self.name, self.settle = yard, key, server, name, settle
        self.operator = Scope.operator()
        leg, back = yard.leg("m"), yard.generate(9)
        moves = (yard.generate(5), yard.transfer(yard.stock, leg, 5, Step.DISPATCH))
        self.chosen: Transfer = yard.transfer(leg, yard.other, 5, Step.RECEIVE, document="票 1")
        post(self.operator, Posting(new_id(yard.now), (*moves, self.chosen), (leg,)), now=yard.now)
        self.seal()
        post(self.operator, single(back), now=yard.now)
        reverse(self.operator, back.id, reason="withdrawn", now=yard.now)
        postings = [single(yard.generate(n)) for n in range(1, LEAVES - 4)]
        post_many(self.operator, postings, now=yard.now)
        self.seal()

    def seal(self) -> None:
        self.settle()
        seal(self.key, now=self.yard.now)

    def tamper(self, statement: str) -> None:
        with self.server.connect(self.name) as superuser:
            superuser.execute("SET session_replication_role = replica")
            statement = statement.format(chosen=f"'{self.chosen.id}'")
            assert superuser.execute(statement.encode()).rowcount > 0

    @contextmanager
    def tampered(self, statement: str) -> Iterator[None]:
        """Tamper, and put everything back afterwards."""
        with self.server.connect(self.name) as superuser:
            superuser.execute("SET session_replication_role = replica")
            columns = {table: self.columns(superuser, table) for table in TABLES}
            for table, names in columns.items():
                superuser.execute(
                    f"CREATE TEMP TABLE kept_{table} AS SELECT {names} FROM ledger_{table}".encode()
                )
            self.tamper(statement)
            yield
            for table, names in columns.items():
                superuser.execute(f"DELETE FROM ledger_{table}".encode())
                superuser.execute(
                    f"INSERT INTO ledger_{table} ({names}) SELECT {names} FROM kept_{table}".encode()
                )

    @staticmethod
    def columns(superuser: psycopg.Connection, table: str) -> str:
        found = superuser.execute(
            "SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = %s::regclass "
            "AND attnum > 0 AND attgenerated = '' AND NOT attisdropped",
            [f"ledger_{table}"],
        ).fetchone()
        assert found is not None
        return str(found[0])

    def defects(self) -> set[tuple[str, str]]:
        found = queries.verify_seals(self.operator, keys=[self.key.public_key().public_bytes_raw()])
        return {(one.code.removeprefix("ledger."), one.where) for one in found}


@pytest.fixture
def log(sealed_database: str, yard: Yard, server: Holder, settle: Settle) -> Log:
    return Log(yard, Ed25519PrivateKey.generate(), server, sealed_database, settle)


def test_an_untouched_log_verifies_and_every_transfer_has_a_proof(log: Log) -> None:
    assert log.defects() == set()
    known = [log.key.public_key().public_bytes_raw()]
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT transfer_id FROM ledger_leaf ORDER BY sequence")
        for sequence, (transfer,) in enumerate(cursor.fetchall()):
            proof = queries.prove(log.operator, transfer)
            assert (proof.sequence, proof.head.size, check_proof(proof, keys=known)) == (sequence, LEAVES, [])


FIELD_CHANGES = (
    "grams = grams + 1",
    "quantity = quantity * 1.0000001",
    "occurred_at = occurred_at + interval '1 microsecond'",
    "recorded_at = recorded_at - interval '1 microsecond'",
    "document = '票 2'",
    "evidence = 'estimated'",
    "recorder_id = 1",
    "dry_share_ppm = 0",
    "container = id",
    "source_account_id = source_account_id + 100",
    "target_holder_id = NULL",
    "amends_period = '2025'",
    "posting_id = id",
)


def test_a_changed_field_is_found_and_named_and_has_no_proof(log: Log) -> None:
    found = {}
    for change in FIELD_CHANGES:
        with log.tampered(f"UPDATE ledger_transfer SET {change} WHERE id = {{chosen}}"):
            found[change] = log.defects()
            with pytest.raises(ConflictError, match="seal-broken"):
                queries.prove(log.operator, log.chosen.id)
    named = {("sealed-row-changed", f"transfer {log.chosen.id}")}
    assert found == dict.fromkeys(FIELD_CHANGES, named)
    assert log.defects() == set()


def test_a_changed_posting_is_found_in_each_of_its_transfers(log: Log) -> None:
    log.tamper("UPDATE ledger_posting SET reason = 'wrong-date' WHERE transfers = 3")
    assert {code for code, _ in log.defects()} == {"sealed-row-changed"}
    assert len(log.defects()) == 3


SEAL_CHANGES = {
    "DELETE FROM ledger_transfer WHERE id = {chosen}": {"sealed-row-missing"},
    "UPDATE ledger_leaf SET hash = sha256('') WHERE transfer_id = {chosen}": {
        "sealed-row-changed",
        "node-differs",
        "head-differs",
    },
    "DELETE FROM ledger_leaf WHERE sequence = 69": {"head-differs", "transfer-unsealed"},
    "DELETE FROM ledger_leaf WHERE transfer_id = {chosen}": {
        "sequence-gap",
        "node-differs",
        "head-differs",
        "transfer-unsealed",
    },
    "UPDATE ledger_leaf SET version = 9 WHERE sequence > 0": {"leaf-version-unknown"},
    "UPDATE ledger_node SET hash = sha256('') WHERE index = 2": {"node-differs"},
    "DELETE FROM ledger_node WHERE index = 2": {"node-differs"},
    "INSERT INTO ledger_node VALUES (4, 99, sha256(''))": {"node-differs"},
    "UPDATE ledger_head SET root = sha256('') WHERE size = 3": {"head-differs", "head-not-signed"},
    "UPDATE ledger_head SET at = at + interval '1 second' WHERE size = 3": {"head-not-signed"},
    "DELETE FROM ledger_head WHERE size > 3": {"leaves-without-head"},
    "UPDATE ledger_head SET public_key = sha256('') WHERE size = 3": {
        "head-not-signed",
        "head-of-unknown-key",
    },
}


def test_a_changed_seal_is_found(log: Log) -> None:
    found = {}
    for statement in SEAL_CHANGES:
        with log.tampered(statement):
            found[statement] = {code for code, _ in log.defects()}
    assert found == SEAL_CHANGES
    assert log.defects() == set()


def test_a_node_that_differs_is_named_by_its_leaves(log: Log) -> None:
    log.tamper("UPDATE ledger_node SET hash = sha256('') WHERE index = 2")
    assert log.defects() == {("node-differs", "leaves 32 to 47")}


def test_at_most_twenty_rows_are_named(log: Log) -> None:
    log.tamper("UPDATE ledger_transfer SET document = 'x'")
    assert len(log.defects()) == 20


def test_rights_that_are_too_wide_are_found(log: Log) -> None:
    with log.server.connect(log.name) as superuser:
        superuser.execute(
            "GRANT UPDATE ON ledger_leaf TO wufei_system; GRANT INSERT ON ledger_head TO wufei_app"
        )
    assert log.defects() == {
        ("seal-rights-too-wide", "ledger_leaf, wufei_system, UPDATE"),
        ("seal-rights-too-wide", "ledger_head, wufei_app, INSERT"),
    }


def test_a_history_rewritten_with_the_key_itself_fails_against_an_exported_head(log: Log) -> None:
    """The worst case: whoever rules database and key rewrites everything, so that it verifies."""
    exported = read_heads(heads_text(queries.heads(log.operator, limit=5)))
    assert queries.check_exported(log.operator, exported) == []
    log.tamper("UPDATE ledger_transfer SET document = '票 2' WHERE id = {chosen}")
    for table in ("leaf", "node", "head"):
        log.tamper(f"DELETE FROM ledger_{table}")
    log.seal()
    assert log.defects() == set()
    found = queries.check_exported(log.operator, exported)
    assert {(one.code, one.where) for one in found} == {
        ("ledger.history-rewritten", "head 3"),
        ("ledger.history-rewritten", "head 70"),
    }


def test_an_exported_head_stays_consistent_as_the_log_grows(log: Log) -> None:
    exported = queries.heads(log.operator, limit=5)
    for size in (1, 2, 30):
        post_many(log.operator, [single(log.yard.generate(n + 1)) for n in range(size)], now=log.yard.now)
        log.seal()
        assert queries.check_exported(log.operator, exported) == []


def test_a_shortened_history_a_new_key_and_a_forged_export_are_told(log: Log) -> None:
    whole, part = queries.heads(log.operator, limit=5)
    log.tamper("DELETE FROM ledger_head WHERE size = 70")
    (found,) = queries.check_exported(log.operator, [whole])
    assert found.code == "ledger.history-shortened"
    log.key = Ed25519PrivateKey.generate()
    log.tamper("DELETE FROM ledger_leaf WHERE sequence >= 3")
    log.tamper("DELETE FROM ledger_node")
    log.seal()
    codes = {found.code for found in queries.check_exported(log.operator, [part])}
    assert codes == {"ledger.head-of-unknown-key"}
    forged = [type(part)(part.size, bytes(32), part.at, part.public_key, part.signature)]
    assert [one.code for one in queries.check_exported(log.operator, forged)] == ["ledger.head-not-signed"]


def test_a_transfer_that_is_not_sealed_or_not_visible_has_no_proof(
    log: Log, region_factory: Callable[..., int]
) -> None:
    fresh = log.yard.generate(2)
    post(log.operator, single(fresh), now=log.yard.now)
    stranger = Scope(1, 1, Role.CLERK, region_ids=frozenset({region_factory()}))
    for scope, transfer in ((log.operator, fresh.id), (stranger, log.chosen.id)):
        with pytest.raises(NotFoundError):
            queries.prove(scope, transfer)
    with pytest.raises(AccessError):
        queries.verify_seals(stranger)


def run(statement: str, alias: str) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


FORGED = {
    "leaf": "INSERT INTO ledger_leaf VALUES (70, gen_random_uuid(), 1, sha256(''))",
    "node": "INSERT INTO ledger_node VALUES (4, 99, sha256(''))",
    "head": "INSERT INTO ledger_head SELECT size, root, at, horizon, public_key, signature FROM ledger_head",
}


@pytest.mark.parametrize("table", sorted(FORGED))
def test_no_role_changes_seals_and_the_application_adds_none(db: None, operator: Scope, table: str) -> None:
    name = f"ledger_{table}"
    for statement in (
        FORGED[table],
        f"UPDATE {name} SET {table_column(table)} = NULL",
        f"DELETE FROM {name}",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), session(operator):
            run(statement, "default")
    for statement in (
        f"UPDATE {name} SET {table_column(table)} = NULL",
        f"DELETE FROM {name}",
        f"TRUNCATE {name}",
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(statement, "system")


def table_column(table: str) -> str:
    return "root" if table == "head" else "hash"


def test_a_sequence_is_shown_to_whoever_sees_the_transfer(
    log: Log, region_factory: Callable[..., int]
) -> None:
    def seen(scope: Scope) -> int:
        with session(scope):
            ((count,),) = run("SELECT count(*) FROM ledger_leaf", "default")
        return int(count)

    producer = Scope(1, 1, Role.PRODUCER, party_ids=frozenset({log.yard.other_id}))
    stranger = Scope(1, 1, Role.CLERK, region_ids=frozenset({region_factory()}))
    assert [seen(scope) for scope in (log.operator, producer, stranger)] == [LEAVES, 1, 0]
    assert run("SELECT count(*) FROM ledger_leaf", "default") == [(0,)]
    assert run("SELECT max(size) FROM ledger_head", "default") == [(LEAVES,)]
    with pytest.raises(DatabaseError, match="permission denied"), session(log.operator):
        run("SELECT * FROM ledger_node", "default")


REFUSED = (
    ("INSERT INTO ledger_leaf VALUES (71, gen_random_uuid(), 1, sha256(''))", "ledger.sequence-gap"),
    (
        "INSERT INTO ledger_leaf SELECT n, uuidv7(), 1, sha256('') FROM generate_series(70, 72, 2) n",
        "ledger.sequence-gap",
    ),
    (
        "INSERT INTO ledger_leaf SELECT 70, transfer_id, 1, hash FROM ledger_leaf WHERE sequence = 0",
        "ledger_leaf_transfer_id_key",
    ),
    (
        "INSERT INTO ledger_head SELECT 69, root, at, horizon, public_key, signature FROM ledger_head",
        "ledger.head-differs",
    ),
    (
        "INSERT INTO ledger_head SELECT 72, root, at, horizon, public_key, signature FROM ledger_head",
        "ledger.head-differs",
    ),
)


def test_the_database_refuses_gaps_repetitions_and_false_heads_even_to_the_sealer(log: Log) -> None:
    for statement, match in REFUSED:
        with pytest.raises(DatabaseError, match=match):
            run(statement, "system")


def wufei(environment: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from wufei.cli import main; main()", "ledger", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_an_exported_proof_is_accepted_without_a_database_and_a_forged_one_refused(
    log: Log, tmp_path: Path
) -> None:
    nowhere = os.environ | {"WUFEI_DATA_DIR": str(tmp_path / "none")}
    proof, heads, forged = tmp_path / "proof.json", tmp_path / "heads.json", tmp_path / "forged.json"
    cli = CliRunner()
    assert cli.invoke(app, ["prove", str(log.chosen.id), "--out", str(proof)]).exit_code == 0
    assert cli.invoke(app, ["heads", "--export", str(heads)]).exit_code == 0
    accepted = wufei(nowhere, "check-proof", proof, "--heads", heads)
    assert accepted.returncode == 0, accepted.stderr
    assert "票 1" in accepted.stdout
    assert not (tmp_path / "none").exists()
    text = proof.read_text("ascii")
    forged.write_text(text.replace('"sequence": ', '"sequence": 6'))
    refused = wufei(nowhere, "check-proof", forged)
    assert (refused.returncode, "not under the signed root" in refused.stdout) == (1, True)


def test_check_proof_says_whether_the_key_was_compared(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    file.write_text(proof_text(queries.prove(log.operator, log.chosen.id)))
    known = log.key.public_key().public_bytes_raw().hex()
    for key, compared, code in (("", False, 0), (known, True, 0), ("00" * 32, True, 1)):
        result = CliRunner().invoke(app, ["check-proof", str(file), "--key", key, "--json"])
        shown = json.loads(result.output)
        assert (shown["key_compared"], result.exit_code, shown["accepted"]) == (compared, code, code == 0)
        assert shown["transfer"]["grams"] == 5
    assert CliRunner().invoke(app, ["check-proof", str(file), "--key", "zz"]).exit_code == 2
    assert "--key" in CliRunner().invoke(app, ["check-proof", str(file)]).output
    file.write_text("{}")
    assert isinstance(CliRunner().invoke(app, ["check-proof", str(file)]).exception, InputError)


def test_the_commands_seal_export_compare_and_verify(
    sealed_database: str,
    yard: Yard,
    operator: Scope,
    tmp_path: Path,
    settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WUFEI_DATA_DIR", str(tmp_path))
    cli, file = CliRunner(), str(tmp_path / "heads.json")
    assert isinstance(cli.invoke(app, ["heads", "--export", file]).exception, NotFoundError)
    post(operator, single(yard.generate(5)), now=yard.now)
    settle()
    assert "waiting: 1" in cli.invoke(app, ["heads"]).output
    assert "sealed 1" in cli.invoke(app, ["seal"]).output
    assert cli.invoke(app, ["heads", "--export", file]).exit_code == 0
    assert json.loads(cli.invoke(app, ["heads", "--json"]).output)["heads"][0]["size"] == 1
    assert "unchanged" in cli.invoke(app, ["heads", "--check", file]).output
    assert cli.invoke(app, ["verify"]).exit_code == 0
    # Another key than the one of this data directory: what it signed is not ours.
    (tmp_path / "sealing.key").unlink()
    ensure_key(tmp_path)
    result = cli.invoke(app, ["verify", "--json"])
    assert (result.exit_code, [one["code"] for one in json.loads(result.output)]) == (
        1,
        ["ledger.head-of-unknown-key"],
    )


def test_following_seals_round_after_round_and_warns_of_what_is_held_back(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUFEI_DATA_DIR", str(tmp_path))
    pauses: list[float] = []

    def post_meanwhile(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            sys.exit(143)
        post(log.operator, single(log.yard.generate(len(pauses))), now=log.yard.now)
        if len(pauses) == 1:
            log.settle()
        else:
            blocker.execute("SELECT pg_advisory_lock(%s)", [LOCK])

    monkeypatch.setattr(sealing, "time", SimpleNamespace(sleep=post_meanwhile))
    with log.server.connect(log.name) as blocker:
        result = CliRunner().invoke(app, ["seal", "--follow", "--every", "0.5"])
    assert (result.exit_code, pauses) == (143, [0.5, 0.5, 0.5])
    assert [head.size for head in queries.heads(log.operator, limit=1)] == [LEAVES + 1]
    assert "another sealer" in result.output
    assert "1 笔" in result.stderr


def test_a_compared_head_that_does_not_fit_ends_with_one(log: Log, tmp_path: Path) -> None:
    file = tmp_path / "heads.json"
    file.write_text(heads_text(queries.heads(log.operator, limit=1)))
    log.tamper("DELETE FROM ledger_head WHERE size = 70")
    for arguments in (["--check", str(file)], ["--check", str(file), "--json"]):
        result = CliRunner().invoke(app, ["heads", *arguments])
        assert (result.exit_code, "shorter" in result.output) == (1, True)


def test_the_key_is_made_once_outside_the_database_for_its_owner_alone(tmp_path: Path) -> None:
    assert public_key(tmp_path) is None
    key = ensure_key(tmp_path)
    file = tmp_path / "sealing.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["sealing.key"]
    assert ensure_key(tmp_path).private_bytes_raw() == key.private_bytes_raw()
    assert public_key(tmp_path) == key.public_key().public_bytes_raw()
    file.chmod(0o640)
    with pytest.raises(ConflictError, match="key-exposed"):
        ensure_key(tmp_path)
    file.chmod(0o600)
    file.write_text("abc")
    with pytest.raises(ConflictError, match="key-damaged"):
        ensure_key(tmp_path)
