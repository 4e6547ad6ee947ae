"""The register from Excel: look at a file, then write it; the file stays chosen in between."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.records.registry import services
from wufei.records.registry.core.sheets import workbook_of
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.pages.queries import default_region
from wufei.runtime.pages.responses import workbook_response

FINDINGS_SHOWN = 200
_NO_FILE = Text("请先选择一个文件。", "Choose a file first.")


@require_http_methods(["GET", "POST"])
def file_page(request: ScopedRequest) -> HttpResponse:
    """Show the form; look at a file or write its good rows, and say what is wrong with the others."""
    require(request.scope, "registry.write")
    context: dict[str, Any] = {"region": default_region(request)}
    if request.method == "POST":
        context |= _loaded(request)
    # A form that was sent by htmx takes no page of another status than 200.
    part = "registry/parts/report.html" if request.headers.get("HX-Request") else "registry/file.html"
    return render(request, part, context)


@require_GET
def template_file(request: ScopedRequest) -> HttpResponse:
    """Give the workbook to fill in, in the language of the page."""
    require(request.scope, "registry.write")
    language = get_language() or "zh-hans"
    return workbook_response(
        workbook_of({}, language), Text("一企一档模板", "Register template").in_language(language)
    )


def _loaded(request: ScopedRequest) -> dict[str, Any]:
    sent = request.FILES.get("file")
    if sent is None:
        return {"problem": _NO_FILE}
    write = request.POST.get("do") == "write"
    try:
        report = services.load_register(
            request.scope, content=sent.read(), name=sent.name or "?", apply=write
        )
    except InputError as error:
        return {"problem": error.message}
    return {"report": report, "findings": report.findings[:FINDINGS_SHOWN], "file_name": sent.name}
