"""From plans to tasks: which plan to take, what came of it, and the units without a department."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wufei.actions.tasks import queries, services
from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.plans.queries import list_plans, plan_titles
from wufei.runtime.access.core import reaches
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import RegionRow
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.sent import attempted, unknown_act, whole_sent


@require_http_methods(["GET", "POST"])
def take_page(request: ScopedRequest) -> HttpResponse:
    """Show the plans of a region and the units to match; take a plan, or match a unit."""
    region = asked(request).region
    if not reaches(request.scope, region.id, None):
        raise AccessError("task.run")
    if request.method == "GET":
        return render(request, "tasks/take.html", _context(request, region))
    return attempted(
        request, lambda: _act(request, region), "tasks/take.html", lambda: _context(request, region)
    )


def _context(request: ScopedRequest, region: RegionRow) -> dict[str, Any]:
    done = request.GET.get("done", "").split("-")
    counts = [int(one) for one in done if one.isascii() and one.isdigit() and len(one) < 6]
    return {
        "region": region,
        "plans": list_plans(request.scope, region.id),
        "proposed": queries.unit_proposals(request.scope, region.id, on=today_on()),
        "unmatched": _unmatched(request, region),
        "departments": queries.departments_at_work(request.scope, region.id),
        "drafted": request.GET.get("drafted", ""),
        "undrafted": queries.count_undrafted(request.scope, region.id),
        "done": dict(zip(("made", "updated", "closed", "same", "projects"), counts, strict=False)),
    }


def _unmatched(request: ScopedRequest, region: RegionRow) -> list[tuple[Finding, Text | str, str]]:
    """Give the units to match, each with the plan that names it and the number of its first task there."""
    titles = plan_titles(request.scope, region.id)
    found = []
    for finding in queries.unmatched_units(request.scope, region.id):
        key, _, code = finding.where.partition("#")
        found.append((finding, titles.get(key, key), code))
    return found


def _act(request: ScopedRequest, region: RegionRow) -> str:
    wanted, address = request.POST.get("do", ""), f"{reverse('tasks:take')}?region={region.key}"
    if wanted == "take":
        key = request.POST.get("plan", "")
        if key not in {plan.id for plan in list_plans(request.scope, region.id)}:
            raise NotFoundError("plan", key)
        taken = services.take_plan(request.scope, key)
        counts = (taken.made, taken.updated, taken.closed, taken.same, taken.projects)
        return f"{address}&done={'-'.join(str(one) for one in counts)}"
    if wanted == "draft":
        return f"{address}&drafted={services.draft_all(request.scope, region_id=region.id)}"
    if wanted == "match":
        services.match_unit(
            request.scope,
            region_id=region.id,
            name=request.POST.get("name", ""),
            department_id=whole_sent(request, "department"),
        )
        return f"{address}#units"
    if wanted == "dispatch":
        _dispatch(request, region)
        return f"{address}#proposed"
    raise unknown_act(wanted)


def _dispatch(request: ScopedRequest, region: RegionRow) -> None:
    """Take a proposal of the list of duties as it stands today; all else is matched by hand."""
    task_id, department_id = whole_sent(request, "task"), whole_sent(request, "department")
    name = request.POST.get("name", "")
    proposed = (
        one
        for each in queries.unit_proposals(request.scope, region.id, on=today_on())
        if (each.task_id, each.unit) == (task_id, name)
        for one in each.proposed
        if one.department_id == department_id
    )
    chosen = next(proposed, None)
    if chosen is None:
        message = Text(
            "责任清单现在没有这条建议，可能刚被别人处理。请刷新页面。",
            "The list of duties does not propose this now; somebody may have been faster. Reload the page.",
        )
        raise InputError("task.not-proposed", "department", department_id, message)
    services.assign_unit(
        request.scope, task_id=task_id, name=name, department_id=department_id, why=chosen.why.zh
    )
