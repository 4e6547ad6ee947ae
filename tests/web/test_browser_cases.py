"""The list of duties, a case and a question in Chromium: desk and phone, both languages, one A4 page."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.actions.cases.conftest import book, library, reviewed, written
from tests.actions.reports.conftest import district, own_store
from tests.actions.tasks.conftest import on_day
from tests.browsing import DESK, PHONE, check, picture
from tests.measures.conftest import busy_city, city, seal_all
from wufei.runtime.identity.queries import departments_by_id

__all__ = ["book", "busy_city", "city", "district", "library", "on_day", "own_store", "seal_all"]

AS_LONG_AS_MAY_BE = {
    **{key: "字" * each for key, each in {"problem": 300, "practice": 800, "result": 250}.items()},
    **dict.fromkeys(("conditions", "pitfalls"), "字" * 250),
    "claims": [
        {"name": "每月节省车次", "value": "40车次", "year": 2025, "source": "分拣中心台账" * 4}
        for _ in range(4)
    ],
}
"""The texts of a case that still has to fit one page."""

pytestmark = pytest.mark.browser


@pytest.fixture
def shelf(library):
    """The library with a case that may be published; made before the browser starts."""
    case_id = written(library, **AS_LONG_AS_MAY_BE)
    reviewed(library, case_id)
    return library, departments_by_id([library.department_id])[library.department_id].name.zh, case_id


def test_duties_cases_and_questions_as_people_use_them(site, shelf, open_page):
    library, urban, case_id = shelf
    office = open_page(library.names["office"], DESK)
    duties(office, site, urban)
    address = published(office, f"{site}/cases/{case_id}")
    on_one_page(office, address)
    phone = open_page(library.names["rival"], PHONE, "en")
    phone.goto(f"{site}/cases")
    expect(phone.get_by_role("link", name="园区固废集中分拣")).to_be_visible()
    check(phone)
    picture(phone, "cases")
    phone.get_by_role("link", name="园区固废集中分拣").click()
    check(phone)
    picture(phone, "case")
    asked_and_answered(phone, office, site)


def duties(office, site, urban):
    office.goto(f"{site}/tasks/duties")
    expect(office.get_by_role("heading", name="还没有责任清单")).to_be_visible()
    check(office)
    picture(office, "duties-empty")
    office.goto(f"{site}/forms/task-duty")
    for label, value in (
        ("废物类别", "生活垃圾"),
        ("部门", urban),
        ("依据文件", "区责任清单"),
        ("起始日", "2025-01-01"),
    ):
        office.get_by_label(label).first.fill(value)
    office.get_by_label("收集", exact=True).check()
    office.get_by_label("牵头或配合").select_option("lead")
    picture(office, "duty-form")
    office.get_by_role("button", name=re.compile("^提交")).click()
    office.wait_for_url(re.compile("/entries/"))
    office.goto(f"{site}/tasks/duties")
    office.get_by_label("废物类别").select_option("SW64")
    office.get_by_label("环节", exact=True).select_option("collection")
    office.get_by_role("button", name="查", exact=True).click()
    expect(office.get_by_role("status")).to_contain_text(f"{urban} 牵头其他垃圾的收集")
    check(office)
    picture(office, "duties")


def published(office, address):
    office.goto(address)
    office.get_by_role("button", name="发布到案例库").click()
    expect(office.locator(".wf-head")).to_contain_text("已发布")
    check(office)
    picture(office, "case")
    return address


def on_one_page(office, address):
    office.goto(address)
    office.emulate_media(media="print")
    printed = office.pdf(format="A4", prefer_css_page_size=True)
    office.emulate_media(media="screen")
    if folder := os.environ.get("SHOTS"):
        Path(folder, "case.pdf").write_bytes(printed)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def asked_and_answered(phone, office, site):
    phone.get_by_role("link", name="Ask about this").click()
    phone.locator("#title").fill("要多大场地？")
    phone.get_by_label("How things stand").fill("园区有十二家企业。")
    phone.get_by_label("Group of waste").select_option("recyclables")
    check(phone)
    phone.get_by_role("button", name="Send", exact=True).click()
    phone.wait_for_url(re.compile(r"/questions/\d+$"))
    check(phone)
    office.goto(phone.url)
    office.get_by_label("答复期限").fill("2099-01-01")
    office.get_by_role("button", name="指派").click()
    expect(office.locator(".wf-head")).to_contain_text("待答复")
    office.get_by_label("答复内容").fill("四百平方米即可。")
    check(office)
    picture(office, "question")
    office.get_by_role("button", name="答复", exact=True).click()
    expect(office.locator(".wf-head")).to_contain_text("已答复")
    phone.reload()
    check(phone)
    picture(phone, "question")
    phone.get_by_role("button", name="Settled, close it").click()
    expect(phone.locator(".wf-head")).to_contain_text("Closed")
    office.goto(f"{site}/cases/questions")
    expect(office.get_by_role("link", name=re.compile("要多大场地"))).to_be_visible()
    check(office)
    picture(office, "questions")
