"""One form of twelve fields in Chromium: desk, phone without network, interface, review, signature."""

from __future__ import annotations

import base64
import io
import uuid
from dataclasses import dataclass

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browsing import PASSWORD, PHONE, beside, check
from wufei.kernel.ids import new_id
from wufei.runtime.access.services import scope_of, session
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms import exports, queries
from wufei.runtime.forms.core.entries import Form
from wufei.runtime.forms.core.loading import load_definition
from wufei.runtime.identity.queries import memberships_of
from wufei.runtime.identity.services import add_membership, create_user
from wufei.runtime.jobs.exports import exported as really_exported
from wufei.runtime.review import queries as review
from wufei.runtime.review.core.moves import State
from wufei.runtime.signing.queries import signatures_of, verify

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pytestmark = pytest.mark.browser

FESTIVAL = """
key: festival
version: 1
title: {zh: 灯会布展登记, en: Stand at the lantern festival}
groups:
  - {key: who, title: {zh: 谁布展, en: Who}, fields: [guild, head, phone, kind]}
  - key: what
    title: {zh: 布什么, en: What}
    fields: [opens_on, weight, indoors, colours, lanterns, candles]
  - {key: proof, title: {zh: 凭证, en: Proof}, fields: [photos, remark]}
fields:
  - {key: guild, kind: text, title: {zh: 行会, en: Guild}, required: true, length_max: 40}
  - {key: head, kind: text, title: {zh: 会首, en: Head}, required: true}
  - {key: phone, kind: text, title: {zh: 电话, en: Phone}, pattern: "1\\\\d{10}", example: "13800000000"}
  - key: kind
    kind: choice
    title: {zh: 展位, en: Kind of stand}
    required: true
    choices: {street: {zh: 沿街, en: Street}, water: {zh: 水上, en: On water}}
  - {key: opens_on, kind: date, title: {zh: 开展日, en: Opens on}, required: true}
  - {key: weight, kind: quantity, title: {zh: 总重, en: Weight}, units: [kg, t], hard: [0, 5000]}
  - {key: indoors, kind: yes-no, title: {zh: 室内, en: Indoors}}
  - key: colours
    kind: choices
    title: {zh: 颜色, en: Colours}
    choices: {red: {zh: 红, en: Red}, gold: {zh: 金, en: Gold}}
  - key: lanterns
    kind: repeat
    title: {zh: 灯笼, en: Lanterns}
    rows_min: 1
    fields:
      - {key: name, kind: text, title: {zh: 灯名, en: Lantern}, required: true}
      - {key: candles, kind: whole, title: {zh: 蜡烛数, en: Candles}, hard: [1, 99]}
  - {key: candles, kind: computed, title: {zh: 蜡烛合计, en: Candles in all}, compute: sum(lanterns.candles)}
  - {key: photos, kind: photos, title: {zh: 照片, en: Photos}}
  - {key: remark, kind: long-text, title: {zh: 备注, en: Remark}}
"""


@dataclass
class Guild:
    """People around one workshop: their sign-in names and scopes."""

    names: dict
    scopes: dict


@pytest.fixture
def festival(db, monkeypatch):
    """Let the house know the form; its entries go through three steps, the last signed."""
    definition, findings = load_definition(FESTIVAL, "festival.yaml")
    assert findings == ()
    assert len(definition.fields) == 12
    form = Form(definition, reviewed="three-steps")

    def exported(name, *, by="jobs"):
        return iter((form,)) if name == "FORMS" else really_exported(name, by=by)

    monkeypatch.setattr(exports, "exported", exported)
    return form


@pytest.fixture
def guild(region_factory, party_factory):
    region_id = region_factory()
    party_id = party_factory(region_id=region_id)
    names, scopes = {}, {}
    for role in ("producer", "reviewer", "leader"):
        names[role] = f"{role}-{uuid.uuid4().hex[:8]}"
        user_id = create_user(username=names[role], password=PASSWORD, display_name=f"试验{role}")
        whose = {"party_id": party_id} if role == "producer" else {}
        add_membership(user_id=user_id, role=role, region_id=region_id, **whose)
        scopes[role] = scope_of(memberships_of(user_id, on=today_on())[0], language="zh-hans")
    return Guild(names, scopes)


def entries(scope):
    with session(scope):
        return queries.entries(scope, "festival")


