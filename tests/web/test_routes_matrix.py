"""Every role on every page and operation, with an object of its own and with a foreign one.

Made from the routes: `ACCESS` beside `urlpatterns`, `x-access` on an operation, `route_examples.py` of the
tests of a room (see runtime/access/README.md).
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from wufei.kernel.text import Text
from wufei.records.ledger.queries import sealing_lag
from wufei.records.ledger.services import ensure_key, seal
from wufei.runtime.access.core import ACTIONS, MATRIX, PUBLISHED, Role, Scope
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.access.services.mandates import grant_mandate
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.core.kinds import GRANTED_ROLES, PARTY_ROLES
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user, save_party
from wufei.web.urls import api

TESTS = Path(__file__).resolve().parents[1]
CONFTEST = Path(__file__).with_name("conftest.py")
VISITOR = "visitor"
REGIONAL = "@region"
"""At the end of a statement: the page shows a region as a whole, and is not for who acts for a firm."""
NAME_WHAT_WAS_ASKED = {"audit-log"}
"""Pages that name what their own people asked for in vain."""
WHO = [VISITOR, *(str(role) for role in GRANTED_ROLES)]


@dataclass(frozen=True)
class Route:
    """An address or operation, what it says about access, and what it needs to be asked."""

    name: str
    access: str
    needs_example: bool
    path: str = ""
    method: str = "get"


@dataclass(frozen=True)
class Place:
    """A region with a firm in it, of which examples are made."""

    key: str
    region_id: int
    party_id: int
    plan_id: str
    book: str
    transfer_id: uuid.UUID
    figure_id: str
    user_ids: tuple[tuple[str, int], ...] = field(compare=False, repr=False)

    def scope(self, role: str) -> Scope:
        (membership,) = memberships_of(dict(self.user_ids)[role], on=today_on())
        return scope_of(membership, language="zh-hans")


@dataclass(frozen=True)
class World:
    own: Place
    foreign: Place


def _load(path: Path) -> object:
    name = "examples_" + "_".join(path.relative_to(TESTS).with_suffix("").parts)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def examples() -> dict[str, object]:
    """All examples of all rooms."""
    found: dict[str, object] = {}
    for path in sorted(TESTS.rglob("route_examples.py")):
        found |= _load(path).EXAMPLES
    return found


def pages(
    resolver: URLResolver, namespace: str = "", inherited: dict[str, str] | None = None
) -> Iterator[Route]:
    """Every address below a resolver, with the statement that stands beside it."""
    module = resolver.urlconf_module
    stated = getattr(module, "ACCESS", inherited or {})
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "api":
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from pages(entry, inner, stated)
        else:
            assert isinstance(entry, URLPattern)
            name = entry.name or str(entry.pattern)
            yield Route(f"{namespace}{name}", stated.get(name, ""), bool(entry.pattern.converters))


def operations() -> Iterator[Route]:
    """Every operation of the programming interface."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, said in methods.items():
            required = [each for each in said.get("parameters", ()) if each.get("required")]
            needs = bool(required) or "requestBody" in said
            yield Route(f"{method.upper()} {path}", said.get("x-access", ""), needs, path, method)


def all_routes() -> list[Route]:
    return [*pages(get_resolver()), *operations()]


ROUTES = all_routes()
EXAMPLES = examples()


def test_every_route_says_who_may_come() -> None:
    silent = [route.name for route in ROUTES if not route.access]
    assert silent == [], "add them to ACCESS beside urlpatterns, or openapi_extra={'x-access': action}"
    for route in ROUTES:
        assert (
            route.access in {"open", "signed-in"}
            or set(route.access.removesuffix(REGIONAL).split("|")) <= ACTIONS
        ), route


def test_every_route_that_needs_an_object_has_an_example() -> None:
    without = [route.name for route in ROUTES if route.needs_example and route.name not in EXAMPLES]
    assert without == [], (
        "add a maker under this name to EXAMPLES in tests/<floor>/<room>/route_examples.py: it takes the "
        "place (key, region_id, party_id, plan_id, book, transfer_id) and the role, and gives "
        "a dict of kwargs, query, body, method; see runtime/access/README.md"
    )


def test_no_example_stands_for_a_route_that_has_gone() -> None:
    assert set(EXAMPLES) - {route.name for route in ROUTES} == set()


def _place(district: object) -> Place:
    users = []
    for role in GRANTED_ROLES:
        party_id = district.party_id if role in PARTY_ROLES else None
        if role is Role.AGENT:
            party_id = _agent(district)
        user_id = create_user(username=f"m-{role}-{uuid.uuid4().hex[:10]}", password="p")
        add_membership(user_id=user_id, role=role, region_id=district.region_id, party_id=party_id)
        users.append((str(role), user_id))
    return Place(
        district.key,
        district.region_id,
        district.party_id,
        district.plan_id,
        district.book,
        district.used_id,
        district.figure.rpartition("figures/")[2],
        tuple(users),
    )


