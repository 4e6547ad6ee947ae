"""A reference names what its list knows for this person; anything else is refused at its field."""

from __future__ import annotations

import io
import json
import uuid

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wufei.kernel.ids import new_id
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms import exports, queries, services
from wufei.runtime.forms.core.entries import Answered, Form, Lookup
from wufei.runtime.forms.core.loading import load_definition
from wufei.runtime.forms.core.sheets import template_of
from wufei.runtime.forms.services import Place
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import memberships_of, parties_by_id, parties_in, parties_named
from wufei.runtime.identity.services import add_membership, create_user
from wufei.runtime.jobs.exports import exported as really_exported

RETURNING = """
key: returning
version: 1
title: {zh: 还书, en: Returning}
fields:
  - {key: house, kind: reference, lookup: houses, title: {zh: 分馆, en: House}, required: true}
  - key: books
    kind: repeat
    title: {zh: 书目, en: Books}
    fields:
      - {key: title, kind: text, title: {zh: 书名, en: Book}}
      - {key: from, kind: reference, lookup: houses, title: {zh: 来自, en: From}}
"""


def houses(scope, typed):
    return [(party.key, party.name) for party in parties_in(scope.region_ids) if typed in party.key]


def known_houses(scope, keys):
    return {party.key for party in parties_named(keys) if party.region_id in scope.region_ids}


@pytest.fixture
def returning(monkeypatch):
    definition, findings = load_definition(RETURNING, "returning.yaml")
    assert findings == ()
    form = Form(definition, lookups={"houses": Lookup(houses, known_houses)})

    def exported(name, *, by="jobs"):
        return iter((form,)) if name == "FORMS" else really_exported(name, by=by)

    monkeypatch.setattr(exports, "exported", exported)
    return form


@pytest.fixture
def desk(region_factory, party_factory):
    """A clerk, two houses within reach and one of another region."""
    here, there = region_factory(), region_factory()
    own = [party_factory(region_id=here), party_factory(region_id=here)]
    parties = parties_by_id([*own, party_factory(region_id=there)])
    user_id = create_user(username=f"desk-{uuid.uuid4().hex[:8]}", password="x")
    add_membership(user_id=user_id, role="clerk", region_id=here)
    client = Client()
    client.force_login(User.objects.get(id=user_id))
    scope = scope_of(memberships_of(user_id, on=today_on())[0], language="zh-hans")
    keys = [parties[party_id].key for party_id in own]
    (foreign,) = {party.key for party in parties.values()} - set(keys)
    return client, scope, keys, foreign


def sent(**fields):
    return {"entry_id": str(new_id(now())), "do": "enter"} | fields


def test_a_known_key_is_taken_and_a_foreign_or_invented_one_refused_at_its_field_on_the_page(returning, desk):
    client, scope, (first, second), foreign = desk
    assert client.post("/forms/returning", sent(**{"/house": first})).status_code == 302
    for wrong in (foreign, "no-such-house"):
        answer = client.post("/forms/returning", sent(**{"/house": second, "/books/0/from": wrong}))
        assert answer.status_code == 422
        page = answer.content.decode()
        assert 'href="#f-books-0-from"' in page
        assert f"来自：没有“{wrong}”，或不在您的范围内" in page
        assert f'value="{second}"' in page
    with session(scope):
        assert len(queries.entries(scope, "returning")) == 1


def test_a_phone_that_sends_later_is_told_at_the_field(returning, desk):
    client, _, _, foreign = desk
    answer = client.post("/forms/returning", sent(**{"/house": foreign}), headers={"X-Wufei-Queue": "1"})
    assert answer.status_code == 422
    (said,) = answer.json()["findings"]
    assert (said["where"], said["code"], said["value"]) == ("/house", "forms.unknown", foreign)
    assert said["rule"]
    assert said["fix"]


def test_a_program_is_told_by_the_check_and_by_the_entry(returning, desk):
    client, scope, _, foreign = desk
    (region,) = scope.region_ids
    values = {"house": foreign}
    headers = {"content_type": "application/json"}
    checked = client.post("/api/forms/returning/check", json.dumps({"values": values}), **headers)
    assert [one["where"] for one in checked.json()["findings"]] == ["/house"]
    place = Place(region)
    done = services.enter(scope, returning, entry_id=new_id(now()), answers=values, place=place, now=now())
    assert (done.outcome, [one.where for one in done.findings]) == ("refused", ["/house"])


def test_an_amendment_cannot_bring_in_a_foreign_key(returning, desk):
    _, scope, (first, _), foreign = desk
    entry_id, (region,) = new_id(now()), scope.region_ids
    services.enter(
        scope, returning, entry_id=entry_id, answers={"house": first}, place=Place(region), now=now()
    )
    done = services.amend(
        scope, returning, entry_id=entry_id, answers={"house": foreign}, now=now(), confirmed=True
    )
    assert (done.outcome, done.findings[0].where) == ("refused", "/house")


def workbook(form, keys):
    book = openpyxl.load_workbook(io.BytesIO(template_of(form.definition, "zh-hans")))
    for number, key in enumerate(keys, 1):
        book["还书"].append([str(number), key])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_rows_of_a_workbook_with_foreign_keys_are_named_and_the_others_entered(returning, desk):
    _, scope, (first, second), foreign = desk
    place = Place(next(iter(scope.region_ids)))
    content = workbook(returning, [first, foreign, second])
    report = services.import_workbook(
        scope, returning, content=content, name="x.xlsx", place=place, now=now()
    )
    assert [row.outcome for row in report.rows] == ["entered", "refused", "entered"]
    (said,) = report.rows[1].findings
    assert (said.code, said.value, said.where.split("!")[-1][:1]) == ("forms.unknown", foreign, "B")


def test_the_list_is_asked_once_for_all_rows(returning, desk):
    _, scope, keys, foreign = desk
    counts = []
    for many in (3, 60):
        values = [
            {"house": keys[0], "books": [{"from": foreign}, {"from": f"no-{each}"}]} for each in range(many)
        ]
        with CaptureQueriesContext(connection) as captured:
            judged = services.judge(scope, returning, [Answered(each) for each in values])
        assert all([one.where for one in said] == ["/books/0/from", "/books/1/from"] for said in judged)
        counts.append(len(captured))
    assert counts[0] == counts[1]
