"""Every role at every page, download and operation of the site, with its own object and with another's.

The routes, what they state and their parameters come from the site itself. A new route joins by stating who
may come (``ACCESS`` or ``x-access``); a new kind of object needs one line in `objects_of`, a new write one in
`BODIES`.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from django.conf import settings
from django.test import Client

from wufei.kernel.ids import new_id
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.ledger import queries as ledger
from wufei.records.ledger.core.sheet.files import Upload
from wufei.records.ledger.services import close_period, load_file
from wufei.runtime import clock
from wufei.runtime.access import middleware as access_middleware
from wufei.runtime.access import services as access_services
from wufei.runtime.access.core import ACTIONS, MATRIX, PUBLISHED, Role, Scope
from wufei.runtime.access.routes import OPEN, SIGNED_IN, routes
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.identity.core.kinds import GRANTED_ROLES, PARTY_ROLES
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user, save_party
from wufei.web.urls import api

RATE = "general-industrial-waste-utilisation-rate"
HEAD = "日期,环节,废物类别,数量（吨）,单位名称,账簿\n"
VIEWERS = tuple(role for role in GRANTED_ROLES if role is not Role.PUBLIC)
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\{(\w+)\}")

# What an operation that writes is sent; the object it writes about is that of `objects_of`.
BODIES = {
    "create_posting": lambda objects, _: objects["posting_body"],
    "reverse_transfer": lambda *_: {"reason": "typed-wrong"},
    # An office closes for its region, a firm for itself.
    "create_closing": lambda objects, role: objects[
        "closing_of_party" if role in PARTY_ROLES else "closing_of_region"
    ],
}
# What operations without a parameter in the address ask for in the query.
QUERIES = {
    "list_accounts": lambda objects: {"book": objects["book"], "region": objects["region"]},
    "list_figures": lambda objects: {"region": objects["region"], "period": "2025", "book": objects["book"]},
    "get_figure": lambda objects: {"id": objects["figure_id"]},
    "get_trace": lambda objects: {"id": objects["figure_id"]},
}

WITHOUT_ROW_LOCK = {
    "switch-membership": "changes what oneself is",
    "ledger:closing": "which period is closed for whom is read by all: every writer has to know it",
    "ledger:closings": "as above",
    "get_closing": "as above",
    "list_closings": "as above",
}


@dataclass(frozen=True)
class Asked:
    """One address as it is asked for: how, where, and what it states."""

    name: str
    method: str
    address: str
    access: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """Objects of a firm, of its neighbour in the same region, and of another region; people of every role."""

    own: dict
    neighbour: dict
    foreign: dict
    people: dict


@pytest.fixture(scope="module")
def made() -> dict[str, World]:
    """Keep the world of this module: its rows stay in the worker's database."""
    return {}


@pytest.fixture
def world(made, district_factory, seal_all) -> World:
    """Make the world once."""
    if not made:
        made["world"] = make_world(*(district_factory(days=0, published=True) for _ in range(2)), seal_all)
    return made["world"]


def make_world(here, there, seal_all) -> World:
    tag = uuid.uuid4().hex[:8]
    firms = {
        name: save_party(
            key=f"{name}-{tag}",
            name=Text(f"{name}-{tag}", f"{name}-{tag}"),
            kind="enterprise",
            region_id=place.region_id,
            synthetic=True,
        )
        for name, place in (("own", here), ("neighbour", here), ("foreign", there))
    }
    people = make_people(here.region_id, firms["own"], tag)
    loads = {}
    for name, place in (("own", here), ("neighbour", here), ("foreign", there)):
        scope = _producer(name, tag, place.region_id, firms[name])
        rows = [f"2026-{month}-05,产生,SW03,5,{name}-{tag},{place.book}" for month in ("01", "02")]
        content = (HEAD + "\n".join(rows)).encode("gbk")
        with session(scope):
            report = load_file(
                scope, Upload(content, f"{name}-{tag}.csv", ""), keep_good=False, now=clock.now()
            )
            loads[name] = report.load_id
    seal_all()
    objects = {
        name: objects_of(place, firms[name], loads[name], f"{name}-{tag}")
        for name, place in (("own", here), ("neighbour", here), ("foreign", there))
    }
    return World(**objects, people=people)


