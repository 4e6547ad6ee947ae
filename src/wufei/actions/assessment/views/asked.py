"""What a page of the assessment was sent: numbers, days, files; and what becomes of a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.files.core.media import ANY
from wufei.runtime.files.services import keep

_DIGITS_MAX = 15


def attempted(
    request: ScopedRequest, act: Callable[[], str], page: str, context: Callable[[], Mapping[str, Any]]
) -> HttpResponse:
    """Do what was sent and go to the address it gives; refused, show the page again with what was typed."""
    problem: Text
    try:
        # A file that came with what is refused is not kept either.
        with transaction.atomic():
            address = act()
        return HttpResponseRedirect(address, status=303)
    except InputError as error:
        problem, status = error.message, 422
    except ConflictError as error:
        problem, status = error.message, 409
    shown = {**context(), "problem": problem, "typed": request.POST.dict()}
    return render(request, page, shown, status=status)


def act_of(request: ScopedRequest, acts: Mapping[str, Callable[[], str]]) -> Callable[[], str]:
    """Give what the button that was pressed does.

    Raises
    ------
    InputError
        ``assess.act``: the page has no such button.
    """
    wanted = request.POST.get("do", "")

    def unknown() -> str:
        message = Text("请从页面上的按钮提交。", "Send one of the forms of this page.")
        raise InputError("assess.act", "do", wanted[:40], message)

    return acts.get(wanted, unknown)


def whole_sent(request: ScopedRequest, field: str) -> int:
    """Read a whole number, such as a year or an id.

    Raises
    ------
    InputError
        ``assess.number``: it is none.
    """
    text = request.POST.get(field, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS_MAX:
        message = Text(
            f"请选择或填写数字（现为“{text[:20]}”）。", f"Choose or write a number (now “{text[:20]}”)."
        )
        raise InputError("assess.number", field, text, message)
    return int(text)


def decimal_sent(text: str, field: str) -> Decimal:
    """Read a number with decimals.

    Raises
    ------
    InputError
        ``assess.number``: it is none.
    """
    plain = text.replace(",", "").replace("，", "").strip()
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise _no_number(field, plain) from error
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS_MAX:
        raise _no_number(field, plain)
    return number


def day_sent(request: ScopedRequest, field: str) -> date:
    """Read a day.

    Raises
    ------
    InputError
        ``assess.day``: it is none.
    """
    text = request.POST.get(field, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = Text(
            f"“{text[:20]}”不是日期，请写作 2026-03-31。", f"“{text[:20]}” is no day; write 2026-03-31."
        )
        raise InputError("assess.day", field, text, message) from error


def files_sent(request: ScopedRequest, region_id: int) -> tuple[UUID, ...]:
    """Keep the files that came with a form, and give their ids.

    Raises
    ------
    InputError
        What `runtime.files` says of a file.
    """
    found = [file for file in request.FILES.getlist("files") if file.name]
    return tuple(
        keep(
            request.scope,
            content=file.read(),
            name=file.name or "",
            region_id=region_id,
            party_id=None,
            accept=ANY,
        ).id
        for file in found
    )


def _no_number(field: str, text: str) -> InputError:
    message = Text(f"“{text[:20]}”不是可用的数字。", f"“{text[:20]}” is no usable number.")
    return InputError("assess.number", field, text, message)
