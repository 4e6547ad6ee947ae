"""From a published plan to tasks: taken once, updated by later editions, closed where one withdraws them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from wufei.actions.tasks.core.task import Duty
from wufei.actions.tasks.core.units import unit_finding
from wufei.actions.tasks.models import Project, Task, Unit
from wufei.actions.tasks.services.owning import ASSIGNED, keep_event, tell_departments
from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.plans.core.departments import Office, matches
from wufei.records.plans.core.due import due_on, is_lasting
from wufei.records.plans.core.plan import Plan, PlanProject, PlanTask
from wufei.records.plans.queries import get_plan
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import departments_by_id, departments_in, find_region, regions_under
from wufei.runtime.identity.services import add_alias

WITHDRAWN = "方案新版已不含此项 / The later edition of the plan leaves it out"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the tasks of a plan, and the units that no department was found for."""

    made: int
    updated: int
    closed: int
    same: int
    projects: int
    findings: tuple[Finding, ...]


def take_plan(scope: Scope, plan_id: str) -> Taken:
    """Take the tasks and projects of a published plan; a second time changes nothing that stands.

    Names of units become departments by name and alias. What a person matched by hand stays matched. Those
    who lead a task are told of it.

    Raises
    ------
    NotFoundError
        No plan has this id.
    AccessError
        The scope does not run the programme in the plan's region.
    InputError
        ``task.plan-empty``: the plan holds no task and no project.
    """
    plan = get_plan(scope, plan_id)
    region_id = find_region(plan.region_key).id
    require(scope, "task.run", region_id=region_id)
    if not (plan.tasks or plan.projects):
        raise InputError("task.plan-empty", "plan", plan_id, _EMPTY)
    with session(scope):
        offices = offices_of_region(region_id)
        known = _known(plan, offices)
        standing = {row.code: row for row in Task.objects.select_for_update().filter(plan_key=plan.id)}
        outcomes = [
            _take(scope, plan, region_id, task, standing.get(task.code), known) for task in plan.tasks
        ]
        _tell(plan.id, _led(plan, outcomes))
        gone = [row for code, row in standing.items() if code not in {task.code for task in plan.tasks}]
        closed = sum(_close(scope, row, today_on()) for row in gone)
        count = _take_projects(plan, region_id)
        return Taken(
            outcomes.count("made"),
            outcomes.count("updated"),
            closed,
            outcomes.count("same"),
            count,
            _unmatched(plan.id, offices),
        )


def match_unit(scope: Scope, *, region_id: int, name: str, department_id: int) -> int:
    """Say which department a unit of plans is, for all tasks of a region, and learn the alias.

    Returns
    -------
    int
        In how many tasks the unit stands.

    Raises
    ------
    InputError
        ``task.department``: the department is none of this region.
    """
    require(scope, "task.run", region_id=region_id)
    if department_id not in {one.id for one in offices_of_region(region_id)}:
        message = Text("请从本区部门中选择。", "Choose one of the departments of this region.")
        raise InputError("task.department", "department", department_id, message)
    with session(scope):
        units = Unit.objects.filter(region_id=region_id, name=name, dropped=False).select_related("task")
        found = list(units)
        units.update(department_id=department_id)
        department = departments_by_id([department_id])[department_id]
        if found:
            add_alias(department_id=department_id, alias=name)
        for unit in found:
            text = Text(
                f"“{name}”对应为{department.name.zh}",
                f"“{name}” is {department.name.in_language('en')}",
            )
            keep_event(scope, unit.task, "matched", text)
        leads = sum(unit.duty == Duty.LEAD for unit in found)
        if leads:
            _tell(name, {department_id: leads})
        return len(found)


def offices_of_region(region_id: int) -> list[Office]:
    """Give the departments to whom tasks of a region may go: its own and those of the places below it."""
    return [Office(row.id, (row.name.zh, *row.aliases)) for row in departments_in(regions_under(region_id))]


def _known(plan: Plan, offices: Sequence[Office]) -> dict[str, int | None]:
    names = dict.fromkeys(name for task in plan.tasks for name in (*task.lead, *task.support))
    return {match.name: match.sure for match in matches(names, offices)}


