"""Sign in and out, switch the membership, choose the language."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from wufei.kernel.errors import AccessError, InputError
from wufei.kernel.text import Text
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.core.sessions import MEMBERSHIP_KEY
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import find_lock, get_membership
from wufei.runtime.identity.services import forget_failures, note_failure, set_language

WRONG = Text(
    "用户名或口令不正确。请核对后再试；忘记口令请联系本区无废办重置。",
    "User name or password is wrong. Check both; the district office can reset a forgotten password.",
)
# A number of the database has at most 19 digits.
DIGITS_MAX = 18
LANGUAGE_COOKIE_AGE_S = 365 * 24 * 3600


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or sign in and go where the person wanted to go."""
    if request.method == "GET":
        return _form(request, None, 200)
    username, address, at = request.POST.get("username", "").strip(), _address(request), now()
    lock = find_lock(username=username, address=address, at=at)
    if lock is not None:
        minutes = max(1, -(-int((lock - at).total_seconds()) // 60))
        locked = Text(
            f"连续登录失败次数过多，已暂时锁定。请在 {minutes} 分钟后再试。",
            f"Too many sign-ins have failed in a row. Try again in {minutes} min.",
        )
        return _form(request, locked, 429)
    user = auth.authenticate(request, username=username, password=request.POST.get("password", ""))
    if not isinstance(user, User):
        note_failure(username=username, address=address, at=at)
        return _form(request, WRONG, 422)
    forget_failures(username=username)
    auth.login(request, user)
    # Who chose a language on this device before signing in keeps it.
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return _in_language(HttpResponseRedirect(_next(request)), chosen or user.language)


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
    wanted = request.POST.get("membership_id", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) <= DIGITS_MAX):
        raise InputError(
            "identity.membership",
            "membership_id",
            wanted,
            Text("请选择要切换到的身份。", "Choose the role to switch to."),
        )
    membership = get_membership(int(wanted), user_id=request.user.id, on=today_on())
    request.session[MEMBERSHIP_KEY] = membership.id
    return HttpResponseRedirect(_next(request))


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
    return _in_language(HttpResponseRedirect(_next(request)), wanted)


def _form(request: HttpRequest, problem: Text | None, status: int) -> HttpResponse:
    words = {
        "username": request.POST.get("username", ""),
        "next": _next(request),
        "problem": problem.in_language(str(getattr(request, "LANGUAGE_CODE", ""))) if problem else "",
    }
    return render(request, "identity/sign_in.html", words, status=status)


def _next(request: HttpRequest) -> str:
    """Give the page to go to: only one of our own, as an address from outside could send people anywhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and ours else settings.LOGIN_REDIRECT_URL


def _address(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - stands for an unknown address


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
