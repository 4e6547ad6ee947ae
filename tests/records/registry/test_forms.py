"""A firm reports a paper and a vehicle; they stand in the register once they are passed."""

from __future__ import annotations

import re
import uuid
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wufei.kernel.ids import new_id
from wufei.records.registry.core.drafts import PaperDraft, VehicleDraft
from wufei.records.registry.core.kinds import paper_kinds, place_kinds
from wufei.records.registry.forms import FORMS
from wufei.records.registry.models import Change, Paper, PaperLine, Person, Place, Site, Tag, Vehicle
from wufei.records.registry.services import save_papers, save_vehicles
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms import queries, services
from wufei.runtime.forms.core.entries import Answered
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import memberships_of, parties_by_id
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
    for role in ("producer", "clerk", "reviewer", "township"):
        user_id = create_user(username=f"{role}-{uuid.uuid4().hex[:8]}", password="x")
        whose = {"party_id": party_id} if role == "producer" else {}
        add_membership(user_id=user_id, role=role, region_id=region_id, **whose)
        client = Client()
        client.force_login(User.objects.get(id=user_id))
        made[role] = client, scope_of(memberships_of(user_id, on=today_on())[0], language="zh-hans")
    return made


def party_key(party_id):
    return parties_by_id([party_id])[party_id].key


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


def test_an_office_names_a_firm_within_its_region_and_no_other(people, region_factory, party_factory):
    client, _ = people["clerk"]
    foreign = party_key(party_factory(region_id=region_factory()))
    for firm, words in ((foreign, f"没有“{foreign}”"), ("nobody", "没有“nobody”"), ("", "请指明单位")):
        answer = send(client, "registry-vehicle", {"/plate": "京A12345", "/firm": firm})
        assert answer.status_code == 422
        assert 'href="#f-firm"' in answer.content.decode()
        assert words in answer.content.decode()
    assert kept(Vehicle, people["party_id"]) == []


def test_what_an_office_enters_stands_at_once_with_who_and_when(people):
    client, scope = people["clerk"]
    vehicle = {"/plate": "京A12345", "/firm": party_key(people["party_id"])}
    answer = send(client, "registry-vehicle", vehicle)
    assert answer.status_code == 302
    (row,) = kept(Vehicle, people["party_id"])
    assert row.plate == "京A12345"
    with session(scope):
        (entry,) = queries.entries(scope, "registry-vehicle")
    assert entry.author_id == scope.user_id
    assert entry.entered_at is not None
    (change,) = kept(Change, people["party_id"])
    assert (change.thing, change.user_id) == ("vehicle", scope.user_id)
    with session(people["reviewer"][1]):
        assert list(review.waiting_for(people["reviewer"][1], review.Filter())) == []


def test_a_township_that_does_not_keep_the_register_waits_for_the_review(people):
    client, _ = people["township"]
    vehicle = {"/plate": "京A12345", "/firm": party_key(people["party_id"])}
    assert send(client, "registry-vehicle", vehicle).status_code == 302
    assert kept(Vehicle, people["party_id"]) == []
    assert passed(people).status_code in {302, 303}
    assert len(kept(Vehicle, people["party_id"])) == 1


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


FORM = {form.definition.key: form for form in FORMS}


def field(form, key):
    return next(one for one in form.definition.fields if one.key == key)


def test_the_forms_ask_for_every_kind_of_paper_and_place_and_all_that_a_kind_says():
    papers = {choice.key for choice in field(FORM["registry-paper"], "kind").choices}
    assert papers | {"contract"} == set(paper_kinds())
    place = FORM["registry-place"]
    assert {choice.key: choice.title for choice in field(place, "kind").choices} == {
        kind.key: kind.label for kind in place_kinds().values()
    }
    for kind in place_kinds().values():
        for said in kind.attributes:
            asked = field(place, said.key)
            assert f"'{kind.key}'" in asked.visible_if.text
            assert tuple(choice.key for choice in asked.choices) == said.choices
            assert (asked.hard.least, asked.hard.most) == (said.least, said.most)


def entered_by_the_office(people, form, values):
    client, _ = people["clerk"]
    answer = send(client, form, {"/firm": party_key(people["party_id"])} | values)
    assert answer.status_code == 302, answer.content.decode()


