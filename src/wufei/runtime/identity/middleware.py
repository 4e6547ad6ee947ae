"""The language of a page, and what a person has to do before anything else."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import translation

from wufei.runtime.identity.core.granting import SECOND_FACTOR_ROLES
from wufei.runtime.identity.core.sessions import HAS_FACTOR_KEY
from wufei.runtime.identity.models import User

Answer = Callable[[HttpRequest], HttpResponseBase]


class LanguageMiddleware:
    """Reads the language cookie. The browser's own wish is not asked: the work language here is Chinese."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in the language chosen for it."""
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        known = {code for code, _ in settings.LANGUAGES}
        language = wanted if wanted in known else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self._answer(request)
        response.headers.setdefault("Content-Language", language)
        return response


class DutiesMiddleware:
    """Leads a person to a new password, or to a second factor where the site requires it, before all else."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or send the person to the duty."""
        duty = "" if request.path.startswith(FREE_OF_DUTIES) else duty_of(request)
        return HttpResponseRedirect(resolve_url(duty)) if duty else self._answer(request)


FREE_OF_DUTIES = (
    *("/static/", "/healthz", "/readyz"),
    *(
        "/sign-in",
        "/sign-out",
        "/language",
        "/switch-membership",
        "/account/password",
        "/account/second-factor",
    ),
)


def duty_of(request: HttpRequest) -> str:
    """Name the page that a person has to go to first, or ""; a program with a key has no such duty."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or getattr(request, "api_key", None) is not None:
        return ""
    if user.must_change_password and user.has_usable_password():
        return "account-password"
    return "account-second-factor" if settings.SECOND_FACTOR == "required" and lacks_factor(request) else ""


def lacks_factor(request: HttpRequest) -> bool:
    """Say whether the present role asks for a second factor that this person has not set up."""
    membership = getattr(request, "membership", None)
    asked = membership is not None and membership.role in SECOND_FACTOR_ROLES
    return asked and not request.session.get(HAS_FACTOR_KEY, False)
