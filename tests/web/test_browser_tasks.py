"""A plan's tasks in Chromium: taken, broken down, reported by phone, passed, late, supervised, answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.actions.tasks.conftest import on_day, place_factory, task_ids, task_of
from tests.browsing import DESK, PASSWORD, PHONE, beside, check
from tests.web.test_browser_forms import PICTURE
from wufei.runtime.identity.queries import regions_by_id

__all__ = ["on_day", "place_factory"]

pytestmark = pytest.mark.browser


@pytest.fixture
def enter(open_page, site):
    """Sign somebody in and open the home page."""

    def opened(name, size=DESK):
        page = open_page(name, size)
        page.goto(f"{site}/")
        return page

    return opened


@pytest.fixture
def district(place_factory):
    """A district with one task in its plan, and its key; made before the browser starts."""
    place = place_factory(task_of("1", title="建设分拣中心"))
    return place, regions_by_id([place.region_id])[place.region_id].key


def test_a_task_from_the_plan_to_the_leaders_comment(site, district, on_day, enter):
    place, key = district
    taken_and_confirmed(site, place, key, enter)
    number = beside(task_ids, place)[0]
    on_day("2026-04-02")
    reported_by_phone(site, place, enter)
    passed(site, place, enter)
    on_day("2026-07-20")
    fell_behind(site, place, key, enter)
    on_day("2026-07-28")
    ordered_answered_and_closed(site, place, number, enter)
    commented(site, place, number, enter)


def taken_and_confirmed(site, place, key, enter):
    office = enter(place.names["office"])
    office.goto(f"{site}/tasks?region={key}")
    expect(office.get_by_text("这里还没有任务")).to_be_visible()
    check(office)
    office.get_by_role("link", name="从方案取任务").first.click()
    office.get_by_role("button", name="取出任务").click()
    expect(office.get_by_text("新增 1 项")).to_be_visible()
    check(office)
    clerk = enter(place.names["clerk"])
    clerk.get_by_role("link", name="待确认的年度目标").click()
    clerk.get_by_role("link", name="建设分拣中心").first.click()
    clerk.get_by_role("button", name="按规则起草").click()
    year = clerk.locator("#year-2026")
    expect(year.get_by_text("待确认")).to_be_visible()
    check(clerk)
    year.get_by_label("年度目标", exact=True).fill("主体完工")
    year.get_by_role("button", name="保存并确认").click()
    expect(clerk.locator("#year-2026").get_by_text("已确认")).to_be_visible()
    expect(clerk.locator("#year-2026").get_by_label("年度目标", exact=True)).to_have_value("主体完工")


def reported_by_phone(site, place, enter):
    """One tap on the home page, one on the node; the form is filled in, a photo goes with it."""
    phone = enter(place.names["clerk"], PHONE)
    phone.get_by_role("link", name="待报进展").click()
    check(phone)
    phone.get_by_role("button", name="节点已完成").click()
    expect(phone.get_by_label("累计完成年度目标（%）")).to_have_value("25")
    photo = {"name": "工地.png", "mimeType": "image/png", "buffer": PICTURE}
    phone.get_by_label("佐证照片").set_input_files(photo)
    expect(phone.locator("[data-kept] img")).to_have_count(1)
    for _ in range(2):
        phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator(".wf-head")).to_contain_text("已提交")
    phone.goto(f"{site}/tasks/mine")
    expect(phone.get_by_text("待报进展")).to_have_count(0)
    phone.get_by_role("link", name="建设分拣中心").click()
    expect(phone.get_by_text("审核中")).to_be_visible()
    check(phone)


def passed(site, place, enter):
    """经办 - 审核 - 分管, the last with the key of a device; then the report counts."""
    reviewer = enter(place.names["reviewer"])
    reviewer.goto(f"{site}/review?list=waiting")
    reviewer.get_by_role("link", name="任务进展填报").first.click()
    address = reviewer.url
    reviewer.get_by_role("button", name="通过", exact=True).click()
    expect(reviewer.locator(".wf-head")).to_contain_text("分管")
    leader = enter(place.names["leader"])
    leader.goto(f"{site}/account/devices")
    leader.get_by_label("设备名称").fill("办公电脑")
    leader.get_by_label("或登录口令").fill(PASSWORD)
    leader.get_by_role("button", name="登记这台设备").click()
    expect(leader.locator(".wf-list")).to_contain_text("办公电脑")
    leader.goto(address)
    leader.get_by_role("button", name="签名并通过").click()
    expect(leader.get_by_text("签名有效，内容未变")).to_be_visible()


def fell_behind(site, place, key, enter):
    office = enter(place.names["office"], DESK)
    office.goto(f"{site}/tasks?region={key}")
    office.get_by_role("navigation", name="按状态看").get_by_role("link", name="进度滞后").click()
    expect(office.locator("tbody")).to_contain_text("应达50%，实际25%，已逾期20天")
    check(office)
    office.get_by_role("link", name="建设分拣中心").click()
    expect(office.get_by_role("link", name="佐证 1")).to_be_visible()
    expect(office.locator("#reports")).to_contain_text("已审定")
    office.get_by_role("button", name="发出提醒").click()
    expect(office.locator("h1")).to_have_text("提醒")


def ordered_answered_and_closed(site, place, number, enter):
    office = enter(place.names["office"])
    office.goto(f"{site}/tasks/{number}")
    office.locator("#steps").get_by_label("回复期限").fill("2026-08-04")
    office.get_by_role("button", name="发出督办单").click()
    expect(office.get_by_text("督办〔2026〕1号").first).to_be_visible()
    check(office)
    order = office.url
    clerk = enter(place.names["clerk"], PHONE)
    clerk.get_by_role("link", name="督办〔2026〕1号").click()
    check(clerk)
    clerk.get_by_label("回复（原因、措施、完成时间）").fill("设备延期，8月底完成")
    clerk.get_by_role("button", name="回复").click()
    expect(clerk.locator("article")).to_contain_text("设备延期，8月底完成")
    office.goto(order)
    office.get_by_label("销号说明").fill("节点已补完")
    office.get_by_role("button", name="销号").click()
    expect(office.locator("article")).to_contain_text("节点已补完")
    expect(office.get_by_role("button", name="销号")).to_have_count(0)


def commented(site, place, number, enter):
    """The leader's words stand on the lead's home page with their day, and are answered."""
    leader = enter(place.names["leader"], PHONE)
    leader.goto(f"{site}/tasks/{number}")
    check(leader)
    leader.get_by_label("批示内容").fill("一周内报方案")
    leader.locator("#comments").get_by_label("回复期限").fill("2026-08-05")
    leader.get_by_role("button", name="批示").click()
    expect(leader.locator("#comments")).to_contain_text("2026-08-05前回复")
    clerk = enter(place.names["clerk"])
    todo = clerk.get_by_role("link", name="批示：一周内报方案")
    expect(todo).to_contain_text("2026-08-05前回复")
    todo.click()
    clerk.get_by_label("回复批示").fill("方案附后")
    clerk.locator("#comments").get_by_role("button", name="回复").click()
    expect(clerk.locator("#comments")).to_contain_text("已回复")
