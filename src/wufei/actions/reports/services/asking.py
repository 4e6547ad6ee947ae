"""Ask the departments of a draft's figures to confirm them until a day, each once by notice."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse

from wufei.actions.reports.core.states import State, refuse_unless_draft
from wufei.actions.reports.models import Ask, Report, locked_report
from wufei.actions.reports.queries.asking import departments_of_figures
from wufei.actions.reports.queries.reports import document_in
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.clock import day_of
from wufei.runtime.notices.core.notices import Recipients
from wufei.runtime.notices.services import notify

CONFIRM, COUNTERSIGN = "report.confirm", "report.countersign"
"""The topics."""

CONFIRM_DAYS = 5
"""Days that departments have for their figures, unless the office says otherwise (practice)."""


def ask_departments(scope: Scope, *, report_id: UUID, due_on: date, now: datetime) -> tuple[int, ...]:
    """Ask the departments that a plan names for the figures of a draft, and give who was asked.

    Asking again changes the day and adds who is missing; nobody is told twice of one document.

    Raises
    ------
    AccessError, NotFoundError
        Not allowed to this person, or no such document.
    ConflictError
        ``report.not-draft``, ``report.final``.
    InputError
        ``report.due``: the day is over; ``report.no-departments``: the plan names nobody known here.
    """
    require(scope, "report.write")
    if due_on < day_of(now):
        raise InputError("report.due", "due_on", due_on, _DUE)
    with session(scope):
        report = locked_report(report_id)
        require(scope, "report.write", region_id=report.region_id)
        refuse_unless_draft(State(report.state))
        asked: dict[int, list[str]] = defaultdict(list)
        for field, departments in departments_of_figures(scope, document_in(report), report.region_id):
            for department_id in departments:
                asked[department_id].append(field.indicator)
        if not asked:
            raise InputError("report.no-departments", "due_on", due_on, _NOBODY)
        standing = {ask.department_id: ask for ask in Ask.objects.filter(report=report)}
        for department_id, indicators in asked.items():
            ask = standing.get(department_id)
            if ask is not None:
                ask.indicators, ask.due_on = indicators, due_on
                ask.save(update_fields=["indicators", "due_on"])
                continue
            Ask.objects.create(
                report=report,
                region_id=report.region_id,
                department_id=department_id,
                indicators=indicators,
                due_on=due_on,
                asked_at=now,
                user_id=scope.user_id or None,
            )
            _tell_asked(report, department_id, len(indicators), due_on)
        return tuple(asked)


def tell_department(department_id: int, topic: str, text: Text, link: str, key: str) -> int:
    """Tell the people of a department, once per key, and give how many were told."""
    to = Recipients(department_ids=(department_id,))
    return notify(to=to, topic=topic, text=text, link=link, key=key)


def _tell_asked(report: Report, department_id: int, number: int, due_on: date) -> None:
    text = Text(
        f"《{report.title}》有{number}个数值待本部门确认（{due_on.isoformat()}前）",
        f"{number} figures of “{report.title}” wait for your department (by {due_on.isoformat()})",
    )
    link = f"{reverse('reports:report', args=[report.id])}#annex-title"
    tell_department(department_id, CONFIRM, text, link, f"{CONFIRM}:{report.id}:{department_id}")


_DUE = Text("确认期限不能早于今天。请改选日期。", "The day cannot lie before today. Choose another.")
_NOBODY = Text(
    "方案中没有写明这些指标的责任单位，或责任单位尚未与部门对应。请在部门名册补充别名，或自行确认。",
    "The plan names no department for these figures that is known here. Add an alias to a department, "
    "or confirm them yourself.",
)
