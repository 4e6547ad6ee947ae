"""Sign in and out, switch the membership, choose the language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from wufei.kernel.errors import AccessError, ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.core.devices import device_name
from wufei.runtime.identity.core.sessions import (
    CODE_WAIT_MAX,
    DEVICE_KEY,
    HAS_FACTOR_KEY,
    MEMBERSHIP_KEY,
    STARTED_KEY,
    WAITING_KEY,
)
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import find_account, find_lock, get_membership, has_second_factor
from wufei.runtime.identity.services import (
    check_second_factor,
    forget_failures,
    note_failure,
    oidc_client,
    set_language,
)
from wufei.runtime.identity.views.requests import (
    client_address,
    next_path,
    provider_name,
    typed,
    whole_number,
)

WRONG = Text(
    "用户名或口令不正确。请核对后再试；忘记口令请联系本区无废办重置。",
    "User name or password is wrong. Check both; the district office can reset a forgotten password.",
)
WRONG_CODE = Text(
    "验证码不正确或已用过。请输入验证器上当前的 6 位数字，或一个未用过的恢复码。",
    "The code is wrong or was used already. Type the six digits shown now, or an unused recovery code.",
)
LANGUAGE_COOKIE_AGE_S = 365 * 24 * 3600
BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or sign in and go where the person wanted to go."""
    if request.method == "GET":
        return sign_in_form(request, None, 200)
    username, address, at = typed(request, "username"), client_address(request), now()
    lock = find_lock(username=username, address=address, at=at)
    if lock is not None:
        minutes = max(1, -(-int((lock - at).total_seconds()) // 60))
        locked = Text(
            f"连续登录失败次数过多，已暂时锁定。请在 {minutes} 分钟后再试。",
            f"Too many sign-ins have failed in a row. Try again in {minutes} min.",
        )
        return sign_in_form(request, locked, 429)
    user = auth.authenticate(request, username=username, password=request.POST.get("password", ""))
    if not isinstance(user, User):
        note_failure(username=username, address=address, at=at)
        return sign_in_form(request, WRONG, 422)
    forget_failures(username=username)
    return let_in(request, user, next_path(request))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the second factor, after the password was right."""
    waiting: dict[str, Any] = request.session.get(WAITING_KEY, {})
    at = now()
    user = _who_waits(waiting, at)
    if user is None:
        request.session.pop(WAITING_KEY, None)
        return HttpResponseRedirect(settings.LOGIN_URL)
    if request.method == "GET":
        return render(request, "identity/sign_in_code.html")
    try:
        right = check_second_factor(user_id=user.id, code=typed(request, "code"), at=at)
    except ConflictError as locked:
        return render(request, "identity/sign_in_code.html", {"fault": locked.message}, status=429)
    if not right:
        return render(request, "identity/sign_in_code.html", {"fault": WRONG_CODE}, status=422)
    del request.session[WAITING_KEY]
    return finish_sign_in(request, user, waiting["next"], has_factor=True)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the language stays."""
    auth.logout(request)
    return HttpResponseRedirect(settings.LOGIN_URL)


@require_POST
def switch_membership(request: HttpRequest) -> HttpResponse:
    """Go on in another of one's memberships."""
    if not isinstance(request.user, User):
        raise AccessError("switch-membership")
    wanted = whole_number(request.POST.get("membership_id", ""))
    if wanted is None:
        raise InputError(
            "identity.membership",
            "membership_id",
            request.POST.get("membership_id", ""),
            Text("请选择要切换到的身份。", "Choose the role to switch to."),
        )
    membership = get_membership(wanted, user_id=request.user.id, on=today_on())
    request.session[MEMBERSHIP_KEY] = membership.id
    return HttpResponseRedirect(next_path(request))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read on in another language; kept for the person and the browser."""
    wanted = request.POST.get("language", "")
    if wanted not in {code for code, _ in settings.LANGUAGES}:
        raise InputError(
            "identity.language",
            "language",
            wanted,
            Text("可用的语言：zh-hans、en。", "The languages are zh-hans and en."),
        )
    if isinstance(request.user, User):
        set_language(user_id=request.user.id, language=wanted)
    return _in_language(HttpResponseRedirect(next_path(request)), wanted)


def let_in(request: HttpRequest, user: User, next_page: str) -> HttpResponse:
    """Sign a person in whose first proof was right, or ask for the second one."""
    if not has_second_factor(user.id):
        return finish_sign_in(request, user, next_page, has_factor=False)
    request.session.cycle_key()
    request.session[WAITING_KEY] = {
        "user_id": user.id,
        "since": now().isoformat(),
        "password": user.get_session_auth_hash(),
        "next": next_page,
    }
    return HttpResponseRedirect(resolve_url("sign-in-code"))


def finish_sign_in(request: HttpRequest, user: User, next_page: str, *, has_factor: bool) -> HttpResponse:
    """Sign a person in under a new session key, and go on."""
    auth.login(request, user, backend=BACKEND)
    request.session[STARTED_KEY] = now().isoformat()
    request.session[DEVICE_KEY] = device_name(request.headers.get("User-Agent", ""))
    request.session[HAS_FACTOR_KEY] = has_factor
    # Who chose a language on this device before signing in keeps it.
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return _in_language(HttpResponseRedirect(next_page), chosen or user.language)


def _who_waits(waiting: dict[str, Any], at: datetime) -> User | None:
    """Give who has proved the first factor a short while ago; a password changed meanwhile is asked again."""
    if not waiting or at - datetime.fromisoformat(waiting["since"]) > CODE_WAIT_MAX:
        return None
    user = find_account(waiting["user_id"])
    return user if user is not None and user.get_session_auth_hash() == waiting["password"] else None


def sign_in_form(request: HttpRequest, problem: Text | None, status: int) -> HttpResponse:
    """Show the form, with what went wrong."""
    client = oidc_client()
    words = {
        "username": request.POST.get("username", ""),
        "next": next_path(request),
        "problem": problem.in_language(get_language() or "") if problem else "",
        "provider": provider_name(client),
    }
    return render(request, "identity/sign_in.html", words, status=status)


def _in_language(response: HttpResponse, wanted: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=LANGUAGE_COOKIE_AGE_S,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response
