"""Meetings with their packs and decisions, the coordination group."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wufei.actions.tasks import queries, services
from wufei.actions.tasks.queries import MeetingRow
from wufei.actions.tasks.services import MemberDraft
from wufei.runtime.access.core import allowed, reaches
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on
from wufei.runtime.identity.queries import RegionRow, regions_by_id
from wufei.runtime.pages.queries import asked
from wufei.runtime.pages.sent import attempted, day_sent, unknown_act, whole_sent

MONTHS_BETWEEN = 6
"""Half-yearly meetings (推进会每半年一次)."""


@require_http_methods(["GET", "POST"])
def meetings_page(request: ScopedRequest) -> HttpResponse:
    """Show the meetings of a region; keep one with the state of all tasks on its day."""
    region = asked(request).region

    def context() -> dict[str, Any]:
        return {**_here(request, region), "meetings": queries.meetings(request.scope, region.id)}

    if request.method == "GET":
        return render(request, "tasks/meetings.html", context())
    return attempted(request, lambda: _hold(request, region), "tasks/meetings.html", context)


@require_http_methods(["GET", "POST"])
def meeting_page(request: ScopedRequest, meeting_id: int) -> HttpResponse:
    """Show one meeting: its pack as it was kept, minutes and what was decided."""
    meeting = queries.find_meeting(request.scope, meeting_id)
    region = regions_by_id([meeting.region_id])[meeting.region_id]

    def context() -> dict[str, Any]:
        departments = queries.departments_at_work(request.scope, region.id)
        return {**_here(request, region), "meeting": meeting, "departments": departments}

    if request.method == "GET":
        return render(request, "tasks/meeting.html", context())
    return attempted(request, lambda: _act_on_meeting(request, meeting), "tasks/meeting.html", context)


@require_http_methods(["GET", "POST"])
def group_page(request: ScopedRequest) -> HttpResponse:
    """Show who belongs to the coordination group on a day; let members join and leave."""
    region = asked(request).region

    def context() -> dict[str, Any]:
        members = queries.group_on(request.scope, region.id, on=today_on())
        departments = queries.departments_at_work(request.scope, region.id)
        return {**_here(request, region), "members": members, "departments": departments}

    if request.method == "GET":
        return render(request, "tasks/group.html", context())
    return attempted(request, lambda: _act_on_group(request, region), "tasks/group.html", context)


def _here(request: ScopedRequest, region: RegionRow) -> dict[str, Any]:
    may = allowed(request.scope, "task.run") and reaches(request.scope, region.id, None)
    return {"region": region, "may_run": may, "today": today_on()}


def _hold(request: ScopedRequest, region: RegionRow) -> str:
    held_on = day_sent(request, "held_on")
    made = services.hold_meeting(
        request.scope,
        region_id=region.id,
        held_on=held_on,
        title=request.POST.get("title", ""),
        agenda=request.POST.get("agenda", ""),
        pack=queries.pack_of(request.scope, region.id, on=min(held_on, today_on())),
    )
    return reverse("tasks:meeting", args=[made])


def _act_on_meeting(request: ScopedRequest, meeting: MeetingRow) -> str:
    wanted, scope = request.POST.get("do", ""), request.scope
    if wanted == "minutes":
        services.write_minutes(scope, meeting_id=meeting.id, minutes=request.POST.get("minutes", ""))
    elif wanted == "decide":
        services.decide(
            scope,
            meeting_id=meeting.id,
            text=request.POST.get("text", ""),
            department_id=whole_sent(request, "department"),
            due_on=day_sent(request, "due_on"),
        )
    elif wanted == "done":
        services.finish_decision(
            scope, decision_id=whole_sent(request, "decision"), note=request.POST.get("note", "")
        )
    else:
        raise unknown_act(wanted)
    return f"{reverse('tasks:meeting', args=[meeting.id])}#decisions"


def _act_on_group(request: ScopedRequest, region: RegionRow) -> str:
    wanted = request.POST.get("do", "")
    if wanted == "join":
        named = request.POST.get("department", "")
        member = MemberDraft(
            request.POST.get("name", ""),
            request.POST.get("post", ""),
            request.POST.get("duty", ""),
            day_sent(request, "from_on"),
            whole_sent(request, "department") if named else None,
        )
        services.join_group(request.scope, region_id=region.id, member=member)
    elif wanted == "leave":
        services.leave_group(
            request.scope, member_id=whole_sent(request, "member"), to_on=day_sent(request, "to_on")
        )
    else:
        raise unknown_act(wanted)
    return f"{reverse('tasks:group')}?region={region.key}"
