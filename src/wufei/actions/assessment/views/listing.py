"""The assessments of a region, by year; open a new one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wufei.actions.assessment import queries, services
from wufei.measures.indicators.queries import books_of
from wufei.runtime.access.core import allowed, reaches
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.queries import RegionRow
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.sent import act_of, attempted, whole_sent

_YEARS = 4


@require_http_methods(["GET", "POST"])
def list_page(request: ScopedRequest) -> HttpResponse:
    """Show the assessments of a region; open one."""
    region = asked(request).region
    page = "assessment/list.html"
    if request.method == "GET":
        return render(request, page, _context(request, region))
    act = act_of(request, {"open": lambda: _open(request, region)})
    return attempted(request, act, page, lambda: _context(request, region))


def _context(request: ScopedRequest, region: RegionRow) -> dict[str, Any]:
    here = reaches(request.scope, region.id, None)
    may_run = here and allowed(request.scope, "assess.run")
    today = today_on()
    return {
        "region": region,
        "rows": queries.assessments(request.scope, region.id),
        "here": here,
        "may_run": may_run,
        "schemes": queries.schemes(request.scope, region.id) if here else [],
        "years": range(today.year, today.year - _YEARS, -1),
        "books": books_of(request.scope, region.id) if may_run else [],
    }


def _open(request: ScopedRequest, region: RegionRow) -> str:
    made = services.open_year(
        request.scope,
        region_id=region.id,
        year=whole_sent(request, "year"),
        scheme_key=request.POST.get("scheme", ""),
        book=request.POST.get("book", "")[:120],
        now=now(),
    )
    return reverse("assessment:assessment", args=[made])
