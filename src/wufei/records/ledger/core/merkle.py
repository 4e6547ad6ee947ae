"""The Merkle tree of RFC 6962: its hashes, how it grows, and proofs that a reader checks by himself.

A subtree is named by its level and its number from the left; level 0 are the leaves. A subtree that is full
never changes again. Every fourth level is stored, so 1,000 leaves cost 66 rows more and any hash can be had
from at most eight stored ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

Node = tuple[int, int]
Span = tuple[int, int]

STORED_EVERY = 4
EMPTY_ROOT = hashlib.sha256(b"").digest()

_sha256 = hashlib.sha256


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf; the first byte keeps it from passing for an inner node."""
    return _sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them."""
    return _sha256(b"\x01" + left + right).digest()


def join(hashes: Sequence[bytes]) -> bytes:
    """Give the hash over full subtrees that lie side by side, the largest first."""
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes)) if hashes else EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Tree:
    """All that is needed to go on: how many leaves, and the full subtrees, the largest first."""

    size: int = 0
    subtrees: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The hash over everything."""
        return join(self.subtrees)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring nodes of one level that a growing tree has filled, from number `first`."""

    level: int
    first: int
    hashes: tuple[bytes, ...]


def extend(tree: Tree, leaf_hashes: Sequence[bytes]) -> tuple[Tree, list[Run]]:
    """Append leaves; give the grown tree and the nodes to be stored.

    Parameters
    ----------
    tree : Tree
        The tree so far.
    leaf_hashes : sequence of bytes
        From `leaf_hash`, in order.

    Returns
    -------
    Tree
        With ``size + len(leaf_hashes)`` leaves.
    list of Run
        The nodes of stored levels above the leaves that are now full, from below.
    """
    size = tree.size + len(leaf_hashes)
    waiting = dict(zip([level for level, _ in cover(0, tree.size)], tree.subtrees, strict=True))
    row, first, level = list(leaf_hashes), tree.size, 0
    runs: list[Run] = []
    while row:
        if level in waiting:
            row.insert(0, waiting.pop(level))
            first -= 1
        if len(row) % 2:
            waiting[level] = row[-1]
        row = [_sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        first, level = first // 2, level + 1
        if row and level % STORED_EVERY == 0:
            runs.append(Run(level, first, tuple(row)))
    return Tree(size, tuple(waiting[level] for level in sorted(waiting, reverse=True))), runs


def cover(start: int, stop: int) -> list[Node]:
    """Name the full subtrees that make up the leaves from start to stop, the largest first.

    `start` is a multiple of the largest power of two within the span, as it is for every span of a proof.
    """
    nodes = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def stored_below(node: Node) -> list[Node]:
    """Name the stored nodes from which a full subtree's hash follows: itself, two, four or eight."""
    level, index = node
    rest = level % STORED_EVERY
    return [(level - rest, (index << rest) + i) for i in range(1 << rest)]


def hash_of(span: Span, stored: Mapping[Node, bytes]) -> bytes:
    """Give the hash over the leaves of a span, from the stored nodes."""
    return join([full_hash(node, stored) for node in cover(*span)])


def full_hash(node: Node, stored: Mapping[Node, bytes]) -> bytes:
    """Give the hash of a full subtree from the stored nodes."""
    row = [stored[part] for part in stored_below(node)]
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Say over which leaves the hashes of an inclusion proof run, from the leaf upwards (RFC 6962, 2.1.1)."""
    start, stop, spans = 0, size, []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            spans.append((middle, stop))
            stop = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """Say over which leaves the hashes of a consistency proof run (RFC 6962, 2.1.2); 0 < old <= new."""
    start, stop, spans = 0, new, []
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            spans.append((middle, stop))
            stop = middle
        else:
            spans.append((start, middle))
            start = middle
    # Where the old tree is itself a full subtree at the left, whoever checks already holds its hash.
    return [*([(start, stop)] if start else []), *spans[::-1]]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Check that a leaf hash is number `index` of a tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if number % 2 or number == last:
            found = node_hash(step, found)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, step)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: Tree, new: Tree, path: Sequence[bytes]) -> bool:
    """Check that the new tree begins with all of the old one (RFC 9162, 2.1.4.2).

    Parameters
    ----------
    old, new : Tree
        Only size and root are used: ``Tree(size, (root,))`` will do.
    path : sequence of bytes
        The hashes over `consistency_spans`.
    """
    if not 0 < old.size <= new.size:
        return False
    if old.size == new.size:
        return not path and old.root == new.root
    steps = [old.root, *path] if old.size & (old.size - 1) == 0 else list(path)
    if not steps:
        return False
    number, last = old.size - 1, new.size - 1
    while number % 2:
        number, last = number >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number % 2 or number == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node_hash(after, step)
        number, last = number >> 1, last >> 1
    return last == 0 and before == old.root and after == new.root


def _split(size: int) -> int:
    """The largest power of two below size."""
    return 1 << ((size - 1).bit_length() - 1)
