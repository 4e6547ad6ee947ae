"""One's own account: name and contact, password, second factor, sessions, keys, memberships."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from wufei.kernel.errors import InputError, WufeiError
from wufei.kernel.text import Text
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.core.granting import SECOND_FACTOR_ROLES
from wufei.runtime.identity.core.sessions import HAS_FACTOR_KEY
from wufei.runtime.identity.core.tokens import API_KEY_DAYS_MAX
from wufei.runtime.identity.core.totp import enrolment_address, secret_text
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import (
    api_keys_of,
    contact_of,
    count_recovery_codes,
    find_account,
    has_second_factor,
    is_linked,
    memberships_of,
    sessions_of,
)
from wufei.runtime.identity.services import (
    begin_second_factor,
    change_password,
    check_second_factor,
    confirm_second_factor,
    create_api_key,
    end_session,
    end_sessions,
    oidc_client,
    remove_second_factor,
    renew_recovery_codes,
    revoke_api_key,
    save_person,
)
from wufei.runtime.identity.services.second_factor import wrong_code
from wufei.runtime.identity.views.joining import check_repeated
from wufei.runtime.identity.views.requests import (
    page_with_fault,
    provider_name,
    row_number,
    signed_in,
    typed,
    whole_number,
)

ACCOUNT = "identity/account.html"
PASSWORD = "identity/password.html"  # noqa: S105 - a template
FACTOR = "identity/second_factor.html"


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show everything of one's account, or save name, phone and e-mail."""
    user = signed_in(request)
    if request.method == "GET":
        return render(request, ACCOUNT, _words(request, user))
    entered = {name: typed(request, name) for name in ("display_name", "phone", "email")}
    try:
        save_person(user_id=user.id, **entered)
    except InputError as error:
        return page_with_fault(request, ACCOUNT, {**_words(request, user), "entered": entered}, error)
    return HttpResponseRedirect(resolve_url("account"))


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; every other session ends."""
    user = signed_in(request)
    words = {"forced": user.must_change_password}
    if request.method == "GET":
        return render(request, PASSWORD, words)
    new = request.POST.get("new_password", "")
    try:
        check_repeated(new, request.POST.get("repeated", ""))
        change_password(user_id=user.id, old=request.POST.get("old_password", ""), new=new)
    except InputError as error:
        return page_with_fault(request, PASSWORD, words, error)
    user.refresh_from_db()
    auth.update_session_auth_hash(request, user)
    end_sessions(user_id=user.id, but_key=request.session.session_key)
    return HttpResponseRedirect(resolve_url("account"))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up a second factor, turn it off, or make new recovery codes."""
    user, at = signed_in(request), now()
    stands = has_second_factor(user.id)
    if request.method == "GET":
        return render(request, FACTOR, _factor_words(user, stands=stands))
    code = typed(request, "code")
    try:
        if not stands:
            codes = confirm_second_factor(user_id=user.id, code=code, at=at)
            request.session[HAS_FACTOR_KEY] = True
            return render(request, "identity/recovery_codes.html", {"codes": codes})
        if not check_second_factor(user_id=user.id, code=code, at=at):
            raise wrong_code()
        if typed(request, "do") == "codes":
            codes = renew_recovery_codes(user_id=user.id)
            return render(request, "identity/recovery_codes.html", {"codes": codes})
        remove_second_factor(user_id=user.id)
        request.session[HAS_FACTOR_KEY] = False
    except WufeiError as error:
        return page_with_fault(request, FACTOR, _factor_words(user, stands=stands), error)
    return HttpResponseRedirect(resolve_url("account"))


@require_POST
def end_sessions_of_mine(request: HttpRequest) -> HttpResponse:
    """End one session, or all but this one."""
    user, wanted = signed_in(request), typed(request, "session")
    if wanted:
        end_session(user_id=user.id, key_hash=wanted)
    else:
        end_sessions(user_id=user.id, but_key=request.session.session_key)
    return HttpResponseRedirect(f"{resolve_url('account')}#sessions")


@require_POST
def make_key(request: HttpRequest) -> HttpResponse:
    """Make a key for a program and show it, this once."""
    user = signed_in(request)
    entered = {name: typed(request, name) for name in ("name", "days", "membership_id", "writes")}
    try:
        token = create_api_key(
            user_id=user.id,
            membership_id=_chosen_membership(entered["membership_id"]),
            name=entered["name"],
            days=_days(entered["days"]),
            only_reading=entered["writes"] != "yes",
            at=now(),
        )
    except WufeiError as error:
        return page_with_fault(request, ACCOUNT, {**_words(request, user), "key": entered}, error)
    return render(request, "identity/new_key.html", {"token": token, "name": entered["name"]})


@require_POST
def revoke_key(request: HttpRequest) -> HttpResponse:
    """Revoke one of one's keys."""
    revoke_api_key(user_id=signed_in(request).id, key_id=row_number(request, "key"), at=now())
    return HttpResponseRedirect(f"{resolve_url('account')}#keys")


def _words(request: HttpRequest, user: User) -> dict[str, Any]:
    contact, client, at = contact_of(user.id), oidc_client(), now()
    memberships = memberships_of(user.id, on=today_on())
    person = find_account(user.id) or user
    return {
        "person": person,
        "synthetic": any(each.region.synthetic for each in memberships),
        "entered": {"display_name": person.display_name, "phone": contact.phone, "email": contact.email},
        "refused": contact.refused,
        "memberships_mine": memberships,
        "has_factor": has_second_factor(user.id),
        "factor_asked": any(each.role in SECOND_FACTOR_ROLES for each in memberships),
        "codes_left": count_recovery_codes(user.id),
        "sessions": sessions_of(user.id, present_key=request.session.session_key or "", at=at),
        "keys": [
            (row, _key_state(row.revoked_at is not None, row.expires_at <= at))
            for row in api_keys_of(user.id)
        ],
        "key_places": {each.id: each for each in memberships},
        "key_days_max": API_KEY_DAYS_MAX,
        "provider": provider_name(client),
        "linked": is_linked(user.id) if client else False,
    }


def _key_state(revoked: bool, expired: bool) -> str:  # noqa: FBT001 - two facts, one word
    return "revoked" if revoked else "expired" if expired else "valid"


def _factor_words(user: User, *, stands: bool) -> dict[str, Any]:
    if stands:
        return {"stands": True, "codes_left": count_recovery_codes(user.id)}
    secret = begin_second_factor(user_id=user.id)
    address = enrolment_address(secret, account=user.username, issuer="无废 Wufei")
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    text = secret_text(secret)
    groups = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    return {"stands": False, "picture": picture, "secret": groups, "address": address}


def _chosen_membership(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise InputError(
            "identity.membership",
            "membership_id",
            text,
            Text("请选择密钥所代表的身份。", "Choose the role that the key stands for."),
        )
    return number


def _days(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise InputError(
            "identity.key-days",
            "days",
            text,
            Text(
                f"有效期“{text}”应为 1 至 {API_KEY_DAYS_MAX} 的整数（天）。",
                f"The days must be a whole number from 1 to {API_KEY_DAYS_MAX}, not “{text}”.",
            ),
        )
    return number
