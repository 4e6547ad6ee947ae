"""What the pages of this room read from a request, and how they say what is wrong with it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from wufei.kernel.errors import AccessError, InputError, NotFoundError, WufeiError
from wufei.runtime.identity.models import User
from wufei.runtime.identity.services.oidc import OidcClient

# A number of the database has at most 19 digits.
DIGITS_MAX = 18


def signed_in(request: HttpRequest) -> User:
    """Give the person who asks.

    Raises
    ------
    AccessError
        Nobody is signed in: the visitor is led to the sign-in page.
    """
    if not isinstance(request.user, User):
        raise AccessError("account")
    return request.user


def typed(request: HttpRequest, name: str) -> str:
    """Give what was typed into a field, without outer blanks."""
    return request.POST.get(name, "").strip()


def whole_number(text: str) -> int | None:
    """Read a number of the database or of days; None if it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX else None


def row_number(request: HttpRequest, name: str) -> int:
    """Give the number of a row that a button names.

    Raises
    ------
    NotFoundError
        It is no number.
    """
    number = whole_number(typed(request, name))
    if number is None:
        raise NotFoundError(name, request.POST.get(name, "")[:DIGITS_MAX])
    return number


def next_path(request: HttpRequest) -> str:
    """Give the page to go to: only one of our own, as an address from outside could send people anywhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and ours else settings.LOGIN_REDIRECT_URL


def provider_name(client: OidcClient | None) -> str:
    """Give what the site's identity provider is called on this page; empty without one."""
    return client.words.in_language(get_language() or "") if client else ""


def client_address(request: HttpRequest) -> str:
    """Give the address from which a request comes."""
    return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - stands for an unknown address


def page_with_fault(
    request: HttpRequest, template: str, words: dict[str, Any], error: WufeiError
) -> HttpResponse:
    """Show a form again with what is wrong beside its field; nothing that was typed is lost but passwords."""
    field = error.field if isinstance(error, InputError) else ""
    shown = {**words, "fault": error.message, "fault_field": field}
    return render(request, template, shown, status=422 if field else 409)
