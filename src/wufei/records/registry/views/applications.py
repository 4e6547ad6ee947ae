"""注册申请: what waits for the office, and one application to be returned, refused or passed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_GET, require_http_methods

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text
from wufei.records.registry import queries, services
from wufei.records.registry.core.applications import FIELDS
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.audit.services import show_phone
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import names_of_users

_DIGITS_MAX = 9


@require_GET
def list_page(request: ScopedRequest) -> HttpResponse:
    """Show what is open, the oldest first, and what was decided lately."""
    decided = request.GET.get("list") == "decided"
    rows = queries.applications(request.scope, open_only=not decided)
    words = {"rows": rows, "decided": decided, "synthetic": any(row.region.synthetic for row in rows)}
    return render(request, "registry/applications.html", words)


@require_http_methods(["GET", "POST"])
def one_page(request: ScopedRequest, application_id: int) -> HttpResponse:
    """Show one application with what the register knows of its code; keep a decision."""
    if request.method == "GET":
        return _page(request, application_id)
    # Who may not see it is told that there is none, whatever was sent.
    queries.get_application(request.scope, application_id)
    try:
        _decide(request, application_id)
    except InputError as error:
        return _page(request, application_id, problem=error.message, status=422)
    except ConflictError as error:
        return _page(request, application_id, problem=error.message, status=409)
    return HttpResponseRedirect(resolve_url("registry:application", application_id=application_id))


def _decide(request: ScopedRequest, application_id: int) -> None:
    scope, act, seen, at = request.scope, request.POST.get("act", ""), _version(request), now()
    if act == "return":
        services.return_application(
            scope, application_id=application_id, version=seen, remarks=_remarks(request), at=at
        )
    elif act == "refuse":
        reason = request.POST.get("reason", "")
        services.refuse_application(scope, application_id=application_id, version=seen, reason=reason, at=at)
    elif act == "pass":
        services.pass_application(scope, application_id=application_id, version=seen, at=at)
    else:
        raise InputError(
            "registry.application-act",
            "act",
            act[:20],
            Text("请选择通过、退回或不予通过。", "Choose to pass, return or refuse."),
        )


def _page(
    request: ScopedRequest, application_id: int, *, problem: Text | None = None, status: int = 200
) -> HttpResponse:
    row = queries.get_application(request.scope, application_id)
    given, kept = _remarks(request), {each.where: each.words for each in row.remarks}
    moves = queries.application_moves(row, with_names=True)
    said, before = _said(request, row), queries.said_when_returned(moves)
    words = {
        "row": row,
        "applicant": names_of_users([row.user_id]).get(row.user_id, ""),
        "fields": [
            {
                "where": where,
                "id": where[1:],
                "label": label,
                "value": said[where[1:]],
                "before": before.get(where[1:], "") if before.get(where[1:]) != said[where[1:]] else "",
                "remark": kept.get(where, ""),
                "typed": given.get(where, ""),
            }
            for where, label in FIELDS.items()
        ],
        "known": queries.registered_as(row) if row.party is None else None,
        "warnings": queries.warnings_of(row.draft),
        "moves": moves,
        "may_decide": queries.may_decide(request.scope, row),
        "reason": request.POST.get("reason", ""),
        "returning": bool(given) or request.POST.get("act") == "return",
        "problem": problem,
        "synthetic": row.region.synthetic,
    }
    return render(request, "registry/application.html", words, status=status)


def _said(request: ScopedRequest, row: queries.ApplicationRow) -> dict[str, str]:
    """Give what the application says; that a whole phone number was shown is noted."""
    said = {where[1:]: str(getattr(row.draft, where[1:])) for where in FIELDS}
    if row.draft.phone:
        place = {"region_id": row.region.id, "party_id": None}
        name = f"application {row.id}"
        said["phone"] = show_phone(request.scope, row.draft.phone, at=now(), object_id=name, **place)
    return said


def _remarks(request: HttpRequest) -> dict[str, str]:
    return {
        where: request.POST.get(f"remark{where}", "") for where in FIELDS if f"remark{where}" in request.POST
    }


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX else 0
