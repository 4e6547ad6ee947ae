"""To the identity provider and back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wufei.kernel.errors import AccessError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.clock import now
from wufei.runtime.identity.core.oidc import Attempt
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import find_account
from wufei.runtime.identity.services import (
    accept_as,
    accept_through_provider,
    begin_oidc,
    finish_oidc,
    link_oidc,
    oidc_client,
    unlink_oidc,
    user_of_provider,
)
from wufei.runtime.identity.services.oidc import OidcClient
from wufei.runtime.identity.views.requests import next_path, provider_name, signed_in
from wufei.runtime.identity.views.signing_in import let_in, sign_in_form

ATTEMPT_KEY = "oidc_attempt"
PURPOSE_KEY = "oidc_purpose"
"""Set by a form of ours, so that no foreign page can have an account linked."""


@require_GET
def to_provider(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider, to sign in or to what a form of ours has prepared."""
    prepared = request.session.pop(PURPOSE_KEY, None) if request.GET.get("prepared") == "yes" else None
    purpose = prepared or {"purpose": "sign-in", "invitation": ""}
    address, attempt = begin_oidc(
        _client(),
        return_to=_return_to(request),
        next_path=next_path(request),
        purpose=purpose["purpose"],
        invitation=purpose["invitation"],
        at=now(),
    )
    request.session[ATTEMPT_KEY] = attempt.as_json()
    return HttpResponseRedirect(address)


@require_GET
def from_provider(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer: sign in, link an account, or come in by an invitation."""
    kept = request.session.pop(ATTEMPT_KEY, None)
    if kept is None:
        return sign_in_form(
            request,
            Text(
                "没有正在进行的统一身份登录，可能已完成或页面已过期。请从登录页重新开始。",
                "No sign-in at the provider is under way. Start again at the sign-in page.",
            ),
            403,
        )
    client, attempt, at = _client(), Attempt.from_json(kept), now()
    try:
        hashed = finish_oidc(client, attempt, request.GET.dict(), return_to=_return_to(request), at=at)
    except AccessError as refused:
        # A visitor who lacks access is usually led to the sign-in page: here it has to say why.
        return sign_in_form(request, refused.message, 403)
    if attempt.purpose == "link":
        link_oidc(user_id=signed_in(request).id, issuer=client.issuer, hashed=hashed, at=at)
        return HttpResponseRedirect(resolve_url("account"))
    user_id = user_of_provider(hashed)
    if attempt.purpose == "invitation":
        user_id = _accepted(attempt.invitation, user_id, issuer=client.issuer, hashed=hashed)
    user = find_account(user_id) if user_id is not None else None
    if user is None:
        return render(
            request, "identity/unknown_person.html", {"provider": provider_name(client)}, status=403
        )
    return let_in(request, user, attempt.next_path)


@require_http_methods(["GET", "POST"])
def link_page(request: HttpRequest) -> HttpResponse:
    """Prepare the link of one's account to the provider, and offer the way there.

    The way is a link of its own: a form may not lead to another site (content security policy).
    """
    signed_in(request)
    if request.method == "POST":
        request.session[PURPOSE_KEY] = {"purpose": "link", "invitation": ""}
        return HttpResponseRedirect(resolve_url("account-provider"))
    prepared = request.session.get(PURPOSE_KEY, {}).get("purpose") == "link"
    words = {"provider": provider_name(_client()), "prepared": prepared}
    return render(request, "identity/to_provider.html", words)


@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    """Undo the link; who has no password keeps it, or nobody could sign in any more."""
    user: User = signed_in(request)
    if not user.has_usable_password():
        raise AccessError(
            "sign-in",
            Text(
                "您还没有口令，解除关联后将无法登录。请先请管理员发放口令重置链接。",
                "You have no password and could not sign in any more. Ask the office for a reset link first.",
            ),
        )
    unlink_oidc(user_id=user.id)
    return HttpResponseRedirect(resolve_url("account"))


def _accepted(token: str, user_id: int | None, *, issuer: str, hashed: str) -> int:
    """Take an invitation as who one is already, or as a new person of the provider."""
    if user_id is None:
        return accept_through_provider(token=token, issuer=issuer, hashed=hashed, at=now())
    accept_as(token=token, user_id=user_id, at=now())
    return user_id


def _client() -> OidcClient:
    client = oidc_client()
    if client is None:
        raise NotFoundError(
            "provider",
            "OIDC",
            Text("本站未设置统一身份认证（WUFEI_OIDC_ISSUER）。", "This site has none (WUFEI_OIDC_ISSUER)."),
        )
    return client


def _return_to(request: HttpRequest) -> str:
    return request.build_absolute_uri(resolve_url("from-provider"))
