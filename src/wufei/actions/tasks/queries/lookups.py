"""What the forms of the room offer as it is typed."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from wufei.actions.tasks.core.responsibility import kind_named, kinds_of_waste
from wufei.actions.tasks.models import Project, Report, Task, Unit
from wufei.actions.tasks.queries.rows import OPEN, of_department
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, allowed, require
from wufei.runtime.access.services import session
from wufei.runtime.forms.core.entries import EntryRow
from wufei.runtime.identity.queries import DepartmentRow, departments_by_id, departments_in

FOUND_MAX = 20


def find_tasks(scope: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give open tasks of one's department, or of the region for its office, whose words or number fit."""
    require(scope, "task.report")
    with session(scope):
        found = _own(scope)
        if typed:
            found = found.filter(
                Q(title__icontains=typed) | Q(text__icontains=typed) | Q(no=typed) | Q(code=typed)
            )
        return [
            (f"{task.plan_key}#{task.code}", Text(f"{task.no} {task.title or task.text}"[:80].strip()))
            for task in found.order_by("plan_key", "position")[:FOUND_MAX]
        ]


def known_tasks(scope: Scope, keys: Collection[str]) -> set[str]:
    """Give those of the keys that `find_tasks` finds."""
    require(scope, "task.report")
    named = [key.partition("#") for key in keys]
    with session(scope):
        plans, codes = {plan for plan, _, _ in named}, {code for _, _, code in named}
        found = _own(scope).filter(plan_key__in=plans, code__in=codes).values_list("plan_key", "code")
        return {f"{plan_key}#{code}" for plan_key, code in found} & set(keys)


def find_departments(scope: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give the departments that work on tasks the scope sees and whose name fits."""
    rows = _at_work(scope)
    fits = [row for row in rows if not typed or typed in row.name.zh or typed.lower() in row.name.en.lower()]
    return [(row.name.zh, row.name) for row in sorted(fits, key=lambda row: row.key)[:FOUND_MAX]]


def known_departments(scope: Scope, keys: Collection[str]) -> set[str]:
    """Give those of the names by which a department at work is known, its aliases among them."""
    return {name for row in _at_work(scope) for name in (row.name.zh, row.name.en, *row.aliases)} & set(keys)


def task_names(scope: Scope) -> list[tuple[str, Text]]:
    """Give all tasks that the scope sees, closed ones too, as reference and name."""
    if not allowed(scope, "task.read"):
        return []
    with session(scope):
        found = Task.objects.order_by("plan_key", "position")
        rows = list(found.values_list("plan_key", "code", "no", "title", "text"))
    return [
        (f"{plan}#{code}", Text(f"{no} {title or text}"[:80].strip())) for plan, code, no, title, text in rows
    ]


def project_names(scope: Scope) -> list[tuple[str, Text]]:
    """Give all projects that the scope sees, as reference and name; none for who sees no tasks."""
    if not allowed(scope, "task.read"):
        return []
    with session(scope):
        rows = list(Project.objects.order_by("plan_key", "position").values_list("plan_key", "code", "name"))
    return [(f"{plan}#{code}", Text(name[:80])) for plan, code, name in rows]


def ids_of(scope: Scope, *, task: str = "", project: str = "") -> tuple[int | None, int | None]:
    """Give the ids of a task and a project from their references; None for what the scope does not see."""
    found = []
    with session(scope):
        for model, reference in ((Task, task), (Project, project)):
            plan_key, _, code = reference.partition("#")
            rows = model.objects.filter(plan_key=plan_key, code=code).values_list("id", flat=True)
            found.append(rows.first() if code and allowed(scope, "task.read") else None)
    return found[0], found[1]


def names_of(scope: Scope, *, task_id: int | None, project_id: int | None) -> tuple[str, str]:
    """Give the names of a task and a project; empty for what the scope does not see."""
    if not allowed(scope, "task.read"):
        return "", ""
    with session(scope):
        task = Task.objects.filter(id=task_id).values_list("title", "text").first() if task_id else None
        projects_ = Project.objects.filter(id=project_id or 0)
        project = projects_.values_list("name", flat=True).first()
    return (task[0] or task[1])[:120] if task else "", project or ""


def find_kinds(_: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give the kinds of waste, all and the legal classes first, whose name or code fits."""
    wanted = typed.casefold()
    fits = [
        (name.zh, name if key == name.zh else Text(f"{name.zh}（{key}）", f"{name.en} ({key})"))
        for key, name in kinds_of_waste().items()
        if wanted in name.zh or wanted in name.en.casefold() or wanted in key.casefold()
    ]
    return fits[:FOUND_MAX]


def known_kinds(_: Scope, keys: Collection[str]) -> set[str]:
    """Give those of the names and codes that mean a kind of waste."""
    return {key for key in keys if kind_named(key) is not None}


def find_offices(scope: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give the departments of the regions that the scope reaches and whose name fits."""
    fits = [row for row in _offices(scope) if not typed or any(typed in word for word in _names(row))]
    return [(row.name.zh, row.name) for row in fits[:FOUND_MAX]]


def known_offices(scope: Scope, keys: Collection[str]) -> set[str]:
    """Give those of the names by which a department is known, its aliases among them."""
    return {name for row in _offices(scope) for name in _names(row)} & set(keys)


def _offices(scope: Scope) -> list[DepartmentRow]:
    require(scope, "task.run")
    return departments_in(scope.region_ids)


def _names(row: DepartmentRow) -> tuple[str, ...]:
    return (row.name.zh, row.name.en, *row.aliases)


def department_of_report(entry: EntryRow) -> int | None:
    """Give the department that a report speaks for; nothing before it was kept."""
    return Report.objects.filter(entry_id=entry.id).values_list("department_id", flat=True).first()


def _own(scope: Scope) -> QuerySet[Task]:
    found = Task.objects.filter(OPEN)
    if scope.department_id is None or allowed(scope, "task.run"):
        return found
    return found.filter(of_department(scope.department_id))


def _at_work(scope: Scope) -> list[DepartmentRow]:
    require(scope, "task.report")
    with session(scope):
        units = Unit.objects.filter(dropped=False, department__isnull=False)
        return list(departments_by_id(units.values_list("department_id", flat=True).distinct()).values())
