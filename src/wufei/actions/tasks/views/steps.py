"""督办: what would come next, what was issued, and one order in its own form for print."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from wufei.actions.tasks import queries, services
from wufei.actions.tasks.queries import StepRow
from wufei.runtime.access.core import Role, allowed
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import regions_by_id
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.sent import attempted, unknown_act


@require_GET
def steps_page(request: ScopedRequest) -> HttpResponse:
    """Show the steps of a region and, to whoever may issue them, what would come next."""
    region, on, scope = asked(request).region, today_on(), request.scope
    reaches = scope.everything or region.id in scope.region_ids
    may = allowed(scope, "task.supervise") and reaches
    context = {
        "region": region,
        "steps": queries.steps_of_region(scope, region.id),
        "proposals": queries.proposals(scope, region.id, on=on) if may else [],
        "may_supervise": may,
        "today": on,
    }
    return render(request, "tasks/steps.html", context)


@require_http_methods(["GET", "POST"])
def step_page(request: ScopedRequest, step_id: int) -> HttpResponse:
    """Show one step as it is printed; take its answer or close it."""
    step = queries.find_step(request.scope, step_id)
    scope = request.scope
    context = {
        "step": step,
        "region": regions_by_id([step.region_id])[step.region_id],
        "late": step.late_on(today_on()),
        "may_answer": allowed(scope, "task.report")
        and step.closed_on is None
        and (scope.department_id == step.department_id or scope.role is Role.OFFICE),
        "may_close": allowed(scope, "task.supervise") and step.closed_on is None,
    }
    if request.method == "GET":
        return render(request, "tasks/step.html", context)
    return attempted(request, lambda: _act(request, step), "tasks/step.html", lambda: context)


def _act(request: ScopedRequest, step: StepRow) -> str:
    wanted = request.POST.get("do", "")
    if wanted == "answer":
        services.answer_step(request.scope, step_id=step.id, reply=request.POST.get("reply", ""))
    elif wanted == "close":
        services.close_step(request.scope, step_id=step.id, note=request.POST.get("note", ""))
    else:
        raise unknown_act(wanted)
    return reverse("tasks:step", args=[step.id])
