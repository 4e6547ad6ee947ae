"""An invented guild that has its lanterns reviewed: a kind of thing with a small table of its own."""

import json
import uuid
from dataclasses import dataclass, replace

import pytest
from django.db import connections
from django.test import Client

from tests.runtime.conftest import NOW, PASSWORD
from wufei.kernel.errors import InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.services import session
from wufei.runtime.identity.models import User
from wufei.runtime.review.core.procedure import THREE_STEPS, TWO_STEPS
from wufei.runtime.review.core.subject import Row, Sheet, SubjectKind
from wufei.runtime.review.queries import subjects
from wufei.runtime.signing.core.places import with_values

TABLE = """
CREATE TABLE IF NOT EXISTS test_lantern (
    id uuid PRIMARY KEY, region_id bigint NOT NULL, party_id bigint, title text NOT NULL,
    content jsonb NOT NULL, finished integer NOT NULL DEFAULT 0);
GRANT SELECT, INSERT, UPDATE ON test_lantern TO wufei_app;
"""
LABELS = {
    "/name": Text("灯笼名称", "Name of the lantern"),
    "/candles": Text("蜡烛数", "Candles"),
    "/weight": Text("重量（斤）", "Weight (jin)"),
    "/lit": Text("已点亮", "Lit"),
    "/ribbons/0/colour": Text("第一条飘带的颜色", "Colour of the first ribbon"),
}
VALUES = {"name": "红灯笼", "candles": 2, "weight": "1.50", "lit": True, "ribbons": [{"colour": "金"}]}


def read_lantern(scope, lantern_id):
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT region_id, party_id, title, content FROM test_lantern WHERE id = %s", [lantern_id]
        )
        found = cursor.fetchone()
    if found is None:
        raise NotFoundError("lantern", lantern_id)
    region_id, party_id, title, content = found
    values = json.loads(content) if isinstance(content, str) else content
    shown = {
        "/name": values["name"],
        "/candles": str(values["candles"]),
        "/weight": values["weight"],
        "/lit": "是" if values["lit"] else "否",
        "/ribbons/0/colour": values["ribbons"][0]["colour"],
    }
    rows = tuple(
        Row(pointer, label, Text(shown[pointer], shown[pointer])) for pointer, label in LABELS.items()
    )
    return Sheet(Text(title, title), region_id, party_id, values, rows, "/overview")


def write_lantern(scope, lantern_id, changes):
    if changes.get("/candles", 1) is None or changes.get("/candles", 1) < 1:
        raise InputError(
            "lantern.candles", "/candles", 0, Text("灯笼至少要有一支蜡烛。", "A lantern has a candle.")
        )
    values = with_values(read_lantern(scope, lantern_id).values, changes)
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE test_lantern SET content = %s WHERE id = %s", [json.dumps(values), lantern_id])


def finish_lantern(scope, lantern_id):
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE test_lantern SET finished = finished + 1 WHERE id = %s", [lantern_id])


LANTERN = SubjectKind(
    "lantern", Text("灯笼", "Lantern"), TWO_STEPS, read_lantern, write_lantern, finish_lantern
)
FEAST = replace(LANTERN, key="feast-lantern", title=Text("节日灯笼", "Feast lantern"), procedure=THREE_STEPS)


@pytest.fixture
def lanterns(db, monkeypatch):
    """Let the house know the invented kinds, and make their table."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLE)
    monkeypatch.setattr(subjects, "exported", lambda _, **__: iter((LANTERN, FEAST)))


@pytest.fixture
def make_lantern(lanterns):
    """Make a lantern and give its id."""

    def make(region_id, *, party_id=None, title="灯会一号灯", **values):
        lantern_id = uuid.uuid4()
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO test_lantern (id, region_id, party_id, title, content)"
                " VALUES (%s, %s, %s, %s, %s)",
                [lantern_id, region_id, party_id, title, json.dumps(VALUES | values)],
            )
        return lantern_id

    return make


@dataclass(frozen=True)
class Guild:
    """A region, a workshop in it, and its people."""

    region_id: int
    party_id: int
    maker: object
    reviewer: object
    second_reviewer: object
    office: object
    leader: object
    auditor: object


@pytest.fixture
def guild(person, region_factory, party_factory):
    """A guild that no other test knows."""
    region_id = region_factory()
    party_id = party_factory(region_id=region_id)
    roles = ("reviewer", "reviewer", "office", "leader", "auditor")
    return Guild(
        region_id,
        party_id,
        person("producer", region_id, party_id=party_id),
        *(person(role, region_id) for role in roles),
    )


@pytest.fixture
def do():
    """Do something as somebody, in a transaction of its own."""

    def doing(scope, service, **terms):
        with session(scope):
            return service(scope, **terms, now=NOW)

    return doing


@pytest.fixture
def enter():
    """Give a client that is signed in as somebody."""

    def signed_in(scope):
        client = Client()
        answer = client.post("/sign-in", {"username": username_of(scope), "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return signed_in


def username_of(scope):
    return User.objects.get(id=scope.user_id).username
