"""Rows of documents as the doors give them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from wufei.actions.reports.core.countersigning import Countersigner
from wufei.actions.reports.core.document import Document, Kind
from wufei.actions.reports.core.states import Act, State
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.runtime.files.core.rows import FileRow


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A document as lists show it; `digest` is the SHA-256 of its canonical content."""

    id: UUID
    region_id: int
    kind: Kind
    period: Period
    title: str
    state: State
    version: int
    digest: str
    author_id: int | None
    drafted_at: datetime
    changed_at: datetime
    locked_at: datetime | None
    number: str
    scan_id: UUID | None


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One step of a document."""

    act: Act
    source: State
    target: State
    reason: str
    user_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What a department said of a figure: `old` and `new` as printed, the same where it was confirmed."""

    figure: str
    name: str
    corrected: bool
    old: str
    new: str
    reason: str
    user_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Later:
    """A figure that says something else today: `old` as the document was drafted, `new` as of now.

    Attributes
    ----------
    reasons : tuple of Text
        Of the corrections that were posted since, if whoever reads may see them.
    """

    key: str
    name: str
    figure: str
    old: str
    new: str
    as_of: str
    reasons: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class AskRow:
    """A department that was asked to confirm figures: all of them by key, and those that still wait."""

    department_id: int
    department: Text
    figures: tuple[str, ...]
    waiting: tuple[str, ...]
    due_on: date

    def late_on(self, on: date) -> bool:
        """Say whether an answer is late on a day."""
        return bool(self.waiting) and on > self.due_on


class Wait(StrEnum):
    """What a document waits for."""

    CONFIRM = "confirm"
    COUNTERSIGN = "countersign"
    CHECK = "check"
    FINISH = "finish"
    OBJECTION = "objection"
    MEND = "mend"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _WAITS[self]


_WAITS = {
    Wait.CONFIRM: Text("数值待本部门确认", "Figures wait for your department"),
    Wait.COUNTERSIGN: Text("待本部门会签", "Waits for your department to countersign"),
    Wait.CHECK: Text("待核稿", "To be checked"),
    Wait.FINISH: Text("待定稿", "To be finished"),
    Wait.OBJECTION: Text("会签有不同意见，待处理", "A department disagrees: to be decided"),
    Wait.MEND: Text("已退回，待修改", "Sent back to be mended"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits for a person, what for, and until when; how many figures are to be confirmed."""

    report: ReportRow
    act: Wait
    figures: int = 0
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """One document with everything said and done about it."""

    row: ReportRow
    document: Document
    moves: tuple[MoveRow, ...]
    answers: tuple[AnswerRow, ...]
    scan: FileRow | None
    asks: tuple[AskRow, ...] = ()
    countersigners: tuple[Countersigner, ...] = ()
