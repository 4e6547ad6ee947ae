"""台账导入: upload a file, see what became of it row by row, take the rest back to mend."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.records.ledger import queries, services
from wufei.records.ledger.core.sheet.files import Upload
from wufei.records.ledger.core.sheet.mending import mending_workbook
from wufei.records.ledger.core.sheet.reports import KeptFinding
from wufei.records.ledger.core.sheet.template import template_workbook
from wufei.runtime.access.core import allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import regions_by_id
from wufei.runtime.pages.core.keysets import next_address
from wufei.runtime.pages.queries import default_region
from wufei.runtime.pages.responses import workbook_response

ROWS = 50
EXPORTED_ROWS_MAX = 50_000
EXPORTED_FINDINGS_MAX = 200_000
_NO_FILE = Text("请先选择一个文件。", "Choose a file first.")


@require_http_methods(["GET", "POST"])
def loads_page(request: ScopedRequest) -> HttpResponse:
    """Show the form and what was loaded before, or load a file and go to what became of it."""
    if request.method == "POST":
        return _load(request)
    return _form(request, None, 200)


@require_GET
def load_page(request: ScopedRequest, load_id: UUID) -> HttpResponse:
    """Show one load: how many rows were posted, and what is wrong with the others."""
    load = queries.get_load(request.scope, load_id)
    if request.GET.get("format") == "xlsx":
        return _export(request, load_id, load.file_name)
    after = request.GET.get("after") or None
    page = queries.load_findings(request.scope, load_id, limit=ROWS, after=after)
    region = regions_by_id([load.region_id]).get(load.region_id) if load.region_id is not None else None
    context = {
        "load": load,
        "region": region,
        "counts": queries.finding_counts(request.scope, load_id).items(),
        "findings": page.rows,
        "next_rows": next_address(request.path, dict(request.GET.lists()), page.after) if page.after else "",
        "outside": load.tally.refused + load.tally.unwritten,
        "may_load": allowed(request.scope, "ledger.post"),
    }
    return render(request, "ledger/load.html", context)


@require_GET
def template_file(request: ScopedRequest) -> HttpResponse:
    """Give the file to fill in, in the language of the page."""
    require(request.scope, "ledger.post")
    name = Text("台账模板", "Ledger template")
    language = get_language() or "zh-hans"
    return workbook_response(template_workbook(language), name.in_language(language))


def _load(request: ScopedRequest) -> HttpResponse:
    require(request.scope, "ledger.post")
    sent = request.FILES.get("file")
    if sent is None:
        return _form(request, _NO_FILE, 422)
    upload = Upload(sent.read(), sent.name or "?", request.POST.get("sheet", "").strip())
    keep_good = request.POST.get("keep") == "good"
    try:
        report = services.load_file(request.scope, upload, keep_good=keep_good, now=now())
    except InputError as error:
        return _form(request, error.message, 422)
    return HttpResponseRedirect(reverse("ledger:load", args=[report.load_id]), status=303)


def _form(request: ScopedRequest, problem: Text | None, status: int) -> HttpResponse:
    require(request.scope, "ledger.read")
    page = queries.loads(request.scope, limit=ROWS, after=request.GET.get("after") or None)
    context = {
        "region": default_region(request),
        "problem": problem,
        "loads": page.rows,
        "next_rows": next_address(request.path, dict(request.GET.lists()), page.after) if page.after else "",
        "may_load": allowed(request.scope, "ledger.post"),
        "sheet": request.POST.get("sheet", ""),
        "keep": request.POST.get("keep", "whole"),
    }
    return render(request, "ledger/loads.html", context, status=status)


def _export(request: ScopedRequest, load_id: UUID, file_name: str) -> HttpResponse:
    language = get_language() or "zh-hans"
    sheets = queries.unposted_rows(request.scope, load_id, limit=EXPORTED_ROWS_MAX)
    page = queries.load_findings(request.scope, load_id, limit=EXPORTED_FINDINGS_MAX)
    content = mending_workbook(sheets, _by_row(page.rows), language)
    stem = file_name.rpartition(".")[0] or file_name
    return workbook_response(content, Text(f"{stem} 待改", f"{stem} to mend").in_language(language))


def _by_row(findings: tuple[KeptFinding, ...]) -> Mapping[tuple[int, int], list[KeptFinding]]:
    found: dict[tuple[int, int], list[KeptFinding]] = {}
    for one in findings:
        found.setdefault((one.sheet, one.row), []).append(one)
    return found
