"""What a score rests on: figures, tasks, reports and steps as they stood on a day, and what people added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from wufei.actions.tasks.core.supervision import StepKind
from wufei.actions.tasks.core.task import State
from wufei.kernel.text import Text


class TargetKind(StrEnum):
    """What a plan asks of an indicator: a number, words, or nothing yet (X%)."""

    NUMBER = "number"
    WORDS = "words"
    BLANK = "blank"


class Sense(StrEnum):
    """Which side of the target is good."""

    MORE = "more"
    LESS = "less"
    EXACT = "exact"


class Basis(StrEnum):
    """Which value is judged: 上报值 where there is one, else 测算值, named as such."""

    REPORTED = "reported"
    COMPUTED = "computed"
    NONE = ""

    @property
    def label(self) -> Text:
        """The words used on screen."""
        return _BASES[self]


_BASES = {
    Basis.REPORTED: Text("上报值", "reported value"),
    Basis.COMPUTED: Text("测算值（无上报值）", "computed value (none was reported)"),
    Basis.NONE: Text("无数据", "no data"),
}


@dataclass(frozen=True, slots=True)
class Office:
    """A department, with all names it is known by."""

    id: int
    name: Text
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndicatorFact:
    """An indicator of the plan with what the year asks for.

    Attributes
    ----------
    value, required : Decimal or None
        In ``unit``; ``required`` is what the straight line from base to target asks for in the year, or the
        target itself where there is no line.
    good : bool
        Met or on track, as the indicators room judged it to the printed digits.
    figure : str
        The figure's id: the way to its lineage.
    """

    id: str
    name: Text
    departments: tuple[int, ...]
    binding: bool
    target: TargetKind
    target_text: Text
    sense: Sense
    value: Decimal | None
    basis: Basis
    required: Decimal | None
    unit: str
    good: bool
    figure: str
    reason: Text


@dataclass(frozen=True, slots=True)
class TaskFact:
    """A task as it stands; no state where its yearly goal was never confirmed."""

    id: int
    no: str
    name: str
    state: State | None
    reason: Text
    leads: tuple[int, ...]
    supports: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that was due for a quarter, and the one that came; ``reported_on`` is when it was sent."""

    quarter: Text
    due_on: date
    report_id: int | None
    reported_on: date | None

    @property
    def in_time(self) -> bool:
        """Whether it came by its day."""
        return self.reported_on is not None and self.reported_on <= self.due_on


@dataclass(frozen=True, slots=True)
class ReportFact:
    """The reports that a department owed on one task in the year."""

    task_id: int
    task: str
    department_id: int
    leads: bool
    due: tuple[DueReport, ...]


@dataclass(frozen=True, slots=True)
class StepFact:
    """A step of 督办 of the year."""

    id: int
    kind: StepKind
    number: Text
    department_id: int
    task_id: int
    task: str
    issued_on: date
    reply_by: date | None
    replied_on: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is frozen when an assessment is computed.

    Attributes
    ----------
    on : date
        The day on which tasks, reports and answers were judged.
    as_of : str
        Until where the figures were read (数据截至).
    """

    region_id: int
    year: int
    on: date
    book: str
    as_of: str
    plan: str
    offices: tuple[Office, ...]
    indicators: tuple[IndicatorFact, ...]
    tasks: tuple[TaskFact, ...]
    reports: tuple[ReportFact, ...]
    steps: tuple[StepFact, ...]

    def departments(self) -> tuple[int, ...]:
        """Give the departments that anything is asked of, in order of their ids."""
        named = {one for fact in self.indicators for one in fact.departments}
        named |= {one for task in self.tasks for one in (*task.leads, *task.supports)}
        named |= {report.department_id for report in self.reports}
        named |= {step.department_id for step in self.steps}
        return tuple(sorted(named & {office.id for office in self.offices}))

    def office(self, department_id: int) -> Office:
        """Give a department; KeyError where it was not there on the day."""
        return {office.id: office for office in self.offices}[department_id]


@dataclass(frozen=True, slots=True)
class Entry:
    """What an officer entered: points of a bonus or deduction, or the share (0..1) of a target in words."""

    department_id: int
    line: str
    amount: Decimal
    note: str
    file_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What an accepted appeal changes: the points of a line, or the value of an indicator."""

    department_id: int
    line: str
    reason: str
    points: Decimal | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What people added to the facts; the later of two about one line counts."""

    entries: tuple[Entry, ...] = ()
    decisions: tuple[Decision, ...] = ()


NOTHING_GIVEN = Given()


@dataclass(frozen=True, slots=True)
class Objection:
    """What a department says against a line of its sheet."""

    department_id: int
    line: str
    text: str
    file_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the office says to an appeal: accepted with the right points or the right value, or refused."""

    accept: bool
    reason: str
    points: Decimal | None = None
    value: Decimal | None = None