def make_people(region_id: int, party_id: int, tag: str) -> dict[Role, User]:
    """One person of every role, of the region or of the firm."""
    people = {}
    for role in VIEWERS:
        user_id = create_user(username=f"{role}-{tag}", password=tag)
        add_membership(
            user_id=user_id,
            role=role,
            region_id=region_id,
            party_id=party_id if role in PARTY_ROLES else None,
        )
        people[role] = User.objects.get(id=user_id)
    return people


def _producer(name: str, tag: str, region_id: int, party_id: int) -> Scope:
    user_id = create_user(username=f"loader-{name}-{tag}", password=tag)
    add_membership(user_id=user_id, role=Role.PRODUCER, region_id=region_id, party_id=party_id)
    return scope_of(memberships_of(user_id, on=clock.today_on())[0], language="zh-hans")


def objects_of(place, party_id: int, load_id: uuid.UUID, marker: str) -> dict:
    """Give an object of a firm for each parameter that an address of the site has."""
    operator = Scope.operator()
    with session(operator):
        account = ledger.accounts(
            operator, book=place.book, region_id=place.region_id, holder_id=party_id, limit=1
        ).rows[0]
        transfer = ledger.account_transfers(operator, account.id, limit=1).rows[0]
        closing = close_period(
            operator, book=place.book, period=Period.parse("2026-01"), party_id=party_id, now=clock.now()
        )
    return {
        "account_id": account.id,
        "transfer_id": transfer.id,
        "posting_id": transfer.posting_id,
        "closing_id": closing.id,
        "load_id": load_id,
        "plan_id": place.plan_id,
        "figure_id": f"{RATE}@{place.key}/2025/{place.book}",
        "code": "900-041-49",
        "book": place.book,
        "region": place.key,
        "marker": marker,
        "posting_body": _posting(place, party_id),
        "closing_of_party": {"book": place.book, "period": "2025-12", "party_id": party_id},
        "closing_of_region": {"book": place.book, "period": "2025-12", "region_id": place.region_id},
    }


def _posting(place, party_id: int) -> dict:
    number = str(new_id(clock.now()))
    origin = {"book": place.book, "kind": "origin", "region_id": place.region_id, "stream": "SW03"}
    origin |= {"origin_region_id": place.region_id, "origin_sector": "industry"}
    transfer = {
        "id": number,
        "source": origin,
        "target": origin | {"kind": "stock", "holder_id": party_id},
        "grams": 1_500_000,
        "step": "generate",
        "occurred_at": "2026-02-10T12:00:00+08:00",
        "precision": "day",
        "quantity": "1.5",
        "unit": "t",
        "evidence": "weighbridge",
        "document": "WB-1",
    }
    return {"id": number, "transfers": [transfer]}


def addresses() -> Iterator[Asked]:
    """Give every page and download, asked for and sent to, and every operation of the interface."""
    for route in routes():
        yield Asked(route.name, "get", f"/{route.pattern}", route.access)
        yield Asked(route.name, "post", f"/{route.pattern}", route.sending)
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            stated = operation.get("x-access", ())
            name = operation["operationId"].rpartition("_api_")[2].removeprefix("router_")
            access = (stated,) if isinstance(stated, str) else tuple(stated)
            yield Asked(name, method, path, access)


def ask(client: Client, asked: Asked, objects: dict, role: Role = Role.PUBLIC):
    """Ask for an address with the objects of a firm in it."""
    missing = [
        name for pair in _PARAMETER.findall(asked.address) for name in pair if name and name not in objects
    ]
    assert not missing, f"{asked.name}: give objects_of an object for {missing}"
    address = _PARAMETER.sub(lambda found: str(objects[found[1] or found[2]]), asked.address)
    if asked.address.startswith("/api/") and asked.method != "get":
        assert asked.name in BODIES, f"{asked.name}: give BODIES what it is sent"
        body = json.dumps(BODIES[asked.name](objects, role))
        return client.generic(asked.method.upper(), address, body, content_type="application/json")
    query = QUERIES[asked.name](objects) if asked.name in QUERIES else {"region": objects["region"]}
    return getattr(client, asked.method)(address, query)


def may(role: Role, access: tuple[str, ...]) -> bool:
    return OPEN in access or SIGNED_IN in access or any(action in MATRIX[role] for action in access)


def signed_in(world: World, role: Role) -> Client:
    client = Client()
    client.force_login(world.people[role])
    return client


