"""From a plan file to the quarter's briefing in Chromium: one district, its people, each step by hand.

Dropped, mended, published, broken down, reported by phone, passed, late, supervised, answered, commented on;
then the briefing is drafted, a department corrects a figure, the sentence follows, and the paper is locked.
"""

from __future__ import annotations

import io
import re

import docx
import pytest
from docx.oxml.ns import qn
from playwright.sync_api import expect

from tests.actions.tasks.conftest import on_day, place_factory
from tests.browsing import DESK, PASSWORD, PHONE, beside, check, picture
from tests.factors import code_of
from tests.web.conftest import make_transfers, post_all
from tests.web.test_browser_forms import PICTURE
from wufei.actions.tasks.models import Task
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import regions_by_id

__all__ = ["on_day", "place_factory"]

RATE = "一般工业固体废物综合利用率"
INDICATORS = (
    ("序号", "一级指标", "二级指标", "指标名称", "指标类型", "2024年现状", "2026年目标", "责任单位"),
    ("1", "资源化利用", "工业", RATE, "必选", "70%", "90%", "生态环境局"),
)
TASKS = (
    ("序号", "重点任务", "主要内容", "牵头单位", "责任单位", "完成时限"),
    ("1", "建设分拣中心", "建成分拣中心一处，投入运行。", "生态环境局", "城管委", "2026年底前"),
    ("2", "推行绿色制造", "建成3家绿色工厂。", "区工信局", "生态环境局", "长期坚持"),
)

pytestmark = pytest.mark.browser


@pytest.fixture
def enter(open_page, site):
    """Sign somebody in and open the home page."""

    def opened(name, size=DESK):
        page = open_page(name, size)
        page.goto(f"{site}/")
        return page

    return opened


@pytest.fixture
def district(place_factory, party_factory):
    """A district with people and three days of waste, without a plan; made before the browser starts."""
    place = place_factory(published=False)
    party_id = party_factory(region_id=place.region_id)
    key = regions_by_id([place.region_id])[place.region_id].key
    post_all(make_transfers(place.region_id, party_id, f"scenario:{key}", 3))
    return place, key


def plan_file(key: str) -> dict:
    """Write the district's plan as a Word file, as a browser sends it."""
    document = docx.Document()
    for line in (f"{key}“无废城市”建设实施方案（2025—2026年）", "2025年3月18日", "一、建设指标"):
        document.add_paragraph(line)
    for heading, rows in (("", INDICATORS), ("附件：重点任务清单", TASKS)):
        document.add_paragraph(heading)
        table = document.add_table(0, len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    content = io.BytesIO()
    document.save(content)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return {"name": "实施方案.docx", "mimeType": kind, "buffer": content.getvalue()}


def task_id(place, code: str) -> int:
    with session(Scope.operator()):
        return Task.objects.get(region_id=place.region_id, code=code).id


def test_from_the_plan_file_to_the_quarters_briefing(site, district, on_day, enter, seal_all, tmp_path):
    place, key = district
    read_and_published(site, place, key, enter)
    broken_down(site, place, key, enter)
    number = beside(task_id, place, "1")
    on_day("2026-04-02")
    reported_by_phone(site, place, enter)
    passed(site, place, enter)
    on_day("2026-07-20")
    fell_behind(site, place, key, enter)
    on_day("2026-07-28")
    ordered_answered_and_closed(site, place, number, enter)
    commented(site, place, number, enter)
    address = drafted_and_corrected(site, place, key, enter)
    locked(site, place, address, enter, tmp_path)
    on_day("2026-08-20")
    traced_and_corrected_late(site, place, address, enter, seal_all)


def read_and_published(site, place, key, enter):
    """Drop the file, see its doubts, say who is meant, mend a line, publish."""
    office = enter(place.names["office"])
    office.goto(f"{site}/plans")
    office.get_by_role("link", name="读入方案").first.click()
    office.get_by_label("方案文件").set_input_files(plan_file(key))
    office.get_by_role("button", name="读入", exact=True).click()
    office.wait_for_url(re.compile("/plans/drafts/"))
    check(office)
    picture(office, "programme-draft")
    office.get_by_role("link", name=re.compile("^任务 2")).click()
    expect(office.locator("main")).to_contain_text("建成分拣中心一处，投入运行。")
    office.get_by_role("link", name=re.compile("^部门")).click()
    unit = office.locator("article").filter(has_text="区工信局")
    unit.get_by_role("button", name="登记为新部门").click()
    expect(unit.get_by_text("人工选定")).to_be_visible()
    office.get_by_role("link", name="文件信息与发布").click()
    expect(office.locator("main")).to_contain_text("将发布 1 项指标、2 项任务、0 个项目。")
    office.get_by_role("button", name="发布", exact=True).click()
    office.wait_for_url(re.compile("/plans/(?!drafts)"))
    expect(office.locator("h1")).to_contain_text("建设实施方案")


def broken_down(site, place, key, enter):
    """Take the tasks, draft all at once; the lead mends its own and confirms what it was shown."""
    office = enter(place.names["office"])
    office.goto(f"{site}/tasks?region={key}")
    expect(office.get_by_text("这里还没有任务")).to_be_visible()
    check(office)
    office.get_by_role("link", name="从方案取任务").first.click()
    office.get_by_role("button", name="取出任务").click()
    expect(office.get_by_text("新增 2 项")).to_be_visible()
    office.get_by_role("button", name="按规则起草全部").click()
    expect(office.get_by_text("已为 2 项任务起草年度分解")).to_be_visible()
    check(office)
    clerk = enter(place.names["clerk"])
    clerk.get_by_role("link", name="待确认的年度目标").click()
    check(clerk)
    clerk.get_by_role("link", name="建设分拣中心").first.click()
    year = clerk.locator("#year-2026")
    expect(year.get_by_text("待确认")).to_be_visible()
    check(clerk)
    year.get_by_label("年度目标", exact=True).fill("主体完工")
    year.get_by_role("button", name="存为草稿").click()
    expect(clerk.locator("#year-2026").get_by_label("年度目标", exact=True)).to_have_value("主体完工")
    clerk.goto(f"{site}/tasks/mine")
    expect(clerk.locator("main")).to_contain_text("2026：主体完工")
    clerk.get_by_role("button", name="确认以上 1 项").click()
    expect(clerk.get_by_text("待确认的年度目标")).to_have_count(0)


def reported_by_phone(site, place, enter):
    """One tap on the home page, one on the node; the form is filled in, a photo goes with it."""
    phone = enter(place.names["clerk"], PHONE)
    phone.get_by_role("link", name="待报进展").click()
    check(phone)
    phone.get_by_role("button", name="节点已完成").click()
    expect(phone.get_by_label("累计完成年度目标（%）")).to_have_value("25")
    photo = {"name": "工地.png", "mimeType": "image/png", "buffer": PICTURE}
    phone.get_by_label("佐证照片").set_input_files(photo)
    expect(phone.locator("[data-kept] img")).to_have_count(1)
    for _ in range(2):
        phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator(".wf-head")).to_contain_text("已提交")
    phone.goto(f"{site}/tasks/mine")
    expect(phone.get_by_text("待报进展")).to_have_count(0)
    phone.get_by_role("link", name="建设分拣中心").click()
    expect(phone.get_by_text("审核中")).to_be_visible()
    check(phone)


