"""An enterprise signs up on a phone, is returned, mended and passed, and opens its file."""

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from wufei.records.registry.core.uscc import check_character

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
OFFICE_PASSWORD = "correct horse battery"
PASSWORD = "seven green kettles sing"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SMALL = """() => [...document.querySelectorAll(
    'main button, main .btn, main input:not([type=hidden]), main select, main summary')]
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
def open_page(browser, site):
    """A page at a size; whatever the browser complains of fails the test, but the 422 of a form sent back."""
    complaints = []

    def opened(size, language="zh-hans"):
        context = browser.new_context(viewport=size)
        context.add_cookies([{"name": "wufei_language", "value": language, "url": site}])
        page = context.new_page()
        page.on(
            "console",
            lambda line: (
                complaints.append(line.text) if line.type == "error" and "422" not in line.text else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    assert complaints == []


def sign_in(page, name, password):
    page.locator("#username").fill(name)
    page.locator("#password").fill(password)
    page.locator("form button[type=submit].btn-primary").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def is_well_made(page, size):
    page.evaluate(AXE.read_text("utf8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ] == []
    assert not page.evaluate(WIDE)
    if size is PHONE:
        assert page.evaluate(SMALL) == []


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
    phone, office = open_page(PHONE), open_page(DESK)

    phone.goto(f"{site}/sign-in")
    phone.get_by_role("link", name="企业注册").click()
    is_well_made(phone, PHONE)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    fill_in(phone, district, name, wrong)
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.locator("#uscc-fault")).to_contain_text("校验码")
    expect(phone.get_by_label("企业名称", exact=True)).to_have_value(name)
    is_well_made(phone, PHONE)
    phone.locator("[name=confirmed]").check()
    fill_in(phone, district, name, code)
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_role("heading", name="申请已提交")).to_be_visible()
    is_well_made(phone, PHONE)
    phone.get_by_role("link", name="登录查看进度").click()
    sign_in(phone, f"li-{code.lower()}@example.cn", PASSWORD)
    expect(phone.get_by_role("heading", name="我的注册申请")).to_be_visible()
    expect(phone.get_by_role("main")).to_contain_text("待审核")
    is_well_made(phone, PHONE)

    office.goto(f"{site}/sign-in")
    sign_in(office, district.users["office"], OFFICE_PASSWORD)
    office.get_by_role("link", name=re.compile("份企业注册申请待审核")).click()
    is_well_made(office, DESK)
    office.get_by_role("link", name=re.compile(name)).click()
    office.locator("summary", has_text="退回修改").click()
    is_well_made(office, DESK)
    office.get_by_label("地址", exact=True).fill("请写到门牌号")
    office.get_by_role("button", name="退回申请人").click()
    expect(office.get_by_role("main")).to_contain_text("请写到门牌号")

    phone.goto(site)
    expect(phone.locator("#address-remark")).to_contain_text("请写到门牌号")
    is_well_made(phone, PHONE)
    phone.get_by_label("地址", exact=True).fill("试验路 12 号")
    phone.get_by_role("button", name="再次提交").click()
    expect(phone.get_by_role("main")).to_contain_text("修改后再次提交")

    office.reload()
    expect(office.get_by_role("main")).to_contain_text("试验路 12 号")
    office.get_by_role("button", name="通过", exact=True).click()
    expect(office.get_by_role("main")).to_contain_text("已关联到")
    is_well_made(office, DESK)

    phone.goto(site)
    phone.goto(f"{site}/register/mine")
    is_well_made(phone, PHONE)
    phone.get_by_role("main").get_by_role("link", name=name).click()
    expect(phone.get_by_role("heading", name=re.compile(name))).to_be_visible()
    expect(phone.get_by_role("main")).to_contain_text("试验路 12 号")
    expect(phone.get_by_role("main")).to_contain_text(code)
