"""The board of tasks as a document of a period reads it, and the 调度表."""

from __future__ import annotations

from datetime import date, timedelta

from wufei.actions.reports.core.taskwork import (
    BoardNotes,
    OrderNote,
    ProjectNote,
    Said,
    TaskNote,
)
from wufei.actions.tasks import queries as tasks
from wufei.actions.tasks.core.judging import REPORT_DAYS
from wufei.actions.tasks.core.task import Quarter, State, quarter_of
from wufei.actions.tasks.queries import StepRow, TaskRow
from wufei.kernel.period import Period
from wufei.runtime.access.core import Scope
from wufei.runtime.identity.queries import regions_by_id

_NAME_MAX = 60


def board_notes(scope: Scope, *, region_id: int, period: Period, today: date) -> BoardNotes:
    """Read the board of a region for a document of a period, on the day when its reports are in, or today.

    Raises
    ------
    AccessError
        The tasks are not open to this person.
    """
    on = reading_day(period, today)
    board = tasks.board(scope, region_id, on=on)
    quarters = quarters_in(period.start, period.end)
    notes = [_note(row, quarters, on) for row in board.rows]
    last = period.end - timedelta(days=1)
    steps = [each for each in tasks.steps_of_region(scope, region_id) if each.issued_on <= on]
    projects = [each for each in tasks.projects(scope, region_id, on=on) if each.closed_on is None]
    return BoardNotes(
        region_key=regions_by_id([region_id])[region_id].key,
        on=on,
        period=period.label(),
        quarter=f"{quarters[-1].year}-Q{quarters[-1].number}",
        counts=board.counts,
        tasks=tuple(note for note in notes if note.standing or note.said or note.state is State.BEHIND),
        orders=tuple(_order(each, period.start, last, on) for each in steps),
        projects=tuple(
            ProjectNote(each.name, each.planned_yuan, each.spent_yuan, each.as_of_on) for each in projects
        ),
    )


def reading_day(period: Period, today: date) -> date:
    """Give the day for which a document reads the board: when the period's reports are in, at most today."""
    last = period.end - timedelta(days=1)
    return min(today, last + timedelta(days=REPORT_DAYS + 1))


def quarters_in(first: date, end: date) -> tuple[Quarter, ...]:
    """Give the quarters of a span of one year from its first day to the day after its last."""
    last = quarter_of(end - timedelta(days=1))
    return tuple(Quarter(first.year, number) for number in range(quarter_of(first).number, last.number + 1))


def _note(row: TaskRow, quarters: tuple[Quarter, ...], on: date) -> TaskNote:
    leads = tuple((unit.department_id or 0, unit.department.zh) for unit in row.leads)
    return TaskNote(
        name=row.name[:_NAME_MAX],
        leads=leads or ((0, "未明确部门"),),
        standing=tasks.standing_of(row, quarters[-1], on),
        state=row.judgement.state,
        reason=row.judgement.reason.zh,
        said=_said(row, quarters, on),
    )


def _said(row: TaskRow, quarters: tuple[Quarter, ...], on: date) -> tuple[Said, ...]:
    """Give the latest words of each department on a task: leads first, then the responsible units."""
    latest = {}
    for each in sorted(row.reports, key=lambda report: (report.quarter, report.id)):
        if each.passed and each.quarter in quarters and each.reported_on <= on:
            latest[each.department_id] = each
    order = [unit.department_id for unit in (*row.leads, *row.supports)]
    known = [latest[one] for one in dict.fromkeys(order) if one in latest]
    return tuple(Said(one.department.zh, one.text, one.problems, one.next_step) for one in known)


def _order(row: StepRow, first: date, last: date, on: date) -> OrderNote:
    return OrderNote(
        label=row.number.zh or row.kind.label.zh,
        task=row.task[:_NAME_MAX],
        department=row.department.zh,
        reply_by=row.reply_by,
        open=row.closed_on is None or row.closed_on > on,
        within=first <= row.issued_on <= last,
    )
