"""Ids that a page of cases was sent, and the Word file that one gives."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

_DIGITS_MAX = 15
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def id_of(text: str) -> int | None:
    """Read an id; None where it is none."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _DIGITS_MAX else None


def document_response(content: bytes, name: str) -> HttpResponse:
    """Give a .docx to download under a name that may be Chinese."""
    response = HttpResponse(content, content_type=_DOCX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}.docx"
    return response
