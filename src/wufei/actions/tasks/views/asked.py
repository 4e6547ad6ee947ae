"""What a page of tasks was sent: days, numbers, shares; and what becomes of a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.services import ScopedRequest

_DIGITS_MAX = 15


def day_sent(request: ScopedRequest, field: str) -> date:
    """Read a day.

    Raises
    ------
    InputError
        ``task.day``: it is none.
    """
    text = request.POST.get(field, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = Text(f"“{text}”不是日期，请写作 2026-03-31。", f"“{text}” is no day; write 2026-03-31.")
        raise InputError("task.day", field, text, message) from error


def whole_sent(request: ScopedRequest, field: str) -> int:
    """Read a whole number, such as an id.

    Raises
    ------
    InputError
        ``task.number``: it is none.
    """
    text = request.POST.get(field, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS_MAX:
        message = Text(f"请选择或填写数字（现为“{text}”）。", f"Choose or write a number (now “{text}”).")
        raise InputError("task.number", field, text, message)
    return int(text)


def number_sent(request: ScopedRequest, field: str) -> Decimal:
    """Read a number with decimals, such as a sum of money.

    Raises
    ------
    InputError
        ``task.number``: it is none, or too long.
    """
    text = request.POST.get(field, "").replace(",", "").replace("，", "").strip()
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise _no_number(field, text) from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 13:
        raise _no_number(field, text)
    return number


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


def unknown_act(act: str) -> InputError:
    """Give the refusal of a button that this page does not have."""
    message = Text("请从页面上的按钮提交。", "Send one of the forms of this page.")
    return InputError("task.act", "do", act[:40], message)


def _no_number(field: str, text: str) -> InputError:
    message = Text(f"“{text}”不是可用的数字。", f"“{text}” is no usable number.")
    return InputError("task.number", field, text, message)
