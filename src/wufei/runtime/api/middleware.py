"""Put problems and the browser's safety rules into answers."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import urlencode

from wufei.kernel.errors import AccessError, InvariantError, WufeiError
from wufei.runtime.access.core import Scope
from wufei.runtime.access.routes import admit
from wufei.runtime.api.core import BAD_REQUEST, KEY_ONLY_READS, KEY_REFUSED, KEYS_LOCKED, problem_of
from wufei.runtime.api.services import json_problem, problem_answer, wants_json
from wufei.runtime.clock import now
from wufei.runtime.identity.core.tokens import API_KEY_SIGN
from wufei.runtime.identity.queries import find_account, find_lock
from wufei.runtime.identity.services import note_failure, use_api_key

Answer = Callable[[HttpRequest], HttpResponseBase]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 - stands for an unknown address

log = structlog.get_logger(__name__)


class PolicyMiddleware:
    """Tells the browser which scripts may run, and to keep no page of a person."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the content security policy; pages are asked for again, not taken from a cache."""
        response = self._answer(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class ProblemMiddleware:
    """Answers the errors of views with problems, and what no text may hold before any view sees it."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; errors arrive in `process_exception`."""
        if _has_null(request):
            return problem_answer(request, BAD_REQUEST)
        return self._answer(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],  # noqa: ARG002 - Django's form
        arguments: tuple[object, ...],  # noqa: ARG002 - Django's form
        named: dict[str, object],  # noqa: ARG002 - Django's form
    ) -> HttpResponse | None:
        """Ask what the address states before its view runs; what needs no database has no scope."""
        match, scope = request.resolver_match, getattr(request, "scope", None)
        try:
            admit(
                scope or Scope.public(),
                match.view_name if match else "",
                sends=request.method not in {"GET", "HEAD", "OPTIONS"},
            )
        except WufeiError as error:
            return self.process_exception(request, error)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with a problem; leave other exceptions to Django, which logs them."""
        if not isinstance(exception, WufeiError):
            return None
        if isinstance(exception, InvariantError):
            log.error("invariant broken", code=exception.code, path=request.path, exc_info=exception)
        visitor = not getattr(request, "user", None) or not request.user.is_authenticated
        if isinstance(exception, AccessError) and visitor and not wants_json(request):
            return HttpResponseRedirect(
                f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}"
            )
        return problem_answer(request, problem_of(exception))


class ApiKeyMiddleware:
    """Lets a program in by ``Authorization: Bearer wf_…``, to the programming interface only.

    The key stands for its person in one membership; cookies sent beside it are not looked at, and so it
    needs no token against forged forms.
    """

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as the key's person; a key that opens nothing is refused, and counted for its address."""
        token = _bearer(request)
        if token is None:
            return self._answer(request)
        address, at = request.META.get("REMOTE_ADDR") or UNKNOWN_ADDRESS, now()
        lock = find_lock(username=None, address=address, at=at)
        if lock is not None:
            response = json_problem(request, KEYS_LOCKED)
            response.headers["Retry-After"] = str(max(1, int((lock - at).total_seconds())))
            return response
        key = use_api_key(token=token, address=address, at=at)
        if key is None:
            note_failure(username=API_KEY_SIGN, address=address, at=at)
            response = json_problem(request, KEY_REFUSED)
            response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return response
        if key.only_reading and request.method not in SAFE_METHODS:
            return json_problem(request, KEY_ONLY_READS)
        vars(request)["api_key"] = key
        request.user = find_account(key.user_id) or request.user
        return self._answer(request)


def _bearer(request: HttpRequest) -> str | None:
    """Give the key that a program shows; other tokens are not ours to judge."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    ours = request.path.startswith("/api/") and scheme.lower() == "bearer"
    return token.strip() if ours else None


def _has_null(request: HttpRequest) -> bool:
    """Say whether address or form hold a null character: PostgreSQL keeps none and fails on it."""
    fields = [value for form in (request.GET, request.POST) for _, values in form.lists() for value in values]
    return any("\0" in str(text) for text in (request.path, *fields))
