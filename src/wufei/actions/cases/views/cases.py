"""The library of cases, one card on screen, paper and as Word, and the way into the form."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wufei.actions.cases import queries, services
from wufei.actions.cases.core.card import money_words
from wufei.actions.cases.core.case import STREAMS, CaseState, Content, length_of
from wufei.actions.cases.forms import CASE
from wufei.actions.cases.queries import CaseFilter, OpenCase
from wufei.actions.cases.views.asked import id_of
from wufei.actions.reports.core.fields import printed
from wufei.actions.reports.queries import docx_of
from wufei.kernel.errors import NotFoundError
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.runtime.access.core import allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms import services as forms
from wufei.runtime.pages.responses import document_response
from wufei.runtime.pages.sent import attempted, unknown_act

AIRY_MAX = 900
"""Characters of a card that fit one page in the usual type; longer ones are printed in a smaller one."""


@require_GET
def cases_page(request: ScopedRequest) -> HttpResponse:
    """Show the library with its filters, and one's own cases that are on their way."""
    asks = asks_of(request)
    rows = queries.cases(request.scope, asks)
    on_their_way = queries.cases(request.scope, CaseFilter(), published=False)
    context = {
        "rows": rows,
        "way": on_their_way,
        "answers": queries.questions(request.scope, asks, published=True),
        "asks": asks,
        "streams": STREAMS.items(),
        "indicators": [(key, each.name) for key, each in load_indicators().items()],
        "more": len(rows) == queries.SHOWN_MAX,
        "may_write": allowed(request.scope, "case.write"),
        "may_run": allowed(request.scope, "task.run"),
        "synthetic": any(row.synthetic for row in rows),
    }
    return render(request, "cases/cases.html", context)


@require_http_methods(["GET", "POST"])
def case_page(request: ScopedRequest, card_id: int) -> HttpResponse:
    """Show one case; the office publishes it or takes it down."""
    found = queries.open_case(request.scope, card_id)
    if request.method == "GET":
        return render(request, "cases/case.html", _card(request, found))
    return attempted(
        request, lambda: _act(request, card_id), "cases/case.html", lambda: _card(request, found)
    )


@require_GET
def case_file(request: ScopedRequest, card_id: int) -> HttpResponse:
    """Give the card as a Word file with the lineage of its figures; there is none before its review."""
    found = queries.open_case(request.scope, card_id)
    if found.document is None:
        raise NotFoundError("card", card_id)
    return document_response(docx_of(found.document, found.row.region_id), found.row.title)


@require_POST
def start(request: ScopedRequest) -> HttpResponse:
    """Begin a case: from a task with what is known of it, else with an empty form."""
    task_id = id_of(request.POST.get("task", ""))
    if task_id is None or not allowed(request.scope, "task.read"):
        return HttpResponseRedirect(reverse("form", args=[CASE.definition.key]), status=303)
    answers = queries.beginning_of(request.scope, task_id, on=today_on())
    membership = request.membership
    place = forms.place_of(request.scope, region_id=membership.region.id if membership else None)
    entry_id = new_id(now())
    forms.save_draft(request.scope, CASE, entry_id=entry_id, answers=answers, place=place, now=now())
    return HttpResponseRedirect(f"{reverse('form', args=[CASE.definition.key])}?draft={entry_id}", status=303)


def asks_of(request: ScopedRequest) -> CaseFilter:
    """Read the filter from the address; what is no stream or indicator narrows nothing."""
    stream, indicator = request.GET.get("stream", ""), request.GET.get("indicator", "")
    return CaseFilter(
        request.GET.get("q", "").strip()[:80],
        stream if stream in STREAMS else "",
        indicator if indicator in load_indicators() else "",
    )


def _money(content: Content) -> Text | None:
    """Say on the page what it cost and saves, in the reader's language."""
    said = [
        f"{words} {format(amount, 'f')} × 10,000 yuan"
        for words, amount in (("cost", content.cost_wan), ("saves each year", content.saving_wan))
        if amount is not None
    ]
    if not said:
        return None
    source = f"; source: {content.money_source}" if content.money_source else ""
    return Text(money_words(content), f"{', '.join(said)} (the author's own{source})")


def _card(request: ScopedRequest, found: OpenCase) -> dict[str, Any]:
    later = {each.key: each for each in found.later}
    return {
        "found": found,
        "row": found.row,
        "content": found.content,
        "figures": [(field, printed(field, field.value), later.get(field.key)) for field in found.fields],
        "dense": length_of(found.content) > AIRY_MAX,
        "money": _money(found.content),
        "streams": [STREAMS[each] for each in found.row.streams],
        "asked": [
            (load_indicators()[key].name, year) for key, year in found.content.asked if found.document is None
        ],
        "may_ask": found.row.state is CaseState.PUBLISHED and allowed(request.scope, "case.write"),
        "may_publish": found.may_run and found.row.state is CaseState.PASSED,
        "may_retire": found.may_run and found.row.state is CaseState.PUBLISHED,
        "synthetic": found.row.synthetic,
    }


def _act(request: ScopedRequest, case_id: int) -> str:
    wanted = request.POST.get("do", "")
    if wanted == "publish":
        services.publish_case(request.scope, case_id=case_id)
    elif wanted == "retire":
        services.retire_case(request.scope, case_id=case_id, note=request.POST.get("note", ""))
    else:
        raise unknown_act(wanted)
    return reverse("cases:case", args=[case_id])
