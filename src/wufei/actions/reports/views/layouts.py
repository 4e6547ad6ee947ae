"""The layouts in force: where each is from, taken out, replaced by one of the district, put back."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wufei.actions.reports import queries, services
from wufei.actions.reports.views.asked import kind_named
from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import RegionRow
from wufei.runtime.pages.queries import asked


@require_http_methods(["GET", "POST"])
def layouts_page(request: ScopedRequest) -> HttpResponse:
    """Show the layouts of a region; take a file for one of them, or go back."""
    here = asked(request).region
    if request.method == "GET":
        return _page(request, here, None, ())
    try:
        findings = _done(request, here)
    except InputError as error:
        return _page(request, here, error.message, ())
    if findings:
        return _page(request, here, None, findings)
    address = f"{reverse('reports:layouts')}?region={here.key}"
    return HttpResponseRedirect(address, status=303)


def _done(request: ScopedRequest, here: RegionRow) -> tuple[Finding, ...]:
    what, kind = request.POST.get("do", ""), kind_named(request.POST.get("kind", ""))
    if kind is None or what not in ("keep", "drop"):
        raise InputError("report.act", "do", what, _NOTHING)
    if what == "drop":
        services.drop_layout(request.scope, kind=kind, region_id=here.id, now=now())
        return ()
    sent = request.FILES.get("file")
    if sent is None:
        raise InputError("report.layout-file", "file", "", _NO_FILE)
    content = sent.read(services.LAYOUT_MAX_BYTES + 1)
    return services.keep_layout(request.scope, kind=kind, region_id=here.id, content=content, now=now())


def _page(
    request: ScopedRequest, here: RegionRow, problem: Text | None, findings: Sequence[Finding]
) -> HttpResponse:
    context = {
        "region": here,
        "rows": queries.layouts_of(request.scope, here.id),
        "problem": problem,
        "findings": findings,
        "sent_kind": request.POST.get("kind", ""),
    }
    return render(request, "reports/layouts.html", context, status=422 if problem or findings else 200)


_NOTHING = Text(
    "没有可办理的操作。请使用页面上的按钮。", "Nothing to do was named. Use a button of the page."
)
_NO_FILE = Text("请先选择版式文件（.yaml）。", "Choose the layout file (.yaml) first.")
