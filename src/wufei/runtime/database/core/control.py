"""What `pg_controldata` says of a data directory, and the new one that fits it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text

_STATE = re.compile(r"^Database cluster state:\s+(.*\S)", re.MULTILINE)
_NEXT = re.compile(r"^Latest checkpoint's NextXID:\s+(\d+):(\d+)", re.MULTILINE)
_SEGMENT = re.compile(r"^Bytes per WAL segment:\s+(\d+)", re.MULTILINE)
_CHECKSUMS = re.compile(r"^Data page checksum version:\s+(\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Control:
    """The state of a data directory.

    Attributes
    ----------
    is_shut_down : bool
        It needs no recovery.
    next_transaction : int
        With its epoch, as ``xid8`` counts.
    segment_bytes : int
        Size of a segment of the log.
    has_checksums : bool
        Its pages carry checksums.
    """

    is_shut_down: bool
    next_transaction: int
    segment_bytes: int
    has_checksums: bool


def read_control(text: str) -> Control:
    """Read the output of `pg_controldata` in English.

    Raises
    ------
    ConflictError
        ``database.damaged``: it does not say what it always says.
    """
    parts = [pattern.search(text) for pattern in (_STATE, _NEXT, _SEGMENT, _CHECKSUMS)]
    state, following, segment, checksums = parts
    if state is None or following is None or segment is None or checksums is None:
        told = " / ".join(text.strip().splitlines()[-2:])
        raise ConflictError(
            "database.damaged",
            Text(
                f"无法读取数据目录的控制信息：{told}。请从备份恢复。",
                f"The control file of the data directory cannot be read: {told}. Restore it from a backup.",
            ),
        )
    return Control(
        is_shut_down=state[1] == "shut down",
        next_transaction=(int(following[1]) << 32) + int(following[2]),
        segment_bytes=int(segment[1]),
        has_checksums=checksums[1] != "0",
    )


def initdb_options(old: Control) -> tuple[str, ...]:
    """Give the options of ``initdb`` with which `pg_upgrade` accepts the new data directory for an old one.

    Encoding and locales it brings over by itself, from version 16 on, with the databases they belong to.
    """
    return (
        "--encoding=UTF8",
        "--locale=C",
        f"--wal-segsize={old.segment_bytes >> 20}",
        "--data-checksums" if old.has_checksums else "--no-data-checksums",
    )
