"""The path of issue A in Chromium, on a desk and on a phone, with axe on every page."""

import base64
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, is_wide, serious_faults, sign_in, small_targets
from wufei.runtime.access.core import PUBLISHED, Role, Scope
from wufei.runtime.access.routes import admits, routes

pytestmark = pytest.mark.browser


OBJECTS = {
    "plan_id": lambda place: place.plan_id,
    "figure_id": lambda place: place.figure.removeprefix("/indicators/figures/"),
    "transfer_id": lambda place: place.used_id,
    "posting_id": lambda place: place.used_id,
    "party_key": lambda place: f"{place.key}-firm",
    "code": lambda _: "900-041-49",
}
NOTHING_THERE = {"to-provider", "account-provider", "from-provider", "ledger:proof", "ledger:heads"}
"""No provider of identities is configured, and nothing is sealed yet: they say so with 404 or 403."""
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def pages_of(page, site, place, role):
    """Give the address of every page that a role may see, where its object is at hand.

    What only takes forms (405), a file, or a part of a page is none.
    """
    scope = Scope(1, 1, Role(role), frozenset({place.region_id}))
    # The figures of the district are a scenario's, not published: for officials of the district alone.
    hidden = PUBLISHED if role == "producer" else frozenset()
    pages = []
    for route in routes():
        known = set(_PARAMETER.findall(route.pattern)) <= OBJECTS.keys()
        if (
            not known
            or route.name in NOTHING_THERE
            or not admits(scope, route.access)
            or hidden & {*route.access}
        ):
            continue
        address = _PARAMETER.sub(lambda found: str(OBJECTS[found[1]](place)), f"/{route.pattern}")
        answer = page.request.get(f"{site}{address}")
        assert answer.status in {200, 405}, (address, answer.status)
        if "text/html" in answer.headers["content-type"] and "<html" in answer.text():
            pages.append(address)
    assert len(pages) > 20, pages
    return pages


def test_from_sign_in_to_overview_indicator_lineage_transfer_and_working_sheet(
    district, open_page, site, tmp_path
):
    page = open_page()
    sign_in(page, site, district.users["office"])
    page.get_by_role("link", name="总览").click()
    expect(page.get_by_role("note")).to_contain_text("示例区·合成数据")
    page.get_by_role("link", name="79%").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("一般工业固体废物综合利用率")
    expect(page.locator(".wf-formula")).to_contain_text("24 吨")
    expect(page.locator(".wf-formula")).to_contain_text("80%")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="测算底稿").click()
    target = tmp_path / "sheet.xlsx"
    waiting.value.save_as(target)
    assert any(
        str(cell.value).startswith("=") for sheet in load_workbook(target) for row in sheet for cell in row
    )
    page.get_by_role("link", name="投入处理").first.click()
    expect(page.get_by_role("main")).to_contain_text("8,000,000 g")
    expect(page.get_by_role("main")).to_contain_text("试验一厂")


def test_the_table_narrows_while_typing_and_the_address_follows(district, open_page, site):
    page = open_page(district.users["office"])
    page.goto(f"{site}/indicators")
    page.get_by_label("查找").fill("协调机制")
    expect(page.get_by_role("rowheader", name="一般工业固体废物综合利用率")).to_have_count(0)
    expect(page.get_by_role("rowheader", name="协调机制")).to_be_visible()
    assert "q=" in page.url


def test_more_transfers_are_added_below_the_ones_seen(busy_district, open_page, site):
    page = open_page(busy_district.users["office"])
    page.goto(f"{site}/ledger/transfers")
    rows = page.locator(".wf-transfer-rows > tr:not(.wf-next)")
    expect(rows).to_have_count(50)
    page.get_by_role("link", name="再看一些流水").click()
    expect(rows).to_have_count(100)


def test_a_chart_saved_as_a_picture_bears_the_synthetic_mark(district, open_page, site, tmp_path):
    page = open_page(district.users["office"])
    page.goto(f"{site}/overview")
    with page.expect_download() as saved:
        page.locator("[data-png]").click()
    saved.value.save_as(tmp_path / "chart.png")
    content = base64.b64encode((tmp_path / "chart.png").read_bytes()).decode()
    corner = page.evaluate(
        """async (content) => {
            const picture = new Image();
            picture.src = `data:image/png;base64,${content}`;
            await picture.decode();
            const canvas = document.createElement("canvas");
            canvas.width = picture.width;
            canvas.height = picture.height;
            canvas.getContext("2d").drawImage(picture, 0, 0);
            return Array.from(canvas.getContext("2d").getImageData(2, 2, 1, 1).data);
        }""",
        content,
    )
    assert corner == [0xFD, 0xF2, 0xDA, 0xFF]


def test_a_picker_opens_closes_by_escape_and_gives_the_focus_back(district, open_page, site):
    page = open_page(district.users["office"])
    page.goto(f"{site}/overview")
    summary = page.locator(".wf-picker summary").nth(1)
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="2025年第一季度")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="2025年第一季度")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_chart_and_its_table_say_the_same(district, open_page, site):
    page = open_page(district.users["office"])
    page.goto(f"{site}/overview")
    expect(page.locator("[data-chart=mass-data] canvas")).to_be_visible()
    page.get_by_role("button", name="表").first.click()
    expect(page.locator("[data-chart=mass-data]")).to_be_hidden()
    expect(page.get_by_role("row", name=re.compile("一般工业固体废物")).first).to_contain_text("30 吨")


def test_the_language_is_switched_and_kept(district, open_page, site):
    page = open_page(district.users["office"])
    page.goto(site)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="Overview")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Overview")).to_be_visible()


@pytest.mark.parametrize(
    ("role", "size", "language"),
    [("office", DESK, "zh-hans"), ("office", PHONE, "en"), ("producer", PHONE, "zh-hans")],
    ids=["desk", "phone", "producer"],
)
def test_on_any_page_axe_finds_nothing_serious_and_on_a_phone_it_fits_the_window_and_the_finger(
    district, open_page, site, size, language, role
):
    guest, page = open_page("", size, language), open_page(district.users[role], size, language)
    guest.goto(f"{site}/sign-in")
    faults = {"/sign-in": serious_faults(guest)}
    for path in pages_of(page, site, district, role):
        page.goto(f"{site}{path}")
        small = small_targets(page, ALONE) if size == PHONE else []
        faults[path] = [*serious_faults(page), *(["wider than its window"] if is_wide(page) else []), *small]
    assert {path: found for path, found in faults.items() if found} == {}


# Links inside a sentence are exempt (WCAG 2.5.8); what stands alone must be 44 px high.
ALONE = (
    "button, summary, .btn, .wf-chip, .wf-picker a, .wf-list a, select, input[type=search], input[type=text]"
)


def test_the_menu_of_a_phone_opens_by_its_button(district, open_page, site):
    page = open_page(district.users["office"], PHONE)
    page.goto(site)
    menu = page.get_by_role("button", name="菜单")
    expect(page.get_by_role("link", name="总览")).to_be_hidden()
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.get_by_role("link", name="总览").click()
    expect(page).to_have_url(re.compile("/overview"))


def test_print_leaves_out_menu_and_pickers_but_keeps_the_synthetic_mark(district, open_page, site):
    page = open_page(district.users["office"])
    page.goto(f"{site}/overview")
    page.emulate_media(media="print")
    expect(page.get_by_role("note")).to_be_visible()
    expect(page.locator(".wf-menu")).to_be_hidden()
    expect(page.locator(".wf-pickers")).to_be_hidden()
