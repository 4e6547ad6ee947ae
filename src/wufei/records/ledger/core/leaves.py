"""What is sealed of a transfer: versions of canonical bytes that are never edited, only followed by new ones.

A leaf is one byte that says the version and the deterministic CBOR (RFC 8949, 4.2) of an array of that
version's fields. They are numbers, texts, bytes and null, each of which has one encoding only.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import cbor2

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

Value = int | str | bytes | None

VERSION = 1
"""The version in which new transfers are sealed."""

FIELDS = MappingProxyType(
    {
        1: (
            "id",
            "posting_id",
            "book",
            "source_account_id",
            "source_kind",
            "source_region_id",
            "source_holder_id",
            "source_site_id",
            "target_account_id",
            "target_kind",
            "target_region_id",
            "target_holder_id",
            "target_site_id",
            "stream",
            "origin_region_id",
            "origin_sector",
            "grams",
            "step",
            "method",
            "evidence",
            "occurred_at",
            "precision",
            "quantity",
            "unit",
            "conversion",
            "dry_share_ppm",
            "uncertainty_ppm",
            "document",
            "container",
            "reverses",
            "amends_period",
            "recorded_at",
            "recorder_id",
            "posting_reason",
            "posting_hash",
        )
    }
)
"""Fields of each version, in order. Identifiers are 16 bytes, instants microseconds since 1970 in UTC,
quantities plain decimals without trailing zeros, the posting's hash 32 bytes (it binds accounts by their full
names, and what the posting finished)."""

IDENTIFIERS = frozenset({"id", "posting_id", "container", "reverses"})
INSTANTS = frozenset({"occurred_at", "recorded_at"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def leaf(values: Sequence[Value], version: int = VERSION) -> bytes:
    """Write the values of a version's fields as the bytes that are hashed into the tree.

    Notes
    -----
    cbor2 always takes the shortest form for numbers, texts and bytes, which is what its `canonical` option
    would do at twice the time; `read_leaf` refuses bytes that differ from the canonical ones.
    """
    return bytes((version,)) + cbor2.dumps(values)


def read_leaf(data: bytes) -> dict[str, Value]:
    """Read a leaf into its fields.

    Raises
    ------
    InputError
        The version is unknown, or these are not the canonical bytes of its fields.
    """
    fields = FIELDS.get(data[0]) if data else None
    if fields is None:
        raise _unreadable(data)
    stream = io.BytesIO(data[1:])
    try:
        values = cbor2.load(stream)
    except (cbor2.CBORDecodeError, ValueError) as error:
        raise _unreadable(data) from error
    plain = isinstance(values, list) and all(
        value is None or type(value) in {int, str, bytes} for value in values
    )
    if not plain or len(values) != len(fields) or cbor2.dumps(values, canonical=True) != data[1:]:
        raise _unreadable(data)
    return dict(zip(fields, values, strict=True))


def readable(fields: dict[str, Value]) -> dict[str, int | str | None]:
    """Write the fields for people: identifiers, instants and hashes as text."""
    shown: dict[str, int | str | None] = {}
    for name, value in fields.items():
        if isinstance(value, bytes):
            shown[name] = str(UUID(bytes=value)) if name in IDENTIFIERS else value.hex()
        elif name in INSTANTS and isinstance(value, int):
            shown[name] = (_EPOCH + timedelta(microseconds=value)).isoformat()
        else:
            shown[name] = value
    return shown


def _unreadable(data: bytes) -> InputError:
    return InputError(
        "ledger.leaf-unreadable",
        "leaf",
        data.hex(),
        Text(
            "叶数据的版本未知，或不是规范编码，无法核对。请向记账单位索取原始证明文件。",
            "The leaf has an unknown version or is not in canonical form. Ask for the original proof file.",
        ),
    )