def fill_first(page, guild_name):
    page.get_by_label("行会").fill(guild_name)
    page.get_by_label("会首").fill("王芳")
    page.get_by_label("展位").select_option(label="沿街")


def fill_rest(page, candles):
    page.get_by_label("开展日").fill("2026-02-10")
    page.get_by_label("总重").fill("12.5")
    page.get_by_label("是", exact=True).check()
    page.get_by_label("红", exact=True).check()
    page.get_by_label("灯名").first.fill("鲤鱼灯")
    page.get_by_label("蜡烛数").first.fill(str(candles))


def test_a_form_works_on_desk_phone_and_interface_and_is_returned_mended_and_signed(
    site, festival, guild, open_page, tmp_path
):
    on_the_desk(site, open_page(guild.names["producer"], refused=True))
    phone = open_page(guild.names["producer"], PHONE, refused=True)
    without_a_network(site, phone, guild)
    through_the_interface(phone, guild)
    in_excel(site, open_page(guild.names["producer"], refused=True), guild, tmp_path / "festival.xlsx")
    entry_id = next(row.id for row in beside(entries, guild.scopes["producer"]) if row.values.get("photos"))
    case = beside(case_of, guild.scopes["reviewer"], entry_id)
    address = f"{site}/review/{case.id}"
    reviewer = open_page(guild.names["reviewer"], PHONE)
    returned_and_mended(address, reviewer, phone)
    row = next(one for one in beside(entries, guild.scopes["producer"]) if one.id == entry_id)
    assert (row.values["lanterns"][0]["candles"], row.values["candles"]) == (8, "8")
    passed_and_signed(site, address, reviewer, open_page(guild.names["leader"]))
    state, signature = beside(in_the_end, guild.scopes["leader"], case.id, entry_id)
    assert state is State.PASSED
    assert verify(signature, row.values).holds


def on_the_desk(site, desk):
    """A wrong field keeps what was typed; a second row is added; it is worked out while typing."""
    desk.goto(f"{site}/forms")
    desk.get_by_role("link", name="灯会布展登记").click()
    check(desk)
    fill_first(desk, "甲行会")
    fill_rest(desk, 40)
    desk.get_by_label("电话").fill("123")
    desk.get_by_role("button", name="加一行").click()
    desk.get_by_label("灯名").nth(1).fill("荷花灯")
    desk.get_by_label("蜡烛数").nth(1).fill("2")
    expect(desk.locator("output")).to_have_text("42")
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_text("还不能提交，填过的内容都在")).to_be_visible()
    check(desk)
    expect(desk.get_by_label("灯名").nth(1)).to_have_value("荷花灯")
    desk.get_by_label("电话").fill("13800000000")
    desk.get_by_role("button", name="提交").click()
    expect(desk.locator(".wf-head")).to_contain_text("已提交")
    check(desk)


def without_a_network(site, phone, guild):
    """Opened again without a network, filled in step by step, a photo taken, sent once when it is back."""
    phone.goto(f"{site}/forms/festival")
    phone.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.wait_for_function("navigator.serviceWorker.controller !== null")
    phone.reload()
    check(phone)
    phone.context.set_offline(True)
    phone.reload()
    fill_first(phone, "乙行会")
    phone.get_by_role("button", name="下一步").click()
    fill_rest(phone, 7)
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_label("照片").set_input_files({"name": "灯.png", "mimeType": "image/png", "buffer": PICTURE})
    expect(phone.locator("[data-kept] img")).to_have_count(1)
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator("[data-queue-count]")).to_contain_text("待上传 1")
    assert len(beside(entries, guild.scopes["producer"])) == 1
    phone.context.set_offline(False)
    expect(phone.locator("[data-queue-count]")).to_be_hidden()
    sent = beside(entries, guild.scopes["producer"])
    assert [row.values["guild"] for row in sent] == ["乙行会", "甲行会"]
    assert len(sent[0].values["photos"]) == 1


