"""The devices by which a person signs: see, register, end."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from wufei.kernel.errors import AccessError, ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import find_lock
from wufei.runtime.identity.services import note_failure
from wufei.runtime.signing import queries, services
from wufei.runtime.signing.core.signature import parse_base64

_LOCKED = Text(
    "口令多次不正确，登记已暂停。请 15 分钟后再试，或改用验证码。",
    "The password was wrong too often. Try again in 15 minutes, or use a code.",
)


@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def devices_page(request: ScopedRequest) -> HttpResponse:
    """List one's devices; register the one that sends its public key."""
    if request.scope.user_id is None:
        raise AccessError("entry.sign")
    if request.method == "GET":
        return _page(request, None, 200)
    try:
        _register(request)
    except InputError as error:
        if error.code == "signing.password":
            note_failure(username=request.user.get_username(), address=_address(request), at=now())
        return _page(request, error.message, 422)
    except ConflictError as error:
        return _page(request, error.message, 409)
    return HttpResponseRedirect(reverse("devices"), status=303)


@require_POST
def revoke_device(request: ScopedRequest, device_id: UUID) -> HttpResponse:
    """End one of one's devices."""
    services.revoke_device(request.scope, device_id=device_id, now=now())
    return HttpResponseRedirect(reverse("devices"), status=303)


def _register(request: ScopedRequest) -> None:
    code = request.POST.get("code", "").strip()
    name = request.user.get_username()
    if not code and find_lock(username=name, address=_address(request), at=now()) is not None:
        raise ConflictError("signing.locked", _LOCKED)
    try:
        public_key = parse_base64(request.POST.get("public_key", ""))
    except ValueError:
        public_key = b""
    services.register_device(
        request.scope,
        name=request.POST.get("name", ""),
        public_key=public_key,
        code=code,
        password=request.POST.get("password", ""),
        now=now(),
    )


def _page(request: ScopedRequest, problem: Text | None, status: int) -> HttpResponse:
    context = {
        "devices": queries.devices_of(request.scope),
        "problem": problem,
        "typed": request.POST.get("name", ""),
    }
    return render(request, "signing/devices.html", context, status=status)


def _address(request: ScopedRequest) -> str:
    return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - stands for an unknown address
