"""名称核对: a sheet of names and codes as firms wrote them, what is wrong, and the sheet put right."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.records.catalogue import queries
from wufei.records.catalogue.core.name_sheets import NameSheet, corrected_workbook, read_names
from wufei.records.catalogue.core.proposals import Defect, Proposal, propose_names
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.files.core.opening import open_sheets
from wufei.runtime.pages.core.tables import Column, table_workbook
from wufei.runtime.pages.responses import workbook_response

SHOWN_MAX = 500
_NO_FILE = Text("请先选择一个文件。", "Choose a file first.")


@require_http_methods(["GET", "POST"])
def names_page(request: ScopedRequest) -> HttpResponse:
    """Show the form; for a file, what is wrong in it, or the file put right."""
    require(request.scope, "catalogue.read")
    if request.method == "GET":
        return render(request, "catalogue/names.html", {})
    sent = request.FILES.get("file")
    if sent is None:
        return _problem(request, _NO_FILE)
    name = sent.name or "?"
    try:
        sheet = read_names(open_sheets(sent.read(), name), name)
    except InputError as error:
        return _problem(request, error.message)
    on = today_on()
    listed = queries.items(on)
    proposals = propose_names(sheet.rows, listed, queries.finder(listed, on))
    if request.POST.get("answer") == "sheet":
        return _corrected(sheet, proposals, name)
    return render(request, "catalogue/names.html", _shown(proposals, name))


@require_GET
def template_file(request: ScopedRequest) -> HttpResponse:
    """Give an empty sheet with the head that the check needs."""
    require(request.scope, "catalogue.read")
    language = get_language() or "zh-hans"
    title = Text("名称核对模板", "Template for checking names").in_language(language)
    columns = (Column("name", Text("废物名称", "废物名称")), Column("code", Text("废物代码", "废物代码")))
    return workbook_response(table_workbook(title, [], columns, [], language), title)


def _problem(request: ScopedRequest, problem: Text) -> HttpResponse:
    # What htmx asked for it shows only if all went well.
    status = 200 if request.headers.get("HX-Request") else 422
    return render(request, "catalogue/names.html", {"problem": problem}, status=status)


def _corrected(sheet: NameSheet, proposals: list[Proposal], name: str) -> HttpResponse:
    language = get_language() or "zh-hans"
    content = corrected_workbook(sheet, proposals, language, now())
    stem = name.rpartition(".")[0] or name
    return workbook_response(content, Text(f"{stem} 已核对", f"{stem} checked").in_language(language))


def _shown(proposals: list[Proposal], name: str) -> dict[str, object]:
    wrong = [one for one in proposals if one.defect is not Defect.NONE or one.changes]
    return {
        "file_name": name,
        "checked": len(proposals),
        "wrong": len(wrong),
        "settled": sum(one.changes for one in wrong),
        "proposals": wrong[:SHOWN_MAX],
        "more": max(0, len(wrong) - SHOWN_MAX),
    }
