"""Projects of a plan: money, progress with photos, how they stand, and who may say so."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connections

from tests.actions.tasks.conftest import PASSWORD
from wufei.actions.tasks import queries, services
from wufei.actions.tasks.core.projects import SILENT_DAYS, Standing, standing
from wufei.actions.tasks.models import ProjectState
from wufei.actions.tasks.services import ProjectReport
from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.records.plans.core.plan import PlanProject
from wufei.records.plans.services import load_plan
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.clock import today_on

PROJECT = PlanProject("P1", "1", "工业", "再生水厂", "新建，日处理5万吨", ("生态环境局",), "2026年6月")
DUE, HALF = date(2026, 6, 30), ProjectReport(Decimal("0.5"), Decimal(1_200_000), "主体完工")


@pytest.mark.parametrize(
    ("due_on", "share", "said", "after", "expected"),
    [
        (DUE, Decimal(1), 0, 400, Standing.DONE),
        (DUE, Decimal("0.9"), 0, 400, Standing.LATE),
        (DUE, None, None, 400, Standing.LATE),
        (DUE, Decimal("0.9"), 0, 10, Standing.GOING),
        (None, Decimal("0.9"), 0, SILENT_DAYS, Standing.GOING),
        (None, Decimal("0.9"), 0, SILENT_DAYS + 1, Standing.SILENT),
        (None, None, None, 400, Standing.UNKNOWN),
    ],
)
def test_a_project_stands_by_its_due_day_and_its_last_report(due_on, share, said, after, expected):
    start = date(2026, 1, 20)
    as_of_on = None if said is None else start + timedelta(days=said)
    assert standing(due_on, share, as_of_on, start + timedelta(days=after)) is expected


@pytest.fixture
def built(place_factory):
    place = place_factory(projects=(PROJECT, replace(PROJECT, code="P2", name="分拣中心", units=("城管委",))))
    services.take_plan(place.people["office"], place.plan.id)
    return place


def shown(place, who="office", on=None):
    return queries.projects(place.people[who], place.region_id, on=on or today_on())


def test_projects_come_with_the_plan_and_keep_their_money(built):
    office, first = built.people["office"], shown(built)[0]
    services.plan_money(office, project_id=first.id, planned_yuan=3_000_000)
    services.report_project(office, project_id=first.id, report=HALF)
    load_plan(Scope.operator(), replace(built.plan, projects=(PROJECT,)))
    services.take_plan(office, built.plan.id)
    kept, gone = shown(built)
    assert (kept.planned_yuan, kept.spent_yuan, float(kept.spent_share), kept.note, kept.field) == (
        3_000_000,
        1_200_000,
        0.4,
        "主体完工",
        "工业",
    )
    assert (gone.name, gone.closed_on) == ("分拣中心", today_on())
    with pytest.raises(InputError, match=r"task\.money"):
        services.report_project(office, project_id=first.id, report=replace(HALF, share=Decimal("1.2")))
    with pytest.raises(InputError, match="现有301字"):
        services.report_project(office, project_id=first.id, report=replace(HALF, note="长" * 301))
    with pytest.raises(AccessError):
        services.plan_money(built.people["clerk"], project_id=first.id, planned_yuan=1)


def test_how_a_project_stood_on_a_day_stays_as_it_was(built, on_day):
    office, first = built.people["office"], shown(built)[0]
    services.report_project(office, project_id=first.id, report=HALF)
    on_day("2026-05-20")
    services.report_project(office, project_id=first.id, report=replace(HALF, share=Decimal(1)))
    before, now = shown(built, on=date(2026, 3, 1))[0], shown(built)[0]
    assert (before.share, before.standing) == (Decimal("0.5"), Standing.GOING)
    assert (now.share, now.standing) == (Decimal(1), Standing.DONE)
    _, states = queries.find_project(office, first.id, on=today_on())
    assert [(each.share, each.said_by) for each in states] == [
        (Decimal(1), "试验office"),
        (Decimal("0.5"), "试验office"),
    ]


def test_only_the_units_of_a_project_and_the_office_report_on_it(built, place_factory):
    first, second = shown(built)
    services.report_project(built.people["clerk"], project_id=first.id, report=HALF)
    for who, project in (("helper", first), ("loner", first), ("leader", first), ("clerk", second)):
        with pytest.raises(AccessError):
            services.report_project(built.people[who], project_id=project.id, report=HALF)
    elsewhere = place_factory().people["office"]
    with pytest.raises(NotFoundError):
        services.report_project(elsewhere, project_id=first.id, report=HALF)
    with pytest.raises(NotFoundError):
        queries.find_project(elsewhere, first.id, on=today_on())
    own = queries.projects_of_department(built.people["clerk"], on=today_on())
    assert [row.name for row in own] == ["再生水厂"]
    assert queries.projects_of_department(built.people["loner"], on=today_on()) == []


def test_the_database_alone_refuses_reports_of_elsewhere_and_changes(built, place_factory):
    first = shown(built)[0]
    services.report_project(built.people["office"], project_id=first.id, report=HALF)
    elsewhere = place_factory().people["office"]
    with session(elsewhere):
        assert not ProjectState.objects.filter(project_id=first.id).exists()
    with pytest.raises(ProgrammingError, match="row-level security"), session(elsewhere):
        ProjectState.objects.create(
            project_id=first.id, region_id=built.region_id, as_of_on=today_on(), share=1, spent_yuan=0
        )
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        session(built.people["office"]),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute("UPDATE tasks_projectstate SET share = 1")


@pytest.mark.usefixtures("test_data_dir")
def test_a_department_reports_with_photos_on_the_page_and_a_refusal_keeps_what_was_typed(built, client):
    first, second = shown(built)
    client.post("/sign-in", {"username": built.names["clerk"], "password": PASSWORD})
    page = f"/tasks/projects/{first.id}"
    assert "填报进度" in client.get(page).content.decode()
    assert "填报进度" not in client.get(f"/tasks/projects/{second.id}").content.decode()
    assert "再生水厂" in client.get("/tasks/mine").content.decode()
    sent = {"do": "report", "percent": "60", "spent": "130", "note": "主体完工"}
    wrong = client.post(page, {**sent, "percent": "160", "files": photo()})
    assert wrong.status_code == 422
    assert 'value="160"' in wrong.content.decode()
    assert client.post(page, {**sent, "files": photo()}).status_code == 303
    answer = client.get(page).content.decode()
    (state,) = queries.find_project(built.people["clerk"], first.id, on=today_on())[1]
    assert (state.share, state.spent_yuan, len(state.file_ids)) == (Decimal("0.6"), 1_300_000, 1)
    assert f"/files/{state.file_ids[0]}" in answer
    with closing(client.get(f"/files/{state.file_ids[0]}")) as kept:
        assert b"".join(kept.streaming_content) == "主体完工".encode()
    assert client.post(page, {"do": "plan", "planned": "1"}).status_code == 403
    assert client.post(f"/tasks/projects/{second.id}", sent).status_code == 403


def photo():
    return SimpleUploadedFile("现场.txt", "主体完工".encode())


def test_a_file_that_is_not_there_is_no_evidence(built):
    with pytest.raises(NotFoundError):
        services.report_project(
            built.people["office"],
            project_id=shown(built)[0].id,
            report=replace(HALF, files=(uuid4(),)),
        )
