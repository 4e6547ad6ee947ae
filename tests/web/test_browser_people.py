"""An invited person on a phone opens the link, sets a password and a second factor, and signs in with it."""

import base64
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, check, sign_in
from wufei.runtime.clock import now
from wufei.runtime.identity.core.totp import STEP_S, hotp, step_at
from wufei.runtime.identity.queries import find_user
from wufei.runtime.identity.services import save_contact

NEW = "seven green kettles sing"

pytestmark = pytest.mark.browser


@pytest.fixture
def reachable_clerk(district):
    """The user name of a clerk with phone and e-mail."""
    user = find_user(district.users["clerk"])
    save_contact(user_id=user.id, phone="13812345678", email="clerk@example.cn")
    return user.username


def invite(page, site):
    """Invite 李四光 as a clerk on the pages, and give the address of the link."""
    page.goto(f"{site}/people")
    page.get_by_role("link", name="邀请人员").click()
    page.get_by_label("姓名", exact=True).fill("李四光")
    page.get_by_label("手机", exact=True).fill("138 0000 5678")
    page.get_by_label("身份", exact=True).select_option("reviewer")
    page.get_by_role("button", name="生成邀请链接").click()
    return page.locator("[data-whole]").inner_text()


def test_an_invited_person_comes_in_on_a_phone_and_signs_in_again_with_a_second_factor(
    district, open_page, site, monkeypatch
):
    office = open_page(district.users["office"])
    address = invite(office, site)
    check(office)

    phone, name = open_page(size=PHONE), f"li-{district.key[-8:]}"
    phone.goto(address)
    expect(phone.get_by_text("李四光")).to_be_visible()
    check(phone)
    phone.get_by_label("用户名").fill(name)
    phone.get_by_label("新口令", exact=True).fill(NEW)
    phone.get_by_label("再输入一次新口令").fill(NEW)
    phone.get_by_role("button", name="接受并进入").click()
    phone.wait_for_url(f"{site}/")

    phone.get_by_role("button", name="菜单").click()
    phone.locator(".wf-me summary").click()
    expect(phone.locator(".wf-me")).to_contain_text("请启用二次验证")
    phone.get_by_role("link", name="账号与安全").click()
    check(phone)
    phone.get_by_role("link", name=re.compile("二次验证 .*未启用")).click()
    check(phone)
    secret = base64.b32decode(phone.locator("[data-secret]").inner_text().replace(" ", ""))
    phone.get_by_label("验证码").fill(hotp(secret, step_at(now())))
    phone.get_by_role("button", name="启用").click()
    expect(phone.locator(".wf-recovery li")).to_have_count(10)
    recovery = phone.locator(".wf-recovery li").first.inner_text()
    check(phone)
    phone.get_by_role("link", name="已经保存好").click()
    expect(phone.get_by_role("main")).to_contain_text("已启用")

    phone.get_by_role("button", name="菜单").click()
    phone.locator(".wf-me summary").click()
    expect(phone.locator(".wf-me")).not_to_contain_text("请启用二次验证")
    phone.get_by_role("button", name="退出登录").click()
    sign_in(phone, site, name, NEW)
    expect(phone.get_by_role("heading", name="二次验证")).to_be_visible()
    check(phone)
    # A code is good for once: the next one comes half a minute later.
    monkeypatch.setenv("WUFEI_NOW", (now() + timedelta(seconds=STEP_S)).isoformat())
    phone.get_by_label("验证码").fill(hotp(secret, step_at(now())))
    phone.get_by_role("button", name="登录").click()
    phone.wait_for_url(f"{site}/")

    # The phone is lost: a recovery code opens once.
    other = open_page()
    sign_in(other, site, name, NEW)
    other.get_by_label("验证码").fill(recovery)
    other.get_by_role("button", name="登录").click()
    other.wait_for_url(f"{site}/")


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh-hans"), (PHONE, "en")], ids=["desk", "phone"])
def test_the_pages_of_account_and_people_have_no_serious_fault(
    district, reachable_clerk, open_page, site, size, language
):
    page = open_page(district.users["office"], size, language)
    page.goto(f"{site}/account")
    page.locator("details.wf-fold summary").click()
    page.locator("#key-name").fill("ERP")
    check(page)
    page.locator("#keys form button[type=submit]").last.click()
    expect(page.locator("[data-whole]")).to_contain_text("wf_")
    check(page)
    page.goto(f"{site}/people?q={reachable_clerk}")
    page.get_by_role("link", name="试验clerk").click()
    expect(page.get_by_role("main")).to_contain_text("138****5678")
    check(page)
    page.goto(f"{site}/people?q=nobody-is-called-so")
    check(page)


def test_an_invitation_can_be_withdrawn_on_the_page(district, open_page, site):
    office = open_page(district.users["office"])
    invite(office, site)
    office.goto(f"{site}/people")
    office.get_by_role("button", name="撤回 李四光").click()
    expect(office.get_by_role("main")).not_to_contain_text("李四光")
