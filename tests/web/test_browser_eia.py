"""An assessment in Chromium: dropped, its table seen, taken over, and standing in the enterprise's file."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, beside, check, picture
from tests.records.plans.eia_document import EIA
from tests.web.test_browser_plans import drop
from tests.web.test_eia_pages import read_by
from wufei.runtime.identity.models import User

pytestmark = pytest.mark.browser


def read_as(name):
    client = Client()
    client.force_login(User.objects.get(username=name))
    return read_by(client)


def test_a_dropped_assessment_is_seen_taken_over_and_stands_in_the_file(district, site, open_page):
    page = open_page(district.users["office"], DESK, refused=True)
    firm = f"{district.key}-firm"
    page.goto(f"{site}/plans/eia")
    drop(page, "绝密★10年\n".encode() + EIA.encode(), "环评.txt")
    page.get_by_role("button", name="读入").click()
    expect(page.get_by_role("alert")).to_contain_text("标有密级“绝密”")
    drop(page, EIA.encode(), "环评.txt")
    check(page)
    picture(page, "eia-drop")
    page.get_by_role("button", name="读入").click()
    page.wait_for_url(re.compile("/plans/eia/.{36}$"))
    expect(
        page.get_by_role("row", name=re.compile("废机油.*危险废物.*900-214-08.*3.2t")).first
    ).to_be_visible()
    expect(page.locator("main")).to_contain_text("全文没有提到转移联单")
    check(page)
    picture(page, "eia-read")
    page.get_by_role("link", name="转入企业档案").click()
    page.get_by_role("searchbox").fill("试验一厂")
    page.get_by_role("button", name="查找").click()
    picture(page, "eia-choose")
    page.get_by_role("link", name="试验一厂").click()
    expect(page.get_by_label("转入 废机油")).to_be_checked()
    expect(page.get_by_label("转入 金属边角料")).not_to_be_checked()
    check(page)
    picture(page, "eia-preview")
    page.get_by_role("button", name="确认写入").click()
    expect(page.get_by_role("alert")).to_contain_text("请填批复文号")
    page.get_by_label("批复文号").fill("京环审〔2026〕1号")
    page.get_by_label("批复日期").fill("2025-01-05")
    page.get_by_role("button", name="确认写入").click()
    expect(page.get_by_role("status").first).to_contain_text("新增 2 条")
    picture(page, "eia-taken")
    page.goto(f"{site}/registry/parties/{firm}")
    expect(page.locator("main")).to_contain_text("环评批复量与实际产生量")
    expect(page.get_by_role("row", name=re.compile("危废暂存间.*TS001"))).to_be_visible()
    check(page)
    picture(page, "eia-file")


def test_on_a_phone_in_english_nothing_is_too_wide_or_too_small(district, site, open_page):
    address = beside(read_as, district.users["office"])
    page = open_page(district.users["office"], PHONE, "en")
    for name, path in (
        ("eia", "/plans/eia"),
        ("eia-read", address),
        ("eia-take", f"{address}/take?q={district.key}"),
        ("eia-preview", f"{address}/take?firm={district.key}-firm"),
    ):
        page.goto(f"{site}{path}")
        check(page)
        picture(page, f"phone-{name}")
