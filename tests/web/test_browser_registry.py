"""From a firm's page into its forms in Chromium: the firm and kind stand there already, doubts are asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
PASSWORD = "correct horse battery"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
FORMS = ("site", "place", "paper", "contract", "vehicle", "person", "tag")

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)


@pytest.fixture
def browser():
    with sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else None
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


def sign_in(browser, site, name, size, language):
    context = browser.new_context(viewport=size)
    context.add_cookies([{"name": "wufei_language", "value": language, "url": site}])
    page = context.new_page()
    page.goto(f"{site}/sign-in")
    page.get_by_label(re.compile("用户名|User name")).fill(name)
    page.get_by_label(re.compile("口令|Password")).fill(PASSWORD)
    page.locator("form button[type=submit].btn-primary").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def serious(page):
    page.evaluate(AXE.read_text("utf8"))
    found = page.evaluate("axe.run()")["violations"]
    return [(page.url, one["id"]) for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_form_opens_from_its_section_and_a_vehicle_is_entered(district, site, browser, size, language):
    page = sign_in(browser, site, district.users["clerk"], size, language)
    firm = f"{district.key}-firm"
    page.goto(f"{site}/registry/parties/{firm}")
    faults = serious(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for form in FORMS:
        page.goto(f"{site}/registry/parties/{firm}")
        page.locator(f'a[href^="/forms/registry-{form}?"]').first.click()
        expect(page.locator('[name="/firm"]')).to_have_value(firm)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        faults += serious(page)
    assert faults == []
    page.goto(f"{site}/forms/registry-vehicle?firm={firm}")
    page.locator('[name="/plate"]').fill("京I1")
    page.locator("[data-enter]").click()
    expect(page.locator("#wrong")).to_contain_text(re.compile("GA 36"))
    expect(page.locator('[name="/firm"]')).to_have_value(firm)
    page.locator('[name="/plate"]').fill("京A12345")
    page.locator("[data-enter]").click()
    page.wait_for_url(re.compile("/entries/"))
    page.goto(f"{site}/registry/parties/{firm}")
    expect(page.locator("body")).to_contain_text("京A12345")
