"""What the form of a case offers as it is typed."""

from __future__ import annotations

from collections.abc import Collection

from wufei.actions.cases.core.case import indicator_named
from wufei.actions.cases.models import Case
from wufei.actions.tasks import queries as tasks
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.runtime.access.core import Scope
from wufei.runtime.forms.core.entries import EntryRow

FOUND_MAX = 20


def find_indicators(_: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give the indicators whose name fits."""
    wanted = typed.casefold()
    fits = [
        (each.name.zh, each.name)
        for each in load_indicators().values()
        if wanted in each.name.zh or wanted in each.name.en.casefold()
    ]
    return fits[:FOUND_MAX]


def known_indicators(_: Scope, keys: Collection[str]) -> set[str]:
    """Give those of the names and ids that mean an indicator."""
    return {key for key in keys if indicator_named(key) is not None}


def find_tasks(scope: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give the tasks of the scope's regions whose words fit; an enterprise sees none."""
    return [
        (key, name) for key, name in tasks.task_names(scope) if not typed or typed in name.zh or typed == key
    ][:FOUND_MAX]


def known_tasks(scope: Scope, keys: Collection[str]) -> set[str]:
    """Give those of the references that name a task."""
    return {key for key, _ in tasks.task_names(scope)} & set(keys)


def find_projects(scope: Scope, typed: str) -> list[tuple[str, Text]]:
    """Give the projects of the scope's regions whose name fits; an enterprise sees none."""
    return [
        (key, name)
        for key, name in tasks.project_names(scope)
        if not typed or typed in name.zh or typed == key
    ][:FOUND_MAX]


def known_projects(scope: Scope, keys: Collection[str]) -> set[str]:
    """Give those of the references that name a project."""
    return {key for key, _ in tasks.project_names(scope)} & set(keys)


def department_of_case(entry: EntryRow) -> int | None:
    """Give the department that a case speaks for; nothing before it was kept, nor for an enterprise."""
    return Case.objects.filter(entry_id=entry.id).values_list("department_id", flat=True).first()
