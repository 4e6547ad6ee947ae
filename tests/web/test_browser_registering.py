"""An enterprise signs up on a phone, is returned, mended and passed, and opens its file."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, check, sign_in
from wufei.records.registry.core.uscc import check_character

PASSWORD = "seven green kettles sing"

pytestmark = pytest.mark.browser


def fill_in(page, district, name, code):
    """Fill in the form, with an address that the office will not take."""
    for label, words in (
        ("企业名称", name),
        ("统一社会信用代码", code),
        ("所在区域", district.key),
        ("地址", "试验路"),
        ("联系人", "李四光"),
        ("手机或电话", "138 0000 5678"),
    ):
        page.get_by_label(label, exact=True).fill(words)
    page.locator("#email").fill(f"li-{code.lower()}@example.cn")
    for box in ("#new_password", "#repeated"):
        page.locator(box).fill(PASSWORD)


def test_an_enterprise_registers_on_a_phone_is_returned_mended_passed_and_sees_its_file(
    district, open_page, site
):
    body = f"91{uuid.uuid4().int % 10**15:015}"
    code, name = body + check_character(body), f"试验{uuid.uuid4().hex[:6]}制造公司"
    phone, office = open_page(size=PHONE, refused=True), open_page(district.users["office"], DESK)

    phone.goto(f"{site}/sign-in")
    phone.get_by_role("link", name="企业注册").click()
    check(phone)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    fill_in(phone, district, name, wrong)
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.locator("#uscc-fault")).to_contain_text("校验码")
    expect(phone.get_by_label("企业名称", exact=True)).to_have_value(name)
    check(phone)
    phone.locator("[name=confirmed]").check()
    fill_in(phone, district, name, code)
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_role("heading", name="申请已提交")).to_be_visible()
    check(phone)
    phone.get_by_role("link", name="登录查看进度").click()
    sign_in(phone, site, f"li-{code.lower()}@example.cn", PASSWORD)
    expect(phone.get_by_role("heading", name="我的注册申请")).to_be_visible()
    expect(phone.get_by_role("main")).to_contain_text("待审核")
    check(phone)

    office.goto(site)
    office.get_by_role("link", name=re.compile("份企业注册申请待审核")).click()
    check(office)
    office.get_by_role("link", name=re.compile(name)).click()
    office.locator("summary", has_text="退回修改").click()
    check(office)
    office.get_by_label("地址", exact=True).fill("请写到门牌号")
    office.get_by_role("button", name="退回申请人").click()
    expect(office.get_by_role("main")).to_contain_text("请写到门牌号")

    phone.goto(site)
    expect(phone.locator("#address-remark")).to_contain_text("请写到门牌号")
    check(phone)
    phone.get_by_label("地址", exact=True).fill("试验路 12 号")
    phone.get_by_role("button", name="再次提交").click()
    expect(phone.get_by_role("main")).to_contain_text("修改后再次提交")

    office.reload()
    expect(office.get_by_role("main")).to_contain_text("试验路 12 号")
    office.get_by_role("button", name="通过", exact=True).click()
    expect(office.get_by_role("main")).to_contain_text("已关联到")
    check(office)

    phone.goto(site)
    phone.goto(f"{site}/register/mine")
    check(phone)
    phone.get_by_role("main").get_by_role("link", name=name).click()
    expect(phone.get_by_role("heading", name=re.compile(name))).to_be_visible()
    expect(phone.get_by_role("main")).to_contain_text("试验路 12 号")
    expect(phone.get_by_role("main")).to_contain_text(code)