def passed(site, place, enter):
    """经办 - 审核 - 分管, the last with the key of a device; then the report counts."""
    reviewer = enter(place.names["reviewer"])
    reviewer.goto(f"{site}/review?list=waiting")
    reviewer.get_by_role("link", name="任务进展填报").first.click()
    address = reviewer.url
    reviewer.get_by_role("button", name="通过", exact=True).click()
    expect(reviewer.locator(".wf-head")).to_contain_text("分管")
    leader = enter(place.names["leader"])
    leader.goto(f"{site}/account/devices")
    leader.get_by_label("设备名称").fill("办公电脑")
    leader.get_by_label("或登录口令").fill(PASSWORD)
    leader.get_by_role("button", name="登记这台设备").click()
    expect(leader.locator(".wf-list")).to_contain_text("办公电脑")
    leader.goto(address)
    leader.get_by_role("button", name="签名并通过").click()
    expect(leader.get_by_text("签名有效，内容未变")).to_be_visible()


def fell_behind(site, place, key, enter):
    office = enter(place.names["office"], DESK)
    office.goto(f"{site}/tasks?region={key}")
    office.get_by_role("navigation", name="按状态看").get_by_role("link", name="进度滞后").click()
    expect(office.locator("tbody")).to_contain_text("应达50%，实际25%，已逾期20天")
    check(office)
    office.get_by_role("link", name="建设分拣中心").click()
    expect(office.get_by_role("link", name="佐证 1")).to_be_visible()
    expect(office.locator("#reports")).to_contain_text("已审定")
    office.get_by_role("button", name="发出提醒").click()
    expect(office.locator("h1")).to_have_text("提醒")


def ordered_answered_and_closed(site, place, number, enter):
    office = enter(place.names["office"])
    office.goto(f"{site}/tasks/{number}")
    office.locator("#steps").get_by_label("回复期限").fill("2026-08-04")
    office.get_by_role("button", name="发出督办单").click()
    expect(office.get_by_text("督办〔2026〕1号").first).to_be_visible()
    check(office)
    order = office.url
    clerk = enter(place.names["clerk"], PHONE)
    clerk.get_by_role("link", name="督办〔2026〕1号").click()
    check(clerk)
    clerk.get_by_label("回复（原因、措施、完成时间）").fill("设备延期，8月底完成")
    clerk.get_by_role("button", name="回复").click()
    expect(clerk.locator("article")).to_contain_text("设备延期，8月底完成")
    office.goto(order)
    office.get_by_label("销号说明").fill("节点已补完")
    office.get_by_role("button", name="销号").click()
    expect(office.locator("article")).to_contain_text("节点已补完")
    expect(office.get_by_role("button", name="销号")).to_have_count(0)


