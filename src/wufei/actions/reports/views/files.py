"""Files: DOCX of a document, step or meeting; XLSX of data pack and 调度表; score sheets; a layout."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from wufei.actions.reports import queries
from wufei.actions.reports.core.document import Kind
from wufei.actions.reports.views.asked import kind_named, year_named
from wufei.actions.tasks.queries import board_filter, day_of_board
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.responses import document_response, file_response, workbook_response


@require_GET
def report_file(request: ScopedRequest, report_id: UUID) -> HttpResponse:
    """Give the document as DOCX."""
    opened = queries.open_report(request.scope, report_id)
    return document_response(queries.docx_of(opened.document, opened.row.region_id), opened.row.title)


@require_GET
def slip_file(request: ScopedRequest, step_id: int) -> HttpResponse:
    """Give a step of 督办 as its slip."""
    title, content = queries.slip_of(request.scope, step_id)
    return document_response(content, title)


@require_GET
def meeting_file(request: ScopedRequest, meeting_id: int) -> HttpResponse:
    """Give the pack of a meeting."""
    title, content = queries.meeting_pack_of(request.scope, meeting_id)
    return document_response(content, title)


@require_GET
def schedule_file(request: ScopedRequest) -> HttpResponse:
    """Give the tasks that a board shows as the 调度表; the address is filtered as the board's is."""
    here, on = asked(request).region, day_of_board(request.GET, today_on())
    title, content = queries.schedule_of(
        request.scope, region_id=here.id, on=on, asks=board_filter(request.GET)
    )
    return workbook_response(content, title)


@require_GET
def bulletin_file(request: ScopedRequest) -> HttpResponse:
    """Give the data pack of a year, by default of the last one."""
    here = asked(request).region
    text = request.GET.get("year", "")
    year = year_named(text) if text else today_on().year - 1
    title, content = queries.bulletin_of(
        request.scope, region_id=here.id, year=year, book=request.GET.get("book") or None
    )
    return workbook_response(content, title)


@require_GET
def scores_file(request: ScopedRequest, assessment_id: int, department_id: int) -> HttpResponse:
    """Give a department's score sheet as a workbook."""
    title, content = queries.scores_of(request.scope, assessment_id, department_id)
    return workbook_response(content, title)


@require_GET
def scores_paper(request: ScopedRequest, assessment_id: int, department_id: int) -> HttpResponse:
    """Give a department's score sheet as a document to be signed."""
    title, content = queries.scores_to_sign(request.scope, assessment_id, department_id)
    return document_response(content, title)


@require_GET
def layout_file(request: ScopedRequest) -> HttpResponse:
    """Give the layout in force of a kind, to be changed and sent back."""
    kind = kind_named(request.GET.get("kind", "")) or Kind.BRIEFING
    words = queries.layout_words(request.scope, kind, asked(request).region.id)
    return file_response(words, f"{kind.value}.yaml", "application/yaml; charset=utf-8")
