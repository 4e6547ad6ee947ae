"""What the store tells of a file, and how its content is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath
from uuid import UUID

from wufei.kernel.text import Text
from wufei.runtime.files.core.pictures import Place

STORE = "files"
"""The directory in the data directory; `wufei backup` carries it."""

SMALL = "files-small"
"""Small copies of pictures, beside the store: made again where they are missing."""


class State(StrEnum):
    """How a file is: only a kept one is handed out."""

    KEPT = "kept"
    HELD = "held"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _LABELS[self]


_LABELS = {
    State.KEPT: Text("在用", "In use"),
    State.HELD: Text("待查毒", "Waiting for the virus scan"),
    State.REFUSED: Text("有病毒，已拒收", "Refused: a virus was found"),
    State.WITHDRAWN: Text("停用", "Out of use"),
}


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of the store.

    Attributes
    ----------
    media_type : str
        What the bytes are, as in `MEDIA`.
    found : str
        What the virus scan found; empty if nothing.
    width_px, height_px : int or None
        Of a picture, upright.
    taken_at, taken_where :
        When and where the camera says that the picture was taken; nobody has checked it.
    by : int or None
        The person who uploaded it; None for the local command line.
    """

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    state: State
    width_px: int | None
    height_px: int | None
    kept_at: datetime
    by: int | None
    region_id: int | None = None
    party_id: int | None = None
    taken_at: datetime | None = None
    taken_where: Place | None = None
    found: str = ""

    def as_json(self) -> dict[str, object]:
        """Give the file as plain JSON."""
        where = self.taken_where
        return {
            "id": str(self.id),
            "name": self.name,
            "media_type": self.media_type,
            "size_bytes": self.size_bytes,
            "sha256": self.sha256,
            "state": self.state.value,
            "width_px": self.width_px,
            "height_px": self.height_px,
            "kept_at": self.kept_at.isoformat(),
            "taken_at": self.taken_at.isoformat() if self.taken_at else None,
            "taken_where": [where.longitude, where.latitude] if where else None,
            "address": f"/files/{self.id}",
        }


def place_of_content(sha256: str) -> PurePath:
    """Give where content lies in the store: ``ab/cdef…``."""
    return PurePath(sha256[:2], sha256[2:])
