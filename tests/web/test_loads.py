"""台账导入: a clerk uploads a file, sees each wrong cell, and takes the rest back to mend."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from wufei.runtime.files.services import uploads

HEAD = "日期,环节,废物类别,数量（吨）,单位名称,账簿\n"


def upload(client, content, name="二月台账.csv", **more):
    return client.post("/ledger/loads", {"file": SimpleUploadedFile(name, content), "keep": "whole", **more})


def sheet(place, *quantities):
    rows = [
        f"2026-02-{day % 28 + 1:02d},产生,SW03,{quantity},试验一厂,{place.book}"
        for day, quantity in enumerate(quantities, 1)
    ]
    return (HEAD + "\n".join(rows)).encode("gbk")


def test_a_clerk_uploads_a_file_and_sees_that_all_is_posted(signed_in, district):
    client = signed_in(district, "clerk")
    assert 'enctype="multipart/form-data"' in client.get("/ledger/loads").content.decode()
    answer = upload(client, sheet(district, "5", "6"))
    assert answer.status_code == 303
    page = client.get(answer.url).content.decode()
    assert "全部入账" in page
    assert "新入账 2 行，已有 0 行，有误 0 行" in page
    assert "没有发现问题" in page
    again = client.get(upload(client, sheet(district, "5", "6")).url).content.decode()
    assert "新入账 0 行，已有 2 行，有误 0 行" in again


def test_a_wrong_cell_is_shown_with_place_column_value_rule_and_fix(signed_in, district):
    client = signed_in(district, "office")
    page = client.get(upload(client, sheet(district, "5", "-6")).url).content.decode()
    assert "未入账" in page
    assert "另有 1 行正确但因此未入账" in page
    for part in (
        "D3",
        "数量（吨）",
        "wf-error",
        "-6",
        "申报数量 -6 不大于零",
        "台账记账规则",
        "按单据填写大于零的数量",
    ):
        assert part in page


def test_the_good_rows_are_kept_if_chosen_and_the_rest_comes_back_as_a_sheet(signed_in, district):
    client = signed_in(district, "clerk")
    address = upload(client, sheet(district, "5", "-6"), keep="good").url
    assert "部分入账" in client.get(address).content.decode()
    answer = client.get(f"{address}?format=xlsx")
    assert "attachment" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][3] == -6
    assert "不大于零" in rows[1][-1]
    book.active["D2"] = 6
    out = io.BytesIO()
    book.save(out)
    mended = client.get(upload(client, out.getvalue(), "待改.xlsx").url).content.decode()
    assert "新入账 1 行，已有 0 行，有误 0 行" in mended


def test_an_english_reader_gets_the_whole_page_in_english(signed_in, district):
    client = signed_in(district, "clerk")
    client.cookies["wufei_language"] = "en"
    page = client.get(upload(client, sheet(district, "5", "-6")).url).content.decode()
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert "0 rows posted, 0 repeated, 1 refused" in main
    # Only what stands in the file itself is Chinese.
    own = main.replace("二月台账.csv", "").replace("数量（吨）", "")
    assert re.findall(r"[\u4e00-\u9fff]+", own) == []


def test_a_file_that_cannot_be_read_leaves_the_form_with_the_reason(signed_in, district):
    client = signed_in(district, "clerk")
    answer = upload(client, b"%PDF-1.7", "台账.xlsx", keep="good")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "实际是 PDF 文件" in page
    assert re.search(r'value="good"\s+checked', page)
    empty = client.post("/ledger/loads", {"keep": "whole"})
    assert empty.status_code == 422
    assert "请先选择一个文件" in empty.content.decode()


def test_loads_are_listed_the_latest_first_and_linked_from_the_ledger(signed_in, district):
    client = signed_in(district, "clerk")
    upload(client, sheet(district, "5"), "一.csv")
    upload(client, sheet(district, "7"), "二.csv")
    page = client.get("/ledger/loads").content.decode()
    assert "一.csv" in page
    assert "二.csv" in page
    assert 'href="/ledger/loads"' in client.get("/ledger").content.decode()


def test_an_upload_without_a_token_is_refused(signed_in, district):
    known = signed_in(district, "clerk")
    client = Client(enforce_csrf_checks=True)
    client.cookies = known.cookies
    assert upload(client, sheet(district, "5")).status_code == 403


@pytest.mark.parametrize("role", ["leader", "auditor"])
def test_who_may_only_read_sees_loads_and_no_form(signed_in, district, role):
    address = upload(signed_in(district, "clerk"), sheet(district, "-5")).url
    client = signed_in(district, role)
    page = client.get("/ledger/loads").content.decode()
    assert "二月台账.csv" in page
    assert "multipart/form-data" not in page
    assert client.get(address).status_code == 200
    assert upload(client, sheet(district, "5")).status_code == 403
    assert client.get("/ledger/loads/template.xlsx").status_code == 403


def test_another_district_sees_nothing_of_a_load(signed_in, district, district_factory):
    address = upload(signed_in(district, "clerk"), sheet(district, "-5")).url
    stranger = signed_in(district_factory(), "clerk")
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}?format=xlsx").status_code == 404
    assert "二月台账.csv" not in stranger.get("/ledger/loads").content.decode()


def test_a_visitor_is_sent_to_sign_in(district):
    assert Client().get("/ledger/loads").status_code == 302
    assert upload(Client(), sheet(district, "5")).status_code == 302


def test_the_template_comes_in_the_language_of_the_page(signed_in, district):
    client = signed_in(district, "producer")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/ledger/loads/template.xlsx").content))
    assert book.sheetnames == ["台账", "示例", "填写说明", "选项"]


def test_a_request_beyond_the_bound_is_refused_before_it_is_stored(signed_in, district, monkeypatch):
    client = signed_in(district, "clerk")
    with monkeypatch.context() as bound:
        bound.setattr(uploads, "UPLOAD_BYTES_MAX", 1000)
        assert upload(client, b"a" * 2000).status_code == 400
    assert upload(client, sheet(district, "5")).status_code == 303


def test_a_long_list_of_findings_goes_on_page_by_page(signed_in, district):
    client = signed_in(district, "clerk")
    address = upload(client, sheet(district, *["-5"] * 60)).url
    first = client.get(address).content.decode()
    follow = re.search(r'hx-get="([^"]+)"', first)[1].replace("&amp;", "&")
    assert first.count("不大于零") == 50
    assert client.get(follow).content.decode().count("不大于零") == 10
