"""The frame around every page: menu, person, and the pickers of region, period and book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from wufei.kernel.period import Period, Precision
from wufei.kernel.text import Text
from wufei.records.ledger.core.rows import BookRow
from wufei.records.ledger.core.words import book_name
from wufei.records.ledger.queries import last_run
from wufei.runtime.access.core import Role, Scope, allowed, reaches
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import now
from wufei.runtime.identity.core.granting import SECOND_FACTOR_ROLES
from wufei.runtime.identity.core.sessions import HAS_FACTOR_KEY
from wufei.runtime.identity.queries import RegionRow
from wufei.runtime.notices.queries import UNSEEN_MAX, unseen_count
from wufei.runtime.pages.memory import Table, remembered
from wufei.runtime.pages.queries import visible_regions
from wufei.web.figures import plans_of
from wufei.web.navigation import address_of, current_place, menu

register = template.Library()

_CHOICES = ("region", "period", "book")
_KINDS = {
    "functional": Text("功能区", "Functional areas"),
    "synthetic": Text("示例", "Example"),
}
_DISTRICTS = Text("行政区", "Districts")
CHECK_RUNS = (Table("ledger_check_run", newest="id"),)
CHECKS_OLD = timedelta(days=2)
"""Checks run every night; what is older than two of them says nothing of today."""


@dataclass(frozen=True, slots=True)
class Link:
    """A choice of a picker: an address, its words, a quiet remark."""

    address: str
    title: str
    current: bool
    remark: str = ""


def _language() -> str:
    return get_language() or "zh-hans"


@register.inclusion_tag("web/parts/navigation.html", takes_context=True)
def navigation(context: dict[str, Any]) -> dict[str, object]:
    """Print the menu of the present role."""
    request: HttpRequest = context["request"]
    params = {key: request.GET.get(key, "") for key in _CHOICES}
    region = context.get("region")
    if isinstance(region, RegionRow):
        params["region"] = region.key
    membership = getattr(request, "membership", None)
    own_key = membership.party.key if membership is not None and membership.party is not None else ""
    shown = menu(getattr(request, "scope", Scope.public()), own_key)
    current = current_place(shown, request.path)
    groups = [
        {
            "title": group.title.in_language(_language()),
            "entries": [
                {
                    "title": place.title.in_language(_language()),
                    "icon": place.icon,
                    "address": address_of(place, params),
                    "current": place is current,
                }
                for place in group.places
            ],
        }
        for group in shown
    ]
    return {"groups": groups}


@register.inclusion_tag("web/parts/intact.html", takes_context=True)
def intact(context: dict[str, Any]) -> dict[str, object]:
    """Print whether the last nightly checks found every record unchanged, to those who read the ledger."""
    request: ScopedRequest = context["request"]
    scope = getattr(request, "scope", Scope.public())
    # An agent without a mandate reads nothing: the page must tell it so, not fail on its last line.
    if not allowed(scope, "ledger.read") or (scope.role is Role.AGENT and not scope.party_ids):
        return {"shown": False}
    run = remembered(request, CHECK_RUNS, ("last run",), lambda: last_run(scope))
    return {
        "shown": True,
        "run": run,
        "old": run is not None and now() - run.run_at > CHECKS_OLD,
        "may_audit": allowed(scope, "audit.read"),
    }


@register.inclusion_tag("web/parts/bell.html", takes_context=True)
def bell(context: dict[str, Any]) -> dict[str, object]:
    """Print the way to one's notices and how many are new, to those who are signed in."""
    scope: Scope = getattr(context["request"], "scope", Scope.public())
    many = unseen_count(scope)
    shown = f"{UNSEEN_MAX}+" if many > UNSEEN_MAX else str(many or "")
    return {"shown": scope.user_id is not None, "many": shown}


@register.inclusion_tag("web/parts/person.html", takes_context=True)
def person(context: dict[str, Any]) -> dict[str, object]:
    """Print who is signed in, the other posts, the languages and the way out."""
    request: HttpRequest = context["request"]
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "user": getattr(request, "user", None),
        "remind": settings.SECOND_FACTOR != "off" and _lacks_factor(request),
        "membership": getattr(request, "membership", None),
        "memberships": getattr(request, "memberships", []),
        "language": _language(),
        "languages": settings.LANGUAGES,
    }


@register.inclusion_tag("web/parts/elsewhere.html", takes_context=True)
def elsewhere(context: dict[str, Any]) -> dict[str, object]:
    """Say that the present post does not reach the page's region, where another post of the person does."""
    request, region = context["request"], context.get("region")
    present = getattr(request, "membership", None)
    if present is None or not isinstance(region, RegionRow) or reaches(request.scope, region.id, None):
        return {"other": None}
    there = (
        each
        for each in request.memberships
        if each.party is None and each.id != present.id and region.id in (each.region.id, *each.reach)
    )
    return {
        "other": next(there, None),
        "present": present,
        "region": region,
        "address": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
        "language": _language(),
    }


