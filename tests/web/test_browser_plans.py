"""Plan files in Chromium: dropped, looked through beside the source, mended, published, compared."""

from __future__ import annotations

import base64
import io
import re
from functools import cache
from urllib.parse import urlsplit

import docx
import pytest
from playwright.sync_api import expect

from tests.actions.tasks.conftest import on_day, place_factory
from tests.browsing import DESK, PHONE, beside, check, picture
from wufei.records.plans.services import take_in
from wufei.runtime import clock

__all__ = ["on_day", "place_factory"]

pytestmark = pytest.mark.browser

INDICATORS = (
    ("序号", "一级指标", "二级指标", "指标名称", "指标类型", "2024年现状", "2027年目标", "责任单位"),
    ("1", "资源化利用", "工业", "一般工业固体废物综合利用率", "必选", "90%", "80%", "生态环境局"),
    ("2", "资源化利用", "生活", "生活垃圾回收利用比率", "必选", "41%", "≥45%", "城管委"),
    ("3", "保障能力", "制度", "专项资金投入", "自选", "-", "500万元", "区财政部门"),
)
TASKS = (
    ("序号", "重点任务", "主要内容", "牵头单位", "责任单位", "完成时限"),
    ("1", "建设分拣中心", "建成分拣中心一处，投入运行。", "生态环境局", "城管委", "2026年底前"),
    ("2", "推行绿色制造", "建成3家绿色工厂。", "区工信局", "生态环境局、各有关部门", "长期坚持"),
    ("4", "整治非法倾倒", "清理存量点位12处。", "城管委", "各有关部门", "2027年底前"),
)
LATER = (
    TASKS[0],
    ("1", "推行绿色制造", "建成5家绿色工厂。", "区工信局", "生态环境局、各有关部门", "长期坚持"),
    ("2", "建设分拣中心", "建成分拣中心一处，投入运行。", "生态环境局", "城管委", "2026年底前"),
    ("3", "推广净菜上市", "批发市场净菜上市率达到一半。", "城管委", "各有关部门", "2027年底前"),
)
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@cache
def word(tasks=TASKS, *, day="2025年3月18日", indicators=INDICATORS) -> bytes:
    """Write a plan as a Word file, with enough text before its tables that they must be scrolled to."""
    document = docx.Document()
    for line in ("河东区“无废城市”建设实施方案（2025—2027年）", day, "一、总体要求"):
        document.add_paragraph(line)
    for number in range(30):
        document.add_paragraph(
            f"第{number + 1}点要求：统筹推进固体废物源头减量和资源化利用，守住环境安全底线。"
        )
    for heading, rows in (("二、建设指标", indicators), ("附件：重点任务清单", tasks)):
        document.add_paragraph(heading)
        table = document.add_table(0, len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


DROP = """([name, kind, content]) => {
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  const dropped = new DataTransfer();
  dropped.items.add(new File([bytes], name, { type: kind }));
  const zone = document.querySelector(".pl-drop");
  for (const type of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(type, { dataTransfer: dropped, bubbles: true, cancelable: true }));
  }
}"""
IS_SEEN = """(selector) => {
  const lit = document.querySelector(selector).getBoundingClientRect();
  const panel = document.querySelector(".pl-document").getBoundingClientRect();
  return lit.top >= panel.top && lit.top < Math.min(panel.bottom, innerHeight);
}"""


def drop(page, content, name="方案.docx"):
    page.evaluate(DROP, [name, KIND, base64.b64encode(content).decode()])


def tab(page, name):
    return page.locator("#pl-tabs").get_by_role("link", name=re.compile(f"^{name}"))


@pytest.fixture
def place(place_factory):
    return place_factory(published=False)


def draft_in(place, content=None):
    """Take a plan in without a browser, and give the address of its draft."""
    made = beside(
        take_in,
        place.people["office"],
        content=content or word(),
        name="方案.docx",
        region_id=place.region_id,
        now=clock.now(),
    )
    return f"/plans/drafts/{made}"


def test_a_dropped_plan_is_looked_through_mended_published_and_compared_with_a_later_one(
    place, open_page, site
):
    page = open_page(place.names["office"], DESK)
    page.goto(f"{site}/plans/read")
    check(page)
    refused_and_dropped(page)
    source_lights(page)
    mended_and_accepted(page)
    units_matched(page)
    address = published(page)
    page.goto(f"{site}/plans/read")
    compared(page, address)


def refused_and_dropped(page):
    """What cannot be read is told and still chosen; a plan dropped in its place becomes a draft."""
    drop(page, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "旧方案.docx")
    expect(page.locator(".pl-chosen")).to_contain_text("旧方案.docx")
    page.get_by_role("button", name="读入", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("另存为 .docx")
    expect(page.locator(".pl-chosen")).to_contain_text("旧方案.docx")
    picture(page, "plan-refused")
    check(page)
    drop(page, word())
    expect(page.get_by_role("alert")).to_be_hidden()
    page.get_by_role("button", name="读入", exact=True).press("Enter")
    page.wait_for_url(re.compile("/plans/drafts/"))


def source_lights(page):
    """A finding and a line light their place in the document, and a place leads back to its line."""
    finding = page.locator("article").filter(has_text="一般工业固体废物综合利用率").first
    finding.locator("p").first.click()
    expect(page.locator(".pl-lit")).to_contain_text("一般工业固体废物综合利用率")
    assert page.evaluate(IS_SEEN, ".pl-lit")
    picture(page, "plan-findings")
    check(page)
    finding.get_by_role("link", name="看这一行").click()
    page.wait_for_url(re.compile("view=indicators"))
    expect(page.locator(".pl-now")).to_contain_text("一般工业固体废物综合利用率")
    page.locator(".pl-document tr").filter(has_text="专项资金投入").click()
    expect(page.locator(".pl-now h4")).to_contain_text("专项资金投入")
    picture(page, "plan-indicators")
    check(page)


def mended_and_accepted(page):
    """A proposal is taken by one click; a line is mended where it stands, the rest by keys and at once."""
    second = page.locator("#l-1")
    second.get_by_role("button", name=re.compile("^是 生活垃圾回收利用率")).click()
    expect(second.get_by_text("人工选定")).to_be_visible()
    expect(second.get_by_text("已修改")).to_be_visible()
    first = page.locator("#l-0")
    first.focus()
    page.keyboard.press("e")
    first.get_by_label("名称").fill("")
    page.reload()
    expect(first.get_by_text("已恢复上次没有保存的内容")).to_be_visible()
    expect(first.get_by_label("名称")).to_have_value("")
    first.get_by_label("2027目标值").fill("95%")
    first.get_by_role("button", name="保存并采用").click()
    expect(first.get_by_role("alert")).to_contain_text("不能为空")
    expect(first.get_by_label("2027目标值")).to_have_value("95%")
    check(page)
    first.get_by_label("名称").fill("一般工业固体废物综合利用率")
    first.get_by_role("button", name="保存并采用").click()
    expect(first.get_by_text("已修改")).to_be_visible()
    expect(first).to_contain_text("95%")
    tab(page, "任务").click()
    page.locator("#l-0").focus()
    page.keyboard.press("a")
    expect(page.locator("#l-0").get_by_text("已采用")).to_be_visible()
    expect(page.locator("#l-1")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#l-2")).to_be_focused()
    expect(page.locator(".pl-lit")).to_contain_text("整治非法倾倒")
    page.get_by_role("button", name=re.compile("2 行全部采用")).click()
    expect(page.get_by_text("已采用")).to_have_count(3)
    picture(page, "plan-tasks")
    check(page)


def units_matched(page):
    tab(page, "部门").click()
    check(page)
    picture(page, "plan-units")
    group = page.locator("article").filter(has_text="各有关部门")
    expect(group.get_by_text("泛指多个单位")).to_be_visible()
    known = page.locator("article").filter(has_text="城管委").first
    expect(known).to_contain_text("已记住的简称")
    unit = page.locator("article").filter(has_text="区工信局")
    unit.get_by_role("button", name="登记为新部门").click()
    expect(unit.get_by_text("人工选定")).to_be_visible()
    expect(tab(page, "部门")).to_contain_text("待定 1")
    page.get_by_role("button", name="待定的 1 个都登记为新部门").click()
    expect(page.get_by_text("都已确定")).to_be_visible()


def published(page):
    tab(page, "文件信息与发布").click()
    expect(page.locator("main")).to_contain_text("将发布 3 项指标、3 项任务、0 个项目。")
    check(page)
    page.get_by_role("button", name="发布", exact=True).click()
    page.wait_for_url(re.compile("published="))
    expect(page.get_by_role("status").first).to_contain_text("方案已发布")
    expect(page.get_by_role("link", name=re.compile("从方案取任务"))).to_be_visible()
    task = page.locator("#tasks tr").filter(has_text="推行绿色制造")
    picture(page, "plan-published")
    check(page)
    address = page.url.split("?")[0]
    task.get_by_role("link").click()
    expect(page.locator(".pl-lit")).to_contain_text("推行绿色制造")
    return address


def compared(page, address):
    """A later edition is held against the one in force before it takes its place, and can be looked up."""
    drop(page, word())
    page.get_by_role("button", name="读入", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("并发布为")
    expect(page.get_by_role("link", name="打开已读入的一份")).to_have_attribute(
        "href", urlsplit(address).path
    )
    expect(page.get_by_role("button", name="仍然读入")).to_be_visible()
    picture(page, "plan-same-file")
    lower = (*INDICATORS[:2], (*INDICATORS[2][:6], "≥43%", "城管委"), INDICATORS[3])
    drop(page, word(LATER, day="2026年5月6日", indicators=lower))
    page.get_by_role("button", name="读入", exact=True).click()
    page.wait_for_url(re.compile("/plans/drafts/"))
    # The definition that was chosen by hand is known in the next edition.
    tab(page, "指标").click()
    expect(page.locator("#l-1").get_by_text("人工选定")).to_be_visible()
    tab(page, "文件信息与发布").click()
    expect(page.get_by_role("button", name=re.compile("^发布"))).to_have_count(0)
    page.get_by_role("link", name=re.compile("^新版")).click()
    comparison = page.locator("#comparison")
    expect(comparison).to_contain_text("2 项延续（其中 1 项有改动），1 项新增，1 项撤销。")
    expect(comparison.locator(".pl-change-new").filter(has_text="推广净菜上市")).to_be_visible()
    expect(comparison.locator(".pl-change-gone").filter(has_text="整治非法倾倒")).to_be_visible()
    changed = comparison.locator(".pl-change-changed").filter(has_text="推行绿色制造")
    expect(changed.locator("del")).to_have_text("建成3家绿色工厂。")
    expect(changed.locator("ins")).to_have_text("建成5家绿色工厂。")
    eased = comparison.locator(".pl-change-changed").filter(has_text="≥43%")
    expect(eased.get_by_text("≥45%")).to_be_visible()
    picture(page, "plan-compared")
    check(page)
    page.get_by_role("button", name="发布新版").click()
    page.wait_for_url(re.compile("published=revised"))
    assert page.url.split("?")[0] == address
    page.get_by_role("link", name="看改了什么").click()
    expect(page.locator("main")).to_contain_text("建成5家绿色工厂。")
    picture(page, "plan-edition")
    check(page)


def test_on_a_phone_in_english_the_source_is_a_sheet_and_a_second_window_is_told(place, open_page, site):
    address = draft_in(place)
    page = open_page(place.names["office"], PHONE, "en")
    for view in ("findings", "indicators", "tasks", "projects", "targets", "units", "document"):
        page.goto(f"{site}{address}?view={view}")
        picture(page, f"plan-phone-{view}")
        check(page)
    page.goto(f"{site}{address}?view=indicators")
    page.emulate_media(reduced_motion="reduce")
    sheet = page.get_by_role("region", name="Document", exact=True)
    expect(sheet).to_be_hidden()
    page.locator("#l-2 h4").click()
    expect(sheet).to_be_visible()
    expect(page.locator(".pl-lit")).to_contain_text("专项资金投入")
    assert page.evaluate(IS_SEEN, ".pl-lit")
    check(page)
    page.get_by_role("button", name="Close the document").click()
    expect(sheet).to_be_hidden()
    other = open_page(place.names["office"], PHONE, "en")
    other.goto(f"{site}{address}?view=indicators")
    for window, value in ((page, "600万元"), (other, "700万元")):
        window.locator("#l-2").get_by_role("link", name="Change").click()
        window.locator("#l-2").get_by_label("Target 2027").fill(value)
    page.locator("#l-2").get_by_role("button", name="Save and accept").click()
    expect(page.locator("#l-2")).to_contain_text("600万元")
    other.locator("#l-2").get_by_role("button", name="Save and accept").click()
    expect(other.get_by_role("alert")).to_contain_text("Another window or person")
    expect(other.locator("#l-2").get_by_label("Target 2027")).to_have_value("700万元")
    expect(other.locator("#l-2")).to_contain_text("Now: 600万元")
    picture(other, "plan-phone-conflict")
    check(other)
    other.locator("#l-2").get_by_role("button", name="Save and accept").click()
    expect(other.locator("#l-2")).to_contain_text("700万元")


def test_the_read_page_on_a_phone_takes_a_file_and_refuses_a_secret_one(place, open_page, site):
    page = open_page(place.names["office"], PHONE, "en")
    page.goto(f"{site}/plans/read")
    check(page)
    secret = {"name": "方案（秘密）.docx", "mimeType": KIND, "buffer": word()}
    page.get_by_label("Plan file").set_input_files(secret)
    page.get_by_role("button", name="Read", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("must not enter this system")
    picture(page, "plan-phone-secret")
    check(page)
    expect(page.get_by_text("There is no draft to check.")).to_be_visible()
