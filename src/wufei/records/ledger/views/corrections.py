"""更正（原记录保留）: take one transfer back, after saying why and seeing what will happen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.findings import Finding
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.ledger import queries, services
from wufei.records.ledger.core.closing import Closing
from wufei.records.ledger.core.rows import TransferRow
from wufei.records.ledger.core.sheet.words import REASONS
from wufei.records.ledger.templatetags.ledger_words import transfer_names
from wufei.runtime.access.core import allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now

_NO_REASON = Text("请选择更正原因。", "Choose the reason of the correction.")
_MOVED_ON = Text(
    "这批废物后来已经转出：请先更正后来的转出，再更正这一笔。",
    "This waste has moved on since: correct what took it away first, then this one.",
)
_AMENDS = frozenset({"ledger.amends-other-period", "ledger.period-closed", "ledger.amendment-not-allowed"})


@require_http_methods(["GET", "POST"])
def correction_page(request: ScopedRequest, transfer_id: UUID) -> HttpResponse:
    """Ask for the reason, say what will happen, take the transfer back; twice the same changes nothing."""
    require(request.scope, "ledger.post")
    row = queries.get_transfer(request.scope, transfer_id)
    closings = queries.closings_of_transfer(request.scope, transfer_id)
    if closings:
        require(request.scope, "ledger.amend")
    if row.reversed_by is not None:
        return _to_transfer(transfer_id)
    if request.method != "POST":
        return _form(request, row, closings, {}, 200)
    problems = _problems(request, closings)
    if problems:
        return _form(request, row, closings, problems, 422)
    if request.POST.get("confirm") != "yes":
        return _form(request, row, closings, {}, 200)
    return _reverse(request, row, closings)


def _reverse(request: ScopedRequest, row: TransferRow, closings: tuple[Closing, ...]) -> HttpResponse:
    try:
        receipt = services.reverse(
            request.scope,
            row.id,
            reason=request.POST["reason"],
            amends_period=_amended(request) if closings else "",
            now=now(),
        )
    except ConflictError as error:
        if error.code == "ledger.reversal-twice":
            return _to_transfer(row.id)
        return _form(request, row, closings, {"form": error.message}, 409)
    if receipt.outcome == "refused":
        return _form(request, row, closings, _said(receipt.findings), 422)
    return _to_transfer(row.id)


def _problems(request: ScopedRequest, closings: tuple[Closing, ...]) -> dict[str, Text]:
    found: dict[str, Text] = {}
    if request.POST.get("reason", "") not in set(REASONS):
        found["reason"] = _NO_REASON
    if closings:
        try:
            Period.parse(request.POST.get("amends", ""))
        except InputError as error:
            found["amends"] = error.message
    return found


def _amended(request: ScopedRequest) -> str:
    return str(Period.parse(request.POST.get("amends", "")))


def _said(findings: tuple[Finding, ...]) -> dict[str, Text]:
    """Put the refusals beside the fields that they speak of."""
    said: dict[str, Text] = {}
    for found in findings:
        field = "amends" if found.code in _AMENDS else "form"
        fix = _MOVED_ON if found.code == "ledger.stock-below-zero" else found.fix
        words = Text(found.message.zh + fix.zh, f"{found.message.en} {fix.en}")
        said.setdefault(field, words)
    return said


def _form(
    request: ScopedRequest,
    row: TransferRow,
    closings: tuple[Closing, ...],
    problems: dict[str, Text],
    status: int,
) -> HttpResponse:
    names = transfer_names([row])
    sent = request.method == "POST"
    context: dict[str, Any] = {
        "row": row,
        "region": names["regions"][row.source_region_id],
        "closing": closings[0] if closings else None,
        "reasons": REASONS.items(),
        "reason": request.POST.get("reason", ""),
        "reason_words": REASONS.get(request.POST.get("reason", "")),  # type: ignore[call-overload]
        "amends": request.POST.get("amends", "") if sent else str(closings[0].period) if closings else "",
        "problems": problems,
        "confirming": sent and not problems,
        "may_see_closing": bool(closings)
        and (allowed(request.scope, "audit.read") or allowed(request.scope, "ledger.close")),
    }
    return render(request, "ledger/correction.html", context, status=status)


def _to_transfer(transfer_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("ledger:transfer", args=[transfer_id]) + "#chain", status=303)
