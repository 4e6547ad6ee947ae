"""The form by which a department confirms a figure of a document, or puts it right."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources
from uuid import UUID

from wufei.actions.reports.services import answer_figure
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope
from wufei.runtime.forms.core.definition import Definition
from wufei.runtime.forms.core.entries import EntryRow, Form
from wufei.runtime.forms.core.loading import load_definition

KEY = "report-figure"


def _definition() -> Definition:
    text = (resources.files("wufei.actions.reports") / "data" / "forms" / "figure.yaml").read_text("utf8")
    definition, findings = load_definition(text, "figure.yaml")
    if definition is None:
        first = findings[0]
        raise InputError(first.code, first.where, first.value, first.message)
    return definition


def _take(scope: Scope, entry: EntryRow) -> None:
    """Take what was entered, in the same transaction."""
    values = entry.values
    correcting = values.get("answer") == "correct"
    if entry.entered_at is None:
        raise InputError("report.entry", "/report", entry.state, _NOT_ENTERED)
    answer_figure(
        scope,
        report_id=_report(str(values["report"])),
        key=str(values["figure"]).strip().upper(),
        value=Decimal(str(values["value"])) if correcting else None,
        reason=str(values.get("reason", "")),
        entry_id=entry.id,
        now=entry.entered_at,
    )


def _report(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError as error:
        raise InputError("report.id", "/report", text, _NO_ID) from error


_NO_ID = Text(
    "文稿编号不可识别。请从文稿页面点“确认或更正”进入，编号会自动填好。",
    "This is no id of a document. Open the form from the document's page, which fills it in.",
)
_NOT_ENTERED = Text("表单尚未提交。请先提交。", "The form is not entered yet. Enter it first.")

FORMS = (Form(_definition(), action="report.confirm", entered=_take),)