def through_the_interface(phone, guild):
    """The same with the person's own session."""
    answer = phone.evaluate(
        """async (id) => {
            const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
            const lanterns = [{name: "宫灯", candles: 3}];
            const values = {guild: "丙行会", head: "李明", kind: "water", opens_on: "2026-02-11", lanterns};
            const answer = await fetch("/api/forms/festival/entries", {method: "POST",
                headers: {"Content-Type": "application/json", "X-CSRFToken": token},
                body: JSON.stringify({id, values})});
            return [answer.status, await answer.text()];
        }""",
        str(new_id(now())),
    )
    assert answer[0] == 200, answer
    assert len(beside(entries, guild.scopes["producer"])) == 3


def in_excel(site, desk, guild, target):
    """The template is filled in: the good row is entered, the bad cell is named, its draft opens."""
    desk.goto(f"{site}/forms/festival")
    desk.get_by_role("link", name="用 Excel 填报").click()
    check(desk)
    with desk.expect_download() as taken:
        desk.get_by_role("link", name="下载模板").click()
    taken.value.save_as(target)
    book = openpyxl.load_workbook(target)
    main, lanterns = book["灯会布展登记"], book["灯笼"]
    head = [cell.value for cell in main[1]]
    good = {"编号": "1", "行会": "丁行会", "会首": "赵六", "展位": "沿街", "开展日": "2026-02-12"}
    for row in (good, good | {"编号": "2", "行会": "戊行会", "电话": "123"}):
        main.append([row.get(name) for name in head])
    lanterns.append(["1", "走马灯", 4])
    lanterns.append(["2", "莲灯", 2])
    out = io.BytesIO()
    book.save(out)
    sheet = {"name": "灯会.xlsx", "mimeType": XLSX, "buffer": out.getvalue()}
    desk.get_by_label("填好的文件").set_input_files(sheet)
    desk.get_by_role("button", name="上传并逐行提交").click()
    expect(desk.get_by_text("新提交 1 行，已有 0 行，要改 1 行")).to_be_visible()
    expect(desk.locator("table")).to_contain_text("灯会布展登记!D4")
    check(desk)
    assert beside(entries, guild.scopes["producer"])[-1].values["lanterns"] == [
        {"name": "走马灯", "candles": 4}
    ]
    desk.get_by_role("link", name="打开修改").click()
    expect(desk.get_by_label("行会")).to_have_value("戊行会")
    desk.get_by_label("电话").fill("13800000000")
    desk.get_by_role("button", name="提交").click()
    expect(desk.locator(".wf-head")).to_contain_text("已提交")


def returned_and_mended(address, reviewer, phone):
    """A cell is tapped and returned with a proposal; the phone adopts it in one tap."""
    reviewer.goto(address)
    check(reviewer)
    reviewer.locator("summary", has_text="蜡烛数").click()
    reviewer.get_by_label("原因", exact=True).locator("visible=true").select_option(label="数值有误")
    reviewer.get_by_label("建议值（可不填）").locator("visible=true").fill("8")
    reviewer.get_by_role("link", name="记下，去办理").locator("visible=true").click()
    reviewer.get_by_role("button", name="退回", exact=True).click()
    expect(reviewer.locator(".wf-head")).to_contain_text("退回")
    phone.goto(address)
    expect(phone.get_by_role("group", name="蜡烛数")).to_contain_text("建议值 8")
    phone.get_by_role("button", name="全部采用建议并重报").click()
    expect(phone.locator(".wf-head")).to_contain_text("待审")


def passed_and_signed(site, address, reviewer, leader):
    """The reviewer passes it, the leader agrees with the key of a device."""
    reviewer.goto(address)
    reviewer.get_by_role("button", name="通过", exact=True).click()
    expect(reviewer.locator(".wf-head")).to_contain_text("分管")
    leader.goto(f"{site}/account/devices")
    leader.get_by_label("设备名称").fill("办公电脑")
    leader.get_by_label("或登录口令").fill(PASSWORD)
    leader.get_by_role("button", name="登记这台设备").click()
    expect(leader.locator(".wf-list")).to_contain_text("办公电脑")
    leader.goto(address)
    leader.get_by_role("button", name="签名并通过").click()
    expect(leader.get_by_text("签名有效，内容未变")).to_be_visible()


def case_of(scope, entry_id):
    with session(scope):
        return review.case_of(scope, "entry:festival", entry_id)


def in_the_end(scope, case_id, entry_id):
    with session(scope):
        (signature,) = signatures_of(scope, kind="entry:festival", subject_id=entry_id)
        return review.case_by_id(scope, case_id).state, signature
