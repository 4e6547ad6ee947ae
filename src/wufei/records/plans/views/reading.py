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
from wufei.records.plans.queries.drafts import DraftRow
from wufei.records.plans.views.shown import PUBLISH
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import day_of, now
from wufei.runtime.identity.queries import RegionRow, regions_by_id
from wufei.runtime.pages.queries import default_region, visible_regions

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
    content = sent.read()
    same = None if request.POST.get("again") else queries.same_file(request.scope, region.id, content)
    if same is not None:
        return _refused(request, region, _same(same), same=same, as_json=as_json)
    try:
        draft_id = services.take_in(
            request.scope, content=content, name=sent.name or "?", region_id=region.id, now=now()
        )
    except InputError as error:
        return _refused(request, region, error.message, as_json=as_json)
    address = reverse("plans:draft", args=[draft_id])
    return JsonResponse({"address": address}) if as_json else HttpResponseRedirect(address)


def _refused(
    request: ScopedRequest, region: RegionRow, problem: Text, *, same: DraftRow | None = None, as_json: bool
) -> HttpResponse:
    if not as_json:
        return _page(request, region, problem, same)
    words = problem.in_language(get_language() or "zh-hans")
    return JsonResponse({"problem": words, "same": _address(same) if same else ""})


def _same(row: DraftRow) -> Text:
    """Say that the document was read before, when and into what."""
    day = day_of(row.made_at).isoformat()
    if row.plan_key:
        return Text(
            f"这份文件已于{day}读入，并发布为《{row.title}》。可打开查看；要作为新的一版，请点“仍然读入”。",
            f"This file was read on {day} and published as “{row.title}”. Open it, or read it again.",
        )
    return Text(
        f"这份文件已于{day}读入，草稿《{row.title}》还在核对。请接着核对；要另起一份，请点“仍然读入”。",
        f"This file was read on {day}; its draft “{row.title}” is open. Go on there, or read it again.",
    )


def _address(row: DraftRow) -> str:
    return reverse("plan", args=[row.plan_key]) if row.plan_key else reverse("plans:draft", args=[row.id])


def region_asked(request: ScopedRequest) -> RegionRow:
    """Give the region that a file is of: the one chosen, else one's own."""
    chosen = request.POST.get("region", "")
    found = (
        regions_by_id([int(chosen)]) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 12 else {}
    )
    return next(iter(found.values()), None) or default_region(request)


def _page(
    request: ScopedRequest, region: RegionRow, problem: Text | None, same: DraftRow | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "regions": visible_regions(request.scope),
        "region": region,
        "drafts": queries.drafts(request.scope),
        "bytes_max": BYTES_MAX,
        "problem": problem,
        "same": _address(same) if same else "",
    }
    return render(request, "plans/read.html", context)
