"""An invited person on a phone opens the link, sets a password and a second factor, and signs in with it."""

import base64
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from wufei.runtime.clock import now
from wufei.runtime.identity.core.totp import STEP_S, hotp, step_at
from wufei.runtime.identity.queries import find_user
from wufei.runtime.identity.services import save_contact

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
PASSWORD = "correct horse battery"
NEW = "seven green kettles sing"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SMALL = """() => [...document.querySelectorAll(
    'main button, main .btn, main input:not([type=hidden]), main select')]
  .filter((one) => one.offsetParent && one.type !== 'checkbox' && one.getBoundingClientRect().height < 43.5)
  .map((one) => one.outerHTML.slice(0, 120))"""
WIDE = "() => document.documentElement.scrollWidth > innerWidth"

pytestmark = pytest.mark.browser


@pytest.fixture
def browser():
    with sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else None
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def reachable_clerk(district):
    """The user name of a clerk with phone and e-mail."""
    user = find_user(district.users["clerk"])
    save_contact(user_id=user.id, phone="13812345678", email="clerk@example.cn")
    return user.username


@pytest.fixture
def open_page(browser, site):
    """A page at a size; whatever the browser complains of fails the test."""
    complaints = []

    def opened(size=DESK, language="zh-hans"):
        context = browser.new_context(viewport=size)
        context.add_cookies([{"name": "wufei_language", "value": language, "url": site}])
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    assert complaints == []


def sign_in(page, site, name, password=PASSWORD):
    page.goto(f"{site}/sign-in")
    page.locator("#username").fill(name)
    page.locator("#password").fill(password)
    page.locator("form button[type=submit].btn-primary").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


def serious_faults(page):
    page.evaluate(AXE.read_text("utf8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def is_well_made(page, size):
    assert serious_faults(page) == []
    assert not page.evaluate(WIDE)
    if size is PHONE:
        assert page.evaluate(SMALL) == []


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
    office = open_page()
    sign_in(office, site, district.users["office"])
    address = invite(office, site)
    is_well_made(office, DESK)

    phone, name = open_page(PHONE), f"li-{district.key[-8:]}"
    phone.goto(address)
    expect(phone.get_by_text("李四光")).to_be_visible()
    is_well_made(phone, PHONE)
    phone.get_by_label("用户名").fill(name)
    phone.get_by_label("新口令", exact=True).fill(NEW)
    phone.get_by_label("再输入一次新口令").fill(NEW)
    phone.get_by_role("button", name="接受并进入").click()
    phone.wait_for_url(f"{site}/")

    phone.get_by_role("button", name="菜单").click()
    phone.locator(".wf-me summary").click()
    expect(phone.locator(".wf-me")).to_contain_text("请启用二次验证")
    phone.get_by_role("link", name="账号与安全").click()
    is_well_made(phone, PHONE)
    phone.get_by_role("link", name=re.compile("二次验证 .*未启用")).click()
    is_well_made(phone, PHONE)
    secret = base64.b32decode(phone.locator("[data-secret]").inner_text().replace(" ", ""))
    phone.get_by_label("验证码").fill(hotp(secret, step_at(now())))
    phone.get_by_role("button", name="启用").click()
    expect(phone.locator(".wf-recovery li")).to_have_count(10)
    recovery = phone.locator(".wf-recovery li").first.inner_text()
    is_well_made(phone, PHONE)
    phone.get_by_role("link", name="已经保存好").click()
    expect(phone.get_by_role("main")).to_contain_text("已启用")

    phone.get_by_role("button", name="菜单").click()
    phone.locator(".wf-me summary").click()
    expect(phone.locator(".wf-me")).not_to_contain_text("请启用二次验证")
    phone.get_by_role("button", name="退出登录").click()
    sign_in(phone, site, name, NEW)
    expect(phone.get_by_role("heading", name="二次验证")).to_be_visible()
    is_well_made(phone, PHONE)
    # A code is good for once: the next one comes half a minute later.
    monkeypatch.setenv("WUFEI_NOW", (now() + timedelta(seconds=STEP_S)).isoformat())
    phone.get_by_label("验证码").fill(hotp(secret, step_at(now())))
    phone.get_by_role("button", name="登录").click()
    phone.wait_for_url(f"{site}/")

    # The phone is lost: a recovery code opens once.
    other = open_page(DESK)
    sign_in(other, site, name, NEW)
    other.get_by_label("验证码").fill(recovery)
    other.get_by_role("button", name="登录").click()
    other.wait_for_url(f"{site}/")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_of_account_and_people_have_no_serious_fault(
    district, reachable_clerk, open_page, site, size, language
):
    page = open_page(size, language)
    sign_in(page, site, district.users["office"])
    page.goto(f"{site}/account")
    page.locator("details.wf-fold summary").click()
    page.locator("#key-name").fill("ERP")
    is_well_made(page, size)
    page.locator("#keys form button[type=submit]").last.click()
    expect(page.locator("[data-whole]")).to_contain_text("wf_")
    is_well_made(page, size)
    for path in ("/account", "/account/password", "/account/second-factor", "/people", "/people/invite"):
        page.goto(f"{site}{path}")
        is_well_made(page, size)
    page.goto(f"{site}/people?q={reachable_clerk}")
    page.get_by_role("link", name="试验clerk").click()
    expect(page.get_by_role("main")).to_contain_text("138****5678")
    is_well_made(page, size)
    page.goto(f"{site}/people?q=nobody-is-called-so")
    is_well_made(page, size)


def test_an_invitation_can_be_withdrawn_on_the_page(district, open_page, site):
    office = open_page()
    sign_in(office, site, district.users["office"])
    invite(office, site)
    office.goto(f"{site}/people")
    office.get_by_role("button", name="撤回 李四光").click()
    expect(office.get_by_role("main")).not_to_contain_text("李四光")
