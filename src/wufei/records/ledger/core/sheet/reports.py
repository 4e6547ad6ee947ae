"""What became of a file, as the loading service and the pages tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.ledger.core.sheet.messages import RowFinding

FINDINGS_SHOWN = 1_000


class Outcome(StrEnum):
    """What became of a file as a whole."""

    POSTED = "posted"
    PARTLY = "partly"
    REFUSED = "refused"
    TRIED = "tried"

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _LABELS[self]


_LABELS = {
    Outcome.POSTED: Text("全部入账", "All posted"),
    Outcome.PARTLY: Text("部分入账", "Partly posted"),
    Outcome.REFUSED: Text("未入账", "Not posted"),
    Outcome.TRIED: Text("试算，未入账", "Tried, not posted"),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of a file that are records, each in exactly one of four states.

    Attributes
    ----------
    posted, repeated : int
        Written now; recorded before with the same content.
    refused : int
        Wrong themselves, or of a posting group with a row that is.
    unwritten : int
        Right, but left out because the file is posted whole or not at all.
    """

    posted: int = 0
    repeated: int = 0
    refused: int = 0
    unwritten: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.posted + self.repeated + self.refused + self.unwritten


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a file.

    Attributes
    ----------
    load_id : UUID, optional
        Under which the Findings are kept; None after a trial.
    findings : tuple of RowFinding
        The first `FINDINGS_SHOWN`, the gravest first.
    findings_total : int
        How many there are.
    """

    load_id: UUID | None
    outcome: Outcome
    tally: Tally
    findings: tuple[RowFinding, ...]
    findings_total: int


@dataclass(frozen=True, slots=True)
class LoadRow:
    """A load as it is kept."""

    id: UUID
    file_name: str
    sha256: bytes
    size: int
    tally: Tally
    keep_good: bool
    outcome: Outcome
    region_id: int | None
    recorder_id: int | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A Finding of a load as it is kept; `row` is 0 for a sheet as a whole."""

    number: int
    sheet: int
    row: int
    column: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class KeptSheet:
    """The rows of one sheet that were not posted, under the titles of their columns.

    Attributes
    ----------
    rows : tuple of (int, tuple of str)
        Number of the row and its cells as they were written.
    """

    name: str
    titles: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