def _take(
    scope: Scope,
    plan: Plan,
    region_id: int,
    task: PlanTask,
    standing: Task | None,
    known: Mapping[str, int | None],
) -> str:
    values = _columns(task, plan.tasks.index(task) + 1)
    row = standing or Task(region_id=region_id, plan_key=plan.id, code=task.code)
    differs = standing is None or any(getattr(row, name) != value for name, value in values.items())
    if differs:
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    moved = _take_units(row, task, known)
    if standing is None:
        keep_event(
            scope,
            row,
            "taken",
            Text(f"取自方案《{plan.title.zh}》", f"Taken from the plan “{plan.title.en}”"),
        )
        outcome = "made"
    elif differs or moved:
        keep_event(scope, row, "updated", Text("按方案新版更新", "Updated by a later edition of the plan"))
        outcome = "updated"
    else:
        return "same"
    return outcome


def _columns(task: PlanTask, position: int) -> dict[str, object]:
    return {
        "position": position,
        "no": task.no,
        "section": task.section,
        "title": task.title,
        "text": task.text,
        "due": task.due,
        "due_on": due_on(task.due),
        "lasting": is_lasting(task.due),
        "closed_on": None,
        "closed_note": "",
    }


def _take_units(row: Task, task: PlanTask, known: Mapping[str, int | None]) -> bool:
    """Write the units of a task; say whether any was new or went."""
    named = [(name, Duty.LEAD) for name in task.lead]
    named += [(name, Duty.SUPPORT) for name in task.support if name not in task.lead]
    standing = {(unit.name, unit.duty): unit for unit in Unit.objects.filter(task=row)}
    moved = False
    for position, (name, duty) in enumerate(dict.fromkeys(named), start=1):
        unit = standing.pop((name, duty.value), None) or Unit(
            task=row, region_id=row.region_id, name=name, duty=duty.value, dropped=True
        )
        moved = moved or unit.dropped
        unit.position, unit.dropped = position, False
        unit.department_id = unit.department_id or known[name]
        unit.save()
    for unit in standing.values():
        moved = moved or not unit.dropped
        unit.dropped = True
        unit.save(update_fields=["dropped"])
    return moved


def _close(scope: Scope, row: Task, on: date) -> int:
    if row.closed_on is not None:
        return 0
    row.closed_on, row.closed_note = on, WITHDRAWN
    row.save(update_fields=["closed_on", "closed_note"])
    keep_event(scope, row, "closed", Text(*WITHDRAWN.split(" / ")))
    return 1


def _take_projects(plan: Plan, region_id: int) -> int:
    for position, project in enumerate(plan.projects, start=1):
        Project.objects.update_or_create(
            plan_key=plan.id, code=project.code, defaults=_project_columns(project, position, region_id)
        )
    left = Project.objects.filter(plan_key=plan.id, closed_on=None)
    left.exclude(code__in=[project.code for project in plan.projects]).update(closed_on=today_on())
    return len(plan.projects)


def _project_columns(project: PlanProject, position: int, region_id: int) -> dict[str, object]:
    return {
        "region_id": region_id,
        "position": position,
        "field": project.field,
        "name": project.name,
        "content": project.content,
        "units": list(project.units),
        "due": project.due,
        "closed_on": None,
    }


def _unmatched(plan_key: str, offices: Sequence[Office]) -> tuple[Finding, ...]:
    units = Unit.objects.filter(task__plan_key=plan_key, task__closed_on=None, dropped=False, department=None)
    named = list(units.order_by("task__position", "position").values_list("task__code", "name"))
    names = {office.id: office.names[0] for office in offices}
    found = matches([name for _, name in named], offices)
    return tuple(
        unit_finding(f"{plan_key}#{code}", match, names)
        for (code, _), match in zip(named, found, strict=True)
    )


def _led(plan: Plan, outcomes: Sequence[str]) -> Counter[int]:
    """Count by department the tasks that it leads and that are new or changed."""
    codes = [task.code for task, outcome in zip(plan.tasks, outcomes, strict=True) if outcome != "same"]
    units = Unit.objects.filter(
        task__plan_key=plan.id, task__code__in=codes, duty=Duty.LEAD.value, dropped=False
    )
    return Counter(units.exclude(department=None).values_list("department_id", flat=True))


def _tell(plan_key: str, led: Mapping[int, int]) -> None:
    """Tell each department how many tasks it leads anew: one notice, not one for each task."""
    for department_id, count in led.items():
        text = Text(
            f"本部门牵头的任务新增或变更{count}项，请确认年度目标",
            f"{count} tasks that your department leads are new or changed; please confirm the yearly goals",
        )
        key = f"{ASSIGNED}:{plan_key}:{department_id}:{today_on().isoformat()}:{count}"
        tell_departments([department_id], ASSIGNED, text, reverse("tasks:mine"), key)


_EMPTY = Text(
    "这份方案没有任务和项目。请先在方案中补上任务清单再发布。",
    "This plan holds no task and no project. Add its list of tasks and publish it again.",
)
