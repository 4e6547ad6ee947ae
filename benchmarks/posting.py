"""Posting against the raw limit: bulk, single, and many writers at once. Import it once Django is ready."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.districts import make_places, postings
from benchmarks.floor import payload, post_by_hand
from benchmarks.table import ROOT, Result, at_least, at_most
from wufei.records.ledger.core.accounts import AccountKey
from wufei.records.ledger.core.arrow import SCHEMA
from wufei.records.ledger.core.transfers import Posting
from wufei.records.ledger.services import post_many
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now

PAIRS = 3
ROWS = 50_000
FLAT_FROM = 100_000

Places = list[tuple[int, list[int]]]


def measure(transfers: int, folder: Path) -> list[Result]:
    """Post this many by `post_many` and by hand in turn, and watch the memory of a process that posts.

    Parameters
    ----------
    transfers : int
        Of one load.
    folder : Path
        For files that are posted.
    """
    places, scope = make_places(), Scope.operator()
    pairs = []
    for number in range(PAIRS):
        file = folder / f"{number}.parquet"
        write_file(file, _of_book(postings(places, transfers), f"scenario:ours-{number}"))
        copied = payload(_of_book(postings(places, transfers), f"scenario:floor-{number}"))
        ours = _timed(partial(_post, scope, file, transfers))
        floor = _timed(partial(_by_hand, scope, copied, transfers))
        pairs.append((ours, floor))
        del copied
    ratios = [floor / ours for ours, floor in pairs]
    rates = [transfers / statistics.median(column) for column in zip(*pairs, strict=True)]
    detail = (
        f"{transfers:,} transfers from a Parquet file at {rates[0]:,.0f}/s; by hand {rates[1]:,.0f}/s; "
        f"{PAIRS} pairs {min(ratios):.2f}-{max(ratios):.2f}"
    )
    return [
        at_least("bulk posting / the same in SQL by hand", statistics.median(ratios), 0.6, detail),
        *_memory(places, transfers, folder),
    ]


def write_file(path: Path, given: Iterator[Posting]) -> None:
    """Write postings of one transfer as a Parquet file of the ledger's Arrow schema."""
    with pq.ParquetWriter(path, SCHEMA) as writer:
        while chunk := list(islice(given, ROWS)):
            writer.write_table(pa.Table.from_pylist([_row(posting) for posting in chunk], SCHEMA))


def read_file(path: Path) -> pa.RecordBatchReader:
    """Read such a file as a stream."""
    file = pq.ParquetFile(path)
    return pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(ROWS))


def _of_book(given: Iterator[Posting], book: str) -> Iterator[Posting]:
    for posting in given:
        (one,) = posting.transfers
        source, target = replace(one.source, book=book), replace(one.target, book=book)
        yield replace(posting, transfers=(replace(one, source=source, target=target),))


def _row(posting: Posting) -> dict[str, object]:
    (one,) = posting.transfers
    row = {name: getattr(one, name) for name in SCHEMA.names if hasattr(one, name)}
    for side, key in (("source", one.source), ("target", one.target)):
        row |= {f"{side}_{name}": getattr(key, name) for name in AccountKey.__slots__}
    return row | {"id": one.id.bytes, "book": one.source.book}


def _post(scope: Scope, file: Path, transfers: int) -> None:
    report = post_many(scope, read_file(file), now=now())
    if report.posted != transfers:
        raise RuntimeError(f"{report.posted} of {transfers} posted: {report.findings[:1]}")


def _by_hand(scope: Scope, copied: bytes, transfers: int) -> None:
    if (count := post_by_hand(scope, copied)) != transfers:
        raise RuntimeError(f"{count} of {transfers} posted")


def _memory(places: Places, transfers: int, folder: Path) -> list[Result]:
    """How much a process grows that posts a file, at the size where it should stop growing and beyond."""
    sizes = (FLAT_FROM, max(transfers, 2 * FLAT_FROM))
    grown = []
    for size in sizes:
        file = folder / f"memory-{size}.parquet"
        write_file(file, _of_book(postings(places, size), f"scenario:memory-{size}"))
        grown.append(_growth_mb(file))
    detail = f"{sizes[1]:,} transfers; {grown[0]:.0f} MB for {sizes[0]:,}"
    return [
        at_most("bulk posting, growth over an idle process, MB", grown[1], 300, detail),
        at_most(f"bulk posting, that growth / the growth at {sizes[0]:,}", grown[1] / grown[0], 1.2, detail),
    ]


def _growth_mb(file: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.growth", str(file)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout.splitlines()[-1]))


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