def commented(site, place, number, enter):
    """The leader's words stand on the lead's home page with their day, and are answered."""
    leader = enter(place.names["leader"], PHONE)
    leader.goto(f"{site}/tasks/{number}")
    check(leader)
    leader.get_by_label("批示内容").fill("一周内报方案")
    leader.locator("#comments").get_by_label("回复期限").fill("2026-08-05")
    leader.get_by_role("button", name="批示").click()
    expect(leader.locator("#comments")).to_contain_text("2026-08-05前回复")
    clerk = enter(place.names["clerk"])
    todo = clerk.get_by_role("link", name="批示：一周内报方案")
    expect(todo).to_contain_text("2026-08-05前回复")
    todo.click()
    clerk.get_by_label("回复批示").fill("方案附后")
    clerk.locator("#comments").get_by_role("button", name="回复").click()
    expect(clerk.locator("#comments")).to_contain_text("已回复")


def drafted_and_corrected(site, place, key, enter):
    """Draft the second quarter's briefing; the department corrects its figure and the sentence follows."""
    office = enter(place.names["office"])
    office.goto(f"{site}/reports?region={key}")
    check(office)
    office.locator("select[name=quarter]").select_option("2")
    office.get_by_role("button", name="起草简报").click()
    office.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}"))
    preview = office.get_by_role("region", name="正文预览")
    expect(preview).to_contain_text(RATE)
    picture(office, "programme-briefing")
    check(office)
    clerk = enter(place.names["clerk"])
    clerk.goto(office.url)
    row = clerk.locator("tr#F1")
    row.get_by_text("确认或更正", exact=False).first.click()
    row.get_by_label("更正为").fill("91.5")
    row.get_by_label("理由与依据").fill("按年报核定")
    row.get_by_role("button", name="更正", exact=True).click()
    said = clerk.get_by_role("region", name="正文预览")
    expect(said).to_contain_text("91.5%（部门更正值）")
    expect(said).to_contain_text("已达到")
    return office.url


def locked(site, place, address, enter, folder):
    """拟稿 - 核稿 - 定稿: nobody changes it any more, and the Word file says what the page said."""
    office = enter(place.names["office"])
    office.goto(address)
    office.get_by_role("link", name="编辑文稿").click()
    office.locator("input[name=issue]").fill("3")
    office.get_by_role("button", name="保存").click()
    office.get_by_role("button", name="送核稿").click()
    leader = enter(place.names["leader"])
    leader.goto(address)
    leader.get_by_role("button", name="核稿通过").click()
    leader.get_by_label("验证码").fill(beside(code_of, place.names["leader"]))
    leader.get_by_role("button", name="定稿").click()
    expect(leader.get_by_text("内容校验值")).to_be_visible()
    check(leader)
    with leader.expect_download() as waited:
        leader.get_by_role("link", name="下载 Word 文稿").click()
    waited.value.save_as(folder / "briefing.docx")
    file = docx.Document(folder / "briefing.docx")
    assert "第3期（总第　期）" in [each.text for each in file.paragraphs]
    assert "F1" in {each.get(qn("w:val")) for each in file.element.iter("{*}tag")}
    office.goto(address)
    office.locator("input[name=number]").fill("区无废办〔2026〕1号")
    office.get_by_role("button", name="保存").click()
    expect(office.get_by_role("definition").filter(has_text="区无废办〔2026〕1号")).to_be_visible()


def traced_and_corrected_late(site, place, address, enter, seal_all):
    """From the annex to a transfer; it is taken back, and the page shows old, new and why."""
    office = enter(place.names["office"])
    office.goto(address)
    expect(office.get_by_role("heading", name="起草后变动的数值")).to_have_count(0)
    office.locator("tr#F1").get_by_role("link").first.click()
    expect(office).to_have_url(re.compile("/indicators/figures/"))
    office.locator("a[href*='/ledger/transfers/']").first.click()
    office.get_by_role("link", name="更正（原记录保留）").click()
    office.locator("select[name=reason]").select_option("typed-wrong")
    office.locator("main form button[type=submit]").click()
    office.get_by_role("button", name="确认更正").click()
    office.wait_for_url(re.compile("#chain$"))
    beside(seal_all)
    office.goto(address)
    later = office.get_by_role("region", name="起草后变动的数值").first
    expect(later).to_contain_text("80%")
    expect(later).to_contain_text("填错")
    picture(office, "programme-late-correction")
    check(office)
