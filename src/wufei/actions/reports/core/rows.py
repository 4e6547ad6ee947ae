"""Rows of documents as the doors give them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a department: figures to confirm until a day, or with none of them a signature."""

    report: ReportRow
    figures: int
    due_on: date | None


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
