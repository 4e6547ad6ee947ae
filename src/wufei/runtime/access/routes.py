"""What every address of the site states about who may come there, beside its ``urlpatterns``.

A module of addresses has ``ACCESS``: name of the route -> an action, several of which one is enough, `OPEN`
or `SIGNED_IN`. Where sending a form needs more than seeing the page, ``POST name`` states that. The statement
is asked before the view runs; the view asks again where it knows the object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from wufei.kernel.errors import AccessError, InvariantError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, allowed

OPEN = "open"
"""Anybody: signing in, health, the language."""
SIGNED_IN = "signed-in"
"""Whoever has an account, whatever the membership."""

# The programming interface states it operation by operation (``x-access``).
_STATED_ELSEWHERE = "api"


@dataclass(frozen=True, slots=True)
class Route:
    """One address: its full name (``ledger:account``), its pattern, and what it states; empty if nothing.

    ``sending`` is what sending a form there needs.
    """

    name: str
    pattern: str
    access: tuple[str, ...]
    sending: tuple[str, ...]


def routes() -> tuple[Route, ...]:
    """Give every page and download of the site, those of the programming interface left out."""
    return tuple(_below(get_resolver(), "", ()))


def admit(scope: Scope, route_name: str, *, sends: bool) -> None:
    """Let a request pass to a route, or raise; ``sends`` is whether it changes something (no GET or HEAD).

    Raises
    ------
    AccessError
        The role may do none of what the route asks for.
    InvariantError
        ``access.unstated``: the route does not say who may come.
    """
    if route_name.partition(":")[0] == _STATED_ELSEWHERE:
        return
    route = _stated(settings.ROOT_URLCONF).get(route_name)
    stated = () if route is None else route.sending if sends else route.access
    if not stated:
        message = Text(
            f"地址 {route_name} 未说明谁可访问：请在其 urls.py 的 ACCESS 中写明。",
            f"The route {route_name} does not say who may come: state it in ACCESS of its urls.py.",
        )
        raise InvariantError("access.unstated", message)
    if not admits(scope, stated):
        raise AccessError(stated[0])


def admits(scope: Scope, stated: tuple[str, ...]) -> bool:
    """Say whether a scope may come where this is stated."""
    if OPEN in stated:
        return True
    if SIGNED_IN in stated:
        return scope.user_id is not None or scope.everything
    return any(allowed(scope, action) for action in stated)


@cache
def _stated(urls: object) -> dict[str, Route]:  # noqa: ARG001 - other addresses, other statements
    return {route.name: route for route in routes()}


def _below(resolver: URLResolver, prefix: str, namespaces: tuple[str, ...]) -> Iterator[Route]:
    stated: dict[str, str | tuple[str, ...]] = getattr(resolver.urlconf_module, "ACCESS", {})
    for each in resolver.url_patterns:
        pattern = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = (*namespaces, each.namespace) if each.namespace else namespaces
            if _STATED_ELSEWHERE not in inner:
                yield from _below(each, pattern, inner)
        elif isinstance(each, URLPattern):
            name = ":".join((*namespaces, each.name or "?"))
            access = _each(stated.get(each.name or "", ()))
            yield Route(name, pattern, access, _each(stated.get(f"POST {each.name}", access)))


def _each(stated: str | tuple[str, ...]) -> tuple[str, ...]:
    return (stated,) if isinstance(stated, str) else tuple(stated)