def test_every_other_kind_is_kept_with_what_was_said(people, party_factory):
    party_id = people["party_id"]
    other = party_factory(region_id=next(iter(people["clerk"][1].region_ids)))
    contract = {"/other": party_key(other), "/number": "HT-1", "/valid_from": "2026-01-01", "/cycle": "month"}
    lines = {"/lines/0/code": "HW08", "/lines/0/quota/value": "1.5", "/lines/0/quota/unit": "t"}
    entered_by_the_office(people, "registry-contract", contract | lines)
    (paper,) = kept(Paper, party_id)
    assert (paper.kind, paper.other_party_id, paper.cycle) == ("contract", other, "month")
    assert [(line.code, line.quota_g) for line in kept(PaperLine, party_id)] == [("HW08", 1_500_000)]
    place = {"/position/longitude": "116.4", "/position/latitude": "39.9", "/name": "东厂"}
    entered_by_the_office(people, "registry-site", place)
    (site,) = kept(Site, party_id)
    assert (site.name_zh, str(site.longitude)) == ("东厂", "116.400000")
    store = {"/kind": "store", "/code": "TS1", "/name": "一号库", "/site": site.key, "/capacity": "12.5"}
    entered_by_the_office(people, "registry-place", store | {"/codes": "HW08、HW49", "/strict_grade": "库"})
    project = {
        "/kind": "project",
        "/code": "P1",
        "/name": "新楼",
        "/stage": "主体",
        "/floor_area_m2": "1200.5",
    }
    entered_by_the_office(people, "registry-place", project)
    by_kind = {row.kind: row for row in kept(Place, party_id)}
    assert (by_kind["store"].site_id, by_kind["store"].codes) == (site.id, ["HW08", "HW49"])
    assert by_kind["store"].attributes == {"strict_grade": "库"}
    assert by_kind["project"].attributes == {"stage": "主体", "floor_area_m2": "1200.5"}
    driver = {"/code": "SJ-1", "/duty": "驾驶员", "/certificate": "Z1", "/certificate_to": "2027-01-01"}
    entered_by_the_office(people, "registry-person", driver)
    (person,) = kept(Person, party_id)
    assert (person.code, person.certificate, str(person.certificate_to)) == ("SJ-1", "Z1", "2027-01-01")
    entered_by_the_office(people, "registry-tag", {"/name": "绿色工厂", "/valid_from": "2026-01-01"})
    assert [tag.name for tag in kept(Tag, party_id)] == ["绿色工厂"]


def test_a_site_is_renamed_and_stays_one(people):
    entered_by_the_office(people, "registry-site", {"/name": "东厂"})
    (site,) = kept(Site, people["party_id"])
    entered_by_the_office(people, "registry-site", {"/site": site.key, "/name": "东厂区"})
    assert [(row.id, row.name_zh) for row in kept(Site, people["party_id"])] == [(site.id, "东厂区")]


def test_a_site_of_a_neighbour_is_refused_at_the_field(people, party_factory):
    neighbour = party_factory(region_id=next(iter(people["clerk"][1].region_ids)))
    office, _ = people["clerk"]
    assert send(office, "registry-site", {"/firm": party_key(neighbour), "/name": "西厂"}).status_code == 302
    (site,) = kept(Site, neighbour)
    place = {"/kind": "ward", "/code": "W1", "/name": "内科", "/site": site.key}
    by_office = send(office, "registry-place", place | {"/firm": party_key(people["party_id"])})
    by_firm = send(people["producer"][0], "registry-place", place)
    for answer, words in ((by_office, "不属于该单位"), (by_firm, "不在您的范围内")):
        assert answer.status_code == 422
        assert 'href="#f-site"' in answer.content.decode()
        assert words in answer.content.decode()


def said(people, form, values, role="producer"):
    """What a program is told of values by the form's check."""
    _, scope = people[role]
    party_id = people["party_id"] if role == "producer" else None
    (found,) = services.judge(scope, FORM[form], [Answered(values, party_id)])
    return {(one.where, one.code, one.severity.value) for one in found}


