"""Leaves are canonical: one encoding for one content, and versions that are never edited."""

from __future__ import annotations

import hashlib
import struct

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.records.ledger.core.leaves import FIELDS, VERSION, leaf, read_leaf, readable

VALUES = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=40), st.binary(max_size=40))
ROWS = st.lists(VALUES, min_size=len(FIELDS[1]), max_size=len(FIELDS[1]))


def by_hand(value: object) -> bytes:
    """RFC 8949, 3 and 4.2.1, for the few types that a leaf has."""
    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return argument(0, value) if value >= 0 else argument(1, -1 - value)
    if isinstance(value, str):
        data = value.encode()
        return argument(3, len(data)) + data
    if isinstance(value, bytes):
        return argument(2, len(value)) + value
    assert isinstance(value, list)
    return argument(4, len(value)) + b"".join(by_hand(one) for one in value)


def argument(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, form, bound in (
        (24, ">B", 1 << 8),
        (25, ">H", 1 << 16),
        (26, ">I", 1 << 32),
        (27, ">Q", 1 << 64),
    ):
        if number < bound:
            return bytes([major << 5 | code]) + struct.pack(form, number)
    raise AssertionError(number)


@given(ROWS)
def test_a_leaf_is_its_version_and_deterministic_cbor(row: list[object]) -> None:
    assert leaf(row) == bytes([VERSION]) + by_hand(row)
    assert leaf(tuple(row)) == leaf(row)


@given(ROWS)
def test_a_leaf_is_read_back(row: list[object]) -> None:
    assert list(read_leaf(leaf(row)).values()) == row


@given(st.binary(max_size=80))
@example(b"")
@example(b"\x01\x9b\xff\xff\xff\xff\xff\xff\xff\xff")
@example(b"\x01\x5b\x7f\xff\xff\xff\xff\xff\xff\xff")
@example(b"\x01" + b"\x81" * 5000)
def test_bytes_that_are_no_leaf_are_refused_and_nothing_worse(data: bytes) -> None:
    with pytest.raises(InputError):
        read_leaf(data)
    with pytest.raises(InputError):
        read_leaf(b"\x01" + data)


@pytest.mark.parametrize(
    "change",
    [
        lambda row: b"\x02" + cbor2.dumps(row),
        lambda row: b"\x01" + cbor2.dumps(row) + b"\x00",
        lambda row: b"\x01" + cbor2.dumps(row[:-1]),
        lambda row: b"\x01" + cbor2.dumps([*row[:-1], True]),
        lambda row: b"\x01" + cbor2.dumps([*row[:-1], 1.0]),
        lambda row: b"\x01" + cbor2.dumps([*row[:-1], [1]]),
        # The number 5 in two bytes, and an array without a length: the same content in another spelling.
        lambda row: b"\x01" + cbor2.dumps([*row[:-1], 5])[:-1] + b"\x18\x05",
        lambda row: b"\x01\x9f" + cbor2.dumps(row)[2:] + b"\xff",
    ],
)
def test_another_spelling_or_kind_of_content_is_refused(change) -> None:
    row = [number for number, _ in enumerate(FIELDS[1])]
    assert read_leaf(leaf(row))
    with pytest.raises(InputError):
        read_leaf(change(row))


def test_version_one_is_as_it_was_first_sealed() -> None:
    """If this fails, a version was edited: add a new one instead."""
    names = ",".join(FIELDS[1])
    assert len(FIELDS[1]) == 35
    assert hashlib.sha256(names.encode()).hexdigest() == FROZEN_NAMES


def test_identifiers_and_instants_are_shown_as_text() -> None:
    shown = readable(
        {"id": bytes(16), "occurred_at": 1_000_000, "grams": 5, "posting_hash": b"\x01", "method": ""}
    )
    assert shown == {
        "id": "00000000-0000-0000-0000-000000000000",
        "occurred_at": "1970-01-01T00:00:01+00:00",
        "grams": 5,
        "posting_hash": "01",
        "method": "",
    }


FROZEN_NAMES = "64fd0b6b3cef5dea632068246564f53621612535e9d8d03cd575a748ac0777e6"
