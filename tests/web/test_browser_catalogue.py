"""The catalogue in Chromium, on a desk and on a phone, in both languages, with axe on every page."""

import io
import re

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, check, picture, serious_faults

pytestmark = pytest.mark.browser

# Pages without an item or a search: test_browser.py, with all others.
PAGES = [
    "/catalogue?category=HW08",
    "/catalogue/items/900-052-31",
    "/catalogue/items/900-052-31?step=transport&fact=battery-unbroken",
    "/catalogue/items/900-013-S17",
]


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh-hans"), (PHONE, "en")])
def test_no_page_has_serious_faults_or_scrolls_sideways(district, open_page, site, size, language):
    page = open_page(district.users["office"], size, language)
    for path in PAGES:
        page.goto(f"{site}{path}")
        picture(page, path)
        check(page)


def test_items_appear_while_typing_and_a_sheet_is_checked_and_taken_back(district, open_page, site, tmp_path):
    page = open_page(district.users["office"])
    page.goto(f"{site}/catalogue")
    page.get_by_label("查找").fill("机油")
    expect(page.get_by_role("link", name="900-214-08")).to_be_visible()
    expect(page.get_by_role("link", name="导出 Excel")).to_have_attribute("href", re.compile("q=%E6%9C%BA"))
    page.goto(f"{site}/catalogue/names")
    page.get_by_label("表格文件").set_input_files({"name": "清单.xlsx", "mimeType": "", "buffer": _sheet()})
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_text("代码已停用")).to_be_visible()
    picture(page, "/catalogue/names-checked")
    assert serious_faults(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载改好的表格").click()
    assert waiting.value.suggested_filename.endswith("已核对.xlsx")


def _sheet():
    book = Workbook()
    for row in (("废物名称", "废物代码"), ("废溶剂", "900-403-06"), ("废机油", "900-214-08")):
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
