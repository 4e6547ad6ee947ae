"""A request runs in one transaction under the scope of its person."""

from __future__ import annotations

import types
import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from wufei.kernel.errors import ConflictError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role
from wufei.runtime.access.services import scope_of
from wufei.runtime.api.core import PROBLEM_MEDIA_TYPE
from wufei.runtime.clock import today_on
from wufei.runtime.identity.models import Department, User
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user, save_department


def _settings(request: HttpRequest) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wufei_sees_all(), wufei_regions(), wufei_parties()")
        return JsonResponse({"seen": cursor.fetchone(), "atomic": connection.in_atomic_block})


def _write(request: HttpRequest) -> None:
    save_department(key=request.GET["key"], name=Text("局"), region_id=int(request.GET["region"]))


def _fail(request: HttpRequest) -> HttpResponse:
    _write(request)
    raise ConflictError("test.conflict", Text("冲突", "Conflict"))


def _answer_with_problem(request: HttpRequest) -> HttpResponse:
    _write(request)
    return HttpResponse("{}", status=422, content_type=PROBLEM_MEDIA_TYPE)


def _show_form_again(request: HttpRequest) -> HttpResponse:
    _write(request)
    return HttpResponse("again", status=422)


URLS = types.ModuleType("urls_of_scope_tests")
URLS.urlpatterns = [  # type: ignore[attr-defined]
    path("settings", _settings, name="settings"),
    path("fail", _fail, name="fail"),
    path("problem", _answer_with_problem, name="problem"),
    path("form", _show_form_again, name="form"),
]
URLS.ACCESS = dict.fromkeys(("settings", "fail", "problem", "form"), "open")  # type: ignore[attr-defined]


@pytest.fixture
def browser(db: None, settings: object) -> Client:
    settings.ROOT_URLCONF = URLS  # type: ignore[attr-defined]
    return Client(headers={"accept": "application/json"})


def test_the_scope_of_the_person_reaches_the_database(
    browser: Client, region_factory: Callable[..., int]
) -> None:
    region_id = region_factory()
    user_id = create_user(username=f"person-{uuid.uuid4().hex[:12]}", password="p")
    add_membership(user_id=user_id, role="auditor", region_id=region_id)
    browser.force_login(User.objects.get(id=user_id))
    assert browser.get("/settings").json() == {"seen": [False, [region_id], []], "atomic": True}


def test_a_visitor_reaches_no_secured_row(browser: Client) -> None:
    assert browser.get("/settings").json()["seen"] == [False, [], []]


@pytest.mark.parametrize(("address", "kept"), [("/fail", False), ("/problem", False), ("/form", True)])
def test_a_request_that_ends_in_a_problem_writes_nothing(
    browser: Client, region_factory: Callable[..., int], address: str, kept: bool
) -> None:
    key = f"test-{uuid.uuid4().hex[:12]}"
    browser.get(address, {"key": key, "region": region_factory()})
    assert Department.objects.filter(key=key).exists() is kept


@pytest.mark.parametrize("role", [Role.LEADER, Role.OFFICE, Role.CLERK, Role.AUDITOR])
def test_readers_reach_their_region_and_those_below(region_factory: Callable[..., int], role: Role) -> None:
    key = f"test-{uuid.uuid4().hex[:12]}"
    above = region_factory(key=key, kind="province")
    below = region_factory(kind="district", parent_key=key)
    region_factory()
    user_id = create_user(username=f"person-{uuid.uuid4().hex[:12]}", password="p")
    add_membership(user_id=user_id, role=role, region_id=above)
    (membership,) = memberships_of(user_id, on=today_on())
    scope = scope_of(membership, language="en")
    assert scope.region_ids == frozenset({above, below})
    assert (scope.party_ids, scope.everything, scope.language) == (frozenset(), False, "en")


def test_the_public_reaches_no_region_even_as_a_member(region_factory: Callable[..., int]) -> None:
    user_id = create_user(username=f"person-{uuid.uuid4().hex[:12]}", password="p")
    add_membership(user_id=user_id, role="public", region_id=region_factory())
    (membership,) = memberships_of(user_id, on=today_on())
    assert scope_of(membership, language="zh-hans").region_ids == frozenset()


def test_a_clerk_works_in_the_department_of_the_membership(region_factory: Callable[..., int]) -> None:
    region_id = region_factory()
    key = f"test-{uuid.uuid4().hex[:12]}"
    department_id = save_department(key=key, name=Text("试验局"), region_id=region_id)
    user_id = create_user(username=key, password="p")
    add_membership(user_id=user_id, role="clerk", region_id=region_id, department_id=department_id)
    add_membership(user_id=user_id, role="office", region_id=region_id)
    scopes = [scope_of(held, language="en") for held in memberships_of(user_id, on=today_on())]
    assert [scope.department_id for scope in scopes] == [department_id, None]