def _agent(district: object) -> int:
    agent = save_party(
        key=f"{district.key}-agent",
        name=Text("代办公司", "Agency"),
        kind="enterprise",
        region_id=district.region_id,
        synthetic=True,
    )
    with session(Scope.operator()):
        grant_mandate(
            Scope.operator(),
            owner_id=district.party_id,
            agent_id=agent,
            from_on=today_on(),
            last_on=today_on() + timedelta(days=30),
            at=now(),
        )
    return agent


@pytest.fixture(scope="module")
def world(database: str, django_db_blocker: object, tmp_path_factory: object) -> Iterator[World]:
    """Two districts that know nothing of each other, with everybody in both, and all records sealed."""
    makers = _load(CONFTEST)
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("WUFEI_NOW", (makers.NOW + timedelta(days=1)).isoformat())
        own, foreign = (_place(makers.make_district(published=True)) for _ in range(2))
        until = time.monotonic() + 60
        while sealing_lag(Scope.operator()).transfers:
            seal(ensure_key(tmp_path_factory.mktemp("keys")), now=now())
            assert time.monotonic() < until
        for place in (own, foreign):
            for maker in EXAMPLES.values():
                # What a maker keeps is made while everything is sealed.
                maker(place, Role.OFFICE), maker(place, Role.PRODUCER)
        yield World(own, foreign)


def may(route: Route, who: str, *, foreign: bool) -> bool:
    """What the matrix and the reach say."""
    if route.access == "open":
        return True
    if route.access == "signed-in":
        return who != VISITOR
    if route.access.endswith(REGIONAL) and who in PARTY_ROLES:
        return False
    actions = (
        set(route.access.removesuffix(REGIONAL).split("|"))
        & MATRIX[Role.PUBLIC if who == VISITOR else Role(who)]
    )
    return bool(actions & PUBLISHED if foreign else actions)


def ask(client: Client, route: Route, example: dict[str, object]) -> object:
    """Make the request that an example describes."""
    kwargs, query = example.get("kwargs", {}), example.get("query", {})
    if route.path:
        address = route.path.format(**kwargs)
        if route.method != "get":
            body = json.dumps(example.get("body", {}))
            return client.generic(route.method.upper(), address, body, content_type="application/json")
        return client.get(address, query)
    address = reverse(route.name, kwargs=kwargs)
    if example.get("method") == "post":
        return client.post(address, example.get("body", {}))
    return client.get(address, query)


def refused(answer: object, *, foreign: bool) -> bool:
    """Whether an answer tells somebody that this is not for them; a foreign thing may also be unknown."""
    if answer.status_code in {401, 403} or (foreign and answer.status_code == 404):
        return True
    return answer.status_code == 302 and answer["Location"].startswith("/sign-in?next=")


def wrong(answer: object, allowed: bool, *, foreign: bool) -> bool:
    if answer.status_code >= 500 or answer.status_code == 405:
        return True
    found = refused(answer, foreign=foreign)
    return found == allowed or (allowed and not foreign and answer.status_code == 404)


def client_of(place: Place, who: str) -> Client:
    client = Client(raise_request_exception=False)
    if who != VISITOR:
        client.force_login(User.objects.get(id=dict(place.user_ids)[who]))
    return client


@pytest.mark.parametrize("who", WHO)
def test_a_role_comes_exactly_where_the_matrix_and_its_reach_say(db: None, world: World, who: str) -> None:
    client, mistakes = client_of(world.own, who), []
    role = Role.PUBLIC if who == VISITOR else Role(who)
    for route in ROUTES:
        maker = EXAMPLES.get(route.name, lambda place, role: {})
        for foreign in (False, True):
            example = maker(world.foreign if foreign else world.own, role)
            placed = foreign and bool(example.get("kwargs") or example.get("query") or example.get("body"))
            allowed = may(route, who, foreign=placed)
            answer = ask(client, route, example)
            if example.get("ends_session"):
                client = client_of(world.own, who)
            empty = example.get("foreign_is_empty")
            if placed and empty and allowed is False and answer.status_code == 200:
                if answer.json()[empty]:
                    mistakes.append(f"{route.name}: lists rows of {world.foreign.key}")
            elif wrong(answer, allowed, foreign=placed):
                thing = "foreign" if placed else "own"
                mistakes.append(
                    f"{route.name} ({route.access}), {thing}: may {allowed}, got {answer.status_code}"
                )
            content = b"" if answer.streaming else answer.content
            if (
                not may(route, who, foreign=True)
                and route.access != "open"
                and not placed
                and route.name not in NAME_WHAT_WAS_ASKED
                and world.foreign.key.encode() in content
            ):
                mistakes.append(f"{route.name}: names {world.foreign.key} of another region")
    assert not mistakes, "\n".join(mistakes)
