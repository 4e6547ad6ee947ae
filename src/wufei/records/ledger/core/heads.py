"""Signed heads: the size and root of the tree at an instant, and the file in which they leave the house."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

FORMAT = "wufei-heads-1"
# Says what is signed, so that a signature can never pass for one of something else; ends with the version.
_CONTEXT = b"wufei ledger head\x00\x01"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Head:
    """The state of the log at an instant, signed with Ed25519.

    Attributes
    ----------
    size : int
        Sealed transfers.
    root : bytes
        Root of the Merkle tree over them, 32 bytes.
    at : datetime
        When it was signed, UTC.
    public_key, signature : bytes
        32 and 64 bytes.
    """

    size: int
    root: bytes
    at: datetime
    public_key: bytes
    signature: bytes


def sign(key: Ed25519PrivateKey, size: int, root: bytes, at: datetime) -> Head:
    """Sign a head."""
    signature = key.sign(_signed_bytes(size, root, at))
    return Head(size, root, at.astimezone(UTC), key.public_key().public_bytes_raw(), signature)


def is_signed(head: Head) -> bool:
    """Check the signature of a head against the key that it names; whose key that is, is another question."""
    try:
        key = Ed25519PublicKey.from_public_bytes(head.public_key)
        key.verify(head.signature, _signed_bytes(head.size, head.root, head.at))
    except (InvalidSignature, ValueError):
        return False
    return True


def heads_text(heads: Sequence[Head]) -> str:
    """Write heads as a file to be kept by others."""
    return _dump({"format": FORMAT, "heads": [head_json(head) for head in heads]})


def read_heads(text: str) -> tuple[Head, ...]:
    """Read a file of exported heads.

    Raises
    ------
    InputError
        The file is not one that `heads_text` wrote, or has no head.
    """
    values = load_exact(text, FORMAT, {"format", "heads"})
    try:
        heads = tuple(parse_head(one) for one in values["heads"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise unreadable(FORMAT) from error
    if not heads:
        raise unreadable(FORMAT)
    return heads


def head_json(head: Head) -> dict[str, int | str]:
    """Write a head as JSON values."""
    return {
        "size": head.size,
        "root": head.root.hex(),
        "at": head.at.isoformat(),
        "public_key": head.public_key.hex(),
        "signature": head.signature.hex(),
    }


def parse_head(values: dict[str, Any]) -> Head:
    """Read back what `head_json` wrote; ValueError, KeyError or TypeError if it did not."""
    head = Head(
        size=values["size"],
        root=bytes.fromhex(values["root"]),
        at=datetime.fromisoformat(values["at"]),
        public_key=bytes.fromhex(values["public_key"]),
        signature=bytes.fromhex(values["signature"]),
    )
    # One spelling for one head: neither capitals nor blanks nor another zone may hide a difference.
    plain = type(head.size) is int and head.size > 0 and len(head.root) == 32 and head.at.tzinfo == UTC
    if not plain or head_json(head) != values:
        raise ValueError(values)
    return head


def load_exact(text: str, name: str, keys: set[str]) -> dict[str, Any]:
    """Read a JSON object with exactly these keys, of the named format.

    Raises
    ------
    InputError
        It is something else.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unreadable(name) from error
    if not isinstance(values, dict) or set(values) != keys or values["format"] != name:
        raise unreadable(name)
    return values


def unreadable(name: str) -> InputError:
    """Say that a file is not of the format named."""
    return InputError(
        "ledger.file-unreadable",
        "file",
        name,
        Text(
            f"文件不是 {name} 格式，或内容被改动过，无法核对。请使用原始文件。",
            f"The file is not in the format {name}, or was changed. Use the original file.",
        ),
    )


def _dump(values: dict[str, Any]) -> str:
    return json.dumps(values, indent=2) + "\n"


def _signed_bytes(size: int, root: bytes, at: datetime) -> bytes:
    return _CONTEXT + cbor2.dumps([size, root, (at - _EPOCH) // timedelta(microseconds=1)], canonical=True)
