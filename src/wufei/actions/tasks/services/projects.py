"""Projects of a plan: what they are to cost, how far they are, with evidence; only added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from wufei.actions.tasks.models import Project, ProjectState
from wufei.actions.tasks.queries.projects import departments_of_project
from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, allowed, reaches, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.files.queries import file_of

NOTE_MAX = 300
FILES_MAX = 10
YUAN_MAX = Decimal(10) ** 13
"""More than any project costs; the table holds ten times as much."""
_WAN = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """How far a project is (0..1) and what was spent until today, in yuan, with photos of the site."""

    share: Decimal
    spent_yuan: Decimal
    note: str = ""
    files: Sequence[UUID] = ()


def plan_money(scope: Scope, *, project_id: int, planned_yuan: Decimal) -> None:
    """Say what a project is to cost, in yuan.

    Raises
    ------
    InputError
        ``task.money``: less than nothing, or `YUAN_MAX` and more.
    """
    _demand(0 <= planned_yuan < YUAN_MAX, "planned", f"{_plain(planned_yuan / _WAN)}万元")
    require(scope, "task.run")
    with session(scope):
        project = _held(project_id)
        require(scope, "task.run", region_id=project.region_id)
        project.planned_yuan = planned_yuan
        project.save(update_fields=["planned_yuan"])


def report_project(scope: Scope, *, project_id: int, report: ProjectReport) -> None:
    """Add how far a project is today; the office may, and whoever reports for a department it names.

    Raises
    ------
    AccessError
        The project names another department, or none.
    NotFoundError
        No such project or file for this person.
    InputError
        ``task.money``: a share outside 0..1, or less than nothing spent, or `YUAN_MAX` and more;
        ``task.note``: too long; ``task.files``: too many.
    """
    _demand(0 <= report.share <= 1, "percent", f"{_plain(report.share * 100)}%")
    _demand(0 <= report.spent_yuan < YUAN_MAX, "spent", f"{_plain(report.spent_yuan / _WAN)}万元")
    note = report.note.replace("\0", "").strip()
    if len(note) > NOTE_MAX:
        raise InputError("task.note", "note", note[:40], _long(len(note)))
    with session(scope):
        project = _held(project_id)
        if not may_report_project(scope, project.units, project.region_id):
            raise AccessError("task.report", _OTHERS)
        files = [file_of(scope, each).id for each in report.files]
        if len(files) > FILES_MAX:
            raise InputError("task.files", "files", len(files), _MANY)
        ProjectState.objects.create(
            project=project,
            region_id=project.region_id,
            as_of_on=today_on(),
            share=report.share,
            spent_yuan=report.spent_yuan,
            note=note,
            files=files,
            user_id=scope.user_id,
        )


def may_report_project(scope: Scope, units: Sequence[str], region_id: int) -> bool:
    """Say who may report on a project: the office, and who works in a department that it names."""
    if not reaches(scope, region_id, None):
        return False
    if allowed(scope, "task.run"):
        return True
    own = scope.department_id
    return allowed(scope, "task.report") and own in departments_of_project(units, region_id)


def _held(project_id: int) -> Project:
    found = Project.objects.select_for_update().filter(id=project_id).first()
    if found is None:
        raise NotFoundError("project", project_id)
    return found


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _demand(right: bool, field: str, value: str) -> None:  # noqa: FBT001 - the condition itself
    if not right:
        message = Text(
            f"“{value}”不可用：金额不小于0、小于10亿万元，进度在0到100%之间。请改正。",
            f"“{value}” cannot be used: money is 0 to 10^13 yuan, progress 0 to 100 %. Mend it.",
        )
        raise InputError("task.money", field, value, message)


def _long(length: int) -> Text:
    return Text(
        f"说明不超过{NOTE_MAX}字（现有{length}字）。", f"At most {NOTE_MAX} characters ({length} now)."
    )


_MANY = Text(f"照片和材料最多 {FILES_MAX} 个。", f"{FILES_MAX} photos and papers at most.")
_OTHERS = Text(
    "只有项目所列单位和无废办可以填报。单位名称与部门对不上时，请无废办在部门名册补充别名。",
    "Only the units of the project and the office report on it. If a name fits no department, "
    "ask the office to add an alias.",
)
