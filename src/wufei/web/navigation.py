"""The menu: only rooms that exist, only those the present role may enter, in the words of its users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

_CLOSINGS = "/ledger/closings"

OFFICIAL = (
    Group(
        Text(""),
        (
            _HOME,
            Place(Text("总览", "Overview"), "/overview", "layout-dashboard", "published.read"),
            Place(Text("指标", "Indicators"), "/indicators", "target-arrow", "published.read"),
        ),
    ),
    Group(Text("一张网", "Records"), (_LEDGER,)),
    Group(
        Text("任务与考核", "Tasks and targets"),
        (Place(Text("实施方案", "Plans"), "/plans", "checklist", "plan.read", keeps=("region",)),),
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
        ),
    ),
)
"""What offices, leaders, auditors and the public see; the public has no page of its own work."""

PRODUCER = (
    Group(
        Text(""),
        (_HOME, Place(Text("我的台账", "My ledger"), "/ledger", "book-2", "ledger.read", keeps=("book",))),
    ),
    Group(
        Text("设置", "Settings"),
        (Place(Text("关账", "Closing"), _CLOSINGS, "file-check", "ledger.close", keeps=()),),
    ),
)
"""A producer's short menu."""


def menu(scope: Scope) -> tuple[Group, ...]:
    """Give the groups of the menu that a scope may enter; empty groups are left out."""
    groups = PRODUCER if scope.role in PARTY_ROLES else OFFICIAL
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
    if place is _HOME:
        return scope.role is not Role.PUBLIC
    return allowed(scope, place.action)
