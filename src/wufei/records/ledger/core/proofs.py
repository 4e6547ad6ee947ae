"""A proof that a transfer is sealed, as a file that anybody checks without the database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.records.ledger.core.heads import Head, head_json, is_signed, load_exact, parse_head, unreadable
from wufei.records.ledger.core.leaves import read_leaf
from wufei.records.ledger.core.merkle import is_included, leaf_hash

FORMAT = "wufei-proof-1"
_KEYS = {"format", "transfer", "sequence", "leaf", "path", "head"}


@dataclass(frozen=True, slots=True)
class Proof:
    """All that is needed to see that a transfer is under a signed head.

    Attributes
    ----------
    transfer_id : UUID
        The transfer.
    sequence : int
        Its number in the order of sealing, from 0: the index of its leaf.
    leaf : bytes
        What was sealed of it, see `core.leaves`.
    path : tuple of bytes
        Hashes from the leaf to the root.
    head : Head
        The signed head.
    """

    transfer_id: UUID
    sequence: int
    leaf: bytes
    path: tuple[bytes, ...]
    head: Head


def proof_text(proof: Proof) -> str:
    """Write a proof as a file."""
    values = {
        "format": FORMAT,
        "transfer": str(proof.transfer_id),
        "sequence": proof.sequence,
        "leaf": proof.leaf.hex(),
        "path": [step.hex() for step in proof.path],
        "head": head_json(proof.head),
    }
    return json.dumps(values, indent=2) + "\n"


def read_proof(text: str) -> Proof:
    """Read a proof.

    Raises
    ------
    InputError
        The text is not exactly one that `proof_text` writes.
    """
    values = load_exact(text, FORMAT, _KEYS)
    try:
        proof = Proof(
            transfer_id=UUID(values["transfer"]),
            sequence=values["sequence"],
            leaf=bytes.fromhex(values["leaf"]),
            path=tuple(bytes.fromhex(step) for step in values["path"]),
            head=parse_head(values["head"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise unreadable(FORMAT) from error
    # A file has one spelling, so that no changed byte of it goes unnoticed.
    if type(proof.sequence) is not int or proof_text(proof) != text:
        raise unreadable(FORMAT)
    return proof


def check_proof(proof: Proof, *, keys: Iterable[bytes] = (), heads: Iterable[Head] = ()) -> list[Finding]:
    """Check a proof; an empty list means that the transfer is sealed under the head.

    Parameters
    ----------
    proof : Proof
        From `read_proof` or `queries.prove`.
    keys : iterable of bytes
        Public keys known from elsewhere. Without keys and heads only the arithmetic is checked: whoever has
        a key of his own can sign a log of his own.
    heads : iterable of Head
        Heads exported earlier: their keys count as known, and none of the same size may have another root.

    Raises
    ------
    InputError
        The leaf cannot be read.
    """
    known_heads = tuple(heads)
    known = {*keys, *(head.public_key for head in known_heads if is_signed(head))}
    head, found = proof.head, []
    if read_leaf(proof.leaf)["id"] != proof.transfer_id.bytes:
        found.append(_finding("proof-of-another", _OTHER, proof))
    if not is_included(leaf_hash(proof.leaf), proof.sequence, head.size, proof.path, head.root):
        found.append(_finding("proof-not-included", _NOT_INCLUDED, proof))
    if not is_signed(head):
        found.append(_finding("head-not-signed", _NOT_SIGNED, proof))
    if (known or known_heads) and head.public_key not in known:
        found.append(_finding("head-of-unknown-key", _UNKNOWN_KEY, proof))
    if any(one.size == head.size and one.root != head.root for one in known_heads):
        found.append(_finding("head-contradicted", _CONTRADICTED, proof))
    return found


_OTHER = Text("证明的叶数据属于另一笔流水", "The leaf in the proof is that of another transfer")
_NOT_INCLUDED = Text("流水内容不在所签名的树根之下", "The transfer as given is not under the signed root")
_NOT_SIGNED = Text("树根签名无效", "The signature of the head is not valid")
_UNKNOWN_KEY = Text("树根由未知密钥签名", "The head is signed with a key that is not known")
_CONTRADICTED = Text("同一序号的已导出树根不同", "An exported head of the same size has another root")


def _finding(code: str, message: Text, proof: Proof) -> Finding:
    where = f"transfer {proof.transfer_id}"
    return Finding(
        code=f"ledger.{code}",
        severity=Severity.ERROR,
        where=where,
        message=Text(f"{message.zh}：{where}。", f"{message.en}: {where}."),
        rule=message,
        fix=Text("不要采信，向记账单位和审计核实。", "Do not rely on it; ask the recorder and the auditor."),
    )
