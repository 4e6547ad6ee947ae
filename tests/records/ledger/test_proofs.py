"""A proof is checked by anybody, and any changed bit of it, its head or its key is noticed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.records.ledger.core.heads import heads_text, is_signed, read_heads, sign
from wufei.records.ledger.core.leaves import FIELDS, leaf
from wufei.records.ledger.core.merkle import Tree, extend, hash_of, inclusion_spans, leaf_hash
from wufei.records.ledger.core.proofs import Proof, check_proof, proof_text, read_proof

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
AT = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)


def made_leaf(number: int) -> bytes:
    return leaf([UUID(int=number).bytes, *[number] * (len(FIELDS[1]) - 1)])


def made_proof(index: int, size: int, key: Ed25519PrivateKey = KEY) -> Proof:
    leaves = [made_leaf(number) for number in range(size)]
    stored = {(0, number): leaf_hash(one) for number, one in enumerate(leaves)}
    tree, runs = extend(Tree(), list(stored.values()))
    stored |= {(run.level, run.first + i): one for run in runs for i, one in enumerate(run.hashes)}
    path = tuple(hash_of(span, stored) for span in inclusion_spans(index, size))
    return Proof(UUID(int=index), index, leaves[index], path, sign(key, size, tree.root, AT))


PROOF = made_proof(6, 21)
TEXT = proof_text(PROOF)


def codes(proof: Proof, **known) -> set[str]:
    return {found.code for found in check_proof(proof, **known)}


@given(st.data(), st.integers(1, 60))
def test_a_proof_of_any_transfer_holds_and_is_read_back(data: st.DataObject, size: int) -> None:
    proof = made_proof(data.draw(st.integers(0, size - 1)), size)
    assert read_proof(proof_text(proof)) == proof
    assert check_proof(proof) == []


@given(st.integers(0, len(TEXT) - 1), st.integers(0, 7))
def test_a_flipped_bit_anywhere_in_the_file_is_noticed(place: int, bit: int) -> None:
    data = bytearray(TEXT.encode())
    data[place] ^= 1 << bit
    assert refused(data.decode("utf8", "replace"))


def refused(text: str) -> bool:
    """Say whether a file is unreadable or its proof does not hold against the known key."""
    try:
        return bool(check_proof(read_proof(text), keys=[PROOF.head.public_key]))
    except InputError:
        return True


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"transfer_id": UUID(int=7)}, "ledger.proof-of-another"),
        ({"leaf": made_leaf(7)}, "ledger.proof-of-another"),
        ({"sequence": 7}, "ledger.proof-not-included"),
        ({"path": PROOF.path[:-1]}, "ledger.proof-not-included"),
        ({"head": replace(PROOF.head, size=22)}, "ledger.head-not-signed"),
        ({"head": replace(PROOF.head, at=datetime(2026, 3, 2, tzinfo=UTC))}, "ledger.head-not-signed"),
        ({"head": sign(KEY, 21, bytes(32), AT)}, "ledger.proof-not-included"),
    ],
)
def test_each_kind_of_forgery_is_named(change: dict[str, object], code: str) -> None:
    assert code in codes(replace(PROOF, **change))


def test_a_log_signed_with_another_key_passes_only_where_no_key_is_known() -> None:
    forged = made_proof(6, 21, OTHER_KEY)
    known = PROOF.head.public_key
    assert codes(forged) == set()
    assert codes(forged, keys=[known]) == {"ledger.head-of-unknown-key"}
    assert codes(forged, heads=[PROOF.head]) == {"ledger.head-of-unknown-key"}
    assert codes(PROOF, keys=[known], heads=[PROOF.head]) == set()


def test_an_exported_head_of_the_same_size_contradicts_another_root() -> None:
    assert codes(PROOF, heads=[sign(KEY, 21, bytes(32), AT)]) == {"ledger.head-contradicted"}
    assert codes(PROOF, heads=[sign(KEY, 20, bytes(32), AT)]) == set()


def test_the_key_of_an_exported_head_with_a_bad_signature_is_not_known() -> None:
    bad = replace(made_proof(6, 21, OTHER_KEY).head, size=5)
    assert codes(made_proof(6, 21, OTHER_KEY), heads=[bad]) == {"ledger.head-of-unknown-key"}


def test_heads_are_written_and_read_back() -> None:
    heads = (sign(KEY, 3, bytes(32), AT), sign(OTHER_KEY, 2, bytes(range(32)), AT))
    assert read_heads(heads_text(heads)) == heads
    assert all(is_signed(head) for head in heads)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 0},
        {"size": True},
        {"size": 3.0},
        {"root": "00"},
        {"root": "AA" * 32},
        {"at": "2026-03-01T08:00:00"},
        {"at": "2026-03-01T16:00:00.123456+08:00"},
        {"public_key": None},
        {"more": 1},
    ],
)
def test_a_file_of_heads_that_was_changed_is_refused(change: dict[str, object]) -> None:
    values = json.loads(heads_text([sign(KEY, 3, bytes(32), AT)]))
    values["heads"][0] |= change
    with pytest.raises(InputError):
        read_heads(json.dumps(values))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"format": "wufei-heads-1", "heads": []}', "[" * 99_999]
)
def test_a_file_of_another_kind_is_refused(text: str) -> None:
    for read in (read_heads, read_proof):
        with pytest.raises(InputError):
            read(text)


def test_a_key_that_is_no_point_signs_nothing() -> None:
    assert not is_signed(replace(PROOF.head, public_key=b"\x01"))
    assert not is_signed(replace(PROOF.head, signature=b""))
