"""A column that is added later changes no leaf and no proof of what was sealed before; new rows seal it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections

from wufei.kernel.errors import ConflictError
from wufei.records.ledger import queries
from wufei.records.ledger.core import leaves
from wufei.records.ledger.core.leaves import read_leaf
from wufei.records.ledger.core.proofs import check_proof, proof_text, read_proof
from wufei.records.ledger.core.transfers import Transfer, single
from wufei.records.ledger.services import post, post_many, seal
from wufei.runtime.access.core import Scope
from wufei.runtime.database.services import Holder

Yard = Any
Settle = Callable[[], None]
OPERATOR = Scope.operator()


def add_version(monkeypatch: pytest.MonkeyPatch, column: str) -> int:
    """What a developer does who adds a column: a version more, with one field more than the last."""
    last, old = leaves.VERSION, leaves.FIELDS
    fields = MappingProxyType({**old, last + 1: (*old[last], column)})
    for name, module in list(sys.modules.items()):
        if name.startswith("wufei.records.ledger"):
            if vars(module).get("FIELDS") is old:
                monkeypatch.setattr(module, "FIELDS", fields)
            if vars(module).get("VERSION") == last:
                monkeypatch.setattr(module, "VERSION", last + 1)
    monkeypatch.setattr(leaves.leaf, "__defaults__", (last + 1,))
    return last + 1


def defects() -> set[tuple[str, str]]:
    found = [*queries.verify(OPERATOR), *queries.verify_seals(OPERATOR)]
    return {(one.code.removeprefix("ledger."), one.where) for one in found}


def write_note(server: Holder, database: str, transfer: Transfer, note: str) -> None:
    with server.connect(database) as superuser:
        superuser.execute("UPDATE ledger_transfer SET note = %s WHERE id = %s", [note, transfer.id])


def test_a_sealed_transfer_keeps_its_leaf_and_proof_when_a_column_is_added(
    sealed_database: str, server: Holder, yard: Yard, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Ed25519PrivateKey.generate()
    old = [yard.generate(n) for n in range(1, 40)]
    post_many(OPERATOR, [single(one) for one in old], now=yard.now)
    settle()
    seal(key, now=yard.now)
    before = queries.prove(OPERATOR, old[7].id)
    exported = queries.heads(OPERATOR, limit=1)
    waiting = yard.generate(50)
    post(OPERATOR, single(waiting), now=yard.now)

    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_transfer ADD COLUMN note text")
    version = add_version(monkeypatch, "note")
    new = yard.generate(51)
    post(OPERATOR, single(new), now=yard.now)
    # No service writes it yet: the one who adds it in earnest writes it with the row.
    write_note(server, sealed_database, new, "new")
    settle()
    seal(key, now=yard.now)

    assert defects() == set()
    assert queries.check_exported(OPERATOR, exported) == []
    after = queries.prove(OPERATOR, old[7].id)
    assert (after.leaf, after.sequence) == (before.leaf, before.sequence)
    assert check_proof(before, heads=exported) == check_proof(after, heads=exported) == []
    assert read_proof(proof_text(before)) == before
    assert "note" not in read_leaf(after.leaf)
    for transfer, note in ((waiting, None), (new, "new")):
        proof = queries.prove(OPERATOR, transfer.id)
        assert (proof.leaf[0], read_leaf(proof.leaf)["note"]) == (version, note)
        assert check_proof(proof, heads=exported) == []

    # What was sealed with the column has no proof once it is changed. What was sealed before keeps its own,
    # which says nothing of the column. Verify finds both.
    found: list[tuple[str, str]] = []
    for transfer, code in ((new, "sealed-row-changed"), (old[7], "sealed-row-grown")):
        write_note(server, sealed_database, transfer, "forged")
        found.append((code, f"transfer {transfer.id}"))
        assert defects() == set(found)
    with pytest.raises(ConflictError, match="seal-broken"):
        queries.prove(OPERATOR, new.id)
    assert queries.prove(OPERATOR, old[7].id).leaf == before.leaf


def test_leaves_of_two_versions_may_lie_in_any_order(
    sealed_database: str, yard: Yard, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a new program is rolled out, sealers of both may take turns."""
    key = Ed25519PrivateKey.generate()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_transfer ADD COLUMN note text")
    for grams in range(1, 25):
        post(OPERATOR, single(yard.generate(grams)), now=yard.now)
        settle()
        with monkeypatch.context() as patch:
            if grams % 3 == 0:
                add_version(patch, "note")
            seal(key, now=yard.now)
    add_version(monkeypatch, "note")
    assert defects() == set()
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT string_agg(version::text, '' ORDER BY sequence) FROM ledger_leaf")
        assert cursor.fetchone() == ("112" * 8,)
