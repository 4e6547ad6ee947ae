"""Errors become problems: one status each, the same words for people and programs."""

from __future__ import annotations

import json
import types

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from hypothesis import given
from hypothesis import strategies as st
from ninja import Router

from wufei.kernel import errors
from wufei.kernel.errors import (
    AccessError,
    ConflictError,
    ExternalError,
    InputError,
    InvariantError,
    NotFoundError,
    WufeiError,
)
from wufei.kernel.text import Text
from wufei.runtime.api.core import PROBLEM_MEDIA_TYPE, problem_of
from wufei.runtime.api.services import build_api

TEXT = Text("第3行重量为0", "Row 3 weighs 0")
RAISED: dict[str, WufeiError] = {
    "input": InputError("row.weight", "weight", 0, TEXT),
    "missing": NotFoundError("region", "9"),
    "conflict": ConflictError("row.repeated", TEXT),
    "access": AccessError("ledger.post"),
    "external": ExternalError("scale.silent", TEXT),
    "bug": InvariantError("sum.not-zero", TEXT),
}
STATUS = {"input": 422, "missing": 404, "conflict": 409, "access": 403, "external": 503, "bug": 500}


def _raise(request: HttpRequest, name: str) -> HttpResponse:
    raise RAISED[name]


def _inline(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page")


def _urls() -> types.ModuleType:
    router = Router()

    @router.get("/raise/{name}")
    def raise_named(request: HttpRequest, name: str) -> None:
        raise RAISED[name]

    @router.get("/number/{value}")
    def number(request: HttpRequest, value: int) -> int:
        return value

    @router.post("/write")
    def write(request: HttpRequest) -> str:
        return "written"

    api = build_api()
    api.add_router("", router)
    urls = types.ModuleType("urls_of_problem_tests")
    urls.urlpatterns = [  # type: ignore[attr-defined]
        path("raise/<str:name>", _raise, name="raise"),
        path("page", _inline, name="page"),
        path("api/", api.urls),
    ]
    urls.ACCESS = {"raise": "open", "page": "open"}  # type: ignore[attr-defined]
    urls.handler404 = "wufei.runtime.api.views.page_not_found"  # type: ignore[attr-defined]
    return urls


URLS = _urls()


@pytest.fixture
def browser(db: None, settings: object) -> Client:
    settings.ROOT_URLCONF = URLS  # type: ignore[attr-defined]
    return Client()


def test_every_error_of_the_tree_has_a_status() -> None:
    kinds = {
        kind for kind in vars(errors).values() if isinstance(kind, type) and WufeiError in kind.__bases__
    }
    assert kinds == {type(error) for error in RAISED.values()}
    assert {name: problem_of(error).status for name, error in RAISED.items()} == STATUS


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_bug_tells_nothing_of_its_inside(code: str, inside: str) -> None:
    problem = problem_of(InvariantError(code, Text(f"secret-{inside}", f"secret-{inside}")))
    assert "secret-" not in json.dumps(problem.as_json("en") | problem.as_json("zh-hans"), ensure_ascii=False)


def test_an_input_problem_names_field_and_value() -> None:
    members = problem_of(RAISED["input"]).as_json("zh-hans", "/rows")
    assert members["detail"] == "第3行重量为0"
    assert (members["field"], members["value"], members["instance"]) == ("weight", "0", "/rows")
    assert members["type"] == "urn:wufei:problem:row.weight"


@pytest.mark.parametrize("name", STATUS)
@pytest.mark.parametrize("prefix", ["", "/api"])
def test_a_program_gets_problem_json_from_pages_and_interface(
    browser: Client, name: str, prefix: str
) -> None:
    answer = browser.get(f"{prefix}/raise/{name}", headers={"accept": "application/json"})
    assert answer.status_code == STATUS[name]
    assert answer.headers["Content-Type"] == PROBLEM_MEDIA_TYPE
    assert answer.json()["status"] == STATUS[name]
    assert answer.json()["instance"] == f"{prefix}/raise/{name}"


def test_a_problem_speaks_the_chosen_language(browser: Client) -> None:
    browser.cookies["wufei_language"] = "en"
    answer = browser.get("/raise/conflict", headers={"accept": "application/json"})
    assert answer.json()["detail"] == "Row 3 weighs 0"


def test_a_visitor_without_rights_is_asked_to_sign_in(browser: Client) -> None:
    answer = browser.get("/raise/access?a=1", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/sign-in?next=%2Fraise%2Faccess%3Fa%3D1",
    )


def test_without_its_template_a_problem_is_plain_text(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wufei.runtime.api.services.PROBLEM_TEMPLATE", "web/none.html")
    answer = browser.get("/raise/conflict", headers={"accept": "text/html"})
    assert answer.status_code == 409
    assert answer.content.decode() == "与已有记录冲突\n\n第3行重量为0\n"


def test_an_unknown_address_is_a_problem_too(browser: Client) -> None:
    answer = browser.get("/nowhere", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (404, "page.not-found")


def test_a_parameter_of_the_wrong_kind_is_named(browser: Client) -> None:
    answer = browser.get("/api/number/three")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == PROBLEM_MEDIA_TYPE
    assert answer.json()["field"].endswith("value")


@pytest.mark.parametrize("address", ["/page?region=%00", "/api/raise/a%00b", "/page%00"])
def test_a_null_character_is_refused_before_any_view(browser: Client, address: str) -> None:
    assert browser.get(address).status_code == 400
    assert browser.post("/page", {"name": "a\0b"}).status_code == 400


def test_writing_by_cookie_needs_the_token(db: None, settings: object) -> None:
    settings.ROOT_URLCONF = URLS  # type: ignore[attr-defined]
    answer = Client(enforce_csrf_checks=True).post("/api/write")
    assert answer.status_code == 403


def test_no_page_allows_inline_scripts(browser: Client) -> None:
    policy = browser.get("/page").headers["Content-Security-Policy"]
    script = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert script.split() == ["script-src", "'self'"]
    assert "frame-ancestors 'none'" in policy


def test_pages_are_not_kept_by_caches_or_shown_in_frames(browser: Client) -> None:
    headers = browser.get("/page").headers
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
