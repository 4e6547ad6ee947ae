"""审核: what waits for me, what was returned to me, what I have submitted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.queries import names_of_users, parties_by_id, regions_by_id
from wufei.runtime.review import queries, services
from wufei.runtime.review.core.moves import State
from wufei.runtime.signing.core.signature import parse_offer

_LISTS = {
    "waiting": (Text("待我审核", "Waiting for me"), queries.waiting_for),
    "returned": (Text("退回给我", "Returned to me"), queries.returned_to),
    "submitted": (Text("我提交的", "Submitted by me"), queries.submitted_by),
}
_PAGES_MAX = 4


@require_GET
def inbox(request: ScopedRequest) -> HttpResponse:
    """Show one of the three lists, at first one that is not empty, narrowed by kind, words and overdue."""
    require(request.scope, "entry.read")
    many = queries.counts(request.scope)
    counted = {"waiting": many.waiting, "returned": many.returned, "submitted": many.submitted}
    chosen = request.GET.get("list", "")
    if chosen not in _LISTS:
        chosen = next((key for key, number in counted.items() if number), "waiting")
    asked = queries.Filter(
        kind=request.GET.get("kind", ""),
        words=request.GET.get("q", "").strip(),
        overdue_on=today_on() if request.GET.get("overdue") else None,
        page=_page_number(request.GET.get("page", "")),
    )
    found = _LISTS[chosen][1](request.scope, asked)
    rows = found[: queries.PAGE]
    context: dict[str, Any] = {
        "tabs": [(key, title, counted[key], key == chosen) for key, (title, _) in _LISTS.items()],
        "chosen": chosen,
        "asked": asked,
        "kinds": queries.subject_kinds(),
        "cases": rows,
        "next_page": _address(request, asked.page + 1) if len(found) > queries.PAGE else "",
        "names": _names(rows),
        "today": today_on(),
    }
    return render(request, "review/inbox.html", context)


@require_POST
def submit_page(request: ScopedRequest) -> HttpResponse:
    """Submit a thing named by kind and id, and go to its case."""
    require(request.scope, "entry.fill")
    text = request.POST.get("subject_id", "")
    try:
        subject_id = UUID(text)
    except ValueError as error:
        message = Text("请从填报页提交。", "Submit it from its own page.")
        raise InputError("review.subject", "subject_id", text, message) from error
    moved = services.submit(
        request.scope,
        kind=request.POST.get("kind", ""),
        subject_id=subject_id,
        words=request.POST.get("words", ""),
        offer=parse_offer(request.POST),
        now=now(),
    )
    return HttpResponseRedirect(reverse("review-case", args=[moved.case.id]), status=303)


def _names(rows: list[queries.CaseRow]) -> dict[str, dict[Any, Any]]:
    """Give the names that a list prints, in three reads however long it is."""
    regions = regions_by_id({row.region_id for row in rows})
    parties = parties_by_id({row.party_id for row in rows if row.party_id is not None})
    kinds = queries.subject_kinds()
    steps = {}
    for row in rows:
        kind = kinds.get(row.subject_kind)
        if kind is not None and row.state is State.WAITING:
            steps[row.id] = kind.procedure.steps[row.step].title
    return {
        "where": {
            row.id: (parties[row.party_id] if row.party_id in parties else regions[row.region_id]).name
            for row in rows
        },
        "who": {**names_of_users({row.submitter_id for row in rows})},
        "kind": {key: kind.title for key, kind in kinds.items()},
        "step": steps,
    }


def _page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) <= _PAGES_MAX else 1


def _address(request: ScopedRequest, page: int) -> str:
    kept = {key: value for key, value in request.GET.items() if key != "page"}
    return f"{request.path}?{urlencode({**kept, 'page': page})}"
