"""The menu: only rooms that exist, only those the present role may enter, in the words of its users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope, allowed
from wufei.runtime.identity.core.kinds import PARTY_ROLES


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the menu: ``action`` is what its page needs, ``also`` are other pages that belong to it."""

    title: Text
    address: str
    icon: str
    action: str = ""
    keeps: tuple[str, ...] = ("region", "period", "book")
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Some entries under one heading."""

    title: Text
    places: tuple[Place, ...]


_HOME = Place(Text("首页", "My work"), "/", "home", keeps=())
_LEDGER = Place(Text("台账", "Ledger"), "/ledger", "book-2", "ledger.read")
_OVERVIEW = Place(Text("总览", "Overview"), "/overview", "layout-dashboard", "published.read")
_INDICATORS = Place(Text("指标", "Indicators"), "/indicators", "target-arrow", "published.read")
_PLANS = Place(Text("实施方案", "Plans"), "/plans", "checklist", "plan.read", keeps=("region",))
_TASKS = Place(Text("任务看板", "Tasks"), "/tasks", "clipboard-check", "task.read", keeps=("region",))
_FIND = Place(
    Text("名称查代码", "Name to code"), "/catalogue/find", "list-search", "published.read", keeps=()
)
_CASES = Place(Text("案例与咨询", "Cases and questions"), "/cases", "books", "entry.read", keeps=())
_FORMS = Place(Text("填报", "Forms"), "/forms", "forms", "entry.fill", keeps=(), also=("/entries",))
_PEOPLE = Place(Text("人员与身份", "People and roles"), "/people", "users", "people.manage", keeps=())
_GRANTED = Place(Text("代办授权", "Mandates"), "/mandates", "user-share", "mandate.grant", keeps=())
_HELD = replace(_GRANTED, action="entry.fill")

_CLOSINGS = "/ledger/closings"

OFFICIAL = (
    Group(Text(""), (_HOME, _OVERVIEW, _INDICATORS)),
    Group(
        Text("一张网", "Records"),
        (
            _LEDGER,
            Place(
                Text("一企一档", "Register"),
                "/registry",
                "building-factory-2",
                "registry.read",
                keeps=("region",),
            ),
            Place(Text("废物名录", "Waste lists"), "/catalogue", "category", "catalogue.read", keeps=()),
            _FIND,
        ),
    ),
    Group(
        Text("填报与审核", "Entry and review"),
        (
            _FORMS,
            Place(Text("审核", "Review"), "/review", "clipboard-check", "entry.read", keeps=()),
            Place(
                Text("环评固废审查", "Waste in assessments"),
                "/plans/eia",
                "file-check",
                "entry.review",
                keeps=(),
            ),
            Place(
                Text("企业注册申请", "Applications"),
                "/registry/applications",
                "building-factory-2",
                "entry.review",
                keeps=(),
            ),
        ),
    ),
    Group(
        Text("任务与考核", "Tasks and targets"),
        (
            _PLANS,
            _TASKS,
            Place(Text("考核", "Assessment"), "/assessment", "chart-bar", "assess.read", keeps=("region",)),
            Place(
                Text("简报与文稿", "Briefings"), "/reports", "certificate", "report.read", keeps=("region",)
            ),
            _CASES,
        ),
    ),
    Group(
        Text("设置", "Settings"),
        (
            Place(
                Text("台账核验与关账", "Checks and closing"),
                "/ledger/audit",
                "file-check",
                "audit.read",
                keeps=(),
                also=(_CLOSINGS,),
            ),
            _PEOPLE,
            Place(
                Text("操作日志", "Audit log"), "/settings/audit-log", "list-details", "audit.read", keeps=()
            ),
            _GRANTED,
        ),
    ),
)
"""What offices, leaders and auditors see."""

PUBLIC = (
    Group(
        Text(""),
        (
            _OVERVIEW,
            _INDICATORS,
            _PLANS,
            _FIND,
            Place(Text("证照查验", "Check a paper"), "/check", "certificate", "published.read", keeps=()),
            Place(
                Text("企业注册", "Register an enterprise"),
                "/register",
                "building-factory-2",
                "published.read",
                keeps=(),
            ),
        ),
    ),
)
"""What everybody sees, who has no page of own work."""


def _of_a_party(scope: Scope, own_key: str) -> tuple[Group, ...]:
    """Give the short menu of who acts for a party; an agent acts for others, and has no file of its own."""
    agent = scope.role is Role.AGENT
    own = Place(
        Text("企业信息", "Our file"),
        f"/registry/parties/{own_key}",
        "building-factory-2",
        "registry.read",
        keeps=(),
    )
    return (
        Group(
            Text(""),
            (
                _HOME,
                Place(Text("我的台账", "My ledger"), "/ledger", "book-2", "ledger.read", keeps=("book",)),
                _FORMS,
                Place(
                    Text("我的填报与退回", "My entries"),
                    "/review",
                    "clipboard-check",
                    "entry.read",
                    keeps=(),
                ),
                *((own,) if own_key and not agent else ()),
                _FIND,
                replace(_CASES, action="case.write"),
            ),
        ),
        Group(
            Text("设置", "Settings"),
            (
                Place(Text("关账", "Closing"), _CLOSINGS, "file-check", "ledger.close", keeps=()),
                _HELD if agent else _GRANTED,
                _PEOPLE,
            ),
        ),
    )


def menu(scope: Scope, own_key: str = "") -> tuple[Group, ...]:
    """Give the groups of the menu that a scope may enter; empty groups are left out.

    Parameters
    ----------
    own_key : str
        The key of the party for which the person acts.
    """
    if scope.role in PARTY_ROLES:
        groups = _of_a_party(scope, own_key)
    else:
        groups = PUBLIC if scope.role is Role.PUBLIC else OFFICIAL
    kept = (Group(group.title, tuple(p for p in group.places if _open(scope, p))) for group in groups)
    return tuple(group for group in kept if group.places)


def address_of(place: Place, params: Mapping[str, str]) -> str:
    """Give the address of an entry with the region, period and book of the present page."""
    kept = {key: params[key] for key in place.keeps if params.get(key)}
    return f"{place.address}?{urlencode(kept)}" if kept else place.address


def is_current(place: Place, path: str) -> bool:
    """Say whether a page lies at or below an entry."""
    return _depth(place, path) > 0


def current_place(groups: tuple[Group, ...], path: str) -> Place | None:
    """Give the one entry that a page belongs to: of several above it, the nearest."""
    places = [place for group in groups for place in group.places if is_current(place, path)]
    return max(places, key=lambda place: _depth(place, path), default=None)


def _depth(place: Place, path: str) -> int:
    addresses = (place.address, *place.also)
    above = [one for one in addresses if path == one or (one != "/" and path.startswith(f"{one}/"))]
    return max((len(one) for one in above), default=0)


def _open(scope: Scope, place: Place) -> bool:
    return place is _HOME or allowed(scope, place.action)
