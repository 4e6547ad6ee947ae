"""How a project stands on a day, by its due day and what was last said of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from wufei.kernel.text import Text

SILENT_DAYS = 107
"""A quarter and the days in which its report is due; after that nobody knows how a project stands."""


class Standing(StrEnum):
    """What is known of a project on a day."""

    DONE = "done"
    LATE = "late"
    GOING = "going"
    SILENT = "silent"
    UNKNOWN = "unknown"

    @property
    def label(self) -> Text:
        """The words on screen."""
        return _LABELS[self]


_LABELS = {
    Standing.DONE: Text("已完成", "Done"),
    Standing.LATE: Text("逾期", "Late"),
    Standing.GOING: Text("在建", "Going on"),
    Standing.SILENT: Text("久未填报", "Not heard of lately"),
    Standing.UNKNOWN: Text("未填报", "Never reported"),
}


def standing(due_on: date | None, share: Decimal | None, as_of_on: date | None, on: date) -> Standing:
    """Judge a project: done by its last report, late by its due day, else by how old the report is.

    Parameters
    ----------
    due_on : date, optional
        The last day in time; None where the plan names none.
    share : Decimal, optional
        How far it was by the last report, 0..1.
    """
    if share == 1:
        return Standing.DONE
    if due_on is not None and on > due_on:
        return Standing.LATE
    if as_of_on is None:
        return Standing.UNKNOWN
    return Standing.SILENT if on - as_of_on > timedelta(days=SILENT_DAYS) else Standing.GOING