def test_every_address_states_who_may_come():
    unstated = [asked.name for asked in addresses() if not asked.access]
    assert unstated == [], "state them in ACCESS beside urlpatterns, or as x-access of the operation"
    known = ACTIONS | {OPEN, SIGNED_IN}
    assert [asked for asked in addresses() if not set(asked.access) <= known] == []


@pytest.mark.parametrize("role", VIEWERS)
def test_a_role_comes_exactly_where_the_matrix_lets_it(world, role):
    client, wrong = signed_in(world, role), []
    for asked in addresses():
        if OPEN in asked.access and asked.method == "post":
            continue
        answer = ask(client, asked, world.own, role)
        refused = answer.status_code == 403
        if refused == may(role, asked.access) or answer.status_code >= 500 or answer.status_code == 404:
            wrong.append((asked.method, asked.name, asked.access, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", VIEWERS)
def test_nobody_reaches_an_object_of_others(world, role):
    client, wrong = signed_in(world, role), []
    others = [world.foreign, *([world.neighbour] if role in PARTY_ROLES else [])]
    for asked in addresses():
        about_an_object = _PARAMETER.search(asked.address) or asked.name in BODIES
        if not about_an_object or PUBLISHED & set(asked.access) or OPEN in asked.access:
            continue
        for objects in others:
            answer = ask(client, asked, objects, role)
            if answer.status_code not in {403, 404, 405}:
                wrong.append((asked.method, asked.name, objects["marker"], answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", VIEWERS)
def test_no_list_shows_a_row_of_others(world, role):
    client, wrong = signed_in(world, role), []
    others = [world.foreign, *([world.neighbour] if role in PARTY_ROLES else [])]
    for asked in addresses():
        if _PARAMETER.search(asked.address) or asked.method != "get":
            continue
        for objects in others:
            answer = ask(client, asked, objects)
            if answer.status_code == 200 and objects["marker"].encode() in answer.content:
                wrong.append((asked.name, objects["marker"]))
    assert wrong == []


def test_a_visitor_is_asked_to_sign_in_where_more_than_the_published_is_needed(world):
    client, wrong = Client(), []
    for asked in addresses():
        if asked.method == "post" and OPEN in asked.access:
            continue
        answer = ask(client, asked, world.own)
        sign_in = answer.status_code == 302 and answer.url.startswith(settings.LOGIN_URL)
        let_in = OPEN in asked.access or bool(PUBLISHED & set(asked.access))
        if let_in == ((sign_in and asked.name != "home") or answer.status_code == 403):
            wrong.append((asked.method, asked.name, answer.status_code))
    assert wrong == []


@pytest.fixture
def without_scope_code(monkeypatch):
    """Take the first lock away: whoever asks is the operator to the code; the database knows better."""

    def blind(real: Scope) -> None:
        settings_of_the_real_one = access_services._settings(real)
        monkeypatch.setattr(access_services, "_settings", lambda _: settings_of_the_real_one)
        # With the person's own places, so that pages are not remembered from somebody else.
        operator = replace(real, role=Role.OPERATOR, everything=True)
        monkeypatch.setattr(access_middleware, "scope_of", lambda *_, **__: operator)

    return blind


@pytest.mark.parametrize("role", [Role.OFFICE, Role.CLERK, Role.PRODUCER, Role.CARRIER])
def test_row_level_security_alone_refuses_every_foreign_row(world, role, without_scope_code):
    person = world.people[role]
    real = scope_of(memberships_of(person.id, on=clock.today_on())[0], language="zh-hans")
    without_scope_code(real)
    client, seen, own_seen = signed_in(world, role), [], 0
    # A write that only the database refuses is an error of ours, answered with 500: here, the second lock.
    client.raise_request_exception = False
    for asked in addresses():
        # What is published is nobody's secret, and needs no lock.
        if PUBLISHED & set(asked.access) or OPEN in asked.access or asked.name in WITHOUT_ROW_LOCK:
            continue
        others = [world.foreign, *([world.neighbour] if role in PARTY_ROLES else [])]
        for objects in others:
            answer = ask(client, asked, objects, role)
            about_an_object = _PARAMETER.search(asked.address) or asked.name in BODIES
            if (about_an_object and answer.status_code < 400) or objects["marker"].encode() in answer.content:
                seen.append((asked.method, asked.name, objects["marker"], answer.status_code))
        own_seen += ask(client, asked, world.own, role).status_code == 200
    assert seen == []
    assert own_seen > 5, "with no row in sight this would prove nothing"
