"""A form over HTTP: its schema, a check, one entry however often it is sent, and others refused."""

import json
import uuid
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from wufei.kernel.ids import new_id
from wufei.runtime.forms import api
from wufei.runtime.forms.core.entries import Form
from wufei.runtime.identity.queries import regions_by_id
from wufei.runtime.identity.services import add_membership, create_user

GOOD = {"reader": "王", "loans": [{"book": "甲", "pages": "10"}]}


@pytest.fixture
def desk(region_factory, lending, monkeypatch):
    """A clerk at the library's desk."""
    monkeypatch.setattr(api, "form_named", {"lending": Form(lending)}.__getitem__)
    region, name = region_factory(), f"u-{uuid.uuid4().hex[:10]}"
    user = create_user(username=name, password="correct horse battery", display_name="试")
    add_membership(user_id=user, role="clerk", region_id=region)
    client = Client()
    client.post("/sign-in", {"username": name, "password": "correct horse battery"})
    return SimpleNamespace(client=client, region=regions_by_id([region])[region].key)


def send(desk, path, **body):
    return desk.client.post(f"/api/forms/lending/{path}", json.dumps(body), content_type="application/json")


def test_a_form_is_read_checked_and_entered_once(desk):
    assert desk.client.get("/api/forms/lending").json()["required"] == ["reader"]
    assert send(desk, "check", values={}).json()["findings"][0]["where"] == "/reader"
    entry_id = str(new_id(datetime(2026, 3, 2, tzinfo=UTC)))
    sent = {"id": entry_id, "region": desk.region, "values": GOOD, "device_at": "2026-03-02T12:00:00+08:00"}
    answers = [send(desk, "entries", **sent).json()["outcome"] for _ in range(2)]
    assert answers == ["entered", "repeated"]
    assert send(desk, "entries", **sent | {"values": GOOD | {"reader": "李"}}).status_code == 409
    assert desk.client.get(f"/api/entries/{entry_id}").json()["values"]["pages_total"] == "10"
    assert Client().get(f"/api/entries/{entry_id}").status_code == 403


def test_a_refused_form_is_a_problem_with_its_findings(desk):
    said = send(desk, "entries", id=str(uuid.uuid4()), region=desk.region, values={"members": "x"})
    assert said.status_code == 422
    assert {one["where"] for one in said.json()["findings"]} == {"/members", "/reader"}
