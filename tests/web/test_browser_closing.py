"""关账 in Chromium: a month is closed, a late record refused and amended, old and new stand side by side."""

import io
import re

import pytest
from playwright.sync_api import expect

from tests.browsing import beside
from wufei.records.ledger.core.proofs import check_proof, read_proof

HEAD = "日期,环节,废物类别,数量（吨）,单位名称,账簿,更正期间,更正原因\n"

pytestmark = pytest.mark.browser


def load(page, site, row):
    """Upload one record as a file."""
    page.goto(f"{site}/ledger/loads")
    content = io.BytesIO((HEAD + row).encode()).getvalue()
    page.get_by_label("表格文件").set_input_files(
        {"name": "一月.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="检查并入账").click()


def test_a_month_is_closed_amended_and_proved(district, open_page, site, seal_all, tmp_path):
    beside(seal_all)
    office = open_page(district.users["office"])
    office.goto(site)
    office.get_by_role("link", name="台账核验与关账").click()
    office.get_by_role("link", name="关账", exact=True).click()
    office.get_by_label("期间（月、季或年）").select_option("2025-01")
    office.get_by_role("button", name="下一步：核对").click()
    expect(office.get_by_role("main")).to_contain_text("只能由主管人员以更正方式修改")
    office.get_by_role("button", name="确认关账").click()
    expect(office.get_by_role("main")).to_contain_text("没有更正，修订数与公布数相同")
    closing = office.url

    late = f"2025-01-20,产生,GI-UNSORTED,5,试验一厂,{district.book}"
    clerk = open_page(district.users["clerk"], refused=True)
    load(clerk, site, f"{late},,\n")
    expect(clerk.get_by_role("main")).to_contain_text("属于已关账期间 2025-01")
    expect(clerk.get_by_role("main")).to_contain_text("未入账")

    load(office, site, f"{late},2025-01,来源数据修订\n")
    expect(office.get_by_role("main")).to_contain_text("全部入账")
    office.goto(closing)
    row = office.get_by_role("row", name=re.compile("^产生")).first
    expect(row).to_contain_text("30 吨")
    expect(row).to_contain_text("35 吨")
    expect(row).to_contain_text("+5 吨")
    expect(office.get_by_role("heading", name="关账后的更正")).to_be_visible()

    beside(seal_all)
    office.locator(".wf-transfer-rows a").first.click()
    expect(office.get_by_role("main")).to_contain_text("2025-01-20")
    with office.expect_download() as waiting:
        office.get_by_role("link", name="下载证明文件").click()
    waiting.value.save_as(tmp_path / "proof.json")
    proof = read_proof((tmp_path / "proof.json").read_text("ascii"))
    assert check_proof(proof) == []
    assert str(proof.transfer_id) in office.url
