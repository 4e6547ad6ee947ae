"""A draft beside its document: findings, lines, departments, the document's own data, and publishing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wufei.kernel.errors import ConflictError, InputError
from wufei.records.plans import queries, services
from wufei.records.plans.core.drafts import Part, stamp
from wufei.records.plans.core.editions import Change, compare
from wufei.records.plans.queries import DraftPage
from wufei.records.plans.views.lines import is_part, said_in
from wufei.records.plans.views.shown import Unit, draft_context, lines_context, shown_units
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import departments_in, regions_under

_VIEWS = (*(part.value for part in Part), "findings", "units", "document")
NEW_PLAN = "new"


@require_GET
def draft_page(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """Show a draft: the document on one side, what was read on the other."""
    page = queries.get_draft(request.scope, draft_id)
    view = request.GET.get("view", "")
    if view not in _VIEWS:
        view = "findings" if page.findings else Part.INDICATORS.value
    return render(request, "plans/draft.html", _context(request, page, view))


@require_POST
def head_form(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """Write what a person says of the document."""
    said = said_in(request)
    try:
        services.mend_head(request.scope, draft_id, said, seen=request.POST.get("seen", ""), now=now())
    except (InputError, ConflictError) as error:
        page = queries.get_draft(request.scope, draft_id)
        context = _context(request, page, "document")
        told: dict[str, Any] = {"problem": error.message, "at": getattr(error, "field", "")}
        told |= {"head": {**context["head"], **said}, "years": said.get("target_years", context["years"])}
        return render(request, "plans/draft.html", context | told)
    return _back(draft_id, "document")


@require_POST
def unit_form(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """Say which department a name means; with ``rest`` all that nobody knows are to be made."""
    page = queries.get_draft(request.scope, draft_id)
    name, seen = request.POST.get("name", ""), request.POST.get("seen")
    if request.POST.get("rest"):
        choices = {unit.name: services.NEW for unit in shown_units(page) if unit.needs_person}
        seen = None
    else:
        choices = {name: request.POST.get("choice", "") or request.POST.get("other", "")}
    problem = None
    try:
        services.choose_units(
            request.scope, draft_id, choices, seen=None if seen is None else {name: seen}, now=now()
        )
    except (InputError, ConflictError) as error:
        problem = error.message
    page = queries.get_draft(request.scope, draft_id)
    if not is_part(request) and problem is None:
        return _back(draft_id, "units")
    context = _context(request, page, "units") | {"problem": problem}
    found: list[Unit] = [unit for unit in context["units"] if unit.name == name]
    if is_part(request) and found:
        return render(request, "plans/parts/unit_answer.html", context | {"unit": found[0], "oob": True})
    return render(request, "plans/draft.html", context)


@require_POST
def publish_form(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """Publish a draft, or say what is missing."""
    chosen = request.POST.get("edition_of", "")
    try:
        loaded = services.publish_draft(
            request.scope, draft_id, edition_of=chosen, seen=request.POST.get("seen", ""), now=now()
        )
    except (InputError, ConflictError) as error:
        page = queries.get_draft(request.scope, draft_id)
        context = _context(request, page, "document", chosen or NEW_PLAN) | {"problem": error.message}
        return render(request, "plans/draft.html", context)
    return HttpResponseRedirect(f"{reverse('plan', args=[loaded.plan_id])}?published={loaded.outcome}")


@require_POST
def discard_form(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """Put a draft away."""
    services.discard(request.scope, draft_id, now=now())
    return HttpResponseRedirect(reverse("plans:read"))


def _context(request: ScopedRequest, page: DraftPage, view: str, edition: str = "") -> dict[str, Any]:
    context = draft_context(request, page, view)
    if view == "units":
        context["departments"] = departments_in(regions_under(page.row.region_id))
    elif view == "document":
        years = "、".join(str(year) for year in page.content["head"]["target_years"])
        context |= {"seen": stamp(page.content["head"]), "years": years, "at": ""}
        if context["open"]:
            context |= _publishing(request, page, edition or request.GET.get("edition", ""))
    elif view in set(Part):
        only = request.GET.get("only") == "doubts"
        context |= lines_context(page, Part(view), only_doubts=only)
    return context


def _publishing(request: ScopedRequest, page: DraftPage, edition: str) -> dict[str, Any]:
    """Give what would be published, and beside the plan that it takes the place of what differs."""
    plans = queries.list_plans(request.scope, page.row.region_id)
    chosen = edition if edition in {plan.id for plan in plans} else ""
    made = services.plan_in(request.scope, page.row.id, chosen)
    context: dict[str, Any] = {
        "editions": plans,
        "edition": chosen or (NEW_PLAN if edition == NEW_PLAN or not plans else ""),
        "earlier": next((plan for plan in plans if plan.id == chosen), None),
        "made": made,
        "whole": services.stamp_of(page.content),
    }
    if chosen and made.plan is not None:
        comparison = compare(queries.get_plan(request.scope, chosen), made.plan)
        tasks = next(each for each in comparison.sections if each.part is Part.TASKS)
        counts = {change.value: tasks.count(change) for change in Change}
        context |= {
            "comparison": comparison,
            "counts": counts | {"kept": counts["same"] + counts["changed"]},
        }
    return context


def _back(draft_id: UUID, view: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('plans:draft', args=[draft_id])}?{urlencode({'view': view})}")