def _lacks_factor(request: HttpRequest) -> bool:
    """Say whether the present role should have a second factor and its person has none."""
    membership = getattr(request, "membership", None)
    asked = membership is not None and membership.role in SECOND_FACTOR_ROLES
    return asked and not request.session.get(HAS_FACTOR_KEY, False)


@register.simple_tag
def demo_sign_ins() -> list[dict[str, str]]:
    """Give the sign-ins of the demo, if this is one; a real site names none in its settings."""
    accounts: Sequence[Mapping[str, Any]] = getattr(settings, "DEMO_SIGN_INS", ()) or ()
    return [
        {
            "username": str(account["username"]),
            "password": str(account["password"]),
            "title": Text.parse(account["title"]).in_language(_language()),
            "place": Text.parse(account["place"]).in_language(_language()),
        }
        for account in accounts
    ]


@register.inclusion_tag("web/parts/languages.html", takes_context=True)
def languages(context: dict[str, Any]) -> dict[str, object]:
    """Print the buttons that change the language of the pages.

    A page that answers a form has no address of its own to come back to: then it is the page of the form.
    """
    request: HttpRequest = context["request"]
    asked = request.method in ("GET", "HEAD")
    return {
        "here": request.get_full_path() if asked else request.headers.get("Referer", "/"),
        "csrf_token": context.get("csrf_token"),
        "language": _language(),
        "languages": settings.LANGUAGES,
    }


@register.inclusion_tag("web/parts/pickers.html", takes_context=True)
def pickers(context: dict[str, Any], which: str = "region period book") -> dict[str, object]:
    """Print the pickers named in ``which``; every choice is a link, so that it can be sent to someone."""
    request: ScopedRequest = context["request"]
    region: RegionRow = context["region"]
    period: Period | None = context.get("period")
    book: str = context.get("book") or ""
    books: Sequence[BookRow] = context.get("books") or ()
    return {
        "which": which.split(),
        "region": region,
        "period": period,
        "book": book_name(book).in_language(_language()) if book else "",
        "regions": _region_groups(request, region),
        "years": [_period_link(request, year, period) for year in _years(books, period)],
        "parts": [_period_link(request, part, period) for part in _quarters(period)],
        "months": [_period_link(request, month, period) for month in _months(period)],
        "books": [
            Link(
                _address(request, book=row.book),
                book_name(row.book).in_language(_language()),
                row.book == book,
                f"{row.first_on.year}–{row.last_on.year}"
                if row.first_on.year != row.last_on.year
                else f"{row.first_on.year}",
            )
            for row in books
        ],
    }


def _region_groups(request: ScopedRequest, chosen: RegionRow) -> list[dict[str, object]]:
    groups: dict[str, list[Link]] = {}
    for region in _choices(request, chosen):
        title = _KINDS.get(region.kind, _DISTRICTS).in_language(_language())
        # Another region has other books and years, so these choices do not travel with it.
        link = Link(
            _address(request, region=region.key, period="", book=""),
            region.name.in_language(_language()),
            region.id == chosen.id,
            region.code or "",
        )
        groups.setdefault(title, []).append(link)
    order = [_KINDS["synthetic"], _KINDS["functional"], _DISTRICTS]
    titles = [text.in_language(_language()) for text in order]
    return [{"title": title, "links": groups[title]} for title in titles if title in groups]


def _choices(request: ScopedRequest, chosen: RegionRow) -> list[RegionRow]:
    """Give the regions of the picker: to the public only those whose plan is published, others are closed."""
    regions = visible_regions(request.scope)
    if request.scope.role is not Role.PUBLIC:
        return regions
    planned = {plan.region_id for plan in plans_of(request)}
    return [
        region
        for region in regions
        if region.id == chosen.id or (region.id in planned and not region.synthetic)
    ]


def _address(request: HttpRequest, **changed: str) -> str:
    params = {key: request.GET.getlist(key) for key in request.GET if key != "after"}
    params.update({key: [value] if value else [] for key, value in changed.items()})
    return f"{request.path}?{urlencode(params, doseq=True)}"


def _period_link(request: HttpRequest, period: Period, chosen: Period | None) -> Link:
    title = period.label(_language())
    if period.precision is Precision.MONTH and not _language().startswith("en"):
        title = f"{period.start.month}月"
    elif period.precision is Precision.MONTH:
        title = title.split()[0]
    return Link(_address(request, period=str(period)), title, period == chosen)


def _years(books: Sequence[BookRow], chosen: Period | None) -> list[Period]:
    years = {year for row in books for year in range(row.first_on.year, row.last_on.year + 1)}
    if chosen is not None:
        years |= {chosen.start.year}
    return [Period.year_of(year) for year in sorted(years, reverse=True)]


def _quarters(chosen: Period | None) -> list[Period]:
    if chosen is None:
        return []
    year = chosen.start.year
    return [Period.parse(f"{year}Q{quarter}") for quarter in (1, 2, 3, 4)]


def _months(chosen: Period | None) -> list[Period]:
    return [] if chosen is None else [Period.month_of(chosen.start.year, month) for month in range(1, 13)]
