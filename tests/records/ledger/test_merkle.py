"""The tree is that of RFC 6962: against its definition written out and the vectors of its reference tests."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.records.ledger.core.merkle import (
    EMPTY_ROOT,
    STORED_EVERY,
    Tree,
    consistency_spans,
    cover,
    extend,
    hash_of,
    inclusion_spans,
    is_consistent,
    is_included,
    leaf_hash,
    stored_below,
)

# The eight leaves and the roots of certificate-transparency's reference tests (merkle_tree_test, "kSHA256").
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2, word for word."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole=whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], whole=False), naive_root(leaves[:k])]


class Grown:
    """A tree grown in given steps, with all that a store would keep of it."""

    def __init__(self, leaves: list[bytes], steps: list[int]) -> None:
        self.tree, self.stored = Tree(), {}
        hashes = [leaf_hash(leaf) for leaf in leaves]
        position = 0
        for step in [*steps, len(leaves)]:
            part = hashes[position : position + step]
            self.stored |= {(0, position + i): one for i, one in enumerate(part)}
            self.tree, runs = extend(self.tree, part)
            for run in runs:
                new = {(run.level, run.first + i): one for i, one in enumerate(run.hashes)}
                assert not new.keys() & self.stored.keys(), "a node was stored twice"
                self.stored |= new
            position += len(part)

    def path(self, spans: list[tuple[int, int]]) -> list[bytes]:
        return [hash_of(span, self.stored) for span in spans]


def made(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


sizes = st.integers(1, 300)
steps = st.lists(st.integers(0, 70), max_size=8)


def test_the_vectors_of_certificate_transparency_hold() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    roots = [Grown(CT_LEAVES[:size], []).tree.root.hex() for size in range(1, 9)]
    assert roots == CT_ROOTS
    assert [naive_root(CT_LEAVES[:size]).hex() for size in range(1, 9)] == CT_ROOTS


@given(sizes, steps)
def test_a_tree_grown_in_any_steps_has_the_root_of_the_definition(size: int, steps: list[int]) -> None:
    leaves = made(size)
    assert Grown(leaves, steps).tree.root == naive_root(leaves)


@given(sizes, steps)
def test_every_full_subtree_of_a_stored_level_is_stored_and_none_else(size: int, steps: list[int]) -> None:
    levels = range(0, size.bit_length(), STORED_EVERY)
    expected = {(level, index) for level in levels for index in range(size >> level)}
    assert Grown(made(size), steps).stored.keys() == expected


@given(st.data(), sizes)
def test_any_leaf_of_any_tree_has_the_path_of_the_definition(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    grown, leaves = Grown(made(size), [size // 3]), made(size)
    path = grown.path(inclusion_spans(index, size))
    assert path == naive_path(index, leaves)
    assert is_included(leaf_hash(leaves[index]), index, size, path, grown.tree.root)


@given(st.data(), sizes)
def test_any_two_sizes_have_the_proof_of_the_definition(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(1, size))
    grown, leaves = Grown(made(size), []), made(size)
    path = grown.path(consistency_spans(old, size))
    assert path == naive_subproof(old, leaves, whole=True)
    before, after = Tree(old, (naive_root(leaves[:old]),)), Tree(size, (naive_root(leaves),))
    assert is_consistent(before, after, path)


@given(st.data(), sizes)
def test_a_flipped_bit_anywhere_in_an_inclusion_proof_fails(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    grown = Grown(made(size), [])
    path = grown.path(inclusion_spans(index, size))
    parts = [leaf_hash(made(size)[index]), grown.tree.root, *path]
    flipped = data.draw(st.integers(0, len(parts) - 1))
    parts[flipped] = flip(parts[flipped], data.draw(st.integers(0, 255)))
    assert not is_included(parts[0], index, size, parts[2:], parts[1])


@given(st.data(), sizes)
def test_a_leaf_passes_at_no_other_place_and_with_no_other_path(data: st.DataObject, size: int) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size))
    grown = Grown(made(size), [])
    path, root = grown.path(inclusion_spans(index, size)), grown.tree.root
    hashed = leaf_hash(made(size)[index])
    assert is_included(hashed, other, size, path, root) == (other == index)
    assert not is_included(hashed, index, size, [*path, root], root)
    assert not path or not is_included(hashed, index, size, path[:-1], root)


@given(st.data(), sizes)
def test_a_flipped_bit_anywhere_in_a_consistency_proof_fails(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(1, size))
    leaves = made(size)
    parts = [naive_root(leaves[:old]), naive_root(leaves), *naive_subproof(old, leaves, whole=True)]
    flipped = data.draw(st.integers(0, len(parts) - 1))
    parts[flipped] = flip(parts[flipped], data.draw(st.integers(0, 255)))
    assert not is_consistent(Tree(old, (parts[0],)), Tree(size, (parts[1],)), parts[2:])


@given(st.data(), st.integers(2, 300))
def test_a_rewritten_history_has_no_consistency_proof(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(1, size - 1))
    rewritten = made(size)
    rewritten[data.draw(st.integers(0, old - 1))] = b"another leaf"
    before = Tree(old, (naive_root(made(size)[:old]),))
    after = Grown(rewritten, [])
    assert not is_consistent(before, after.tree, after.path(consistency_spans(old, size)))


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (3, 8), (8, 8)])
def test_a_consistency_proof_of_wrong_length_or_order_fails(old: int, new: int) -> None:
    leaves = made(8)
    trees = [Tree(size, (naive_root(leaves[:size]),)) for size in (old, new)]
    assert not is_consistent(trees[0], trees[1], [] if old < new else [naive_root(leaves)])


def test_a_proof_of_ten_million_leaves_reads_few_stored_nodes() -> None:
    size = 10_000_000
    for index in (0, 1, 5_000_000, 8_388_607, 8_388_608, size - 1):
        spans = inclusion_spans(index, size)
        reads = {part for span in spans for node in cover(*span) for part in stored_below(node)}
        assert len(spans) <= 24
        assert len(reads) <= 24 * 8


def flip(value: bytes, bit: int) -> bytes:
    """The same bytes with one bit changed."""
    return (int.from_bytes(value) ^ (1 << bit)).to_bytes(len(value))
