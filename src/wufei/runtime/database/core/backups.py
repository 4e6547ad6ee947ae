"""What a backup directory holds, and which base backup a wish to restore begins from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.text import Text

PRIVATE_FILES = ("secrets.json", "sealing.key")
"""Files beside the database without which its data do not open or are not sealed on; never changed."""

KEEP = 7
"""Base backups that are kept where nobody says otherwise: a week of nights."""

MARK = re.compile(r"[\w.-]{1,60}")

STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True)
class Base:
    """A base backup.

    Attributes
    ----------
    id : str
        Its start in UTC, which is the name of its directory.
    started_at, finished_at : datetime
        By the server's clock; any instant from the end on can be restored.
    first_segment, last_segment : str
        The log it begins with, and the one archived right after it.
    segment_bytes, size_bytes : int
        Size of a segment of the log; size of the base backup.
    version : str
        The server's version, such as ``18.1``.
    """

    id: str
    started_at: datetime
    finished_at: datetime
    first_segment: str
    last_segment: str
    segment_bytes: int
    size_bytes: int
    version: str

    def as_json(self) -> dict[str, object]:
        """Give plain values for a file or for people."""
        return asdict(self) | {
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Mark:
    """A named point in the log.

    Attributes
    ----------
    name : str
        As people call it.
    at : datetime
        When it was set.
    segment : str
        The segment of the log it lies in.
    point : str
        Its name in the log, which an attempt that failed half-way cannot have taken before.
    """

    name: str
    at: datetime
    segment: str
    point: str

    def as_json(self) -> dict[str, object]:
        """Give plain values for a file or for people."""
        return asdict(self) | {"at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The span of instants that can be restored: from the end of the first base to the last transaction."""

    first_at: datetime
    last_at: datetime | None

    def words(self) -> Text:
        """Say the span."""
        last = self.last_at.isoformat() if self.last_at else "—"
        first = self.first_at.isoformat()
        return Text(
            f"可恢复的时刻：{first} 至 {last}（不含）", f"What can be restored: {first} until before {last}"
        )


def read_base(values: Mapping[str, object]) -> Base:
    """Read what `Base.as_json` wrote; ``KeyError``, ``ValueError`` where it is something else."""
    return Base(
        id=str(values["id"]),
        started_at=datetime.fromisoformat(str(values["started_at"])),
        finished_at=datetime.fromisoformat(str(values["finished_at"])),
        first_segment=str(values["first_segment"]),
        last_segment=str(values["last_segment"]),
        segment_bytes=int(str(values["segment_bytes"])),
        size_bytes=int(str(values["size_bytes"])),
        version=str(values["version"]),
    )


def read_mark(values: Mapping[str, object]) -> Mark:
    """Read what `Mark.as_json` wrote."""
    return Mark(
        name=str(values["name"]),
        at=datetime.fromisoformat(str(values["at"])),
        segment=str(values["segment"]),
        point=str(values["point"]),
    )


def stamp(at: datetime) -> str:
    """Name a base backup by its start; names sort as their instants do."""
    return at.astimezone(UTC).strftime(STAMP)


def is_stamp(name: str) -> bool:
    """Say whether a directory bears the name of a base backup."""
    try:
        datetime.strptime(name, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def surplus(bases: Sequence[Base], keep: int) -> list[Base]:
    """Give the base backups beyond the newest ``keep``, the oldest first."""
    return sorted(bases, key=lambda base: base.finished_at)[:-keep]


def last_known_segment(bases: Iterable[Base], marks: Iterable[Mark]) -> str:
    """Name the latest segment that a base backup or a mark waited for until it was archived."""
    return max((*(base.last_segment for base in bases), *(mark.segment for mark in marks)), default="")


def parse_instant(text: str) -> datetime:
    """Read an instant such as ``2026-03-01T08:00:00+08:00``.

    Raises
    ------
    InputError
        ``restore.instant``: not ISO 8601; ``restore.instant-offset``: it does not say in which zone.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(
            "restore.instant",
            "--at",
            text,
            Text(
                f"“{text}”不是时刻。请按 ISO 8601 书写，如 2026-03-01T08:00:00+08:00。",
                f"“{text}” is no instant. Write it as in ISO 8601, such as 2026-03-01T08:00:00+08:00.",
            ),
        ) from error
    if found.utcoffset() is None:
        raise InputError(
            "restore.instant-offset",
            "--at",
            text,
            Text(
                f"时刻“{text}”没有写明时区。北京时间请写 {found.isoformat()}+08:00。",
                f"The instant “{text}” does not say its offset. For Beijing time write "
                f"{found.isoformat()}+08:00.",
            ),
        )
    return found.astimezone(UTC)


def parse_mark(text: str) -> str:
    """Read the name of a mark.

    Raises
    ------
    InputError
        ``backup.mark-name``.
    """
    if not MARK.fullmatch(text):
        raise InputError(
            "backup.mark-name",
            "--mark",
            text,
            Text(
                f"标记名“{text}”无效：只用字母、汉字、数字和“.”“_”“-”，不超过 60 个字符。",
                f"“{text}” cannot name a mark: letters, digits, “.”, “_” and “-” only, at most 60 of them.",
            ),
        )
    return text


def base_for_instant(bases: Sequence[Base], at: datetime, last_at: datetime | None) -> Base:
    """Choose the latest base backup that had ended at an instant.

    Raises
    ------
    InputError
        ``restore.before-first``.
    """
    ended = [base for base in bases if base.finished_at <= at]
    if not ended:
        bounds = Bounds(min(base.finished_at for base in bases), last_at).words()
        raise InputError(
            "restore.before-first",
            "--at",
            at.isoformat(),
            Text(
                f"{at.isoformat()} 早于第一个备份完成的时刻，无法恢复。{bounds.zh}。",
                f"{at.isoformat()} is before the end of the first backup. {bounds.en}.",
            ),
        )
    return max(ended, key=lambda base: base.finished_at)


def check_not_after(at: datetime, bounds: Bounds, missing: str) -> None:
    """Refuse an instant from which on the archive holds nothing.

    The end of a transaction later than the instant is what proves that the log is whole up to the instant.

    Raises
    ------
    InputError
        ``restore.after-last``.
    """
    if bounds.last_at is not None and at < bounds.last_at:
        return
    words = bounds.words()
    gap = gap_words(missing) if missing else Text("", "")
    raise InputError(
        "restore.after-last",
        "--at",
        at.isoformat(),
        Text(
            f"{at.isoformat()} 之后的日志中没有已结束的事务，无法确认恢复到该时刻。{words.zh}。"
            f"{gap.zh}要恢复到日志末尾，请用 --latest。",
            f"No transaction in the archive ended after {at.isoformat()}. {words.en}. "
            f"{gap.en}To restore all there is, use --latest.",
        ),
    )


def find_mark(marks: Sequence[Mark], name: str) -> Mark:
    """Find a mark by its name.

    Raises
    ------
    NotFoundError
        There is no such mark; the message names those there are.
    """
    for mark in marks:
        if mark.name == name:
            return mark
    known = ", ".join(mark.name for mark in marks) or "—"
    raise NotFoundError("mark", name, Text(f"已有标记：{known}。", f"Marks: {known}."))


def gap_words(missing: str) -> Text:
    """Say that a segment is missing or damaged."""
    return Text(
        f"归档日志 {missing} 缺失或损坏，其后的内容无法恢复。",
        f"The archived log {missing} is missing or damaged, so nothing after it can be restored. ",
    )
