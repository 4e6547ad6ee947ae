"""Projects with their money and how they stand on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from wufei.actions.tasks.core.projects import Standing, standing
from wufei.actions.tasks.models import Project, ProjectState
from wufei.kernel.errors import NotFoundError
from wufei.records.plans.core.departments import Office, matches
from wufei.records.plans.core.due import due_on
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import departments_in, names_of_users, regions_under


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project with its latest state; money in yuan, None where nobody said."""

    id: int
    region_id: int
    plan_key: str
    code: str
    field: str
    name: str
    content: str
    units: tuple[str, ...]
    due: str
    closed_on: date | None
    planned_yuan: Decimal | None
    spent_yuan: Decimal | None
    share: Decimal | None
    as_of_on: date | None
    note: str
    standing: Standing

    @property
    def spent_share(self) -> Decimal | None:
        """What was spent of what was planned; more than 1 where too much was."""
        if self.planned_yuan and self.spent_yuan is not None:
            return self.spent_yuan / self.planned_yuan
        return None


@dataclass(frozen=True, slots=True)
class StateRow:
    """What was said of a project on a day, by whom, with which files."""

    as_of_on: date
    share: Decimal
    spent_yuan: Decimal
    note: str
    file_ids: tuple[UUID, ...]
    said_by: str


def projects(scope: Scope, region_id: int, *, on: date) -> list[ProjectRow]:
    """Give the projects of a region as they stand on a day; withdrawn ones last."""
    require(scope, "task.read")
    with session(scope):
        rows = _rows(Project.objects.filter(region_id=region_id).order_by("plan_key", "position"), on)
    return sorted(rows, key=lambda row: row.closed_on is not None)


def projects_of_department(scope: Scope, *, on: date) -> list[ProjectRow]:
    """Give the projects in force that name the department of the person; none without one."""
    require(scope, "task.read")
    own = scope.department_id
    if own is None:
        return []
    with session(scope):
        rows = _rows(Project.objects.filter(closed_on=None).order_by("plan_key", "position"), on)
        offices = {region_id: _offices(region_id) for region_id in {row.region_id for row in rows}}
        return [row for row in rows if own in _surely(row.units, offices[row.region_id])]


def find_project(scope: Scope, project_id: int, *, on: date) -> tuple[ProjectRow, tuple[StateRow, ...]]:
    """Give a project as it stands on a day, and all that was said of it until then, the latest first.

    Raises
    ------
    NotFoundError
        There is none, or not for this person.
    """
    require(scope, "task.read")
    with session(scope):
        rows = _rows(Project.objects.filter(id=project_id), on)
        states = list(
            ProjectState.objects.filter(project_id=project_id, as_of_on__lte=on).order_by("-as_of_on", "-id")
        )
    if not rows:
        raise NotFoundError("project", project_id)
    names = names_of_users(state.user_id for state in states if state.user_id is not None)
    return rows[0], tuple(
        StateRow(
            state.as_of_on,
            state.share,
            state.spent_yuan,
            state.note,
            tuple(state.files or ()),
            names.get(state.user_id or 0, ""),
        )
        for state in states
    )


def departments_of_project(units: Sequence[str], region_id: int) -> frozenset[int]:
    """Give the departments that the units of a project surely are, by name or alias."""
    return _surely(units, _offices(region_id))


def _offices(region_id: int) -> list[Office]:
    return [Office(row.id, (row.name.zh, *row.aliases)) for row in departments_in(regions_under(region_id))]


def _surely(units: Sequence[str], offices: Sequence[Office]) -> frozenset[int]:
    return frozenset(match.sure for match in matches(units, offices) if match.sure is not None)


def _rows(found: Iterable[Project], on: date) -> list[ProjectRow]:
    rows = list(found)
    states = ProjectState.objects.filter(project__in=rows, as_of_on__lte=on).order_by("as_of_on", "id")
    latest = {state.project_id: state for state in states}
    return [_row(row, latest.get(row.id), on) for row in rows]


def _row(row: Project, state: ProjectState | None, on: date) -> ProjectRow:
    share, as_of_on = (state.share, state.as_of_on) if state else (None, None)
    return ProjectRow(
        id=row.id,
        region_id=row.region_id,
        plan_key=row.plan_key,
        code=row.code,
        field=row.field,
        name=row.name,
        content=row.content,
        units=tuple(row.units),
        due=row.due,
        closed_on=row.closed_on,
        planned_yuan=row.planned_yuan,
        spent_yuan=state.spent_yuan if state else None,
        share=share,
        as_of_on=as_of_on,
        note=state.note if state else "",
        standing=standing(due_on(row.due), share, as_of_on, on),
    )
