"""What happens to a party: renamed, moved to another region, closed, or found to be another one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from wufei.kernel.text import Text


class EventKind(StrEnum):
    """What happened."""

    RENAMED = "renamed"
    MOVED = "moved"
    CLOSED = "closed"
    MERGED = "merged"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _LABELS[self]


_LABELS = {
    EventKind.RENAMED: Text("更名", "Renamed"),
    EventKind.MOVED: Text("迁移", "Moved"),
    EventKind.CLOSED: Text("注销", "Closed"),
    EventKind.MERGED: Text("并入", "Merged into"),
}


def survivor(party_id: int, merged_into: Mapping[int, int]) -> int:
    """Give the party that stands for another after all merges; rings end where they began."""
    seen = {party_id}
    while party_id in merged_into and merged_into[party_id] not in seen:
        party_id = merged_into[party_id]
        seen.add(party_id)
    return party_id
