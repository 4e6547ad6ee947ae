"""标准库: the laws, rules and standards, what is in force, and what in this software rests on them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wufei.records.catalogue.core.standards import StandardKind, find_standards, load_standards
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on


@require_GET
def standards_page(request: ScopedRequest) -> HttpResponse:
    """Show the library, or those documents that hold the words asked for."""
    wanted, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = find_standards(load_standards(), wanted, kind)
    context = {
        "q": wanted,
        "kind": kind,
        "kinds": [(one.value, one.label) for one in StandardKind],
        "standards": found,
        "on": today_on(),
        "total": len(load_standards()),
    }
    return render(request, "catalogue/standards.html", context)
