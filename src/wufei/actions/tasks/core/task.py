"""What a task is made of: its yearly nodes, what departments reported, and the state that follows."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from wufei.kernel.text import Text

QUARTERS = (1, 2, 3, 4)
MONTHS_PER_QUARTER = 3


class State(StrEnum):
    """How a task stands, from 已完成 to 进度滞后."""

    DONE = "done"
    ON_TRACK = "on-track"
    LASTING = "lasting"
    NOT_STARTED = "not-started"
    BEHIND = "behind"

    @property
    def label(self) -> Text:
        """The words used on screen and in the 调度表."""
        return _LABELS[self]

    @property
    def rank(self) -> int:
        """Position from the best (0) to the worst."""
        return list(State).index(self)


_LABELS = {
    State.DONE: Text("已完成", "Done"),
    State.ON_TRACK: Text("达到序时", "On schedule"),
    State.LASTING: Text("长期坚持", "Lasting"),
    State.NOT_STARTED: Text("未启动", "Not started"),
    State.BEHIND: Text("进度滞后", "Behind"),
}


class Duty(StrEnum):
    """What a department does for a task."""

    LEAD = "lead"
    SUPPORT = "support"

    @property
    def label(self) -> Text:
        """牵头 or 责任."""
        return Text("牵头", "Leads") if self is Duty.LEAD else Text("责任", "Responsible")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year."""

    year: int
    number: int

    @property
    def ends_on(self) -> date:
        """The last day."""
        month = MONTHS_PER_QUARTER * self.number
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def label(self) -> Text:
        """As people write it: 2026年一季度."""
        return Text(f"{self.year}年{'一二三四'[self.number - 1]}季度", f"Q{self.number} {self.year}")


def quarter_of(day: date) -> Quarter:
    """Give the quarter that a day lies in."""
    return Quarter(day.year, (day.month - 1) // MONTHS_PER_QUARTER + 1)


@dataclass(frozen=True, slots=True)
class Node:
    """节点: what is to be reached by the end of a quarter.

    Attributes
    ----------
    share : Decimal
        Of the year's goal, 0..1, all quarters of the year up to this one together.
    """

    quarter: Quarter
    text: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Progress:
    """What one department reported for one quarter and what passed its review.

    Attributes
    ----------
    number : int
        Grows with every report: of two for the same quarter the later one counts.
    share : Decimal
        Reached of the year's goal, 0..1.
    reported_on : date
        The day on which it was entered, not on which it was passed.
    """

    number: int
    department_id: int
    quarter: Quarter
    share: Decimal
    reported_on: date
    text: str = ""
    problems: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a plan with the departments that were found for its units.

    Attributes
    ----------
    due_on : date or None
        The last day on which it is in time; none for what lasts, and where the plan names no day.
    leads, supports : tuple of int
        Departments; a plan may name several leads.
    """

    id: int
    title: str
    text: str
    due_on: date | None
    lasting: bool
    leads: tuple[int, ...] = ()
    supports: tuple[int, ...] = ()
