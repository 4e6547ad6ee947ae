"""Problems as HTTP answers, and the one programming interface that rooms add their routers to."""

from __future__ import annotations

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer, django_auth

from wufei.kernel.errors import WufeiError
from wufei.kernel.text import Text
from wufei.runtime.api.core import PROBLEM_MEDIA_TYPE, Problem, problem_of

log = structlog.get_logger(__name__)

PROBLEM_TEMPLATE = "web/problem.html"


class ApiKeyAuth(HttpBearer):
    """Describes keys in the OpenAPI; `ApiKeyMiddleware` has judged the key before the scope was made."""

    def authenticate(self, request: HttpRequest, token: str) -> object:  # noqa: ARG002 - ninja's form
        """Give the key that was found to open something."""
        return getattr(request, "api_key", None)


def build_api() -> NinjaAPI:
    """Make the programming interface; the web floor adds the rooms' routers and mounts it at ``/api/``.

    A program shows a key (``Authorization: Bearer wf_…``). Whoever is signed in by cookie must send the CSRF
    token with writing requests; a visitor has the public scope. The description is at ``/api/openapi.json``;
    there is no page for it, as that would load scripts from elsewhere.
    """
    api = NinjaAPI(
        title="Wufei",
        version="1",
        docs_url=None,
        auth=[ApiKeyAuth(), django_auth, _visitor],
        urls_namespace="api",
    )

    @api.exception_handler(WufeiError)
    def on_error(request: HttpRequest, error: WufeiError) -> HttpResponse:
        return json_problem(request, problem_of(error))

    @api.exception_handler(ValidationError)
    def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return json_problem(request, _invalid(error))

    @api.exception_handler(HttpError)
    def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        text = Text(str(error), str(error))
        return json_problem(request, Problem(error.status_code, "api.http", text, text))

    return api


def problem_answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Answer with a problem: a page for browsers, problem+json for programs, with the same content."""
    return json_problem(request, problem) if wants_json(request) else _page(request, problem)


def json_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Answer with problem+json in the language of the request."""
    return JsonResponse(
        problem.as_json(language_of(request), request.path),
        status=problem.status,
        content_type=PROBLEM_MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def wants_json(request: HttpRequest) -> bool:
    """Say whether a program asks: by the address, or because it accepts JSON before pages."""
    if request.path.startswith("/api/"):
        return True
    return request.get_preferred_type(["text/html", "application/json", PROBLEM_MEDIA_TYPE]) not in {
        "text/html",
        None,
    }


def language_of(request: HttpRequest) -> str:
    """Give the language chosen for a request."""
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))


def _page(request: HttpRequest, problem: Problem) -> HttpResponse:
    language = language_of(request)
    words = {
        "status": problem.status,
        "code": problem.code,
        "title": problem.title.in_language(language),
        "detail": problem.detail.in_language(language),
        "field": problem.field,
        "value": problem.value,
    }
    plain = f"{words['title']}\n\n{words['detail']}\n"
    try:
        # The page shows who is signed in: without a scope, or after a failed statement, it cannot.
        if hasattr(request, "scope"):
            page = render_to_string(PROBLEM_TEMPLATE, {"problem": words}, request)
            return HttpResponse(page, status=problem.status)
    except (TemplateDoesNotExist, DatabaseError):
        log.warning("problem page not rendered", path=request.path, code=problem.code)
    return HttpResponse(plain, status=problem.status, content_type="text/plain; charset=utf-8")


def _invalid(error: ValidationError) -> Problem:
    first = error.errors[0] if error.errors else {}
    place = ".".join(str(part) for part in first.get("loc", ()))
    reason = str(first.get("msg", ""))
    return Problem(
        422,
        "api.invalid",
        Text("输入有误", "The input cannot be used"),
        Text(f"参数 {place} 不符合接口说明：{reason}。", f"{place} does not fit the description: {reason}."),
        place,
        str(first.get("input", "")),
    )


def _visitor(request: HttpRequest) -> bool:  # noqa: ARG001 - ninja's form
    """Let visitors in: what they may see is decided by the scope, here it is that of the public."""
    return True
