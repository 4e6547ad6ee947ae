"""Excel: the template of a form, a filled-in one taken row by row, and what was entered."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.forms import queries, services
from wufei.runtime.forms.core.entries import Form
from wufei.runtime.forms.core.sheets import template_of, workbook_of
from wufei.runtime.forms.exports import form_named
from wufei.runtime.forms.views import place_asked
from wufei.runtime.pages.responses import workbook_response

ENTRIES_MAX = 20_000
_NO_FILE = Text("请先选择一个文件。", "Choose a file first.")


@require_http_methods(["GET", "POST"])
def sheet_page(request: ScopedRequest, form_key: str) -> HttpResponse:
    """Show the upload, or take a workbook and say what became of each row."""
    form = _form(request, form_key)
    if request.method == "GET":
        return _page(request, form)
    sent = request.FILES.get("file")
    if sent is None:
        return _page(request, form, problem=_NO_FILE, status=422)
    try:
        report = services.import_workbook(
            request.scope,
            form,
            content=sent.read(),
            name=sent.name or "?",
            place=place_asked(request),
            now=now(),
            confirmed=request.POST.get("confirmed") == "yes",
        )
    except InputError as error:
        return _page(request, form, problem=error.message, status=422)
    return _page(request, form, report=report)


@require_GET
def template_file(request: ScopedRequest, form_key: str) -> HttpResponse:
    """Give the workbook to fill in, in the language of the page."""
    form = _form(request, form_key)
    language = get_language() or "zh-hans"
    return workbook_response(
        template_of(form.definition, language), form.definition.title.in_language(language)
    )


@require_GET
def entries_file(request: ScopedRequest, form_key: str) -> HttpResponse:
    """Give what was entered, in the layout of the template."""
    form = _form(request, form_key)
    language = get_language() or "zh-hans"
    rows = queries.entries(request.scope, form_key, limit=ENTRIES_MAX)
    entries = [(str(row.id), row.values) for row in rows]
    title = form.definition.title.in_language(language)
    return workbook_response(workbook_of(form.definition, entries, language), title)


def _form(request: ScopedRequest, key: str) -> Form:
    form = form_named(key)
    require(request.scope, form.action)
    return form


def _page(
    request: ScopedRequest,
    form: Form,
    *,
    report: services.SheetReport | None = None,
    problem: Text | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "report": report, "problem": problem}
    if report is not None:
        context |= {
            "entered": report.count("entered"),
            "repeated": report.count("repeated"),
            "refused": [row for row in report.rows if row.outcome == "refused"],
        }
    return render(request, "forms/sheet.html", context, status=status)
