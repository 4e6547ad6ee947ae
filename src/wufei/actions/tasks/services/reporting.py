"""What departments report: kept as it is sent, counted once its review has passed it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse

from wufei.actions.tasks.core.task import Duty, Quarter
from wufei.actions.tasks.models import Goal, Report, Task, Unit
from wufei.actions.tasks.services.owning import (
    ANSWERS,
    keep_event,
    name_of,
    require_department,
    tell_departments,
)
from wufei.kernel.errors import AccessError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import day_of, now
from wufei.runtime.forms.core.entries import EntryRow
from wufei.runtime.identity.queries import departments_by_id

_QUARTER = re.compile(r"(20\d\d)\s*-?\s*[Qq]([1-4])")


def keep_report(scope: Scope, entry: EntryRow) -> None:
    """Keep a report as it is sent or mended, in the transaction of the form.

    Raises
    ------
    InputError
        ``/task``, ``/department``, ``/quarter``: no such task, not of this task, no confirmed goal for the
        year; or the department is another's.
    """
    values = entry.values
    task = _task(str(values["task"]))
    department_id = _department(task, str(values.get("department", "")), scope)
    try:
        require_department(scope, "task.report", department_id)
    except AccessError as error:
        raise InputError(
            "task.other-department", "/department", values.get("department"), error.message
        ) from error
    quarter = _quarter(task, str(values["quarter"]))
    standing = Report.objects.filter(entry_id=entry.id).first()
    report = standing or Report(entry_id=entry.id, author_id=entry.author_id, region_id=task.region_id)
    report.task, report.department_id = task, department_id
    report.year, report.quarter = quarter.year, quarter.number
    report.reported_on = _day(entry)
    for name, value in _said(values).items():
        setattr(report, name, value)
    report.save()
    if standing is None:
        keep_event(scope, task, "reported", _event(report, quarter, "已报送", "reported"))


def count_report(scope: Scope, entry: EntryRow) -> None:
    """Let a report count: its review passed it; whoever leads the task hears of what others reported."""
    report = Report.objects.select_related("task").get(entry_id=entry.id)
    for name, value in _said(entry.values).items():
        setattr(report, name, value)
    report.passed_at = now()
    report.save()
    quarter = Quarter(report.year, report.quarter)
    keep_event(scope, report.task, "passed", _event(report, quarter, "已审定", "report passed"))
    leads = _departments(report.task, Duty.LEAD)
    tell_departments(
        [lead for lead in leads if lead != report.department_id],
        ANSWERS,
        Text(
            f"“{name_of(report.task)}”的责任部门已报{quarter.label.zh}进展，可汇总",
            f"A responsible department reported {quarter.label.en} of “{name_of(report.task)}”; roll it up",
        ),
        reverse("tasks:task", args=[report.task_id]),
        f"{ANSWERS}:report:{entry.id}",
    )


def reference_of(task: Task) -> str:
    """Give how a form names a task."""
    return f"{task.plan_key}#{task.code}"


def _task(reference: str) -> Task:
    plan_key, _, code = reference.strip().partition("#")
    found = Task.objects.filter(plan_key=plan_key, code=code).first()
    if found is None or found.closed_on is not None:
        message = Text(
            f"没有在办的任务“{reference}”。请从“我的任务”进入填报。",
            f"There is no open task “{reference}”. Start from “My tasks”.",
        )
        raise InputError("task.unknown", "/task", reference, message)
    return found


def _department(task: Task, name: str, scope: Scope) -> int:
    """Give the department that reports: the one named, or one's own; it must be one of the task's."""
    mine = _departments(task)
    by_name = {
        word: row.id
        for row in departments_by_id(mine).values()
        for word in (row.name.zh, row.name.en, *row.aliases)
    }
    wanted = by_name.get(name.strip()) if name.strip() else scope.department_id
    if wanted in mine and wanted is not None:
        return wanted
    listed = "、".join(row.name.zh for row in departments_by_id(mine).values()) or "未匹配"
    message = Text(
        f"“{name or '本部门'}”不是这项任务的牵头或责任部门（应为：{listed}）。请改选部门。",
        f"“{name or 'Your department'}” has no part in this task ({listed}). Choose another.",
    )
    raise InputError("task.other-department", "/department", name, message)


def _departments(task: Task, duty: Duty | None = None) -> list[int]:
    units = Unit.objects.filter(task=task, dropped=False, department__isnull=False).order_by("position")
    units = units.filter(duty=duty.value) if duty else units
    return list(dict.fromkeys(units.values_list("department_id", flat=True)))


def _quarter(task: Task, text: str) -> Quarter:
    match = _QUARTER.fullmatch(text.strip())
    quarter = Quarter(int(match[1]), int(match[2])) if match else None
    confirmed = Goal.objects.filter(task=task, confirmed_at__isnull=False).values_list("year", flat=True)
    if quarter is not None and quarter.year in confirmed:
        return quarter
    listed = "、".join(str(year) for year in sorted(confirmed)) or "无"
    message = Text(
        f"“{text}”没有已确认的年度目标（已确认：{listed}）。请牵头部门先确认；季度写作 2026-Q1。",
        f"No confirmed goal for “{text}” (confirmed: {listed}). The lead confirms it first; write 2026-Q1.",
    )
    raise InputError("task.quarter", "/quarter", text, message)


def _said(values: dict[str, Any]) -> dict[str, Any]:
    files = [*values.get("photos", []), *values.get("files", [])]
    return {
        "share": Decimal(str(values["percent"])) / 100,
        "text": str(values["progress"]),
        "problems": str(values.get("problems", "")),
        "next_step": str(values.get("next_step", "")),
        "file_ids": [UUID(str(one)) for one in files],
    }


def _day(entry: EntryRow) -> date:
    return day_of(entry.entered_at or entry.saved_at)


def _event(report: Report, quarter: Quarter, zh: str, en: str) -> Text:
    name = departments_by_id([report.department_id])[report.department_id].name
    done = f"{report.share * 100:.0f}%"
    return Text(
        f"{name.zh}{quarter.label.zh}进展{zh}：完成年度目标的{done}",
        f"{name.in_language('en')} {en} for {quarter.label.en}: {done} of the year's goal",
    )
