"""The archive of the write-ahead log: names of its segments, unbroken chains of them, shell commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

SEGMENT = re.compile(r"[0-9A-F]{24}")
PACKED = ".gz"
ARCHIVE_TIMEOUT_S = 60
"""At most so much of the latest work is not archived yet, as long as somebody writes."""

NO_ARCHIVE = "true"
"""An archive command that keeps nothing: the server may be told a real one later, without a restart."""

_FIRST = re.compile(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)", re.MULTILINE)
_ENDED = re.compile(r"desc: (?:COMMIT|ABORT)\S* (\d{4}-\S+ [\d:.]+) UTC")


@dataclass(frozen=True, slots=True)
class Chain:
    """Segments that follow each other without a gap.

    Attributes
    ----------
    segments : tuple of str
        From the first wanted on.
    missing : str
        The segment that would come next although later ones exist; empty if there is none.
    """

    segments: tuple[str, ...]
    missing: str = ""


def next_segment(name: str, segment_bytes: int) -> str:
    """Name the segment after this one on the same timeline.

    A name is three numbers of eight hexadecimal digits: timeline, log of 4 GiB, segment in it.
    """
    per_log = (1 << 32) // segment_bytes
    log, part = divmod(int(name[8:16], 16) * per_log + int(name[16:24], 16) + 1, per_log)
    return f"{name[:8]}{log:08X}{part:08X}"


def chain(names: Collection[str], first: str, segment_bytes: int, *, last: str = "") -> Chain:
    """Follow the segments from ``first`` as far as they go.

    Parameters
    ----------
    names : collection of str
        The segments that are there.
    first : str
        The segment at which a base backup begins.
    segment_bytes : int
        Size of a segment; a power of two.
    last : str
        The latest segment that is known to have been archived.
    """
    known = {name for name in names if name[:8] == first[:8]}
    found = []
    name = first
    while name in known:
        found.append(name)
        name = next_segment(name, segment_bytes)
    # Names of one timeline sort as their numbers do.
    later = max((*known, last)) >= name
    return Chain(tuple(found), name if later else "")


def first_segment(backup_label: str) -> str:
    """Read from a base backup's label at which segment its log begins; empty if it does not say."""
    found = _FIRST.search(backup_label)
    return found[1] if found else ""


def last_ended(listing: str) -> datetime | None:
    """Read from a listing of ``pg_waldump``, in UTC, when the last transaction in it ended."""
    ended = _ENDED.findall(listing)
    return datetime.fromisoformat(ended[-1]).replace(tzinfo=UTC) if ended else None


def archive_command(wal_dir: Path) -> str:
    """Give the shell command that archives a segment whole or not at all, and never over another one.

    A segment that is there already with the same content counts as archived: the server may ask again after a
    crash. With another content the command fails, the server keeps the segment and says so in its log.
    """
    place = _quoted(wal_dir)
    target, draft = f"{place}/%f{PACKED}", f"{place}/%f.$$.new"
    pack = f'gzip -c1 <"%p" >{draft} && sync {draft}'
    keep = f"{pack} && mv -n {draft} {target} && test ! -e {draft} && sync {place}"
    return f'if test -e {target}; then gzip -cd {target} | cmp -s - "%p"; else {keep}; fi'


def restore_command(wal_dir: Path) -> str:
    """Give the shell command that fetches a segment back from the archive."""
    source = f"{_quoted(wal_dir)}/%f{PACKED}"
    return f'test -e {source} && gzip -cd {source} >"%p"'


def archive_settings(wal_dir: Path) -> dict[str, str]:
    """Give the settings of a server that archives; it takes them without a restart."""
    return {"archive_command": archive_command(wal_dir), "archive_timeout": f"{ARCHIVE_TIMEOUT_S}s"}


def recovery_settings(wal_dir: Path, *, at: datetime | None, point: str) -> dict[str, str]:
    """Give the settings of a server that replays an archive: to an instant, a point, else its end."""
    settings = {
        "restore_command": restore_command(wal_dir),
        "recovery_target_timeline": "current",
        "recovery_target_action": "promote",
        # Nobody is let in before recovery has ended.
        "hot_standby": "off",
    }
    if at is not None:
        settings["recovery_target_time"] = at.astimezone(UTC).isoformat(sep=" ")
    if point:
        settings["recovery_target_name"] = point
    return settings


def _quoted(path: Path) -> str:
    return shlex.quote(str(path)).replace("%", "%%")
