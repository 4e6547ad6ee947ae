"""The list of documents, and their first drafts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wufei.actions.reports import queries, services
from wufei.actions.reports.core.document import Kind
from wufei.actions.reports.core.rows import ReportRow
from wufei.actions.reports.core.states import State
from wufei.actions.reports.queries import Listed
from wufei.actions.reports.views.asked import kind_named, year_named
from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.measures.indicators.queries import books_of
from wufei.runtime.access.core import allowed, reaches
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.queries import RegionRow, names_of_users
from wufei.runtime.pages.queries import asked

_YEARS = 4
_MONTHS_OF_QUARTER = 3
_HALF_ENDS = 6
_WHOLE_YEAR = "year"
_WORDS_MAX = 80
KEPT = (Kind.BRIEFING, Kind.NOTICE, Kind.LETTER, Kind.PROGRESS)
"""The kinds that are kept as documents; the others are files written from the data of the moment."""


@require_http_methods(["GET", "POST"])
def reports_page(request: ScopedRequest) -> HttpResponse:
    """Show the documents of a region; draft a briefing, an assessment, a notice or a letter."""
    here = asked(request).region
    if request.method == "GET":
        return _page(request, here, None)
    try:
        drafted = _draft(request, here)
    except InputError as error:
        return _page(request, here, error.message)
    return HttpResponseRedirect(reverse("reports:report", args=[drafted.id]), status=303)


def _draft(request: ScopedRequest, here: RegionRow) -> ReportRow:
    fields, what = request.POST, request.POST.get("do", "briefing")
    at = now()
    if what == "write":
        return services.write(
            request.scope,
            kind=kind_named(fields.get("kind", "")) or Kind.BRIEFING,
            region_id=here.id,
            title=fields.get("title", ""),
            addressee=fields.get("addressee", ""),
            body=fields.get("body", ""),
            now=at,
        )
    year, book = year_named(fields.get("year", "")), fields.get("book") or None
    if what == "progress":
        half = None if fields.get("half") == _WHOLE_YEAR else year_named(fields.get("half", ""))
        return services.draft_progress(
            request.scope, region_id=here.id, year=year, half=half, book=book, now=at
        )
    quarter = year_named(fields.get("quarter", ""))
    return services.draft_briefing(
        request.scope, region_id=here.id, year=year, quarter=quarter, book=book, now=at
    )


def _page(request: ScopedRequest, here: RegionRow, problem: Text | None) -> HttpResponse:
    may_write = allowed(request.scope, "report.write") and reaches(request.scope, here.id, None)
    listed, today = _listed(request), today_on()
    rows = queries.reports(request.scope, region_id=here.id, asked=listed)
    last_over = today.month > _MONTHS_OF_QUARTER
    context: dict[str, Any] = {
        "region": here,
        "rows": rows,
        "names": names_of_users(row.author_id for row in rows if row.author_id),
        "problem": problem,
        "listed": listed,
        "filtered": listed != Listed(),
        "kinds": KEPT,
        "states": list(State),
        "may_write": may_write,
        "years": range(today.year, today.year - _YEARS, -1),
        "quarters": range(1, 5),
        "quarter": _typed(request, "quarter", (today.month - 1) // _MONTHS_OF_QUARTER or 4),
        "half": request.POST.get("half", "1" if today.month > _HALF_ENDS else _WHOLE_YEAR),
        "half_year": _typed(request, "year", today.year if today.month > _HALF_ENDS else today.year - 1),
        "year": _typed(request, "year", today.year if last_over else today.year - 1),
        "books": books_of(request.scope, here.id) if may_write else [],
        "last_year": today.year - 1,
        "book": request.POST.get("book", ""),
        "do": request.POST.get("do", ""),
        "typed": request.POST.dict(),
    }
    return render(request, "reports/list.html", context, status=422 if problem else 200)


def _listed(request: ScopedRequest) -> Listed:
    words = {key: request.GET.get(key, "").strip() for key in ("kind", "state", "year", "q")}
    return Listed(
        kind_named(words["kind"]),
        State(words["state"]) if words["state"] in {state.value for state in State} else None,
        _number(words["year"], 0),
        words["q"][:_WORDS_MAX],
    )


def _typed(request: ScopedRequest, name: str, default: int) -> int:
    return _number(request.POST.get(name, ""), default)


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else default
