"""The forms: a report on a task (经办 - 审核 - 分管), and a line of the list of duties."""

from __future__ import annotations

from importlib import resources

from wufei.actions.tasks.queries.lookups import (
    department_of_report,
    find_departments,
    find_kinds,
    find_offices,
    find_tasks,
    known_departments,
    known_kinds,
    known_offices,
    known_tasks,
)
from wufei.actions.tasks.services.duties import check_duties, keep_duty
from wufei.actions.tasks.services.reporting import count_report, keep_report
from wufei.kernel.errors import InputError
from wufei.runtime.forms.core.definition import Definition
from wufei.runtime.forms.core.entries import Form, Lookup
from wufei.runtime.forms.core.loading import load_definition


def _definition(name: str) -> Definition:
    text = (resources.files("wufei.actions.tasks") / "data" / "forms" / name).read_text("utf8")
    definition, findings = load_definition(text, name)
    if definition is None:
        first = findings[0]
        raise InputError(first.code, first.where, first.value, first.message)
    return definition


REPORT = Form(
    _definition("report.yaml"),
    action="task.report",
    lookups={
        "tasks": Lookup(find_tasks, known_tasks),
        "departments": Lookup(find_departments, known_departments),
    },
    submitted=keep_report,
    entered=count_report,
    reviewed="three-steps",
    department=department_of_report,
)
DUTY = Form(
    _definition("duty.yaml"),
    action="task.run",
    lookups={
        "streams": Lookup(find_kinds, known_kinds),
        "departments": Lookup(find_offices, known_offices),
    },
    entered=keep_duty,
    check=check_duties,
)
FORMS = (REPORT, DUTY)
