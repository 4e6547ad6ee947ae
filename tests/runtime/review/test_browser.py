"""A phone in Chromium: tap a cell, return, adopt the proposal, resubmit, pass, sign by the device."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import expect, sync_playwright

from tests.runtime.conftest import NOW, PASSWORD
from wufei.runtime.access.services import session
from wufei.runtime.review import queries
from wufei.runtime.review.core.moves import State
from wufei.runtime.review.services import submit
from wufei.runtime.signing.core.signature import Means
from wufei.runtime.signing.queries import signatures_of, verify

from .conftest import read_lantern, username_of

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setenv("WUFEI_NOW", NOW.isoformat())


@pytest.fixture
def open_page(site):
    """The site as somebody sees it; whatever the browser complains of fails the test."""
    complaints = []
    with sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)

        def opened(scope_name, size=PHONE, language="zh-hans"):
            context = browser.new_context(viewport=size)
            context.add_cookies([{"name": "wufei_language", "value": language, "url": site}])
            page = context.new_page()
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(f"{site}/sign-in")
            page.get_by_label(re.compile("用户名|User name")).fill(scope_name)
            page.get_by_label(re.compile("口令|Password")).fill(PASSWORD)
            page.locator("form button[type=submit].btn-primary").click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
            return page

        yield opened
        browser.close()
    assert complaints == []


def beside(work, *arguments, **terms):
    """Ask the database from a thread of its own: Playwright keeps this one busy with an event loop."""

    def working():
        try:
            return work(*arguments, **terms)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(working).result()


def check(page):
    """Axe finds nothing serious, nothing is wider than the screen, and what is tapped is large enough."""
    page.evaluate(AXE.read_text("utf8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    grave = [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        """() => innerWidth > 600 ? [] : [
            ...document.querySelectorAll("main button, main summary, main input.form-control")]
            .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_tap_return_adopt_resubmit_pass_and_sign_on_a_phone(guild, make_lantern, do, open_page, site):
    lantern_id = beside(make_lantern, guild.region_id, party_id=guild.party_id)
    case = beside(do, guild.maker, submit, kind="feast-lantern", subject_id=lantern_id).case
    address = f"{site}/review/{case.id}"

    reviewer = open_page(beside(username_of, guild.reviewer))
    reviewer.goto(f"{site}/review")
    check(reviewer)
    reviewer.get_by_role("link", name="灯会一号灯").click()
    reviewer.locator("summary", has_text="蜡烛数").click()
    reviewer.get_by_label("原因", exact=True).locator("visible=true").select_option(label="数值有误")
    reviewer.get_by_label("建议值（可不填）").locator("visible=true").fill("3")
    check(reviewer)
    reviewer.get_by_role("link", name="记下，去办理").locator("visible=true").click()
    reviewer.get_by_role("button", name="退回", exact=True).click()
    expect(reviewer.locator(".wf-head")).to_contain_text("退回")

    maker = open_page(beside(username_of, guild.maker))
    maker.goto(f"{site}/review")
    maker.get_by_role("link", name="灯会一号灯").click()
    expect(maker.get_by_role("group", name="蜡烛数")).to_contain_text("建议值 3")
    check(maker)
    maker.get_by_role("button", name="全部采用建议并重报").click()
    expect(maker.locator(".wf-head")).to_contain_text("待审")
    assert beside(read_lantern, None, lantern_id).values["candles"] == 3

    reviewer.goto(address)
    reviewer.get_by_role("button", name="通过", exact=True).click()
    expect(reviewer.locator(".wf-head")).to_contain_text("分管")

    leader = open_page(beside(username_of, guild.leader))
    leader.goto(f"{site}/account/devices")
    check(leader)
    leader.get_by_label("设备名称").fill("我的手机")
    leader.get_by_label("或登录口令").fill(PASSWORD)
    leader.get_by_role("button", name="登记这台设备").click()
    expect(leader.locator(".wf-list")).to_contain_text("我的手机")
    check(leader)
    leader.goto(address)
    expect(leader.get_by_text("本设备已登记")).to_be_visible()
    check(leader)
    leader.get_by_role("button", name="签名并通过").click()
    expect(leader.get_by_text("签名有效，内容未变")).to_be_visible()
    check(leader)

    state, (signature,), values = beside(in_the_end, guild.leader, case.id, lantern_id)
    assert (state, signature.means) == (State.PASSED, Means.DEVICE)
    assert verify(signature, values).holds


def in_the_end(scope, case_id, lantern_id):
    """Read where the case stands, its signatures and the present values."""
    with session(scope):
        signatures = signatures_of(scope, kind="feast-lantern", subject_id=lantern_id)
        return (
            queries.case_by_id(scope, case_id).state,
            signatures,
            read_lantern(scope, lantern_id).values,
        )


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh-hans"), (DESK, "en"), (PHONE, "en")])
def test_every_page_is_readable_in_both_languages_on_desk_and_phone(  # noqa: PLR0917 - fixtures
    guild,
    make_lantern,
    do,
    open_page,
    site,
    size,
    language,
):
    reviewer = open_page(beside(username_of, guild.reviewer), size, language)
    reviewer.goto(f"{site}/review")
    check(reviewer)
    lantern_id = beside(make_lantern, guild.region_id, party_id=guild.party_id)
    case = beside(do, guild.maker, submit, kind="lantern", subject_id=lantern_id).case
    for path in ("/review", f"/review/{case.id}", "/account/devices"):
        reviewer.goto(f"{site}{path}")
        check(reviewer)
    if language == "en":
        reviewer.goto(f"{site}/review/{case.id}")
        expect(reviewer.get_by_role("button", name="Return", exact=True)).to_be_visible()
        expect(reviewer.get_by_text("Candles")).to_be_visible()
