"""The list of documents, and the draft of a quarter's briefing."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from wufei.actions.reports import queries, services
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.measures.indicators.queries import books_of
from wufei.runtime.access.core import allowed, require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.queries import names_of_users
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.responses import workbook_response

_YEARS = 4
_MONTHS_OF_QUARTER = 3
_DIGITS_MAX = 4


@require_http_methods(["GET", "POST"])
def reports_page(request: ScopedRequest) -> HttpResponse:
    """Show the documents of a region; draft the briefing of a quarter."""
    require(request.scope, "report.read")
    here = asked(request).region
    problem = None
    if request.method == "POST":
        try:
            drafted = services.draft_briefing(
                request.scope,
                region_id=here.id,
                year=_whole(request.POST.get("year", ""), "year"),
                quarter=_whole(request.POST.get("quarter", ""), "quarter"),
                book=request.POST.get("book") or None,
                now=now(),
            )
        except InputError as error:
            problem = error.message
        else:
            return HttpResponseRedirect(reverse("reports:report", args=[drafted.id]), status=303)
    may_write = allowed(request.scope, "report.write")
    rows = queries.reports(request.scope, region_id=here.id)
    today = today_on()
    context = {
        "region": here,
        "rows": rows,
        "names": names_of_users(row.author_id for row in rows if row.author_id),
        "problem": problem,
        "may_write": may_write,
        "years": range(today.year, today.year - _YEARS, -1),
        "quarters": range(1, 5),
        "quarter": _typed(request, "quarter", (today.month - 1) // _MONTHS_OF_QUARTER or 4),
        "year": _typed(request, "year", today.year if today.month > _MONTHS_OF_QUARTER else today.year - 1),
        "books": books_of(request.scope, here.id) if may_write else [],
        "last_year": today.year - 1,
        "book": request.POST.get("book", ""),
    }
    return render(request, "reports/list.html", context, status=422 if problem else 200)


@require_GET
def bulletin_file(request: ScopedRequest) -> HttpResponse:
    """Give the data pack of a year, by default of the last one."""
    here = asked(request).region
    text = request.GET.get("year", "")
    year = _whole(text, "year") if text else today_on().year - 1
    title, content = queries.bulletin_of(
        request.scope, region_id=here.id, year=year, book=request.GET.get("book") or None
    )
    return workbook_response(content, title)


def _typed(request: ScopedRequest, name: str, default: int) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() else default


def _whole(text: str, name: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS_MAX:
        raise InputError("report.period", name, text, _PERIOD)
    return int(text)


_PERIOD = Text("请选择年份和季度。", "Choose a year and a quarter.")
