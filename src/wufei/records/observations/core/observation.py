"""One observed or reported quantity, as it is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from wufei.kernel.period import Period
from wufei.kernel.text import Text


class ObservationKind(StrEnum):
    """Who stands behind a value."""

    REPORTED = "reported"
    COMPUTED = "computed"
    PUBLISHED = "published"

    @property
    def label(self) -> Text:
        """The words shown beside the value."""
        return _LABELS[self]


_LABELS = {
    ObservationKind.REPORTED: Text("上报值（考核口径）", "Reported value (for assessment)"),
    ObservationKind.COMPUTED: Text("测算值（运行口径）", "Computed value (for operation)"),
    ObservationKind.PUBLISHED: Text("公布值", "Published value"),
}

EVIDENCE = ("scale", "weighbridge", "declared", "estimated", "statistical", "derived-by-difference")
"""How a value came about, in the words of the ledger."""

Key = tuple[str, str, int, int | None, Period, str]


@dataclass(frozen=True, slots=True)
class NewObservation:
    """A value of one metric, in one book, for one region (or party) and period.

    Attributes
    ----------
    book : str
        ``actual``, ``published:<source>``, ``declared``, ``synthetic`` or ``scenario:<id>``.
    metric : str
        Id of a metric, or of an indicator for a reported indicator value.
    region_id, party_id : int, int or None
        Whose value it is; without a party it is the region's.
    period : Period
        The span it speaks of, with its precision.
    value : Decimal or None
        The number in ``unit``; None where the value is words.
    unit : str
        Unit as written; it must measure what the metric measures.
    text : str
        The value as written in the source, or the words where there is no number.
    kind : ObservationKind
        Reported, computed or published.
    source_title, source_clause : str
        The document and the place in it.
    department, confirmed_by, confirmed_on : str, str, date or None
        Who reports it and which office (never a person's name) confirmed it when.
    provisional : bool
        True for an early figure (快报), False for the final one (年报).
    evidence : str
        One of `EVIDENCE`.
    relative_ppm : int
        Relative standard uncertainty in parts per million, >= 0.
    replaces, reason : UUID or None, str
        The observation that this one corrects, and why.
    uuid : UUID or None
        Made by the writer, or by the service.
    where : str
        Place in the document it was read from; used in Findings.
    """

    book: str
    metric: str
    region_id: int
    period: Period
    value: Decimal | None
    unit: str
    kind: ObservationKind
    source_title: str
    source_clause: str = ""
    text: str = ""
    party_id: int | None = None
    department: str = ""
    confirmed_by: str = ""
    confirmed_on: date | None = None
    provisional: bool = False
    evidence: str = "statistical"
    relative_ppm: int = 0
    replaces: UUID | None = None
    reason: str = ""
    uuid: UUID | None = None
    where: str = ""

    @property
    def key(self) -> Key:
        """What can have only one standing value."""
        return (self.book, self.metric, self.region_id, self.party_id, self.period, self.kind.value)

    @property
    def content(self) -> tuple[object, ...]:
        """What must agree for a second telling to be a mere repetition."""
        return (
            self.value, self.unit, self.text, self.source_title, self.source_clause, self.department,
            self.confirmed_by, self.confirmed_on, self.provisional, self.evidence, self.relative_ppm,
        )  # fmt: skip
