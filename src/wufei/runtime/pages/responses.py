"""Answers that are files, and the notes that every export carries."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from wufei.kernel.text import Text
from wufei.runtime.identity.queries import RegionRow

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SYNTHETIC = Text("示例区·合成数据", "Example district · synthetic data")


def workbook_response(content: bytes, name: str) -> HttpResponse:
    """Give an .xlsx to download under a name that may be Chinese."""
    response = HttpResponse(content, content_type=WORKBOOK)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}.xlsx"
    return response


def document_response(content: bytes, name: str) -> HttpResponse:
    """Give a .docx to download under a name that may be Chinese."""
    response = HttpResponse(content, content_type=DOCUMENT)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}.docx"
    return response


def file_response(text: str, name: str, content_type: str) -> HttpResponse:
    """Give a text to download under a plain name."""
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def page_notes(region: RegionRow, language: str) -> list[str]:
    """Give the notes at the head of an export: the region, and the mark of synthetic data."""
    notes = [region.name.in_language(language)]
    return [*notes, SYNTHETIC.in_language(language)] if region.synthetic else notes
