"""The people one looks after: list, invitation, one person."""

from __future__ import annotations

from datetime import date
from typing import Any

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wufei.kernel.errors import ConflictError, InputError
from wufei.kernel.text import Text
from wufei.runtime.access.core import require
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.core.granting import grantable_roles
from wufei.runtime.identity.core.kinds import PARTY_ROLES, Role
from wufei.runtime.identity.core.tokens import LINK_DAYS
from wufei.runtime.identity.queries import (
    departments_in,
    parties_by_id,
    parties_in,
    parties_named,
    regions_by_id,
)
from wufei.runtime.identity.services import Invited
from wufei.runtime.people import services
from wufei.runtime.people.queries import one_person, people, waiting, waiting_link

DIGITS_MAX = 18
SELECT_MAX = 100
"""More firms than anybody finds in a list: they are named by credit code or full name."""
FIELDS = (
    *("display_name", "phone", "email", "role", "region_id", "party_id", "party", "department_id"),
    *("valid_from", "valid_to"),
)


@require_GET
def people_page(request: ScopedRequest) -> HttpResponse:
    """Show the memberships and the waiting links within reach."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "role", "ended")}
    page = people(
        request.scope,
        on=today_on(),
        text=asked["q"],
        role=asked["role"],
        with_ended=asked["ended"] == "yes",
        after=request.GET.get("after", ""),
    )
    links = waiting(request.scope)
    places = regions_by_id(link.region_id for link in links)
    firms = parties_by_id(link.party_id for link in links if link.party_id)
    at = now()
    words = {
        "page": page,
        "asked": asked,
        "roles": grantable_roles(request.scope.role),
        "links": [
            {
                "row": link,
                "role": Role(link.role),
                "place": firms[link.party_id].name if link.party_id else places[link.region_id].name,
                "late": link.expires_at <= at,
            }
            for link in links
        ],
        "today": today_on(),
        "more": urlencode({**{k: v for k, v in asked.items() if v}, "after": page.after}),
    }
    return _page(request, "people/people.html", words)


@require_http_methods(["GET", "POST"])
def invite_page(request: ScopedRequest) -> HttpResponse:
    """Ask whom to invite, or invite and show the link."""
    require(request.scope, "people.manage")
    entered = {name: request.POST.get(name, "").strip() for name in FIELDS}
    if request.method == "GET":
        return _page(request, "people/invite.html", _invite_words(request, entered))
    try:
        invited = Invited(
            display_name=entered["display_name"],
            phone=entered["phone"],
            email=entered["email"],
            role=entered["role"],
            region_id=_number(entered["region_id"]) or 0,
            party_id=_number(entered["party_id"]) or _party_named(entered["party"]),
            department_id=_number(entered["department_id"]),
            valid_from=_day(entered["valid_from"], "valid_from"),
            valid_to=_day(entered["valid_to"], "valid_to"),
        )
        token = services.invite(request.scope, invited=invited, at=now())
    except InputError as error:
        words = {**_invite_words(request, entered), "fault": error.message, "fault_field": error.field}
        return _page(request, "people/invite.html", words, 422)
    return _show_link(request, token, name=invited.display_name, kind="join")


@require_POST
def resend_link(request: ScopedRequest, invitation_id: int) -> HttpResponse:
    """Show a new link for an invitation; the old one is void."""
    row = waiting_link(request.scope, invitation_id)
    token = services.resend(request.scope, invitation_id=invitation_id, at=now())
    return _show_link(request, token, name=row.display_name, kind=row.kind)


@require_POST
def withdraw_link(request: ScopedRequest, invitation_id: int) -> HttpResponse:
    """Withdraw an invitation."""
    services.withdraw(request.scope, invitation_id=invitation_id, at=now())
    return HttpResponseRedirect(resolve_url("people"))


@require_GET
def person_page(request: ScopedRequest, membership_id: int) -> HttpResponse:
    """Show one membership and what can be done about it."""
    return _page(request, "people/one.html", _person_words(request, membership_id))


@require_POST
def end_page(request: ScopedRequest, membership_id: int) -> HttpResponse:
    """End a membership after a day."""
    try:
        last_on = _day(request.POST.get("last_on", "").strip(), "last_on") or today_on()
        services.end(request.scope, membership_id=membership_id, last_on=last_on)
    except (InputError, ConflictError) as error:
        words = {**_person_words(request, membership_id), "fault": error.message, "fault_field": "last_on"}
        return _page(request, "people/one.html", words, 422)
    return HttpResponseRedirect(resolve_url("people"))


@require_POST
def reset_page(request: ScopedRequest, membership_id: int) -> HttpResponse:
    """Void the password of a person and show the link that sets a new one."""
    member = one_person(request.scope, membership_id).member
    token = services.reset(
        request.scope,
        membership_id=membership_id,
        drops_second_factor=request.POST.get("drops_second_factor") == "yes",
        at=now(),
    )
    return _show_link(request, token, name=member.display_name, kind="reset")


@require_POST
def unlock_page(request: ScopedRequest, membership_id: int) -> HttpResponse:
    """Let a person who mistyped too often try again at once."""
    services.unlock(request.scope, membership_id=membership_id)
    words = {**_person_words(request, membership_id), "unlocked": True}
    return _page(request, "people/one.html", words)


def _page(request: ScopedRequest, template: str, words: dict[str, Any], status: int = 200) -> HttpResponse:
    """Show a page, marked where the people are those of a synthetic district."""
    synthetic = request.membership is not None and request.membership.region.synthetic
    return render(request, template, {**words, "synthetic": synthetic}, status=status)


def _person_words(request: ScopedRequest, membership_id: int) -> dict[str, Any]:
    row = one_person(request.scope, membership_id)
    return {
        "row": row,
        "own": row.member.membership.user_id == request.scope.user_id,
        "may_change": row.member.membership.role in grantable_roles(request.scope.role),
        "may_reset": services.may_reset(request.scope, row.member, at=now()),
        "today": today_on().isoformat(),
    }


def _invite_words(request: ScopedRequest, entered: dict[str, str]) -> dict[str, Any]:
    scope, roles = request.scope, grantable_roles(request.scope.role)
    regions = regions_by_id(scope.region_ids)
    parties = list(parties_by_id(scope.party_ids).values()) or parties_in(scope.region_ids)
    return {
        "entered": entered,
        "region_roles": [role for role in roles if role not in PARTY_ROLES],
        "party_roles": [role for role in roles if role in PARTY_ROLES],
        "many_parties": len(parties) > SELECT_MAX,
        "regions": sorted(regions.values(), key=lambda row: (row.code is None, row.code or "", row.key)),
        "parties": parties,
        "departments": departments_in(scope.region_ids),
    }


def _show_link(request: ScopedRequest, token: str, *, name: str, kind: str) -> HttpResponse:
    address = request.build_absolute_uri(resolve_url("join", token))
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    words = {"address": address, "picture": picture, "name": name, "kind": kind, "days": LINK_DAYS}
    return _page(request, "people/link.html", words)


def _party_named(text: str) -> int | None:
    """Give the one party of this credit code or full name; `services.invite` asks whether it is in reach."""
    if not text:
        return None
    found = parties_named([text])
    if len(found) != 1:
        raise InputError(
            "people.party",
            "party_id",
            text,
            Text(
                f"名为“{text}”的单位有 {len(found)} 家。请填写统一社会信用代码。",
                f"{len(found)} firms are called “{text}”. Enter the unified social credit code.",
            ),
        )
    return found[0].id


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX else None


def _day(text: str, field: str) -> date | None:
    """Read a day as browsers send it.

    Raises
    ------
    InputError
        ``people.day``: it is none.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            "people.day",
            field,
            text,
            Text(f"“{text}”不是日期，应形如 2026-03-01。", f"“{text}” is no day; write 2026-03-01."),
        ) from error
