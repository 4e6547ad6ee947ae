"""How an assessment goes: opened, computed, published, closed; never back."""

from __future__ import annotations

from enum import StrEnum

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text


class State(StrEnum):
    """Where an assessment stands."""

    OPEN = "open"
    COMPUTED = "computed"
    PUBLISHED = "published"
    CLOSED = "closed"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _LABELS[self]

    @property
    def is_public(self) -> bool:
        """Whether departments see their sheets."""
        return self in (State.PUBLISHED, State.CLOSED)


_LABELS = {
    State.OPEN: Text("待计算", "To be computed"),
    State.COMPUTED: Text("已计算", "Computed"),
    State.PUBLISHED: Text("已公布", "Published"),
    State.CLOSED: Text("已办结", "Closed"),
}


def demand(state: State, *wanted: State) -> None:
    """Let pass an assessment that stands where an act may happen.

    Raises
    ------
    ConflictError
        ``assess.state``: it stands elsewhere.
    """
    if state not in wanted:
        zh = "、".join(each.label.zh for each in wanted)
        en = " or ".join(each.label.en.lower() for each in wanted)
        message = Text(
            f"考核“{state.label.zh}”，此操作只在“{zh}”时可办。请刷新页面。",
            f"The assessment is {state.label.en.lower()}; this is done while {en}. Load the page again.",
        )
        raise ConflictError("assess.state", message)
