"""Segments of the log are counted as PostgreSQL counts them; what is archived is whole and never replaced."""

from __future__ import annotations

import gzip
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.runtime.database.core.wal import (
    Chain,
    archive_command,
    chain,
    first_segment,
    last_ended,
    next_segment,
    recovery_settings,
    restore_command,
)

MEGABYTE = 1 << 20
SEGMENT_BYTES = 16 * MEGABYTE
SIZES = st.sampled_from([MEGABYTE << n for n in range(11)])


def name(number: int, segment_bytes: int = SEGMENT_BYTES, timeline: int = 1) -> str:
    """Independently of the code: a segment's place in the log is its number times its size."""
    start = number * segment_bytes
    return f"{timeline:08X}{start >> 32:08X}{(start & 0xFFFFFFFF) // segment_bytes:08X}"


@given(st.integers(0, 1 << 40), SIZES, st.integers(1, 0xFFFF))
def test_the_next_segment_begins_where_this_one_ends(start: int, segment_bytes: int, timeline: int) -> None:
    number = start // segment_bytes
    made = next_segment(name(number, segment_bytes, timeline), segment_bytes)
    assert made == name(number + 1, segment_bytes, timeline)


def test_the_segment_after_the_last_of_a_log_begins_the_next_log() -> None:
    assert next_segment("0000000100000000000000FF", SEGMENT_BYTES) == "000000010000000100000000"


@given(st.integers(0, 600), st.integers(1, 12), st.sets(st.integers(0, 11)))
def test_a_chain_ends_at_the_first_gap(first: int, count: int, removed: set[int]) -> None:
    kept = [number for number in range(count) if number not in removed]
    found = chain({name(first + number) for number in kept}, name(first), SEGMENT_BYTES)
    unbroken = next((number for number in range(count) if number in removed), count)
    assert found.segments == tuple(name(first + number) for number in range(unbroken))
    assert found.missing == (name(first + unbroken) if any(n > unbroken for n in kept) else "")


def test_a_segment_that_was_archived_once_and_is_gone_is_missing_even_at_the_end() -> None:
    there = {name(3), name(4)}
    assert chain(there, name(3), SEGMENT_BYTES) == Chain((name(3), name(4)))
    assert chain(there, name(3), SEGMENT_BYTES, last=name(4)).missing == ""
    assert chain(there, name(3), SEGMENT_BYTES, last=name(5)).missing == name(5)


def test_segments_of_another_timeline_are_no_part_of_a_chain() -> None:
    assert chain({name(3), name(4, timeline=2)}, name(3), SEGMENT_BYTES) == Chain((name(3),))


def test_a_label_says_at_which_segment_its_backup_begins() -> None:
    label = "START WAL LOCATION: 0/5000028 (file 000000010000000000000005)\nSTART TIMELINE: 1\n"
    assert first_segment(label) == "000000010000000000000005"
    assert first_segment("something else") == ""


def test_the_last_end_of_a_transaction_is_read_from_a_listing() -> None:
    listing = """
rmgr: Transaction len (rec/tot): 34/34, tx: 700, lsn: 0/1, desc: COMMIT 2026-03-01 08:00:00.100000 UTC
rmgr: Transaction len (rec/tot): 34/34, tx: 701, lsn: 0/2, desc: ABORT 2026-03-01 08:00:01.250001 UTC
pg_waldump: error: error in WAL record at 0/2: invalid record length at 0/3
"""
    assert last_ended(listing) == datetime(2026, 3, 1, 8, 0, 1, 250001, tzinfo=UTC)
    assert last_ended("pg_waldump: error") is None


def run(command: str, *, path: Path, segment: str) -> int:
    """Run a command as the server does: it fills in %p and %f, and %% stands for one."""
    filled = command.replace("%p", str(path)).replace("%f", segment).replace("%%", "%")
    return subprocess.run(["/bin/sh", "-c", filled], check=False).returncode


@pytest.fixture(params=["plain", "a 50% 'odd' $(touch x) 目录"])
def wal_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    path.mkdir()
    return path


def test_a_segment_comes_back_as_it_was_archived(wal_dir: Path, tmp_path: Path) -> None:
    source, back = tmp_path / "segment", tmp_path / "back"
    source.write_bytes(bytes(range(256)) * 4096)
    assert run(archive_command(wal_dir), path=source, segment=name(1)) == 0
    assert [path.name for path in wal_dir.iterdir()] == [f"{name(1)}.gz"]
    assert run(restore_command(wal_dir), path=back, segment=name(1)) == 0
    assert back.read_bytes() == source.read_bytes()


def test_the_same_segment_may_be_archived_again_but_never_another_over_it(
    wal_dir: Path, tmp_path: Path
) -> None:
    source, other = tmp_path / "segment", tmp_path / "other"
    source.write_bytes(b"a" * 1000)
    other.write_bytes(b"a" * 999 + b"b")
    command = archive_command(wal_dir)
    assert [run(command, path=source, segment=name(1)) for _ in range(2)] == [0, 0]
    assert run(command, path=other, segment=name(1)) != 0
    assert gzip.decompress((wal_dir / f"{name(1)}.gz").read_bytes()) == b"a" * 1000


def test_what_cannot_be_archived_or_fetched_is_a_failure_and_leaves_no_segment(
    wal_dir: Path, tmp_path: Path
) -> None:
    assert run(archive_command(wal_dir), path=tmp_path / "none", segment=name(1)) != 0
    assert not (wal_dir / f"{name(1)}.gz").exists()
    assert run(archive_command(wal_dir / "away"), path=Path(__file__), segment=name(1)) != 0
    assert run(restore_command(wal_dir), path=tmp_path / "back", segment=name(2)) != 0


def test_a_target_is_set_only_where_one_is_wished(tmp_path: Path) -> None:
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    latest = recovery_settings(tmp_path, at=None, point="")
    assert [key for key in latest if key.startswith("recovery_target_")] == [
        "recovery_target_timeline",
        "recovery_target_action",
    ]
    assert recovery_settings(tmp_path, at=at, point="")["recovery_target_time"] == "2026-03-01 08:00:00+00:00"
    assert recovery_settings(tmp_path, at=None, point="m")["recovery_target_name"] == "m"
