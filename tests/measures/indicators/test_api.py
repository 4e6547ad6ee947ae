"""The router: figures, lineage and Findings as JSON; refusals as problem+json."""

from __future__ import annotations

import uuid

import pytest
from ninja.testing import TestClient

from wufei.measures.indicators.api import router
from wufei.records.plans.core.files import load_plans
from wufei.records.plans.services import load_plan
from wufei.records.registry.services import load_regions
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.api.services import build_api

RATE = "general-industrial-waste-utilisation-rate"


@pytest.fixture
def call(db):
    """Ask the interface in a scope, as the middleware would hand it in."""
    api = build_api()
    api.urls_namespace = f"test-{uuid.uuid4().hex}"
    api.add_router("/indicators", router)
    client = TestClient(api)

    def ask(scope, path, **parameters):
        return client.get(
            f"/indicators{path}", query_params=parameters, scope=scope, LANGUAGE_CODE=scope.language
        )

    return ask


def test_all_indicators_of_a_region_come_with_the_book_they_were_read_from(call, busy_city):
    answer = call(Scope.operator(), "", region=busy_city.a_key, period="2025", book=busy_city.book)
    assert answer.status_code == 200
    found = answer.json()
    assert len(found["figures"]) == 86
    assert found["books"] == {busy_city.a_key: busy_city.book}
    rate = next(each for each in found["figures"] if each["indicator"] == RATE)
    assert (rate["value"], rate["unit"], rate["synthetic"]) == (60, "%", True)
    assert rate["quantities"][1]["grams"] == 100_000_000


def test_one_figure_and_its_rows(call, busy_city):
    figure_id = f"{RATE}@{busy_city.a_key}/2025/{busy_city.book}"
    figure = call(Scope.operator("en"), "/figure", id=figure_id).json()
    assert figure["name"] == "Utilisation rate of general industrial waste"
    trace = call(Scope.operator(), "/figure/trace", id=figure_id, quantity="used", limit=1).json()
    (part,) = trace["quantities"]
    assert len(part["transfers"]) == 1
    rest = call(Scope.operator(), "/figure/trace", id=figure_id, quantity="used", after=part["after"]).json()
    assert {part["transfers"][0]["id"], rest["quantities"][0]["transfers"][0]["id"]} == {
        str(each) for each in busy_city.ids[2:4]
    }


def test_the_public_reads_the_figure_without_rows(call, published_city):
    figure_id = f"{RATE}@{published_city.a_key}/2025/{published_city.book}"
    trace = call(Scope.public(), "/figure/trace", id=figure_id).json()
    assert trace["figure"]["value"] == 60
    assert [part["transfers"] for part in trace["quantities"][:2]] == [[], []]
    assert trace["quantities"][0]["withheld"]


def test_a_figure_is_repeated_by_its_sequence(call, busy_city, seal_all):
    seal_all()
    figure_id = f"{RATE}@{busy_city.a_key}/2025/{busy_city.book}"
    first = call(Scope.operator(), "/figure", id=figure_id).json()
    assert first["as_of"]["sealed"]
    busy_city.post(busy_city.generate(100))
    now = call(Scope.operator(), "/figure", id=figure_id).json()
    assert (now["value"], now["as_of"]["sealed"]) == (30, False)
    sequence = str(first["as_of"]["sequence"])
    again = call(Scope.operator(), "/figure", id=figure_id, as_of=sequence).json()
    assert (again["value"], again["as_of"]["sequence"]) == (60, first["as_of"]["sequence"])
    asked = {"region": busy_city.a_key, "period": "2025", "book": busy_city.book, "as_of": sequence}
    many = call(Scope.operator(), "", **asked).json()
    assert next(each["value"] for each in many["figures"] if each["indicator"] == RATE) == 60
    rows = call(Scope.operator(), "/figure/trace", id=figure_id, quantity="generated", as_of=sequence).json()
    assert [row["id"] for row in rows["quantities"][0]["transfers"]] == [str(busy_city.ids[0])]


def test_findings_on_a_plan(call):
    with session(Scope.operator()):
        load_regions()
        for plan in load_plans():
            load_plan(Scope.operator(), plan)
    found = call(Scope.operator(), "/plans/bda-2020/findings").json()
    assert found["plan"] == "bda-2020"
    assert ("bda-2020#13", "error") in {(each["where"], each["severity"]) for each in found["findings"]}


@pytest.mark.parametrize(
    ("path", "parameters", "status"),
    [
        ("/figure", {"id": "nonsense"}, 422),
        ("/figure", {"id": "happiness@BDA/2018/actual"}, 404),
        ("/figure/trace", {"id": "nonsense", "limit": 0}, 422),
        ("", {"region": "ATLANTIS", "period": "2025"}, 404),
        ("", {"region": "ATLANTIS"}, 422),
        ("/figure", {"id": f"{RATE}@BDA/2018/actual", "as_of": "yesterday"}, 422),
        ("/plans/none/findings", {}, 404),
    ],
)
def test_refusals_are_problems(call, path, parameters, status):
    answer = call(Scope.operator(), path, **parameters)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_a_closed_region_is_refused(call, busy_city):
    officer = busy_city.scope(Role.OFFICE, busy_city.b)
    answer = call(officer, "", region=busy_city.a_key, period="2025", book=busy_city.book)
    assert answer.status_code == 403
