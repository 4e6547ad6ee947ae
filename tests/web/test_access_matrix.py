"""Every role at every page, download and operation of the site, with its own object and with another's.

The routes, what they state and their parameters come from the site itself. A new route joins by stating who
may come (``ACCESS`` or ``x-access``); a new kind of object needs one line in `world.objects_of`, a new write
one in `BODIES`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from django.conf import settings
from django.test import Client

from tests.web.world import (
    SHEETS,
    VIEWERS,
    VISIT,
    World,
    locked,
    make_world,
    picture,
)
from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime import clock
from wufei.runtime.access import middleware as access_middleware
from wufei.runtime.access import services as access_services
from wufei.runtime.access.core import ACTIONS, MATRIX, PUBLISHED, Role, Scope
from wufei.runtime.access.routes import OPEN, SIGNED_IN, routes
from wufei.runtime.access.services import scope_of
from wufei.runtime.forms import exports
from wufei.runtime.forms.core.entries import Form, Lookup
from wufei.runtime.forms.core.loading import load_definition
from wufei.runtime.identity.core.kinds import PARTY_ROLES
from wufei.runtime.identity.queries import (
    memberships_of,
)
from wufei.runtime.review.core.procedure import TWO_STEPS
from wufei.runtime.review.core.subject import SubjectKind
from wufei.runtime.review.queries import subjects
from wufei.web.urls import api

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\{(\w+)\}")
NOBODYS = {"key", "form_key", "name"}
"""Parameters that name nothing of anybody: the form that is filled in, and its lists to choose from."""


# What an operation that writes is sent; the object it writes about is that of `objects_of`.
BODIES = {
    "create_posting": lambda objects, _: objects["posting_body"],
    "reverse_transfer": lambda *_: {"reason": "typed-wrong"},
    # An office closes for its region, a firm for itself.
    "create_closing": lambda objects, role: objects[
        "closing_of_party" if role in PARTY_ROLES else "closing_of_region"
    ],
    "keep_file": lambda objects, _: {"file": picture(objects["marker"]), **objects["place"]},
    "check_answers": lambda *_: {"values": {"who": "visitors"}},
    "create_entry": lambda objects, _: {
        "id": str(new_id(clock.now())),
        "region": objects["region"],
        "party_id": objects["place"]["party_id"],
        "values": {"who": objects["marker"]},
    },
}


AT_THE_DOOR = {"home", "sign-in-code"}
"""Open to all, and lead who has not signed in, or not begun to, to the sign-in page."""


WRITES_NOTHING = {"check_answers"}
"""Operations whose answer is about what was sent, not about anything kept."""


# What a page is sent to do something about an object of `objects_of`.
FORMS = {"account-key-revoke": lambda objects: {"key": objects["api_key_id"]}}


NOTHING_THERE = {
    **dict.fromkeys(("to-provider", "account-provider"), "no provider of identities is configured: 404"),
    "from-provider": "nobody is under way from a provider: the sign-in page says so with 403",
}
"""Addresses that refuse everybody here, whoever asks; what they do otherwise: tests/runtime/identity."""


# What operations without a parameter in the address ask for in the query.
QUERIES = {
    "list_accounts": lambda objects: {"book": objects["book"], "region": objects["region"]},
    "list_figures": lambda objects: {"region": objects["region"], "period": "2025", "book": objects["book"]},
    "get_figure": lambda objects: {"id": objects["figure_id"]},
    "get_trace": lambda objects: {"id": objects["figure_id"]},
}


_MEMBERSHIPS = "identity_membership is read before a scope exists; the code alone narrows it"


_NAMES = "identity_party and registry_partyprofile are named wherever a record may be read; papers are locked"


WITHOUT_ROW_LOCK = {
    **dict.fromkeys(("enterprise", "registry:parties", "registry:review"), _NAMES),
    **dict.fromkeys(("people", "person", "person-end", "person-reset", "person-unlock"), _MEMBERSHIPS),
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


@pytest.fixture(scope="module")
def made() -> dict[str, World]:
    """Keep the world of this module: its rows stay in the worker's database."""
    return {}


