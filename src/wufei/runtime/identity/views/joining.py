"""The page of a one-time link: come in with a password, as who one is already, or through the provider."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from wufei.kernel.errors import InputError, WufeiError
from wufei.kernel.text import Text
from wufei.runtime.clock import now
from wufei.runtime.identity.core.kinds import Role
from wufei.runtime.identity.core.sessions import MEMBERSHIP_KEY
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import (
    InvitationRow,
    find_account,
    find_invitation,
    find_lock,
    names_of_users,
    parties_by_id,
    regions_by_id,
)
from wufei.runtime.identity.services import accept_as, accept_invitation, note_failure, oidc_client
from wufei.runtime.identity.views.provider import PURPOSE_KEY
from wufei.runtime.identity.views.requests import client_address, page_with_fault, provider_name, typed
from wufei.runtime.identity.views.signing_in import let_in

PAGE = "identity/join.html"


@require_GET
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link offers."""
    return _page(request, token)


@sensitive_post_parameters("token", "new_password", "repeated")
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take what the link offers; its token is sent as a field, as addresses are written into logs."""
    return _page(request, typed(request, "token"))


def _page(request: HttpRequest, token: str) -> HttpResponse:
    address, at = client_address(request), now()
    if find_lock(username=None, address=address, at=at) is not None:
        return render(request, "identity/join_gone.html", {"locked": True}, status=429)
    link = find_invitation(token, at=at)
    if link is None:
        note_failure(username="link", address=address, at=at)
        return render(request, "identity/join_gone.html", status=404)
    words = _words(request, link, token)
    if request.method == "GET":
        return render(request, PAGE, words)
    try:
        return _taken(request, token)
    except WufeiError as error:
        return page_with_fault(request, PAGE, words, error)


def _taken(request: HttpRequest, token: str) -> HttpResponse:
    way, at = typed(request, "way"), now()
    if way == "present" and isinstance(request.user, User):
        request.session[MEMBERSHIP_KEY] = accept_as(token=token, user_id=request.user.id, at=at)
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)
    if way == "provider":
        request.session[PURPOSE_KEY] = {"purpose": "invitation", "invitation": token}
        client = oidc_client()
        words = {"provider": provider_name(client), "prepared": True}
        return render(request, "identity/to_provider.html", words)
    password = request.POST.get("new_password", "")
    check_repeated(password, request.POST.get("repeated", ""))
    user_id = accept_invitation(token=token, username=typed(request, "username"), password=password, at=at)
    user = find_account(user_id)
    # Whoever sets a password by a link still has to show the second factor, if there is one.
    return (
        let_in(request, user, settings.LOGIN_REDIRECT_URL)
        if user
        else HttpResponseRedirect(resolve_url("sign-in"))
    )


def check_repeated(password: str, repeated: str) -> None:
    """Refuse a new password that was typed in two ways.

    Raises
    ------
    InputError
        ``identity.repeated``.
    """
    if password != repeated:
        raise InputError(
            "identity.repeated",
            "repeated",
            "",
            Text("两次输入的口令不一致。请重新输入。", "The two passwords differ. Type both again."),
        )


def _words(request: HttpRequest, link: InvitationRow, token: str) -> dict[str, Any]:
    client = oidc_client()
    wished = link.email or link.phone
    party = parties_by_id([link.party_id]).get(link.party_id) if link.party_id else None
    return {
        "link": link,
        "token": token,
        "role": Role(link.role),
        "region": regions_by_id([link.region_id])[link.region_id],
        "party": party,
        "name": names_of_users([link.user_id])[link.user_id] if link.user_id else link.display_name,
        "username": typed(request, "username") or wished,
        "present": request.user if isinstance(request.user, User) else None,
        "provider": provider_name(client) if link.kind == "join" else "",
    }
