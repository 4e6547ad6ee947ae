"""What a page of cases was sent, and what becomes of a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.services import ScopedRequest

_DIGITS_MAX = 15
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def number_of(text: str) -> int | None:
    """Read an id; None where it is none."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _DIGITS_MAX else None


def attempted(
    request: ScopedRequest, act: Callable[[], str], template: str, context: Callable[[], Mapping[str, Any]]
) -> HttpResponse:
    """Do what was sent and go to the address it gives; refused, show the page again with what was typed."""
    problem: Text
    try:
        return HttpResponseRedirect(act(), status=303)
    except InputError as error:
        problem, status = error.message, 422
    except ConflictError as error:
        problem, status = error.message, 409
    shown = {**context(), "problem": problem, "typed": request.POST.dict()}
    return render(request, template, shown, status=status)


def day_sent(request: ScopedRequest, field: str) -> date:
    """Read a day.

    Raises
    ------
    InputError
        ``case.day``: it is none.
    """
    text = request.POST.get(field, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = Text(f"“{text}”不是日期，请写作 2026-03-31。", f"“{text}” is no day; write 2026-03-31.")
        raise InputError("case.day", field, text, message) from error


def unknown_act(act: str) -> InputError:
    """Give the refusal of a button that this page does not have."""
    message = Text("请从页面上的按钮提交。", "Send one of the forms of this page.")
    return InputError("case.act", "do", act[:40], message)


def document_response(content: bytes, name: str) -> HttpResponse:
    """Give a .docx to download under a name that may be Chinese."""
    response = HttpResponse(content, content_type=_DOCX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}.docx"
    return response
