"""A paper with its code to scan, and the open page on which anybody sees whether it holds."""

from __future__ import annotations

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from wufei.records.registry import queries
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import regions_by_id

_ASKED_MAX = 80


@require_GET
def paper_page(request: ScopedRequest, paper_id: int) -> HttpResponse:
    """Show a paper as an e-certificate; what the public may check bears a code."""
    require(request.scope, "registry.read")
    paper, party = queries.find_paper(request.scope, paper_id, on=today_on())
    address = request.build_absolute_uri(reverse("registry:check-token", args=[paper.token]))
    code = segno.make(address, error="m").svg_data_uri(scale=4, border=2) if paper.kind.public else ""
    context = {
        "paper": paper,
        "party": party,
        "region": regions_by_id([party.region_id])[party.region_id],
        "code": code,
        "address": address,
        "today": today_on(),
    }
    return render(request, "registry/paper.html", context)


@require_GET
def check_page(request: ScopedRequest, token: str = "") -> HttpResponse:
    """Say to anybody whether a paper is valid, expired or unknown; nothing personal stands there."""
    wanted = (token or request.GET.get("number", "")).strip()[:_ASKED_MAX]
    found = queries.check_papers(wanted, on=today_on()) if wanted else []
    context = {
        "asked": wanted,
        "by_token": bool(token),
        "papers": found,
        "today": today_on(),
        "synthetic": any(paper.synthetic for paper in found),
    }
    return render(request, "registry/check.html", context)
