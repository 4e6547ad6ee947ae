"""One row per request that writes, is refused, exports or signs in; reading costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from wufei.kernel.errors import NotFoundError
from wufei.runtime.access.core import Role
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.audit.core import Event, Kind, outcome_of
from wufei.runtime.audit.services import add_events
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.queries import find_user, memberships_of

READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SIGN_IN = "sign-in"

Answer = Callable[[HttpRequest], HttpResponseBase]

log = structlog.get_logger(__name__)


class AuditMiddleware:
    """Stands outside of the request's transaction: what was refused or failed is written down too."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then note the request if it is one of those that are kept."""
        response = self._answer(request)
        kind = _kind(request, response)
        if kind is not None and hasattr(request, "scope"):
            try:
                add_events(_events(cast("ScopedRequest", request), response, kind))
            except DatabaseError:
                # The answer is given all the same: what was written is written.
                log.exception("audit row not written", path=request.path, status=response.status_code)
        return response


def _kind(request: HttpRequest, response: HttpResponseBase) -> Kind | None:
    if request.method not in READING:
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name == SIGN_IN:
            return Kind.SIGN_IN
        return Kind.REFUSED if outcome_of(response.status_code) == "refused" else Kind.WRITE
    if outcome_of(response.status_code) == "refused":
        return Kind.REFUSED
    return Kind.EXPORT if response.headers.get("Content-Disposition", "").startswith("attachment") else None


def _events(request: ScopedRequest, response: HttpResponseBase, kind: Kind) -> list[Event]:
    match = request.resolver_match
    scope, membership = request.scope, request.membership
    own = next(iter(scope.party_ids)) if len(scope.party_ids) == 1 else None
    event = Event(
        at=now(),
        action=kind.value,
        object_kind=match.view_name if match else "",
        object_id=_object_id(match.kwargs) if match else "",
        user_id=scope.user_id,
        membership_id=scope.membership_id,
        role=scope.role.value,
        region_id=membership.region.id if membership else None,
        party_id=own,
        address=request.META.get("REMOTE_ADDR") or "",
        outcome=outcome_of(response.status_code),
        detail={"method": request.method or "", "status": response.status_code},
    )
    if kind is Kind.SIGN_IN:
        return [_signing_in(request, event)]
    # An agent's owners learn of what it did: one row for each whom the request was about.
    if scope.role is Role.AGENT and scope.reached:
        return [replace(event, party_id=party_id) for party_id in sorted(scope.reached)]
    return [event]


def _object_id(named: dict[str, object]) -> str:
    """Give what an address names; a one-time link is a secret and never kept."""
    return " ".join(str(part) for name, part in named.items() if name != "token")


def _signing_in(request: ScopedRequest, event: Event) -> Event:
    """Fill in who signs in: the name typed is kept only if it is an account's, and then as its number."""
    user_id = request.user.pk
    if user_id is None:
        try:
            user_id = find_user(request.POST.get("username", "").strip()).id
        except NotFoundError:
            return event
    first = next(iter(memberships_of(user_id, on=today_on())), None)
    if first is None:
        return replace(event, user_id=user_id)
    party_id = first.party.id if first.party else None
    return replace(
        event,
        user_id=user_id,
        membership_id=first.id,
        role=first.role.value,
        region_id=first.region.id,
        party_id=party_id,
    )
