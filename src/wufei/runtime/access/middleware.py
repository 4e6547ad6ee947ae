"""Give every request its scope, and run it in one transaction under that scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import ScopedRequest, forbid_writing, scope_of, session
from wufei.runtime.clock import today_on
from wufei.runtime.identity.core.sessions import MEMBERSHIP_KEY
from wufei.runtime.identity.queries import MembershipRow, memberships_of

WITHOUT_SCOPE = ("/healthz", "/readyz", "/static/")
"""Addresses that answer also when the database does not."""

PROBLEM = "application/problem+json"

Answer = Callable[[HttpRequest], HttpResponseBase]


class ScopeMiddleware:
    """Sets ``scope``, ``membership`` and ``memberships`` of a request; a failed request writes nothing."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request inside a session of its scope."""
        if request.path.startswith(WITHOUT_SCOPE):
            return self._answer(request)
        scoped = cast("ScopedRequest", request)
        attach_scope(scoped)
        with session(scoped.scope):
            if scoped.api_key is not None and scoped.api_key.only_reading:
                forbid_writing()
            response = self._answer(request)
            # Django and ninja turn errors into responses before they arrive here.
            if scoped.failed or _is_problem(response):
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:  # noqa: ARG002 - Django's form
        """Remember that the view failed; another middleware writes the answer."""
        cast("ScopedRequest", request).failed = True


def attach_scope(request: ScopedRequest) -> None:
    """Read who asks and in which membership; a membership that ended falls back to the first in force."""
    language = getattr(request, "LANGUAGE_CODE", "zh-hans")
    request.failed = False
    request.memberships = []
    if request.user.is_authenticated:
        request.memberships = memberships_of(request.user.pk, on=today_on())
    request.api_key = getattr(request, "api_key", None)
    if request.api_key is not None:
        # A key is made for one membership and has no session.
        wanted = request.api_key.membership_id
        request.memberships = [each for each in request.memberships if each.id == wanted]
        request.membership = _chosen(request.memberships, wanted)
    else:
        request.membership = _chosen(request.memberships, request.session.get(MEMBERSHIP_KEY))
    if request.membership is None:
        # Signed in or not: without a membership a person sees what everybody sees.
        request.scope = replace(Scope.public(language), user_id=request.user.pk)
    else:
        request.scope = scope_of(request.membership, language=language)


def _chosen(memberships: list[MembershipRow], wanted: int | None) -> MembershipRow | None:
    for membership in memberships:
        if membership.id == wanted:
            return membership
    return memberships[0] if memberships else None


def _is_problem(response: HttpResponseBase) -> bool:
    return response.status_code >= 500 or response.headers.get("Content-Type", "").startswith(PROBLEM)
