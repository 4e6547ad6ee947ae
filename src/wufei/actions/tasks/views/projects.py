"""Projects of a region with their money, and one project with all that was said of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from wufei.actions.tasks import queries, services
from wufei.actions.tasks.queries import ProjectRow
from wufei.actions.tasks.services import ProjectReport
from wufei.records.plans.queries import plan_titles
from wufei.runtime.access.core import allowed, reaches
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.files.services import keep_sent
from wufei.runtime.identity.queries import regions_by_id
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.sent import act_of, attempted, number_sent

_YUAN_PER_WAN = 10_000


@require_GET
def projects_page(request: ScopedRequest) -> HttpResponse:
    """Show the projects of a region with money and progress."""
    region = asked(request).region
    rows = queries.projects(request.scope, region.id, on=today_on())
    planned = [row.planned_yuan for row in rows if row.planned_yuan is not None]
    spent = [row.spent_yuan for row in rows if row.spent_yuan is not None]
    shown = {
        "region": region,
        "may_run": allowed(request.scope, "task.run") and reaches(request.scope, region.id, None),
        "projects": rows,
        "planned": sum(planned) if planned else None,
        "spent": sum(spent) if spent else None,
    }
    return render(request, "tasks/projects.html", shown)


@require_http_methods(["GET", "POST"])
def project_page(request: ScopedRequest, project_id: int) -> HttpResponse:
    """Show one project and its history; take what it is to cost, or how far it is, with photos."""
    scope = request.scope
    row, _ = queries.find_project(scope, project_id, on=today_on())
    acts = {"plan": lambda: _plan(request, row), "report": lambda: _report(request, row)}

    def context() -> dict[str, Any]:
        project, states = queries.find_project(scope, project_id, on=today_on())
        return {
            "region": regions_by_id([project.region_id])[project.region_id],
            "project": project,
            "plan": plan_titles(scope, project.region_id).get(project.plan_key, project.plan_key),
            "states": states,
            "may_run": allowed(scope, "task.run") and reaches(scope, project.region_id, None),
            "may_report": services.may_report_project(scope, project.units, project.region_id),
        }

    if request.method == "GET":
        return render(request, "tasks/project.html", context())
    return attempted(request, act_of(request, acts), "tasks/project.html", context)


def _plan(request: ScopedRequest, row: ProjectRow) -> str:
    planned = number_sent(request, "planned") * _YUAN_PER_WAN
    services.plan_money(request.scope, project_id=row.id, planned_yuan=planned)
    return reverse("tasks:project", args=[row.id])


def _report(request: ScopedRequest, row: ProjectRow) -> str:
    report = ProjectReport(
        share=number_sent(request, "percent") / 100,
        spent_yuan=number_sent(request, "spent") * _YUAN_PER_WAN,
        note=request.POST.get("note", ""),
        files=keep_sent(request.scope, request.FILES.getlist("files"), region_id=row.region_id),
    )
    services.report_project(request.scope, project_id=row.id, report=report)
    return reverse("tasks:project", args=[row.id])
