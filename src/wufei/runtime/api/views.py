"""Is the process alive, is it ready; and the pages for what goes wrong outside of views."""

from __future__ import annotations

from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from wufei.kernel.errors import ExternalError
from wufei.kernel.text import Text
from wufei.runtime.api.core import (
    BAD_REQUEST,
    FORM_EXPIRED,
    PAGE_NOT_FOUND,
    REFUSED,
    SERVER_FAULT,
    problem_of,
)
from wufei.runtime.api.services import json_problem, problem_answer
from wufei.runtime.jobs.exports import look_at_all


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's form
    """Say that the process answers, whatever the database does."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Say that the database answers and that its tables are this program's; report what works by itself."""
    try:
        executor = MigrationExecutor(connections["default"])
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        message = Text(
            f"数据库没有应答：{error}。请运行 wufei doctor。",
            f"The database does not answer: {error}. Run wufei doctor.",
        )
        return json_problem(request, problem_of(ExternalError("ready.database", message)))
    if waiting:
        message = Text(
            f"有 {len(waiting)} 个数据库迁移尚未执行。请运行 wufei manage migrate。",
            f"{len(waiting)} migrations of the database are waiting. Run wufei manage migrate.",
        )
        return json_problem(request, problem_of(ExternalError("ready.migrations", message)))
    # An alarm is for whoever looks after the machine; the site answers all the same.
    watched = look_at_all()
    return JsonResponse(
        {
            "status": "ready",
            "alarms": [each.part for each in watched if each.alarm],
            "watched": {each.part: each.found.en for each in watched},
        }
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's form
    """Answer an address that is no page."""
    return problem_answer(request, PAGE_NOT_FOUND)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's form
    """Answer what Django itself refuses."""
    return problem_answer(request, REFUSED)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's form
    """Answer a request that Django cannot read."""
    return problem_answer(request, BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after an unexpected exception; Django has logged it."""
    return problem_answer(request, SERVER_FAULT)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's form
    """Answer a form whose token is missing or old."""
    return problem_answer(request, FORM_EXPIRED)
