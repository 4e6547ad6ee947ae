"""The place to drop a plan file, and the drafts that are open."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.records.plans import queries, services
from wufei.records.plans.core.reading.files import BYTES_MAX
from wufei.records.plans.views.shown import PUBLISH
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import RegionRow, regions_by_id
from wufei.runtime.pages.queries import default_region

_NO_FILE = Text("请先选择一个文件。", "Choose a file first.")


@require_http_methods(["GET", "POST"])
def read_page(request: ScopedRequest) -> HttpResponse:
    """Show the place to drop a plan and the drafts that are open; read what was dropped.

    Sent by the page's script the answer is JSON: ``address`` of the draft, or the ``problem`` in words.
    """
    require(request.scope, PUBLISH)
    region = region_asked(request)
    if request.method == "GET":
        return _page(request, region, None)
    as_json = "application/json" in request.headers.get("Accept", "")
    sent = request.FILES.get("file")
    if sent is None:
        return _refused(request, region, _NO_FILE, as_json=as_json)
    try:
        draft_id = services.take_in(
            request.scope, content=sent.read(), name=sent.name or "?", region_id=region.id, now=now()
        )
    except InputError as error:
        return _refused(request, region, error.message, as_json=as_json)
    address = reverse("plans:draft", args=[draft_id])
    return JsonResponse({"address": address}) if as_json else HttpResponseRedirect(address)


def _refused(request: ScopedRequest, region: RegionRow, problem: Text, *, as_json: bool) -> HttpResponse:
    if as_json:
        return JsonResponse({"problem": problem.in_language(get_language() or "zh-hans")})
    return _page(request, region, problem)


def region_asked(request: ScopedRequest) -> RegionRow:
    """Give the region that a file is of: the one chosen, else one's own."""
    chosen = request.POST.get("region", "")
    found = (
        regions_by_id([int(chosen)]) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 12 else {}
    )
    return next(iter(found.values()), None) or default_region(request)


def _page(request: ScopedRequest, region: RegionRow, problem: Text | None) -> HttpResponse:
    own = {} if request.scope.everything else regions_by_id(request.scope.region_ids)
    context: dict[str, Any] = {
        "regions": sorted(own.values(), key=lambda each: each.key),
        "region": region,
        "drafts": queries.drafts(request.scope),
        "bytes_max": BYTES_MAX,
        "problem": problem,
    }
    return render(request, "plans/read.html", context)
