"""Questions to experts: the list, one with its turns, and the page on which one is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from wufei.actions.cases import queries, services
from wufei.actions.cases.core.case import STREAMS
from wufei.actions.cases.core.question import Act
from wufei.actions.cases.queries import CaseFilter, OpenQuestion
from wufei.actions.cases.services import Assignment, Expert, QuestionDraft
from wufei.actions.cases.views.asked import id_of
from wufei.actions.cases.views.cases import asks_of
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.runtime.access.core import allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.forms.services import place_of
from wufei.runtime.identity.queries import parties_by_id
from wufei.runtime.pages.sent import attempted, day_sent, unknown_act


@require_GET
def questions_page(request: ScopedRequest) -> HttpResponse:
    """Show what waits for this person or was asked by them, and the published answers."""
    asks = asks_of(request)
    context = {
        "open": queries.questions(request.scope, CaseFilter(), published=False),
        "rows": queries.questions(request.scope, asks, published=True),
        "asks": asks,
        "streams": STREAMS.items(),
        "may_write": allowed(request.scope, "case.write"),
    }
    return render(request, "cases/questions.html", context)


@require_http_methods(["GET", "POST"])
def ask_page(request: ScopedRequest) -> HttpResponse:
    """Show the page on which a question is asked, also about a task, a case or an indicator; take it."""
    about = {key: request.GET.get(key, "") for key in ("task", "case", "indicator")}
    context = {
        "about": about,
        "owners": list(parties_by_id(request.scope.party_ids).values()),
        "streams": STREAMS.items(),
        "indicators": [(key, each.name) for key, each in load_indicators().items()],
    }
    if request.method == "GET":
        return render(request, "cases/ask.html", context)
    return attempted(request, lambda: _ask(request), "cases/ask.html", lambda: context)


@require_http_methods(["GET", "POST"])
def question_page(request: ScopedRequest, question_id: int) -> HttpResponse:
    """Show one question with its turns; do what this person may do about it."""
    found = queries.open_question(request.scope, question_id)

    def context() -> dict[str, Any]:
        return _context(request, found)

    if request.method == "GET":
        return render(request, "cases/question.html", context())
    return attempted(request, lambda: _act(request, question_id), "cases/question.html", context)


def _context(request: ScopedRequest, found: OpenQuestion) -> dict[str, Any]:
    people, departments = (
        queries.assignees(request.scope, found.row.region_id) if Act.ASSIGN in found.acts else ([], [])
    )
    indicator = load_indicators().get(found.indicator)
    return {
        "found": found,
        "row": found.row,
        "may": {act.name.lower(): True for act in found.acts},
        "people": people,
        "departments": departments,
        "office": bool(found.acts & {Act.ASSIGN, Act.PUBLISH}),
        "indicator": indicator.name if indicator else None,
        "stream": STREAMS[found.row.stream],
        "today": today_on(),
        "synthetic": found.row.synthetic,
    }


def _ask(request: ScopedRequest) -> str:
    sent, membership = request.POST, request.membership
    draft = QuestionDraft(
        sent.get("title", ""),
        sent.get("text", ""),
        sent.get("stream", ""),
        sent.get("indicator", ""),
        id_of(sent.get("case", "")),
        id_of(sent.get("task", "")),
    )
    party = id_of(sent.get("party", ""))
    place = place_of(request.scope, region_id=membership.region.id if membership else None, party_id=party)
    return reverse("cases:question", args=[services.ask(request.scope, place=place, draft=draft)])


def _act(request: ScopedRequest, question_id: int) -> str:
    scope, sent = request.scope, request.POST
    wanted, text = sent.get("do", ""), sent.get("text", "")
    if wanted == "assign":
        to = _assignment(sent.get("to", ""), day_sent(request, "due_on"))
        services.assign(scope, question_id=question_id, to=to)
    elif wanted == "answer":
        services.answer(scope, question_id=question_id, text=text, expert=_expert(request))
    elif wanted == "ask-on":
        services.ask_on(scope, question_id=question_id, text=text)
    elif wanted == "close":
        services.close(scope, question_id=question_id)
    elif wanted == "publish":
        services.publish_answer(scope, question_id=question_id)
    else:
        raise unknown_act(wanted)
    return reverse("cases:question", args=[question_id])


def _assignment(to: str, due_on: date) -> Assignment:
    kind, _, number = to.partition("-")
    chosen = id_of(number)
    if kind == "user":
        return Assignment(due_on, user_id=chosen)
    return Assignment(due_on, department_id=chosen)


def _expert(request: ScopedRequest) -> Expert | None:
    name, institution = request.POST.get("expert", ""), request.POST.get("institution", "")
    if not (name.strip() or institution.strip()):
        return None
    return Expert(name, institution, day_sent(request, "said_on"))
