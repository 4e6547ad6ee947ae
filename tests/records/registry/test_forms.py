"""A firm reports a paper and a vehicle; they stand in the register once they are passed."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from wufei.kernel.ids import new_id
from wufei.records.registry.models import Paper, Vehicle
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.clock import now, today_on
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user
from wufei.runtime.review import queries as review

PAPER = {
    "/kind": "permit",
    "/number": "91110105MA000000XX001P",
    "/valid_from": "2026-01-01",
    "/valid_to": "2030-12-31",
}


@pytest.fixture
def people(region_factory, party_factory):
    """A firm, its region's clerk and reviewer: clients and scopes by role, with the firm's id."""
    region_id = region_factory()
    party_id = party_factory(region_id=region_id)
    made = {"party_id": party_id}
    for role in ("producer", "clerk", "reviewer"):
        user_id = create_user(username=f"{role}-{uuid.uuid4().hex[:8]}", password="x")
        whose = {"party_id": party_id} if role == "producer" else {}
        add_membership(user_id=user_id, role=role, region_id=region_id, **whose)
        client = Client()
        client.force_login(User.objects.get(id=user_id))
        made[role] = client, scope_of(memberships_of(user_id, on=today_on())[0], language="zh-hans")
    return made


def send(client, key, fields):
    return client.post(f"/forms/{key}", {"entry_id": str(new_id(now())), "do": "enter"} | fields)


def passed(people):
    """Let the reviewer pass what waits."""
    client, scope = people["reviewer"]
    with session(scope):
        (case,) = review.waiting_for(scope, review.Filter())
    seen = re.search(r'name="seen" value="(\w+)"', client.get(f"/review/{case.id}").content.decode())[1]
    return client.post(f"/review/{case.id}", {"version": case.version, "seen": seen, "act": "pass"})


def kept(model, party_id):
    with session(Scope.operator()):
        return list(model.objects.filter(party_id=party_id))


def test_a_paper_stands_in_the_register_when_it_is_passed_and_not_before(people):
    client, _ = people["producer"]
    assert "证照上报" in client.get("/forms").content.decode()
    assert send(client, "registry-paper", PAPER).status_code == 302
    assert kept(Paper, people["party_id"]) == []
    assert passed(people).status_code in {302, 303}
    (paper,) = kept(Paper, people["party_id"])
    assert (paper.kind, paper.number, str(paper.valid_to)) == ("permit", PAPER["/number"], "2030-12-31")


def test_an_office_names_the_firm_and_a_firm_that_is_none_keeps_the_entry_waiting(people):
    client, _ = people["clerk"]
    assert send(client, "registry-vehicle", {"/plate": "京A12345", "/firm": "nobody"}).status_code == 302
    answer = passed(people)
    assert answer.status_code == 422
    assert "没有信用代码为“nobody”的单位" in answer.content.decode()
    assert kept(Vehicle, people["party_id"]) == []


def test_a_vehicle_of_a_firm_is_kept(people):
    client, _ = people["producer"]
    assert send(client, "registry-vehicle", {"/plate": "京AD12345", "/new_energy": "true"}).status_code == 302
    assert passed(people).status_code in {302, 303}
    (vehicle,) = kept(Vehicle, people["party_id"])
    assert (vehicle.plate, vehicle.new_energy) == ("京AD12345", True)


def test_an_insurance_without_its_sum_is_sent_back_at_the_field(people):
    client, _ = people["producer"]
    page = send(client, "registry-paper", PAPER | {"/kind": "insurance"})
    assert page.status_code == 422
    assert 'href="#f-amount_yuan"' in page.content.decode()
