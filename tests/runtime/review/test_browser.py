"""A phone in Chromium: tap a cell, return, adopt the proposal, resubmit, pass, sign by the device."""

import pytest
from playwright.sync_api import expect

from tests.browsing import DESK, PASSWORD, PHONE, beside, check
from tests.runtime.conftest import NOW
from wufei.runtime.access.services import session
from wufei.runtime.review import queries
from wufei.runtime.review.core.moves import State
from wufei.runtime.review.services import submit
from wufei.runtime.signing.core.signature import Means
from wufei.runtime.signing.queries import signatures_of, verify

from .conftest import read_lantern, username_of

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch):
    monkeypatch.setenv("WUFEI_NOW", NOW.isoformat())


def test_tap_return_adopt_resubmit_pass_and_sign_on_a_phone(guild, make_lantern, do, open_page, site):
    lantern_id = beside(make_lantern, guild.region_id, party_id=guild.party_id)
    case = beside(do, guild.maker, submit, kind="feast-lantern", subject_id=lantern_id).case
    address = f"{site}/review/{case.id}"

    reviewer = open_page(beside(username_of, guild.reviewer), PHONE)
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

    maker = open_page(beside(username_of, guild.maker), PHONE)
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

    leader = open_page(beside(username_of, guild.leader), PHONE)
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


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh-hans"), (PHONE, "en")])
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
    lantern_id = beside(make_lantern, guild.region_id, party_id=guild.party_id)
    case = beside(do, guild.maker, submit, kind="lantern", subject_id=lantern_id).case
    for path in ("/review", f"/review/{case.id}"):
        reviewer.goto(f"{site}{path}")
        check(reviewer)
    if language == "en":
        reviewer.goto(f"{site}/review/{case.id}")
        expect(reviewer.get_by_role("button", name="Return", exact=True)).to_be_visible()
        expect(reviewer.get_by_text("Candles")).to_be_visible()