@pytest.fixture(autouse=True)
def invented_kinds(monkeypatch, test_data_dir):
    """A form to fill in and a kind of thing to review; files lie with the test's database."""
    definition, findings = load_definition(VISIT, "visit.yaml")
    assert findings == ()
    kind = SubjectKind("visit", Text("参观", "Visit"), TWO_STEPS, lambda _, key: SHEETS[key], _stays, _stays)
    who = Lookup(lambda *_: [("visitors", Text("参观者", "Visitors"))], lambda _, keys: keys)
    form = Form(definition, lookups={"who": who})
    real_forms, real_kinds = exports.exported, subjects.exported
    monkeypatch.setattr(exports, "exported", lambda *each, **by: iter((*real_forms(*each, **by), form)))
    monkeypatch.setattr(subjects, "exported", lambda *each, **by: iter((*real_kinds(*each, **by), kind)))
    monkeypatch.setenv("WUFEI_DATA_DIR", str(test_data_dir))


def _stays(*_):
    """A visit is a visit."""


@pytest.fixture
def world(made, invented_kinds, district_factory, seal_all) -> World:
    """Make the world once."""
    if not made:
        made["world"] = make_world(*(district_factory(days=0, published=True) for _ in range(2)), seal_all)
    return made["world"]


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
    """Ask for an address with the objects of a firm in it, and those of the person of a role."""
    objects = objects | objects["of_role"].get(role, {})
    missing = [
        name for pair in _PARAMETER.findall(asked.address) for name in pair if name and name not in objects
    ]
    assert not missing, f"{asked.name}: give objects_of an object for {missing}"
    address = _PARAMETER.sub(lambda found: str(objects[found[1] or found[2]]), asked.address)
    if asked.address.startswith("/api/") and asked.method != "get":
        assert asked.name in BODIES, f"{asked.name}: give BODIES what it is sent"
        sent = BODIES[asked.name](objects, role)
        if "file" in sent:
            return closed(client.post(address, sent))
        body = json.dumps(sent)
        return closed(client.generic(asked.method.upper(), address, body, content_type="application/json"))
    query = QUERIES[asked.name](objects) if asked.name in QUERIES else {"region": objects["region"]}
    if asked.method == "post" and asked.name in FORMS:
        query |= FORMS[asked.name](objects)
    return closed(getattr(client, asked.method)(address, query))


def closed(answer):
    """Give an answer whose file, if it hands one out, is closed."""
    if answer.streaming:
        answer.content_as_sent = b"".join(answer)
        answer.close()
    return answer


def shows(answer, objects: dict) -> bool:
    """Say whether an answer names the firm of some objects."""
    return objects["marker"].encode() in content_of(answer)


def content_of(answer) -> bytes:
    """Give what was sent."""
    return answer.content_as_sent if answer.streaming else answer.content


def about_an_object(asked: Asked) -> bool:
    """Say whether an address names something of somebody, or writes about it."""
    named = {name for pair in _PARAMETER.findall(asked.address) for name in pair if name}
    return bool(named - NOBODYS) or asked.name in (BODIES.keys() | FORMS.keys()) - WRITES_NOTHING


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
        if (OPEN in asked.access and asked.method == "post") or asked.name in NOTHING_THERE:
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
        if not about_an_object(asked) or PUBLISHED & set(asked.access) or OPEN in asked.access:
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
            if answer.status_code == 200 and shows(answer, objects):
                wrong.append((asked.name, objects["marker"]))
    assert wrong == []


def test_a_visitor_is_asked_to_sign_in_where_more_than_the_published_is_needed(world):
    client, wrong = Client(), []
    for asked in addresses():
        if (asked.method == "post" and OPEN in asked.access) or asked.name in NOTHING_THERE:
            continue
        answer = ask(client, asked, world.own)
        sign_in = answer.status_code == 302 and answer.url.startswith(settings.LOGIN_URL)
        let_in = OPEN in asked.access or bool(PUBLISHED & set(asked.access))
        if let_in == ((sign_in and asked.name not in AT_THE_DOOR) or answer.status_code == 403):
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
        if PUBLISHED & set(asked.access) or OPEN in asked.access:
            continue
        others = [world.foreign, *([world.neighbour] if role in PARTY_ROLES else [])]
        for objects in others:
            answer = ask(client, asked, objects, role)
            if locked(objects["marker"]).encode() in content_of(answer):
                seen.append((asked.method, asked.name, locked(objects["marker"]), answer.status_code))
            if asked.name in WITHOUT_ROW_LOCK:
                continue
            if (about_an_object(asked) and answer.status_code < 400) or shows(answer, objects):
                seen.append((asked.method, asked.name, objects["marker"], answer.status_code))
        own_seen += ask(client, asked, world.own, role).status_code == 200
    assert seen == []
    assert own_seen > 5, "with no row in sight this would prove nothing"
