"""Pages of tasks: what is typed stays, refusals say why, the 调度表 has its ten columns."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from django.test import Client

from tests.actions.tasks.conftest import pass_, report, task_ids, task_of
from wufei.actions.tasks import queries, services
from wufei.runtime.clock import today_on
from wufei.runtime.identity.models import User
from wufei.runtime.identity.queries import regions_by_id


@pytest.fixture
def client_of(taken):
    def make(who: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=taken.names[who]))
        return client

    return make


@pytest.fixture
def key(taken) -> str:
    return regions_by_id([taken.region_id])[taken.region_id].key


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_dispatch_table_has_its_ten_columns_and_what_was_reported(taken, client_of, key, on_day):
    on_day("2026-04-02")
    pass_(report(taken.people["clerk"], taken, percent=25, problems="缺资金", next_step="招标"))
    on_day("2026-05-02")
    answer = client_of("office").get("/reports/schedule.xlsx", {"region": key})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[1]]
    assert list(rows[0]) == [
        "序号",
        "任务",
        "年度目标",
        "牵头",
        "责任",
        "进展",
        "存在问题",
        "下一步",
        "时限",
        "状态",
    ]
    first, second = rows[1:]
    assert first[5:] == ("完成方案", "缺资金", "招标", "2026年底前", "达到序时")
    assert second[9] == "进度滞后"


def test_a_count_on_the_board_leads_to_its_rows(taken, client_of, key, on_day):
    on_day("2026-05-02")
    client = client_of("office")
    page = text_of(client.get("/tasks", {"region": key}))
    address = re.search(r'href="(\?[^"]*state=behind[^"]*)"', page)[1].replace("&amp;", "&")
    shown = text_of(client.get(f"/tasks{address}"))
    assert "2 项，共 2 项" in shown
    assert "这里还没有任务" not in shown
    assert "没有符合条件的任务" in text_of(client.get("/tasks", {"region": key, "state": "done"}))


def test_what_was_typed_stays_when_it_is_refused(taken, client_of):
    number = task_ids(taken)[0]
    sent = {"do": "comment", "text": "一周内报方案", "reply_by": "2025-01-01"}
    answer = client_of("leader").post(f"/tasks/{number}", sent)
    assert answer.status_code == 422
    assert "回复期限不能早于今天" in text_of(answer)
    assert ">一周内报方案</textarea>" in text_of(answer)
    goals = {"do": "save", "year": "2026", "goal": "新的目标", "node-1": "x", "share-1": "40"}
    answer = client_of("clerk").post(f"/tasks/{number}/goals", goals)
    assert answer.status_code == 422
    assert "最后一个为100%" in text_of(answer)
    assert ">新的目标</textarea>" in text_of(answer)
    answer = client_of("clerk").post(f"/tasks/{number}/goals", goals | {"share-1": "许多"})
    assert "不是可用的数字" in text_of(answer)


def test_another_department_is_refused_on_the_pages_too(taken, client_of):
    number = task_ids(taken)[0]
    assert (
        client_of("helper").post(f"/tasks/{number}/goals", {"do": "confirm", "year": "2026"}).status_code
        == 403
    )
    assert (
        client_of("clerk")
        .post(f"/tasks/{number}", {"do": "comment", "text": "x", "reply_by": "2026-02-01"})
        .status_code
        == 403
    )
    page = text_of(client_of("helper").get(f"/tasks/{number}/goals"))
    assert "保存并确认" not in page
    assert "年度目标由牵头部门确认" in page


def test_a_report_begins_with_what_is_known(taken, client_of, on_day):
    on_day("2026-04-02")
    number, client = task_ids(taken)[0], client_of("clerk")
    sent = {"do": "report", "quarter": "2026-Q1"}
    begun = client.post(f"/tasks/{number}", sent | {"met": "yes"})
    assert begun.status_code == 303
    form = text_of(client.get(begun.url))
    assert 'value="25"' in form
    assert f"{taken.plan.id}#1" in form
    pass_(report(taken.people["helper"], taken, percent=20, progress="选址完成"))
    rolled = text_of(client.get(client.post(f"/tasks/{number}", sent | {"met": "no"}).url))
    assert "选址完成" in rolled
    assert 'value="20"' in rolled
    loner = client_of("loner").post(f"/tasks/{number}", sent)
    assert "请选择这项任务的牵头或责任部门" in text_of(loner)


def test_the_home_page_tells_the_department_what_waits(taken, client_of, on_day):
    on_day("2026-04-02")
    number = task_ids(taken)[0]
    services.make_comment(
        taken.people["leader"], task_id=number, text="一周内报方案", reply_by=date(2026, 4, 9)
    )
    page = text_of(client_of("clerk").get("/"))
    assert "2026-04-09前回复" in page
    assert "待报进展" in page
    assert "任务待办" not in text_of(client_of("loner").get("/"))


def test_office_matches_a_unit_and_runs_projects_meetings_and_the_group(taken, client_of, key, on_day):
    client, query = client_of("office"), f"?region={key}"
    held = {"held_on": "2026-01-20", "title": "上半年推进会", "agenda": "一、进展"}
    meeting = client.post(f"/tasks/meetings{query}", held).url
    assert "会议当天留存" in text_of(client.get(meeting))
    urban = str(taken.departments["urban"])
    decided = {"do": "decide", "text": "补报", "department": urban, "due_on": "2026-02-01"}
    assert client.post(meeting, decided).status_code == 303
    assert client.post(meeting, {"do": "minutes", "minutes": "会议强调"}).status_code == 303
    assert "补报" in text_of(client.get(meeting))
    joined = {"do": "join", "name": "张三", "post": "副区长", "duty": "统筹", "from_on": "2026-01-01"}
    assert client.post(f"/tasks/group{query}", joined).status_code == 303
    assert "张三" in text_of(client.get(f"/tasks/group{query}"))
    assert "还没有项目" in text_of(client.get(f"/tasks/projects{query}"))
    twice = client.post(f"/tasks/meetings{query}", held)
    assert twice.status_code == 409
    assert "已有同名会议" in text_of(twice)
    assert queries.meetings(taken.people["office"], taken.region_id)[0].held_on == today_on()
    for path in ("meetings", "group"):
        assert client_of("clerk").post(f"/tasks/{path}{query}", {}).status_code == 403


def test_goals_that_were_shown_are_confirmed_by_one_button(place_factory, on_day):
    on_day("2026-04-02")
    place = place_factory(task_of("1"), task_of("2"))
    office, clerk = Client(), Client()
    office.force_login(User.objects.get(username=place.names["office"]))
    clerk.force_login(User.objects.get(username=place.names["clerk"]))
    services.take_plan(place.people["office"], place.plan.id)
    address = f"/tasks/take?region={regions_by_id([place.region_id])[place.region_id].key}"
    assert "2 项任务还没有年度分解" in text_of(office.get(address))
    assert "已为 2 项任务起草年度分解" in text_of(office.post(address, {"do": "draft"}, follow=True))
    page = text_of(clerk.get("/tasks/mine"))
    shown = re.findall(r'name="goal" value="(\d+-2026)"', page)
    assert [int(each.split("-")[0]) for each in shown] == task_ids(place)
    for sent in ({"do": "confirm"}, {"do": "confirm", "goal": ["x"]}, {"do": "other", "goal": shown}):
        assert clerk.post("/tasks/mine", sent).status_code == 422
    assert clerk.post("/tasks/mine", {"do": "confirm", "goal": [shown[0], "999999-2026"]}).status_code == 404
    assert "确认以上 2 项" in text_of(clerk.get("/tasks/mine"))
    assert clerk.post("/tasks/mine", {"do": "confirm", "goal": shown}).status_code == 303
    assert "待确认的年度目标" not in text_of(clerk.get("/tasks/mine"))
