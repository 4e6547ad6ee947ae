"""Take a file into the store, and put one out of use; nothing is deleted by people."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from wufei.kernel.errors import InputError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime import clock
from wufei.runtime.access.core import Scope, require
from wufei.runtime.environment import environment
from wufei.runtime.files.core.media import ANY, DOCUMENT_BYTES_MAX, Accept, Media, clean_name
from wufei.runtime.files.core.pictures import Picture, look, small_copies
from wufei.runtime.files.core.rows import STORE, FileRow, State, place_of_content
from wufei.runtime.files.core.sheets import refuse_large
from wufei.runtime.files.core.sniffing import check_place, head_media, media_of
from wufei.runtime.files.models import File
from wufei.runtime.files.queries import file_of, row_of, shows, small_path
from wufei.runtime.identity.queries import parties_by_id

_HEAD_BYTES = 4096
_REASON_MAX = 200


def keep(
    scope: Scope,
    *,
    content: bytes | BinaryIO,
    name: str,
    region_id: int | None,
    party_id: int | None,
    accept: Accept,
) -> FileRow:
    """Keep a file untouched, after its bytes were found to be of a kind that the place takes.

    Parameters
    ----------
    content : bytes or file
        A file is read from its beginning.
    name : str
        As people call it; folders and signs that cannot be seen are left out.
    region_id, party_id : int, optional
        Whose it is: who may see it. A party brings its region with it.

    Returns
    -------
    FileRow
        Of state ``held`` where a virus scan is set up, else ``kept``.

    Raises
    ------
    AccessError
        Not allowed to this person, or not here.
    InputError
        As `media_of` and `look`: what is wrong with the file, and what to do.
    """
    require(scope, "file.keep", region_id=region_id, party_id=party_id)
    called = clean_name(name)
    whole = _read(content, called, accept)
    media = media_of(whole, called, accept)
    picture, copies = None, {}
    if shows(media):
        picture = look(whole, media, called, clock.LOCAL_ZONE)
        copies = small_copies(whole, media, called)
    sha256 = hashlib.sha256(whole).hexdigest()
    store(environment().data_dir / STORE / place_of_content(sha256), whole)
    for side_px, small in copies.items():
        store(small_path(sha256, side_px), small)
    if region_id is None and party_id is not None:
        owner = parties_by_id([party_id]).get(party_id)
        region_id = owner.region_id if owner else None
    return _note(scope, _values(called, media, sha256, len(whole), picture), region_id, party_id)


@transaction.atomic
def keep_sent(scope: Scope, sent: Iterable[UploadedFile[Any]], *, region_id: int) -> tuple[UUID, ...]:
    """Keep the files that came with a form of a region's page, of any kind, and give their ids.

    Raises
    ------
    AccessError, InputError
        As `keep`.
    """
    named = [(file, file.name) for file in sent if file.name]
    return tuple(
        keep(scope, content=file.read(), name=name, region_id=region_id, party_id=None, accept=ANY).id
        for file, name in named
    )


def withdraw(scope: Scope, *, file_id: UUID, reason: str) -> FileRow:
    """Put a file out of use (停用); it stays in the store and is handed out no more.

    Raises
    ------
    NotFoundError, AccessError
        It is not this person's to withdraw.
    InputError
        ``files.reason``: nobody would know why.
    """
    row = file_of(scope, file_id)
    # Who uploaded a file may withdraw it, wherever they are now.
    own = row.by is not None and row.by == scope.user_id
    require(
        scope,
        "file.keep",
        region_id=None if own else row.region_id,
        party_id=None if own else row.party_id,
    )
    why = reason.strip()
    if not why or len(why) > _REASON_MAX:
        message = Text(
            f"请写明停用原因（1 至 {_REASON_MAX} 字）。", f"Say why, in 1 to {_REASON_MAX} characters."
        )
        raise InputError("files.reason", "reason", reason[:_REASON_MAX], message)
    File.objects.filter(id=file_id, withdrawn_at=None).update(
        withdrawn_at=clock.now(), withdrawn_by_id=scope.user_id, withdrawn_reason=why
    )
    return file_of(scope, file_id)


def store(path: Path, content: bytes) -> None:
    """Write content under its name, whole or not at all; the same content is written once."""
    if path.is_file() and path.stat().st_size == len(content):
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(draft).rename(path)
    except BaseException:  # also Ctrl-C: a draft must not stay behind
        Path(draft).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(directory: Path) -> None:
    """Make sure that what a directory lists outlasts a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(content: bytes | BinaryIO, name: str, accept: Accept) -> bytes:
    """Read what was sent; what is too large by its kind is refused before the rest is read."""
    if isinstance(content, bytes):
        return content
    size_bytes = content.seek(0, os.SEEK_END) or content.tell()
    content.seek(0)
    if size_bytes > min(DOCUMENT_BYTES_MAX, accept.bytes_max):
        media = head_media(content.read(_HEAD_BYTES))
        if media is not None:
            check_place(media, name, size_bytes, accept)
        raise refuse_large(name, size_bytes, min(DOCUMENT_BYTES_MAX, accept.bytes_max))
    return content.read()


def _values(
    name: str, media: Media, sha256: str, size_bytes: int, picture: Picture | None
) -> dict[str, object]:
    where = picture.taken_where if picture else None
    taken_at: datetime | None = picture.taken_at if picture else None
    return {
        "name": name,
        "media_type": media.type,
        "size_bytes": size_bytes,
        "sha256": sha256,
        "width_px": picture.width_px if picture else None,
        "height_px": picture.height_px if picture else None,
        "taken_at": taken_at,
        "taken_longitude": where.longitude if where else None,
        "taken_latitude": where.latitude if where else None,
    }


def _note(scope: Scope, values: dict[str, object], region_id: int | None, party_id: int | None) -> FileRow:
    at = clock.now()
    made = File.objects.create(
        id=new_id(at),
        state=State.HELD if environment().virus_scan else State.KEPT,
        region_id=region_id,
        party_id=party_id,
        kept_by_id=scope.user_id,
        kept_at=at,
        **values,
    )
    return row_of(made)
