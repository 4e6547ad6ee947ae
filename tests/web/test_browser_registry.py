"""From a firm's page into its forms in Chromium: the firm and kind stand there already, doubts are asked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, is_wide, serious_faults

FORMS = ("site", "place", "paper", "contract", "vehicle", "person", "tag")

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh-hans"), (PHONE, "en")], ids=["desk", "phone"])
def test_every_form_opens_from_its_section_and_a_vehicle_is_entered(
    district, site, open_page, size, language
):
    page = open_page(district.users["clerk"], size, language, refused=True)
    firm = f"{district.key}-firm"
    page.goto(f"{site}/registry/parties/{firm}")
    faults = serious_faults(page)
    assert not is_wide(page)
    for form in FORMS:
        page.goto(f"{site}/registry/parties/{firm}")
        page.locator(f'a[href^="/forms/registry-{form}?"]').first.click()
        expect(page.locator('[name="/firm"]')).to_have_value(firm)
        assert not is_wide(page)
        faults += serious_faults(page)
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
