"""The form in which a case is written; the office, or its own department's reviewer, passes it."""

from __future__ import annotations

from importlib import resources

from wufei.actions.cases.queries.lookups import (
    department_of_case,
    find_indicators,
    find_projects,
    find_tasks,
    known_indicators,
    known_projects,
    known_tasks,
)
from wufei.actions.cases.services.writing import keep_case, pass_case
from wufei.kernel.errors import InputError
from wufei.runtime.forms.core.definition import Definition
from wufei.runtime.forms.core.entries import Form, Lookup
from wufei.runtime.forms.core.loading import load_definition


def _definition() -> Definition:
    text = (resources.files("wufei.actions.cases") / "data" / "forms" / "case.yaml").read_text("utf8")
    definition, findings = load_definition(text, "case.yaml")
    if definition is None:
        first = findings[0]
        raise InputError(first.code, first.where, first.value, first.message)
    return definition


CASE = Form(
    _definition(),
    action="case.write",
    lookups={
        "indicators": Lookup(find_indicators, known_indicators),
        "tasks": Lookup(find_tasks, known_tasks),
        "projects": Lookup(find_projects, known_projects),
    },
    submitted=keep_case,
    entered=pass_case,
    reviewed="two-steps",
    department=department_of_case,
)
FORMS = (CASE,)