def test_what_is_wrong_is_said_at_its_field_as_it_is_entered(people):
    assert said(people, "registry-vehicle", {"plate": "京I1"}) == {("/plate", "registry.plate", "error")}
    backwards = {"kind": "permit", "number": "1", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}
    assert said(people, "registry-paper", backwards) == {("/valid_to", "registry.dates", "error")}
    point = {"kind": "storage-point", "code": "D1", "name": "点", "capacity": "4"}
    assert said(people, "registry-place", point) == {("/capacity", "registry.capacity-beyond", "warning")}
    contract = {"number": "1", "valid_from": "2026-02-01", "cycle": "week"}
    assert ("/other", "registry.missing", "error") in said(people, "registry-contract", contract)


def test_a_known_number_and_an_overlap_ask_before_they_are_taken(people):
    party_id = people["party_id"]
    day = date(2026, 1, 1)
    save_papers(Scope.operator(), [PaperDraft(party_id, "permit", "OLD", day, date(2027, 1, 1))])
    save_vehicles(Scope.operator(), [VehicleDraft(party_id, "京A12345")])
    same = {"kind": "permit", "number": "OLD", "valid_from": "2026-01-01"}
    assert said(people, "registry-paper", same) == {("/number", "registry.known", "warning")}
    other = same | {"number": "NEW", "valid_from": "2026-06-01"}
    assert said(people, "registry-paper", other) == {("/valid_from", "registry.papers-overlap", "warning")}
    # The older of the two is the one that is entered.
    before = same | {"number": "NEW", "valid_from": "2025-06-01"}
    assert said(people, "registry-paper", before) == {("/valid_from", "registry.papers-overlap", "warning")}
    assert said(people, "registry-vehicle", {"plate": "京a·12345"}) == {
        ("/plate", "registry.known", "warning")
    }
    client, _ = people["producer"]
    page = send(client, "registry-vehicle", {"/plate": "京A12345"})
    assert page.status_code == 422
    assert "已在档案中" in page.content.decode()
    assert "我已核对，确认无误" in page.content.decode()
    confirmed = {"/plate": "京A12345", "confirmed": "yes"}
    assert send(client, "registry-vehicle", confirmed).status_code == 302


def test_a_revoked_paper_is_not_put_in_order_by_reporting_it_again(people):
    party_id, day = people["party_id"], date(2026, 1, 1)
    save_papers(Scope.operator(), [PaperDraft(party_id, "permit", "OLD", day, state="revoked")])
    again = {"/kind": "permit", "/number": "OLD", "/valid_from": "2026-01-01", "confirmed": "yes"}
    assert send(people["producer"][0], "registry-paper", again).status_code == 302
    assert passed(people).status_code in {302, 303}
    assert [paper.state for paper in kept(Paper, party_id)] == ["revoked"]


def test_many_rows_are_judged_in_as_many_queries_as_few_and_a_number_twice_is_named(people):
    _, scope = people["producer"]
    counts = []
    for many in (2, 40):
        rows = [
            Answered(
                {
                    "kind": "permit",
                    "number": f"N{each}",
                    "valid_from": f"20{each + 10}-01-01",
                    "valid_to": f"20{each + 10}-12-31",
                },
                people["party_id"],
            )
            for each in range(many)
        ]
        with CaptureQueriesContext(connection) as captured:
            assert services.judge(scope, FORM["registry-paper"], rows) == [()] * many
        counts.append(len(captured))
    assert counts[0] == counts[1]
    twice = services.judge(scope, FORM["registry-paper"], [rows[0], rows[0]])
    assert ("/number", "registry.twice") in {(one.where, one.code) for one in twice[1]}


def test_a_firm_finds_itself_and_another_side_only_by_its_whole_name(people, region_factory, party_factory):
    client, _ = people["producer"]
    own, far = party_key(people["party_id"]), party_key(party_factory(region_id=region_factory()))

    def found(name, typed):
        answer = client.get(f"/forms/registry-contract/lookups/{name}", {"q": typed})
        return [each["key"] for each in answer.json()["found"]]

    assert found("firms", "") == [own]
    assert found("firms", far) == []
    assert found("others", "") == [own]
    assert found("others", far[:-1]) == []
    assert found("others", far) == [far]
