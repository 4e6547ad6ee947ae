"""What is asked of a backup is read strictly, and answered from the base backup that fits."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import ConflictError, InputError, NotFoundError
from wufei.runtime.database.core.backups import (
    Base,
    Bounds,
    Mark,
    base_for_instant,
    check_not_after,
    find_mark,
    is_stamp,
    last_known_segment,
    parse_instant,
    parse_mark,
    read_base,
    read_mark,
    stamp,
    surplus,
)
from wufei.runtime.database.core.control import initdb_options, read_control
from wufei.runtime.database.core.manifest import ManifestFile, read_manifest
from wufei.runtime.database.services import parse_wish

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

CONTROL = """\
pg_control version number:            1300
Database cluster state:               shut down
Latest checkpoint's NextXID:          2:1234
Bytes per WAL segment:                16777216
Data page checksum version:           0
"""


def base(ended_at: datetime, segment: int = 2) -> Base:
    return Base(
        id=stamp(ended_at - HOUR),
        started_at=ended_at - HOUR,
        finished_at=ended_at,
        first_segment=f"{1:08X}{0:08X}{segment:08X}",
        last_segment=f"{1:08X}{0:08X}{segment + 1:08X}",
        segment_bytes=1 << 24,
        size_bytes=1,
        version="18.4",
    )


BASES = [base(MONDAY, 2), base(MONDAY + 24 * HOUR, 9)]


def test_an_instant_needs_its_offset() -> None:
    assert parse_instant("2026-03-02T09:00:00+08:00") == MONDAY
    assert parse_instant("2026-03-02T01:00:00Z") == MONDAY
    with pytest.raises(InputError) as caught:
        parse_instant("2026-03-02T09:00:00")
    assert caught.value.code == "restore.instant-offset"
    assert "2026-03-02T09:00:00+08:00" in caught.value.message.en


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00+08:00", "2026-03-02T09:00+30:00"])
def test_what_is_no_instant_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_instant(text)
    assert caught.value.code == "restore.instant"
    assert caught.value.field == "--at"
    assert "2026-03-01T08:00:00+08:00" in caught.value.message.zh


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001
def test_names_of_backups_sort_as_their_instants(at: datetime) -> None:
    at = at.replace(tzinfo=UTC)
    assert is_stamp(stamp(at))
    assert stamp(at) < stamp(at + timedelta(microseconds=1))
    assert not is_stamp(f".draft-{stamp(at)}")


def test_a_restore_begins_from_the_latest_backup_that_had_ended() -> None:
    assert base_for_instant(BASES, MONDAY, None) == BASES[0]
    assert base_for_instant(BASES, MONDAY + 23 * HOUR, None) == BASES[0]
    assert base_for_instant(BASES, MONDAY + 24 * HOUR, None) == BASES[1]


def test_an_instant_before_the_first_backup_is_refused_with_the_bounds() -> None:
    with pytest.raises(InputError) as caught:
        base_for_instant(BASES, MONDAY - timedelta(microseconds=1), MONDAY + 30 * HOUR)
    assert caught.value.code == "restore.before-first"
    assert MONDAY.isoformat() in caught.value.message.zh
    assert (MONDAY + 30 * HOUR).isoformat() in caught.value.message.en


def test_an_instant_is_inside_only_if_a_later_transaction_is_archived() -> None:
    bounds = Bounds(MONDAY, MONDAY + HOUR)
    check_not_after(MONDAY + HOUR - timedelta(microseconds=1), bounds, "")
    for at, held in ((MONDAY + HOUR, bounds), (MONDAY + 2 * HOUR, bounds), (MONDAY, Bounds(MONDAY, None))):
        with pytest.raises(InputError) as caught:
            check_not_after(at, held, "")
        assert caught.value.code == "restore.after-last"
        assert "--latest" in caught.value.message.zh
    with pytest.raises(InputError) as caught:
        check_not_after(MONDAY + 2 * HOUR, bounds, "000000010000000000000005")
    assert "000000010000000000000005" in caught.value.message.en


@pytest.mark.parametrize(
    ("at", "mark", "latest"),
    [
        ("", "", False),
        ("2026-03-02T01:00:00Z", "m", False),
        ("", "m", True),
        ("2026-03-02T01:00:00Z", "", True),
    ],
)
def test_exactly_one_target_is_named(at: str, mark: str, latest: bool) -> None:
    with pytest.raises(InputError) as caught:
        parse_wish(at=at, mark=mark, latest=latest)
    assert caught.value.code == "restore.target"


@pytest.mark.parametrize("name", ["", "a b", "a'b", "x" * 61, "a/b"])
def test_a_mark_has_a_plain_name(name: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_mark(name)
    assert caught.value.code == "backup.mark-name"
    assert parse_mark("月结-2026.03") == "月结-2026.03"


def test_an_unknown_mark_is_answered_with_the_known_ones() -> None:
    marks = [Mark("closing", MONDAY, "s", "p")]
    assert find_mark(marks, "closing") == marks[0]
    with pytest.raises(NotFoundError, match="closing"):
        find_mark(marks, "opening")


def test_the_oldest_backups_are_surplus() -> None:
    assert surplus(BASES, 1) == [BASES[0]]
    assert surplus(list(reversed(BASES)), 1) == [BASES[0]]
    assert surplus(BASES, 2) == []
    assert surplus(BASES, 9) == []


def test_the_latest_archived_segment_is_known_from_backups_and_marks() -> None:
    later = "0000000100000000000000AA"
    assert last_known_segment(BASES, []) == BASES[1].last_segment
    assert last_known_segment(BASES, [Mark("m", MONDAY, later, "p")]) == later
    assert last_known_segment([], []) == ""


def test_records_of_backups_come_back_as_they_were_written() -> None:
    mark = Mark("月结", MONDAY, "s", "p")
    assert read_base(json.loads(json.dumps(BASES[0].as_json()))) == BASES[0]
    assert read_mark(json.loads(json.dumps(mark.as_json()))) == mark


def test_the_control_file_says_what_the_new_data_directory_must_be_like() -> None:
    control = read_control(CONTROL)
    assert control.is_shut_down
    assert control.next_transaction == 2 * 2**32 + 1234
    assert initdb_options(control)[2:] == ("--wal-segsize=16", "--no-data-checksums")
    assert initdb_options(replace(control, has_checksums=True))[3] == "--data-checksums"
    assert not read_control(CONTROL.replace("shut down", "in production")).is_shut_down
    with pytest.raises(ConflictError) as caught:
        read_control("pg_controldata: error: could not open file")
    assert "could not open file" in caught.value.message.zh


def manifest_text(path: str = '"Path": "base/1"') -> bytes:
    head = (
        '{ "PostgreSQL-Backup-Manifest-Version": 2,\n"Files": [\n'
        f'{{ {path}, "Size": 3, "Checksum-Algorithm": "SHA256", "Checksum": "ab" }}],\n'
        '"WAL-Ranges": [{ "Timeline": 1, "Start-LSN": "0/5000028", "End-LSN": "0/5000120" }],\n'
    ).encode()
    return head + f'"Manifest-Checksum": "{hashlib.sha256(head).hexdigest()}"}}\n'.encode()


def test_a_manifest_lists_files_and_the_log_they_need() -> None:
    manifest = read_manifest(manifest_text())
    assert manifest.files == (ManifestFile("base/1", 3, "ab"),)
    assert manifest.ranges[0].end == "0/5000120"
    assert read_manifest(manifest_text('"Encoded-Path": "e5ba93"')).files[0].path == "库"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        manifest_text()[:-30],
        manifest_text().replace(b'"Size": 3', b'"Size": 4'),
        manifest_text().replace(b'"Path"', b'"Pfad"'),
    ],
)
def test_a_changed_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ConflictError) as caught:
        read_manifest(content)
    assert caught.value.code == "backup.damaged"
