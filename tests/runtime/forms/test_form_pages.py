"""The pages of a form without any script: filled in, sent back with what is wrong, entered, reviewed."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

import pytest
from django.test import Client

from wufei.kernel.ids import new_id
from wufei.kernel.text import Text
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms import exports, queries
from wufei.runtime.forms.core.entries import Form, Lookup
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user
from wufei.runtime.jobs.exports import exported as really_exported
from wufei.runtime.review import queries as review


@pytest.fixture
def written():
    """What the room was given when values became final."""
    return []


@pytest.fixture
def library(db, lending, monkeypatch, written):
    """Let the house know the form of the library, at once and with a review."""

    def readers(scope, typed):
        return [(key, Text(name)) for key, name in (("r1", "王芳"), ("r2", "李明")) if typed in name]

    at_once = Form(
        lending,
        lookups={"readers": Lookup(readers, readers)},
        entered=lambda _, entry: written.append(entry.id),
    )
    reviewed = replace(at_once, definition=replace(lending, key="lending-reviewed"), reviewed="two-steps")

    def exported(name, *, by="jobs"):
        return iter((at_once, reviewed)) if name == "FORMS" else really_exported(name, by=by)

    monkeypatch.setattr(exports, "exported", exported)
    return at_once


@pytest.fixture
def person(region_factory, party_factory):
    region_id = region_factory()
    party_id = party_factory(region_id=region_id)

    def make(role):
        user_id = create_user(username=f"{role}-{uuid.uuid4().hex[:8]}", password="x")
        whose = {"party_id": party_id} if role == "producer" else {}
        add_membership(user_id=user_id, role=role, region_id=region_id, **whose)
        client = Client()
        client.force_login(User.objects.get(id=user_id))
        return client, scope_of(memberships_of(user_id, on=today_on())[0], language="zh-hans")

    return make


def sent(**fields):
    return {"entry_id": str(new_id(now())), "do": "enter"} | fields


GOOD = {
    "/reader": "王芳",
    "/kind": "adult",
    "/lent_on": "2026-01-05",
    "/weight/value": "1.5",
    "/weight/unit": "kg",
    "/topics": ["art", "law"],
    "/loans/0/book": "红楼梦",
    "/loans/0/pages": "1200",
}


def test_a_form_is_entered_and_read(library, person, written):
    client, scope = person("producer")
    assert "借阅登记" in client.get("/forms").content.decode()
    page = client.get("/forms/lending").content.decode()
    for label in ("读者", "重量", "书目", "加一行"):
        assert label in page
    answer = client.post("/forms/lending", sent(**GOOD))
    assert answer.status_code == 302
    entry = client.get(answer.url).content.decode()
    assert "红楼梦" in entry
    assert "艺术、法律" in entry
    with session(scope):
        (row,) = queries.entries(scope, "lending")
    assert row.values["weight"] == {"value": "1.5", "unit": "kg"}
    assert row.party_id == next(iter(scope.party_ids))
    assert written == [row.id]


def test_the_same_sending_twice_is_one_entry(library, person):
    client, scope = person("clerk")
    fields = sent(**GOOD)
    first, second = client.post("/forms/lending", fields), client.post("/forms/lending", fields)
    assert first.url.split("?")[0] == second.url.split("?")[0]
    with session(scope):
        assert len(queries.entries(scope, "lending")) == 1


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(library, person):
    client, scope = person("clerk")
    wrong = GOOD | {"/reader": "", "/members": "200", "/card": "?"}
    answer = client.post("/forms/lending", sent(**wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#f-members"' in page
    assert 'value="200"' in page
    assert 'value="红楼梦"' in page
    assert re.search(r'id="f-card"[^>]*aria-invalid="true"', page)
    with session(scope):
        assert queries.entries(scope, "lending") == []


def test_a_soft_bound_asks_once_and_takes_the_answer(library, person):
    client, _ = person("clerk")
    fields = sent(**GOOD, **{"/members": "50"})
    asked = client.post("/forms/lending", fields)
    assert asked.status_code == 422
    assert "我已核对，确认无误" in asked.content.decode()
    assert client.post("/forms/lending", fields | {"confirmed": "yes"}).status_code == 302


def test_rows_are_added_and_removed_without_a_script(library, person):
    client, _ = person("clerk")
    page = client.post("/forms/lending", sent(**GOOD) | {"do": "add:loans"}).content.decode()
    assert 'name="/loans/1/book"' in page
    assert 'value="红楼梦"' in page
    page = client.post("/forms/lending", sent(**GOOD) | {"do": "remove:loans/0"}).content.decode()
    assert 'value="红楼梦"' not in page


def test_a_draft_is_kept_and_gone_on_with_by_its_author_alone(library, person):
    client, _ = person("clerk")
    fields = sent(**{"/reader": "半途"})
    kept = client.post("/forms/lending/draft", fields)
    assert kept.json()["id"] == fields["entry_id"]
    assert 'value="半途"' in client.get(f"/forms/lending?draft={fields['entry_id']}").content.decode()
    assert "草稿" in client.get("/forms").content.decode()
    other, _ = person("clerk")
    assert other.get(f"/forms/lending?draft={fields['entry_id']}").status_code == 404
    answer = client.post("/forms/lending", fields | GOOD)
    assert answer.status_code == 302


def test_the_page_is_told_what_is_asked_and_what_is_worked_out(library, person):
    client, _ = person("clerk")
    said = client.post("/forms/lending/state", sent(**GOOD)).json()
    assert said["hidden"] == ["/guardian"]
    assert said["computed"]["/pages_total"] == "1200"
    found = client.get("/forms/lending/lookups/readers?q=王").json()
    assert found == {"found": [{"key": "r1", "label": "王芳"}]}
    assert client.get("/forms/lending/lookups/nothing?q=x").status_code == 404


def test_what_waited_on_a_device_is_answered_for_a_program(library, person):
    client, _ = person("clerk")
    headers = {"X-Wufei-Queue": "1"}
    good, bad = sent(**GOOD), sent(**GOOD | {"/reader": ""})
    assert client.post("/forms/lending", good, headers=headers).json()["outcome"] == "entered"
    assert client.post("/forms/lending", good, headers=headers).json()["outcome"] == "repeated"
    refused = client.post("/forms/lending", bad, headers=headers)
    assert refused.status_code == 422
    assert refused.json()["findings"][0]["where"] == "/reader"


def test_who_may_not_fill_in_is_refused(library, person):
    client, _ = person("auditor")
    assert client.get("/forms/lending").status_code == 403
    assert client.post("/forms/lending", sent(**GOOD)).status_code == 403
    assert client.post("/forms/lending/draft", sent(**GOOD)).status_code == 403


def test_a_reviewed_entry_takes_effect_when_it_is_passed_and_not_before(library, person, written):
    client, _ = person("producer")
    reviewer_client, reviewer = person("reviewer")
    answer = client.post("/forms/lending-reviewed", sent(**GOOD))
    assert answer.status_code == 302
    assert written == []
    with session(reviewer):
        (case,) = review.waiting_for(reviewer, review.Filter())
    page = reviewer_client.get(f"/review/{case.id}").content.decode()
    assert "红楼梦" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    passed = reviewer_client.post(
        f"/review/{case.id}", {"version": case.version, "seen": seen, "act": "pass"}
    )
    assert passed.status_code in {302, 303}
    assert written == [case.subject_id]
