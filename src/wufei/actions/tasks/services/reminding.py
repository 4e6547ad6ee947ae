"""The daily look at reports that are due: a department is told once per quarter, and once more when late."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.urls import reverse

from wufei.actions.tasks.core.task import Quarter
from wufei.actions.tasks.queries.own import DueReport, due_reports
from wufei.actions.tasks.queries.rows import OPEN, task_rows
from wufei.actions.tasks.services.owning import DUE, tell_departments
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session


def tell_due(scope: Scope, *, on: date) -> int:
    """Tell departments of the reports they owe on a day, one notice for all tasks of a quarter.

    This is no step of 督办: it asks for what was agreed, and only whom it concerns.

    Returns
    -------
    int
        How many people were told; nobody is told of the same twice.
    """
    with session(scope):
        rows = task_rows(OPEN, on)
        told = 0
        for department_id in sorted({one for row in rows for one in row.departments()}):
            mine = [row for row in rows if department_id in row.departments()]
            owed: dict[Quarter, list[DueReport]] = defaultdict(list)
            for due in due_reports(mine, department_id, on):
                owed[due.quarter].append(due)
            told += sum(_tell(department_id, quarter, dues, on) for quarter, dues in owed.items())
        return told


def _tell(department_id: int, quarter: Quarter, dues: list[DueReport], on: date) -> int:
    late, until = dues[0].late_on(on), dues[0].due_on.isoformat()
    text = Text(
        f"{quarter.label.zh}有{len(dues)}项任务{'逾期未报' if late else '待报'}进展（{until}前）",
        f"{len(dues)} reports for {quarter.label.en} are {'late' if late else 'due'} (by {until})",
    )
    key = f"{DUE}:{department_id}:{quarter.year}-{quarter.number}:{'late' if late else 'due'}"
    return tell_departments([department_id], DUE, text, reverse("tasks:mine"), key)
