"""The box of names in Chromium: answers while one types, on a desk and on a phone, with axe."""

import pytest
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, check, picture, small_targets

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize(("size", "language"), [(DESK, "zh-hans"), (PHONE, "en")])
def test_the_page_has_no_serious_faults_empty_clear_and_asking(open_page, site, size, language):
    page = open_page("", size, language)
    for name in ("", "空机油桶", "废活性炭", "阿巴阿巴"):
        page.goto(f"{site}/catalogue/find?q={name}")
        picture(page, f"find-{language}-{name}")
        check(page)


@pytest.mark.usefixtures("district")
def test_the_answer_appears_while_one_types_and_follows_what_is_typed(open_page, site):
    page = open_page()
    page.goto(f"{site}/catalogue/find")
    box = page.get_by_label("废物叫什么")
    box.fill("dianping")
    expect(page.locator("#found").get_by_role("link", name="900-052-31").first).to_be_visible()
    box.fill("飞灰")
    expect(page.locator("#found").get_by_text("飞灰来自哪里")).to_be_visible()


@pytest.mark.usefixtures("district")
def test_what_a_finger_touches_is_44_pixels_high_on_a_phone(open_page, site):
    page = open_page(size=PHONE)
    for name in ("", "空机油桶", "废活性炭", "阿巴阿巴"):
        page.goto(f"{site}/catalogue/find?q={name}")
        expect(page.locator("main").locator("a, button, input, summary").first).to_be_visible()
        assert small_targets(page, "main a, main button, main input, main summary") == []
