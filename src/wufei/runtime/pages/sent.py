"""What a page was sent: days, numbers, which button; and what becomes of a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.services import ScopedRequest

_DIGITS_MAX = 15
_NUMBER_MAX = Decimal(10) ** 13
_SHOWN = 40


def attempted(
    request: ScopedRequest, act: Callable[[], str], template: str, context: Callable[[], Mapping[str, Any]]
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
    return render(request, template, shown, status=status)


def act_of(request: ScopedRequest, acts: Mapping[str, Callable[[], str]]) -> Callable[[], str]:
    """Give what the button that was pressed does; ``sent.act`` where the page has no such button."""
    wanted = request.POST.get("do", "")

    def unknown() -> str:
        raise unknown_act(wanted)

    return acts.get(wanted, unknown)


def unknown_act(act: str) -> InputError:
    """Give the refusal of a button that a page does not have."""
    message = Text("请从页面上的按钮提交。", "Send one of the forms of this page.")
    return InputError("sent.act", "do", act[:_SHOWN], message)


def day_sent(request: ScopedRequest, field: str) -> date:
    """Read a day.

    Raises
    ------
    InputError
        ``sent.day``: it is none.
    """
    text = request.POST.get(field, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        shown = text[:_SHOWN]
        message = Text(f"“{shown}”不是日期，请写作 2026-03-31。", f"“{shown}” is no day; write 2026-03-31.")
        raise InputError("sent.day", field, shown, message) from error


def whole_sent(request: ScopedRequest, field: str) -> int:
    """Read a whole number, such as a year or an id.

    Raises
    ------
    InputError
        ``sent.number``: it is none.
    """
    text = request.POST.get(field, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS_MAX:
        shown = text[:_SHOWN]
        message = Text(f"请选择或填写数字（现为“{shown}”）。", f"Choose or write a number (now “{shown}”).")
        raise InputError("sent.number", field, shown, message)
    return int(text)


def number_sent(request: ScopedRequest, field: str) -> Decimal:
    """Read a number with decimals, such as a sum of money; errors as `number_of`."""
    return number_of(request.POST.get(field, ""), field)


def number_of(text: str, field: str) -> Decimal:
    """Read a number with decimals; commas between thousands are read over.

    Raises
    ------
    InputError
        ``sent.number``: it is none, or 10¹³ and more.
    """
    plain = text.replace(",", "").replace("，", "").strip()
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise _no_number(field, plain) from error
    if not number.is_finite() or abs(number) >= _NUMBER_MAX:
        raise _no_number(field, plain)
    return number


def _no_number(field: str, text: str) -> InputError:
    shown = text[:_SHOWN]
    return InputError(
        "sent.number", field, shown, Text(f"“{shown}”不是可用的数字。", f"“{shown}” is no usable number.")
    )
