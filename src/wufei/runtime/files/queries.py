"""Reads of the store, under the scope of who asks: row-level security hides what is not theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connections

from wufei.kernel.errors import ConflictError, ExternalError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.environment import environment
from wufei.runtime.files.core.media import MEDIA, Media
from wufei.runtime.files.core.pictures import Place, decodes, small_copies
from wufei.runtime.files.core.rows import SMALL, STORE, FileRow, State, place_of_content
from wufei.runtime.files.models import Comparison, File


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """How the store compared with the disk; None of it is repaired by itself."""

    compared_at: datetime
    contents: int
    missing: int
    orphans: int
    examples: tuple[str, ...]


def file_of(scope: Scope, file_id: UUID) -> FileRow:
    """Give one file.

    Raises
    ------
    NotFoundError
        There is no such file, or not for this person.
    AccessError
        The role reads no files.
    """
    require(scope, "file.read")
    found = File.objects.filter(id=file_id).first()
    if found is None:
        raise NotFoundError("file", file_id)
    return row_of(found)


def files_of(scope: Scope, file_ids: list[UUID]) -> dict[UUID, FileRow]:
    """Give several files by id; those not visible to this person are left out."""
    require(scope, "file.read")
    return {found.id: row_of(found) for found in File.objects.filter(id__in=file_ids)}


def path_of(scope: Scope, file_id: UUID) -> tuple[FileRow, Path]:
    """Give one file and where its content lies, if it may be handed out.

    Raises
    ------
    NotFoundError, AccessError
        As `file_of`.
    ConflictError
        ``file.held``, ``file.refused``, ``file.withdrawn``.
    ExternalError
        ``file.missing``: the disk has lost it.
    """
    row = file_of(scope, file_id)
    if row.state is not State.KEPT:
        raise ConflictError(f"file.{row.state.value}", _WHY_NOT[row.state])
    path = environment().data_dir / STORE / place_of_content(row.sha256)
    if not path.is_file():
        message = Text(
            f"“{row.name}”的内容不在磁盘上。请管理员运行 wufei doctor，并从备份恢复 {STORE} 目录。",
            f"The content of “{row.name}” is not on the disk. Run wufei doctor and restore {STORE} "
            "from a backup.",
        )
        raise ExternalError("file.missing", message)
    return row, path


def content_of(scope: Scope, file_id: UUID) -> bytes:
    """Give the content of one file, as it was uploaded; errors as `path_of`."""
    return path_of(scope, file_id)[1].read_bytes()


def small_copy(scope: Scope, file_id: UUID, side_px: int) -> bytes:
    """Give the small copy of a picture as JPEG, made now if it is missing; errors as `path_of`.

    Raises
    ------
    NotFoundError
        It is no picture, or one that cannot be decoded here.
    """
    row, path = path_of(scope, file_id)
    media = MEDIA[row.media_type]
    if not shows(media):
        hint = Text("此类文件没有缩略图，请下载查看。", "This kind has no small copy; take the file down.")
        raise NotFoundError("thumbnail", row.name, hint)
    kept = small_path(row.sha256, side_px)
    if kept.is_file():
        return kept.read_bytes()
    return small_copies(path.read_bytes(), media, row.name)[side_px]


def small_path(sha256: str, side_px: int) -> Path:
    """Give where the small copy of a picture lies."""
    place = place_of_content(sha256)
    return environment().data_dir / SMALL / place.parent / f"{place.name}-{side_px}.jpg"


def shows(media: Media) -> bool:
    """Say whether small copies can be made."""
    return bool(media.decoder) and decodes(media)


def last_comparison(scope: Scope) -> ComparisonRow | None:
    """Give the last comparison with the disk."""
    require(scope, "audit.read")
    found = Comparison.objects.using("system").order_by("-id").first()
    if found is None:
        return None
    return ComparisonRow(
        found.compared_at, found.contents, found.missing, found.orphans, tuple(found.examples)
    )


def held_since(scope: Scope) -> tuple[int, datetime | None]:
    """Count the files that wait for the virus scan, and say since when the oldest does."""
    require(scope, "audit.read")
    with connections["system"].cursor() as cursor:
        cursor.execute("SELECT count(*), min(kept_at) FROM files_file WHERE state = 'held'")
        many, since = cursor.fetchone()
    return int(many), since


def row_of(found: File) -> FileRow:
    """Give the plain row of a record."""
    where = None
    if found.taken_longitude is not None and found.taken_latitude is not None:
        where = Place(found.taken_longitude, found.taken_latitude)
    return FileRow(
        id=found.id,
        name=found.name,
        media_type=found.media_type,
        size_bytes=found.size_bytes,
        sha256=found.sha256,
        state=State.WITHDRAWN if found.withdrawn_at else State(found.state),
        width_px=found.width_px,
        height_px=found.height_px,
        kept_at=found.kept_at,
        by=found.kept_by_id,
        region_id=found.region_id,
        party_id=found.party_id,
        taken_at=found.taken_at,
        taken_where=where,
        found=found.found,
    )


_WHY_NOT = {
    State.HELD: Text(
        "文件正在查毒，通过后才能打开。请稍后再试。",
        "The file waits for the virus scan and opens when it is clean. Try again later.",
    ),
    State.REFUSED: Text(
        "查毒发现病毒，文件不能打开。请上传一份干净的。",
        "A virus was found in the file, so it does not open. Upload a clean one.",
    ),
    State.WITHDRAWN: Text("文件已停用，不能打开。", "The file is out of use and does not open."),
}
