"""What a report's form offers as it is typed."""

from __future__ import annotations

from django.db.models import Q

from wufei.actions.tasks.models import Task, Unit
from wufei.actions.tasks.queries.rows import OPEN, of_department
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import departments_by_id

FOUND_MAX = 20


def find_tasks(scope: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give open tasks of one's department, or of the region for its office, whose words or number fit."""
    require(scope, "task.report")
    with session(scope):
        found = Task.objects.filter(OPEN)
        if scope.department_id is not None:
            found = found.filter(of_department(scope.department_id))
        if typed:
            found = found.filter(
                Q(title__icontains=typed) | Q(text__icontains=typed) | Q(no=typed) | Q(code=typed)
            )
        return [
            (f"{task.plan_key}#{task.code}", Text(f"{task.no} {task.title or task.text}"[:80].strip()))
            for task in found.order_by("plan_key", "position")[:FOUND_MAX]
        ]


def find_departments(scope: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give the departments that work on tasks the scope sees and whose name fits."""
    require(scope, "task.report")
    with session(scope):
        ids = Unit.objects.filter(dropped=False, department__isnull=False).values_list(
            "department_id", flat=True
        )
        rows = departments_by_id(ids.distinct()).values()
    fits = [row for row in rows if not typed or typed in row.name.zh or typed.lower() in row.name.en.lower()]
    return [(row.name.zh, row.name) for row in sorted(fits, key=lambda row: row.key)[:FOUND_MAX]]
